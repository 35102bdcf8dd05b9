--TEST--
TLS: with the authority's certificate the connection is encrypted; with another it is refused
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
$code     = "echo as_enqueue_async_action( 'h' ) > 0 ? 'stored' : 'refused', \"\\n\";";
$settings = array( 'asq.user' => $account ) + asq_test_settings();
echo 'without: ', asq_test_child( $code, array( 'display_errors' => 0 ) + $settings ), "\n";
echo 'with: ', asq_test_child( $code, array( 'asq.ssl_ca' => getenv( 'ASQ_TEST_CA' ) ) + $settings ), "\n";
/* An authority that has signed nothing. */
$key  = openssl_pkey_new( array( 'private_key_type' => OPENSSL_KEYTYPE_EC, 'curve_name' => 'prime256v1' ) );
$cert = openssl_csr_sign( openssl_csr_new( array( 'commonName' => 'another' ), $key ), null, $key, 1 );
openssl_x509_export_to_file( $cert, $other = __DIR__ . '/tls.other.pem' );
echo 'another: ', asq_test_child( $code, array( 'asq.ssl_ca' => $other ) + $settings ), "\n";
asq_test_print( 'SELECT COUNT(*) FROM {actions}' );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
@unlink( __DIR__ . '/tls.other.pem' );
--EXPECTF--
without: refused
with: stored
another: 
Warning: asq: %S%r(SSL|TLS|certificate)%r%s in %s on line %d
refused
1
