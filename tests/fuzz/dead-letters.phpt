--TEST--
Fuzz: dead letters, asked for, retried, deleted and purged
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';
require __DIR__ . '/../helpers/fuzz.inc';
asq_fake_boot();
as_enqueue_async_action( 'other', array( 'x' ), 'g' );
Asq\Native\own_tables();

const QUERY = array(
	'ids'         => array( array( 1, 2 ), array( '3' ), array() ),
	'action_id'   => array( 1, '2', 0 ),
	'hook'        => array( 'hook1', 'good' ),
	'group'       => array( '', 'g' ),
	'error_class' => array( 'Exception' ),
	'reason'      => array( 'exhausted', 'permanent', 'crashed' ),
	'retried'     => array( true, false ),
	'search'      => array( 'hook', "'", '%', '_', '|', "\u{1F389}" ),
	'after'       => array( 0, 1700000000 ),
	'before'      => array( 253402300799, 1700000000 ),
	'page'        => array( 1, 2, '3', 92232797 ),
	'per_page'    => array( 0, 1, 100000 ),
	'orderby'     => array( 'id', 'HOOK', 'retry_count' ),
	'order'       => array( 'ASC', 'desc' ),
	'return'      => array( 'letters', 'ids', 'count' ),
);

/** A letter of anything; its id. */
function letter(): int {
	$quote = static fn( string $text ) => "CONVERT(x'" . bin2hex( $text ) . "' USING utf8mb4)";
	$text  = static function ( int $most ) use ( $quote ) {
		do {
			$text = fuzz_text();
		} while ( ! fuzz_is_utf8( $text ) );
		return $quote( mb_substr( $text, 0, $most ) );
	};
	$args  = fuzz_chance( 3 ) ? $text( 5000 ) : $quote( fuzz_pick( array( '[]', '{}', '[1,"x"]', '{"a":{"b":[]}}', '5', 'null', '', '[[[[', '["O:10:\"Fuzz_Woken\":0:{}"]', str_repeat( '[', 600 ), '["' . str_repeat( 'x', 8000 ) . '"]' ) ) );
	$hook  = fuzz_chance( 2 ) ? $quote( 'hook' . mt_rand( 0, 5 ) ) : $text( 191 );
	asq_test_query(
		"INSERT INTO {asq_dead_letters} (action_id, hook, args, group_slug, schedule, reason, error_class, error_message, error_trace, metadata, attempts, retry_count, first_failure_gmt, last_failure_gmt)
		VALUES (" . mt_rand( 0, 9 ) . ", $hook, $args, {$text(191)}, 'O:10:\"Fuzz_Woken\":0:{}', 'exhausted', {$text(191)}, {$text(1000)}, {$text(1000)}, {$text(1000)}, 3, " . mt_rand( 0, 1 ) . ", '2020-01-01', UTC_TIMESTAMP() - INTERVAL " . mt_rand( 0, 5000 ) . ' HOUR)'
	);
	return asq_test_db()->insert_id;
}

asq_test_query( "INSERT INTO {asq_dead_letters} (action_id, hook, args, reason, error_message, first_failure_gmt, last_failure_gmt) VALUES (1, 'good', '[\"kept\"]', 'exhausted', 'm', UTC_TIMESTAMP(), UTC_TIMESTAMP())" );
$sum    = static fn() => fuzz_sum( 'asq_dead_letters', "hook = 'good' AND letter_id = 1" ) . fuzz_sum( 'actions', "hook = 'other'" ) . fuzz_tables();
$before = $sum();
$ids    = array();
for ( $i = 0; $i < 40; $i++ ) {
	$ids[] = letter();
}
foreach ( array( 'asq_dead_letter_retried', 'asq_dead_letter_deleted', 'asq_dead_letter_purged', 'action_scheduler_stored_action' ) as $hook ) {
	add_action( $hook, static function () {
		fuzz_chance( 10 ) && fuzz_mischief();
	} );
}
$kept = null;
add_filter( 'asq_dead_letter_retention', static function ( $seconds ) use ( &$kept ) {
	fuzz_mischief();
	return $kept;
} );
Fuzz::$again = static function () use ( &$ids ) {
	asq_dead_letters( fuzz_options( QUERY ) );
	asq_dead_letter_retry( fuzz_pick( $ids ) );
};
Fuzz::$warnings = array( '/^Array to string conversion$/' );
$actions = static fn() => (int) asq_test_query( 'SELECT COUNT(*) AS n FROM {actions}' )[0]['n'];
$letters = static fn( string $where = '1=1' ) => (int) asq_test_query( "SELECT COUNT(*) AS n FROM {asq_dead_letters} WHERE $where" )[0]['n'];

/** Ids as somebody might give them. Never the first one's. */
function some_ids( array $ids ) {
	if ( fuzz_chance( 3 ) ) {
		$any = fuzz_value();
		return 1 === $any || '1' === $any || is_array( $any ) || true === $any || 1.0 === $any || ( is_string( $any ) && 1 === (int) $any ) ? 'x' : $any;
	}
	$some = array( fuzz_pick( $ids ), (string) fuzz_pick( $ids ) );
	fuzz_chance( 4 ) && $some[] = fuzz_pick( array( null, 1.5, 'x', "5'", array(), PHP_INT_MAX, PHP_INT_MIN, 0, new stdClass(), ' 7777777 ' ) );
	return fuzz_chance( 2 ) ? fuzz_pick( $ids ) : fuzz_referring( $some, 'ids' );
}

fuzz_run(
	static function () use ( &$ids, &$kept, $actions, $letters ) {
		switch ( mt_rand( 0, 9 ) ) {
			case 0:
			case 1:
			case 2:
			case 3:
				$query = fuzz_options( QUERY );
				$total = $letters();
				if ( fuzz_call( static fn() => asq_dead_letters( $query ), 'asq_dead_letters', $query, $found ) ) {
					fuzz_check( ( is_array( $found ) ? count( $found ) : $found ) <= $letters() + $total, 'more than there are' );
				}
				break;
			case 4:
				$id = fuzz_chance( 2 ) ? fuzz_value() : fuzz_pick( $ids );
				Fuzz::$warnings[] = '/^Implicit conversion from float|^asq_dead_letter\(\): Passing null/';
				if ( fuzz_call( static fn() => asq_dead_letter( $id ), 'asq_dead_letter', null, $letter ) && $letter ) {
					fuzz_check( is_array( $letter['args'] ) && is_array( $letter['metadata'] ) && is_string( $letter['args_json'] ), 'an odd letter', $letter );
				}
				array_pop( Fuzz::$warnings );
				break;
			case 5:
				$given  = some_ids( $ids );
				$args   = fuzz_chance( 3 ) ? fuzz_value() : fuzz_pick( array( null, null, array( 'other' ), array() ) );
				$before = array( $actions(), $letters() );
				$listed = ( Fuzz::$said['again'] ?? 0 ) + ( Fuzz::$said['thrown'] ?? 0 );
				/* What as_enqueue_async_action() says of args that are none. */
				$done = fuzz_call( static fn() => asq_dead_letter_retry( $given, $args ), 'asq_dead_letter_retry', null, $new, array( 'RuntimeException', 'InvalidArgumentException' ) );
				fuzz_check( $letters() === $before[1], 'a letter is gone' );
				if ( $done && ! fuzz_chance( 2 ) ) {
					fuzz_check( $actions() >= $before[0] + count( array_filter( $new ) ), 'an action is missing', $new );
				}
				foreach ( $done ? $new : array() as $id => $action ) {
					fuzz_check( ! $action || $letters( "letter_id = $id AND new_action_id <> 0 AND retry_count > 0" ), 'it does not say so' );
				}
				break;
			case 6:
				$given = some_ids( $ids );
				$total = $letters();
				if ( fuzz_call( static fn() => asq_dead_letter_delete( $given ), 'asq_dead_letter_delete', null, $deleted ) ) {
					fuzz_check( $letters() === $total - $deleted, 'another number', $deleted );
				}
				break;
			case 7:
				$options = fuzz_options( array( 'before' => array( 0, 1700000000, new DateTime( '2020-06-01' ) ), 'hook' => array( 'hook1', 'hook2' ), 'limit' => array( 1, 2, '1' ) ) );
				if ( isset( $options['before'] ) && ! is_int( $options['before'] ) ) {
					$options['hook'] = 'hook3';
				} elseif ( isset( $options['before'] ) && $options['before'] > 1700000000 ) {
					$options['before'] = 1700000000;
				}
				/* A retention that makes no sense must delete nothing that the default would not. */
				$kept  = fuzz_chance( 4 ) ? fuzz_pick( array( true, array( 1 ), '30 days', new stdClass(), NAN, INF, false, null, PHP_INT_MAX, PHP_INT_MIN + 1, '2592000', 2592000.5, fuzz_object() ) ) : 2592000;
				$kept  = PHP_INT_MIN + 1 === $kept ? 2592000 : $kept;
				$young = $letters( 'last_failure_gmt > UTC_TIMESTAMP() - INTERVAL 29 DAY AND hook <> "hook3"' );
				$total = $letters();
				if ( fuzz_call( static fn() => asq_dead_letters_purge( $options ), 'asq_dead_letters_purge', $options, $deleted ) ) {
					fuzz_check( $letters() === $total - $deleted, 'another number', $deleted );
				}
				fuzz_check( $letters( 'last_failure_gmt > UTC_TIMESTAMP() - INTERVAL 29 DAY AND hook <> "hook3"' ) === $young, 'young letters are gone', $options, $kept );
				break;
			case 8:
				$options = fuzz_options( array( 'top' => array( 0, 1, '5', PHP_INT_MAX ) ) );
				if ( fuzz_call( static fn() => asq_dead_letter_stats( $options ), 'asq_dead_letter_stats', $options, $stats ) ) {
					fuzz_check( $stats['total'] === $letters(), 'another total', $stats['total'] );
				}
				break;
			default:
				$ids[ mt_rand( 0, 39 ) ] = letter();
		}
	},
	static function () use ( $sum, $before ) {
		fuzz_check( $sum() === $before, 'other rows are others', $sum(), $before );
		fuzz_check( array( 'kept' ) === asq_dead_letter( 1 )['args'], 'the next call' );
	},
	1200
);
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
fine
