--TEST--
While one is at it, others are told so, or wait; nobody waits for himself
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--CONFLICTS--
all
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

require __DIR__ . '/../db/fork.inc';
echo t( static fn() => asq_idempotent( 'self', static fn() => asq_idempotent( 'self', 'time', array( 'wait' => 60 ) ) ) ), "\n";
echo t( static fn() => asq_idempotent( 'self', static fn() => asq_idempotent( 'self', static fn() => 'another scope', array( 'scope' => 'x' ) ) ) ), "\n";

/* A child that is at it until it is told to end. */
function at_it( string $key ): array {
	list( $here, $there ) = asq_pair();
	$pid = asq_fork( static function () use ( $key, $there ) {
		asq_idempotent( $key, static function () use ( $there ) {
			fwrite( $there, "begun\n" );
			fgets( $there );
			return 'of the child';
		}, array( 'request' => 'r' ) );
		fwrite( $there, "ended\n" );
	} );
	fgets( $here );
	return array( $pid, $here );
}
list( $pid, $child ) = at_it( 'k' );
/* It has begun in a moment: so it has been at it for less than a second, however long the test takes. */
asq_test_query( 'UPDATE {asq_keys} SET started_gmt = started_gmt + INTERVAL 1 HOUR' );
ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
as_has_scheduled_action( 'connects' );
$asked = asq_test_statements(
	static function () {
		try {
			asq_idempotent( 'k', 'time', array( 'request' => 'r' ) );
		} catch ( Asq\InProgressException $e ) {
			echo get_class( $e ), ' ', $e->getRetryAfter(), ' ', $e->getMessage(), "\n";
		}
	}
);
echo count( array_filter( $asked, static fn( $statement ) => 0 === strpos( $statement, 'SELECT' ) ) ) < 2 ? 'at once' : json_encode( $asked ), "\n";
echo t( static fn() => asq_idempotent( 'k', 'time', array( 'request' => 'another', 'wait' => 10 ) ) ), "\n";
$began = asq_clock();
echo t( static fn() => asq_idempotent( 'k', 'time', array( 'request' => 'r', 'wait' => 0.3 ) ) ), ' ', asq_clock() - $began >= 0.3 ? 'after the wait' : 'too early', "\n";
/* It has been at it for twelve seconds, and for an hour. */
foreach ( array( 12 => 12, 3600 => 30 ) as $seconds => $n ) {
	$began = asq_clock();
	asq_test_query( "UPDATE {asq_keys} SET started_gmt = UTC_TIMESTAMP(3) - INTERVAL $seconds SECOND" );
	try {
		asq_idempotent( 'k', 'time', array( 'request' => 'r' ) );
	} catch ( Asq\InProgressException $e ) {
		echo $e->getRetryAfter() >= $n && $e->getRetryAfter() <= min( 30, $n + ceil( asq_clock() - $began ) ) ? $n : $e->getRetryAfter(), "\n";
	}
}
/* One that waits gets what the child returns. */
$waiting = asq_fork( static function () use ( $child ) {
	asq_nap( 200000 );
	fwrite( $child, "end\n" );
} );
echo t( static fn() => asq_idempotent( 'k', 'time', array( 'request' => 'r', 'wait' => 300 ) ) ), "\n";
asq_join( array( $pid, $waiting ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
Asq\InProgressException: Another process is at work under this idempotency key. Try again in 1 seconds.
'another scope'
Asq\InProgressException 1 Another process is at work under this idempotency key. Try again in 1 seconds.
at once
Asq\ConflictException: This idempotency key was used for another request.
Asq\InProgressException: Another process is at work under this idempotency key. Try again in 1 seconds. after the wait
12
30
'of the child'
