--TEST--
asq.host as WordPress's DB_HOST: host:port, localhost:/socket, host:port:/socket, [v6]:port, a name
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! getenv( 'ASQ_TEST_SOCKET' ) || '127.0.0.1' !== getenv( 'ASQ_TEST_HOST' ) ) {
	die( 'skip the server is not on this machine' );
}
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$port   = getenv( 'ASQ_TEST_PORT' );
$socket = getenv( 'ASQ_TEST_SOCKET' );
foreach ( array( "127.0.0.1:$port", "localhost:$socket", "localhost:3306:$socket", ":$socket" ) as $host ) {
	ini_set( 'asq.host', $host );
	var_dump( as_enqueue_async_action( 'h' ) > 0 );
}
/* The server listens on no v6 address here: what the message names is what was understood. */
foreach ( array( "[::1]:$port", '[::1]', '::1' ) as $host ) {
	ini_set( 'asq.host', $host );
	as_enqueue_async_action( 'h' );
}
asq_test_print( 'SELECT COUNT(*) FROM {actions}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
bool(true)
bool(true)
bool(true)
bool(true)

Warning: asq: Can't connect to server on '::1' (%d) in %s on line %d

Warning: asq: Can't connect to server on '::1' (%d) in %s on line %d

Warning: asq: Can't connect to server on '::1' (%d) in %s on line %d
4
