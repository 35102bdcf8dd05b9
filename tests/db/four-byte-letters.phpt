--TEST--
Letters of four bytes in hook and group are stored and found
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

var_dump( as_enqueue_async_action( 'hook 😀', array( '😀' ), 'group 🎉' ) > 0 );
asq_test_print( 'SELECT hook, args, slug, HEX(RIGHT(hook, 1)) FROM {actions} JOIN {groups} USING (group_id)' );
var_dump( as_has_scheduled_action( 'hook 😀', array( '😀' ), 'group 🎉' ), as_count_scheduled_actions( array( 'search' => '😀' ) ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(true)
hook 😀 | ["\ud83d\ude00"] | group 🎉 | F09F9880
bool(true)
int(1)
