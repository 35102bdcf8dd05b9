--TEST--
A circuit that the database cannot keep is taken for closed, and says so
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
$fails = static function () {
	throw new DomainException( 'down' );
};
$works = static fn() => 'up';

ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
$c = asq_circuit( 'api', array( 'threshold' => 2, 'cache' => 0 ) );
/* The connection goes while it works: made anew. */
echo t( static fn() => $c->call( static function () {
	asq_test_disconnect();
	throw new DomainException( 'down' );
} ) ), ' ', asq_circuits()[0]['failures'], "\n";
/* Without a table there are no failures; the next one makes it. */
asq_test_query( 'DROP TABLE {asq_circuits}' );
echo $c->state(), ' ', count( asq_circuits() ), ' ', json_encode( $c->reset() ), ' ', t( static fn() => $c->call( $fails ) ), ' ', $c->state(), "\n";
/* A probe whose end cannot be written is told when it can. */
$c->trip( 0.01 );
usleep( 20000 );
set_error_handler( static function ( $level, $text ) {
	echo preg_replace( '/(Unknown column) .*/', '$1 ...', $text ), "\n";
	return true;
} );
echo t( static fn() => $c->call( static function () {
	asq_test_query( 'RENAME TABLE {asq_circuits} TO {asq_circuits}_' );
	asq_test_query( 'CREATE TABLE {asq_circuits} (nothing int)' );
	return 'called';
} ) ), "\n";
asq_test_query( 'DROP TABLE {asq_circuits}' );
asq_test_query( 'RENAME TABLE {asq_circuits}_ TO {asq_circuits}' );
echo $c->call( $works ), ' ', $c->state(), "\n";
/* Warnings that are exceptions do not take the place of what was thrown. */
restore_error_handler();
asq_test_account( 'SELECT' );
asq_test_disconnect();
set_error_handler( static function ( $level, $text ) {
	throw new ErrorException( $text );
} );
echo t( static fn() => $c->call( $fails ) ), "\n";
restore_error_handler();
echo preg_replace( '/user .*/', 'user ...', t( static fn() => $c->trip() ) ), "\n";
ini_set( 'asq.user', 'nobody_at_all' );
$results = array( $c->call( $works ), $c->isAvailable() );
echo json_encode( $results ), "\n";
echo preg_replace( '/user .*/', 'user ...', t( static fn() => $c->state() ) ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
DomainException: down 1
closed 0 false DomainException: down closed
asq: the circuit api is not kept: Unknown column ...
'called'
up closed
DomainException: down
RuntimeException: Asq\Circuit::trip(): INSERT command denied to user ...

Warning: asq: the circuit api is not kept: Access denied for user %s in %s on line %d

Warning: asq: the circuit api is not kept: %s in %s on line %d
["up",true]
RuntimeException: Asq\Circuit::state(): %s
