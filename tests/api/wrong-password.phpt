--TEST--
A wrong password is one clear warning, which does not show it; the right one then works at once
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

ini_set( 'asq.password', 'wrong-secret' );
var_dump( as_enqueue_async_action( 'h' ) );
ini_set( 'asq.password', getenv( 'ASQ_TEST_PASSWORD' ) );
var_dump( as_enqueue_async_action( 'h' ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
Warning: asq: Access denied for user '%s'@'%s' (using password: YES) in %s on line %d
int(0)
int(1)
