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
/*
 * Each insert wants that row. The second try waits, before it does, for the rival, which by then knows that the first one has given up, and lets the
 * row go: whatever takes how long.
 */
$tries = asq_test_prefix() . 'tries';
asq_test_query( 'CREATE TABLE {logs}_held (id int PRIMARY KEY, n int)' );
asq_test_query( 'INSERT INTO {logs}_held VALUES (1, 0)' );
asq_test_query(
	"CREATE TRIGGER {actions}_wait BEFORE INSERT ON {actions} FOR EACH ROW BEGIN
		SET @tries = COALESCE(@tries, 0) + 1;
		IF @tries > 1 THEN DO GET_LOCK('$tries', 600); DO RELEASE_LOCK('$tries'); END IF;
		UPDATE {logs}_held SET n=n+1 WHERE id=1;
	END"
);
/* One second is the least; what the server has for its own sessions is put back at once. */
$before = asq_test_query( 'SELECT @@GLOBAL.innodb_lock_wait_timeout AS n' )[0]['n'];
asq_test_query( 'SET GLOBAL innodb_lock_wait_timeout=1' );
asq_test_disconnect();
as_has_scheduled_action( 'h' );
asq_test_query( "SET GLOBAL innodb_lock_wait_timeout=$before" );
list( $here, $there ) = asq_pair();
$pid = asq_fork(
	static function () use ( $there, $tries ) {
		$db = asq_other_db();
		$db->query( "DO GET_LOCK('$tries', 0)" );
		$db->query( 'START TRANSACTION' );
		$db->query( asq_sql( 'UPDATE {logs}_held SET n=100' ) );
		fwrite( $there, "locked\n" );
		asq_must( 'a second try', static fn() => $db->query( "SELECT id FROM information_schema.processlist WHERE state = 'User lock' AND info LIKE '%$tries%'" )->num_rows );
		$db->query( 'COMMIT' );
		$db->query( "DO RELEASE_LOCK('$tries')" );
	}
);
fgets( $here );
$start = asq_clock();
var_dump( as_enqueue_async_action( 'h', array( 'new' ), 'g', true ) > 0, asq_clock() - $start >= 1 );
asq_join( array( $pid ) );
asq_test_print( 'SELECT args, status, COUNT(*) FROM {actions} JOIN {logs} USING (action_id) GROUP BY args ORDER BY args' );
asq_test_print( 'SELECT n FROM {logs}_held' );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
asq_test_query( 'DROP TABLE IF EXISTS {logs}_held' );
?>
--EXPECT--
bool(true)
bool(true)
["done"] | complete | 1
["new"] | pending | 1
101
