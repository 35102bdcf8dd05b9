--TEST--
An import of thousands goes over two connections: ids are in order, whatever fails is done again, and what is stored is always the first so many
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--INI--
asq.timeout=2
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/proxy.inc';
asq_test_tables();
asq_test_query( 'CREATE TABLE {logs}_seen (id bigint PRIMARY KEY) ENGINE=MyISAM' );
$list = array_map( static fn( $i ) => 0 === $i % 700 ? array( $i, str_repeat( 'ü"', 150 ) ) : array( $i ), range( 1, 3100 ) );

/** Stores the list; says what is wrong about it. $lost: the answer to that one of the statements that $what is in is lost. */
function import( string $what, int $lost = 0, ?callable $also = null ): void {
	global $list;
	asq_test_query( 'DELETE FROM {actions}' );
	asq_test_query( 'DELETE FROM {logs}' );
	asq_test_query( 'DELETE FROM {logs}_seen' );
	$call = static fn() => asq_enqueue_many( 'h', $list, 'g' );
	try {
		$ids = $lost ? proxied( $what, $call, null, $also, $lost ) : $call();
	} catch ( RuntimeException $e ) {
		echo $what, ': ', preg_replace( '/ \(.*/', '', $e->getMessage() ), "\n";
		$first = asq_test_query( 'SELECT COUNT(*) AS n, MAX(JSON_VALUE(COALESCE(extended_args, args), "$[0]") + 0) AS last FROM {actions} JOIN {logs} USING (action_id)' )[0];
		echo '  the first ', $first['n'] === ( $first['last'] ?? '0' ) ? $first['n'] : 'WRONG ' . json_encode( $first ), "\n";
		return;
	}
	$rows  = array_column( asq_test_query( 'SELECT action_id, COALESCE(extended_args, args) AS args FROM {actions} WHERE hook = "h" ORDER BY action_id' ), 'args', 'action_id' );
	$right = array_map( 'json_encode', $list ) === array_values( $rows ) && array_keys( $rows ) === $ids;
	$logs  = asq_test_query( 'SELECT COUNT(*) AS n, COUNT(DISTINCT action_id) AS actions FROM {logs} JOIN {actions} USING (action_id) WHERE message = "action created"' )[0];
	echo $lost ? "COMMIT $lost: " : "$what: ", $right && array( 'n' => '3100', 'actions' => '3100' ) === $logs ? 'in order' : 'WRONG ' . count( $rows ) . json_encode( $logs ), "\n";
}

/** What happens once, or each time, when the action of that number, or its log row, is inserted. */
function trigger( string $table, int $number, string $what, bool $once = true ): void {
	$action    = 'logs' === $table ? '(SELECT args FROM {actions} WHERE action_id = NEW.action_id)' : 'NEW.args';
	$condition = "'[$number]' = $action" . ( $once ? ' AND NOT EXISTS (SELECT * FROM {logs}_seen)' : '' );
	asq_test_query( 'DROP TRIGGER IF EXISTS {actions}_t' );
	/* By its author's name a session goes that is in it, and nobody else may end that. */
	asq_test_query( 'CREATE DEFINER = ' . asq_test_account_name() . "@'%' TRIGGER {actions}_t BEFORE INSERT ON {{$table}} FOR EACH ROW IF $condition THEN INSERT IGNORE INTO {logs}_seen VALUES (1); $what; END IF" );
}

ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
asq_test_query( 'CREATE TRIGGER {actions}_t BEFORE INSERT ON {actions} FOR EACH ROW INSERT IGNORE INTO {logs}_seen VALUES (CONNECTION_ID())' );
import( 'nothing in the way' );
echo '  connections: ', asq_test_query( 'SELECT COUNT(*) AS n FROM {logs}_seen' )[0]['n'];
$open = static fn() => asq_test_query( 'SELECT COUNT(*) AS n FROM information_schema.processlist WHERE user = "' . asq_test_account_name() . '"' )[0]['n'];
asq_until( static fn() => $open() < 2 );
echo ', afterwards ', $open(), "\n";
asq_test_disconnect();
asq_test_query( 'GRANT USAGE ON *.* TO ' . asq_test_account_name() . '@"%" WITH MAX_USER_CONNECTIONS 1' );
asq_test_query( 'FLUSH USER_RESOURCES' );
import( 'one connection allowed' );
echo '  connections: ', asq_test_query( 'SELECT COUNT(*) AS n FROM {logs}_seen' )[0]['n'], "\n";
asq_test_query( 'GRANT USAGE ON *.* TO ' . asq_test_account_name() . '@"%" WITH MAX_USER_CONNECTIONS 0' );

