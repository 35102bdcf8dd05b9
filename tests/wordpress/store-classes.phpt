--TEST--
The store's own methods: claim, release, status, counts, delete
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
asq_enqueue_many( 'h', array_map( static fn( $i ) => array( $i ), range( 1, 5 ) ), 'g' );
as_schedule_single_action( 1900000000, 'later' );
$store = ActionScheduler::store();
$claim = $store->stake_claim( 3 );
$other = $store->stake_claim( 3 );
echo json_encode( array( $claim->get_actions(), $other->get_actions(), $store->get_claim_count(), $store->find_actions_by_claim_id( $claim->get_id() ) ) ), "\n";
var_dump( $store->get_claim_id( 1 ) == $claim->get_id(), $store->get_status( 1 ) );
$store->log_execution( 1 );
$store->mark_complete( 1 );
$store->log_execution( 2 );
$store->mark_failure( 2 );
$store->release_claim( $claim );
echo json_encode( array( $store->get_status( 1 ), $store->get_status( 2 ), $store->get_status( 3 ), (int) $store->get_claim_id( 3 ), $store->action_counts() ) ), "\n";
$store->delete_action( 4 );
foreach ( array( 'get_status', 'delete_action', 'mark_failure', 'get_date' ) as $method ) {
	try {
		$store->$method( 4 );
	} catch ( InvalidArgumentException $e ) {
		echo get_class( $e ), ': ', $e->getMessage(), "\n";
	}
}
try {
	$store->stake_claim( 3, null, array(), 'no such group' );
} catch ( InvalidArgumentException $e ) {
	echo get_class( $e ), ': ', $e->getMessage(), "\n";
}
asq_test_print( 'SELECT action_id, status, attempts FROM {actions} ORDER BY action_id' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
[[1,2,3],[4,5],2,[1,2,3]]
bool(true)
string(7) "pending"
["complete","failed","pending",0,{"complete":"1","failed":"1","pending":"4"}]
InvalidArgumentException: Invalid action ID. No status found.
InvalidArgumentException: %s4%s
InvalidArgumentException: %s4%s
InvalidArgumentException: %s4%s
InvalidArgumentException: The group "no such group" does not exist.
1 | complete | 1
2 | failed | 1
3 | pending | 0
5 | pending | 0
6 | pending | 0
