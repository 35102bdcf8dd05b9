--TEST--
Calls of a closed circuit read once a second, whether it is made once or for each call; a success writes nothing
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--CONFLICTS--
all
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
asq_circuit( 'one' )->trip();
asq_circuit( 'one' )->reset();
/** How many statements the server counts for the extension's connection while the work is done; of those of which there may be one a second, one for the seconds that went by. */
function statements( callable $work ): int {
	$count = count( asq_test_statements(
		static function () use ( $work, &$seconds ) {
			$began   = microtime( true );
			$work();
			$seconds = (int) ( microtime( true ) - $began );
		}
	) );
	return $count > 1 && $count <= 1 + $seconds ? 1 : $count;
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
