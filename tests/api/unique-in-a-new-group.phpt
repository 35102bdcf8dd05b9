--TEST--
unique, and the group is not there yet: both are made, once
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

var_dump( as_enqueue_async_action( 'h', array(), 'new', true ) > 0 );
var_dump( as_enqueue_async_action( 'h', array(), 'new', true ) );
asq_test_print( 'SELECT hook, slug, message FROM {actions} JOIN {groups} USING (group_id) JOIN {logs} USING (action_id)' );
asq_test_print( 'SELECT COUNT(*) FROM {groups}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(true)
int(0)
h | new | action created
1
