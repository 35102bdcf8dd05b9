--TEST--
Too few arguments are an ArgumentCountError
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
$calls = array(
	'as_enqueue_async_action'      => array(),
	'as_schedule_single_action'    => array( 1900000000 ),
	'as_schedule_recurring_action' => array( 1900000000, 60 ),
	'as_schedule_cron_action'      => array( 1900000000, '@daily' ),
	'as_unschedule_action'         => array(),
	'as_unschedule_all_actions'    => array(),
	'as_next_scheduled_action'     => array(),
	'as_has_scheduled_action'      => array(),
	'as_supports'                  => array(),
	'asq_enqueue_many'             => array( 'h' ),
);
foreach ( $calls as $function => $arguments ) {
	try {
		$function( ...$arguments );
	} catch ( ArgumentCountError $e ) {
		echo get_class( $e ), ': ', $e->getMessage(), "\n";
	}
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
ArgumentCountError: as_enqueue_async_action() expects at least 1 argument, 0 given
ArgumentCountError: as_schedule_single_action() expects at least 2 arguments, 1 given
ArgumentCountError: as_schedule_recurring_action() expects at least 3 arguments, 2 given
ArgumentCountError: as_schedule_cron_action() expects at least 3 arguments, 2 given
ArgumentCountError: as_unschedule_action() expects at least 1 argument, 0 given
ArgumentCountError: as_unschedule_all_actions() expects at least 1 argument, 0 given
ArgumentCountError: as_next_scheduled_action() expects at least 1 argument, 0 given
ArgumentCountError: as_has_scheduled_action() expects at least 1 argument, 0 given
ArgumentCountError: as_supports() expects exactly 1 argument, 0 given
ArgumentCountError: asq_enqueue_many() expects at least 2 arguments, 1 given
