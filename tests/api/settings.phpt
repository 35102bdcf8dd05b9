--TEST--
The settings, their defaults, and where they may be set
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
$settings = array_filter( ini_get_all( 'asq' ), static fn( $name ) => 'asq.enabled' !== $name, ARRAY_FILTER_USE_KEY );
ksort( $settings );
foreach ( $settings as $name => $setting ) {
	printf( "%-20s %-5s %s\n", $name, json_encode( $setting['global_value'] ), INI_ALL === $setting['access'] ? 'anywhere' : 'php.ini' );
}
printf( "%s %s\n", ini_get( 'asq.enabled' ), INI_SYSTEM === ini_get_all( 'asq' )['asq.enabled']['access'] ? 'php.ini' : 'anywhere' );
var_dump( ini_set( 'asq.enabled', '0' ), ini_set( 'asq.ssl_ca', '/x' ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
asq.connect_timeout  "10"  anywhere
asq.database         ""    anywhere
asq.host             ""    anywhere
asq.link             "auto" anywhere
asq.lock_wait        "1"   anywhere
asq.password         ""    anywhere
asq.password_file    ""    anywhere
asq.prefix           "wp_" anywhere
asq.spin             "300" anywhere
asq.ssl_ca           ""    php.ini
asq.ssl_cert         ""    php.ini
asq.ssl_key          ""    php.ini
asq.ssl_verify       "1"   php.ini
asq.timeout          "60"  anywhere
asq.unique           "auto" anywhere
asq.user             ""    anywhere
1 php.ini
bool(false)
bool(false)
