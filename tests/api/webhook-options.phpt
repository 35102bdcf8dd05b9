--TEST--
asq_register_webhook() refuses what makes no sense, and says what would
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/webhook.inc';
asq_webhook_boot();

class Box {
	public static function secret() {
		return 's';
	}
	public function hidden() {
		return 's';
	}
	private function closed() {}
}
$good = array( 'hook' => 'h', 'secret' => 's' );
$say  = static function ( $name, array $options ) {
	try {
		asq_register_webhook( $name, $options );
		return 'taken';
	} catch ( Throwable $e ) {
		return get_class( $e ) . str_replace( array( 'asq_register_webhook(): Argument #2 ($options) must have', 'asq_register_webhook(): ' ), '', ': ' . $e->getMessage() );
	}
};
echo "---- names\n";
foreach ( array( 'a', 'A-b_c.9', str_repeat( 'n', 100 ), '', str_repeat( 'n', 101 ), 'a b', 'a/b', "a\0", 'é', '(?P<x>.*)', '..' ) as $name ) {
	echo substr( addcslashes( $name, "\0" ), 0, 12 ), ' ', $say( $name, $good ), "\n";
}
$cases = array(
	'what is missing'  => array( array(), array( 'hook' => 'h' ), array( 'hook' => 'h', 'secret' => null ), array( 'secret' => 's' ) ),
	'hooks and groups' => array_map( static fn( $hook ) => array( 'hook' => $hook ) + $good, array( '', 5, array(), "\xff", "a\0b", str_repeat( 'h', 192 ), 'é 🎉' ) ),
	'groups'           => array_map( static fn( $group ) => array( 'group' => $group ) + $good, array( 5, "\xff", str_repeat( 'g', 192 ), '' ) ),
	'priorities'       => array_map( static fn( $n ) => array( 'priority' => $n ) + $good, array( -1, 256, '10', 1.5, true, 0, 255 ) ),
	'other numbers'    => array( array( 'tolerance' => 0 ) + $good, array( 'tolerance' => 86401 ) + $good, array( 'max_size' => 0 ) + $good, array( 'max_size' => PHP_INT_MAX ) + $good, array( 'keep' => 0 ) + $good, array( 'keep' => 'x' ) + $good ),
	'routes'           => array_map( static fn( $route ) => array( 'route' => $route ) + $good, array( '', '/', 'a', 'a/', '/a//b', 'a b/c', 'a/(?P<x>.*)', "a/b\0", 'a/../b', 'a/.b', 'é/b', 5, array(), 'wp/v2/posts', 'WP/v2', '/batch/v1', str_repeat( 'a', 199 ) . '/b', 'a/b', '/a/b/c.d', 'asq/v1/webhooks/A' ) ),
	'secrets'          => array_map( static fn( $secret ) => array( 'secret' => $secret ) + $good, array( '', 0, 5, true, 1.5, array(), array( '' ), array( 's', '' ), array( 's', null ), array( 5 ), new stdClass(), array( 'Box', 'nothing' ), array( 'Box', 'closed' ), array( new Box(), 'closed' ), array_fill( 0, 101, 's' ), array( 'a' => 's' ), array( 'Box', 'secret' ), array( new Box(), 'hidden' ), 'time', 'Box::secret', static fn() => 's' ) ),
	'signatures'       => array_map( static fn( $signature ) => array( 'signature' => $signature ) + $good, array( '', 'hmac', 'Stripe', 'time', 'none', 5, true, new stdClass(), array( 'Box', 'nothing' ), array( 5 ), array(), 'stripe', 'github', 'woocommerce', array( 'Box', 'secret' ), static fn() => true ) ),
	'parts of them'    => array_map(
		static fn( $signature ) => array( 'signature' => $signature ) + $good,
		array(
			array( 'headers' => 'X' ), array( 'header' => '' ), array( 'header' => 'X Y' ), array( 'header' => "X\r\nY" ), array( 'header' => 5 ), array( 'algorithm' => 'md5' ), array( 'algorithm' => 'SHA256' ), array( 'algorithm' => 5 ), array( 'encoding' => 'base32' ),
			array( 'prefix' => 5 ), array( 'prefix' => str_repeat( 'x', 101 ) ), array( 'payload' => '' ), array( 'payload' => '{timestamp}.{body}' ), array( 'payload' => '{body}{body}' ), array( 'payload' => 'x' ), array( 'timestamp_header' => 'X-Time', 'payload' => '{body}' ),
			array( 'timestamp_header' => 'X-Time', 'payload' => '{timestamp}{timestamp}{body}' ), array( 'timestamp_header' => ':' ), array( 'header' => 'X-Sum', 'algorithm' => 'sha512', 'encoding' => 'base64', 'prefix' => 'v0=', 'timestamp_header' => 'X-Time', 'payload' => 'v0:{timestamp}:{body}' ),
		)
	),
	'none'             => array( array( 'hook' => 'h', 'signature' => 'none' ), array( 'hook' => 'h', 'signature' => 'none', 'secret' => '' ), array( 'hook' => 'h', 'signature' => static fn() => true ) ),
	'ids'              => array_map( static fn( $id ) => array( 'event_id' => $id ) + $good, array( '', '.', 'a.', '.a', 'a..b', "a\0", "\xff", 'header:', 'header:X Y', 'header: X', 5, array( 'Box', 'nothing' ), 'time', 'a.0.b', 'header:X-Id', static fn() => 1 ) ),
	'args'             => array_map( static fn( $args ) => array( 'args' => $args ) + $good, array( 'nobody', 5, array( 'a' ), 'array_values', array( 'Box', 'secret' ) ) ),
	'content types'    => array_map( static fn( $types ) => array( 'content_types' => $types ) + $good, array( 'json', array(), array( 'xml' ), array( 'json', 5 ), array( 'JSON' ), array( 'form' ), array( 'json', 'form' ) ) ),
	'others'           => array( array( 'url' => 'x' ) + $good, array( 5 ) + $good, array( 'Secret' => 's' ) + $good ),
);
foreach ( $cases as $what => $list ) {
	echo "---- $what\n";
	foreach ( $list as $options ) {
		echo $say( 'x', $options ), "\n";
	}
}
echo "---- two of a route\n";
echo $say( 'one', array( 'route' => 'shop/v1/hook' ) + $good ), ' ', $say( 'two', array( 'route' => '/Shop/V1/Hook' ) + $good ), "\n";
echo $say( 'one', array( 'route' => 'shop/v1/other' ) + $good ), ' ', $say( 'two', array( 'route' => '/Shop/V1/Hook' ) + $good ), "\n";
echo "---- of events\n";
foreach ( array( array( 'x' => 1 ), array( 'webhook' => '' ), array( 'webhook' => 5 ), array( 'action_status' => "\xff" ), array( 'page' => 0 ), array( 'per_page' => -1 ), array( 'return' => 'ids' ), array( 'webhook' => "' OR 1=1; -- ", 'action_status' => "' OR 1=1; -- " ) ) as $query ) {
	try {
		echo json_encode( asq_webhook_events( $query ) ), "\n";
	} catch ( Throwable $e ) {
		echo get_class( $e ), ': ', $e->getMessage(), "\n";
	}
}
foreach ( array( array( 'x' => 1 ), array( 'webhook' => '' ), array( 'older_than' => -1 ), array( 'limit' => '1' ), array() ) as $options ) {
	try {
		echo asq_webhook_purge( $options ), "\n";
	} catch ( Throwable $e ) {
		echo get_class( $e ), ': ', $e->getMessage(), "\n";
	}
}
var_dump( asq_webhook_event( "' OR 1=1; -- ", "\0\xff" ), asq_webhook_payload( '', '' ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
---- names
a taken
A-b_c.9 taken
nnnnnnnnnnnn taken
 ValueError: Argument #1 ($name) must be 1 to 100 letters, digits, "-", "_" and ".", which it must not begin with
nnnnnnnnnnnn ValueError: Argument #1 ($name) must be 1 to 100 letters, digits, "-", "_" and ".", which it must not begin with
a b ValueError: Argument #1 ($name) must be 1 to 100 letters, digits, "-", "_" and ".", which it must not begin with
a/b ValueError: Argument #1 ($name) must be 1 to 100 letters, digits, "-", "_" and ".", which it must not begin with
a\000 ValueError: Argument #1 ($name) must be 1 to 100 letters, digits, "-", "_" and ".", which it must not begin with
é ValueError: Argument #1 ($name) must be 1 to 100 letters, digits, "-", "_" and ".", which it must not begin with
(?P<x>.*) ValueError: Argument #1 ($name) must be 1 to 100 letters, digits, "-", "_" and ".", which it must not begin with
.. ValueError: Argument #1 ($name) must be 1 to 100 letters, digits, "-", "_" and ".", which it must not begin with
---- what is missing
ValueError:  the name of the action's hook, of 1 to 191 bytes of UTF-8, as "hook"
ValueError:  a string, a list of strings or a callable as "secret" (or "none" as "signature", if anybody may send)
ValueError:  a string, a list of strings or a callable as "secret" (or "none" as "signature", if anybody may send)
ValueError:  the name of the action's hook, of 1 to 191 bytes of UTF-8, as "hook"
---- hooks and groups
ValueError:  the name of the action's hook, of 1 to 191 bytes of UTF-8, as "hook"
ValueError:  the name of the action's hook, of 1 to 191 bytes of UTF-8, as "hook"
ValueError:  the name of the action's hook, of 1 to 191 bytes of UTF-8, as "hook"
ValueError:  the name of the action's hook, of 1 to 191 bytes of UTF-8, as "hook"
ValueError:  the name of the action's hook, of 1 to 191 bytes of UTF-8, as "hook"
ValueError:  the name of the action's hook, of 1 to 191 bytes of UTF-8, as "hook"
taken
---- groups
ValueError:  the name of a group, of at most 191 bytes of UTF-8, as "group"
ValueError:  the name of a group, of at most 191 bytes of UTF-8, as "group"
ValueError:  the name of a group, of at most 191 bytes of UTF-8, as "group"
taken
---- priorities
ValueError:  a whole number from 0 to 255 as "priority"
ValueError:  a whole number from 0 to 255 as "priority"
ValueError:  a whole number from 0 to 255 as "priority"
ValueError:  a whole number from 0 to 255 as "priority"
ValueError:  a whole number from 0 to 255 as "priority"
taken
taken
---- other numbers
ValueError:  a whole number from 1 to 86400 as "tolerance"
ValueError:  a whole number from 1 to 86400 as "tolerance"
ValueError:  a whole number from 1 to 67108864 as "max_size"
ValueError:  a whole number from 1 to 67108864 as "max_size"
ValueError:  a whole number from 1 to 315360000 as "keep"
ValueError:  a whole number from 1 to 315360000 as "keep"
---- routes
ValueError:  a namespace and a path, such as "shop/v1/payments", as "route": at most 200 letters, digits, "-", "_", "." and "/"
ValueError:  a namespace and a path, such as "shop/v1/payments", as "route": at most 200 letters, digits, "-", "_", "." and "/"
ValueError:  a namespace and a path, such as "shop/v1/payments", as "route": at most 200 letters, digits, "-", "_", "." and "/"
ValueError:  a namespace and a path, such as "shop/v1/payments", as "route": at most 200 letters, digits, "-", "_", "." and "/"
ValueError:  a namespace and a path, such as "shop/v1/payments", as "route": at most 200 letters, digits, "-", "_", "." and "/"
ValueError:  a namespace and a path, such as "shop/v1/payments", as "route": at most 200 letters, digits, "-", "_", "." and "/"
ValueError:  a namespace and a path, such as "shop/v1/payments", as "route": at most 200 letters, digits, "-", "_", "." and "/"
ValueError:  a namespace and a path, such as "shop/v1/payments", as "route": at most 200 letters, digits, "-", "_", "." and "/"
ValueError:  a namespace and a path, such as "shop/v1/payments", as "route": at most 200 letters, digits, "-", "_", "." and "/"
ValueError:  a namespace and a path, such as "shop/v1/payments", as "route": at most 200 letters, digits, "-", "_", "." and "/"
ValueError:  a namespace and a path, such as "shop/v1/payments", as "route": at most 200 letters, digits, "-", "_", "." and "/"
ValueError:  a namespace and a path, such as "shop/v1/payments", as "route": at most 200 letters, digits, "-", "_", "." and "/"
ValueError:  a namespace and a path, such as "shop/v1/payments", as "route": at most 200 letters, digits, "-", "_", "." and "/"
ValueError:  another namespace in its "route" than WordPress's own
ValueError:  another namespace in its "route" than WordPress's own
ValueError:  another namespace in its "route" than WordPress's own
ValueError:  a namespace and a path, such as "shop/v1/payments", as "route": at most 200 letters, digits, "-", "_", "." and "/"
taken
taken
ValueError:  another "route" than the webhook "a"
---- secrets
ValueError:  a string that is not empty, a list of such strings or a callable as "secret"
ValueError:  a string that is not empty, a list of such strings or a callable as "secret"
ValueError:  a string that is not empty, a list of such strings or a callable as "secret"
ValueError:  a string that is not empty, a list of such strings or a callable as "secret"
ValueError:  a string that is not empty, a list of such strings or a callable as "secret"
ValueError:  1 to 100 secrets, or a callable that can be called, as "secret"
ValueError:  strings that are not empty in "secret"
ValueError:  strings that are not empty in "secret"
ValueError:  strings that are not empty in "secret"
ValueError:  strings that are not empty in "secret"
ValueError:  a string that is not empty, a list of such strings or a callable as "secret"
ValueError:  1 to 100 secrets, or a callable that can be called, as "secret"
ValueError:  1 to 100 secrets, or a callable that can be called, as "secret"
ValueError:  strings that are not empty in "secret"
ValueError:  1 to 100 secrets, or a callable that can be called, as "secret"
taken
taken
taken
taken
taken
taken
---- signatures
ValueError:  "hmac-sha256", "stripe", "github", "woocommerce", "none", an array or a callable that is no name as "signature"
ValueError:  "hmac-sha256", "stripe", "github", "woocommerce", "none", an array or a callable that is no name as "signature"
ValueError:  "hmac-sha256", "stripe", "github", "woocommerce", "none", an array or a callable that is no name as "signature"
ValueError:  "hmac-sha256", "stripe", "github", "woocommerce", "none", an array or a callable that is no name as "signature"
ValueError:  no "secret" if its "signature" is "none": it would not be looked at
ValueError:  the name of a scheme, an array that describes one, or a callable as "signature"
ValueError:  the name of a scheme, an array that describes one, or a callable as "signature"
ValueError:  the name of a scheme, an array that describes one, or a callable as "signature"
ValueError:  the name of a scheme, an array that describes one, or a callable as "signature"
ValueError:  the name of a scheme, an array that describes one, or a callable as "signature"
taken
taken
taken
taken
taken
taken
---- parts of them
ValueError:  no key "headers" in "signature"; allowed are header, algorithm, encoding, prefix, timestamp_header, payload
ValueError:  a header's name as "header" of "signature"
ValueError:  a header's name as "header" of "signature"
ValueError:  a header's name as "header" of "signature"
ValueError:  a header's name as "header" of "signature"
ValueError:  "sha1", "sha256" or "sha512" as "algorithm" of "signature"
ValueError:  "sha1", "sha256" or "sha512" as "algorithm" of "signature"
ValueError:  "sha1", "sha256" or "sha512" as "algorithm" of "signature"
ValueError:  "hex" or "base64" as "encoding" of "signature"
ValueError:  text of at most 100 bytes as "prefix" of "signature"
ValueError:  text of at most 100 bytes as "prefix" of "signature"
ValueError:  text with {body} once, and with {timestamp} once if there is a "timestamp_header" (and not otherwise), as "payload" of "signature"
ValueError:  text with {body} once, and with {timestamp} once if there is a "timestamp_header" (and not otherwise), as "payload" of "signature"
ValueError:  text with {body} once, and with {timestamp} once if there is a "timestamp_header" (and not otherwise), as "payload" of "signature"
ValueError:  text with {body} once, and with {timestamp} once if there is a "timestamp_header" (and not otherwise), as "payload" of "signature"
ValueError:  text with {body} once, and with {timestamp} once if there is a "timestamp_header" (and not otherwise), as "payload" of "signature"
ValueError:  text with {body} once, and with {timestamp} once if there is a "timestamp_header" (and not otherwise), as "payload" of "signature"
ValueError:  a header's name as "timestamp_header" of "signature"
taken
---- none
taken
ValueError:  no "secret" if its "signature" is "none": it would not be looked at
taken
---- ids
ValueError:  a path in the payload ("data.object.id"), a header ("header:X-Event-Id") or a callable that is no name as "event_id"
ValueError:  a path in the payload ("data.object.id"), a header ("header:X-Event-Id") or a callable that is no name as "event_id"
ValueError:  a path in the payload ("data.object.id"), a header ("header:X-Event-Id") or a callable that is no name as "event_id"
ValueError:  a path in the payload ("data.object.id"), a header ("header:X-Event-Id") or a callable that is no name as "event_id"
ValueError:  a path in the payload ("data.object.id"), a header ("header:X-Event-Id") or a callable that is no name as "event_id"
ValueError:  a path in the payload ("data.object.id"), a header ("header:X-Event-Id") or a callable that is no name as "event_id"
ValueError:  a path in the payload ("data.object.id"), a header ("header:X-Event-Id") or a callable that is no name as "event_id"
ValueError:  a header's name behind "header:" in "event_id"
ValueError:  a header's name behind "header:" in "event_id"
ValueError:  a header's name behind "header:" in "event_id"
ValueError:  a callable as "event_id"
ValueError:  a callable as "event_id"
taken
taken
taken
taken
---- args
ValueError:  a callable as "args"
ValueError:  a callable as "args"
ValueError:  a callable as "args"
taken
taken
---- content types
ValueError:  a list of "json", "form" or both as "content_types"
ValueError:  a list of "json", "form" or both as "content_types"
ValueError:  a list of "json", "form" or both as "content_types"
ValueError:  a list of "json", "form" or both as "content_types"
ValueError:  a list of "json", "form" or both as "content_types"
taken
taken
---- others
ValueError:  no key "url"; allowed are hook, group, priority, route, secret, signature, tolerance, event_id, args, max_size, keep, content_types
ValueError:  no key that is a number; allowed are hook, group, priority, route, secret, signature, tolerance, event_id, args, max_size, keep, content_types
ValueError:  no key "Secret"; allowed are hook, group, priority, route, secret, signature, tolerance, event_id, args, max_size, keep, content_types
---- two of a route
taken ValueError:  another "route" than the webhook "one"
taken taken
---- of events
ValueError: asq_webhook_events(): Argument #1 ($query) has an unknown option "x"
ValueError: asq_webhook_events(): Argument #1 ($query) must have a string that is not empty as "webhook"
ValueError: asq_webhook_events(): Argument #1 ($query) must have a string that is not empty as "webhook"
ValueError: asq_webhook_events(): Argument #1 ($query) must have the status of an action as "action_status"
ValueError: asq_webhook_events(): Argument #1 ($query) must have 1 to 92232798040567 as "page"
ValueError: asq_webhook_events(): Argument #1 ($query) must have 0 to 100000 as "per_page"
ValueError: asq_webhook_events(): Argument #1 ($query) must have "events" or "count" as "return"
[]
ValueError: asq_webhook_purge(): Argument #1 ($options) has an unknown option "x"
ValueError: asq_webhook_purge(): Argument #1 ($options) must have a string that is not empty as "webhook"
ValueError: asq_webhook_purge(): Argument #1 ($options) must have 0 to 315360000 as "older_than"
TypeError: asq_webhook_purge(): Argument #1 ($options) must have a whole number as "limit"
0
NULL
NULL
