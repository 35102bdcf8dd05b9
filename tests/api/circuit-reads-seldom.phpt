--TEST--
Calls of a closed circuit read once a second, whether it is made once or for each call; a success writes nothing
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
asq_circuit( 'one' )->trip();
asq_circuit( 'one' )->reset();
/** How many statements the server counts for the extension's connection while the work is done. */
function statements( callable $work ): int {
	$id  = (int) asq_test_query( "SELECT id FROM information_schema.processlist WHERE user = '" . asq_test_account_name() . "'" )[0]['id'];
	$log = static fn( string $on ) => asq_test_query( "SET GLOBAL general_log = $on" );
	asq_test_query( "SET GLOBAL log_output = 'TABLE'" );
	asq_test_query( 'TRUNCATE mysql.general_log' );
	$log( '1' );
	$work();
	$log( '0' );
	return (int) asq_test_query( "SELECT COUNT(*) AS n FROM mysql.general_log WHERE thread_id = $id AND command_type = 'Query'" )[0]['n'];
}
$times = static function ( callable $work ) {
	return static function () use ( $work ) {
		for ( $i = 0; $i < 50; $i++ ) {
			$work( $i );
		}
	};
};
$works = static fn() => 1;
echo statements( $times( static fn() => asq_circuit( 'one' )->call( $works ) ) ), "\n";
echo statements( $times( static fn() => asq_circuit( 'two', array( 'threshold' => 3 ) )->call( $works ) ) ), "\n";
echo statements( $times( static fn( $i ) => asq_circuit( 'three', array( 'counts' => static fn() => false ) )->call( $works ) ) ), "\n";
echo statements( $times( static fn() => asq_circuit( 'four', array( 'cache' => 0 ) )->call( $works ) ) ), "\n";
/* An open one is not asked again before it is time, or a second has passed. */
asq_circuit( 'five' )->trip( 60 );
echo statements( $times( static fn() => asq_circuit( 'five' )->call( $works, $works ) ) ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
1
1
1
50
1
