--TEST--
Rows with broken JSON or a broken schedule are never a crash: they are found, and stand for no action
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
as_enqueue_async_action( 'good' );
$broken = array(
	array( '{"a":', 'O:28:"ActionScheduler_NullSchedule":0:{}' ), array( '"text"', 'O:28:"ActionScheduler_NullSchedule":0:{}' ), array( '', 'O:28:"ActionScheduler_NullSchedule":0:{}' ),
	array( '[]', '' ), array( '[]', 'O:28:"ActionScheduler_NullSch' ), array( '[]', 'a:0:{}' ), array( '[]', 'O:8:"stdClass":0:{}' ), array( '[]', 'O:11:"No_Such_One":0:{}' ),
	array( '[]', 'O:28:"ActionScheduler_CronSchedule":1:{s:1:"x";r:99;}' ), array( '[]', 'b:1;' ),
);
foreach ( $broken as $row ) {
	$wpdb->insert( $wpdb->actionscheduler_actions, array( 'hook' => 'broken', 'status' => 'pending', 'args' => $row[0], 'schedule' => $row[1], 'scheduled_date_gmt' => '2030-01-01' ) );
}
$wpdb->query( "UPDATE {$wpdb->actionscheduler_actions} SET args=NULL, schedule=NULL WHERE action_id=11" );
$actions = @as_get_scheduled_actions( array( 'per_page' => -1, 'orderby' => 'action_id' ) );
foreach ( $actions as $id => $action ) {
	echo $id, ' ', get_class( $action ), "\n";
}
var_dump( as_count_scheduled_actions( array( 'hook' => 'broken' ) ), as_has_scheduled_action( 'broken' ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
1 ActionScheduler_Action
2 ActionScheduler_NullAction
3 ActionScheduler_NullAction
4 ActionScheduler_NullAction
5 ActionScheduler_NullAction
6 ActionScheduler_NullAction
7 ActionScheduler_NullAction
8 ActionScheduler_NullAction
9 ActionScheduler_NullAction
10 ActionScheduler_NullAction
11 ActionScheduler_NullAction
int(10)
bool(true)
