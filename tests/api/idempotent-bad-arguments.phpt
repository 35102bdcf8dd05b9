--TEST--
asq_idempotent() and its kin refuse what makes no sense, before anything is called
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

function t( callable $work ) {
	try {
		return var_export( $work(), true );
	} catch ( Throwable $e ) {
		return get_class( $e ) . ': ' . $e->getMessage();
	}
}

$no   = static fn() => print( 'called' );
$bad  = array(
	array( '', $no ), array( 'k', 'no_such_function' ), array( 'k', 1 ), array( array(), $no ), array( 'k' ), array( 'k', $no, 1 ),
);
foreach ( array( array( 'tll' => 1 ), array( 5 ), array( 'ttl' => 0 ), array( 'ttl' => -1 ), array( 'ttl' => '1' ), array( 'ttl' => 1.5 ), array( 'ttl' => PHP_INT_MAX ), array( 'lease' => 0 ), array( 'lease' => 'x' ), array( 'wait' => -1 ),
	array( 'wait' => NAN ), array( 'wait' => INF ), array( 'wait' => '1' ), array( 'scope' => 1 ), array( 'scope' => array() ), array( 'store_if' => 'nobody' ) ) as $options ) {
	$bad[] = array( 'k', $no, $options );
}
foreach ( $bad as $arguments ) {
	echo str_replace( array( 'asq_idempotent(): ', 'Argument #3 ($options) ' ), '', t( static fn() => asq_idempotent( ...$arguments ) ) ), "\n";
}
echo t( static fn() => asq_idempotency_purge( -1 ) ), "\n", t( static fn() => asq_idempotency_purge() ), "\n", t( static fn() => asq_rest_idempotency() ), "\n";
foreach ( array( array( 'routes' => '/x' ), array( 'routes' => array( 'x' ) ), array( 'routes' => array( '' ) ), array( 'routes' => array( 1 ) ), array( 'key' => 1 ), array( 'ttl' => 0 ) ) as $options ) {
	echo t( static fn() => asq_rest_idempotency( $options ) ), "\n";
}
ini_set( 'asq.database', '' );
echo t( static fn() => asq_idempotent( 'k', $no ) ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
ValueError: Argument #1 ($key) must not be empty
TypeError: Argument #2 ($callback) must be a valid callback, function "no_such_function" not found or invalid function name
TypeError: Argument #2 ($callback) must be a valid callback, no array or string given
TypeError: Argument #1 ($key) must be of type string, array given
ArgumentCountError: asq_idempotent() expects at least 2 arguments, 1 given
TypeError: must be of type array, int given
ValueError: has an unknown option "tll"
ValueError: has an unknown option "0"
ValueError: must have 1 to 315360000 as "ttl"
ValueError: must have 1 to 315360000 as "ttl"
TypeError: must have a whole number as "ttl"
TypeError: must have a whole number as "ttl"
ValueError: must have 1 to 315360000 as "ttl"
ValueError: must have 1 to 315360000 as "lease"
TypeError: must have a whole number as "lease"
ValueError: must have 0 to 86400 seconds as "wait"
ValueError: must have 0 to 86400 seconds as "wait"
ValueError: must have 0 to 86400 seconds as "wait"
TypeError: must have a number of seconds as "wait"
TypeError: must have a string as "scope"
TypeError: must have a string as "scope"
TypeError: must have a callable as "store_if"
ValueError: asq_idempotency_purge(): Argument #1 ($limit) must not be negative
0
RuntimeException: asq_rest_idempotency(): WordPress is not loaded.
TypeError: asq_rest_idempotency(): Argument #1 ($options) must have an array as "routes"
ValueError: asq_rest_idempotency(): Argument #1 ($options) must have beginnings of routes, such as "/shop/v1/orders", as "routes"
ValueError: asq_rest_idempotency(): Argument #1 ($options) must have beginnings of routes, such as "/shop/v1/orders", as "routes"
ValueError: asq_rest_idempotency(): Argument #1 ($options) must have beginnings of routes, such as "/shop/v1/orders", as "routes"
ValueError: asq_rest_idempotency(): Argument #1 ($options) has an unknown option "key"
ValueError: asq_rest_idempotency(): Argument #1 ($options) must have 1 to 315360000 as "ttl"
RuntimeException: asq_idempotent(): WordPress is not loaded, and asq.database is not set. Load WordPress, or set asq.host, asq.user, asq.password (or asq.password_file), asq.database and asq.prefix.