/* Chunks are of 500: the first, one on the way, the last. */
foreach ( array( 10, 1750, 3050 ) as $number ) {
	foreach ( array( 'actions', 'logs' ) as $table ) {
		trigger( $table, $number, 'SIGNAL SQLSTATE "40001" SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = "deadlock"' );
		import( "deadlock at $table, $number" );
		trigger( $table, $number, 'KILL CONNECTION_ID()' );
		import( "killed at $table, $number" );
	}
	trigger( 'logs', $number, 'DO SLEEP(4)' );
	import( "too late at logs, $number" );
	foreach ( array( 'actions', 'logs' ) as $table ) {
		trigger( $table, $number, 'SIGNAL SQLSTATE "45000" SET MESSAGE_TEXT = "no more"', false );
		import( "refused at $table, $number" );
	}
}
asq_test_query( 'DROP TRIGGER {actions}_t' );
asq_test_query( 'TRUNCATE {actions}' );
/* The server comes to the second of two chunks first, which takes the lower ids then. */
foreach ( array( 1, 501, 1501 ) as $number ) {
	/* No table: the server would keep the other one off it until the statement ends. */
	asq_test_query( 'DROP TRIGGER IF EXISTS {actions}_t' );
	asq_test_query( "CREATE TRIGGER {actions}_t BEFORE INSERT ON {actions} FOR EACH ROW IF NEW.args = '[$number]' THEN DO SLEEP(1); END IF" );
	import( "overtaken, $number" );
	/* The ids that it had are gone. */
	var_dump( asq_test_query( 'SELECT MAX(action_id) - MIN(action_id) >= COUNT(*) AS gap FROM {actions}' )[0]['gap'] );
}
asq_test_query( 'DROP TRIGGER {actions}_t' );
asq_test_query( 'TRUNCATE {actions}' );
/* The answer to the commit of that chunk is lost: it is found, and not stored again. */
foreach ( array( 1, 3, 4, 7 ) as $chunk ) {
	import( PROXY_COMMIT, $chunk );
}
/* Also if its actions, which are the last of those that are committed, have been put off since. */
$later = static function () {
	asq_other_db()->query( preg_replace( '/\{(\w+)\}/', asq_test_prefix() . 'actionscheduler_$1', 'UPDATE {actions} SET scheduled_date_gmt = "2030-01-01", schedule = "another" ORDER BY action_id LIMIT 1500' ) );
};
import( PROXY_COMMIT, 3, $later );
/* And the other connection is lost with it, whose actions are stored, but not committed. */
$all = static function () {
	$db = asq_other_db();
	foreach ( $db->query( "SELECT id FROM information_schema.processlist WHERE user = '" . asq_test_account_name() . "'" )->fetch_all() as list( $id ) ) {
		$db->query( "KILL $id" );
	}
};
mysqli_report( MYSQLI_REPORT_OFF );
foreach ( array( 1, 2, 4 ) as $chunk ) {
	import( PROXY_COMMIT, $chunk, $all );
}
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
asq_test_query( 'DROP TABLE IF EXISTS {logs}_seen' );
--EXPECT--
nothing in the way: in order
  connections: 2, afterwards 1
one connection allowed: in order
  connections: 1
deadlock at actions, 10: in order
killed at actions, 10: in order
deadlock at logs, 10: in order
killed at logs, 10: in order
too late at logs, 10: in order
refused at actions, 10: asq_enqueue_many() has stored 0 of 3100 actions, and then: no more
  the first 0
refused at logs, 10: asq_enqueue_many() has stored 0 of 3100 actions, and then: no more
  the first 0
deadlock at actions, 1750: in order
killed at actions, 1750: in order
deadlock at logs, 1750: in order
killed at logs, 1750: in order
too late at logs, 1750: in order
refused at actions, 1750: asq_enqueue_many() has stored 1500 of 3100 actions, and then: no more
  the first 1500
refused at logs, 1750: asq_enqueue_many() has stored 1500 of 3100 actions, and then: no more
  the first 1500
deadlock at actions, 3050: in order
killed at actions, 3050: in order
deadlock at logs, 3050: in order
killed at logs, 3050: in order
too late at logs, 3050: in order
refused at actions, 3050: asq_enqueue_many() has stored 3000 of 3100 actions, and then: no more
  the first 3000
refused at logs, 3050: asq_enqueue_many() has stored 3000 of 3100 actions, and then: no more
  the first 3000
overtaken, 1: in order
string(1) "1"
overtaken, 501: in order
string(1) "1"
overtaken, 1501: in order
string(1) "1"
COMMIT 1: in order
COMMIT 3: in order
COMMIT 4: in order
COMMIT 7: in order
COMMIT 3: in order
COMMIT 1: in order
COMMIT 2: in order
COMMIT 4: in order
