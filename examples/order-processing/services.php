<?php
/**
 * Plays the payment gateway and the carrier, to try the example, and for its tests:
 *
 *     SERVICES_DIR=/tmp/services php -S 127.0.0.1:8099 services.php
 *
 * What they have done is in SERVICES_DIR/done, a line each, and what they were asked in SERVICES_DIR/asked. What comes next can be told
 * beforehand, in words, in SERVICES_DIR/payment, SERVICES_DIR/shipping, or for one key (SERVICES_DIR/order-7-charge): a status (500, 429, 402);
 * "lost": it is done, and the answer is lost; "hang": nothing for a while; "down": 503 until the file is removed.
 *
 * @package Order_Processing
 */

// phpcs:disable -- It is not WordPress that runs this.

$dir  = getenv( 'SERVICES_DIR' );
$path = parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH );
$key  = $_SERVER['HTTP_IDEMPOTENCY_KEY'] ?? '';
$body = json_decode( file_get_contents( 'php://input' ), true );
$lock = fopen( "$dir/lock", 'c' );

function answer( int $status, array $answer ): void {
	http_response_code( $status );
	header( 'Content-Type: application/json' );
	if ( 429 === $status ) {
		header( 'Retry-After: 1' );
	}
	echo json_encode( $answer );
	exit;
}

/** Takes the first word off the service's file. */
function next_word( string $file ): string {
	$words = is_file( $file ) ? preg_split( '/\s+/', file_get_contents( $file ), -1, PREG_SPLIT_NO_EMPTY ) : array();
	if ( $words && 'down' !== $words[0] ) {
		file_put_contents( $file, implode( ' ', array_slice( $words, 1 ) ) );
	}
	return $words[0] ?? '';
}

$services = array(
	'/charges'       => 'payment',
	'/refunds'       => 'payment',
	'/parcels'       => 'shipping',
	'/cancellations' => 'shipping',
);
if ( '' === $key || ! isset( $services[ $path ] ) ) {
	answer( 400, array( 'error' => 'What?' ) );
}

flock( $lock, LOCK_EX );
file_put_contents( "$dir/asked", "$path $key\n", FILE_APPEND );
$word = next_word( "$dir/" . basename( $key ) ) ?: next_word( "$dir/{$services[ $path ]}" );
if ( 'hang' === $word ) {
	flock( $lock, LOCK_UN );
	sleep( 30 );
}
if ( 'down' === $word ) {
	answer( 503, array( 'error' => 'Closed.' ) );
}
if ( (int) $word ) {
	answer( (int) $word, array( 'error' => 'As told.' ) );
}

// What was asked under this key before is not done again. What is undone need not have been done.
$done = is_file( "$dir/done" ) ? file( "$dir/done", FILE_IGNORE_NEW_LINES ) : array();
$id   = substr( md5( $key ), 0, 12 );
if ( isset( $body['key'] ) && ! preg_grep( '/ ' . preg_quote( $body['key'], '/' ) . ' /', $done ) ) {
	answer( 200, array( 'id' => 'none' ) );
}
if ( ! preg_grep( '/ ' . preg_quote( $key, '/' ) . ' /', $done ) ) {
	file_put_contents( "$dir/done", "$path $key $id\n", FILE_APPEND );
}
flock( $lock, LOCK_UN );
if ( 'lost' === $word ) {
	sleep( 30 );
}
answer( 200, array( 'id' => $id ) );
