--TEST--
TLS that is asked for and cannot be had is a clear error, not a connection without it
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( 'YES' === ( asq_test_db()->query( "SHOW VARIABLES LIKE 'have_ssl'" )->fetch_row()[1] ?? '' ) ) {
	die( 'skip the server has TLS' );
}
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

file_put_contents( $ca = __DIR__ . '/tls-against-a-server-without.pem', '' );
$code = "var_dump( as_enqueue_async_action( 'h' ) );";
echo asq_test_child( $code, array( 'asq.ssl_ca' => $ca ) + asq_test_settings() ), "\n";
asq_test_print( 'SELECT COUNT(*) FROM {actions}' );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
@unlink( __DIR__ . '/tls-against-a-server-without.pem' );
--EXPECTF--
Warning: asq: %S%r(SSL|TLS)%r%s in %s on line %d
int(0)
0
