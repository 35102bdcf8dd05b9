--TEST--
Webhooks' callables, filters on what is enqueued, listeners that throw, another store, transactions
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/webhook.inc';
asq_webhook_boot();
ini_set( 'error_log', $log = tempnam( sys_get_temp_dir(), 'asq' ) );

function counts(): string {
	return implode( ' ', array_values( asq_test_query( 'SELECT (SELECT COUNT(*) FROM {actions}), (SELECT COUNT(*) FROM {asq_webhook_events}), (SELECT COUNT(*) FROM {logs})' )[0] ) );
}
$none = array( 'hook' => 'h', 'signature' => 'none', 'event_id' => 'id' );

echo "---- args and ids\n";
asq_register_webhook( 'made', array( 'event_id' => static function ( $payload, WP_REST_Request $request ) {
	return $payload['id'] ?? $request->get_header( 'X-Id' ) ?? array();
}, 'args' => static function ( $payload, array $event ) {
	return array( 'what' => $payload['n'] ?? null, 'of' => "$event[webhook] $event[id] $event[content_type] $event[size] " . strlen( $event['body'] ) . ' ' . preg_match( '/^\d{4}(-\d\d){2} (\d\d:?){3}$/', $event['received_gmt'] ) );
} ) + $none );
echo asq_deliver( 'made', '{"id":7,"n":1.5}' ), ' ', asq_deliver( 'made', '{}', array( 'X-Id' => 'x' ) ), ' ', asq_deliver( 'made', '{}' ), "\n";
asq_test_print( 'SELECT COALESCE(extended_args, args) FROM {actions}' );
foreach ( array( null, 'a', 5, array( str_repeat( 'x', 8000 ) ), array( "\xff" ), array( NAN ), array( fopen( 'php://memory', 'r' ) ) ) as $args ) {
	asq_register_webhook( 'odd', array( 'args' => static fn() => $args ) + $none );
	echo asq_deliver( 'odd', '{"id":"odd"}' ), ' | ';
}
echo "\n";
asq_register_webhook( 'again', array( 'args' => static function ( $payload, $event ) use ( $none ) {
	/* In the middle of a request by it. */
	asq_register_webhook( 'again', array( 'hook' => 'other' ) + $none );
	return array( 1 );
} ) + $none );
echo asq_deliver( 'again', '{"id":"again"}' ), ' ', asq_test_query( 'SELECT hook FROM {actions} ORDER BY action_id DESC LIMIT 1' )[0]['hook'], "\n";

echo "---- listeners that throw\n";
asq_register_webhook( 'plain', $none );
$throw = static function () {
	throw new RuntimeException( 'not now' );
};
add_action( 'asq_webhook_received', $throw );
add_action( 'asq_webhook_rejected', $throw );
add_action( 'action_scheduler_stored_action', $throw, 20 );
echo counts(), ', ', asq_deliver( 'plain', '{"id":"t"}' ), ' ', asq_deliver( 'plain', '{"id":"t"}' ), ' ', asq_deliver( 'plain', '{}' ), ', ', counts(), "\n";
remove_action( 'asq_webhook_received', $throw );
remove_action( 'asq_webhook_rejected', $throw );
remove_action( 'action_scheduler_stored_action', $throw, 20 );

