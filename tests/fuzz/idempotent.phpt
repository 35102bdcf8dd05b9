--TEST--
Fuzz: idempotency keys, options, requests and results
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/../helpers/fuzz.inc';
asq_test_tables();

class WP_Error {
	public $errors     = array();
	public $error_data = array();
}

$typed = new class() {
	public int $number = 1;
	public string $text = '';
};
const LIKELY = array(
	'ttl'           => array( 1, 86400, 315360000 ),
	'request'       => array( 'body', array( 'a' => 1 ), null ),
	'scope'         => array( '', 'rest', "\xff" ),
	'wait'          => array( 0, 0.001, 0.0 ),
	'lease'         => array( 1, 300 ),
	'keep_failures' => array( true, false ),
	'store_if'      => array( 'is_scalar', array( 'Fuzz_Last', 'still' ), null ),
	'replayed'      => array( null, 1 ),
);
Fuzz::$again    = static function () {
	$options = fuzz_options( LIKELY );
	asq_idempotent( fuzz_chance( 3 ) ? 'fuzz' . mt_rand( 0, 50 ) : fuzz_text(), static fn() => fuzz_value(), $options );
};
Fuzz::$warnings = array( '/^Array to string conversion$/' );

asq_idempotent( 'good', static fn() => array( 'good' => 1 ) );
asq_enqueue_many( 'h', array( array( 1 ) ) );
$good   = fuzz_sum( 'asq_keys', "name = 'good'" );
$other  = fuzz_sum( 'actions' ) . fuzz_sum( 'logs' );
$tables = fuzz_tables();
$known  = array( 'Asq\\InProgressException', 'Asq\\ConflictException', 'UnexpectedValueException' );

fuzz_run(
	static function () use ( $known, $typed ) {
		$key     = fuzz_pick( array( 'fuzz' . mt_rand( 0, 400 ), fuzz_text(), fuzz_bytes( mt_rand( 1, 300 ) ) ) );
		$key     = 'good' === $key ? 'x' : $key;
		$options = fuzz_options( LIKELY );
		if ( fuzz_chance( 15 ) ) {
			$options['replayed'] = fuzz_chance( 2 ) ? null : 'x';
			$property            = fuzz_pick( array( 'number', 'text' ) );
			$options['replayed'] = &$typed->$property;
		}
		$called = 0;
		$thrown = fuzz_chance( 4 ) ? fuzz_pick( array( new Fuzz_Thrown( fuzz_text() ), new Fuzz_Error( 'x', 5 ), new Asq\ConflictException( 'x' ) ) ) : null;
		$result = fuzz_chance( 12 ) ? new WP_Error() : fuzz_value();
		if ( $result instanceof WP_Error ) {
			$result->errors     = fuzz_value();
			$result->error_data = fuzz_value();
		}
		$work = static function () use ( &$called, $thrown, $result ) {
			$called++;
			fuzz_chance( 4 ) && fuzz_mischief();
			if ( $thrown ) {
				throw $thrown;
			}
			return $result;
		};
		$done = fuzz_call( static fn() => asq_idempotent( $key, $work, $options ), 'asq_idempotent', $options, $first, array_merge( $known, array( 'RuntimeException' ) ) );
		fuzz_check( $called <= 1, 'called twice' );
		if ( ! $done || 1 !== $called || ! empty( $options['store_if'] ) || array_key_exists( 'ttl', $options ) || $result instanceof WP_Error ) {
			return;
		}
		$scope = isset( $options['scope'] ) && is_string( $options['scope'] ) ? array( 'scope' => $options['scope'] ) : array();
		if ( isset( $options['request'] ) || Fuzz::$slots ) {
			return;
		}
		/* It has returned, so it is kept: as what it was, to the letter. */
		$tame = Fuzz::$tame;
		Fuzz::$tame = true;
		if ( fuzz_call( static fn() => asq_idempotent( $key, $work, $scope ), 'asq_idempotent', $scope, $again, $known ) ) {
			fuzz_check( serialize( $again ) === serialize( $result ), 'another result', $result, $again );
			fuzz_count( 'repeated' );
		}
		Fuzz::$tame = $tame;
		fuzz_check( 1 === $called, 'called again' );
	},
	static function () use ( $good, $other, $tables ) {
		fuzz_check( fuzz_sum( 'asq_keys', "name = 'good'" ) === $good, 'another key is another' );
		fuzz_check( array( 'good' => 1 ) === asq_idempotent( 'good', static fn() => fuzz_problem( 'called' ) ), 'the next call' );
		fuzz_check( fuzz_sum( 'actions' ) . fuzz_sum( 'logs' ) === $other && fuzz_tables() === $tables, 'other rows are others' );
		fuzz_check( 0 === (int) asq_test_query( "SELECT COUNT(*) AS n FROM {asq_keys} WHERE state = 'running'" )[0]['n'], 'a key that nobody holds is taken' );
	},
	1500,
	array( 'accepted', 'refused', 'repeated' )
);

/* What looks small and is endless: refused, in no time and no memory. */
function laughs( callable $two ) {
	$value = $two( 'ha', 'ha' );
	for ( $i = 0; $i < 60; $i++ ) {
		$value = $two( $value, $value );
	}
	return $value;
}
foreach ( array( static fn( $a, $b ) => array( $a, $b ), static fn( $a, $b ) => array( &$a, &$a ), static fn( $a, $b ) => (object) array( 'a' => $a, 'b' => $b ) ) as $n => $two ) {
	$value = laughs( $two );
	try {
		asq_idempotent( "laughs $n", static fn() => $value );
		echo serialize( asq_idempotent( "laughs $n", static fn() => 1 ) ) === serialize( $value ) ? "stored\n" : "another\n";
	} catch ( UnexpectedValueException $e ) {
		echo $e->getMessage(), "\n";
	}
}

/* exit() ends the request, wherever it is called, and the key is free. */
foreach (
	array(
		'asq_idempotent( "exit", static fn() => exit( "ended" ) )',
		'asq_idempotent( "exit", static fn() => 1, array( "store_if" => static fn() => exit( "ended" ) ) )',
		'asq_idempotent( "exit", static fn() => 1, array( "request" => new class() implements JsonSerializable { function jsonSerialize(): mixed { exit( "ended" ); } } ) )',
		'asq_idempotent( "exit", static fn() => exit( "ended" ), array( "keep_failures" => true ) )',
	) as $code
) {
	echo asq_test_child( "try { $code; } finally { echo ' finally'; } echo ' and on';", asq_test_settings() ), ' ';
	echo asq_test_query( "SELECT COUNT(*) AS n FROM {asq_keys} WHERE name = 'exit'" )[0]['n'], "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
fine
asq_idempotent(): the callable has run, and will not run again for this key, but what it returned is larger than 4 MB
stored
stored
ended 0
ended 0
ended 0
ended 0
