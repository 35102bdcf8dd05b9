--TEST--
A call that is a deadlock's victim is tried again: the action is there once, and the rival gets its way
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
/*
 * The call holds the new action's row and waits for the log table's; the rival holds a row of that table and asks for
 * the new action's. It has changed more rows, and so the server takes the call for the victim.
 */
ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
asq_test_query( 'CREATE TABLE {logs}_held (id int PRIMARY KEY, n int)' );
asq_test_query( 'INSERT INTO {logs}_held SELECT seq, 0 FROM seq_1_to_50' );
asq_test_query( 'CREATE TRIGGER {logs}_wait BEFORE INSERT ON {logs} FOR EACH ROW UPDATE {logs}_held SET n=n+1 WHERE id=1' );
$deadlocks = static fn( mysqli $db ) => (int) $db->query( "SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'" )->fetch_row()[1];
$before    = $deadlocks( asq_test_db() );
list( $here, $there ) = asq_pair();
$pid = asq_fork(
	static function () use ( $there ) {
		$db = asq_other_db();
		$db->query( 'START TRANSACTION' );
		$db->query( asq_sql( 'UPDATE {logs}_held SET n=100' ) );
		fwrite( $there, "locked\n" );
		/* Inside a trigger a session goes by the name of the trigger's author. */
		asq_must( 'the call, waiting', static fn() => $db->query( asq_sql( "SELECT id FROM information_schema.processlist WHERE info LIKE 'UPDATE {logs}_held SET n=n+1%'" ) )->num_rows );
		/* Whether it waits already or is about to: it has its row, and whoever comes second closes the ring. */
		$db->query( asq_sql( 'SELECT action_id FROM {actions} FOR UPDATE' ) );
		$db->query( 'COMMIT' );
		fwrite( $there, "committed\n" );
	}
);
fgets( $here );
var_dump( as_enqueue_async_action( 'h', array(), 'g' ) > 0 );
echo fgets( $here );
asq_join( array( $pid ) );
var_dump( $deadlocks( asq_test_db() ) > $before );
asq_test_print( 'SELECT hook, COUNT(*) FROM {actions} JOIN {logs} USING (action_id) GROUP BY hook' );
asq_test_print( 'SELECT COUNT(*) FROM {actions} UNION ALL SELECT COUNT(*) FROM {logs}' );
asq_test_print( 'SELECT n FROM {logs}_held WHERE id=1' );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
asq_test_query( 'DROP TABLE IF EXISTS {logs}_held' );
--EXPECT--
bool(true)
committed
bool(true)
h | 1
1
1
101
