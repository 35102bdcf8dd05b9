--TEST--
A webhook's secret is in no message, no trace, no dump and no log
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--INI--
zend.exception_ignore_args=0
zend.exception_string_param_max_len=1000
--FILE--
<?php
require __DIR__ . '/webhook.inc';
asq_webhook_boot();

const SECRET = 'k9QzW7xV';
/** All that can be seen of an exception. */
function seen( Throwable $e ): string {
	ob_start();
	var_dump( $e );
	print_r( $e->getTrace() );
	show_arguments( $e );
	echo $e, json_encode( $e->getTrace(), JSON_PARTIAL_OUTPUT_ON_ERROR );
	return ob_get_clean();
}
function show_arguments( $e ) {
	foreach ( $e->getTrace() as $frame ) {
		var_export( $frame['args'] ?? null );
	}
}
$is = static fn( string $text ) => false === stripos( $text, SECRET ) ? 'hidden' : 'SHOWN: ' . substr( $text, max( 0, stripos( $text, SECRET ) - 200 ), 220 );

$bad = array(
	array( 'shop', array( 'secret' => SECRET ) ),
	array( 'shop', array( 'hook' => 'h', 'secrets' => SECRET ) ),
	array( 'shop', array( 'hook' => 'h', 'secret' => array( SECRET, '' ) ) ),
	array( 'shop', array( 'hook' => 'h', 'secret' => array( 'a' => array( SECRET ) ) ) ),
	array( 'shop', array( 'hook' => 'h', 'secret' => SECRET, 'signature' => 'none' ) ),
	array( 'shop', array( 'hook' => 'h', 'secret' => SECRET, 'signature' => SECRET ) ),
	array( 'shop', array( 'hook' => 'h', 'secret' => SECRET, 'priority' => SECRET ) ),
	array( 'shop', array( 'hook' => 'h', 'secret' => SECRET, 'event_id' => array( SECRET, SECRET ) ) ),
	array( '', array( 'hook' => 'h', 'secret' => SECRET ) ),
	array( array( 'hook' => 'h', 'secret' => SECRET ), 'shop' ),
	array( 'shop', SECRET ),
	array( 'shop', array( 'hook' => 'h', 'secret' => SECRET ), SECRET ),
	array( 'shop' ),
);
foreach ( $bad as $i => $args ) {
	try {
		/* Not by a function of the test's, whose own arguments would be in the trace. */
		count( $args ) > 2 ? asq_register_webhook( $args[0], $args[1], $args[2] ) : ( count( $args ) > 1 ? asq_register_webhook( $args[0], $args[1] ) : asq_register_webhook( $args[0] ) );
		echo "taken: $i\n";
	} catch ( Throwable $e ) {
		echo get_class( $e ), ' ', $is( seen( $e ) ), "\n";
	}
}
/* While it looks for a callable it may load classes: who looks at the stack there sees nothing either. */
spl_autoload_register( static function ( $class ) use ( $is ) {
	ob_start();
	debug_print_backtrace();
	var_dump( debug_backtrace() );
	$text = ob_get_clean();
	echo "loading $class: ", $is( $text ), "\n";
	throw new LogicException( 'no such class' );
} );
try {
	asq_register_webhook( 'shop', array( 'hook' => 'h', 'secret' => SECRET, 'args' => array( 'NoSuchClass', 'make' ) ) );
} catch ( Throwable $e ) {
	echo get_class( $e ), ' ', $is( seen( $e ) ), "\n";
}

echo "---- in requests\n";
$thrown = array();
function boom( string $what ) {
	throw new DomainException( "$what: " . SECRET . ' ' . $GLOBALS['body'] );
}
$body = '{"id":"b0dYb0dY"}';
foreach ( array( 'secret', 'signature', 'event_id', 'args' ) as $what ) {
	asq_register_webhook( "t-$what", array( $what => static function () use ( $what ) {
		boom( $what );
	} ) + array( 'hook' => 'h', 'secret' => SECRET, 'event_id' => 'id' ) );
}
/* What PHP logs is the test's output, by stderr. */
ini_set( 'error_log', $log = tempnam( sys_get_temp_dir(), 'asq' ) );
add_action( 'asq_webhook_rejected', static function ( ...$all ) use ( $is ) {
	echo $is( print_r( array( $all, debug_backtrace() ), true ) ), ' ';
}, 10, 3 );
foreach ( array( 'secret', 'signature', 'event_id', 'args' ) as $what ) {
	$answer = asq_request( "asq/v1/webhooks/t-$what", $body, array( 'X-Signature' => hash_hmac( 'sha256', $body, SECRET ) ) );
	echo $answer->status, ' ', $is( json_encode( $answer ) ), "\n";
}
asq_register_webhook( 'wrong', array( 'hook' => 'h', 'secret' => SECRET, 'event_id' => 'id' ) );
$answer = asq_request( 'asq/v1/webhooks/wrong', $body, array( 'X-Signature' => hash_hmac( 'sha256', $body, 'x' ) ) );
echo $answer->status, ' ', $is( json_encode( $answer ) ), "\n";
asq_test_query( 'DROP TABLE {actions}' );
asq_test_query( 'CREATE TABLE {actions} (action_id int)' );
$answer = asq_request( 'asq/v1/webhooks/wrong', $body, array( 'X-Signature' => hash_hmac( 'sha256', $body, SECRET ) ) );
echo $answer->status, ' ', $is( json_encode( $answer ) ), ' ', json_encode( $answer->headers ), "\n";
echo $is( file_get_contents( $log ) ), ' ', strpos( file_get_contents( $log ), 'b0dY' ) ? 'BODY SHOWN' : 'hidden', "\n";
echo preg_replace( array( '/^\[.*?\] /m', '# in /.*/#', '/Unknown column .*/' ), array( '', ' in ', 'Unknown column' ), file_get_contents( $log ) );
unlink( $log );
echo $is( print_r( asq_webhooks(), true ) ), "\n";
ob_start();
phpinfo( INFO_MODULES );
echo $is( ob_get_clean() ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
ValueError hidden
ValueError hidden
ValueError hidden
ValueError hidden
ValueError hidden
ValueError hidden
ValueError hidden
ValueError hidden
ValueError hidden
TypeError hidden
TypeError hidden
ArgumentCountError hidden
ArgumentCountError hidden
loading NoSuchClass: hidden
LogicException hidden
---- in requests
hidden 500 hidden
hidden 500 hidden
hidden 500 hidden
hidden 500 hidden
hidden 401 hidden
hidden 503 hidden {"Retry-After":"30"}
hidden hidden
asq: webhook t-secret: the callable "secret" threw DomainException in webhook-secrets-are-not-shown.php:64
asq: webhook t-signature: the callable "signature" threw DomainException in webhook-secrets-are-not-shown.php:64
asq: webhook t-event_id: the callable "event_id" threw DomainException in webhook-secrets-are-not-shown.php:64
asq: webhook t-args: the callable "args" threw DomainException in webhook-secrets-are-not-shown.php:64
asq: webhook wrong: an event was not stored: [1054] Unknown column
hidden
hidden
