--TEST--
After a call that failed nothing is locked and nothing is half done
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

require __DIR__ . '/../db/fork.inc';
as_enqueue_async_action( 'h', array(), 'g' );
asq_test_query( "CREATE TRIGGER {logs}_refuse BEFORE INSERT ON {logs} FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no logs today'" );
var_dump( as_enqueue_async_action( 'h', array( 1 ), 'g' ) );
var_dump( as_enqueue_async_action( 'h', array( 2 ), 'g', true ) );
/* Another connection gets all rows at once. */
$db = asq_other_db();
$db->query( 'SET innodb_lock_wait_timeout=1' );
$db->query( 'START TRANSACTION' );
var_dump( $db->query( asq_sql( 'SELECT * FROM {actions} FOR UPDATE' ) )->num_rows, $db->query( asq_sql( 'SELECT * FROM {logs} FOR UPDATE' ) )->num_rows );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
Warning: asq: no logs today in %s on line %d
int(0)

Warning: asq: no logs today in %s on line %d
int(0)
int(1)
int(1)
