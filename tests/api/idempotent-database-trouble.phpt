--TEST--
Lost connections, missing tables, accounts that may not write
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
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

/* The connection is killed while the callable runs. */
ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
echo asq_idempotent( 'killed', static fn() => asq_test_disconnect() . ' ended' ), ', ', asq_idempotent( 'killed', 'time' ), "\n";
echo t( static fn() => asq_idempotent( 'killed2', static function () {
	asq_test_disconnect();
	throw new LogicException( 'thrown' );
} ) ), ', ', asq_idempotent( 'killed2', static fn() => 'free' ), "\n";
/* The table goes away between. */
asq_test_query( 'DROP TABLE {asq_keys}' );
echo asq_idempotent( 'k', static fn() => 'made' ), "\n";
set_error_handler( static function ( $level, $text ) {
	echo preg_replace( '/Table .*/', 'Table ...', $text ), "\n";
	return true;
} );
echo asq_idempotent( 'gone', static function () {
	asq_test_query( 'DROP TABLE {asq_keys}' );
	return 'the result is returned all the same';
} ), "\n";
/* It is stored as soon as the database can. */
asq_idempotent( 'k', static fn() => 'made' );
/* Made by then, the table has it. */
echo t( static fn() => asq_idempotent( 'gone', static fn() => 'once more, since all was lost' ) ), "\n";
/* A server that takes no large statements: that it was done is kept. */
asq_test_query( 'SET @old = @@GLOBAL.max_allowed_packet' );
asq_test_query( 'SET GLOBAL max_allowed_packet = 1048576' );
asq_test_disconnect();
$large = t( static fn() => strlen( asq_idempotent( 'large', static fn() => str_repeat( 'x', 3000000 ) ) ) );
asq_test_query( 'SET GLOBAL max_allowed_packet = @old' );
echo $large, "\n", preg_replace( '/stored: .*/', 'stored: ...', t( static fn() => asq_idempotent( 'large', 'time' ) ) ), "\n";
/* An account that may only read; one that may not even do that. */
restore_error_handler();
ini_set( 'asq.user', asq_test_account( 'SELECT' ) );
asq_test_disconnect();
echo preg_replace( '/user .*/', 'user ...', t( static fn() => asq_idempotent( 'r', static fn() => print( 'called' ) ) ) ), "\n";
echo preg_replace( '/user .*/', 'user ...', t( static fn() => asq_idempotency_purge() ) ), "\n";
ini_set( 'asq.user', 'nobody_at_all' );
echo preg_replace( '/user .*/', 'user ...', t( static fn() => asq_idempotent( 'r', static fn() => print( 'called' ) ) ) ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
1 ended, 1 ended
LogicException: thrown, free
made
asq_idempotent(): the callable has run, but its result could not be stored, and it may run again: Table ...
the result is returned all the same
'once more, since all was lost'
asq_idempotent(): the callable has run, and will not run again for this key, but its result could not be stored: %s
3000000
UnexpectedValueException: asq_idempotent(): the callable has run, and will not run again for this key, but what it returned could not be stored: ...
RuntimeException: asq_idempotent(): INSERT command denied to user ...
RuntimeException: asq_idempotency_purge(): DELETE command denied to user ...
RuntimeException: asq_idempotent(): Access denied for user ...
