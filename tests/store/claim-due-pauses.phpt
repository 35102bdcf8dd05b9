--TEST--
What is paused is left out from the next claim on, and found again when it goes on
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/claims.inc';

foreach ( array( true, false ) as $index ) {
	asq_claims_tables( $index );
	echo $index ? "With the index\n" : "Without it\n";
	for ( $i = 0; $i < 40; $i++ ) {
		asq_claims_action( 1000 - $i, 10, 0, 0 === $i % 2 ? 'even' : 'odd', 1 + intdiv( $i, 20 ) );
	}
	$claims  = new Asq\Native\Claims();
	$claimed = static function ( int $limit = 4 ) use ( $claims ) {
		echo implode( ' ', array_column( $claims->claim( 1, $limit ), 0 ) ) ?: 'none', "\n";
	};
	$claimed();
	/* All forty were found by then. */
	asq_test_query( "INSERT INTO {asq_pauses} VALUES ('hook', 'even', UTC_TIMESTAMP())" );
	$claimed();
	asq_test_query( "INSERT INTO {asq_pauses} VALUES ('group', 'first', UTC_TIMESTAMP())" );
	$claimed();
	/* The group is made after its pause. */
	asq_test_query( "INSERT INTO {groups} (slug) VALUES ('first'), ('second')" );
	$claimed();
	asq_test_query( "DELETE FROM {asq_pauses} WHERE kind='hook'" );
	$claimed();
	asq_test_query( "INSERT INTO {asq_pauses} VALUES ('all', '', UTC_TIMESTAMP())" );
	$claimed();
	asq_test_query( "DELETE FROM {asq_pauses} WHERE kind='all'" );
	$claimed();
	asq_test_query( 'DELETE FROM {asq_pauses}' );
	$claimed();
	$claimed( 100 );
	$claimed();
	asq_test_query( 'DROP TABLE {asq_pauses}' );
	asq_claims_action( 0 );
	$claimed();
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
With the index
1 2 3 4
6 8 10 12
14 16 18 20
22 24 26 28
21 23 25 27
none
29 30 31 32
5 7 9 11
13 15 17 19 33 34 35 36 37 38 39 40
none
41
Without it
1 2 3 4
6 8 10 12
14 16 18 20
22 24 26 28
21 23 25 27
none
29 30 31 32
5 7 9 11
13 15 17 19 33 34 35 36 37 38 39 40
none
41
