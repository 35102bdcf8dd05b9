--TEST--
A server that takes the connection and says nothing costs asq.connect_timeout, not more
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--INI--
asq.connect_timeout=1
asq.timeout=1
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$server = stream_socket_server( 'tcp://127.0.0.1:0' );
ini_set( 'asq.host', stream_socket_get_name( $server, false ) );
$start = microtime( true );
var_dump( as_enqueue_async_action( 'h' ) );
/* The time is that of one attempt: the kernel has taken one connection for it. A slow machine has a lot of time besides. */
var_dump( microtime( true ) - $start < 30 );
for ( $taken = 0; @stream_socket_accept( $server, 0 ); $taken++ );
var_dump( $taken );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
Warning: asq: %s in %s on line %d
int(0)
bool(true)
int(1)
