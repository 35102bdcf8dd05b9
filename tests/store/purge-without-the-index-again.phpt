--TEST--
A process that purges tables without that index once more does not ask for it again, and looks once at each stretch of ids
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--CONFLICTS--
all
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/purge.inc';
asq_test_tables();
asq_test_query( 'ALTER TABLE {actions} DROP KEY status_last_attempt_gmt' );
/* Three stretches of 2000, a gap, and one more. */
asq_test_query( "INSERT INTO {actions} (hook, status, last_attempt_gmt) SELECT 'h', IF(seq % 1000, 'pending', 'complete'), UTC_TIMESTAMP() - INTERVAL 40 DAY FROM seq_1_to_7000" );
asq_test_query( 'UPDATE {actions} SET action_id = action_id + 1000000 WHERE action_id > 6000 ORDER BY action_id DESC' );
ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
as_has_scheduled_action( 'any' ); // connects

/** The reads of actions that a purge makes, other than those of a batch. */
function looks( array $options ): string {
	$sent = asq_test_statements(
		static function () use ( $options, &$counts ) {
			$counts = asq_purge( $options + array( 'statuses' => array( 'complete' ), 'orphans' => false ) );
		}
	);
	$has  = static fn( $text ) => count( array_filter( $sent, static fn( $statement ) => false !== strpos( $statement, $text ) ) );
	return "{$counts['actions']} actions, {$has( 'INDEX (status_last_attempt_gmt)' )} tries, {$has( 'MIN(action_id)' )} looks";
}

echo looks( array( 'dry_run' => true ) ), "\n";
echo looks( array() ), "\n";
echo looks( array() ), "\n";
/* Another site's table may have it. */
$other = asq_test_prefix() . 'o_';
foreach ( array( 'actions', 'claims', 'groups', 'logs' ) as $table ) {
	asq_test_query( "CREATE OR REPLACE TABLE {$other}actionscheduler_$table LIKE {{$table}}" );
}
asq_test_query( "ALTER TABLE {$other}actionscheduler_actions ADD KEY status_last_attempt_gmt (status, last_attempt_gmt)" );
asq_test_query( "INSERT INTO {$other}actionscheduler_actions (hook, status, last_attempt_gmt) SELECT 'h', 'complete', UTC_TIMESTAMP() - INTERVAL 40 DAY FROM seq_1_to_50" );
ini_set( 'asq.prefix', $other );
echo looks( array() ), "\n";
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
foreach ( array( 'actions', 'claims', 'groups', 'logs' ) as $table ) {
	asq_test_query( 'DROP TABLE IF EXISTS ' . asq_test_prefix() . "o_actionscheduler_$table" );
}
asq_test_clean();
?>
--EXPECT--
7 actions, 1 tries, 4 looks
7 actions, 0 tries, 4 looks
0 actions, 0 tries, 4 looks
50 actions, 1 tries, 0 looks
