--TEST--
A circuit opens after its failures, is tried after its cooldown, and closes when that goes well
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();
/* The time for which it is open is over. */
function cool() {
	asq_test_query( "UPDATE {asq_circuits} SET until_gmt = UTC_TIMESTAMP(3) WHERE state = 'open'" );
}

function t( callable $work ) {
	try {
		return var_export( $work(), true );
	} catch ( Throwable $e ) {
		return get_class( $e ) . ': ' . preg_replace_callback( '/again in \K\d+/', static fn( $match ) => asq_test_left( (int) $match[0] > 5 ? 60 : 5, (int) $match[0] ), $e->getMessage() );
	}
}
$fails = static function () {
	throw new DomainException( 'down' );
};
$works = static fn() => 'up';

$c = asq_circuit( 'api', array( 'threshold' => 3, 'cache' => 0 ) );
echo get_class( $c ), ' ', $c->state(), ' ', $c->call( $works ), ' ', json_encode( $c->isAvailable() ), ' ', count( asq_circuits() ), "\n";
for ( $i = 0; $i < 4; $i++ ) {
	echo t( static fn() => $c->call( $fails ) ), ' ', $c->state(), "\n";
}
try {
	$c->call( $works );
} catch ( Asq\CircuitOpenException $e ) {
	echo $e->getCircuit(), ' ', asq_test_left( 60, $e->getRetryAfter() ), ' ', $e instanceof RuntimeException ? 'a RuntimeException' : '', "\n";
}
/* Another object of the name is the same circuit; a fallback gets the exception. */
echo asq_circuit( 'api', array( 'cache' => 0 ) )->call( $works, static fn( $e ) => get_class( $e ) . ' for the fallback' ), "\n";
echo t( static fn() => $c->call( $works, $fails ) ), ' ', json_encode( $c->isAvailable() ), "\n";
cool();
echo $c->state(), ' ', t( static fn() => $c->call( $fails ) ), ' ', $c->state(), "\n";
cool();
echo $c->call( static fn() => $c->state() . ' ' . t( static fn() => $c->call( $works ) ) . ' ' . json_encode( $c->isAvailable() ) ), ' ', $c->state(), "\n";
/* Closed, it has forgotten the failures of before. */
echo t( static fn() => $c->call( $fails ) ), ' ', $c->state(), "\n";
$row = asq_circuits()[0];
echo $row['name'], ' ', $row['state'], ' ', $row['failures'], ' failures, opened ', $row['opened'], ' times, ', json_encode( $row['wait'] ), "\n";
/* Two in a row have to go well. */
$two = asq_circuit( 'two', array( 'threshold' => 1, 'cache' => 0, 'success_threshold' => 2 ) );
t( static fn() => $two->call( $fails ) );
cool();
echo $two->call( $works ), ' ', $two->state(), ' ', $two->call( $works ), ' ', $two->state(), "\n";
t( static fn() => $two->call( $fails ) );
cool();
echo $two->call( $works ), ' ', $two->state(), ' ', t( static fn() => $two->call( $fails ) ), ' ', $two->state(), "\n";
cool();
echo $two->call( $works ), ' ', $two->state(), ' ', $two->call( $works ), ' ', $two->state(), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
Asq\Circuit closed up true 0
DomainException: down closed
DomainException: down closed
DomainException: down open
Asq\CircuitOpenException: The circuit api is open, again in 60 seconds. open
api 60 a RuntimeException
Asq\CircuitOpenException for the fallback
DomainException: down false
half-open DomainException: down open
half-open 'up' true closed
DomainException: down closed
api closed 1 failures, opened 2 times, 0
up half-open up closed
up half-open DomainException: down open
up half-open up closed
