--TEST--
asq_register_webhook(): an event is stored once, with its action and its body; each step that fails has its answer
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/webhook.inc';
asq_webhook_boot();

asq_register_webhook( 'shop', array( 'hook' => 'shop_event', 'secret' => 's3cret-1', 'event_id' => 'data.id', 'priority' => 3 ) );
asq_register_webhook( 'open', array( 'hook' => 'open_event', 'signature' => 'none', 'group' => '', 'max_size' => 64, 'content_types' => array( 'json', 'form' ), 'route' => '/pay/v1/in.box' ) );

function shop( string $body, array $headers = array() ): string {
	return asq_deliver( 'shop', $body, $headers + array( 'X-Signature' => hash_hmac( 'sha256', $body, 's3cret-1' ) ) );
}
foreach ( array( 'asq_webhook_received', 'asq_webhook_rejected' ) as $hook ) {
	add_action( $hook, static function ( $name, $event, $more ) use ( $hook ) {
		$GLOBALS['heard'] = "$hook( $name, " . ( is_array( $event ) ? "{$event['id']}, $event[size] bytes, " . gettype( $more ) : "$event, $more" ) . ' )';
	}, 10, 3 );
}

echo shop( '{"data":{"id":"evt_1"},"n":1}' ), " $heard\n";
unset( $heard );
echo shop( '{"data":{"id":"evt_1"},"n":2}' ), ' ', (int) isset( $heard ), "\n";
asq_test_print( 'SELECT a.hook, a.status, a.args, a.priority, g.slug, COUNT(l.log_id), a.attempts FROM {actions} a JOIN {groups} g USING (group_id) JOIN {logs} l USING (action_id) GROUP BY a.action_id' );
asq_test_print( 'SELECT webhook, event_id, e.action_id = a.action_id, content_type, body, TIMESTAMPDIFF(DAY, received_gmt, expires_gmt), LENGTH(token) FROM {asq_webhook_events} e JOIN {actions} a' );
echo json_encode( asq_webhook_payload( 'shop', 'evt_1' ) ), "\n";
var_dump( asq_webhook_payload( 'shop', 'evt_2' ), asq_webhook_event( 'shops', 'evt_1' ) );
$event = asq_webhook_event( 'shop', 'evt_1' );
echo implode( ' ', array_keys( $event ) ), ' ', $event['action_status'], ' ', strtotime( $event['expires_gmt'] ) - strtotime( $event['received_gmt'] ), "\n";

