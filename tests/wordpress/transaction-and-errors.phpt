--TEST--
An error within the caller's transaction is reported, and leaves the transaction to its owner
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
ActionScheduler::store();
asq_test_query( 'CREATE TABLE {logs}_orders (id int PRIMARY KEY) ENGINE=InnoDB' );
$orders = asq_test_prefix() . 'actionscheduler_logs_orders';
$wpdb->query( 'START TRANSACTION' );
$wpdb->query( "INSERT INTO $orders VALUES (1)" );
ini_set( 'log_errors', '1' );
ini_set( 'error_log', $log = tempnam( sys_get_temp_dir(), 'asq' ) );
var_dump( as_enqueue_async_action( 'h', array( str_repeat( 'x', 9000 ) ) ) );
unlink( $log );
var_dump( as_enqueue_async_action( 'h', array( 1 ), 'new', true ) > 0, as_enqueue_async_action( 'h', array( 1 ), 'new', true ) );
$wpdb->query( "INSERT INTO $orders VALUES (2)" );
asq_test_print( 'SELECT COUNT(*) FROM {logs}_orders' );
$wpdb->query( 'COMMIT' );
asq_test_print( 'SELECT COUNT(*) FROM {logs}_orders' );
asq_test_print( 'SELECT COUNT(*) FROM {actions} JOIN {logs} USING (action_id)' );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
asq_test_query( 'DROP TABLE IF EXISTS {logs}_orders' );
--EXPECT--
int(0)
bool(true)
int(0)
0
2
1
