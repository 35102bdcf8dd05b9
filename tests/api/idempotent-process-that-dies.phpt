--TEST--
A key is free at once when its process has died, and while that cannot be seen, after its lease
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
if ( ! is_readable( '/proc/self/stat' ) ) {
	die( 'skip a process that has died is seen on Linux only' );
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
asq_idempotency_purge();
function dies( string $key ): void {
	list( $here, $there ) = asq_pair();
	$pid = asq_fork( static function () use ( $key, $there ) {
		asq_idempotent( $key, static function () use ( $there ) {
			fwrite( $there, "begun\n" );
			sleep( 60 );
		} );
	} );
	fgets( $here );
	posix_kill( $pid, SIGKILL );
	if ( 'zombie' !== $key ) {
		pcntl_waitpid( $pid, $status );
	} else {
		asq_until( static fn() => false !== strpos( (string) file_get_contents( "/proc/$pid/stat" ), ') Z ' ) );
	}
}
dies( 'k' );
echo asq_idempotent( 'k', static fn() => 'taken over' ), "\n";
dies( 'zombie' );
echo asq_idempotent( 'zombie', static fn() => 'taken over' ), "\n";
asq_test_print( 'SELECT name, state, attempts FROM {asq_keys} ORDER BY name' );

/* Another machine's, and a process of this one that had the same id. */
dies( 'elsewhere' );
dies( 'earlier' );
/* A moment ago, for as long as the test takes. */
asq_test_query( "UPDATE {asq_keys} SET started_gmt = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR" );
asq_test_query( "UPDATE {asq_keys} SET owner = CONCAT('00000000-0000-0000-0000-000000000000', SUBSTR(owner, 37)) WHERE name = 'elsewhere'" );
asq_test_query( "UPDATE {asq_keys} SET owner = CONCAT(SUBSTRING_INDEX(owner, ' ', 2), ' " . getmypid() . " 1') WHERE name = 'earlier'" );
echo t( static fn() => asq_idempotent( 'elsewhere', 'time' ) ), "\n", asq_idempotent( 'earlier', static fn() => 'taken over' ), "\n";
foreach ( array( '', 'nonsense', '1 2 3 4 5', str_repeat( 'x', 191 ) ) as $owner ) {
	asq_test_query( "UPDATE {asq_keys} SET owner = '$owner' WHERE name = 'elsewhere'" );
	echo substr( t( static fn() => asq_idempotent( 'elsewhere', 'time' ) ), 0, 23 ), "\n";
}
asq_test_query( "UPDATE {asq_keys} SET lease_gmt = UTC_TIMESTAMP(3) WHERE name = 'elsewhere'" );
echo asq_idempotent( 'elsewhere', static fn() => 'after its lease' ), "\n";

/* One that lives keeps it, beyond its lease, too. */
list( $here, $there ) = asq_pair();
$pid = asq_fork( static function () use ( $there ) {
	echo asq_idempotent( 'alive', static function () use ( $there ) {
		fwrite( $there, "begun\n" );
		fgets( $there );
		return 'of the one that lives';
	}, array( 'lease' => 1 ) ), "\n";
} );
fgets( $here );
asq_test_query( "UPDATE {asq_keys} SET lease_gmt = UTC_TIMESTAMP(3) - INTERVAL 1 HOUR WHERE name = 'alive'" );
echo substr( t( static fn() => asq_idempotent( 'alive', 'time' ) ), 0, 23 ), "\n";
/* Taken over all the same, as if from another machine: the late one cannot store, and is told. */
asq_test_query( "UPDATE {asq_keys} SET owner = '' WHERE name = 'alive'" );
echo asq_idempotent( 'alive', static fn() => 'of the other one' ), "\n";
fwrite( $here, "end\n" );
pcntl_waitpid( $pid, $status );
echo asq_idempotent( 'alive', 'time' ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
taken over
taken over
k | done | 2
zombie | done | 2
Asq\InProgressException: Another process is at work under this idempotency key. Try again in 1 seconds.
taken over
Asq\InProgressException
Asq\InProgressException
Asq\InProgressException
Asq\InProgressException
after its lease
Asq\InProgressException
of the other one

Warning: asq_idempotent(): the lease was over before the callable had returned, and another process has taken the key: it may have run twice in %s on line %d
of the one that lives
of the other one
