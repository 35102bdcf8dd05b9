--TEST--
In WordPress a cron expression that is none, or never matches, is an exception, as with Action Scheduler
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
foreach ( array( '* * * *', '* * * * * * *', 'a b c d e', '0 0 30 2 *', '* * ! * *', '*/0 * * * *', '* * * * SUN#1', '15 10 ? * 6L 2020' ) as $expression ) {
	try {
		var_dump( as_schedule_cron_action( 1900000000, $expression, 'h' ) );
	} catch ( Throwable $e ) {
		echo get_class( $e ), ': ', $e->getMessage(), "\n";
	}
}
asq_test_print( 'SELECT COUNT(*) FROM {actions}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
InvalidArgumentException: * * * * is not a valid CRON expression
InvalidArgumentException: 6 is not a valid position
InvalidArgumentException: Invalid CRON field value a as position 0
RuntimeException: Impossible CRON expression
InvalidArgumentException: Invalid CRON field value ! as position 2
DivisionByZeroError: Modulo by zero
InvalidArgumentException: Weekday must be a value between 1 and 5. 0 given
RuntimeException: Impossible CRON expression
0
