--TEST--
A key is kept for its time, and no longer; the purge takes what has expired
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

$n    = 0;
$work = static function () use ( &$n ) {
	return ++$n;
};
asq_idempotent( 'short', $work, array( 'ttl' => 1, 'request' => 'one' ) );
asq_idempotent( 'long', $work );
asq_idempotent( 'short2', $work, array( 'ttl' => 2 ) );
asq_test_query( "UPDATE {asq_keys} SET expires_gmt = expires_gmt + INTERVAL 1 HOUR WHERE name = 'short2'" );
usleep( 1200000 );
/* Expired, it may be another request's. */
echo asq_idempotent( 'short', $work, array( 'request' => 'two' ) ), ' ', asq_idempotent( 'short', $work, array( 'request' => 'two' ) ), ' ', asq_idempotent( 'long', $work ), "\n";
/* Only now: of 256 new keys one clears away what has expired. */
asq_test_query( "UPDATE {asq_keys} SET expires_gmt = UTC_TIMESTAMP(3) WHERE name = 'short2'" );
echo asq_idempotency_purge(), ' ', asq_idempotency_purge(), "\n";
asq_test_print( 'SELECT name, attempts, TIMESTAMPDIFF(SECOND, started_gmt, expires_gmt) FROM {asq_keys} ORDER BY name' );
asq_test_query( 'INSERT INTO {asq_keys} (name, state, token, started_gmt, lease_gmt, expires_gmt) SELECT CONCAT("n", seq), "done", "", "2020-01-01", "2020-01-01", "2020-01-01" FROM seq_1_to_1300' );
echo asq_idempotency_purge( 5 ), ' ', asq_idempotency_purge( 600 ), ' ', asq_idempotency_purge(), ' ', asq_idempotency_purge(), "\n";
/* New keys clear old ones away: one of 256 does. */
asq_test_query( 'INSERT INTO {asq_keys} (name, state, token, started_gmt, lease_gmt, expires_gmt) SELECT CONCAT("n", seq), "done", "", "2020-01-01", "2020-01-01", "2020-01-01" FROM seq_1_to_300' );
for ( $i = 0; $i < 5000 && asq_test_query( 'SELECT 1 FROM {asq_keys} WHERE expires_gmt < NOW() LIMIT 1' ); $i++ ) {
	asq_idempotent( "tidy$i", $work );
}
echo $i < 5000 ? 'tidy' : 'not tidy', "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
4 4 2
1 0
long | 1 | 86400
short | 2 | 86400
5 600 695 0
tidy
