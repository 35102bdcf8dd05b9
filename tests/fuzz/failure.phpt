--TEST--
Fuzz: what failures mean, asq_throw_if_error() and Asq\RetryAfter
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';
require __DIR__ . '/../helpers/fuzz.inc';
asq_fake_boot();

class WP_Error {
	public $given;
	public function __construct( ...$given ) {
		$this->given = $given;
	}
	public function get_error_code() {
		return $this->given[0] ?? '';
	}
	public function get_error_message() {
		return $this->given[1] ?? '';
	}
	public function get_error_data() {
		return $this->given[2] ?? null;
	}
}

/** Its methods do what they like. */
class Odd_Error extends WP_Error {
	public function get_error_code() {
		fuzz_mischief();
		return fuzz_chance( 2 ) ? fuzz_value() : 'http_request_failed';
	}
	public function get_error_message() {
		fuzz_mischief();
		return fuzz_chance( 2 ) ? fuzz_value() : 'timed out';
	}
	public function get_error_data() {
		fuzz_mischief();
		return fuzz_value();
	}
}

/** Without the properties that an exception has. */
class Odd_Http_Exception extends Exception {
	public function __construct() {
		$what = fuzz_pick( array( 'message', 'code', 'file' ) );
		if ( 'file' === $what ) {
			$this->message = fuzz_value();
			$this->code    = fuzz_value();
		} else {
			unset( $this->$what );
		}
	}
	public function __get( $name ) {
		fuzz_mischief();
		return new stdClass();
	}
}
class PDOLike extends PDOException_ {}
abstract class PDOException_ extends RuntimeException {
	public $errorInfo;
}
if ( ! class_exists( 'PDOException', false ) ) {
	class_alias( 'PDOException_', 'PDOException' );
}

function wp_remote_retrieve_header( $response, $name ) {
	fuzz_mischief();
	return is_array( $response['headers'] ?? null ) ? $response['headers'][ $name ] ?? '' : ( fuzz_chance( 2 ) ? fuzz_value() : '' );
}

function response() {
	return array(
		'response' => fuzz_chance( 8 ) ? fuzz_value() : array(
			'code'    => fuzz_chance( 4 ) ? fuzz_value() : mt_rand( 100, 700 ),
			'message' => fuzz_chance( 3 ) ? fuzz_value() : 'Bad',
		),
		'headers'  => fuzz_chance( 4 ) ? fuzz_value() : array( 'retry-after' => fuzz_chance( 2 ) ? fuzz_value() : fuzz_pick( array( '5', 'Wed, 21 Oct 2037 07:28:00 GMT', '-1', '@-9223372036854775808', array( '7' ), 'tomorrow' ) ) ),
		'body'     => fuzz_text(),
	);
}

function failure() {
	switch ( mt_rand( 0, 7 ) ) {
		case 0:
			return new WP_Error( fuzz_value(), fuzz_value(), fuzz_chance( 2 ) ? response() : fuzz_value() );
		case 1:
			return new WP_Error( fuzz_pick( array( 'http_request_failed', 'rest_forbidden', 'x' ) ), fuzz_text(), array( 'status' => fuzz_value(), 'retry_after' => fuzz_value() ) );
		case 2:
			return new Odd_Error();
		case 3:
			return response();
		case 4:
			$e       = null;
			$strings = array( 'Deadlock found', fuzz_text(), fuzz_text() );
			for ( $i = mt_rand( 1, 40 ); $i; $i-- ) {
				$e = fuzz_chance( 3 ) ? new TypeError( fuzz_pick( $strings ), mt_rand( 0, 3000 ), $e ) : new RuntimeException( fuzz_pick( $strings ), mt_rand( 0, 3000 ), $e );
			}
			return $e;
		case 5:
			return new Odd_Http_Exception();
		case 6:
			$e = new PDOLike();
			if ( property_exists( $e, 'errorInfo' ) ) {
				$e->errorInfo = fuzz_chance( 3 ) ? fuzz_value() : array( 'x', fuzz_value() );
			}
			return $e;
		default:
			return fuzz_value();
	}
}

$filter = null;
add_filter( 'asq_classify_failure', static function ( $class, $failure ) use ( &$filter ) {
	return $filter ? $filter( $class ) : $class;
}, 10, 2 );
Fuzz::$again = static function () {
	asq_classify_failure( new WP_Error( 'x', 'timed out' ) );
	asq_throw_if_error( response() );
};

fuzz_run(
	static function () use ( &$filter ) {
		/* A message may be made of anything; that is PHP's own warning. */
		Fuzz::$warnings = array( '/^Array to string conversion$/' );
		$failure        = failure();
		$filter         = fuzz_chance( 4 ) ? static function ( $class ) {
			fuzz_mischief();
			return fuzz_chance( 2 ) ? fuzz_value() : $class;
		} : null;
		switch ( mt_rand( 0, 4 ) ) {
			case 0:
			case 1:
				if ( fuzz_call( static fn() => asq_classify_failure( $failure ), 'asq_classify_failure', null, $class ) ) {
					fuzz_check( in_array( $class, array( 'transient', 'permanent', 'unknown' ), true ), 'no class', $class );
				}
				break;
			case 2:
			case 3:
				try {
					$back = asq_throw_if_error( $failure );
					fuzz_check( $back === $failure || is_float( $failure ) || is_array( $failure ), 'something else was returned' );
					fuzz_check( ! $failure instanceof WP_Error, 'a WP_Error was let through' );
					fuzz_count( 'accepted' );
				} catch ( Fuzz_Thrown | Fuzz_Error $e ) {
					fuzz_count( 'thrown' );
				} catch ( Throwable $e ) {
					fuzz_count( 'refused' );
					$known = in_array( get_class( $e ), array( 'RuntimeException', 'Asq\\TransientException', 'Asq\\PermanentException', 'Asq\\RetryAfter' ), true );
					/* Of a WP_Error whose code cannot be a string. */
					fuzz_check( $known || ( $failure instanceof WP_Error && false !== strpos( $e->getMessage(), 'could not be converted to string' ) ), 'another error: ' . get_class( $e ), $e->getMessage() );
					fuzz_check( ! $e instanceof Asq\RetryAfter || ( $e->getSeconds() >= 0 && $e->getSeconds() <= 31536000 ), 'no time', $e );
				}
				break;
			default:
				$after = fuzz_value();
				if ( fuzz_call( static fn() => new Asq\RetryAfter( $after, fuzz_text() ), 'Asq\\RetryAfter::__construct', null, $e ) ) {
					fuzz_check( $e->getSeconds() >= 0 && $e->getSeconds() <= 31536000, 'no time', $e->getSeconds() );
				}
		}
		$filter = null;
		fuzz_check( 'transient' === asq_classify_failure( new Asq\TransientException() ), 'the next call' );
	},
	null,
	3000
);

/* exit() in what is asked ends the request. */
$code = 'class WP_Error { function get_error_code() { exit( "ended" ); } function get_error_message() { exit( "ended" ); } function get_error_data() {} }
	try { %s( new WP_Error() ); } finally { echo " finally"; } echo " and on";';
foreach ( array( 'asq_classify_failure', 'asq_throw_if_error' ) as $function ) {
	echo asq_test_child( sprintf( $code, $function ) ), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
fine
ended
ended
