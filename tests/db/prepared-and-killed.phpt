--TEST--
A prepared question is asked again of a new connection, whether the old one is lost before it or during it
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

require __DIR__ . '/fork.inc';
ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
as_enqueue_async_action( 'h', array( 1 ), 'g' );
$ask = static fn() => (int) as_has_scheduled_action( 'h', array( 1 ), 'g' ) . (int) as_has_scheduled_action( 'h', array( 2 ), 'g' );
for ( $round = 0; $round < 3; $round++ ) {
	for ( $i = 0; $i < 4; $i++ ) {
		echo $ask(), ' ';
	}
	echo asq_test_disconnect(), "\n";
}
foreach ( array( 'KILL', 'KILL QUERY' ) as $kill ) {
	echo $ask(), ' ', $ask(), ' ', $ask(), "\n";
	list( $here, $there ) = asq_pair();
	$pid = asq_fork(
		static function () use ( $there, $kill ) {
			$db = asq_other_db();
			$db->query( asq_sql( 'LOCK TABLES {actions} WRITE' ) );
			fwrite( $there, "locked\n" );
			asq_kill_waiting( $db, $kill );
			$db->query( 'UNLOCK TABLES' );
		}
	);
	fgets( $here );
	echo "$kill: ", $ask(), ' ', $ask(), "\n";
	asq_join( array( $pid ) );
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
10 10 10 10 1
10 10 10 10 1
10 10 10 10 1
10 10 10
KILL: 10 10
10 10 10
KILL QUERY: 10 10
