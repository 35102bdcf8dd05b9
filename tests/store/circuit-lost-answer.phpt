--TEST--
A circuit that is opened or closed by hand tells of it once, and counts once, even if the answer is lost
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';
require __DIR__ . '/proxy.inc';
asq_fake_boot();
Asq\Native\own_tables();
foreach ( array( 'opened', 'closed' ) as $what ) {
	add_action( "asq_circuit_$what", static function ( $name ) use ( $what ) {
		echo "[$name $what] ";
	} );
}
$connect = static function ( $host ) {
	$GLOBALS['wpdb']->dbhost = $host;
};
$c = asq_circuit( 'api', array( 'cache' => 0 ) );
foreach ( array( 'trip', 'trip', 'reset', 'reset', 'trip' ) as $do ) {
	echo "$do: ";
	/* The statements of a transaction are sent together. */
	proxied( 'UPDATE ', static fn() => $c->$do(), $connect );
	asq_test_print( 'SELECT state, opened FROM {asq_circuits}' );
}
foreach ( array( 'trip', 'reset', 'reset' ) as $do ) {
	echo "$do, all well: ";
	$c->$do();
	asq_test_print( 'SELECT state, opened FROM {asq_circuits}' );
}
?>
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
trip: [api opened] open | 1
trip: open | 2
reset: [api closed] closed | 2
reset: closed | 2
trip: [api opened] open | 3
trip, all well: open | 4
reset, all well: [api closed] closed | 4
reset, all well: closed | 4
