--TEST--
asq.password_file that cannot be read is one clear warning, and asq.password does not stand in for it
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

ini_set( 'asq.password_file', __DIR__ . '/no-such-file' );
var_dump( as_enqueue_async_action( 'h' ) );
ini_set( 'asq.password_file', __DIR__ );
var_dump( as_enqueue_async_action( 'h' ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
Warning: asq: asq.password_file %sno-such-file cannot be read. in %s on line %d
int(0)

Warning: asq: asq.password_file %s cannot be read. in %s on line %d
int(0)
