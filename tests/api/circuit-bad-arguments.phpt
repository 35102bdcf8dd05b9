--TEST--
asq_circuit() and its methods refuse what makes no sense
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

foreach ( array( '', str_repeat( 'x', 192 ), "\xff", array(), null ) as $name ) {
	echo str_replace( 'asq_circuit(): Argument ', '', @t( static fn() => asq_circuit( $name ) ) ), "\n";
}
foreach ( array( array( 'treshold' => 1 ), array( 1 ), array( 'threshold' => 0 ), array( 'threshold' => 1001 ), array( 'threshold' => '5' ), array( 'threshold' => 1.5 ), array( 'window' => 0 ), array( 'window' => -1 ), array( 'window' => NAN ), array( 'window' => '1' ),
	array( 'cooldown' => INF ), array( 'lease' => 0 ), array( 'cache' => 1.1 ), array( 'cache' => -1 ), array( 'success_threshold' => 0 ), array( 'counts' => 'nobody' ), array( 'counts' => array( 1 ) ), array( 'counts' => array( '' ) ), array( 'counts' => true ) ) as $options ) {
	echo str_replace( 'asq_circuit(): Argument #2 ($options) ', '', t( static fn() => asq_circuit( 'c', $options ) ) ), "\n";
}
$c = asq_circuit( 'c' );
foreach ( array( 0, -1, NAN, INF, '1x', array() ) as $seconds ) {
	echo str_replace( 'Asq\Circuit::trip(): ', '', t( static fn() => $c->trip( $seconds ) ) ), "\n";
}
echo t( static fn() => $c->call( 'nobody' ) ), "\n", t( static fn() => $c->call( 'time', 'nobody' ) ), "\n", t( static fn() => $c->call() ), "\n";
echo t( static fn() => new Asq\Circuit() ), "\n", t( static fn() => clone $c ), "\n", t( static fn() => serialize( $c ) ), "\n", t( static fn() => unserialize( 'O:11:"Asq\Circuit":0:{}' ) ), "\n";
/* One that was made without asq_circuit() is good for nothing, and does no harm. */
echo t( static fn() => ( new ReflectionClass( 'Asq\Circuit' ) )->newInstanceWithoutConstructor()->state() ), "\n";
/* Names are bytes, and may be anything. */
foreach ( array( "' OR 1=1; --", '🎉', 'a', 'A', 'a ', '%', "\0" ) as $name ) {
	asq_circuit( $name )->trip();
}
echo count( asq_circuits() ), ' ', asq_circuit( 'ä' )->state(), ' ', asq_circuit( "' OR 1=1; --" )->state(), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
ValueError: #1 ($name) must be 1 to 191 bytes of UTF-8
ValueError: #1 ($name) must be 1 to 191 bytes of UTF-8
ValueError: #1 ($name) must be 1 to 191 bytes of UTF-8
TypeError: #1 ($name) must be of type string, array given
ValueError: #1 ($name) must be 1 to 191 bytes of UTF-8
ValueError: has an unknown option "treshold"
ValueError: has an unknown option "0"
ValueError: must have 1 to 1000 as "threshold"
ValueError: must have 1 to 1000 as "threshold"
TypeError: must have a whole number as "threshold"
TypeError: must have a whole number as "threshold"
ValueError: must have 0.001 to 31536000 seconds as "window"
ValueError: must have 0.001 to 31536000 seconds as "window"
ValueError: must have 0.001 to 31536000 seconds as "window"
TypeError: must have a number of seconds as "window"
ValueError: must have 0.001 to 31536000 seconds as "cooldown"
ValueError: must have 0.001 to 31536000 seconds as "lease"
ValueError: must have 0 to 1 seconds as "cache"
ValueError: must have 0 to 1 seconds as "cache"
ValueError: must have 1 to 1000 as "success_threshold"
TypeError: must have a callable, or a list of classes, as "counts"
TypeError: must have a callable, or a list of classes, as "counts"
TypeError: must have a callable, or a list of classes, as "counts"
TypeError: must have a callable, or a list of classes, as "counts"
ValueError: Argument #1 ($seconds) must be 0.001 to 31536000 seconds
ValueError: Argument #1 ($seconds) must be 0.001 to 31536000 seconds
ValueError: Argument #1 ($seconds) must be 0.001 to 31536000 seconds
ValueError: Argument #1 ($seconds) must be 0.001 to 31536000 seconds
TypeError: Argument #1 ($seconds) must be of type int|float|null, string given
TypeError: Argument #1 ($seconds) must be of type int|float|null, array given
TypeError: Asq\Circuit::call(): Argument #1 ($callback) must be a valid callback, function "nobody" not found or invalid function name
TypeError: Asq\Circuit::call(): Argument #2 ($fallback) must be a valid callback or null, function "nobody" not found or invalid function name
ArgumentCountError: Asq\Circuit::call() expects at least 1 argument, 0 given
Error: Call to private Asq\Circuit::__construct() from global scope
Error: Trying to clone an uncloneable object of class Asq\Circuit
Exception: Serialization of 'Asq\Circuit' is not allowed
Exception: Unserialization of 'Asq\Circuit' is not allowed
ReflectionException: Class Asq\Circuit is an internal class marked as final that cannot be instantiated without invoking its constructor
7 closed open
