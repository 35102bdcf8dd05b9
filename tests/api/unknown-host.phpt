--TEST--
A host that is not there is one clear warning
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

ini_set( 'asq.host', 'no-such-host.invalid' );
var_dump( as_enqueue_async_action( 'h' ) );
ini_set( 'asq.host', '127.0.0.1:1' );
var_dump( as_enqueue_async_action( 'h' ) );
ini_set( 'asq.host', 'localhost:/no/such/socket' );
var_dump( as_enqueue_async_action( 'h' ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
Warning: asq: Unknown%shost%sno-such-host.invalid%s in %s on line %d
int(0)

Warning: asq: Can't connect to server on '127.0.0.1' (%d) in %s on line %d
int(0)

Warning: asq: Can't connect to local server through socket '/no/such/socket' (%d) in %s on line %d
int(0)
