--TEST--
asq_worker_run() of some hooks, of a group, without some groups, and of so many batches
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';

asq_fake_boot();
add_action( 'a', static fn() => print( "a\n" ) );
add_action( 'b', static fn() => print( "b\n" ) );
$again = static function ( $options ) {
	asq_test_query( 'DELETE FROM {actions}' );
	foreach ( array( 'a', 'b' ) as $hook ) {
		foreach ( array( 'x', 'y' ) as $group ) {
			as_enqueue_async_action( $hook, array(), $group );
		}
	}
	echo json_encode( $options ), "\n";
	/* The store keeps what the last claims were restricted to, as Action Scheduler's does. */
	foreach ( array( 'hooks', 'group', 'exclude-groups' ) as $filter ) {
		ActionScheduler::store()->set_claim_filter( $filter, '' );
	}
	asq_worker_run( $options );
	asq_test_print( 'SELECT hook, slug FROM {actions} JOIN {groups} USING (group_id) WHERE status="pending" ORDER BY action_id' );
};
$again( array( 'hooks' => array( 'b' ) ) );
$again( array( 'group' => 'x' ) );
$again( array( 'exclude_groups' => array( 'x' ) ) );
$again( array( 'batches' => 1, 'batch_size' => 1 ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
{"hooks":["b"]}
b
b
a | x
a | y
{"group":"x"}
a
b
a | y
b | y
{"exclude_groups":["x"]}
a
b
a | x
b | x
{"batches":1,"batch_size":1}
a
a | y
b | x
b | y
