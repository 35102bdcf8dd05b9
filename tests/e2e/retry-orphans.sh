#!/usr/bin/env bash
# Retry policies where nobody sees a process die: `run` and WP-Cron's runner, which are killed, and whose actions the cleaner finds;
# and, where mounting is allowed, a host that is lost with its supervisor.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pool.inc"
. "$(dirname "$0")/failing.inc"

mu_plugin orphans <<'PHP'
function e2e_seen( $what ) {
	file_put_contents( getenv( 'E2E_SEEN' ), "$what\n", FILE_APPEND | LOCK_EX );
}
// The first time its process is killed: by itself, or, if it is told to wait, by others.
function e2e_die( $what ) {
	$file = getenv( 'E2E_SEEN' ) . ".$what";
	file_put_contents( $file, '.', FILE_APPEND );
	clearstatcache();
	if ( filesize( $file ) > 1 ) {
		e2e_seen( "done $what" );
	} elseif ( getenv( 'E2E_WAIT' ) ) {
		sleep( 1200 );
	} else {
		posix_kill( getmypid(), SIGKILL );
	}
}
foreach ( array( 'none', 'retry', 'fail', 'last', 'of_group', 'filtered', 'own' ) as $hook ) {
	add_action( "e2e_$hook", 'e2e_die' );
}
$quick = array( 'max_attempts' => 3, 'base' => 0, 'jitter' => 0 );
asq_retry_policy( 'e2e_retry', array( 'on_crash' => 'retry' ) + $quick );
asq_retry_policy( 'e2e_fail', $quick );
asq_retry_policy( 'e2e_last', array( 'on_crash' => 'retry', 'max_attempts' => 1 ) + $quick );
asq_retry_policy( 'e2e_grouped', array( 'on_crash' => 'retry' ) + $quick, 'group' );
add_filter( 'asq_retry_policy', static function ( $policy, $hook ) {
	if ( 'e2e_none' === $hook && getenv( 'E2E_EXIT' ) ) {
		exit( 5 );
	}
	return 'e2e_filtered' === $hook ? array( 'on_crash' => 'retry', 'delay' => static function ( $attempt ) {
		throw new Exception( 'delay threw' );
	}, 'base' => 0, 'jitter' => 0 ) : $policy;
}, 10, 2 );
foreach ( array( 'asq_action_retried', 'action_scheduler_failed_action', 'action_scheduler_unexpected_shutdown', 'asq_dead_letter_stored' ) as $hook ) {
	add_action( $hook, static function ( $id, $more ) use ( $hook ) {
		e2e_seen( "$hook " . ( $more instanceof Throwable ? get_class( $more ) : ( $more['reason'] ?? '' ) ) );
	}, 10, 2 );
}
PHP

