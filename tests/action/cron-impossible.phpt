--TEST--
A cron expression that never matches is refused outside WordPress: one warning, and nothing is stored
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

set_error_handler(
	static function ( int $level, string $message ): bool {
		echo '  ', substr( $message, 0, 32 ), "\n";
		return true;
	}
);
$never = array( '0 0 30 2 *', '0 0 31 4,6 *', '0 0 1 1 * 2020', '0 0 29 2 * 2031', '60 * * * *', '* 24 * * *', '* * 32 * *', '* * * 13 *', '* * * * 9', '5-1 * * * *' );
foreach ( $never as $expression ) {
	echo $expression, "\n";
	if ( 0 !== as_schedule_cron_action( 1900000000, $expression, 'h' ) ) {
		echo "  stored\n";
	}
}
var_dump( as_count_scheduled_actions() );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
0 0 30 2 *
  asq: The action was not stored: 
0 0 31 4,6 *
  asq: The action was not stored: 
0 0 1 1 * 2020
  asq: The action was not stored: 
0 0 29 2 * 2031
  asq: The action was not stored: 
60 * * * *
  asq: The action was not stored: 
* 24 * * *
  asq: The action was not stored: 
* * 32 * *
  asq: The action was not stored: 
* * * 13 *
  asq: The action was not stored: 
* * * * 9
  asq: The action was not stored: 
5-1 * * * *
  asq: The action was not stored: 
int(0)
