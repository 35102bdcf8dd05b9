#!/usr/bin/env bash
# What a callback of the pool's, and who listens to Action Scheduler's hooks, find in the tables: what Action Scheduler's
# own runner would show them at that point. pool-view.txt has that; where AS_DIR is set, to a checkout of Action
# Scheduler, its runner is asked, too.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/races.inc"

mu_plugin view <<'PHP'
if ( getenv( 'E2E_STOCK' ) ) {
	require_once getenv( 'E2E_STOCK' ) . '/action-scheduler.php';
}

// What each action is to do, and who listens meanwhile. In between nobody does.
function e2e_cases() {
	$cases = array( array( 'nothing', '' ), array( 'nothing', '' ) );
	foreach ( array( 'has', 'next', 'get_ids', 'get_pending', 'status', 'fetch', 'count', 'counts', 'unique', 'log', 'logs', 'unschedule', 'unschedule_all', 'cancel_self', 'fail_self', 'complete_self', 'claim_of_self', 'throw', 'recur' ) as $do ) {
		$cases[] = array( $do, '' );
	}
	foreach ( array( 'before_execute', 'begin_execute', 'after_execute', 'completed_action', 'failed_execution', 'stored_action', 'canceled_action' ) as $hook ) {
		foreach ( array( 'nothing', 'throw', 'recur', 'cancel_self' ) as $do ) {
			$cases[] = array( $do, $hook );
			$cases[] = array( 'nothing', '' );
		}
	}
	foreach ( array( 'nothing', 'throw', 'recur' ) as $do ) {
		$cases[] = array( $do, 'all' );
		$cases[] = array( 'nothing', '' );
	}
	return $cases;
}

// By plain SQL, past everything.
function e2e_id( $n ) {
	global $wpdb;
	return (int) $wpdb->get_var( $wpdb->prepare( "SELECT action_id FROM {$wpdb->prefix}actionscheduler_actions WHERE args = %s ORDER BY action_id LIMIT 1", "[$n]" ) );
}
function e2e_n( $id ) {
	global $wpdb;
	return (int) trim( (string) $wpdb->get_var( "SELECT args FROM {$wpdb->prefix}actionscheduler_actions WHERE action_id = " . (int) $id ), '[]' );
}
function e2e_state( $id ) {
	global $wpdb;
	$row = $wpdb->get_row( "SELECT status, attempts, IF(claim_id > 0, 'claimed', 'free') held FROM {$wpdb->prefix}actionscheduler_actions WHERE action_id = " . (int) $id );
	$log = $wpdb->get_col( "SELECT message FROM {$wpdb->prefix}actionscheduler_logs WHERE action_id = " . (int) $id . ' ORDER BY log_id' );
	$log = str_replace( array( ' via WP CLI', 'action ' ), '', implode( ', ', $log ) );
	return ( $row ? "$row->status $row->attempts $row->held" : 'gone' ) . " [$log]";
}
function e2e_view( $n, $what ) {
	list( $do, $listen ) = e2e_cases()[ $n ];
	e2e_say( sprintf( '%02d %s %s: %s', $n, $do, $listen ? "($listen)" : '-', $what ) );
}

// Listens to what the case asks for.
function e2e_listen( $n ) {
	static $listening = array();
	foreach ( $listening as $hook => $callback ) {
		remove_action( "action_scheduler_$hook", $callback, 5 );
		remove_action( "action_scheduler_$hook", $callback, 15 );
	}
	$listening = array();
	$listen    = isset( e2e_cases()[ $n ] ) ? e2e_cases()[ $n ][1] : '';
	$hooks     = 'all' === $listen ? array( 'before_execute', 'begin_execute', 'after_execute', 'completed_action', 'failed_execution', 'stored_action' ) : array_filter( array( $listen ) );
	foreach ( $hooks as $hook ) {
		$listening[ $hook ] = static function ( $id ) use ( $n, $hook ) {
			// Of a next instance: what of the one that is through?
			$subject = 'stored_action' === $hook ? e2e_id( $n ) : $id;
			if ( e2e_n( $subject ) === $n ) {
				e2e_view( $n, "$hook: " . e2e_state( $subject ) );
			}
		};
		// Before and after Action Scheduler's own logger.
		add_action( "action_scheduler_$hook", $listening[ $hook ], 5 );
		add_action( "action_scheduler_$hook", $listening[ $hook ], 15 );
	}
}

