--TEST--
An import of many thousands is stored by prepared statements where the server has them, by whole ones where not, and leaves none behind
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
require __DIR__ . '/proxy.inc';
asq_test_tables();
asq_test_query( 'CREATE TABLE {logs}_seen (id bigint PRIMARY KEY) ENGINE=MyISAM' );
$hook = "h'?\\ü";
$list = array_map( static fn( $i ) => 0 === $i % 2100 ? array( $i, str_repeat( 'ü"', 150 ) ) : array( $i, "a'b\\?\u{1F600}%s" ), range( 1, 5601 ) );

/** A count that the server keeps of everybody. */
function server_counts( string $what ): int {
	return (int) asq_test_query( "SHOW GLOBAL STATUS LIKE '$what'" )[0]['Value'];
}

/** Stores the list, and says what is wrong about it. */
function import( string $what, ?callable $by = null ): void {
	global $list, $hook;
	asq_test_query( 'DELETE FROM {actions}' );
	asq_test_query( 'DELETE FROM {logs}' );
	asq_test_query( 'DELETE FROM {logs}_seen' );
	$prepared = server_counts( 'Prepared_stmt_count' );
	$executed = server_counts( 'Com_execute_sql' );
	$call     = static fn() => asq_enqueue_many( $hook, $list, "g'?" );
	$ids      = $by ? $by( $call ) : $call();
	$executed = server_counts( 'Com_execute_sql' ) - $executed;
	/* The second connection's go with it. */
	asq_until( static fn() => server_counts( 'Prepared_stmt_count' ) <= $prepared );
	$prepared = server_counts( 'Prepared_stmt_count' ) - $prepared;
	$rows     = array_column( asq_test_query( 'SELECT action_id, COALESCE(extended_args, args) AS args FROM {actions} JOIN {groups} USING (group_id) WHERE hook = "h\'?\\\\ü" AND slug = "g\'?" ORDER BY action_id' ), 'args', 'action_id' );
	$right    = array_map( 'json_encode', $list ) === array_values( $rows ) && array_keys( $rows ) === $ids;
	$logs     = asq_test_query( 'SELECT COUNT(*) AS n, COUNT(DISTINCT action_id) AS actions FROM {logs} JOIN {actions} USING (action_id) WHERE message = "action created"' )[0];
	echo $what, ': ', $right && array( 'n' => '5601', 'actions' => '5601' ) === $logs ? 'in order' : 'WRONG ' . count( $rows ) . json_encode( $logs );
	echo ', executed ', $executed ? 'some' : 'none', ', left behind ', $prepared, "\n";
}

import( 'prepared' );

asq_test_query( "CREATE TRIGGER {actions}_t BEFORE INSERT ON {actions} FOR EACH ROW IF NEW.args LIKE '[2800,%' AND NOT EXISTS (SELECT * FROM {logs}_seen) THEN INSERT INTO {logs}_seen VALUES (1); SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'deadlock'; END IF" );
import( 'a deadlock on the way' );
asq_test_query( 'DROP TRIGGER {actions}_t' );

import( 'an answer lost', static fn( $call ) => proxied( PROXY_COMMIT, $call, null, null, 5 ) );

/* There the server takes a backslash for a letter. */
$before = asq_test_query( 'SELECT @@GLOBAL.sql_mode AS m' )[0]['m'];
asq_test_query( "SET GLOBAL sql_mode='NO_BACKSLASH_ESCAPES,ANSI_QUOTES'" );
try {
	ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
	import( 'no backslash' );
} finally {
	asq_test_query( "SET GLOBAL sql_mode='$before'" );
}
/* A second connection would take one for a backslash. */
import( 'no backslash on the first' );
asq_test_disconnect();

$before = asq_test_query( 'SELECT @@GLOBAL.max_prepared_stmt_count AS n' )[0]['n'];
asq_test_query( 'SET GLOBAL max_prepared_stmt_count = 0' );
try {
	import( 'the server prepares no more' );
	asq_test_query( 'SET GLOBAL max_prepared_stmt_count = 1' );
	import( 'the server prepares one of two' );
	asq_test_query( 'SET GLOBAL max_prepared_stmt_count = 3' );
	import( 'the server prepares those of one connection' );
} finally {
	asq_test_query( "SET GLOBAL max_prepared_stmt_count = $before" );
}

/* What cannot be undone goes over one connection. */
asq_test_query( 'ALTER TABLE {logs} ENGINE=MyISAM' );
asq_test_query( 'CREATE TRIGGER {actions}_t BEFORE INSERT ON {actions} FOR EACH ROW INSERT IGNORE INTO {logs}_seen VALUES (CONNECTION_ID())' );
import( 'MyISAM' );
asq_test_print( 'SELECT COUNT(*) AS connections FROM {logs}_seen' );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
asq_test_query( 'DROP TABLE IF EXISTS {logs}_seen' );
--EXPECT--
prepared: in order, executed some, left behind 0
a deadlock on the way: in order, executed some, left behind 0
an answer lost: in order, executed some, left behind 0
no backslash: in order, executed some, left behind 0
no backslash on the first: in order, executed none, left behind 0
the server prepares no more: in order, executed none, left behind 0
the server prepares one of two: in order, executed none, left behind 0
the server prepares those of one connection: in order, executed some, left behind 0
MyISAM: in order, executed none, left behind 0
1
