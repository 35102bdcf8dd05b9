--TEST--
Fuzz: retry policies, of hooks, groups and actions, and by the filter
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';
require __DIR__ . '/../helpers/fuzz.inc';

function wp_load_alloptions() {
	return $GLOBALS['asq_options'];
}
asq_fake_boot();
$ids = asq_enqueue_many( 'h', array( array( 1 ), array( 2 ) ) );
Asq\Native\own_tables();

const LIKELY = array(
	'max_attempts' => array( 1, 2, 1000, 5 ),
	'backoff'      => array( 'exponential', 'linear', 'fixed', null ),
	'base'         => array( 0, 1, 60, 31536000 ),
	'cap'          => array( 3600, 31536000, 60 ),
	'jitter'       => array( 0, 1, 0.5, null ),
	'delay'        => array( 'strlen', 'Fuzz_Last::still', array( 'Fuzz_Last', 'still' ), null ),
	'timeout'      => array( 0, 30, 86400 ),
	'on_crash'     => array( 'fail', 'retry' ),
	'retry_on'     => array( array(), array( 'RuntimeException' ), array( '\\A\\B', 'C' ), null ),
	'give_up_on'   => array( array( 'LogicException' ), array() ),
);

/** What is kept is a whole policy, all within the limits that the documentation promises. */
function sound( ?array $p ): bool {
	if ( null === $p ) {
		return true;
	}
	foreach ( array_merge( $p['retry_on'], $p['give_up_on'] ) as $class ) {
		if ( ! is_string( $class ) || '' === $class ) {
			return false;
		}
	}
	return array_keys( $p ) === array_keys( LIKELY ) && is_int( $p['max_attempts'] ) && $p['max_attempts'] >= 1 && $p['max_attempts'] <= 1000
		&& in_array( $p['backoff'], array( 'exponential', 'linear', 'fixed' ), true ) && is_int( $p['base'] ) && $p['base'] >= 0 && is_int( $p['cap'] ) && $p['cap'] >= $p['base']
		&& $p['cap'] <= 31536000 && is_float( $p['jitter'] ) && $p['jitter'] >= 0 && $p['jitter'] <= 1 && ( null === $p['delay'] || is_callable( $p['delay'] ) )
		&& is_int( $p['timeout'] ) && $p['timeout'] >= 0 && $p['timeout'] <= 86400 && in_array( $p['on_crash'], array( 'fail', 'retry' ), true )
		&& array_is_list( $p['retry_on'] ) && array_is_list( $p['give_up_on'] );
}

asq_retry_policy( 'good', array( 'max_attempts' => 3, 'base' => 7 ) );
asq_retry_policy_for_action( $ids[0], array( 'max_attempts' => 4 ) );
$good   = asq_get_retry_policy( 'good' );
$stored = asq_get_retry_policy( 'x', '', $ids[0] );
$tables = fuzz_tables();
$before = fuzz_sum( 'actions' );
$logs   = fuzz_sum( 'logs' );
fuzz_check( 3 === $good['max_attempts'] && 4 === $stored['max_attempts'], 'no policy' );
Fuzz::$again = static function () {
	for ( $i = 0; $i < 20; $i++ ) {
		asq_retry_policy( 'again' . mt_rand( 0, 200 ), fuzz_chance( 3 ) ? null : array( 'delay' => static fn() => 1 ) );
	}
};

$filter = null;
add_filter( 'asq_retry_policy', static function ( $policy ) use ( &$filter ) {
	return $filter ? $filter( $policy ) : $policy;
} );

