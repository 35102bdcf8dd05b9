--TEST--
A purge's looks read each row once, also of actions of one second, and while a snapshot keeps the deleted ones
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--CONFLICTS--
all
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/../db/fork.inc';
require __DIR__ . '/purge.inc';
asq_test_tables();
asq_test_query( "INSERT INTO {actions} (hook, status, last_attempt_gmt) SELECT 'h', 'complete', IF(seq <= 3000, '2020-01-01 00:00:00', '2020-01-01 00:00:00' + INTERVAL seq SECOND) FROM seq_1_to_5000" );
asq_test_query( "INSERT INTO {actions} (hook, status, last_attempt_gmt) SELECT 'h', 'canceled', '0000-00-00 00:00:00' FROM seq_1_to_1000" );
asq_test_query( "INSERT INTO {actions} (hook, status, last_attempt_gmt) SELECT 'h', 'pending', '0000-00-00 00:00:00' FROM seq_1_to_1000" );
asq_test_query( 'ANALYZE TABLE {actions}' );

$snapshot = asq_other_db();
$snapshot->query( 'START TRANSACTION WITH CONSISTENT SNAPSHOT' );
$snapshot->query( asq_sql( 'SELECT COUNT(*) FROM {actions}' ) );

/* What the server has read by indexes: the looks, the locks and the deletions of 6000 rows, and little more. */
$read   = static fn() => array_sum( array_column( asq_test_query( "SHOW GLOBAL STATUS WHERE Variable_name IN ('Innodb_rows_read')" ), 'Value' ) );
$before = $read();
$counts = asq_purge( array( 'batch' => 50, 'pause' => 0 ) );
$rows   = $read() - $before;
echo $counts['actions'], ' actions in ', $counts['batches'] >= 120 ? 'many' : 'few', " batches\n";
echo $rows < 6000 * 6 ? "each read a few times\n" : "$rows rows read\n";
asq_test_print( 'SELECT status, COUNT(*) FROM {actions} GROUP BY status' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
6000 actions in many batches
each read a few times
pending | 1000
