--TEST--
An action that fails while the database is away has not failed for good: it is left as it is, whether it was to be tried again, buried or postponed
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';
require __DIR__ . '/../store/proxy.inc';

asq_fake_boot();
Asq\Native\own_tables();
$way  = null;
/* The own connection is gone, and cannot be made again; $wpdb's is there, as one is that comes back a little later. */
$away = static function () use ( &$way ) {
	fclose( $way['listening'] );
	posix_kill( $way['pid'], SIGKILL );
	asq_join( array( $way['pid'] ) );
};
asq_retry_policy( 'undecided', array( 'max_attempts' => 2 ) );
asq_retry_policy( 'buried', array( 'max_attempts' => 1 ) );
asq_retry_policy( 'retried', array( 'max_attempts' => 2, 'delay' => static function () use ( $away ) {
	$away();
	return 5;
} ) );
add_filter( 'asq_dead_letter_metadata', static function ( $metadata ) use ( $away ) {
	$away();
	return $metadata;
} );
add_action( 'undecided', static function () use ( $away ) {
	$away();
	throw new RuntimeException( 'no' );
} );
foreach ( array( 'buried', 'retried' ) as $hook ) {
	add_action( $hook, static function () {
		throw new RuntimeException( 'no' );
	} );
}
add_action( 'postponed', static function () use ( $away ) {
	$away();
	throw new Asq\CircuitOpenException( 'open', 5 );
} );
add_filter( 'action_scheduler_queue_runner_concurrent_batches', static fn() => 10 );
add_action( 'action_scheduler_failed_execution', static function ( $id ) {
	echo "$id: told that it has failed\n";
} );

/* Each waits for the database for half a minute: so all at once. */
$results = $pids = array();
foreach ( array( 'undecided', 'retried', 'buried', 'postponed' ) as $hook ) {
	as_enqueue_async_action( $hook );
	list( $results[ $hook ], $theirs ) = asq_pair();
	$pids[] = asq_fork(
		static function () use ( $hook, $theirs, $wpdb, &$way ) {
			$listening = stream_socket_server( 'tcp://127.0.0.1:0' );
			$way       = array(
				'listening' => $listening,
				'pid'       => asq_fork(
					static function () use ( $listening ) {
						proxy_serve( stream_socket_accept( $listening, 60 ), 'nothing', static fn() => false );
					}
				),
			);
			/* The parent's connection is not closed. */
			static $parents;
			$parents      = $wpdb->dbh;
			$wpdb->dbh    = asq_other_db();
			$wpdb->dbhost = stream_socket_get_name( $listening, false );
			try {
				asq_worker_run( array( 'hooks' => array( $hook ) ) );
				fwrite( $theirs, "it went on\n" );
			} catch ( Exception $e ) {
				fwrite( $theirs, preg_replace( '/:.*/', '', $e->getMessage() ) . "\n" );
			}
		}
	);
	fclose( $theirs );
}
foreach ( $results as $hook => $result ) {
	echo "$hook: ", fgets( $result );
}
asq_join( $pids );
asq_test_print( 'SELECT hook, status, attempts FROM {actions} ORDER BY action_id' );
asq_test_print( "SELECT message FROM {logs} WHERE message LIKE '%failed%' OR message LIKE '%postponed%'" );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
undecided: The action's state could not be written
retried: The action's state could not be written
buried: The action's state could not be written
postponed: The action's state could not be written
undecided | in-progress | 1
retried | in-progress | 1
buried | in-progress | 1
postponed | in-progress | 1
