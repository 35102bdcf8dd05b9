--TEST--
Args of more than 8,000 bytes of JSON are refused with a warning, and nothing is stored
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

var_dump( as_enqueue_async_action( 'h', array( str_repeat( 'x', 7997 ) ), 'a group' ) );
asq_test_print( 'SELECT COUNT(*) FROM {actions} UNION ALL SELECT COUNT(*) FROM {logs}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
Warning: asq: The action was not stored: %sat most 8000 bytes of JSON%s in %s on line %d
int(0)
0
0
