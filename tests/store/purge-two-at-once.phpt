--TEST--
Two purges at once share the work, while others enqueue
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
asq_test_query( "INSERT INTO {actions} (hook, status, last_attempt_gmt) SELECT 'h', ELT(1 + seq % 2, 'complete', 'canceled'), '2020-01-01' + INTERVAL seq DIV 50 SECOND FROM seq_1_to_4000" );
asq_test_query( "INSERT INTO {logs} (action_id, message) SELECT action_id, 'log' FROM {actions} JOIN seq_1_to_3" );

require __DIR__ . '/race.inc';
$answers = asq_race(
	4,
	static function ( int $n ) {
		if ( $n < 2 ) {
			$counts = asq_purge( array( 'batch' => 50, 'pause' => 1 ) );
			return "$counts[actions] $counts[logs] $counts[orphan_logs]";
		}
		for ( $i = 0; $i < 200; $i++ ) {
			as_enqueue_async_action( 'new', array( $i ), "g$n" );
		}
		return 'done';
	}
);
list( $one, $two ) = array_map( static fn( $answer ) => array_map( 'intval', explode( ' ', $answer ) ), $answers );
/* What both have passed over twice, if anything. */
$rest = array_values( asq_purge() );
echo $one[0] + $two[0] + $rest[0], ' actions, ', $one[1] + $two[1] + $rest[1], ' logs, ', $one[2] + $two[2] + $rest[2], " orphans\n";
var_dump( $rest[0] < 10 );
asq_test_print( 'SELECT hook, status, COUNT(*) FROM {actions} GROUP BY hook, status' );
asq_test_print( 'SELECT message, COUNT(*) FROM {logs} GROUP BY message' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
4000 actions, 12000 logs, 0 orphans
bool(true)
new | pending | 400
action created | 400
