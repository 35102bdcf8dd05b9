--TEST--
Failures are told apart: what may pass, what will not, and what is not known
--SKIPIF--
<?php
if ( ! extension_loaded( 'mysqli' ) ) {
	die( 'skip build: mysqli is not loaded' );
}
?>
--FILE--
<?php
class WP_Error {
	public function __construct( private $code = '', private $message = '', private $data = null ) {}
	public function get_error_code() { return $this->code; }
	public function get_error_message() { return $this->message; }
	public function get_error_data() { return $this->data; }
}
function wp_remote_retrieve_header( $response, $name ) { return $response['headers'][ $name ] ?? ''; }
class Http_Exception extends RuntimeException {}
class Shop_Exception extends Exception {}
class ValidationException extends Exception {}
class ValidationExceptionOfRules extends Exception {}
require __DIR__ . '/classify-failure.inc';

function show( $name, $failure ) {
	printf( "%-28s %s\n", $name, asq_classify_failure( $failure ) );
}
show( 'transient', new Asq\TransientException() );
show( 'retry after', new Asq\RetryAfter( 5 ) );
show( 'permanent', new Asq\PermanentException() );
show( 'timeout', new Asq\TimeoutException() );
show( 'crash', new Asq\CrashException() );
show( 'key in progress', new Asq\InProgressException() );
show( "another request's key", new Asq\ConflictException() );
show( 'permanent over transient', new Asq\PermanentException( '', 0, new Asq\TransientException() ) );
show( 'wrapped', new Exception( 'x', 0, new Exception( 'y', 0, new Asq\TransientException() ) ) );
foreach ( array( 1213, 1205, 2006, 2013, 1040, 1064, 1062 ) as $code ) {
	show( "mysqli $code", new mysqli_sql_exception( '', $code ) );
}
foreach ( array( 'Deadlock found when trying to get lock; try restarting transaction', 'MySQL server has gone away', 'cURL error 28: Operation timed out', 'cURL error 3: bad', 'no idea' ) as $message ) {
	show( substr( $message, 0, 26 ), new Shop_Exception( $message ) );
}
foreach ( array( 'InvalidArgumentException', 'DomainException', 'TypeError', 'ValueError', 'JsonException', 'RuntimeException', 'Error' ) as $class ) {
	show( $class, new $class( 'x' ) );
}
show( 'validation', new ValidationException( 'The name is missing.' ) );
show( 'permission', new Shop\PermissionException( 'Not yours.' ) );
show( 'one that extends it', new Shop\Not_Yours() );
show( 'wrapped', new Shop_Exception( '', 0, new Shop\Not_Yours() ) );
show( 'because of a deadlock', new ValidationException( '', 0, new mysqli_sql_exception( '', 1213 ) ) );
show( 'by its message', new ValidationException( 'Connection refused' ) );
show( 'a name like that', new ValidationExceptionOfRules() );
show( 'HTTP client, 503', new Http_Exception( '', 503 ) );
show( 'other, 503', new Shop_Exception( '', 503 ) );
foreach ( array( 200, 400, 401, 403, 404, 408, 409, 422, 423, 425, 429, 500, 502, 503, 599 ) as $status ) {
	show( "HTTP $status", array( 'response' => array( 'code' => $status ), 'headers' => array() ) );
	if ( $status >= 400 && asq_classify_failure( new WP_Error( 'x', '', array( 'status' => $status ) ) ) !== asq_classify_failure( array( 'response' => array( 'code' => $status ) ) ) ) {
		echo "WP_Error differs\n";
	}
}
show( 'http_request_failed', new WP_Error( 'http_request_failed', 'cURL error 28: Operation timed out' ) );
show( 'http_request_failed, other', new WP_Error( 'http_request_failed', 'something' ) );
show( 'http_request_failed, URL', new WP_Error( 'http_request_failed', 'A valid URL was not provided.' ) );
show( 'certificate', new WP_Error( 'http_request_failed', 'cURL error 60: SSL' ) );
show( 'not executed', new WP_Error( 'http_request_not_executed', 'blocked' ) );
show( 'rest_forbidden', new WP_Error( 'rest_forbidden_context' ) );
show( 'rest_invalid_param', new WP_Error( 'rest_invalid_param' ) );
show( 'db', new WP_Error( 'db_insert_error', 'Lock wait timeout exceeded' ) );
show( 'own code', new WP_Error( 'no_stock' ) );
show( 'odd data', new WP_Error( 'x', "\xff\0", array( 'status' => array() ) ) );
show( 'array of nothing', array() );
show( 'object of nothing', new stdClass() );
foreach ( array( null, 5, 'text' ) as $odd ) {
	try {
		asq_classify_failure( $odd );
	} catch ( TypeError $e ) {
		echo $e->getMessage(), "\n";
	}
}