function e2e_do( $do, $n, $hook ) {
	global $wpdb;
	$args  = array( $n );
	$store = ActionScheduler::store();
	switch ( $do ) {
		case 'has':
			return (int) as_has_scheduled_action( $hook ) . (int) as_has_scheduled_action( $hook, $args ) . (int) as_has_scheduled_action( $hook, $args, 'e2e' );
		case 'next':
			return var_export( as_next_scheduled_action( $hook ), true ) . var_export( as_next_scheduled_action( $hook, $args, 'e2e' ), true );
		case 'get_ids':
			return count( array_intersect( as_get_scheduled_actions( array( 'hook' => $hook, 'status' => 'in-progress' ), 'ids' ), array( e2e_id( $n ) ) ) );
		case 'get_pending':
			return count( as_get_scheduled_actions( array( 'hook' => $hook, 'status' => 'pending' ), 'ids' ) );
		case 'status':
			return $store->get_status( e2e_id( $n ) );
		case 'fetch':
			return get_class( $store->fetch_action( e2e_id( $n ) ) );
		case 'count':
			return $store->query_actions( array( 'hook' => $hook, 'status' => 'in-progress' ), 'count' );
		case 'counts':
			return isset( $store->action_counts()['in-progress'] ) ? $store->action_counts()['in-progress'] : 0;
		case 'unique':
			return as_enqueue_async_action( $hook, $args, 'e2e', true );
		case 'log':
			ActionScheduler::logger()->log( e2e_id( $n ), 'from the callback' );
			return '';
		case 'logs':
			return count( ActionScheduler::logger()->get_logs( e2e_id( $n ) ) );
		case 'unschedule':
			return var_export( as_unschedule_action( $hook, $args, 'e2e' ), true );
		case 'unschedule_all':
			as_unschedule_all_actions( $hook );
			return $store->get_status( e2e_id( $n ) );
		case 'cancel_self':
			$store->cancel_action( e2e_id( $n ) );
			return $store->get_status( e2e_id( $n ) );
		case 'fail_self':
			$store->mark_failure( e2e_id( $n ) );
			return $store->get_status( e2e_id( $n ) );
		case 'complete_self':
			$store->mark_complete( e2e_id( $n ) );
			return $store->get_status( e2e_id( $n ) );
		case 'claim_of_self':
			return $store->get_claim_id( e2e_id( $n ) ) > 0 ? 'claimed' : 'free';
		case 'throw':
			throw new DomainException( 'on purpose' );
	}
	return '';
}

foreach ( array_unique( array_column( e2e_cases(), 0 ) ) as $do ) {
	add_action( "e2e_view_$do", static function ( $n ) use ( $do ) {
		// Who listens to this one keeps on doing so.
		if ( ! e2e_cases()[ $n ][1] ) {
			e2e_listen( $n + 1 );
		}
		e2e_view( $n, 'callback: ' . e2e_do( $do, $n, "e2e_view_$do" ) );
	} );
}
PHP

# cases: one action for each, in this order.
cases() {
	empty_queue
	: >"$E2E_SEEN"
	site_php <<'PHP'
foreach ( e2e_cases() as $n => list( $do ) ) {
	if ( 'recur' === $do ) {
		as_schedule_recurring_action( time() - 1000 + $n, DAY_IN_SECONDS, "e2e_view_$do", array( $n ), 'e2e' );
	} else {
		as_schedule_single_action( time() - 1000 + $n, "e2e_view_$do", array( $n ), 'e2e' );
	}
}
// An order that no second more or less can change.
$wpdb->query( "UPDATE {$wpdb->prefix}actionscheduler_actions SET scheduled_date_gmt = '2020-01-01' + INTERVAL action_id SECOND" );
PHP
}

# viewed: what was seen, and what has become of each in the end.
viewed() {
	cat "$E2E_SEEN"
	site_php <<'PHP'
foreach ( $wpdb->get_col( "SELECT action_id FROM {$wpdb->prefix}actionscheduler_actions ORDER BY action_id" ) as $id ) {
	// Whether what is through is still claimed is another matter in each version of Action Scheduler.
	echo 'end ', e2e_n( $id ), ' ', preg_replace( '/ (claimed|free) /', ' ', e2e_state( $id ) ), "\n";
}
PHP
}

# compare NAME FILE: with what is expected, line by line.
compare() {
	local differs
	differs=$(diff "${EXPECTED}" "$2") || true
	is "$1" '' "$differs"
}

EXPECTED=$ROOT/tests/e2e/pool-view.txt
for mode in group each; do
	cases
	pool p --workers=1 "--commit=$mode"
	wait_for 300 none_due || not_ok "--commit=$mode: all are run" "$(tail -n 5 "$RUN/p.log")"
	pool_ends p
	viewed >"$RUN/view-$mode"
	[[ -z ${E2E_RECORD:-} ]] || cp "$RUN/view-$mode" "$E2E_RECORD-$mode"
	compare "--commit=$mode: as with Action Scheduler's own runner" "$RUN/view-$mode"
done

if [[ -n ${AS_DIR:-} ]]; then
	cases
	PHPRC=$ASQ_TEST_RUN/stock E2E_STOCK=$AS_DIR "$WP" action-scheduler run >"$RUN/stock.out" 2>&1 || not_ok 'Action Scheduler runs' "$(cat "$RUN/stock.out")"
	viewed >"$RUN/view-stock"
	[[ -z ${E2E_RECORD:-} ]] || cp "$RUN/view-stock" "$E2E_RECORD"
	compare 'Action Scheduler itself' "$RUN/view-stock"
else
	skip 'Action Scheduler itself' 'needs AS_DIR'
fi
no_php_errors 'PHP has nothing to complain about'
