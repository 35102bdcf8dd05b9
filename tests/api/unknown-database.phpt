--TEST--
A database that is not there is one clear warning
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

ini_set( 'asq.database', 'asq_no_such_database' );
var_dump( as_enqueue_async_action( 'h' ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
Warning: asq: Unknown database 'asq_no_such_database' in %s on line %d
int(0)
