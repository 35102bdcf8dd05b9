--TEST--
Several pools that claim at once: each action goes to one of them
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/claims.inc';
require __DIR__ . '/race.inc';

foreach ( array( 'with the index' => true, 'without it' => false ) as $how => $index ) {
	foreach ( array( false, true ) as $old ) {
		asq_claims_tables( $index );
		asq_claims_mixture( 3000 );
		$expected = asq_claims_expected();
		$answers  = asq_race( 4, static fn( int $n ) => implode( ',', asq_claims_all( new Asq\Native\Claims( array( 'old_server' => $old ) ), $n + 1, 10 ) ) );
		$ids      = array_merge( ...array_map( static fn( string $list ) => array_filter( explode( ',', $list ) ), $answers ) );
		sort( $ids );
		sort( $expected );
		echo $how, $old ? ', without SKIP LOCKED: ' : ': ', $ids === $expected ? 'each once' : 'WRONG ' . count( $ids ) . ' of ' . count( $expected ), "\n";
		foreach ( $answers as $n => $list ) {
			$held = asq_test_query( 'SELECT COUNT(*) AS n FROM {actions} WHERE claim_id=' . ( $n + 1 ) )[0]['n'];
			if ( (int) $held !== count( array_filter( explode( ',', $list ) ) ) ) {
				echo "WRONG: ", $n + 1, " holds $held\n";
			}
		}
	}
}

/* A row that somebody has locked is passed over, and found when it is free. */
asq_claims_tables();
foreach ( array( 30, 20, 10 ) as $ago ) {
	asq_claims_action( $ago );
}
asq_test_query( 'BEGIN' );
asq_test_query( 'SELECT * FROM {actions} WHERE action_id IN (1, 2) FOR UPDATE' );
$claims = new Asq\Native\Claims();
echo implode( ' ', array_column( $claims->claim( 1, 10 ), 0 ) ), "\n";
asq_test_query( 'ROLLBACK' );
$until = microtime( true ) + 60;
do {
	$rows = $claims->claim( 1, 10 );
} while ( ! $rows && ! usleep( 20000 ) && microtime( true ) < $until );
echo implode( ' ', array_column( $rows, 0 ) ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
with the index: each once
with the index, without SKIP LOCKED: each once
without it: each once
without it, without SKIP LOCKED: each once
3
1 2
