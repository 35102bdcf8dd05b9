--TEST--
Fuzz: asq_enqueue_many() stores all of a list, or nothing
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';
require __DIR__ . '/../helpers/fuzz.inc';
asq_fake_boot();

as_enqueue_async_action( 'good', array( 'kept' ) );
$where  = "hook = 'good'";
$good   = fuzz_sum( 'actions', $where );
$tables = fuzz_tables();
$count  = static fn( $table ) => (int) asq_test_query( "SELECT COUNT(*) AS n FROM {{$table}}" )[0]['n'];
add_action( 'action_scheduler_stored_action', static function () {
	fuzz_chance( 20 ) && fuzz_mischief();
} );
Fuzz::$again    = static function () {
	asq_enqueue_many( 'again', array( array( mt_rand() ) ) );
};
Fuzz::$warnings = array( '/^Array to string conversion$/', '/^Implicit conversion from float/', '/Passing null to parameter/' );

function elements() {
	if ( fuzz_chance( 6 ) ) {
		return fuzz_value();
	}
	Fuzz::$slots = array();
	$list        = array();
	for ( $i = mt_rand( 0, 6 ); $i; $i-- ) {
		$value = fuzz_chance( 8 ) ? fuzz_value() : array( fuzz_chance( 4 ) ? fuzz_value() : fuzz_pick( array( 1, 'x', null, "\u{1F389}", "'" ) ) );
		if ( fuzz_chance( 4 ) ) {
			Fuzz::$slots[ "e$i" ] = $value;
			$list[]               = &Fuzz::$slots[ "e$i" ];
		} else {
			$list[] = $value;
		}
	}
	return fuzz_chance( 4 ) ? ( static function () use ( $list ) {
		foreach ( $list as $value ) {
			fuzz_chance( 6 ) && fuzz_mischief();
			yield $value;
		}
	} )() : $list;
}

fuzz_run(
	static function () use ( $count ) {
		$list      = elements();
		$hook      = fuzz_chance( 3 ) ? fuzz_text() : 'fuzz';
		$group     = fuzz_chance( 3 ) ? fuzz_text() : fuzz_pick( array( '', 'g', "g'" ) );
		$hook      = 'good' === $hook ? 'x' : $hook;
		$timestamp = fuzz_chance( 4 ) ? fuzz_number() : fuzz_pick( array( null, 0, 1700000000, 253402300799 ) );
		$priority  = fuzz_chance( 4 ) ? fuzz_number() : 10;
		$unique    = fuzz_chance( 4 );
		asq_test_query( "DELETE l, a FROM {logs} l JOIN {actions} a ON a.action_id = l.action_id WHERE a.hook = 'again'" );
		$before    = array( $count( 'actions' ), $count( 'logs' ) );
		$done      = fuzz_call( static fn() => asq_enqueue_many( $hook, $list, $group, $unique, $priority, $timestamp ), 'asq_enqueue_many', null, $ids, array( 'RuntimeException' ) );
		$added     = $count( 'actions' ) - $before[0];
		fuzz_check( $count( 'logs' ) - $before[1] === $added, 'not one log row each', $added );
		$added    -= (int) asq_test_query( "SELECT COUNT(*) AS n FROM {actions} WHERE hook = 'again'" )[0]['n'];
		if ( $done ) {
			fuzz_check( count( array_filter( $ids ) ) === $added, 'another number', $ids, $added );
			if ( $ids && max( $ids ) ) {
				$row = asq_test_query( 'SELECT HEX(hook) AS hook, status, attempts FROM {actions} WHERE action_id = ' . max( $ids ) )[0];
				fuzz_check( strtoupper( bin2hex( $hook ) ) === $row['hook'] && 'pending' === $row['status'], 'another row', $row, $hook );
			}
		} elseif ( is_array( $list ) ) {
			/* A listener of an action that is stored may throw; then all are. */
			fuzz_check( 0 === $added || count( $list ) === $added || $unique, 'some are stored', $added, count( $list ) );
		}
	},
	static function () use ( $where, $good, $tables ) {
		fuzz_check( fuzz_sum( 'actions', $where ) === $good && fuzz_tables() === $tables, 'other rows are others' );
		asq_test_query( "DELETE FROM {actions} WHERE NOT $where" );
		asq_test_query( 'DELETE l FROM {logs} l LEFT JOIN {actions} a ON a.action_id = l.action_id WHERE a.action_id IS NULL' );
		fuzz_check( count( asq_enqueue_many( 'next', array( array( 1 ), array( 2 ) ) ) ) === 2, 'the next call' );
	},
	700
);
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
fine