enqueue() {
	site_php <<'PHP'
foreach ( array( 'none', 'retry', 'fail', 'last', 'filtered', 'own' ) as $hook ) {
	$id = as_enqueue_async_action( "e2e_$hook", array( $hook ) );
}
as_enqueue_async_action( 'e2e_of_group', array( 'of_group' ), 'e2e_grouped' );
var_dump( asq_retry_policy_for_action( $id, array( 'on_crash' => 'retry', 'base' => 0 ) ) );
PHP
}
of() {
	rows "SELECT CONCAT(status, ' ', attempts) FROM {actions} WHERE hook = 'e2e_$1'"
}
log_of() {
	rows "SELECT message FROM {logs} JOIN {actions} USING (action_id) WHERE hook = 'e2e_$1' ORDER BY log_id" | paste -s -d '|'
}
letter_of() {
	sql asq_site -e "SELECT CONCAT_WS(' ', error_class, reason, attempts, error_message) FROM shop_asq_dead_letters WHERE hook = 'e2e_$1'"
}
seen() {
	grep -c "^$1" "$E2E_SEEN" || true
}
late() {
	rows "UPDATE {actions} SET last_attempt_gmt = UTC_TIMESTAMP() - INTERVAL 10 MINUTE, last_attempt_local = last_attempt_gmt WHERE status = 'in-progress'"
}
cron() {
	site_php <<'PHP'
set_time_limit( 0 );
// The dead count as runners.
add_filter( 'action_scheduler_queue_runner_concurrent_batches', static function () { return 100; } );
ActionScheduler_QueueRunner::instance()->run( 'WP Cron' );
PHP
}
# each_in_progress COMMAND...: until all have begun; each kills its process.
each_in_progress() {
	local i
	for ((i = 0; i < 20; i++)); do
		("$@" || true) >>"$RUN/out" 2>&1
		# What else the dead had claimed is free again at once.
		rows "UPDATE {actions} SET claim_id = 0 WHERE status = 'pending'"
		(($(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'pending'"))) || return 0
	done
}

# found NAME: what must hold of all that were found dead; $1 begins the checks' names.
found() {
	is "$1: without a policy it has failed" 'failed 1' "$(of none)"
	is "$1: on_crash=retry: tried again, and done" 'complete 2' "$(of retry)"
	is "$1: on_crash=fail" 'failed 1' "$(of fail)"
	is "$1: the last attempt" 'failed 1' "$(of last)"
	is "$1: a policy of a group" 'complete 2' "$(of of_group)"
	is "$1: a policy of the filter, whose delay throws" 'complete 2' "$(of filtered)"
	is "$1: an action's own policy" 'complete 2' "$(of own)"
	is "$1: letters for what has failed for good, under a policy" 2 "$(sql asq_site -e 'SELECT COUNT(*) FROM shop_asq_dead_letters')"
	is "$1: listeners hear of letters" 'crashed exhausted' "$(grep '^asq_dead_letter_stored' "$E2E_SEEN" | cut -d ' ' -f 2 | sort | xargs)"
	is "$1: and of retries" 4 "$(seen 'asq_action_retried Asq.CrashException$')"
	is "$1: nobody does anything twice" '' "$(grep '^done' "$E2E_SEEN" | sort | uniq -d)"
}

for how in run cron; do
	fresh
	succeeds "$how: enqueued" enqueue
	if [[ $how == run ]]; then
		each_in_progress "$WP" action-scheduler run --force --batch-size=1
		again=("$WP" action-scheduler run)
	else
		each_in_progress cron
		again=(cron)
	fi
	is "$how: all were killed" 7 "$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'in-progress'")"
	late
	"${again[@]}" >>"$RUN/out" 2>&1 || true
	"${again[@]}" >>"$RUN/out" 2>&1 || true
	found "$how"
	has "$how: the log of a retry" '|action failed, retry 1 of 2 in 0 seconds: Nothing was heard of it for 300 seconds.|action started' "$(log_of retry)"
	has "$how: the log of a failure is Action Scheduler's" '|action marked as failed after 300 seconds. Unknown error occurred.' "$(log_of fail)"
	is "$how: the log without a policy is, too" "$(log_of fail)" "$(log_of none)"
	is "$how: the letter" 'Asq\\CrashException crashed 1 Nothing was heard of it for 300 seconds.' "$(letter_of fail)"
	is "$how: Action Scheduler's hook is for what has failed" 3 "$(seen action_scheduler_failed_action)"
done

# What ends while the cleaner asks is left alone; a limit of less than no time is no cleaning; a filter that is asked has its way.
fresh
is 'the cleaner: ended meanwhile; no time; another time' 'complete in-progress pending' "$(site_php <<'PHP'
$id = as_enqueue_async_action( 'e2e_retry', array( 'x' ) );
ActionScheduler::store()->log_execution( $id );
global $wpdb;
$late = static function () use ( $wpdb, $id ) {
	$wpdb->query( "UPDATE {$wpdb->actionscheduler_actions} SET status = 'in-progress', claim_id = 0, attempts = 1, last_attempt_gmt = '2020-01-01' WHERE action_id = $id" );
};
$end = static function ( $policy ) use ( $wpdb, $id ) {
	$wpdb->query( "UPDATE {$wpdb->actionscheduler_actions} SET status = 'complete' WHERE action_id = $id" );
	return $policy;
};
$cleaner = new ActionScheduler_QueueCleaner();
$late();
add_filter( 'asq_retry_policy', $end );
$cleaner->mark_failures();
remove_filter( 'asq_retry_policy', $end );
echo ActionScheduler::store()->get_status( $id ), ' ';
$late();
add_filter( 'action_scheduler_failure_period', static function () { return -1; }, 11 );
$cleaner->mark_failures();
echo ActionScheduler::store()->get_status( $id ), ' ';
remove_all_filters( 'action_scheduler_failure_period' );
add_filter( 'action_scheduler_failure_period', static function () { return '100000'; }, 11 );
$cleaner->mark_failures( 5 );
echo ActionScheduler::store()->get_status( $id );
PHP
)"

# ---- A host --------------------------------------------------------------------------------

apart() {
	unshare -m --propagation private sh -c 'mount -t tmpfs none /dev/shm && exec "$@"' sh "$WP" action-scheduler work "$@" </dev/null >>"$RUN/doomed" 2>&1 &
	DOOMED=$!
	at_exit pool_kill "$DOOMED"
	echo "$DOOMED" >>"$RUN/supervisors"
}
if ! unshare -m --propagation private sh -c 'mount -t tmpfs none /dev/shm' 2>/dev/null; then
	skip 'a host is lost' 'needs the right to mount'
else
	fresh
	succeeds 'a host is lost: enqueued' enqueue
	E2E_WAIT=1 apart --workers=7
	must 'a host is lost: it runs all of them' 180 holds 7 "SELECT COUNT(*) FROM {actions} WHERE status = 'in-progress'"
	mapfile -t all < <(workers_of "$DOOMED")
	kill -KILL "$DOOMED" "${all[@]}" 2>/dev/null || true
	wait "$DOOMED" 2>/dev/null || true
	E2E_EXIT=1 pool_start watcher --workers=2
	wait_for 180 holds 0 "SELECT COUNT(*) FROM {actions} WHERE status IN ('in-progress', 'pending')" || true
	# Listeners are told by workers, one thing after the other.
	told() {
		(($(seen action_scheduler_unexpected_shutdown) >= 3 && $(seen asq_action_retried) >= 4 && $(seen asq_dead_letter_stored) >= 2))
	}
	wait_for 60 told || true
	found 'a host is lost'
	has 'a host is lost: the log of a retry' '|action failed, retry 1 of 2 in 0 seconds: The supervisor that ran it gave no sign of life for 10 seconds.|action started via WP CLI|action complete via WP CLI' "$(log_of retry)"
	has 'a host is lost: the log of a failure' '|action failed via WP CLI: The supervisor that ran it gave no sign of life for 10 seconds.' "$(log_of fail)"
	is 'a host is lost: the letter' 'Asq\\CrashException crashed 1 The supervisor that ran it gave no sign of life for 10 seconds.' "$(letter_of fail)"
	is 'a host is lost: what has failed is told of' 3 "$(seen action_scheduler_unexpected_shutdown)"
	has 'a host is lost: the watcher says so' 'its 3 running actions have failed, 4 will be tried again, the others are in the queue again.' "$(cat "$RUN/watcher")"
	pool_term
	is 'a host is lost: the watcher, whose filter has called exit(), ends well' 0 "$STATUS"
	nothing_left 'a host is lost'
fi
is 'PHP has logged nothing but what was meant' '' "$(php_errors | grep -v ', and is ignored' || true)"
