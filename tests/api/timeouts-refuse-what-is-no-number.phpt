--TEST--
Timeouts refuse a value that is no number
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
var_dump( @ini_set( 'asq.timeout', 'soon' ), ini_get( 'asq.timeout' ) );
var_dump( @ini_set( 'asq.connect_timeout', '' ), ini_get( 'asq.connect_timeout' ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(false)
string(2) "60"
bool(false)
string(2) "10"
