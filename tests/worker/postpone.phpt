--TEST--
An action that meets an open circuit is postponed: the row, the log, the counts, the hooks, and what an exception around it changes
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';

asq_fake_boot();
ini_set( 'error_log', $log = tempnam( sys_get_temp_dir(), 'asq' ) );
asq_circuit( 'a "b" ä', array( 'cache' => 0 ) )->trip( 1000 );
function meet() {
	asq_circuit( 'a "b" ä' )->call( 'time' );
}
add_action( 'plain', 'meet' );
foreach ( array( 'around' => 'RuntimeException', 'transient' => 'Asq\TransientException', 'permanent' => 'Asq\PermanentException' ) as $hook => $class ) {
	add_action( $hook, static function () use ( $class ) {
		try {
			meet();
		} catch ( Exception $e ) {
			throw new $class( 'no', 0, new LogicException( 'between', 0, $e ) );
		}
	} );
}
add_action( 'after', static function () {
	try {
		meet();
	} catch ( Exception $e ) {
		throw new Asq\RetryAfter( 7, 'no', 0, $e );
	}
} );
class Odd extends Asq\CircuitOpenException {
	public function __construct( $circuit, private $after ) {
		parent::__construct( 'odd' );
		$this->circuit = $circuit;
	}
	public function getRetryAfter(): int {
		if ( $this->after < 0 ) {
			throw new Exception( 'no idea' );
		}
		return $this->after;
	}
}
add_action( 'odd', static function ( $circuit, $after ) {
	throw new Odd( 'bytes' === $circuit ? "\xff\0'; DROP TABLE x; --" . str_repeat( 'é', 200 ) : $circuit, $after );
}, 10, 2 );
add_action( 'itself', static function () {
	$e = new Asq\CircuitOpenException( 'by hand', 5, new Exception( 'x' ) );
	throw $e;
} );
add_action( 'asq_action_postponed', static function ( $id, $thrown, $delay ) {
	echo '  told: ', get_class( $thrown ), ' ', $delay > 900 && $delay <= 1000 ? 'N' : $delay, "\n";
}, 10, 3 );
add_action( 'action_scheduler_failed_execution', static function ( $id, $e ) {
	echo "  failed\n";
}, 10, 2 );

function show( string $hook, array $args = array() ): void {
	echo "$hook\n";
	$id = as_enqueue_async_action( $hook, $args, 'g' );
	/* One batch: what is due again in a second is not for this run. */
	$counts = asq_worker_run( array( 'batches' => 1 ) );
	echo '  ', json_encode( array_filter( array_intersect_key( $counts, array_flip( array( 'succeeded', 'failed', 'retried', 'ignored', 'lost' ) ) ) ) ), "\n";
	$row = asq_test_query( "SELECT status, attempts, claim_id, TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), scheduled_date_gmt) AS wait FROM {actions} WHERE action_id = $id" )[0];
	$wait = $row['wait'] > 900 && $row['wait'] <= 1001 ? 'N' : ( 'pending' === $row['status'] ? ( $row['wait'] <= 8 ? 'soon' : ( $row['wait'] > 31530000 ? 'in a year' : $row['wait'] ) ) : '-' );
	echo "  {$row['status']}, {$row['attempts']} attempts, due $wait", $row['claim_id'] && 'pending' === $row['status'] ? ', held' : '', "\n";
	foreach ( asq_test_query( "SELECT message FROM {logs} WHERE action_id = $id AND message LIKE 'action %ed, %' OR action_id = $id AND message LIKE '%failed%' ORDER BY log_id" ) as $log ) {
		echo '  ', preg_replace( '/\b9\d\d\b|\b1000\b/', 'N', $log['message'] ), "\n";
	}
	asq_test_query( "UPDATE {actions} SET status = 'canceled' WHERE status = 'pending'" );
}
foreach ( array( 'plain', 'around', 'transient', 'permanent', 'after', 'itself' ) as $hook ) {
	show( $hook );
}
show( 'odd', array( 'bytes', 2000000000 ) );
show( 'odd', array( 'x', 0 ) );
show( 'odd', array( 'x', -1 ) );

