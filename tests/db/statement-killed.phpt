--TEST--
KILL QUERY is one clear warning; nothing is stored by halves, and the connection goes on
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
$first = array_keys( asq_own_connections() );
list( $here, $there ) = asq_pair();
$pid = asq_fork(
	static function () use ( $there ) {
		$db = asq_other_db();
		$db->query( asq_sql( 'LOCK TABLES {logs} WRITE' ) );
		fwrite( $there, "locked\n" );
		asq_kill_waiting( $db, 'KILL QUERY' );
		$db->query( 'UNLOCK TABLES' );
	}
);
fgets( $here );
var_dump( as_enqueue_async_action( 'killed', array(), 'g' ) );
asq_join( array( $pid ) );
var_dump( as_enqueue_async_action( 'after', array(), 'g' ) > 0, array_keys( asq_own_connections() ) === $first );
asq_test_print( 'SELECT hook, COUNT(*) FROM {actions} LEFT JOIN {logs} USING (action_id) GROUP BY hook ORDER BY hook' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
Warning: asq: Query execution was interrupted in %s on line %d
int(0)
bool(true)
bool(true)
after | 1
first | 1
