--TEST--
A dead letter whose new action is stored has been retried, whatever a listener does then
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
Asq\Native\own_tables();
ini_set( 'error_log', '/dev/null' );
$thrown = null;
add_action( 'action_scheduler_stored_action', static function () use ( &$thrown ) {
	static $nested = false;
	if ( ! $nested ) {
		$nested = true;
		as_enqueue_async_action( 'another' );
		$nested = false;
		if ( $thrown ) {
			throw $thrown;
		}
	}
} );
$instead = null;
function retry() {
	asq_test_query( 'DELETE FROM {asq_dead_letters}' );
	asq_test_query( "DELETE FROM {actions}" );
	asq_test_query( "INSERT INTO {asq_dead_letters} (letter_id, action_id, hook, args, reason, error_message, first_failure_gmt, last_failure_gmt) VALUES (1, 1, 'h', '[]', 'exhausted', 'm', UTC_TIMESTAMP(), UTC_TIMESTAMP())" );
	try {
		echo array_sum( asq_dead_letter_retry( 1 ) ) ? 'retried' : 'not retried';
	} catch ( Throwable $e ) {
		echo get_class( $e );
	}
	asq_test_print( "SELECT ':', COUNT(*), SUM(a.action_id = l.new_action_id), MAX(retry_count) FROM {asq_dead_letters} l LEFT JOIN {actions} a ON a.hook = 'h'" );
}
foreach ( array( null, new Exception(), new Error() ) as $thrown ) {
	retry();
}
add_filter( 'pre_as_enqueue_async_action', static function ( $id ) {
	static $nested = false;
	if ( $nested ) {
		return $id;
	}
	$nested = true;
	as_enqueue_async_action( 'instead' );
	$nested = false;
	return 0;
} );
$thrown = null;
retry();
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
retried: | 1 | 1 | 1
retried: | 1 | 1 | 1
Error: | 1 | 1 | 1
not retried: | 1 | NULL | 0
