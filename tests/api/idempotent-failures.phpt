--TEST--
What the callable throws goes on, and the key is free again; or it is kept
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

class Refused extends DomainException {
	public function __construct( string $who, int $code ) {
		parent::__construct( "refused by $who", $code );
	}
}
function calls( string $key, array $options ): string {
	$calls = 0;
	$seen  = array();
	for ( $i = 0; $i < 3; $i++ ) {
		try {
			asq_idempotent( $key, static function () use ( &$calls ) {
				$calls++;
				throw new Refused( 'the bank', 51 );
			}, $options );
		} catch ( Throwable $e ) {
			$seen[] = get_class( $e ) . ' ' . $e->getMessage() . ' ' . $e->getCode();
		}
	}
	return "$calls calls: " . implode( ', ', array_unique( $seen ) );
}
echo calls( 'free', array() ), "\n", calls( 'kept', array( 'keep_failures' => true ) ), "\n";
asq_test_print( 'SELECT name, state FROM {asq_keys}' );
/* The class may be gone, or be none that can be thrown. */
foreach ( array( 'Gone', 'stdClass', 'Throwable', 'ArrayObject' ) as $class ) {
	asq_test_query( "UPDATE {asq_keys} SET result = CONCAT('a:2:{s:5:\"class\";s:" . strlen( $class ) . ":\"$class\";s:7:\"message\";s:2:\"no\";}')" );
	echo t( static fn() => asq_idempotent( 'kept', 'time' ) ), "\n";
}
asq_test_query( "UPDATE {asq_keys} SET result = 'nonsense'" );
echo t( static fn() => asq_idempotent( 'kept', 'time' ) ), "\n";
/* Errors are failures as well. */
echo t( static fn() => asq_idempotent( 'error', static fn() => intdiv( 1, 0 ), array( 'keep_failures' => true ) ) ), "\n";
echo t( static fn() => asq_idempotent( 'error', static fn() => 'called again', array( 'keep_failures' => true ) ) ), "\n";
/* A result that is not to be kept. */
$n = 0;
for ( $i = 0; $i < 3; $i++ ) {
	echo asq_idempotent( 'if', static function () use ( &$n ) { return ++$n; }, array( 'store_if' => static fn( $result ) => $result >= 2 ) ), ' ';
}
echo "\n", t( static fn() => asq_idempotent( 'if2', 'time', array( 'store_if' => static fn() => intdiv( 1, 0 ) ) ) ), ' ', asq_idempotent( 'if2', static fn() => 'free' ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
3 calls: Refused refused by the bank 51
1 calls: Refused refused by the bank 51
kept | failed
RuntimeException: no
RuntimeException: no
RuntimeException: no
RuntimeException: no
RuntimeException: The callable has failed before, and the database does not say how.
DivisionByZeroError: Division by zero
DivisionByZeroError: Division by zero
1 2 2 
DivisionByZeroError: Division by zero free
