--TEST--
Actions are stored by a prepared statement from the third on: as by the text, also in a new group, after a lost connection, a lost answer, a killed one
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
require __DIR__ . '/../store/proxy.inc';

asq_test_tables();
ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
$executed = static fn() => (int) asq_test_query( "SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'" )[0]['Value'];
$since    = static function () use ( $executed, &$before ) {
	$count  = $executed() - $before;
	$before = $executed();
	return $count;
};
$before   = $executed();

/* Each pair says the same, once as text, once prepared. */
$strange = array( "it's \\ \"é🎉\" %d ? :n", -1.5, null, array( 'a' => true ) );
for ( $n = 0; $n < 4; $n++ ) {
	$ids[] = as_schedule_single_action( 1900000000, 'strange', $strange, 'a ? group', false, 7 );
	$ids[] = as_enqueue_async_action( 'long', array( str_repeat( "é'", 1000 ) ), 'g' );
}
echo implode( ' ', $ids ), ', prepared: ', $since(), "\n";
foreach ( array( 'strange', 'long' ) as $hook ) {
	$rows = asq_test_query( "SELECT hook, status, args, extended_args, scheduled_date_gmt, scheduled_date_local, schedule, priority, group_id FROM {actions} WHERE hook = '$hook'" );
	$logs = asq_test_query( "SELECT message FROM {logs} JOIN {actions} USING (action_id) WHERE hook = '$hook'" );
	echo $hook, ': ', count( $rows ), ', the same: ', count( array_unique( array_map( 'serialize', 'long' === $hook ? array_map( static fn( $row ) => array_diff_key( $row, array_flip( array( 'scheduled_date_gmt', 'scheduled_date_local' ) ) ), $rows ) : $rows ) ) ),
		', log rows: ', count( $logs ), ', the same: ', count( array_unique( array_map( 'serialize', $logs ) ) ), "\n";
}

/* There is no such group: the statement fails, the group is made, and it is executed again. */
var_dump( as_schedule_single_action( 1900000000, 'grouped', array(), 'new', false, 7 ) > 0 );
echo 'prepared: ', $since(), "\n";

/* The tables change under it. */
foreach ( array( 'ALTER TABLE {actions} ADD INDEX other (priority)', 'ALTER TABLE {logs} ADD COLUMN more int NOT NULL DEFAULT 5', 'OPTIMIZE TABLE {actions}' ) as $change ) {
	asq_test_query( $change );
	var_dump( as_schedule_single_action( 1900000000, 'changed', array( $change ), 'new', false, 7 ) > 0 );
}

asq_test_disconnect();
var_dump( as_enqueue_async_action( 'after', array(), 'g' ) > 0 );

/* It is committed, but nobody hears of it. */
$id = proxied(
	'"lost"',
	static function () {
		for ( $n = 0; $n < 3; $n++ ) {
			as_enqueue_async_action( 'before', array( $n ), 'g' );
		}
		return as_enqueue_async_action( 'answer', array( 'lost' ), 'g' );
	}
);
var_dump( $id === (int) asq_test_query( "SELECT action_id FROM {actions} WHERE hook = 'answer'" )[0]['action_id'] );

/* KILL QUERY is for what is done, prepared or not: it is not done again. */
for ( $n = 0; $n < 3; $n++ ) {
	as_enqueue_async_action( 'before', array( $n ), 'g' );
}
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
asq_test_print( "SELECT hook, COUNT(DISTINCT action_id), COUNT(log_id), MAX(slug) FROM {actions} JOIN {groups} USING (group_id) LEFT JOIN {logs} USING (action_id) WHERE hook NOT IN ('strange', 'long') GROUP BY hook ORDER BY hook" );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
%d %d %d %d %d %d %d %d, prepared: 6
strange: 4, the same: 1, log rows: 4, the same: 1
long: 4, the same: 1, log rows: 4, the same: 1
bool(true)
prepared: 2
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)

Warning: asq: Query execution was interrupted in %s on line %d
int(0)
after | 1 | 1 | g
answer | 1 | 1 | g
before | 6 | 6 | g
changed | 3 | 3 | new
grouped | 1 | 1 | new
