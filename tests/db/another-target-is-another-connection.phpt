--TEST--
Changed settings are another connection, and the one before is closed
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

require __DIR__ . '/fork.inc';
as_enqueue_async_action( 'h' );
ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
as_enqueue_async_action( 'h' );
var_dump( count( asq_own_connections() ) );
ini_set( 'asq.user', getenv( 'ASQ_TEST_USER' ) );
as_enqueue_async_action( 'h' );
var_dump( asq_until( static fn() => ! asq_own_connections() ) );
asq_test_print( 'SELECT COUNT(*) FROM {actions} JOIN {logs} USING (action_id)' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
int(1)
bool(true)
3
