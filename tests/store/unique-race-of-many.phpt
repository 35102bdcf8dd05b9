--TEST--
20 processes that import the same list with $unique leave each action once
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
	20,
	static function ( int $n ) {
		$list = array_map( static fn( $i ) => array( $i ), range( 1, 10 ) );
		/* Each in another order. */
		$list = array_merge( array_slice( $list, $n % 10 ), array_slice( $list, 0, $n % 10 ) );
		return implode( ',', array_filter( asq_enqueue_many( 'h', $list, 'g', true ) ) );
	}
);
$ids = array_filter( explode( ',', implode( ',', $answers ) ) );
var_dump( count( $ids ), count( array_unique( $ids ) ) );
asq_test_print( 'SELECT COUNT(*), COUNT(DISTINCT args) FROM {actions} JOIN {logs} USING (action_id)' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
int(10)
int(10)
10 | 10