echo "---- a filter\n";
$pre    = null;
$calls  = 0;
$filter = static function ( $value, $hook, $args, $group, $priority, $unique ) use ( &$pre, &$calls ) {
	$calls++;
	return 'h' === $hook && 'webhooks' === $group && array( $args[0], 'plain' ) === $args && 10 === $priority && false === $unique ? $pre : 'odd';
};
add_filter( 'pre_as_enqueue_async_action', $filter, 10, 6 );
echo asq_deliver( 'plain', '{"id":"f1"}' ), ' ', asq_deliver( 'plain', '{"id":"f1"}' ), " $calls, ", counts(), "\n";
$pre = 0;
echo asq_deliver( 'plain', '{"id":"f2"}' ), ' ', counts(), "\n";
$pre = 4711;
echo asq_request( 'asq/v1/webhooks/plain', '{"id":"f2"}' )->data['id'], ' ', asq_request( 'asq/v1/webhooks/plain', '{"id":"f2"}' )->data['id'], ' ', counts(), "\n";
$pre = 'yes';
echo asq_deliver( 'plain', '{"id":"f3"}' ), ' ', counts(), "\n";
add_filter( 'pre_as_enqueue_async_action', $throw );
echo asq_deliver( 'plain', '{"id":"f4"}' ), ' ', counts(), "\n";
remove_filter( 'pre_as_enqueue_async_action', $throw );
remove_filter( 'pre_as_enqueue_async_action', $filter );
echo asq_deliver( 'plain', '{"id":"f4"}' ), ' ', counts(), "\n";

echo "---- one whose process has died in between\n";
asq_test_query( "UPDATE {asq_webhook_events} SET action_id = 0, token = 'x' WHERE event_id = 'f4'" );
echo asq_deliver( 'plain', '{"id":"f4"}' ), "\n";
asq_test_query( "UPDATE {asq_webhook_events} SET received_gmt = UTC_TIMESTAMP() - INTERVAL 61 SECOND WHERE event_id = 'f4'" );
echo asq_deliver( 'plain', '{"id":"f4"}' ), ' ', asq_deliver( 'plain', '{"id":"f4"}' ), ' ', counts(), "\n";

echo "---- expired ones\n";
asq_test_query( "UPDATE {asq_webhook_events} SET expires_gmt = UTC_TIMESTAMP() - INTERVAL 1 SECOND WHERE event_id IN ('f4', 't')" );
asq_test_query( "UPDATE {actions} SET status = 'complete' WHERE action_id = (SELECT action_id FROM {asq_webhook_events} WHERE event_id = 't')" );
echo asq_deliver( 'plain', '{"id":"f4"}' ), ', ', asq_deliver( 'plain', '{"id":"t"}' ), ', ', asq_deliver( 'plain', '{"id":"t"}' ), "\n";
asq_test_query( "UPDATE {asq_webhook_events} SET expires_gmt = UTC_TIMESTAMP() - INTERVAL 1 SECOND" );
asq_test_query( "UPDATE {actions} SET status = 'failed' WHERE hook = 'other' OR args LIKE '%f1%'" );
echo asq_webhook_purge( array( 'webhook' => 'nobody' ) ), ' ', asq_webhook_purge( array( 'limit' => 1 ) ), ' ', asq_webhook_purge(), ' ', asq_webhook_purge(), "\n";
asq_test_query( "UPDATE {actions} SET status = 'canceled'" );
asq_test_query( "UPDATE {asq_webhook_events} SET expires_gmt = UTC_TIMESTAMP() + INTERVAL 1 DAY" );
echo asq_webhook_purge(), ' ', asq_webhook_purge( array( 'older_than' => 3600 ) ), ' ', asq_webhook_purge( array( 'older_than' => 0, 'webhook' => 'plain' ) ) > 0 ? 'some' : 'none', ' ', asq_webhook_events( array( 'webhook' => 'plain', 'return' => 'count' ) ), "\n";
/* New ones clear them away now and then: of three hundred a good many. */
asq_test_query( 'UPDATE {asq_webhook_events} SET expires_gmt = UTC_TIMESTAMP() - INTERVAL 1 SECOND' );
for ( $i = 0; $i < 300; $i++ ) {
	asq_request( 'asq/v1/webhooks/plain', "{\"id\":\"x$i\"}" );
}
echo asq_test_query( 'SELECT COUNT(*) AS n FROM {asq_webhook_events} WHERE expires_gmt < UTC_TIMESTAMP()' )[0]['n'], "\n";

