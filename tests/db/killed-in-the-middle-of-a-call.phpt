--TEST--
A connection that is killed while the server works on the call: the action is there once, or there is an error
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

require __DIR__ . '/fork.inc';
ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
as_enqueue_async_action( 'first', array(), 'g' );
foreach ( array( 'actions', 'logs' ) as $table ) {
	list( $here, $there ) = asq_pair();
	$pid = asq_fork(
		static function () use ( $there, $table ) {
			$db = asq_other_db();
			$db->query( asq_sql( "LOCK TABLES {{$table}} WRITE" ) );
			fwrite( $there, "locked\n" );
			asq_kill_waiting( $db, 'KILL' );
			$db->query( 'UNLOCK TABLES' );
		}
	);
	fgets( $here );
	error_clear_last();
	$id = @as_enqueue_async_action( "while $table is locked", array(), 'g' );
	asq_join( array( $pid ) );
	$stored = (int) asq_test_query( "SELECT COUNT(*) AS n FROM {actions} JOIN {logs} USING (action_id) WHERE hook = 'while $table is locked'" )[0]['n'];
	var_dump( $id ? 1 === $stored : 0 === $stored && false !== strpos( error_get_last()['message'], 'asq: Lost connection' ) );
	var_dump( as_enqueue_async_action( 'after', array(), 'g' ) > 0 );
}
/* No row without its log row, or the other way round. */
asq_test_print( 'SELECT (SELECT COUNT(*) FROM {actions}) - (SELECT COUNT(*) FROM {logs})' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
0