echo "-- with policies\n";
asq_retry_policy( 'plain', array( 'max_attempts' => 1 ) );
asq_retry_policy( 'after', array( 'max_attempts' => 2 ) );
asq_retry_policy( 'permanent', array( 'max_attempts' => 2 ) );
foreach ( array( 'plain', 'after', 'permanent' ) as $hook ) {
	show( $hook );
}
echo "-- by a filter\n";
$answer = null;
add_filter( 'asq_postpone_delay', static function ( $delay, $id, $e ) use ( &$answer ) {
	echo '  asked: ', is_int( $delay ), ' ', get_class( $e ), "\n";
	if ( $answer instanceof Exception ) {
		throw $answer;
	}
	return $answer;
}, 10, 3 );
foreach ( array( 951.7, false, null, 'x', NAN, new Exception( 'filter' ) ) as $answer ) {
	echo '-- ', $answer instanceof Exception ? 'throws' : var_export( $answer, true ), "\n";
	show( 'around' );
}
echo "-- PHP's log\n", preg_replace( '/^\[[^]]*\] /m', '', file_get_contents( $log ) );
unlink( $log );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
plain
  told: Asq\CircuitOpenException N
  {"retried":1}
  pending, 0 attempts, due N
  action postponed, the circuit a "b" ä is open, again in N seconds
around
  told: RuntimeException N
  {"retried":1}
  pending, 0 attempts, due N
  action postponed, the circuit a "b" ä is open, again in N seconds
transient
  told: Asq\TransientException N
  {"retried":1}
  pending, 0 attempts, due N
  action postponed, the circuit a "b" ä is open, again in N seconds
permanent
  failed
  {"failed":1}
  failed, 1 attempts, due -
  action failed via WP CLI: no
after
  failed
  {"failed":1}
  failed, 1 attempts, due -
  action failed via WP CLI: no
itself
  told: Asq\CircuitOpenException 1
  {"retried":1}
  pending, 0 attempts, due soon
  action postponed, a circuit is open, again in 1 second
odd
  told: Odd 31536000
  {"retried":1}
  pending, 0 attempts, due in a year
  action postponed, the circuit ??'; DROP TABLE x; --ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé is open, again in 31536000 seconds
odd
  told: Odd 1
  {"retried":1}
  pending, 0 attempts, due soon
  action postponed, the circuit x is open, again in 1 second
odd
  told: Odd 1
  {"retried":1}
  pending, 0 attempts, due soon
  action postponed, the circuit x is open, again in 1 second
-- with policies
plain
  told: Asq\CircuitOpenException N
  {"retried":1}
  pending, 0 attempts, due N
  action postponed, the circuit a "b" ä is open, again in N seconds
after
  {"retried":1}
  pending, 1 attempts, due soon
  action failed, retry 1 of 1 in 7 seconds: no
permanent
  failed
  {"failed":1}
  failed, 1 attempts, due -
  action failed via WP CLI: no
-- by a filter
-- 951.7
around
  asked: 1 Asq\CircuitOpenException
  told: RuntimeException N
  {"retried":1}
  pending, 0 attempts, due N
  action postponed, the circuit a "b" ä is open, again in N seconds
-- false
around
  asked: 1 Asq\CircuitOpenException
  failed
  {"failed":1}
  failed, 1 attempts, due -
  action failed via WP CLI: no
-- NULL
around
  asked: 1 Asq\CircuitOpenException
  told: RuntimeException N
  {"retried":1}
  pending, 0 attempts, due N
  action postponed, the circuit a "b" ä is open, again in N seconds
-- 'x'
around
  asked: 1 Asq\CircuitOpenException
  told: RuntimeException N
  {"retried":1}
  pending, 0 attempts, due N
  action postponed, the circuit a "b" ä is open, again in N seconds
-- NAN
around
  asked: 1 Asq\CircuitOpenException
  told: RuntimeException 1
  {"retried":1}
  pending, 0 attempts, due soon
  action postponed, the circuit a "b" ä is open, again in 1 second
-- throws
around
  asked: 1 Asq\CircuitOpenException
  told: RuntimeException N
  {"retried":1}
  pending, 0 attempts, due N
  action postponed, the circuit a "b" ä is open, again in N seconds
-- PHP's log
asq: getRetryAfter() threw, and is ignored: no idea
asq: the filter asq_postpone_delay threw, and is ignored: filter
