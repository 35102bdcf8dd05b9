--TEST--
A purge of tables that have no index by status and date, as before Action Scheduler 3.9.3
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/purge.inc';
asq_test_tables();
asq_test_query( 'ALTER TABLE {actions} DROP KEY status_last_attempt_gmt, DROP KEY status_claim_id' );
/* More rows than one look passes. */
asq_test_query( "INSERT INTO {actions} (hook, status, last_attempt_gmt) SELECT 'h', ELT(1 + seq % 5, 'complete', 'canceled', 'failed', 'pending', 'in-progress'),
	UTC_TIMESTAMP() - INTERVAL (seq % 2 * 40) DAY FROM seq_1_to_5000" );
/* And a gap of ids that no walk would get over in time. */
asq_test_query( 'UPDATE {actions} SET action_id = action_id + 4000000000000 WHERE action_id > 3000 ORDER BY action_id DESC' );
asq_test_query( "INSERT INTO {logs} (action_id, message) SELECT action_id, 'log' FROM {actions}" );

asq_purge_counts( array( 'dry_run' => true, 'limit' => 700 ) );
asq_purge_counts( array( 'dry_run' => true ) );
$counts = asq_purge( array( 'limit' => 123 ) );
echo $counts['actions'], "\n";
$counts = asq_purge( array( 'batch' => 37, 'pause' => 0 ) );
echo $counts['actions'], ' ', $counts['logs'], ' ', $counts['orphan_logs'], "\n";
asq_test_print( 'SELECT status, COUNT(*), SUM(last_attempt_gmt < UTC_TIMESTAMP() - INTERVAL 31 DAY) FROM {actions} GROUP BY status ORDER BY status' );
asq_test_print( 'SELECT COUNT(*) FROM {logs}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
{"actions":700,"logs":700,"orphan_logs":0,"claims":0,"batches":0}
{"actions":1000,"logs":1000,"orphan_logs":0,"claims":0,"batches":0}
123
877 877 0
canceled | 500 | 0
complete | 500 | 0
failed | 1000 | 500
in-progress | 1000 | 500
pending | 1000 | 500
4000
