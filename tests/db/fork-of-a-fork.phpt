--TEST--
Grandchildren, and children that use the connection at once, do not disturb each other
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
as_enqueue_async_action( 'parent' );
$pids = array();
for ( $i = 0; $i < 4; $i++ ) {
	$pids[] = asq_fork(
		static function () use ( $i ) {
			as_enqueue_async_action( 'child', array( $i ) );
			asq_join( array( asq_fork( static fn() => as_enqueue_async_action( 'grandchild', array( $i ) ) ) ) );
			as_enqueue_async_action( 'child', array( $i, 'again' ) );
		}
	);
}
for ( $i = 0; $i < 20; $i++ ) {
	as_enqueue_async_action( 'parent' );
}
asq_join( $pids );
asq_test_print( 'SELECT hook, COUNT(*) FROM {actions} JOIN {logs} USING (action_id) GROUP BY hook ORDER BY hook' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
child | 8
grandchild | 4
parent | 21
