--TEST--
A webhook that is registered again with another route: its old one, which WordPress still knows, is a 404 as WordPress says it
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/webhook.inc';
asq_webhook_boot();

class WP_Error {
	public $errors;
	public $error_data;

	public function __construct( $code = '', $message = '', $data = '' ) {
		$this->errors     = array( $code => array( $message ) );
		$this->error_data = array( $code => $data );
	}
}
add_filter( 'gettext', static fn( $text, $original, $domain ) => "$domain: $text", 10, 3 );

asq_register_webhook( 'shop', array( 'hook' => 'h', 'secret' => 's', 'event_id' => 'id', 'route' => 'a/v1/old' ) );
do_action( 'rest_api_init' );
asq_register_webhook( 'shop', array( 'hook' => 'h', 'secret' => 's', 'event_id' => 'id', 'route' => 'a/v1/new' ) );
echo implode( ' ', array_keys( $GLOBALS['asq_routes'] ) ), "\n";

foreach ( array( 'a/v1/old', 'a/v1/new' ) as $route ) {
	$body = '{"id":"x"}';
	$sum  = array( 'X-Signature' => hash_hmac( 'sha256', $body, 's' ) );
	$answer = asq_request( $route, $body, $sum );
	echo "$route by the filter: ", $answer ? $answer->status : json_encode( $answer ), "\n";
	$request = new WP_REST_Request( 'POST', "/$route" );
	$request->set_body( $body );
	$request->set_header( 'X-Signature', $sum['X-Signature'] );
	$answer = $GLOBALS['asq_routes'][ $route ]['callback']( $request );
	echo "$route by the callback: ", $answer ? get_class( $answer ) . ' ' . json_encode( $answer instanceof WP_Error ? $answer : $answer->status ) : json_encode( $answer ), "\n";
}
$answer = Asq\Native\webhook_receive( 'no request' );
echo 'no request: ', $answer ? get_class( $answer ) : json_encode( $answer ), "\n";
asq_test_print( 'SELECT COUNT(*) FROM {actions}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
a/v1/old a/v1/new
a/v1/old by the filter: null
a/v1/old by the callback: WP_Error {"errors":{"rest_no_route":["default: No route was found matching the URL and request method."]},"error_data":{"rest_no_route":{"status":404}}}
a/v1/new by the filter: 202
a/v1/new by the callback: WP_REST_Response 200
no request: WP_Error
1
