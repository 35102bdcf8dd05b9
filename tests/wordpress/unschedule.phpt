--TEST--
as_unschedule_action() and as_unschedule_all_actions(): which rows, which hooks, which log rows
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
foreach ( array( 1900000300, 1900000100, 1900000200 ) as $n => $time ) {
	as_schedule_single_action( $time, 'h', $n ? array( $n ) : array(), 'g' );
}
as_schedule_single_action( 1900000000, 'other', array(), 'g' );
as_schedule_single_action( 1900000000, 'another' );
ActionScheduler::logger();
asq_fake_trace(
	static function () {
		var_dump( as_unschedule_action( 'h' ), as_unschedule_action( 'h' ), as_unschedule_action( 'h', null ) );
		as_unschedule_all_actions( 'h', array( 2 ), 'g' );
		as_unschedule_all_actions( '', array(), 'g' );
		as_unschedule_all_actions( 'another' );
	}
);
asq_test_print( 'SELECT a.action_id, hook, status, message FROM {actions} a JOIN {logs} USING (action_id) WHERE message <> "action created" ORDER BY log_id' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
%Aaction_scheduler_canceled_action( 1 )
%Aaction_scheduler_canceled_action( 2 )
int(1)
NULL
int(2)
%Aaction_scheduler_canceled_action( 3 )
%Aaction_scheduler_bulk_cancel_actions( ["4"] )
%Aaction_scheduler_bulk_cancel_actions( ["5"] )
1 | h | canceled | action canceled
2 | h | canceled | action canceled
3 | h | canceled | action canceled
4 | other | canceled | action canceled
5 | another | canceled | action canceled
