--TEST--
What counts as a failure: exceptions, answers of servers in trouble, and what one says oneself
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

class WP_Error {
}
function opens( $outcome, array $options = array() ): string {
	static $n = 0;
	$c = asq_circuit( 'c' . ++$n, array( 'threshold' => 1 ) + $options );
	t( static function () use ( $c, $outcome ) {
		return $c->call( static function () use ( $outcome ) {
			if ( $outcome instanceof Throwable ) {
				throw $outcome;
			}
			return $outcome;
		} );
	} );
	return $c->state();
}
$open = static fn( $asked ) => asq_circuit( 'x' );
$inner = asq_circuit( 'inner', array( 'threshold' => 1 ) );
$inner->trip();
try {
	$inner->call( 'time' );
} catch ( Asq\CircuitOpenException $open ) {
}
foreach ( array( new Exception(), new Error(), new TypeError(), $open, new Asq\ConflictException(), new Asq\InProgressException(), new WP_Error(), null, false, array(), array( 'response' => 1 ), array( 'response' => array( 'code' => array() ) ) ) as $outcome ) {
	echo is_object( $outcome ) ? get_class( $outcome ) : json_encode( $outcome ), ' ', opens( $outcome ), "\n";
}
foreach ( array( 200, 404, 408, 425, 429, 499, 500, 503, 599, 600, '502' ) as $code ) {
	echo $code, ' ', opens( array( 'headers' => array(), 'response' => array( 'code' => $code, 'message' => '' ) ) ), "\n";
}
$classes = array( 'counts' => array( 'LogicException', 'No\\Such' ) );
echo opens( new DomainException(), $classes ), ' ', opens( new RuntimeException(), $classes ), ' ', opens( new WP_Error(), $classes ), "\n";
$own = array( 'counts' => static fn( $outcome ) => 'bad' === $outcome || $outcome instanceof Error );
echo opens( 'bad', $own ), ' ', opens( new Error(), $own ), ' ', opens( new Exception(), $own ), ' ', opens( new WP_Error(), $own ), "\n";
/* Whoever is asked may throw: of what was thrown first there is no loss. */
$odd = asq_circuit( 'odd', array( 'threshold' => 1, 'counts' => static fn() => intdiv( 1, 0 ) ) );
echo t( static fn() => $odd->call( static fn() => 1 ) ), ', ', t( static fn() => $odd->call( static function () {
	throw new Exception( 'first' );
} ) ), ', ', $odd->state(), "\n";
/* In a probe, what does not count says nothing: the next one tries. */
$p = asq_circuit( 'p', array( 'counts' => array( 'LogicException' ) ) );
$p->trip( 0.001 );
usleep( 20000 );
echo t( static fn() => $p->call( static function () {
	throw new RuntimeException( 'not counted' );
} ) ), ' ', $p->state(), ' ', $p->call( static fn() => 'tried' ), ' ', $p->state(), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
Exception open
Error open
TypeError open
Asq\CircuitOpenException closed
Asq\ConflictException closed
Asq\InProgressException closed
WP_Error open
null closed
false closed
[] closed
{"response":1} closed
{"response":{"code":[]}} closed
200 closed
404 closed
408 open
425 open
429 open
499 closed
500 open
503 open
599 open
600 closed
502 open
open closed open
open open closed closed
DivisionByZeroError: Division by zero, Exception: first, closed
RuntimeException: not counted half-open tried closed
