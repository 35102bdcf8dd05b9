--TEST--
Webhooks by chance: options, headers, bodies of any kind; what is not signed right is never stored, and what is is stored once
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/webhook.inc';
asq_webhook_boot();

mt_srand( 20261122 );
function random( int $length ): string {
	$bytes = '';
	while ( $length-- > 0 ) {
		$bytes .= chr( mt_rand( 0, 255 ) );
	}
	return $bytes;
}
function any( int $depth = 0 ) {
	switch ( mt_rand( 0, $depth > 2 ? 6 : 8 ) ) {
		case 0:
			return array( null, true, false )[ mt_rand( 0, 2 ) ];
		case 1:
			return mt_rand() - mt_rand();
		case 2:
			return mt_rand() / 7 * ( mt_rand( 0, 1 ) ? NAN : -1e30 );
		case 3:
			return random( mt_rand( 0, 40 ) );
		case 4:
			return array( 'h', 'stripe', 'github', 'none', 'hmac-sha256', 'a/b', 'header:X', 'id', 'json', "' OR 1=1; --", '%s%n', "\0", 'time', '{body}', '../..' )[ mt_rand( 0, 14 ) ];
		case 5:
			return static fn() => any();
		case 6:
			return (object) array( 'a' => 1 );
		default:
			$values = array();
			for ( $i = mt_rand( 0, 4 ); $i; $i-- ) {
				$key            = array( $i, random( 3 ), 'header', 'algorithm', 'payload', 'prefix' )[ mt_rand( 0, 5 ) ];
				$values[ $key ] = any( $depth + 1 );
			}
			return $values;
	}
}

/* Options: an error that is promised, or a webhook that answers. */
$taken = $refused = $odd = 0;
$names = array( 'hook', 'group', 'priority', 'route', 'secret', 'signature', 'tolerance', 'event_id', 'args', 'max_size', 'keep', 'content_types' );
ini_set( 'error_log', $log = tempnam( sys_get_temp_dir(), 'asq' ) );
for ( $i = 0; $i < 3000; $i++ ) {
	$options = array( 'hook' => 'fuzz_any', 'secret' => 's' );
	for ( $n = mt_rand( 1, 3 ); $n; $n-- ) {
		$options[ mt_rand( 0, 30 ) ? $names[ mt_rand( 0, 11 ) ] : random( 3 ) ] = any();
	}
	$name = mt_rand( 0, 20 ) ? 'any' : random( mt_rand( 0, 5 ) );
	try {
		asq_register_webhook( $name, $options );
		$taken++;
	} catch ( ValueError $e ) {
		$refused++;
		continue;
	}
	$route  = array_column( asq_webhooks(), 'route', 'name' )[ $name ];
	$answer = asq_request( $route, '{"id":1}', array( 'X-Signature' => hash_hmac( 'sha256', '{"id":1}', 's' ) ) );
	$odd   += ! $answer instanceof WP_REST_Response || ! in_array( $answer->status, array( 200, 202, 400, 401, 413, 415, 500, 503 ), true );
}
echo $taken > 100 && $refused > 500 ? 'some taken, many refused' : "$taken taken, $refused refused", ", $odd odd\n";
unlink( $log );

