--TEST--
A result that cannot be stored is an error that says so, and the callable is not called again
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

class Order {
	public function __wakeup() {
		echo "woken up\n";
	}
}
class Odd implements JsonSerializable {
	public function jsonSerialize(): mixed {
		return 1;
	}
}
$ring = array( 1 );
$ring[] = &$ring;
$deep = array();
for ( $i = 0; $i < 600; $i++ ) {
	$deep = array( $deep );
}
$results = array( new Order(), array( 'a' => array( new Odd() ) ), (object) array( 'x' => new Order() ), static fn() => 1, fopen( 'php://memory', 'r' ), $ring, $deep, str_repeat( 'x', 4200000 ), new DateTime(), ( static function () { yield 1; } )() );
$calls   = 0;
foreach ( $results as $n => $result ) {
	$work  = static function () use ( $result, &$calls ) {
		$calls++;
		return $result;
	};
	$first = t( static fn() => asq_idempotent( "r$n", $work ) );
	$again = t( static fn() => asq_idempotent( "r$n", $work ) );
	echo str_replace( 'asq_idempotent(): the callable has run, and will not run again for this key, but what it returned ', '', $first ), $first === $again ? '' : " and then $again", "\n";
}
$ring = null;
echo $calls, ' calls for ', count( $results ), " keys\n";
/* What somebody else has written into the table cannot make objects. */
asq_idempotent( 'forged', static fn() => 1 );
asq_test_query( "UPDATE {asq_keys} SET result = 'O:5:\"Order\":0:{}' WHERE name = 'forged'" );
echo get_class( asq_idempotent( 'forged', static fn() => 1 ) ), "\n";
asq_test_query( "UPDATE {asq_keys} SET result = 'nonsense' WHERE name = 'forged'" );
echo t( static fn() => asq_idempotent( 'forged', static fn() => 1 ) ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
UnexpectedValueException: holds an object of the class Order
UnexpectedValueException: holds an object of the class Odd
UnexpectedValueException: holds an object of the class Order
UnexpectedValueException: holds an object of the class Closure
UnexpectedValueException: holds a resource
UnexpectedValueException: is nested deeper than 512 levels
UnexpectedValueException: is nested deeper than 512 levels
UnexpectedValueException: is larger than 4 MB
UnexpectedValueException: holds an object of the class DateTime
UnexpectedValueException: holds an object of the class Generator
10 calls for 10 keys
__PHP_Incomplete_Class
RuntimeException: asq_idempotent(): the stored result cannot be read.
