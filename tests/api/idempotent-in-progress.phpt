--TEST--
While one is at it, others are told so, or wait; nobody waits for himself
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
$began = microtime( true );
try {
	asq_idempotent( 'k', 'time', array( 'request' => 'r' ) );
} catch ( Asq\InProgressException $e ) {
	echo get_class( $e ), ' ', $e->getRetryAfter(), ' ', $e->getMessage(), "\n";
}
echo microtime( true ) - $began < 0.5 ? 'at once' : 'late', "\n";
echo t( static fn() => asq_idempotent( 'k', 'time', array( 'request' => 'another', 'wait' => 10 ) ) ), "\n";
$began = microtime( true );
echo t( static fn() => asq_idempotent( 'k', 'time', array( 'request' => 'r', 'wait' => 0.3 ) ) ), ' ', microtime( true ) - $began >= 0.3 ? 'after the wait' : 'too early', "\n";
asq_test_query( 'UPDATE {asq_keys} SET started_gmt = started_gmt - INTERVAL 12 SECOND' );
foreach ( array( 12, 30 ) as $n ) {
	try {
		asq_idempotent( 'k', 'time', array( 'request' => 'r' ) );
	} catch ( Asq\InProgressException $e ) {
		echo $e->getRetryAfter() - $n <= 1 ? $n : $e->getRetryAfter(), "\n";
	}
	asq_test_query( 'UPDATE {asq_keys} SET started_gmt = started_gmt - INTERVAL 1 HOUR' );
}
/* One that waits gets what the child returns. */
$waiting = asq_fork( static function () use ( $child ) {
	usleep( 200000 );
	fwrite( $child, "end\n" );
} );
echo t( static fn() => asq_idempotent( 'k', 'time', array( 'request' => 'r', 'wait' => 10 ) ) ), "\n";
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