echo "---- in a transaction of \$wpdb's\n";
$wpdb->query( 'START TRANSACTION' );
echo asq_deliver( 'plain', '{"id":"trx"}' ), "\n";
$wpdb->query( 'ROLLBACK' );
echo asq_deliver( 'plain', '{"id":"trx"}' ), ' ', asq_test_query( "SELECT COUNT(*) AS n FROM {actions} WHERE args LIKE '%trx%'" )[0]['n'], "\n";
$wpdb->query( 'START TRANSACTION' );
$pre = null;
add_filter( 'pre_as_enqueue_async_action', $filter, 10, 6 );
echo asq_deliver( 'plain', '{"id":"trx2"}' ), "\n";
$wpdb->query( 'ROLLBACK' );
echo asq_deliver( 'plain', '{"id":"trx2"}' ), "\n";
remove_filter( 'pre_as_enqueue_async_action', $filter );
echo "---- by \$wpdb's connection\n";
ini_set( 'asq.link', 'wpdb' );
echo asq_deliver( 'plain', '{"id":"link"}' ), ' ', asq_deliver( 'plain', '{"id":"link"}' ), ' ', json_encode( asq_webhook_payload( 'plain', 'link' ) ), "\n";

echo "---- what the log says\n";
echo preg_replace( array( '/^\[.*?\] /m', '# in /.*/#' ), array( '', ' in ' ), file_get_contents( $log ) );
unlink( $log );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
---- args and ids
202 7 202 x 400 asq_webhook_event_id
{"what":1.5,"of":"made 7 application\/json 16 16 1"}
{"what":null,"of":"made x application\/json 2 2 1"}
500 asq_webhook_failed | 500 asq_webhook_failed | 500 asq_webhook_failed | 500 asq_webhook_failed | 500 asq_webhook_failed | 500 asq_webhook_failed | 500 asq_webhook_failed | 
202 again h
---- listeners that throw
3 3 3, 202 t 200 t again 400 asq_webhook_event_id, 4 4 4
---- a filter
202 f1 200 f1 again 1, 5 5 5
503 asq_webhook_unavailable {"Retry-After":"30"} 5 5 5
4711 4711 5 6 5
503 asq_webhook_unavailable {"Retry-After":"30"} 5 6 5
500 asq_webhook_failed 5 6 5
202 f4 6 7 6
---- one whose process has died in between
503 asq_webhook_busy {"Retry-After":"5"}
202 f4 200 f4 again 7 7 7
---- expired ones
200 f4 again, 202 t, 200 t again
0 1 1 0
0 0 some 0
0
---- in a transaction of $wpdb's
202 trx
200 trx again 1
503 asq_webhook_unavailable {"Retry-After":"30"}
202 trx2
---- by $wpdb's connection
202 link 200 link again {"id":"link"}
---- what the log says
asq: webhook odd: the callable "args" has returned no array
asq: webhook odd: the callable "args" has returned no array
asq: webhook odd: the callable "args" has returned no array
asq: webhook odd: the action cannot be stored: its args must be at most 8000 bytes of JSON, its hook and group valid UTF-8
asq: webhook odd: the action cannot be stored: its args must be at most 8000 bytes of JSON, its hook and group valid UTF-8
asq: webhook odd: the action cannot be stored: its args must be at most 8000 bytes of JSON, its hook and group valid UTF-8
asq: webhook odd: the action cannot be stored: its args must be at most 8000 bytes of JSON, its hook and group valid UTF-8
asq: webhook plain: a listener to action_scheduler_stored_action threw RuntimeException in webhook-callables.php:34
asq: webhook plain: asq_webhook_received threw RuntimeException in webhook-callables.php:34
asq: webhook plain: asq_webhook_rejected threw RuntimeException in webhook-callables.php:34
asq: webhook plain: an event was not stored: Action Scheduler has taken no action, or a filter has refused it.
asq: webhook plain: an event was not stored: Action Scheduler has taken no action, or a filter has refused it.
asq: webhook plain: enqueueing it threw RuntimeException in webhook-callables.php:34
asq: webhook plain: an event was not stored: A transaction of $wpdb's is open, and the action would be part of it.
