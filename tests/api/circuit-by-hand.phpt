--TEST--
isAvailable(), success(), failure(), trip() and reset()
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

$c = asq_circuit( 'api', array( 'threshold' => 2, 'cache' => 0 ) );
var_dump( $c->isAvailable() );
$c->failure();
$c->success();
echo $c->state(), ' ';
$c->failure();
echo $c->state(), ' ', json_encode( $c->isAvailable() ), "\n";
/* What comes late changes nothing. */
$c->success();
$c->failure();
echo $c->state(), ' ', asq_circuits()[0]['opened'], "\n";
cool();
/* One is allowed to try, and is told so again. */
$other = asq_circuit( 'api', array( 'cooldown' => 70, 'cache' => 0 ) );
echo json_encode( array( $c->isAvailable(), $c->isAvailable(), $other->isAvailable() ) ), ' ', t( static fn() => $other->call( 'time' ) ), "\n";
$other->success();
$other->failure();
echo $c->state(), ' ';
$c->failure();
echo $c->state(), ' ', json_encode( $other->isAvailable() ), ' ';
cool();
echo json_encode( array( $other->isAvailable(), $c->isAvailable() ) ), ' ';
$other->success();
echo $c->state(), "\n";
/* By hand. */
var_dump( $c->trip( 100 ), $c->trip() );
echo $c->state(), ' ', t( static fn() => $c->call( 'time' ) ), "\n";
var_dump( $c->reset(), $c->reset(), asq_circuit( 'new one' )->reset() );
echo $c->state(), ' ', count( asq_circuits() ), "\n";
var_dump( asq_circuit( 'new one' )->trip() );
echo count( asq_circuits() ), ' ', asq_circuit( 'new one' ) === asq_circuit( 'new one' ) ? 'the same' : 'another', ' ', asq_circuit( 'new one' ) === asq_circuit( 'new one', array( 'threshold' => 1 ) ) ? 'the same' : 'another', ' ', asq_circuit( 'new one' ) === asq_circuit( 'new one', array( 'threshold' => 1 ) ) ? 'the same' : 'another', "\n";
/* A probe without an end is over with its lease. */
$l = asq_circuit( 'lease', array( 'lease' => 60, 'cache' => 0 ) );
$l->trip();
cool();
echo json_encode( $l->isAvailable() ), ' ';
$m = asq_circuit( 'lease', array( 'lease' => 50, 'cache' => 0 ) );
echo json_encode( $m->isAvailable() ), ' ';
asq_test_query( "UPDATE {asq_circuits} SET until_gmt = UTC_TIMESTAMP(3) WHERE name = 'lease'" );
echo json_encode( $m->isAvailable() ), ' ';
$l->failure();
echo $m->state(), ' ';
$m->success();
echo $m->state(), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(true)
closed open false
open 1
[true,true,false] Asq\CircuitOpenException: The circuit api is open, again in 5 seconds.
half-open open false [true,false] closed
bool(true)
bool(false)
open Asq\CircuitOpenException: The circuit api is open, again in 60 seconds.
bool(true)
bool(false)
bool(false)
closed 1
bool(true)
2 the same another the same
true false true half-open closed
