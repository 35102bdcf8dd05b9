--TEST--
Fuzz: asq_purge() deletes only what has ended, asq_pause() and asq_resume() only their own names
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';
require __DIR__ . '/../helpers/fuzz.inc';
asq_fake_boot();

Asq\Native\own_tables();
asq_pause( 'hook', 'good' );
$ids = asq_enqueue_many( 'kept', array( array( 1 ), array( 2 ) ) );
asq_test_query( "UPDATE {actions} SET status = 'in-progress', last_attempt_gmt = '2000-01-01' WHERE action_id = {$ids[0]}" );
$sum     = static fn() => fuzz_sum( 'actions', "hook = 'kept'" ) . fuzz_sum( 'asq_pauses', "name = 'good'" ) . fuzz_tables();
$before  = $sum();
$count   = static fn( string $where ) => (int) asq_test_query( "SELECT COUNT(*) AS n FROM {actions} WHERE $where" )[0]['n'];
$filters = array( 'action_scheduler_retention_period', 'action_scheduler_default_cleaner_statuses', 'action_scheduler_enable_failed_action_cleanup' );
$kept    = array();
foreach ( $filters as $filter ) {
	add_filter( $filter, static function ( $value ) use ( $filter, &$kept ) {
		fuzz_chance( 4 ) && fuzz_mischief();
		return array_key_exists( $filter, $kept ) ? $kept[ $filter ] : $value;
	} );
}
add_action( 'action_scheduler_deleted_action', static function () {
	fuzz_chance( 10 ) && fuzz_mischief();
} );
Fuzz::$again = static function () {
	asq_purge( array( 'limit' => 1, 'pause' => 0 ) );
	asq_resume( 'hook', 'x' );
};

fuzz_run(
	static function () use ( $count, &$kept, $filters ) {
		if ( fuzz_chance( 2 ) ) {
			$kind = fuzz_chance( 6 ) ? fuzz_text() : fuzz_pick( array( 'hook', 'group', 'all' ) );
			$name = fuzz_text();
			if ( 0 === strcasecmp( 'good', $name ) ) {
				return;
			}
			$done = fuzz_call( static fn() => asq_pause( $kind, $name ), 'asq_pause', null, $new );
			if ( $done ) {
				$names = array_column( array_filter( asq_pauses(), static fn( $pause ) => $kind === $pause['kind'] ), 'name' );
				fuzz_check( 'all' === $kind || in_array( $name, $names, true ) || ! $new, 'it is not paused', $kind, $name );
			}
			fuzz_check( fuzz_call( static fn() => asq_resume( $kind, $name ), 'asq_resume', null, $was ) === $done && ( ! $done || $was ), 'not resumed', $kind, $name );
			return;
		}
		if ( $count( "hook = 'ended'" ) < 20 ) {
			asq_test_query( "INSERT INTO {actions} (hook, status, last_attempt_gmt, args) SELECT 'ended', ELT(1 + seq % 3, 'complete', 'canceled', 'failed'), UTC_TIMESTAMP() - INTERVAL seq DAY, '[]' FROM seq_1_to_60" );
		}
		$kept = array();
		foreach ( $filters as $filter ) {
			fuzz_chance( 4 ) && $kept[ $filter ] = fuzz_chance( 2 ) ? fuzz_value() : fuzz_pick( array( 2678400, 0, 1, 86400 * 10, array( 'failed' ), array( 'pending', 'in-progress' ) ) );
		}
		$options = fuzz_options(
			array(
				'statuses'    => array( array( 'complete' ), array( 'failed', 'canceled' ), array( 'pending' ), array( 'in-progress', 'complete' ) ),
				'before'      => array( 0, 1700000000, time() - 864000 ),
				'limit'       => array( 0, 1, '3' ),
				'orphans'     => array( true, false ),
				'dry_run'     => array( true, false ),
				'batch'       => array( 0, 1, 2, 900 ),
				'on_progress' => array( 'is_array', null ),
			),
			5
		) + array( 'pause' => fuzz_chance( 20 ) ? fuzz_pick( array( -1, 'x', 1.5, NAN, array(), null ) ) : 0 );
		$total   = $count( '1=1' );
		$again   = Fuzz::$said['again'] ?? 0;
		$at_end  = Fuzz::$said['at the end'] ?? 0;
		$dry     = $options['dry_run'] ?? false;
		$only    = isset( $options['statuses'] ) && ! Fuzz::$slots ? $options['statuses'] : null;
		$others  = $only ? static fn() => $count( "status NOT IN ('" . implode( "','", array_filter( $only, 'is_scalar' ) ) . "')" ) : static fn() => $count( "status IN ('pending', 'in-progress')" );
		$left    = is_array( $only ) || null === $only ? ( $only && array_filter( $only, static fn( $s ) => ! in_array( $s, array( 'complete', 'failed', 'canceled' ), true ) ) ? null : $others() ) : null;
		$done    = fuzz_call( static fn() => asq_purge( $options ), 'asq_purge', $options, $report );
		if ( $done && $again === ( Fuzz::$said['again'] ?? 0 ) && $at_end === ( Fuzz::$said['at the end'] ?? 0 ) && is_bool( $dry ) && ! isset( Fuzz::$slots['dry_run'] ) ) {
			$gone = $total - $count( '1=1' );
			fuzz_check( $gone === ( $dry ? 0 : $report['actions'] ) || Fuzz::$again, 'another number', $gone, $report, $options );
			fuzz_check( $report['actions'] >= $gone || Fuzz::$again, 'more than it says', $gone, $report );
		}
		fuzz_check( null === $left || ! $done || Fuzz::$slots || $others() === $left, 'others are gone', $options );
	},
	static function () use ( $sum, $before ) {
		fuzz_check( $sum() === $before, 'what has not ended, or was paused, is another' );
	},
	1000
);
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
fine
