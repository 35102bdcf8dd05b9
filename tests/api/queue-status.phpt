--TEST--
asq_queue_status() counts by status, group and hook, and says what is late
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

function due( $hook, $group, $count, $seconds ) {
	return asq_enqueue_many( $hook, array_fill( 0, $count, array() ), $group, false, 10, time() - $seconds );
}
due( 'a', 'one', 5, 500 );
due( 'b', 'two', 4, 400 );
due( 'b', '', 2, -5000 );
$ids = due( 'c', 'one', 6, 600 );
asq_test_query( "UPDATE {actions} SET status = 'complete', last_attempt_gmt = UTC_TIMESTAMP() WHERE action_id IN ($ids[0], $ids[1])" );
asq_test_query( "UPDATE {actions} SET status = 'complete', last_attempt_gmt = UTC_TIMESTAMP() - INTERVAL 90 SECOND WHERE action_id = $ids[2]" );
asq_test_query( "UPDATE {actions} SET status = 'failed', last_attempt_gmt = UTC_TIMESTAMP() WHERE action_id = $ids[3]" );
asq_test_query( "UPDATE {actions} SET status = 'canceled' WHERE action_id = $ids[4]" );
asq_test_query( "UPDATE {actions} SET status = 'in-progress', claim_id = 7 WHERE action_id = $ids[5]" );

function show( array $status ) {
	$age = $status['oldest_due_age'];
	echo null === $age ? 'none' : round( $age, -2 ), ' ', json_encode( $status['last_minute'] ), "\n";
	foreach ( array( 'counts', 'approximate', 'groups', 'hooks', 'pauses', 'workers' ) as $key ) {
		echo '  ', $key, ' ', json_encode( $status[ $key ] ?? 'not there' ), "\n";
	}
}
show( asq_queue_status() );
show( asq_queue_status( array( 'top' => 1 ) ) );
show( asq_queue_status( array( 'top' => '0' ) ) );
show( asq_queue_status( array( 'counts' => false ) ) );
echo "paused\n";
asq_pause( 'hook', 'a' );
echo round( asq_queue_status( array( 'counts' => false ) )['oldest_due_age'], -2 ), "\n";
asq_pause( 'group', 'two' );
echo json_encode( asq_queue_status( array( 'counts' => false ) )['oldest_due_age'] ), "\n";
foreach ( array( 'top' => -1, 'sample' => 'all' ) as $option => $value ) {
	try {
		asq_queue_status( array( $option => $value ) );
	} catch ( ValueError $e ) {
		echo $e->getMessage(), "\n";
	}
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
500 {"complete":2,"failed":1}
  counts {"due":9,"future":2,"in-progress":1,"complete":3,"failed":1,"canceled":1}
  approximate []
  groups [{"group":"one","due":5,"future":0,"in-progress":1,"failed":1},{"group":"two","due":4,"future":0,"in-progress":0,"failed":0},{"group":"","due":0,"future":2,"in-progress":0,"failed":0}]
  hooks [{"hook":"a","due":5,"future":0,"in-progress":0,"failed":0},{"hook":"b","due":4,"future":2,"in-progress":0,"failed":0},{"hook":"c","due":0,"future":0,"in-progress":1,"failed":1}]
  pauses []
  workers []
500 {"complete":2,"failed":1}
  counts {"due":9,"future":2,"in-progress":1,"complete":3,"failed":1,"canceled":1}
  approximate []
  groups [{"group":"one","due":5,"future":0,"in-progress":1,"failed":1}]
  hooks [{"hook":"a","due":5,"future":0,"in-progress":0,"failed":0}]
  pauses []
  workers []
500 {"complete":2,"failed":1}
  counts {"due":9,"future":2,"in-progress":1,"complete":3,"failed":1,"canceled":1}
  approximate "not there"
  groups "not there"
  hooks "not there"
  pauses []
  workers []
500 {"complete":2,"failed":1}
  counts "not there"
  approximate "not there"
  groups "not there"
  hooks "not there"
  pauses []
  workers []
paused
400
null
asq_queue_status(): Argument #1 ($options) must have a whole number that is not negative as "top"
asq_queue_status(): Argument #1 ($options) must have a whole number that is not negative as "sample"
