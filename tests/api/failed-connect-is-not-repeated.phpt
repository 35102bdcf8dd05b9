--TEST--
A database that cannot be reached is not tried again at each call, and is tried again after a few seconds
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

ini_set( 'asq.host', '127.0.0.1:1' );
var_dump( as_enqueue_async_action( 'h' ), as_enqueue_async_action( 'h' ) );
/* Each that was tried would take a fifth of a second. */
$start = microtime( true );
for ( $i = 0; $i < 500; $i++ ) {
	@as_enqueue_async_action( 'h' );
}
var_dump( microtime( true ) - $start < 30 );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
Warning: asq: Can't connect to server on '127.0.0.1' (%d) in %s on line %d

Warning: asq: The database could not be reached a moment ago; it is tried again in a few seconds. in %s on line %d
int(0)
int(0)
bool(true)