echo "---- what is refused\n";
foreach ( array( 'GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'post ' ) as $method ) {
	echo $method, ' ', asq_deliver( 'shop', '', array(), $method ), " $heard\n";
}
echo asq_deliver( 'shop', '{}' ), "\n";
echo shop( '{"data":{"id":"evt_3"}' ), "\n";
echo shop( "{\"data\":{\"id\":\"\xff\"}}" ), "\n";
echo shop( '{"data":{"id":"a"},"data":{"id":"b"}}' ), "\n";
echo shop( str_repeat( '[', 200 ) . str_repeat( ']', 200 ) ), "\n";
echo shop( '' ), "\n";
foreach ( array( '{}', '{"data":{}}', '{"data":"id"}', '{"data":{"id":""}}', '{"data":{"id":null}}', '{"data":{"id":1.5}}', '{"data":{"id":[1]}}', '{"data":{"id":true}}', '{"data":{"id":"a\nb"}}', '5', '{"data":{"id":"' . str_repeat( 'x', 1001 ) . '"}}' ) as $body ) {
	echo shop( $body ), "\n";
}
echo shop( '{"data":{"id":"x"}}', array( 'Content-Type' => 'text/plain' ) ), "\n";
echo shop( '{"data":{"id":"x"}}', array( 'Content-Length' => '1048577' ) ), "\n";
echo shop( '{"data":{"id":"' . str_repeat( 'x', 1048576 ) . '"}}' ), "\n";

echo "---- what is taken\n";
foreach ( array( '{"data":{"id":12345678901234567890}}', '{"data":{"id":7}}', json_encode( array( 'data' => array( 'id' => "' OR 1=1; -- \\\"" ) ) ), '{"data":{"id":"' . str_repeat( 'é', 400 ) . '"}}', '{"data":{"id":"EVT_1"}}', '{"data":{"id":"evt_1 "}}' ) as $body ) {
	echo str_replace( str_repeat( 'é', 400 ), '400 é', shop( $body, array( 'Content-Type' => 'Application/Vnd.Shop+JSON; charset=utf-8' ) ) ), "\n";
}
echo strlen( shop( '{"data":{"id":"' . str_repeat( 'é', 400 ) . '"},"x":2}' ) ), "\n";
var_dump( asq_webhook_event( 'shop', str_repeat( 'é', 400 ) )['id'] === str_repeat( 'é', 400 ) );
asq_test_print( 'SELECT webhook, event_id FROM {asq_webhook_events} ORDER BY event_id' );

echo "---- without a signature, an id or a group\n";
function open( string $body, array $headers = array() ) {
	$answer = asq_request( 'pay/v1/in.box', $body, $headers );
	return $answer ? $answer->status . ' ' . json_encode( $answer->data['event'] ?? $answer->data['code'] ) : 'no answer';
}
echo open( '{"a":1}' ), ' ', hash( 'sha256', '{"a":1}' ), "\n";
echo open( '{"a":1}' ), "\n";
echo open( '{"a":2}' ), "\n";
echo open( 'a=1&b[]=x%00y&b[]=2', array( 'Content-Type' => 'application/x-www-form-urlencoded' ) ), "\n";
echo json_encode( asq_webhook_payload( 'open', hash( 'sha256', 'a=1&b[]=x%00y&b[]=2' ) ) ), "\n";
echo open( str_repeat( '1', 65 ) ), ' ', open( str_repeat( '1', 64 ) ), "\n";
echo json_encode( asq_request( 'pay/v1/inxbox', '{"a":1}' ) ), json_encode( asq_request( 'PAY/v1/IN.BOX', '{"a":1}' )->status ), "\n";
asq_test_print( "SELECT COUNT(*), SUM(group_id) FROM {actions} WHERE hook = 'open_event'" );

echo "---- routes\n";
echo json_encode( $asq_routes, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES ), "\n";
echo json_encode( asq_webhooks()[1], JSON_UNESCAPED_SLASHES ), "\n";
echo "---- many\n";
$events = asq_webhook_events( array( 'webhook' => 'shop', 'per_page' => 3, 'page' => 2 ) );
echo count( $events ), ' ', implode( ' ', array_keys( $events[0] ) ), "\n";
echo asq_webhook_events( array( 'return' => 'count' ) ), ' ', asq_webhook_events( array( 'return' => 'count', 'webhook' => 'open', 'action_status' => 'pending' ) ), ' ', count( asq_webhook_events( array( 'action_status' => 'complete' ) ) ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
202 evt_1 asq_webhook_received( shop, evt_1, 29 bytes, integer )
200 evt_1 again 0
shop_event | pending | ["evt_1","shop"] | 3 | webhooks | 1 | 0
shop | evt_1 | 1 | application/json | {"data":{"id":"evt_1"},"n":1} | 30 | 32
{"data":{"id":"evt_1"},"n":1}
NULL
NULL
webhook id action_id action_status received_gmt expires_gmt content_type size body pending 2592000
---- what is refused
GET 405 asq_webhook_method {"Allow":"POST"} asq_webhook_rejected( shop, 405, method )
PUT 405 asq_webhook_method {"Allow":"POST"} asq_webhook_rejected( shop, 405, method )
DELETE 405 asq_webhook_method {"Allow":"POST"} asq_webhook_rejected( shop, 405, method )
OPTIONS 405 asq_webhook_method {"Allow":"POST"} asq_webhook_rejected( shop, 405, method )
HEAD 405 asq_webhook_method {"Allow":"POST"} asq_webhook_rejected( shop, 405, method )
post  405 asq_webhook_method {"Allow":"POST"} asq_webhook_rejected( shop, 405, method )
401 asq_webhook_signature
400 asq_webhook_payload
400 asq_webhook_payload
400 asq_webhook_payload
400 asq_webhook_payload
400 asq_webhook_payload
400 asq_webhook_event_id
400 asq_webhook_event_id
400 asq_webhook_event_id
400 asq_webhook_event_id
400 asq_webhook_event_id
400 asq_webhook_event_id
400 asq_webhook_event_id
400 asq_webhook_event_id
400 asq_webhook_event_id
400 asq_webhook_event_id
400 asq_webhook_event_id
415 asq_webhook_content_type
413 asq_webhook_size
413 asq_webhook_size
---- what is taken
202 12345678901234567890
202 7
202 ' OR 1=1; -- \"
202 400 é
202 EVT_1
202 evt_1 
810
bool(true)
shop | ' OR 1=1; -- \"
shop | 12345678901234567890
shop | 7
shop | EVT_1
shop | evt_1
shop | evt_1 
shop | sha256:fc377241c748e4454a131383f00393cbfaec45de7f7b748f83fce9b865b15abd
---- without a signature, an id or a group
202 "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862" 015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862
200 "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
202 "7e8059f495589fcd981232cc11d00b00da3802c01d688fa1cf1f6bed6e5bb33c"
202 "c7b995c5d7eeb63fb70cdcffbbf61b87a3cb3dc2d63f65940c82c2ea8256d286"
{"a":"1","b":["x\u0000y","2"]}
413 "asq_webhook_size" 202 "3138bb9bc78df27c473ecfd1410f7bd45ebac1f59cf3ff9cfe4db77aab7aedd3"
null200
4 | 0
---- routes
{
    "asq/v1/webhooks/shop": {
        "methods": "POST",
        "callback": "Asq\\Native\\webhook_receive",
        "permission_callback": "__return_true",
        "show_in_index": false
    },
    "pay/v1/in\\.box": {
        "methods": "POST",
        "callback": "Asq\\Native\\webhook_receive",
        "permission_callback": "__return_true",
        "show_in_index": false
    }
}
{"name":"open","route":"pay/v1/in.box","hook":"open_event","group":"","priority":10,"signature":"none","header":"","max_size":64,"keep":2592000}
---- many
3 webhook id action_id action_status received_gmt expires_gmt content_type size
11 4 0
