--TEST--
Signatures of webhooks: each scheme takes what its sender signs, and nothing else
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/webhook.inc';
asq_webhook_boot();

function hook( string $name, $signature, $secret, array $more = array() ): void {
	asq_register_webhook( $name, array( 'hook' => 'h', 'signature' => $signature, 'secret' => $secret ) + $more );
}

echo "---- known ones: what is signed right comes as far as its JSON, which it has not\n";
hook( 'gh', 'github', "It's a Secret to Everybody" );
echo asq_deliver( 'gh', 'Hello, World!', array( 'X-Hub-Signature-256' => 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' ) ), "\n";
echo asq_deliver( 'gh', 'Hello, World?', array( 'X-Hub-Signature-256' => 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' ) ), "\n";
$vectors = array(
	'sha1'   => 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
	'sha256' => '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
	'sha512' => '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
);
foreach ( $vectors as $algorithm => $digest ) {
	hook( "rfc-$algorithm", array( 'algorithm' => $algorithm ), 'Jefe' );
	hook( "rfc-$algorithm-64", array( 'algorithm' => $algorithm, 'encoding' => 'base64', 'header' => 'X-Sum', 'prefix' => '' ), 'Jefe' );
	$body = 'what do ya want for nothing?';
	foreach ( array( $digest, strtoupper( $digest ), "$algorithm=$digest", "md5=$digest", substr( $digest, 0, -1 ), "$digest ", "{$digest}0", "0$digest", '', "\0" ) as $given ) {
		echo asq_deliver( "rfc-$algorithm", $body, array( 'X-Signature' => $given ) )[2], ' ';
	}
	$base64 = base64_encode( hex2bin( $digest ) );
	foreach ( array( $base64, "$algorithm=$base64", strtolower( $base64 ), rtrim( $base64, '=' ), "$base64=", $digest ) as $given ) {
		echo asq_deliver( "rfc-$algorithm-64", $body, array( 'X-Sum' => $given ) )[2], ' ';
	}
	echo "\n";
}

echo "---- every bit counts\n";
$right = 0;
foreach ( str_split( $vectors['sha256'] ) as $i => $digit ) {
	foreach ( array( 1, 2, 4, 8 ) as $bit ) {
		$given     = $vectors['sha256'];
		$given[$i] = dechex( hexdec( $digit ) ^ $bit );
		$right    += '401 asq_webhook_signature' !== asq_deliver( 'rfc-sha256', 'what do ya want for nothing?', array( 'X-Signature' => $given ) );
	}
}
echo "$right\n";

echo "---- several secrets\n";
hook( 'turn', 'hmac-sha256', array( 'old', 'the new one' ) );
foreach ( array( 'old', 'the new one', 'newer', '' ) as $i => $secret ) {
	echo asq_deliver( 'turn', "[$i]", array( 'X-Signature' => 'sha256=' . hash_hmac( 'sha256', "[$i]", $secret ) ) )[0], ' ';
}
foreach ( array( 'a', array( 'a', 'b' ), array( 'a', '' ), array( 'a', null ), '', null, false, array(), 5, array( array( 'a' ) ), new stdClass() ) as $i => $given ) {
	hook( "later-$i", 'hmac-sha256', static function () use ( $given ) {
		return $given;
	} );
	echo asq_deliver( "later-$i", '[]', array( 'X-Signature' => hash_hmac( 'sha256', '[]', 'a' ) ) ), asq_deliver( "later-$i", '[]', array( 'X-Signature' => hash_hmac( 'sha256', '[]', '' ) ) )[0] === '2' ? ' TAKEN' : '', "\n";
}

echo "---- stripe\n";
function stripe( string $parts, string $body ) {
	return asq_deliver( 'stripe', $body, array( 'Stripe-Signature' => $parts ) );
}
hook( 'stripe', 'stripe', array( 'whsec_1', 'whsec_2_of_16_bytes' ), array( 'tolerance' => 100 ) );
$n    = 0;
$now  = time();
$next = static function () use ( &$n ) {
	return '{"id":"evt_' . ++$n . '"}';
};
$sign = static function ( $time, $body, $secret = 'whsec_1' ) {
	return hash_hmac( 'sha256', "$time.$body", $secret );
};
echo stripe( "t=$now,v1=" . $sign( $now, $b = $next() ), $b ), "\n";
echo stripe( "t=$now,v1=" . $sign( $now, $b = $next(), 'whsec_2_of_16_bytes' ), $b ), "\n";
echo stripe( "t=$now,v1=" . $sign( $now, $b = $next(), 'whsec_3' ), $b ), "\n";
echo stripe( "t=$now,v0=x,v1=" . str_repeat( '0', 64 ) . ',v1=' . strtoupper( $sign( $now, $b = $next() ) ) . ',v2=y,', $b ), "\n";
echo stripe( ' v1=' . $sign( $now, $b = $next() ) . " , t=$now ", $b ), "\n";
foreach ( array( -90, 90, -130, 130, -1000000000 ) as $off ) {
	echo $off, ' ', stripe( 't=' . ( $now + $off ) . ',v1=' . $sign( $now + $off, $b = $next() ), $b ), "\n";
}
$b = $next();
$s = $sign( $now, $b );
foreach ( array( '', 't', "t=$now", "v1=$s", "t=$now,v1", "t=$now,v1=", "t=$now,v0=$s", "t=$now,t=$now,v1=$s", "t= $now,v1=$s", "t=$now;v1=$s", "T=$now,V1=$s", "t={$now}x,v1=$s", "t=-$now,v1=$s", "t=" . ( $now - 1 ) . ",v1=$s", "t=9999999999999999,v1=$s", ',,,', '=', "t=$now,v1=" . substr( $s, 1 ), "t=$now" . str_repeat( ',v1=' . str_repeat( '0', 64 ), 40 ) . ",v1=$s", str_repeat( ',', 8200 ) . "t=$now,v1=$s" ) as $header ) {
	echo stripe( $header, $b )[0], ' ';
}
echo stripe( "t=$now,v1=$s", $b . ' ' )[0], ' ', stripe( "t=$now,v1=$s", $b )[0], "\n";
foreach ( array( "t=$now.,v1=" . hash_hmac( 'sha256', "$now..$b", 'whsec_1' ), "t=,v1=" . hash_hmac( 'sha256', ".$b", 'whsec_1' ), "t=0x10,v1=" . $sign( '0x10', $b ), "t=1e9,v1=" . $sign( '1e9', $b ) ) as $header ) {
	echo stripe( $header, $b ), "\n";
}

echo "---- github and woocommerce\n";
hook( 'github', 'github', 's' );
$sum = hash_hmac( 'sha256', '{"zen":1}', 's' );
echo asq_deliver( 'github', '{"zen":1}', array( 'X-Hub-Signature-256' => "sha256=$sum", 'X-GitHub-Delivery' => '72d3162e-cc78-11e3-81ab-4c9367dc0958' ) ), "\n";
echo asq_deliver( 'github', '{"zen":1}', array( 'X-Hub-Signature-256' => "sha256=$sum" ) ), "\n";
echo asq_deliver( 'github', '{"zen":1}', array( 'X-Hub-Signature-256' => $sum, 'X-GitHub-Delivery' => 'a' ) ), "\n";
echo asq_deliver( 'github', '{"zen":1}', array( 'X-Signature' => "sha256=$sum", 'X-GitHub-Delivery' => 'a' ) ), "\n";
hook( 'wc', 'woocommerce', 's' );
$sum = base64_encode( hash_hmac( 'sha256', '{"id":5}', 's', true ) );
echo asq_deliver( 'wc', '{"id":5}', array( 'X-WC-Webhook-Signature' => $sum, 'X-WC-Webhook-Delivery-ID' => 'd1' ) ), "\n";
echo asq_deliver( 'wc', '{"id":5}', array( 'X-WC-Webhook-Signature' => "$sum ", 'X-WC-Webhook-Delivery-ID' => 'd2' ) ), "\n";
foreach ( array( 'webhook_id=7', 'webhook_id=', 'webhook_id=7&a=1', "webhook_id=7\0", 'webhook_id=99999999999999999999' ) as $ping ) {
	echo asq_deliver( 'wc', $ping, array( 'Content-Type' => 'application/x-www-form-urlencoded' ) ), ' ', asq_deliver( 'github', $ping )[0], "\n";
}

echo "---- a timestamp in a header of its own\n";
hook( 'slack', array( 'header' => 'X-Slack-Signature', 'prefix' => 'v0=', 'timestamp_header' => 'X-Slack-Request-Timestamp', 'payload' => 'v0:{timestamp}:{body}' ), 'k' );
$slack = static function ( $time, $signed, $body = '["{body}{timestamp}"]' ) {
	return asq_deliver( 'slack', $body, array( 'X-Slack-Request-Timestamp' => null === $time ? null : "$time", 'X-Slack-Signature' => 'v0=' . hash_hmac( 'sha256', "v0:$signed:$body", 'k' ) ) );
};
echo strlen( $slack( $now, $now ) ), ' ', $slack( $now, $now - 1 ), ' ', $slack( $now - 400, $now - 400 ), ' ', $slack( "$now ", "$now " ), ' ', $slack( null, '' ), "\n";

echo "---- a callable\n";
foreach ( array( true, 1, 'yes', null, new stdClass(), array( 1 ), false ) as $i => $verdict ) {
	hook( "ask-$i", static function ( string $body, WP_REST_Request $request, array $secrets ) use ( $verdict ) {
		echo $request->get_header( 'X-Mine' ), strlen( $body ), implode( ',', $secrets ), ' ';
		return $verdict;
	}, $i ? array( 's', 't', 'u' ) : null );
	echo substr( asq_deliver( "ask-$i", "[$i]", array( 'X-Mine' => 'm' ) ), 0, 25 ), "\n";
}
asq_test_print( 'SELECT COUNT(*), COUNT(DISTINCT action_id) FROM {asq_webhook_events}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
---- known ones: what is signed right comes as far as its JSON, which it has not
400 asq_webhook_payload
401 asq_webhook_signature
0 0 0 1 1 1 1 1 1 1 0 1 1 1 1 1 
0 0 0 1 1 1 1 1 1 1 0 1 1 1 1 1 
0 0 0 1 1 1 1 1 1 1 0 1 1 1 1 1 
---- every bit counts
0
---- several secrets
2 2 4 4 202 4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945
202 4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945
503 asq_webhook_not_configured {"Retry-After":"30"}
503 asq_webhook_not_configured {"Retry-After":"30"}
503 asq_webhook_not_configured {"Retry-After":"30"}
503 asq_webhook_not_configured {"Retry-After":"30"}
503 asq_webhook_not_configured {"Retry-After":"30"}
503 asq_webhook_not_configured {"Retry-After":"30"}
503 asq_webhook_not_configured {"Retry-After":"30"}
503 asq_webhook_not_configured {"Retry-After":"30"}
503 asq_webhook_not_configured {"Retry-After":"30"}
---- stripe
202 evt_1
202 evt_2
401 asq_webhook_signature
202 evt_4
202 evt_5
-90 202 evt_6
90 202 evt_7
-130 401 asq_webhook_stale
130 401 asq_webhook_stale
-1000000000 401 asq_webhook_stale
4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 2
401 asq_webhook_signature
401 asq_webhook_signature
401 asq_webhook_signature
401 asq_webhook_signature
---- github and woocommerce
202 72d3162e-cc78-11e3-81ab-4c9367dc0958
400 asq_webhook_event_id
401 asq_webhook_signature
401 asq_webhook_signature
202 d1
401 asq_webhook_signature
200 {"ping":true} 4
401 asq_webhook_signature 4
401 asq_webhook_signature 4
401 asq_webhook_signature 4
401 asq_webhook_signature 4
---- a timestamp in a header of its own
68 401 asq_webhook_signature 401 asq_webhook_stale 401 asq_webhook_signature 401 asq_webhook_signature
---- a callable
m3 202 d0bca111f8628137adc4c
m3s,t,u 401 asq_webhook_signature
m3s,t,u 401 asq_webhook_signature
m3s,t,u 401 asq_webhook_signature
m3s,t,u 401 asq_webhook_signature
m3s,t,u 401 asq_webhook_signature
m3s,t,u 401 asq_webhook_signature
15 | 15
