--TEST--
Missing tables are not made while the caller is in a transaction, which that would commit
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
ActionScheduler::store();
ActionScheduler::logger();
asq_test_query( 'CREATE TABLE {logs}_orders (id int PRIMARY KEY) ENGINE=InnoDB' );
asq_test_drop_tables();
$wpdb->query( 'START TRANSACTION' );
$wpdb->query( 'INSERT INTO ' . asq_test_prefix() . 'actionscheduler_logs_orders VALUES (1)' );
ini_set( 'log_errors', '1' );
ini_set( 'error_log', $log = tempnam( sys_get_temp_dir(), 'asq' ) );
$id = as_enqueue_async_action( 'h' );
unlink( $log );
$wpdb->query( 'ROLLBACK' );
asq_test_print( 'SELECT COUNT(*) FROM {logs}_orders' );
/* Stored or not, the answer told the truth: what was stored has gone with the transaction. */
var_dump( as_has_scheduled_action( 'h' ) );
var_dump( as_enqueue_async_action( 'h' ) > 0 );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
asq_test_query( 'DROP TABLE IF EXISTS {logs}_orders' );
--EXPECT--
0
bool(false)
bool(true)
