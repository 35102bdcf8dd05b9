--TEST--
A server that answers later than asq.timeout: an error, or the action, but never two of it
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--INI--
asq.timeout=1
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

require __DIR__ . '/fork.inc';
ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
asq_test_query( 'CREATE TABLE {logs}_held (id int PRIMARY KEY, n int)' );
asq_test_query( 'INSERT INTO {logs}_held VALUES (1, 0)' );
asq_test_query( 'CREATE TRIGGER {actions}_wait BEFORE INSERT ON {actions} FOR EACH ROW UPDATE {logs}_held SET n=n+1 WHERE id=1' );
list( $here, $there ) = asq_pair();
$pid = asq_fork(
	static function () use ( $there ) {
		$db = asq_other_db();
		$db->query( 'START TRANSACTION' );
		$db->query( asq_sql( 'UPDATE {logs}_held SET n=100' ) );
		fwrite( $there, "locked\n" );
		/* Inside a trigger a session goes by the name of the trigger's author. */
		asq_must( 'the insert, waiting', static fn() => $db->query( asq_sql( "SELECT id FROM information_schema.processlist WHERE info LIKE 'UPDATE {logs}_held SET n=n+1%'" ) )->num_rows );
		asq_nap( 2500000 );
		$db->query( 'COMMIT' );
	}
);
fgets( $here );
$id = @as_enqueue_async_action( 'h', array(), null );
asq_join( array( $pid ) );
/* Whatever is still under way at the server comes to its end. */
asq_must( 'the end of all statements', static fn() => ! asq_test_query( "SELECT id FROM information_schema.processlist WHERE info LIKE 'UPDATE {logs}_held%' OR user = '" . asq_test_account_name() . "' AND command <> 'Sleep'" ) );
ini_set( 'asq.timeout', '60' );
ini_set( 'asq.user', getenv( 'ASQ_TEST_USER' ) );
$rows = as_count_scheduled_actions();
echo $rows <= 1 ? 'once at most' : "$rows times, id $id", "\n";
var_dump( ! $id || 1 === $rows );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
asq_test_query( 'DROP TABLE IF EXISTS {logs}_held' );
--EXPECT--
once at most
bool(true)
