--TEST--
as_get_scheduled_actions() gives actions by id, ids, or arrays; as_next_scheduled_action() asks the schedule
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
as_schedule_cron_action( 1900000000, '@daily', 'c', array( 'a' => 1 ), 'g', false, 3 );
as_schedule_recurring_action( 1900000000, 60, 'r' );
foreach ( as_get_scheduled_actions( array( 'orderby' => 'action_id' ) ) as $id => $action ) {
	echo $id, ': ', get_class( $action ), ' ', $action->get_hook(), ' ', json_encode( $action->get_args() ), ' ', $action->get_group(), ' ', get_class( $action->get_schedule() ), ' ', $action->get_schedule()->get_date()->format( 'Y-m-d H:i' ), ' ', $action->get_priority(), "\n";
}
echo json_encode( as_get_scheduled_actions( array( 'orderby' => 'action_id' ), 'ids' ) ), json_encode( as_get_scheduled_actions( array( 'orderby' => 'action_id' ), 'int' ) ), json_encode( as_get_scheduled_actions( array( 'orderby' => 'action_id' ), ARRAY_A ) ), "\n";
var_dump( as_next_scheduled_action( 'c' ), as_next_scheduled_action( 'r' ), as_next_scheduled_action( 'none' ), get_class( as_get_datetime_object() ), as_supports( 'ensure_recurring_actions_hook' ), as_supports( 'teleportation' ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
1: ActionScheduler_Action c {"a":1} g ActionScheduler_CronSchedule 2030-03-18 00:00 3
2: ActionScheduler_Action r []  ActionScheduler_IntervalSchedule 2030-03-17 17:46 10
["1","2"]["1","2"]{"1":[],"2":[]}
int(1900022400)
int(1900000000)
bool(false)
string(24) "ActionScheduler_DateTime"
bool(true)
bool(false)