fuzz_run(
	static function () use ( $ids, &$filter ) {
		$policy = fuzz_options( LIKELY );
		$name   = fuzz_chance( 8 ) ? fuzz_text() : 'fuzz' . mt_rand( 0, 20 );
		$name   = 'good' === $name ? 'x' : $name;
		$kind   = fuzz_chance( 12 ) ? fuzz_text() : fuzz_pick( array( 'hook', 'group' ) );
		switch ( mt_rand( 0, 5 ) ) {
			case 0:
			case 1:
				$was  = is_string( $kind ) && '' !== $name ? ( 'group' === $kind ? asq_get_retry_policy( 'no', $name ) : asq_get_retry_policy( $name ) ) : null;
				$done = fuzz_call( static fn() => asq_retry_policy( $name, $policy, $kind ), 'asq_retry_policy', $policy );
				$is   = 'group' === $kind ? asq_get_retry_policy( 'no', $name ) : asq_get_retry_policy( $name );
				fuzz_check( sound( $is ), 'not a sound policy', $is );
				if ( $done ) {
					fuzz_check( null !== $is, 'accepted, and not kept', $policy );
				} elseif ( in_array( $kind, array( 'hook', 'group' ), true ) ) {
					fuzz_check( Fuzz::$said['again'] ?? 0 || $was == $is, 'refused, and changed all the same', $was, $is );
				}
				asq_retry_policy( '' === $name ? 'x' : $name, null );
				break;
			case 2:
				$attempt = fuzz_pick( array( 1, 2, 3, 64, 65, PHP_INT_MAX, 0, -1, PHP_INT_MIN ) );
				if ( fuzz_call( static fn() => asq_retry_delay( $policy, $attempt, fuzz_chance( 2 ) ), 'asq_retry_delay', $policy, $delay ) ) {
					fuzz_check( $delay >= 0 && $delay <= 31536000, 'no delay', $delay );
				}
				break;
			case 3:
				$id    = fuzz_chance( 3 ) ? fuzz_pick( array( 0, -1, PHP_INT_MAX, PHP_INT_MIN, 999 ) ) : $ids[1];
				$known = null;
				fuzz_call( static fn() => asq_retry_policy_for_action( $id, $policy ), 'asq_retry_policy_for_action', $policy, $known );
				fuzz_check( true !== $known || $id === $ids[1], 'a policy for an action that is not there', $id );
				fuzz_check( sound( asq_get_retry_policy( 'x', '', $ids[1] ) ), 'what is stored is not sound' );
				break;
			case 4:
				/* Whatever a filter gives back or does: a sound policy, or none, and no error. */
				$filter = static function () use ( $policy ) {
					fuzz_mischief();
					return fuzz_chance( 3 ) ? fuzz_value() : $policy;
				};
				try {
					$is = asq_get_retry_policy( fuzz_pick( array( 'good', $name ) ), $kind, fuzz_pick( array( 0, 0, $ids[0] ) ) );
					fuzz_check( sound( $is ), 'not sound', $is );
					fuzz_count( 'filtered' );
				} catch ( Throwable $e ) {
					fuzz_problem( 'of a filter: ' . get_class( $e ) . ' ' . $e->getMessage() );
				}
				$filter = null;
				break;
			default:
				/* What somebody else has put into the table. */
				Fuzz::$tame = true;
				$text       = str_replace( array( '\\', "'" ), array( '\\\\', "\\'" ), fuzz_chance( 2 ) ? preg_replace( '/[\x80-\xff]/', '?', fuzz_text() ) : (string) json_encode( $policy, JSON_PARTIAL_OUTPUT_ON_ERROR ) );
				Fuzz::$tame = false;
				if ( strlen( $text ) < 60000 ) {
					asq_test_query( "UPDATE {asq_retries} SET policy = '$text' WHERE action_id = {$ids[1]}" );
					$is = asq_get_retry_policy( 'x', '', $ids[1] );
					fuzz_check( sound( $is ), 'what was read is not sound', $is );
				}
		}
	},
	static function () use ( $good, $stored, $tables, $before, $logs, $ids ) {
		fuzz_check( asq_get_retry_policy( 'good' ) === $good, 'the policy of another hook is another' );
		fuzz_check( asq_get_retry_policy( 'x', '', $ids[0] ) === $stored, 'the policy of another action is another' );
		fuzz_check( fuzz_tables() === $tables && fuzz_sum( 'actions' ) === $before && fuzz_sum( 'logs' ) === $logs, 'other rows are others' );
		fuzz_check( (int) asq_test_query( 'SELECT COUNT(*) AS n FROM {asq_retries}' )[0]['n'] <= 2, 'too many policies' );
	},
	2000,
	array( 'accepted', 'refused', 'filtered' )
);
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
fine
