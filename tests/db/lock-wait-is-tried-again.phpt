--TEST--
A lock wait that times out is tried again until the lock is free: the action is there once
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--CONFLICTS--
all
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

require __DIR__ . '/fork.inc';
ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
as_enqueue_async_action( 'h', array( 'done' ), 'g', true );
asq_test_query( "UPDATE {actions} SET status='complete'" );
/* One second is the least; what the server has for its own sessions is put back at once. */
$before = asq_test_query( 'SELECT @@GLOBAL.innodb_lock_wait_timeout AS n' )[0]['n'];
asq_test_query( 'SET GLOBAL innodb_lock_wait_timeout=1' );
asq_test_disconnect();
as_has_scheduled_action( 'h' );
asq_test_query( "SET GLOBAL innodb_lock_wait_timeout=$before" );
list( $here, $there ) = asq_pair();
$pid = asq_fork(
	static function () use ( $there ) {
		$db = asq_other_db();
		$db->query( 'START TRANSACTION' );
		/* All rows, and the gaps between them. */
		$db->query( asq_sql( "UPDATE {actions} SET attempts=attempts+1" ) );
		fwrite( $there, "locked\n" );
		usleep( 1800000 );
		$db->query( 'COMMIT' );
	}
);
fgets( $here );
$start = microtime( true );
var_dump( as_enqueue_async_action( 'h', array( 'new' ), 'g', true ) > 0, microtime( true ) - $start > 1.2 );
asq_join( array( $pid ) );
asq_test_print( 'SELECT args, status, attempts, COUNT(*) FROM {actions} JOIN {logs} USING (action_id) GROUP BY args ORDER BY args' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(true)
bool(true)
["done"] | complete | 1 | 1
["new"] | pending | 0 | 1
