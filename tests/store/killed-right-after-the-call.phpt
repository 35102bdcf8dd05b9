--TEST--
A process killed by SIGKILL right after its calls returned has lost nothing
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
$answers = asq_race(
	10,
	static fn( int $n ) => implode(
		',',
		array_merge(
			array( as_enqueue_async_action( 'async', array( $n ), 'g' ), as_schedule_single_action( 1900000000, 'single', array( $n ), 'g', true ) ),
			asq_enqueue_many( 'many', array_fill( 0, 20, array( $n ) ), 'g' )
		)
	)
);
$promised = explode( ',', implode( ',', $answers ) );
$stored   = array_column( asq_test_query( 'SELECT action_id FROM {actions} JOIN {logs} USING (action_id)' ), 'action_id' );
var_dump( count( $promised ), array_diff( $promised, $stored ), array_diff( $stored, $promised ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
int(220)
array(0) {
}
array(0) {
}
