--TEST--
Fuzz: circuits, their options, what they call, and their state by hand
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';
require __DIR__ . '/../helpers/fuzz.inc';
asq_fake_boot();

class WP_Error {}

const LIKELY = array(
	'threshold'         => array( 1, 2, 1000 ),
	'window'            => array( 0.001, 60, 31536000 ),
	'cooldown'          => array( 0.001, 0.002, 60, 31536000 ),
	'success_threshold' => array( 1, 2 ),
	'lease'             => array( 0.001, 60 ),
	'cache'             => array( 0, 0.001, 1 ),
	'counts'            => array( array( 'RuntimeException' ), array( 'Fuzz_Last', 'still' ), 'is_object', null, array() ),
);

/** Of a class from within: what is callable here is not elsewhere. */
class Inside {
	private function counts( $outcome ) {
		fuzz_mischief();
		return true;
	}
	public function circuit( $name ) {
		return asq_circuit( $name, array( 'counts' => array( $this, 'counts' ) ) );
	}
}

/** Options that change what is kept while it is let go of. */
Fuzz::$again = static function () {
	for ( $i = 0; $i < 10; $i++ ) {
		$last = new Fuzz_Last();
		asq_circuit( 'again' . mt_rand( 0, 100 ), array( 'counts' => static fn() => null === $last, 'cache' => 0 ) )->isAvailable();
	}
	asq_circuit( 'fuzz' . mt_rand( 0, 30 ), array( 'threshold' => mt_rand( 1, 3 ) ) )->call( static fn() => 1, static fn() => 2 );
};
foreach ( array( 'opened', 'half_opened', 'closed' ) as $what ) {
	add_action( "asq_circuit_$what", static function () {
		fuzz_chance( 4 ) && fuzz_mischief();
	} );
}
$filter = false;
add_filter( 'asq_circuit_counts', static function ( $counts ) use ( &$filter ) {
	$filter && fuzz_mischief();
	return $filter && fuzz_chance( 4 ) ? fuzz_value() : $counts;
} );

asq_circuit( 'good', array( 'cooldown' => 31536000 ) )->trip();
asq_enqueue_many( 'h', array( array( 1 ) ) );
$where  = "name = 'good'";
$good   = fuzz_sum( 'asq_circuits', $where );
$other  = fuzz_sum( 'actions' ) . fuzz_sum( 'logs' );
$tables = fuzz_tables();

fuzz_run(
	static function () use ( &$filter ) {
		/* A circuit of a listener that throws is as it is; nothing else may be said. */
		$options = fuzz_options( LIKELY );
		$name    = fuzz_chance( 4 ) ? fuzz_text() : 'fuzz' . mt_rand( 0, 30 );
		$name    = 'good' === $name ? 'x' : $name;
		$filter  = fuzz_chance( 5 );
		if ( fuzz_chance( 10 ) ) {
			$circuit = ( new Inside() )->circuit( 'inside' . mt_rand( 0, 5 ) );
		} elseif ( ! fuzz_call( static fn() => asq_circuit( $name, $options ), 'asq_circuit', $options, $circuit ) ) {
			$filter = false;
			fuzz_check( 'open' === asq_circuit( 'good' )->state(), 'the next call' );
			return;
		} else {
			fuzz_check( '' !== $name && strlen( $name ) <= 191 && fuzz_is_utf8( $name ), 'a name that is none', $name );
		}
		unset( $options );
		switch ( mt_rand( 0, 6 ) ) {
			case 0:
			case 1:
			case 2:
				$called = 0;
				$thrown = fuzz_chance( 3 ) ? fuzz_pick( array( new Fuzz_Thrown( 'down' ), new Fuzz_Error( 'down' ), new Asq\ConflictException( 'down' ), new RuntimeException( 'down' ) ) ) : null;
				$value  = fuzz_chance( 4 ) ? fuzz_pick( array( new WP_Error(), array( 'response' => array( 'code' => fuzz_value() ) ), array( 'response' => fuzz_value() ) ) ) : fuzz_value();
				$work   = static function () use ( &$called, $thrown, $value ) {
					$called++;
					fuzz_chance( 4 ) && fuzz_mischief();
					if ( $thrown ) {
						throw $thrown;
					}
					return $value;
				};
				$instead = fuzz_chance( 3 ) ? static fn( $e ) => fuzz_pick( array( 'instead', fuzz_mischief() ) ) : null;
				$done    = fuzz_call( static fn() => $circuit->call( $work, $instead ), 'Asq\\Circuit::call', null, $result, array( 'Asq\\CircuitOpenException', 'Asq\\ConflictException', 'RuntimeException' ) );
				fuzz_check( $called <= 1, 'called twice' );
				fuzz_check( ! $done || ! $called || $result === $value || is_float( $value ) || is_array( $value ), 'another result' );
				break;
			case 3:
				fuzz_call( static fn() => $circuit->trip( fuzz_chance( 2 ) ? null : fuzz_value() ), 'Asq\\Circuit::trip' );
				break;
			case 4:
				fuzz_call( static fn() => $circuit->reset(), 'Asq\\Circuit::reset' );
				break;
			case 5:
				fuzz_call( static fn() => $circuit->isAvailable(), 'Asq\\Circuit::isAvailable' );
				fuzz_call( static fn() => fuzz_chance( 2 ) ? $circuit->success() : $circuit->failure(), 'Asq\\Circuit::success' );
				break;
			default:
				fuzz_check( in_array( $circuit->state(), array( 'closed', 'open', 'half-open' ), true ), 'no state' );
		}
		$filter = false;
		if ( fuzz_chance( 20 ) ) {
			unset( $circuit );
			gc_collect_cycles();
		}
	},
	static function () use ( $where, $good, $other, $tables ) {
		fuzz_check( fuzz_sum( 'asq_circuits', $where ) === $good, 'another circuit is another' );
		fuzz_check( fuzz_sum( 'actions' ) . fuzz_sum( 'logs' ) === $other && fuzz_tables() === $tables, 'other rows are others' );
		foreach ( asq_circuits() as $circuit ) {
			fuzz_check( fuzz_is_utf8( $circuit['name'] ) && in_array( $circuit['state'], array( 'closed', 'open', 'half-open' ), true ) && $circuit['failures'] >= 0, 'an odd circuit', $circuit );
		}
	},
	1500
);

/* exit() ends the request, wherever it is called, and a try that was begun is left to the next one. */
$code = 'class Thing { function __destruct() {} }
	function apply_filters( $hook, $value ) { return $value; }
	function do_action( $hook ) { if ( $GLOBALS["hook"] === $hook ) { exit( "ended" ); } }
	%s
	try { %s; } catch ( Throwable $e ) { echo get_class( $e ); } echo " and on";';
foreach (
	array(
		array( '$hook = "";', 'asq_circuit( "exit" )->call( static fn() => exit( "ended" ) )' ),
		array( '$hook = "";', 'asq_circuit( "exit", array( "counts" => static fn() => exit( "ended" ) ) )->call( static fn() => 1 )' ),
		array( '$hook = "";', 'asq_circuit( "exit", array( "counts" => static fn() => exit( "ended" ) ) )->call( static function () { throw new Exception(); } )' ),
		array( '$hook = "asq_circuit_opened";', 'asq_circuit( "exit", array( "threshold" => 1 ) )->call( static function () { throw new Exception(); } )' ),
	) as $case
) {
	echo asq_test_child( sprintf( $code, ...$case ), asq_test_settings() ), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
fine
ended
ended
ended
ended
