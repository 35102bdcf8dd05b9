--TEST--
50 processes at a half-open circuit: one tries, also if it is killed; and one failure too many opens once
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

require __DIR__ . '/race.inc';
$c = asq_circuit( 'api', array( 'threshold' => 50, 'cooldown' => 3600, 'cache' => 0 ) );
$c->trip();
$c->reset();
/* 50 failures at once are 50. */
$answers = asq_race( 50, static function () use ( $c ) {
	try {
		$c->call( static function () {
			throw new Exception( 'down' );
		} );
	} catch ( Exception $e ) {
		return $e->getMessage();
	}
} );
$row = asq_circuits()[0];
echo json_encode( array_count_values( $answers ) ), ' ', $row['state'], ', ', $row['failures'], ' failures, opened ', $row['opened'], " times\n";

/* Whoever tries does so until all others have asked, however long that takes them. */
$asked = tempnam( sys_get_temp_dir(), 'asq' );
function others( int $count ): void {
	global $asked;
	asq_must(
		"$count who ask",
		static function () use ( $asked, $count ) {
			clearstatcache();
			return filesize( $asked ) >= $count;
		}
	);
}
function probe( int $n, Asq\Circuit $c ): string {
	global $asked;
	try {
		return $c->call( static function () {
			others( 49 );
			return 'tried';
		} );
	} catch ( Asq\CircuitOpenException $e ) {
		file_put_contents( $asked, '.', FILE_APPEND );
		return 'refused';
	}
}
function it_is_time(): void {
	asq_test_query( "UPDATE {asq_circuits} SET state = 'open', until_gmt = UTC_TIMESTAMP(3)" );
}
it_is_time();
$answers = asq_race( 50, static fn( int $n ) => probe( $n, $c ) );
$counts = array_count_values( $answers );
echo $counts['tried'] ?? 0, ' tried, ', $counts['refused'] ?? 0, ' refused, ', $c->state(), "\n";

/* By isAvailable(), whose processes die without a word: each is the only one while it lives. */
it_is_time();
for ( $round = 0; $round < 3; $round++ ) {
	file_put_contents( $asked, '' );
	echo array_sum( asq_race( 50, static function () use ( $c, $asked ) {
		$may = $c->isAvailable();
		file_put_contents( $asked, '.', FILE_APPEND );
		others( 50 );
		return (int) $may;
	} ) ), ' ';
}
echo $c->state(), "\n";

/* Whoever tries is killed, five times; then one may end it. */
it_is_time();
asq_test_query( 'CREATE TABLE IF NOT EXISTS {asq_race} (n int, begun datetime(6), ended datetime(6))' );
$pids = array();
for ( $n = 0; $n < 50; $n++ ) {
	$pids[ $n ] = asq_fork( static function () use ( $n, $c, $asked ) {
		do {
			$tried = false;
			try {
				$c->call( static function () use ( $n, $asked, &$tried ) {
					$tried = true;
					$db    = asq_other_db();
					$db->query( 'INSERT INTO ' . asq_test_prefix() . "asq_race VALUES ($n, NOW(6), NULL)" );
					/* Until it is killed, or five have been. */
					asq_must(
						'five that are killed',
						static function () use ( $asked ) {
							clearstatcache();
							return file_exists( "$asked.go" );
						}
					);
					$db->query( 'UPDATE ' . asq_test_prefix() . "asq_race SET ended = NOW(6) WHERE n = $n" );
				} );
			} catch ( Asq\CircuitOpenException $e ) {
				asq_nap( 5000 );
			}
		} while ( ! $tried && 'closed' !== $c->state() );
	} );
}
$killed = array();
asq_must( 'the end', static function () use ( $pids, &$killed, $c, $asked ) {
	foreach ( asq_test_query( 'SELECT n FROM {asq_race} WHERE ended IS NULL' ) as $row ) {
		if ( ! isset( $killed[ $row['n'] ] ) && count( $killed ) < 5 ) {
			posix_kill( $pids[ $row['n'] ], SIGKILL );
			pcntl_waitpid( $pids[ $row['n'] ], $status );
			$killed[ $row['n'] ] = true;
		}
	}
	if ( 5 === count( $killed ) ) {
		touch( "$asked.go" );
	}
	return 'closed' === $c->state();
} );
asq_join( $pids );
$first = asq_test_query( 'SELECT MIN(ended) AS t FROM {asq_race} WHERE ended IS NOT NULL AND n NOT IN (' . implode( ',', array_keys( $killed ) ) . ')' )[0]['t'];
$rows  = asq_test_query( "SELECT n FROM {asq_race} WHERE begun < '$first'" );
echo count( $killed ), ' killed, ', count( array_diff( array_column( $rows, 'n' ), array_keys( $killed ) ) ), ' other tried before it was closed, ', $c->state(), "\n";
asq_test_query( 'DROP TABLE {asq_race}' );
unlink( $asked );
unlink( "$asked.go" );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
{"down":50} open, 50 failures, opened 2 times
1 tried, 49 refused, closed
1 1 1 half-open
5 killed, 1 other tried before it was closed, closed