echo "-- asq_throw_if_error\n";
function thrown( $name, $response ) {
	try {
		printf( "%-22s returned %s\n", $name, gettype( asq_throw_if_error( $response ) ) );
	} catch ( Exception $e ) {
		printf( "%-22s %s(%d): %s%s\n", $name, get_class( $e ), $e->getCode(), $e->getMessage(), $e instanceof Asq\RetryAfter ? ' [' . ( $e->getSeconds() > 3500 ? 'an hour' : $e->getSeconds() ) . ']' : '' );
	}
}
function response( $status, $headers = array() ) {
	return array( 'response' => array( 'code' => $status, 'message' => 'Text' ), 'headers' => $headers );
}
thrown( '200', response( 200 ) );
thrown( 'a post id', 17 );
thrown( '404', response( 404 ) );
thrown( '409', response( 409 ) );
thrown( '500', response( 500 ) );
thrown( '429', response( 429, array( 'retry-after' => '120' ) ) );
thrown( '503, a date', response( 503, array( 'retry-after' => gmdate( 'D, d M Y H:i:s', time() + 3600 ) . ' GMT' ) ) );
thrown( '503, a past date', response( 503, array( 'retry-after' => 'Wed, 21 Oct 2015 07:28:00 GMT' ) ) );
thrown( '503, at once', response( 503, array( 'retry-after' => '0' ) ) );
thrown( '503, nonsense', response( 503, array( 'retry-after' => "'; DROP" ) ) );
thrown( '503, negative', response( 503, array( 'retry-after' => '-5' ) ) );
thrown( '404, retry after', response( 404, array( 'retry-after' => '5' ) ) );
thrown( 'WP_Error', new WP_Error( 'http_request_failed', 'cURL error 7: Failed to connect' ) );
thrown( 'WP_Error, 403', new WP_Error( 'rest_forbidden', 'No.', array( 'status' => 403 ) ) );
thrown( 'WP_Error, unknown', new WP_Error( 'no_stock', 'None left' ) );

echo "-- Asq\\RetryAfter\n";
foreach ( array( array( 0 ), array( 60, 'why', 9 ), array( new DateTimeImmutable( '-1 day' ) ), array( new DateTime( '+10000 seconds' ) ), array( -1 ), array( 31536001 ), array( '5' ), array( null ), array( new stdClass() ) ) as $args ) {
	try {
		$e = new Asq\RetryAfter( ...$args );
		echo $e->getSeconds() > 9900 && $e->getSeconds() <= 10000 ? 'ten thousand' : $e->getSeconds(), ' ', $e->getMessage(), ' ', $e->getCode(), "\n";
	} catch ( Error $e ) {
		echo get_class( $e ), ': ', $e->getMessage(), "\n";
	}
}
?>
--EXPECT--
transient                    transient
retry after                  transient
permanent                    permanent
timeout                      transient
crash                        unknown
key in progress              transient
another request's key        permanent
permanent over transient     permanent
wrapped                      transient
mysqli 1213                  transient
mysqli 1205                  transient
mysqli 2006                  transient
mysqli 2013                  transient
mysqli 1040                  transient
mysqli 1064                  unknown
mysqli 1062                  unknown
Deadlock found when trying   transient
MySQL server has gone away   transient
cURL error 28: Operation t   transient
cURL error 3: bad            permanent
no idea                      unknown
InvalidArgumentException     permanent
DomainException              permanent
TypeError                    permanent
ValueError                   permanent
JsonException                permanent
RuntimeException             unknown
Error                        unknown
validation                   permanent
permission                   permanent
one that extends it          permanent
wrapped                      permanent
because of a deadlock        transient
by its message               transient
a name like that             unknown
HTTP client, 503             transient
other, 503                   unknown
HTTP 200                     unknown
HTTP 400                     permanent
HTTP 401                     permanent
HTTP 403                     permanent
HTTP 404                     permanent
HTTP 408                     transient
HTTP 409                     unknown
HTTP 422                     permanent
HTTP 423                     unknown
HTTP 425                     transient
HTTP 429                     transient
HTTP 500                     transient
HTTP 502                     transient
HTTP 503                     transient
HTTP 599                     transient
http_request_failed          transient
http_request_failed, other   transient
http_request_failed, URL     permanent
certificate                  unknown
not executed                 permanent
rest_forbidden               permanent
rest_invalid_param           permanent
db                           transient
own code                     unknown
odd data                     unknown
array of nothing             unknown
object of nothing            unknown
asq_classify_failure(): Argument #1 ($failure) must be a Throwable, a WP_Error or the response of a request, null given
asq_classify_failure(): Argument #1 ($failure) must be a Throwable, a WP_Error or the response of a request, int given
asq_classify_failure(): Argument #1 ($failure) must be a Throwable, a WP_Error or the response of a request, string given
-- asq_throw_if_error
200                    returned array
a post id              returned integer
404                    Asq\PermanentException(404): HTTP 404 Text
409                    RuntimeException(409): HTTP 409 Text
500                    Asq\TransientException(500): HTTP 500 Text
429                    Asq\RetryAfter(429): HTTP 429 Text [120]
503, a date            Asq\RetryAfter(503): HTTP 503 Text [an hour]
503, a past date       Asq\TransientException(503): HTTP 503 Text
503, at once           Asq\TransientException(503): HTTP 503 Text
503, nonsense          Asq\TransientException(503): HTTP 503 Text
503, negative          Asq\TransientException(503): HTTP 503 Text
404, retry after       Asq\PermanentException(404): HTTP 404 Text
WP_Error               Asq\TransientException(0): http_request_failed: cURL error 7: Failed to connect
WP_Error, 403          Asq\PermanentException(403): rest_forbidden: No.
WP_Error, unknown      RuntimeException(0): no_stock: None left
-- Asq\RetryAfter
0  0
60 why 9
0  0
ten thousand  0
ValueError: Asq\RetryAfter::__construct(): Argument #1 ($after) must be from 0 to 31536000 seconds
ValueError: Asq\RetryAfter::__construct(): Argument #1 ($after) must be from 0 to 31536000 seconds
TypeError: Asq\RetryAfter::__construct(): Argument #1 ($after) must be of type int or DateTimeInterface, string given
TypeError: Asq\RetryAfter::__construct(): Argument #1 ($after) must be of type int or DateTimeInterface, null given
TypeError: Asq\RetryAfter::__construct(): Argument #1 ($after) must be of type int or DateTimeInterface, stdClass given
