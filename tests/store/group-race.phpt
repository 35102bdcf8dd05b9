--TEST--
20 processes that use a new group at once leave one row of it
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
foreach ( array( 'first', 'second', 'third' ) as $group ) {
	$answers = asq_race( 20, static fn( int $n ) => $n % 2 ? as_enqueue_async_action( 'h', array( $n ), $group ) : asq_enqueue_many( 'h', array( array( $n ) ), $group )[0] );
	echo count( array_filter( $answers ) ), " stored\n";
}
asq_test_print( 'SELECT slug, COUNT(DISTINCT group_id), COUNT(action_id) FROM {groups} LEFT JOIN {actions} USING (group_id) GROUP BY slug ORDER BY slug' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
20 stored
20 stored
20 stored
first | 1 | 20
second | 1 | 20
third | 1 | 20
