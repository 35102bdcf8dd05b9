--TEST--
A purge deletes log rows whose action is gone, and old claims that hold nothing
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/purge.inc';
asq_test_tables();
asq_purge_rows( array( array( 'pending', 40, 2 ), array( 'complete', 1, 3 ), array( 'in-progress', 40, 1 ) ) );
/* Of action 0 and of 77 more than one look passes. */
asq_test_query( "INSERT INTO {logs} (action_id, message) SELECT 0, 'log' FROM seq_1_to_2500" );
asq_test_query( "INSERT INTO {logs} (action_id, message) SELECT 77, 'log' FROM seq_1_to_2100" );
asq_test_query( "INSERT INTO {logs} (action_id, message) SELECT 100 + seq, 'log' FROM seq_1_to_10" );
/* 1: nothing; 2: holds a pending action; 3: a running one; 4: a finished one; 5: young. */
asq_test_query( "INSERT INTO {claims} (claim_id, date_created_gmt) SELECT seq, UTC_TIMESTAMP() - INTERVAL 2 DAY FROM seq_1_to_4" );
asq_test_query( 'INSERT INTO {claims} (claim_id, date_created_gmt) VALUES (5, UTC_TIMESTAMP() - INTERVAL 20 HOUR)' );
asq_test_query( 'UPDATE {actions} SET claim_id = ELT(action_id, 2, 4, 3)' );
asq_purge_counts( array( 'dry_run' => true ) );
$counts = asq_purge( array( 'pause' => 0 ) );
echo json_encode( array_slice( $counts, 0, 4 ) ), "\n";
asq_purge_left();
asq_purge_counts();

/* The claim of a worker's row is kept, whether it holds something or not. */
$workers = asq_test_prefix() . 'asq_workers';
asq_test_query( "CREATE TABLE $workers (worker_id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, claim_id bigint unsigned NOT NULL DEFAULT 0)" );
asq_test_query( "INSERT INTO $workers (claim_id) VALUES (0), (7)" );
asq_test_query( "INSERT INTO {claims} (claim_id, date_created_gmt) SELECT seq, UTC_TIMESTAMP() - INTERVAL 2 DAY FROM seq_6_to_8" );
asq_purge_counts();
asq_purge_left();
asq_test_query( "DROP TABLE $workers" );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_query( 'DROP TABLE IF EXISTS ' . asq_test_prefix() . 'asq_workers' );
asq_test_clean();
?>
--EXPECT--
{"actions":0,"logs":0,"orphan_logs":4610,"claims":2,"batches":0}
{"actions":0,"logs":0,"orphan_logs":4610,"claims":2}
actions: 1 2 3; logs of: 1*2 2*3 3*1; claims: 2 3 5
{"actions":0,"logs":0,"orphan_logs":0,"claims":0,"batches":0}
{"actions":0,"logs":0,"orphan_logs":0,"claims":2,"batches":1}
actions: 1 2 3; logs of: 1*2 2*3 3*1; claims: 2 3 5 7
