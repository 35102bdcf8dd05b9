--TEST--
A key that is used for another request is a conflict
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

class Money implements JsonSerializable {
	private $cents = 5;
	public function jsonSerialize(): mixed {
		return array( 'currency' => 'EUR', 'cents' => $this->cents );
	}
}
$first = array( 'b' => array( 'y' => 1, 'x' => array( 2, 1 ) ), 'a' => 1.5, 'm' => new Money(), 'o' => (object) array( 'q' => null ) );
asq_idempotent( 'k', static fn() => 'done', array( 'request' => $first ) );
$same = array(
	array( 'a' => 1.5, 'o' => array( 'q' => null ), 'm' => array( 'cents' => 5, 'currency' => 'EUR' ), 'b' => array( 'x' => array( 2, 1 ), 'y' => 1 ) ),
	'{"a":1.5,"b":{"x":[2,1],"y":1},"m":{"cents":5,"currency":"EUR"},"o":{"q":null}}',
);
foreach ( $same as $request ) {
	echo t( static fn() => asq_idempotent( 'k', static fn() => 'again', array( 'request' => $request ) ) ), "\n";
}
$others = array( null, '', 'x', 0, 1.5, false, array(), array( 'b' => array( 'y' => 1, 'x' => array( 1, 2 ) ) ) + $first, array( 'a' => '1.5' ) + $first );
$conflicts = 0;
foreach ( $others as $request ) {
	try {
		asq_idempotent( 'k', static fn() => 'again', array( 'request' => $request ) );
	} catch ( Asq\ConflictException $e ) {
		$conflicts += $e instanceof RuntimeException;
	}
}
echo $conflicts, ' of ', count( $others ), ': ', $e->getMessage(), "\n";
/* Without a request the key alone decides, and a request is another one. */
asq_idempotent( 'none', static fn() => 'done' );
echo t( static fn() => asq_idempotent( 'none', static fn() => 'again' ) ), ' ', t( static fn() => asq_idempotent( 'none', static fn() => 'again', array( 'request' => '' ) ) ), "\n";
/* What JSON cannot hold. */
$ring   = array();
$ring[] = &$ring;
class Bad implements JsonSerializable {
	public function jsonSerialize(): mixed {
		throw new LogicException( 'no JSON' );
	}
}
foreach ( array( array( "\xff" ), NAN, $ring, new Bad(), fopen( 'php://memory', 'r' ) ) as $request ) {
	echo t( static fn() => asq_idempotent( 'j', static fn() => 'called', array( 'request' => $request ) ) ), "\n";
}
echo t( static fn() => asq_idempotent( 'j', static fn() => 'called', array( 'request' => "\xff bytes" ) ) ), "\n";
$ring = null;
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
'done'
'done'
9 of 9: This idempotency key was used for another request.
'done' Asq\ConflictException: This idempotency key was used for another request.
ValueError: asq_idempotent(): Argument #3 ($options) must have a string, or what JSON can hold, as "request"
ValueError: asq_idempotent(): Argument #3 ($options) must have a string, or what JSON can hold, as "request"
ValueError: asq_idempotent(): Argument #3 ($options) must have a string, or what JSON can hold, as "request"
LogicException: no JSON
ValueError: asq_idempotent(): Argument #3 ($options) must have a string, or what JSON can hold, as "request"
'called'
