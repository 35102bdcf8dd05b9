--TEST--
An account that may only read can look, and gets one clear warning when it writes
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

as_enqueue_async_action( 'there', array(), 'g' );
ini_set( 'asq.user', asq_test_account( 'SELECT' ) );
var_dump( as_has_scheduled_action( 'there' ), as_count_scheduled_actions() );
var_dump( as_enqueue_async_action( 'h', array(), 'g' ) );
var_dump( as_enqueue_async_action( 'h', array(), 'new group', true ) );
try {
	asq_enqueue_many( 'h', array( array( 1 ), array( 2 ) ), 'g' );
} catch ( RuntimeException $e ) {
	echo $e->getMessage(), "\n";
}
asq_test_print( 'SELECT COUNT(*) FROM {actions} UNION ALL SELECT COUNT(*) FROM {logs} UNION ALL SELECT COUNT(*) FROM {groups}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
bool(true)
int(1)

Warning: asq: INSERT command denied to user '%s'@'%s' for table %s in %s on line %d
int(0)

Warning: asq: INSERT command denied to user '%s'@'%s' for table %s in %s on line %d
int(0)
asq_enqueue_many() has stored 0 of 2 actions, and then: INSERT command denied to user %s
1
1
1
