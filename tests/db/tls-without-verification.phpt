--TEST--
asq.ssl_verify=0: the connection is encrypted, and any server is believed
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! getenv( 'ASQ_TEST_CA' ) || 'YES' !== ( asq_test_db()->query( "SHOW VARIABLES LIKE 'have_ssl'" )->fetch_row()[1] ?? '' ) ) {
	die( 'skip the server has no TLS' );
}
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$account = asq_test_account( 'ALL PRIVILEGES' );
asq_test_query( "ALTER USER $account@'%' REQUIRE SSL" );
/* An authority that has signed nothing. */
$key  = openssl_pkey_new( array( 'private_key_type' => OPENSSL_KEYTYPE_EC, 'curve_name' => 'prime256v1' ) );
$cert = openssl_csr_sign( openssl_csr_new( array( 'commonName' => 'another' ), $key ), null, $key, 1 );
openssl_x509_export_to_file( $cert, $other = __DIR__ . '/tls-without-verification.other.pem' );
echo asq_test_child( "var_dump( as_enqueue_async_action( 'h' ) );", array( 'asq.ssl_ca' => $other, 'asq.ssl_verify' => 0, 'asq.user' => $account ) + asq_test_settings() ), "\n";
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
@unlink( __DIR__ . '/tls-without-verification.other.pem' );
--EXPECT--
int(1)
