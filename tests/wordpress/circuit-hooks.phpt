--TEST--
Hooks tell once of each change, and a filter says what counts
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
/* The time for which it is open is over. */
function cool() {
	asq_test_query( "UPDATE {asq_circuits} SET until_gmt = UTC_TIMESTAMP(3) WHERE state = 'open'" );
}

function t( callable $work ) {
	try {
		return var_export( $work(), true );
	} catch ( Throwable $e ) {
		return get_class( $e ) . ': ' . preg_replace_callback( '/again in \K\d+/', static fn( $match ) => asq_test_left( 60, (int) $match[0] ), $e->getMessage() );
	}
}
$fails = static function () {
	throw new DomainException( 'down' );
};
$works = static fn() => 'up';

foreach ( array( 'opened', 'half_opened', 'closed' ) as $what ) {
	add_action( "asq_circuit_$what", static function ( $name, $circuit ) use ( $what ) {
		echo "[$name $what, ", $circuit->state(), '] ';
	}, 10, 2 );
}
$c = asq_circuit( 'api', array( 'threshold' => 2, 'cache' => 0 ) );
foreach ( array( $fails, $fails, $works ) as $work ) {
	echo t( static fn() => $c->call( $work ) ), "\n";
}
cool();
echo t( static fn() => $c->call( $fails ) ), "\n";
cool();
echo t( static fn() => $c->call( $works ) ), "\n";
$c->trip();
$c->trip();
$c->reset();
$c->reset();
echo "\n";
add_filter( 'asq_circuit_counts', static fn( $counts, $outcome, $name ) => $counts && ! $outcome instanceof DomainException && 'api' === $name, 10, 3 );
for ( $i = 0; $i < 3; $i++ ) {
	t( static fn() => $c->call( $fails ) );
}
echo $c->state(), "\n";
/* A listener that throws: what was called is told of all the same. */
add_action( 'asq_circuit_opened', static function () {
	throw new LogicException( 'of a listener' );
} );
$d = asq_circuit( 'listener', array( 'threshold' => 1, 'cache' => 0, 'counts' => static fn() => true ) );
remove_all( 'asq_circuit_counts' );
function remove_all( $hook ) {
	unset( $GLOBALS['wp_filter'][ $hook ] );
}
echo t( static fn() => $d->call( $fails ) ), ' ', $d->state(), "\n";
cool();
add_action( 'asq_circuit_half_opened', static function () {
	throw new LogicException( 'of another listener' );
} );
echo t( static fn() => $d->call( $works ) ), ' ', $d->state(), "\n";
echo t( static fn() => asq_circuit( 'listener', array( 'counts' => static fn() => false ) )->call( $works ) ), ' ', $d->state(), "\n";
/* In a transaction of $wpdb the circuit is not rolled back with it; nor is a key. */
$wpdb->query( 'START TRANSACTION' );
remove_all( 'asq_circuit_opened' );
asq_circuit( 'tx' )->trip();
asq_idempotent( 'tx', static function () use ( $wpdb ) {
	as_enqueue_async_action( 'h' );
	return 'done';
} );
$wpdb->query( 'ROLLBACK' );
echo asq_circuit( 'tx' )->state(), ' ', asq_idempotent( 'tx', static fn() => 'again' ), ' ', json_encode( as_has_scheduled_action( 'h' ) ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
DomainException: down
[api opened, open] DomainException: down
Asq\CircuitOpenException: The circuit api is open, again in 60 seconds.
[api half_opened, half-open] [api opened, open] DomainException: down
[api half_opened, half-open] [api closed, closed] 'up'
[api opened, open] [api closed, closed] 
closed
[listener opened, open] DomainException: down open
[listener half_opened, half-open] LogicException: of another listener half-open
[listener closed, closed] 'up' closed
open done false
