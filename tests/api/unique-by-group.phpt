--TEST--
unique with asq.unique=group: one pending or running action of a hook and group, whatever its args
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--INI--
asq.unique=group
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

var_dump( as_enqueue_async_action( 'h', array( 1 ), 'g', true ) > 0 );
var_dump( as_enqueue_async_action( 'h', array( 2 ), 'g', true ) );
var_dump( as_enqueue_async_action( 'h', array( 2 ), '', true ) > 0 );
var_dump( as_enqueue_async_action( 'h', array( 3 ), '', true ) );
var_dump( as_enqueue_async_action( 'h2', array( 2 ), 'g', true ) > 0 );
asq_test_print( 'SELECT COUNT(*) FROM {actions} UNION ALL SELECT COUNT(*) FROM {logs}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(true)
int(0)
bool(true)
int(0)
bool(true)
3
3
