--TEST--
The pre_as_* filters and the stored action: their order and their arguments
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
asq_fake_trace(
	static function () {
		as_enqueue_async_action( 'a', array( 1 ), 'g', true, 5 );
		as_schedule_single_action( 1900000000, 'b', array( 2 ), 'g', true, 5 );
		as_schedule_recurring_action( 1900000000, 60, 'c', array( 3 ) );
		as_schedule_cron_action( '1900000000', '@daily', 'd' );
	}
);
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
pre_as_enqueue_async_action( null, "a", [1], "g", 5, true )
action_scheduler_stored_action( 1 )
%Apre_as_schedule_single_action( null, 1900000000, "b", [2], "g", 5, true )
action_scheduler_stored_action( 2 )
pre_as_schedule_recurring_action( null, 1900000000, 60, "c", [3], "", 10, false )
action_scheduler_stored_action( 3 )
pre_as_schedule_cron_action( null, "1900000000", "@daily", "d", [], "", 10, false )
action_scheduler_stored_action( 4 )
