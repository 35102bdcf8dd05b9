--TEST--
A result comes back as it was: values, types, bytes, references
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

$loose = NAN;
$one   = array( 1 );
$results = array( null, false, true, 0, -1, PHP_INT_MAX, PHP_INT_MIN, 0.1, 1.0, -0.0, 1e300, INF, '', '0', "\0\xff'\"\\\n;--", 'ünïcødé 🎉', array(), array( 'a' => array( 1 => 'x', 'y' ) ), (object) array(),
	(object) array( 'a' => (object) array( 'b' => array( null ) ) ), array( &$one, &$one ), str_repeat( "'\\\0", 300000 ), array_fill( 0, 1000, array( 'id' => 7 ) ) );
foreach ( $results as $n => $result ) {
	$first = asq_idempotent( "r$n", static fn() => $result );
	$again = asq_idempotent( "r$n", static fn() => 'called again' );
	if ( serialize( $result ) !== serialize( $again ) || serialize( $first ) !== serialize( $result ) ) {
		echo "$n: ", substr( serialize( $again ), 0, 200 ), "\n";
	}
}
asq_idempotent( 'nan', static fn() => $loose );
var_dump( is_nan( asq_idempotent( 'nan', static fn() => 1 ) ) );
/* A callable of any kind; a result by reference. */
class Shop {
	private $orders = 0;
	public function __invoke() {
		return 'invoked';
	}
	public static function order() {
		return 'ordered';
	}
	public function &reference() {
		$this->orders++;
		return $this->orders;
	}
}
echo asq_idempotent( 'c1', new Shop() ), ' ', asq_idempotent( 'c2', 'Shop::order' ), ' ', asq_idempotent( 'c3', array( new Shop(), 'reference' ) ), ' ', asq_idempotent( 'c4', 'phpversion' ) === PHP_VERSION ? 'internal' : '?', "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(true)
invoked ordered 1 internal