/* Headers: each parser gets pieces of what is right, in any order. */
asq_test_query( 'DELETE FROM {asq_webhook_events}' );
asq_register_webhook( 'hmac', array( 'hook' => 'f', 'secret' => array( 'one', 'two', 'three' ) ) );
asq_register_webhook( 'stripe', array( 'hook' => 'f', 'secret' => 'one', 'signature' => 'stripe' ) );
asq_register_webhook( 'github', array( 'hook' => 'f', 'secret' => 'one', 'signature' => 'github', 'event_id' => 'id' ) );
asq_register_webhook( 'woo', array( 'hook' => 'f', 'secret' => 'one', 'signature' => 'woocommerce', 'event_id' => 'id' ) );
asq_register_webhook( 'slack', array( 'hook' => 'f', 'secret' => 'one', 'signature' => array( 'header' => 'X-S', 'prefix' => 'v0=', 'timestamp_header' => 'X-T', 'payload' => 'v0:{timestamp}:{body}' ) ) );
$headers = array( 'hmac' => 'X-Signature', 'stripe' => 'Stripe-Signature', 'github' => 'X-Hub-Signature-256', 'woo' => 'X-WC-Webhook-Signature', 'slack' => 'X-S' );
$body    = '{"id":"never"}';
$now     = (string) time();
$right   = array( hash_hmac( 'sha256', $body, 'one' ), hash_hmac( 'sha256', "$now.$body", 'one' ), base64_encode( hash_hmac( 'sha256', $body, 'one', true ) ), hash_hmac( 'sha256', "v0:$now:$body", 'one' ) );
$pieces  = array_merge( $right, array( 'sha256=', 'sha1=', 'v0=', 'v1=', 't=', $now, ',', '=', ' ', "\0", "\r\n", str_repeat( 'a', 64 ), '', str_repeat( ',v1=', 50 ), str_repeat( 'x', 9000 ) ) );
/* The only ones that are right, but for the blanks that Stripe's may have. */
$may = array(
	'hmac'   => '/^(sha256=)?' . $right[0] . '$/D',
	'stripe' => "/^(?=(.*,)? *t=$now *(,|$))(?=(.*,)? *v1=$right[1] *(,|$))/Ds",
	'github' => "/^sha256=$right[0]\$/D",
	'woo'    => '/^' . preg_quote( $right[2], '/' ) . '$/D',
	'slack'  => "/^v0=$right[3]\$/D",
);
$statuses = array();
$wrong    = $goods = 0;
for ( $i = 0; $i < 12000; $i++ ) {
	$name   = array_keys( $headers )[ $i % 5 ];
	$header = '';
	for ( $n = mt_rand( 0, 4 ); $n; $n-- ) {
		$header .= mt_rand( 0, 30 ) ? $pieces[ mt_rand( 0, count( $pieces ) - 1 ) ] : random( mt_rand( 0, 9 ) );
	}
	$answer = asq_request( "asq/v1/webhooks/$name", $body, array( $headers[ $name ] => $header, 'X-T' => mt_rand( 0, 3 ) ? $now : $pieces[ mt_rand( 0, 18 ) ] ) );
	$good   = $answer->status < 300;
	$match  = (bool) preg_match( $may[ $name ], $header );
	$wrong += $good && ! $match || ! $good && $match && in_array( $name, array( 'hmac', 'github', 'woo' ), true );
	$goods += $good;
	$statuses[ $answer->status ] = ( $statuses[ $answer->status ] ?? 0 ) + 1;
}
ksort( $statuses );
echo implode( ' ', array_diff( array_keys( $statuses ), array( 200, 202 ) ) ), ', ', $goods > 50 ? 'some' : $goods, " right, $wrong that should have been answered otherwise\n";

/* Bodies: bits of JSON turned; what PHP reads and has an id is stored, nothing else, and each id once. */
asq_test_query( 'DELETE FROM {asq_webhook_events}' );
asq_test_query( "DELETE FROM {actions}" );
asq_register_webhook( 'body', array( 'hook' => 'f', 'secret' => 'one', 'event_id' => 'a.id' ) );
$seen = array();
$bad  = 0;
for ( $i = 0; $i < 3000; $i++ ) {
	$body = json_encode( array( 'a' => array( 'id' => mt_rand( 0, 3 ) ? 'e' . mt_rand( 0, 99 ) : array( 5, '', null, array(), "é\u{1F389}", 1.5, true, str_repeat( 'l', 300 ) )[ mt_rand( 0, 7 ) ] ), 'b' => array( 1, null, 'x' ) ) );
	for ( $n = mt_rand( 0, 2 ); $n; $n-- ) {
		$at          = mt_rand( 0, strlen( $body ) - 1 );
		$body[ $at ] = mt_rand( 0, 1 ) ? chr( ord( $body[ $at ] ) ^ ( 1 << mt_rand( 0, 7 ) ) ) : random( 1 );
	}
	$payload = json_decode( $body, true );
	$id      = $payload['a']['id'] ?? null;
	$id      = is_array( $payload ) && ( is_string( $id ) || is_int( $id ) ) && ! preg_match( '/[\x00-\x1f\x7f]/', $id ) ? (string) $id : '';
	$answer  = asq_request( 'asq/v1/webhooks/body', $body, array( 'X-Signature' => hash_hmac( 'sha256', $body, 'one' ) ) );
	/* A name twice is refused here, and read by PHP. */
	$twice = 400 === $answer->status && false !== strpos( $answer->data['message'], 'twice' );
	$want  = '' === $id ? 400 : ( isset( $seen[ $id ] ) ? 200 : 202 );
	if ( $answer->status !== $want && ! $twice ) {
		$bad++;
	} elseif ( $want < 300 && ! $twice ) {
		$bad        += ( $seen[ $id ] ?? $answer->data['id'] ) !== $answer->data['id'];
		$seen[ $id ] = $answer->data['id'];
	}
}
echo count( $seen ) > 90 ? 'many' : count( $seen ), " events, $bad wrong\n";
$rows = asq_test_query( 'SELECT COUNT(*) AS n, COUNT(DISTINCT action_id) AS actions FROM {asq_webhook_events}' )[0];
var_dump( (int) $rows['n'] === count( $seen ), $rows['n'] === $rows['actions'], (int) asq_test_query( "SELECT COUNT(*) AS n FROM {actions}" )[0]['n'] === count( $seen ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
some taken, many refused, 0 odd
401, some right, 0 that should have been answered otherwise
many events, 0 wrong
bool(true)
bool(true)
bool(true)
