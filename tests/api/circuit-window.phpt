--TEST--
Only failures within the window count, and it slides
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

$c = asq_circuit( 'api', array( 'threshold' => 3, 'window' => 1000, 'cooldown' => 3600 ) );
$fail = static fn() => t( static fn() => $c->call( $fails ) );
$shift = static fn( $seconds ) => asq_test_query( "UPDATE {asq_circuits} SET failures = (SELECT GROUP_CONCAT(SUBSTR(failures, 1 + 13 * seq, 13) - 1000 * $seconds ORDER BY seq SEPARATOR '') FROM seq_0_to_2 WHERE 13 * seq < LENGTH(failures))" );
$fail();
$fail();
$shift( 600 );
echo $c->state(), ' ', asq_circuits()[0]['failures'], "\n";
/* The two of before are 1200 seconds old, the third is 600: with two of now it is one too many. */
$shift( 600 );
$fail();
echo $c->state(), ' ', asq_circuits()[0]['failures'], "\n";
$shift( 600 );
$fail();
echo $c->state(), ' ', asq_circuits()[0]['failures'], "\n";
$fail();
echo $c->state(), "\n";
/* The text holds as many as the threshold. */
$c->reset();
$many = asq_circuit( 'many', array( 'threshold' => 1000, 'window' => 0.001 ) );
for ( $i = 0; $i < 5; $i++ ) {
	t( static fn() => $many->call( $fails ) );
}
asq_test_query( "UPDATE {asq_circuits} SET failures = REPEAT('1000000000000', 1000) WHERE name = 'many'" );
t( static fn() => $many->call( $fails ) );
asq_test_print( "SELECT state, LENGTH(failures) FROM {asq_circuits} WHERE name = 'many'" );
/* Another process may have another threshold. */
$few = asq_circuit( 'many', array( 'threshold' => 2, 'window' => 60 ) );
t( static fn() => $few->call( $fails ) );
asq_test_print( "SELECT state, LENGTH(failures) FROM {asq_circuits} WHERE name = 'many'" );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
closed 2
closed 1
closed 2
open
closed | 13000
open | 26
