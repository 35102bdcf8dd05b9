--TEST--
Who tries a circuit may call through it once more, further down; others are refused meanwhile
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();
/* The time for which it is open is over. */
function open(): void {
	asq_circuit( 'api' )->trip();
	asq_test_query( "UPDATE {asq_circuits} SET until_gmt = UTC_TIMESTAMP(3) WHERE name = 'api'" );
}
function t( callable $work ) {
	try {
		return $work();
	} catch ( Throwable $e ) {
		return get_class( $e );
	}
}
/* How it is for another process: it has not the probe. */
function other(): string {
	$pid = pcntl_fork();
	if ( ! $pid ) {
		echo '(another process: ', t( static fn() => asq_circuit( 'api' )->call( static fn() => 'called' ) ), ') ';
		posix_kill( getmypid(), SIGKILL );
	}
	pcntl_waitpid( $pid, $status );
	return '';
}
$c      = asq_circuit( 'api', array( 'cache' => 0 ) );
$inner  = static fn() => asq_circuit( 'api' )->call( static fn() => 'up' );
$state  = static fn() => $c->state();
$broken = static function () {
	throw new DomainException();
};

open();
echo 'it goes well: ', t( static fn() => $c->call( $inner ) ), ' ', $state(), "\n";
open();
echo 'an object with other options: ', t( static fn() => $c->call( static fn() => asq_circuit( 'api', array( 'cooldown' => 70, 'cache' => 0 ) )->call( static fn() => 'up' ) ) ), ' ', $state(), "\n";
open();
echo 'it fails within: ', t( static fn() => $c->call( static fn() => asq_circuit( 'api' )->call( $broken ) ) ), ' ', $state(), "\n";
open();
echo 'it fails within, and is caught: ', t( static fn() => $c->call( static fn() => t( static fn() => asq_circuit( 'api' )->call( $broken ) ) ) ), ' ', $state(), "\n";
open();
echo 'by hand: ', json_encode( $c->call( static function () {
	$may = asq_circuit( 'api' )->isAvailable();
	asq_circuit( 'api' )->failure();
	return $may;
} ) ), ' ', $state(), "\n";
open();
echo 'a fork is another process: ', $c->call( static fn() => other() . 'up' ), ' ', $state(), "\n";
/* What isAvailable() has allowed is the object's that was asked, and nobody else's. */
open();
echo 'not within: ', json_encode( $c->isAvailable() ), ' ', t( static fn() => asq_circuit( 'api', array( 'cooldown' => 80, 'cache' => 0 ) )->call( static fn() => 'up' ) ), "\n";
$c->success();
/* Afterwards it holds no more. */
open();
t( static fn() => $c->call( $broken ) );
echo 'afterwards: ', $state(), ' ', t( $inner ), "\n";
?>
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
it goes well: up closed
an object with other options: up closed
it fails within: DomainException open
it fails within, and is caught: DomainException closed
by hand: true closed
a fork is another process: (another process: Asq\CircuitOpenException) up closed
not within: true Asq\CircuitOpenException
afterwards: open Asq\CircuitOpenException
