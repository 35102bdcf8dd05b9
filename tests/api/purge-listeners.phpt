--TEST--
asq_purge() fires action_scheduler_deleted_action for each, after the commit, if anybody besides the logger listens
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';
require __DIR__ . '/../store/purge.inc';
asq_fake_boot();
$hook = 'action_scheduler_deleted_action';
$rows = static function ( $count = 3 ) {
	asq_test_query( 'TRUNCATE {actions}' );
	asq_test_query( 'TRUNCATE {logs}' );
	asq_purge_rows( array_fill( 0, $count, array( 'complete', 40, 2 ) ) );
};

$rows();
asq_purge_counts();
echo did_action( $hook ), " times for the logger alone\n";
/* Once the logger is made, its method is the listener. */
ActionScheduler::logger();
$rows();
asq_purge_counts();
echo did_action( $hook ), " times for the logger's method\n";

$rows();
add_action( $hook, $listener = static function ( $id ) {
	echo json_encode( $id ), ': ', asq_test_query( 'SELECT COUNT(*) AS n FROM {actions}' )[0]['n'], " actions there\n";
}, 20 );
asq_purge_counts( array( 'batch' => 2 ) );
echo "dry run\n";
$rows();
asq_purge_counts( array( 'dry_run' => true ) );
remove_action( $hook, $listener, 20 );

echo "all\n";
asq_fake_trace( static fn() => asq_purge_counts() );

echo "an Exception is told of, and the others have their turn\n";
$rows();
add_action( $hook, $listener = static function ( $id ) {
	if ( '2' === $id ) {
		throw new DomainException( 'not this one' );
	}
	echo "$id\n";
} );
add_action( 'action_scheduler_failed_old_action_deletion', static function ( $id, $e, $lifespan, $count ) {
	echo "failed: $id, {$e->getMessage()}, $lifespan, $count\n";
}, 10, 4 );
asq_purge_counts();
remove_action( $hook, $listener );

echo "an Error ends it\n";
$rows();
add_action( $hook, $listener = static function ( $id ) {
	throw new Error( "no $id" );
} );
try {
	asq_purge( array( 'batch' => 1 ) );
} catch ( Error $e ) {
	echo $e->getMessage(), "\n";
}
remove_action( $hook, $listener );
asq_purge_left();

echo "a listener that switches to another blog\n";
$rows();
add_action( $hook, static function () {
	$GLOBALS['wpdb']->set_prefix( 'other_' );
} );
try {
	asq_purge( array( 'batch' => 1 ) );
} catch ( RuntimeException $e ) {
	echo $e->getMessage(), "\n";
}
asq_purge_left();
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
{"actions":3,"logs":6,"orphan_logs":0,"claims":0,"batches":1}
0 times for the logger alone
{"actions":3,"logs":6,"orphan_logs":0,"claims":0,"batches":1}
0 times for the logger's method
"1": 1 actions there
"2": 1 actions there
"3": 0 actions there
{"actions":3,"logs":6,"orphan_logs":0,"claims":0,"batches":2}
dry run
{"actions":3,"logs":6,"orphan_logs":0,"claims":0,"batches":0}
all
action_scheduler_default_cleaner_statuses( ["complete","canceled"] )
action_scheduler_enable_failed_action_cleanup( false )
action_scheduler_retention_period( 2678400 )
action_scheduler_retention_period_for_failed( 8035200 )
action_scheduler_deleted_action( "1" )
action_scheduler_deleted_action( "2" )
action_scheduler_deleted_action( "3" )
{"actions":3,"logs":6,"orphan_logs":0,"claims":0,"batches":1}
an Exception is told of, and the others have their turn
1
failed: 2, not this one, 2678400, 3
3
{"actions":3,"logs":6,"orphan_logs":0,"claims":0,"batches":1}
an Error ends it
no 1
actions: 2 3; logs of: 2*2 3*2; claims: 
a listener that switches to another blog
asq_purge() has deleted 1 actions, and then: A listener has switched to another blog.
actions: 2 3; logs of: 2*2 3*2; claims: 
