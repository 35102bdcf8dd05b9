--TEST--
A table of another shape is one clear warning, and nothing is stored
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

asq_test_query( 'ALTER TABLE {actions} DROP COLUMN priority' );
var_dump( as_enqueue_async_action( 'h', array(), 'g' ) );
asq_test_query( 'ALTER TABLE {actions} ADD COLUMN priority tinyint unsigned NOT NULL DEFAULT 10' );
asq_test_query( 'ALTER TABLE {logs} DROP COLUMN message' );
var_dump( as_enqueue_async_action( 'h', array(), 'g' ) );
var_dump( as_has_scheduled_action( 'h' ) );
asq_test_print( 'SELECT COUNT(*) FROM {actions} UNION ALL SELECT COUNT(*) FROM {logs}' );
/* The connection is as good as new. */
asq_test_query( 'ALTER TABLE {logs} ADD COLUMN message text NOT NULL' );
var_dump( as_enqueue_async_action( 'h', array(), 'g' ) > 0 );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
Warning: asq: Unknown column 'priority' in '%s' in %s on line %d
int(0)

Warning: asq: Unknown column 'message' in '%s' in %s on line %d
int(0)
bool(false)
0
0
bool(true)
