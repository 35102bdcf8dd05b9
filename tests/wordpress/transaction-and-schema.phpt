--TEST--
The store's first use, which looks after the tables, does not commit the caller's transaction
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
asq_test_query( 'CREATE TABLE {logs}_orders (id int PRIMARY KEY) ENGINE=InnoDB' );
$wpdb->query( 'START TRANSACTION' );
$wpdb->query( 'INSERT INTO ' . asq_test_prefix() . 'actionscheduler_logs_orders VALUES (1)' );
/* No schema option is set: the site has not met this version before. */
ActionScheduler::store();
ActionScheduler::logger();
$wpdb->query( 'ROLLBACK' );
asq_test_print( 'SELECT COUNT(*) FROM {logs}_orders' );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
asq_test_query( 'DROP TABLE IF EXISTS {logs}_orders' );
--EXPECT--
0
