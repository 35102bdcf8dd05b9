--TEST--
Floats in args are written as json_encode() writes them, by serialize_precision
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$args = array( 1.0, -0.0, 0.1, 1 / 3, 1e100, 1.5e-7, 123456789.125, PHP_FLOAT_MAX, PHP_FLOAT_EPSILON );
as_enqueue_async_action( 'h', $args );
ini_set( 'serialize_precision', '17' );
as_enqueue_async_action( 'h', array( 0.1, 2.0 ) );
asq_test_print( 'SELECT args FROM {actions} ORDER BY action_id' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
[1,-0,0.1,0.3333333333333333,1.0e+100,1.5e-7,123456789.125,1.7976931348623157e+308,2.220446049250313e-16]
[0.10000000000000001,2]
