--TEST--
50 processes with one key: one calls, all get the same; while some are killed, again only if the caller died
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
asq_idempotent( 'the table is there', static fn() => 1 );
asq_test_query( 'CREATE TABLE IF NOT EXISTS {asq_race} (n int, begun tinyint, ended tinyint)' );
function work( int $n, ?string $go = null ): string {
	/* On a connection of its own: what it does must not be undone with it. */
	$db = asq_other_db();
	$db->query( 'INSERT INTO ' . asq_test_prefix() . "asq_race VALUES ($n, 1, 0)" );
	if ( null === $go ) {
		asq_nap( 100000 );
	} else {
		/* Until it is killed, or five have been. */
		asq_must(
			'five that are killed',
			static function () use ( $go ) {
				clearstatcache();
				return file_exists( $go );
			}
		);
	}
	$db->query( 'UPDATE ' . asq_test_prefix() . "asq_race SET ended = 1 WHERE n = $n" );
	return "result of $n";
}
$answers = asq_race( 50, static fn( int $n ) => asq_idempotent( 'k', static fn() => work( $n ), array( 'wait' => 300, 'request' => array( 'x' => 1 ) ) ) );
echo count( array_unique( $answers ) ), ' answer, ', asq_test_query( 'SELECT COUNT(*) AS n FROM {asq_race}' )[0]['n'], " call\n";

asq_test_query( 'TRUNCATE {asq_race}' );
$answers = asq_race( 50, static function ( int $n ) {
	try {
		return asq_idempotent( 'k2', static fn() => work( $n ) );
	} catch ( Asq\InProgressException $e ) {
		return 'in progress';
	}
} );
echo count( array_keys( $answers, 'in progress' ) ) + count( preg_grep( '/^result of/', $answers ) ), ' answers, ', asq_test_query( 'SELECT COUNT(*) AS n FROM {asq_race}' )[0]['n'], " call\n";

/* Now with a killer: whoever has begun is killed, until five have been. */
asq_test_query( 'TRUNCATE {asq_race}' );
$go   = sys_get_temp_dir() . '/' . asq_test_prefix() . getmypid();
$pids = array();
for ( $n = 0; $n < 50; $n++ ) {
	list( $pipes[ $n ], $there ) = asq_pair();
	$pids[ $n ] = asq_fork( static function () use ( $n, $there, $go ) {
		fwrite( $there, asq_idempotent( 'k3', static fn() => work( $n, $go ), array( 'wait' => 300 ) ) . "\n" );
	} );
	fclose( $there );
}
$killed = array();
asq_must( 'five that begin', static function () use ( $pids, &$killed ) {
	foreach ( asq_test_query( 'SELECT n FROM {asq_race} WHERE ended = 0' ) as $row ) {
		if ( ! isset( $killed[ $row['n'] ] ) && count( $killed ) < 5 ) {
			posix_kill( $pids[ $row['n'] ], SIGKILL );
			pcntl_waitpid( $pids[ $row['n'] ], $status );
			$killed[ $row['n'] ] = true;
		}
	}
	return 5 === count( $killed );
} );
touch( $go );
$answers = array();
foreach ( $pipes as $pipe ) {
	$answers[] = trim( (string) fgets( $pipe ) );
}
asq_join( $pids );
$ended = array_column( asq_test_query( 'SELECT n FROM {asq_race} WHERE ended = 1' ), 'n' );
$begun = asq_test_query( 'SELECT COUNT(*) AS n FROM {asq_race}' )[0]['n'];
echo count( $killed ), ' killed, ', count( array_diff( $ended, array_keys( $killed ) ) ), ' ended, ', $begun - count( $killed ), ' call by one that was not killed, ', count( array_unique( array_filter( $answers ) ) ), " answer\n";
echo count( array_filter( $answers ) ) === 50 - count( array_intersect( array_keys( $killed ), array_keys( $pids ) ) ) ? 'all others have it' : json_encode( $answers ), "\n";
asq_test_query( 'DROP TABLE {asq_race}' );
unlink( $go );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
1 answer, 1 call
50 answers, 1 call
5 killed, 1 ended, 1 call by one that was not killed, 1 answer
all others have it
