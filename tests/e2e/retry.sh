#!/usr/bin/env bash
# Retry policies on a real WordPress: an action that fails is tried again, as the same action, by the pool in both commit
# modes and by `run`; what its attempts do not save gets a dead letter. Crashes, series, exit(), timeouts.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pool.inc"
. "$(dirname "$0")/failing.inc"

mu_plugin retry <<'PHP'
function e2e_seen( $what ) {
	file_put_contents( getenv( 'E2E_SEEN' ), "$what\n", FILE_APPEND | LOCK_EX );
}
// How often an action has been tried: by a file, since processes die here.
function e2e_attempt( $name ) {
	$file = getenv( 'E2E_SEEN' ) . ".$name";
	file_put_contents( $file, '.', FILE_APPEND | LOCK_EX );
	clearstatcache();
	return filesize( $file );
}
$quick = array( 'max_attempts' => 3, 'backoff' => 'fixed', 'base' => 1, 'jitter' => 0 );
asq_retry_policy( 'e2e_flaky', $quick );
asq_retry_policy( 'e2e_hopeless', $quick );
asq_retry_policy( 'e2e_invalid', $quick );
asq_retry_policy( 'e2e_late', array( 'base' => 3600 ) + $quick );
asq_retry_policy( 'e2e_exit', $quick );
asq_retry_policy( 'e2e_die_retry', array( 'on_crash' => 'retry' ) + $quick );
asq_retry_policy( 'e2e_die_fail', $quick );
asq_retry_policy( 'e2e_die_last', array( 'max_attempts' => 1 ) );
asq_retry_policy( 'e2e_die_spent', array( 'max_attempts' => 1, 'on_crash' => 'retry' ) );
asq_retry_policy( 'e2e_die_permanent', array( 'max_attempts' => 1 ) );
foreach ( array( 'last', 'spent' ) as $how ) {
	add_action( "e2e_die_$how", static function () {
		posix_kill( getmypid(), SIGKILL );
	} );
}
// It has failed, and its process dies before that is written.
add_action( 'e2e_die_permanent', static function () {
	add_filter( 'asq_dead_letter_metadata', static function () {
		posix_kill( getmypid(), SIGKILL );
	} );
	throw new Asq\PermanentException( 'no use' );
} );
asq_retry_policy( 'e2e_fatal_retry', array( 'on_crash' => 'retry' ) + $quick );
asq_retry_policy( 'e2e_fatal_fail', $quick );
asq_retry_policy( 'e2e_slow', array( 'timeout' => 1, 'max_attempts' => 2 ) + $quick );
// Its second attempt has all the time that a slow machine may need.
add_filter( 'asq_retry_policy', static function ( $policy, $hook, $group, $id ) {
	global $wpdb;
	if ( 'e2e_slow' !== $hook ) {
		return $policy;
	}
	$GLOBALS['e2e_again'] = (bool) $wpdb->get_var( "SELECT attempts FROM {$wpdb->prefix}actionscheduler_actions WHERE action_id = " . (int) $id );
	return $GLOBALS['e2e_again'] ? array( 'timeout' => 600 ) + $policy : $policy;
}, 10, 4 );
asq_retry_policy( 'e2e_grouped', array( 'max_attempts' => 2 ) + $quick, 'group' );
add_filter( 'asq_retry_policy', static function ( $policy, $hook ) {
	return 'e2e_filtered' === $hook ? array( 'max_attempts' => 2, 'base' => 0 ) : $policy;
}, 10, 2 );
add_action( 'e2e_none', static function () {
	throw new RuntimeException( 'no policy' );
} );
add_action( 'e2e_flaky', static function ( $name ) {
	if ( e2e_attempt( $name ) < 3 ) {
		throw new RuntimeException( "not yet: $name" );
	}
	e2e_seen( "flaky $name" );
} );
add_action( 'e2e_hopeless', static function ( $name, $secret = '' ) {
	throw new Asq\TransientException( "never: $name", 7 );
}, 10, 2 );
add_action( 'e2e_invalid', static function () {
	throw new InvalidArgumentException( 'bad order' );
} );
add_action( 'e2e_late', static function () {
	throw new Asq\RetryAfter( 1800, 'come back later' );
} );
add_action( 'e2e_exit', static function ( $name ) {
	if ( e2e_attempt( $name ) < 2 ) {
		exit;
	}
	e2e_seen( "exit $name" );
} );
foreach ( array( 'retry', 'fail' ) as $how ) {
	add_action( "e2e_die_$how", static function ( $name ) {
		if ( e2e_attempt( $name ) < 2 ) {
			posix_kill( getmypid(), SIGKILL );
		}
		e2e_seen( "survived $name" );
	} );
	add_action( "e2e_fatal_$how", static function ( $name ) {
		if ( e2e_attempt( $name ) < 2 ) {
			eval( 'function e2e_twice() {} function e2e_twice() {}' );
		}
		e2e_seen( "survived $name" );
	} );
}
asq_retry_policy( 'e2e_chaos', array( 'max_attempts' => 20, 'on_crash' => 'retry', 'base' => 0, 'jitter' => 0 ) );
add_action( 'e2e_chaos', static function ( $n ) {
	e2e_seen( 'chaos ' . getmypid() );
	usleep( 20000 );
	if ( mt_rand( 0, 2 ) ) {
		throw new RuntimeException( "not yet: $n" );
	}
} );
// Which attempt it is no file says: it may be out of time before it has written that.
add_action( 'e2e_slow', static function ( $name ) {
	for ( $end = microtime( true ) + 120; ! $GLOBALS['e2e_again'] && microtime( true ) < $end; ) {
		usleep( 1000 );
	}
	e2e_seen( "slow $name" );
} );
foreach ( array( 'e2e_of_group', 'e2e_filtered', 'e2e_own' ) as $hook ) {
	add_action( $hook, static function ( $name ) {
		throw new RuntimeException( "no: $name" );
	} );
}
add_action( 'asq_action_retried', static function ( $id, $error, $attempt, $delay ) {
	e2e_seen( sprintf( 'retried %s %d %d', get_class( $error ), $attempt, $delay ) );
	if ( 'die' === getenv( 'E2E_LISTENER' ) ) {
		eval( 'function e2e_twice() {} function e2e_twice() {}' );
	}
}, 10, 4 );
add_action( 'action_scheduler_failed_execution', static function () {
	e2e_seen( 'failed_execution' );
} );
add_action( 'asq_dead_letter_stored', static function ( $id, $letter ) {
	e2e_seen( "stored {$letter['hook']} {$letter['reason']} {$letter['attempts']}" );
}, 10, 2 );
// Each of these may throw, and must not change what becomes of the action.
asq_retry_policy( 'e2e_odd', array( 'max_attempts' => 2, 'delay' => static function ( $attempt, $error ) {
	if ( 'throw' === getenv( 'E2E_ODD' ) ) {
		throw new Exception( 'delay threw' );
	}
	return 'one' === getenv( 'E2E_ODD' ) ? 1 : "'; DROP";
}, 'base' => 1, 'backoff' => 'fixed', 'jitter' => 0 ) );
add_action( 'e2e_odd', static function () {
	throw new RuntimeException( "bytes \xff\xfe and a \0, '; DROP TABLE x; -- \\" . str_repeat( 'é', 9000 ) );
} );
if ( 'throw' === getenv( 'E2E_ODD' ) ) {
	add_filter( 'asq_classify_failure', static function () {
		throw new Exception( 'classify threw' );
	} );
	add_filter( 'asq_retry_policy', static function () {
		throw new Exception( 'policy threw' );
	}, 20 );
	add_filter( 'asq_dead_letter_metadata', static function () {
		throw new Exception( 'metadata threw' );
	}, 20 );
}
if ( getenv( 'E2E_ALERT' ) ) {
	add_filter( 'asq_dead_letter_alert', static function () {
		return array( 'ops@example.com', 'no address', 5 );
	} );
	add_filter( 'pre_wp_mail', static function ( $sent, $mail ) {
		e2e_seen( 'mail to ' . implode( ',', $mail['to'] ) . ": {$mail['subject']}" );
		return true;
	}, 10, 2 );
}
add_filter( 'asq_dead_letter_metadata', static function ( $metadata ) {
	return array( 'shop' => 'a' ) + $metadata;
} );
PHP

letters() {
	sql asq_site -e "$(sed 's/{letters}/shop_asq_dead_letters/g' <<<"$1")"
}
of() {
	rows "SELECT CONCAT(status, ' ', attempts) FROM {actions} WHERE hook = '$1'"
}
log_of() {
	rows "SELECT message FROM {logs} JOIN {actions} USING (action_id) WHERE hook = '$1' ORDER BY log_id" | paste -s -d '|'
}

enqueue() {
	site_php <<'PHP'
foreach ( array( 'none', 'hopeless', 'invalid', 'late', 'flaky', 'exit', 'fatal_retry', 'fatal_fail' ) as $hook ) {
	as_enqueue_async_action( "e2e_$hook", 'hopeless' === $hook ? array( 'h', str_repeat( 'long', 100 ) ) : array( $hook ), 'none' === $hook ? '' : 'shop' );
}
as_enqueue_async_action( 'e2e_of_group', array( 'g' ), 'e2e_grouped' );
as_enqueue_async_action( 'e2e_filtered', array( 'f' ) );
$id = as_enqueue_async_action( 'e2e_own', array( 'o' ) );
var_dump( asq_retry_policy_for_action( $id, array( 'max_attempts' => 2, 'base' => 0 ) ) );
PHP
}

for how in 'run' 'work --drain --workers=2 --commit=group' 'work --drain --workers=2 --commit=each'; do
	fresh
	succeeds "$how: actions are enqueued, one with a policy of its own" enqueue
	is "$how: and that is known" 'bool(true)' "$OUTPUT"
	: >"$RUN/out"
	# shellcheck disable=SC2086
	work_off "$WP" action-scheduler $how
	is "$how: without a policy, as ever" 'failed 1' "$(of e2e_none)"
	is "$how: the log without a policy" 'action created|action started via WP CLI|action failed via WP CLI: no policy' "$(log_of e2e_none)"
	is "$how: what fails twice succeeds at the third attempt" 'complete 3' "$(of e2e_flaky)"
	is "$how: its log" 'action created|action started via WP CLI|action failed, retry 1 of 2 in 1 seconds: not yet: flaky|action started via WP CLI|action failed, retry 2 of 2 in 1 seconds: not yet: flaky|action started via WP CLI|action complete via WP CLI' "$(log_of e2e_flaky)"
	is "$how: what never succeeds has failed" 'failed 3' "$(of e2e_hopeless)"
	is "$how: and has a letter" 'Asq\\TransientException 7 never: h exhausted 3 shop 408' \
		"$(letters "SELECT CONCAT_WS(' ', error_class, error_code, error_message, reason, attempts, group_slug, LENGTH(args)) FROM {letters} WHERE hook = 'e2e_hopeless'")"
	is "$how: from the first failure to the last" 1 "$(letters "SELECT last_failure_gmt > first_failure_gmt FROM {letters} WHERE hook = 'e2e_hopeless'")"
	is "$how: with metadata of a filter" 1 "$(letters "SELECT metadata LIKE '%\"shop\":\"a\"%' FROM {letters} WHERE hook = 'e2e_hopeless'")"
	is "$how: the trace has no arguments" 0 "$(letters "SELECT error_trace LIKE '%longlong%' FROM {letters} WHERE hook = 'e2e_hopeless'")"
	is "$how: what is invalid is not tried again" 'failed 1' "$(of e2e_invalid)"
	is "$how: its letter says so" 'permanent' "$(letters "SELECT reason FROM {letters} WHERE hook = 'e2e_invalid'")"
	is "$how: RetryAfter says when" 'pending 1 1800' "$(rows "SELECT CONCAT_WS(' ', status, attempts, TIMESTAMPDIFF(SECOND, log_date_gmt, scheduled_date_gmt)) FROM {actions} JOIN {logs} USING (action_id)
		WHERE hook = 'e2e_late' AND message LIKE 'action failed, retry 1 %'")"
	is "$how: it is free, and its schedule says the same time" '0 1' "$(rows "SELECT CONCAT(claim_id, ' ', schedule LIKE CONCAT('%i:', UNIX_TIMESTAMP(CONVERT_TZ(scheduled_date_gmt, '+00:00', @@session.time_zone)), ';%')) FROM {actions} WHERE hook = 'e2e_late'")"
	is "$how: exit() is a failure like others" 'complete 2' "$(of e2e_exit)"
	is "$how: a fatal error, on_crash=retry" 'complete 2' "$(of e2e_fatal_retry)"
	is "$how: a fatal error, on_crash=fail" 'failed 1' "$(of e2e_fatal_fail)"
	is "$how: its letter" 'Asq\\CrashException crashed' "$(letters "SELECT CONCAT_WS(' ', error_class, reason) FROM {letters} WHERE hook = 'e2e_fatal_fail'")"
	is "$how: a policy of a group" 'failed 2' "$(of e2e_of_group)"
	is "$how: a policy of the filter" 'failed 2' "$(of e2e_filtered)"
	is "$how: an action's own policy" 'failed 2' "$(of e2e_own)"
	is "$how: Action Scheduler's hook is for what has failed for good" 6 "$(grep -c '^failed_execution' "$E2E_SEEN")"
	is "$how: and ours for each letter" 6 "$(grep -c '^stored' "$E2E_SEEN")"
	is "$how: retries are told of" 10 "$(grep -c '^retried' "$E2E_SEEN")"
	is "$how: one letter each" 6 "$(letters 'SELECT COUNT(*) FROM {letters}')"
done

# WP-Cron's runner: each request runs one batch.
cron() {
	site_php <<'PHP'
set_time_limit( 0 );
add_filter( 'action_scheduler_cleanup_batch_size', '__return_zero' );
ActionScheduler_QueueRunner::instance()->run( 'WP Cron' );
PHP
}
fresh
succeeds 'WP-Cron: actions are enqueued' enqueue
work_off cron
is 'WP-Cron: without a policy, as ever' 'failed 1' "$(of e2e_none)"
is 'WP-Cron: what fails twice succeeds at the third attempt' 'complete 3' "$(of e2e_flaky)"
is 'WP-Cron: what never succeeds has failed' 'failed 3' "$(of e2e_hopeless)"
is 'WP-Cron: what is invalid is not tried again' 'failed 1' "$(of e2e_invalid)"
is 'WP-Cron: exit() is a failure like others' 'complete 2' "$(of e2e_exit)"
is 'WP-Cron: a fatal error, on_crash=retry' 'complete 2' "$(of e2e_fatal_retry)"
is 'WP-Cron: a fatal error, on_crash=fail' 'failed 1' "$(of e2e_fatal_fail)"
is 'WP-Cron: the log of that' 'action created|action started via WP Cron|unexpected shutdown: PHP Fatal error Cannot redeclare e2e_twice() (previously declared in' "$(log_of e2e_fatal_fail | sed 's/declared in.*/declared in/')"
is 'WP-Cron: a policy of a group' 'failed 2' "$(of e2e_of_group)"
is 'WP-Cron: one letter each' 6 "$(letters 'SELECT COUNT(*) FROM {letters}')"
is 'WP-Cron: no claim holds what is tried again later' 0 "$(rows "SELECT COUNT(*) FROM {actions} WHERE claim_id <> 0 AND status = 'pending'")"

for commit in group each; do
	fresh
	site_php <<'PHP'
foreach ( array( 'die_retry', 'die_fail', 'die_last', 'die_spent', 'die_permanent', 'slow' ) as $hook ) {
	as_enqueue_async_action( "e2e_$hook", array( $hook ), 'shop' );
}
PHP
	work_off "$WP" action-scheduler work --drain --workers=2 --commit="$commit"
	is "$commit: a worker that is killed, on_crash=retry" 'complete 2' "$(of e2e_die_retry)"
	has "$commit: the log says of what" 'action failed, retry 1 of 2 in 1 seconds: The worker (process ' "$(log_of e2e_die_retry)"
	is "$commit: and listeners hear of it" 'retried Asq\CrashException 1 1' "$(grep CrashException "$E2E_SEEN")"
	is "$commit: on_crash=fail" 'failed 1' "$(of e2e_die_fail)"
	is "$commit: it has a letter" 'e2e_die_fail crashed 1' "$(letters "SELECT CONCAT_WS(' ', hook, reason, attempts) FROM {letters} WHERE hook = 'e2e_die_fail'")"
	is "$commit: the reason is crashed at the last attempt, too, but exhausted where a crash is worth another one" $'e2e_die_last crashed\ne2e_die_permanent crashed\ne2e_die_spent exhausted' \
		"$(letters "SELECT CONCAT_WS(' ', hook, reason) FROM {letters} WHERE hook <> 'e2e_die_fail' ORDER BY hook")"
	is "$commit: which listeners hear of" 1 "$(grep -c '^stored e2e_die_fail crashed 1' "$E2E_SEEN")"
	is "$commit: a policy's timeout" 'complete 2' "$(of e2e_slow)"
	has "$commit: the log says which" "The action was ended after 1 seconds (its retry policy's timeout)" "$(log_of e2e_slow)"
done

for how in run 'work --drain --workers=2'; do
	for odd in one throw nonsense; do
		fresh
		succeeds "$how, $odd: enqueued" site_php <<<"as_enqueue_async_action( 'e2e_odd' );"
		# shellcheck disable=SC2086
		E2E_ODD=$odd work_off "$WP" action-scheduler $how
		is "$how, $odd: tried again after the delay, then failed" 'failed 2' "$(of e2e_odd)"
		has "$how, $odd: the log" "action failed, retry 1 of 1 in 1 seconds: bytes ?? and a ?, '; DROP TABLE x; -- " "$(log_of e2e_odd)"
		is "$how, $odd: the letter" '1 8000' "$(letters "SELECT CONCAT(COUNT(*), ' ', MIN(LENGTH(error_message) DIV 1000 * 1000 + 1000 * (LENGTH(error_message) % 1000 > 0))) FROM {letters} WHERE error_message LIKE \"bytes ?? and a ?, '; DROP TABLE x; -- %\"")"
	done
done

# A listener that dies of a fatal error, or code between two actions: what is to be tried again stays so, and a series does not double.
for how in run 'work --drain --workers=1 --commit=group' 'work --drain --workers=1 --commit=each'; do
	fresh
	site_php <<<"as_schedule_recurring_action( time() - 1, 3600, 'e2e_late' );"
	# shellcheck disable=SC2086
	E2E_LISTENER=die timeout 300 "$WP" action-scheduler $how >>"$RUN/out" 2>&1 || true
	is "$how: a listener that dies leaves it to be tried again" 'pending 1 1' "$(rows "SELECT CONCAT_WS(' ', MIN(status), MAX(attempts), COUNT(*)) FROM {actions}")"
done
fresh
site_php <<'PHP' >/dev/null 2>&1 || true
as_enqueue_async_action( 'e2e_late' );
asq_worker_run( array( 'on_tick' => static function () {
	eval( 'function e2e_twice() {} function e2e_twice() {}' );
} ) );
PHP
is 'code that dies between two actions leaves it to be tried again' 'pending 1' "$(of e2e_late)"

fresh
rows "DELETE FROM shop_options WHERE option_name = 'asq_dead_letter_alert_at'"
site_php <<'PHP'
for ( $i = 0; $i < 5; $i++ ) {
	as_enqueue_async_action( 'e2e_invalid' );
}
PHP
E2E_ALERT=1 work_off "$WP" action-scheduler work --drain --workers=3
is 'an alert: one mail for five letters' 1 "$(grep -c '^mail to ops@example.com: \[' "$E2E_SEEN")"
site_php <<<"as_enqueue_async_action( 'e2e_invalid' );"
E2E_ALERT=1 work_off "$WP" action-scheduler run
is 'and no other one soon after' 1 "$(grep -c '^mail' "$E2E_SEEN")"
rows "UPDATE shop_options SET option_value = UNIX_TIMESTAMP() - 1000 WHERE option_name = 'asq_dead_letter_alert_at'"
site_php <<<"as_enqueue_async_action( 'e2e_invalid' );"
E2E_ALERT=1 work_off "$WP" action-scheduler run
has 'later there is one, which says how many there were' '7 actions have failed for good, the last one: e2e_invalid' "$(grep '^mail' "$E2E_SEEN" | tail -n 1)"

fresh
site_php <<'PHP'
as_schedule_recurring_action( time() - 1, 3600, 'e2e_flaky', array( 'series' ), 'shop' );
as_schedule_recurring_action( time() - 1, '7200', 'e2e_hopeless', array( 'series' ), 'shop' );
PHP
work_off "$WP" action-scheduler work --drain --workers=2
for series in 'flaky 3600' 'hopeless 7200'; do
	read -r hook interval <<<"$series"
	is "series, $hook: there is one next instance" 2 "$(rows "SELECT COUNT(*) FROM {actions} WHERE hook = 'e2e_$hook'")"
	at_most "series, $hook: due when it would have been without retries" 1 "$(rows "SELECT ABS(TIMESTAMPDIFF(SECOND,
		(SELECT MIN(log_date_gmt) FROM {logs} JOIN {actions} USING (action_id) WHERE hook = 'e2e_$hook' AND message LIKE 'action failed, retry 1 %'), scheduled_date_gmt) - $interval)
		FROM {actions} WHERE hook = 'e2e_$hook' AND status = 'pending'")"
	is "series, $hook: its schedule says the same" 1 "$(rows "SELECT schedule LIKE CONCAT('%scheduled_timestamp\";i:', UNIX_TIMESTAMP(CONVERT_TZ(scheduled_date_gmt, '+00:00', @@session.time_zone)), ';%') FROM {actions} WHERE hook = 'e2e_$hook' AND status = 'pending'")"
done

# Workers are killed at any moment: each action ends well at its third attempt, or, where on_crash says so, has a letter.
fresh
sql asq_site -e 'TRUNCATE shop_asq_dead_letters'
site_php <<'PHP'
for ( $i = 0; $i < 200; $i++ ) {
	as_enqueue_async_action( 'e2e_chaos', array( $i ) );
}
PHP
for commit in group each; do
	rows "UPDATE {actions} SET status = 'pending', claim_id = 0, attempts = 0, scheduled_date_gmt = UTC_TIMESTAMP()"
	: >"$E2E_SEEN"
	pool_start out --drain --workers=3 --commit="$commit"
	kills=0
	while ((kills < 25)) && ! gone "$POOL"; do
		sleep 0.2
		# Of those that have run something: if too many do not get as far as that, the pool gives up.
		victim=$(awk '$1 == "chaos" { print $2 }' "$E2E_SEEN" | tail -n 10 | shuf -n 1)
		[[ -z $victim ]] || ! is_ours "$victim" || ! kill -9 "$victim" 2>/dev/null || kills=$((kills + 1))
	done
	pool_ended
	work_off "$WP" action-scheduler work --drain --workers=2 --commit="$commit"
	has "killed workers, $commit: some were" 'was killed by signal 9' "$(rows 'SELECT message FROM {logs}')"
	is "killed workers, $commit: all have ended" 0 "$(rows "SELECT COUNT(*) FROM {actions} WHERE status NOT IN ('complete', 'failed')")"
	is "killed workers, $commit: a letter for each that has failed" 0 "$(rows "SELECT COUNT(*) FROM {actions} a LEFT JOIN shop_asq_dead_letters l ON l.action_id = a.action_id AND l.attempts = a.attempts WHERE a.status = 'failed' AND l.letter_id IS NULL")"
	is "killed workers, $commit: and none for others" 0 "$(rows "SELECT COUNT(*) FROM {actions} a JOIN shop_asq_dead_letters l USING (action_id) WHERE a.status <> 'failed'")"
	is "killed workers, $commit: none was tried too often" 0 "$(rows 'SELECT COUNT(*) FROM {actions} WHERE attempts < 1 OR attempts > 20')"
	# Retries 1, 2, ... in the log, one of each attempt but the last, and one end.
	is "killed workers, $commit: a row in the log for the end of each attempt" '' "$(rows "SELECT a.action_id, a.status, a.attempts, GROUP_CONCAT(l.message ORDER BY l.log_id SEPARATOR ' | ')
		FROM {actions} a LEFT JOIN {logs} l USING (action_id) GROUP BY a.action_id
		HAVING COALESCE(SUM(l.message LIKE 'action failed, retry %'), 0) <> a.attempts - 1
			OR COUNT(DISTINCT IF(l.message LIKE 'action failed, retry %', CAST(REGEXP_SUBSTR(l.message, '(?<=retry )[0-9]+') AS UNSIGNED), NULL)) <> a.attempts - 1
			OR COALESCE(MAX(IF(l.message LIKE 'action failed, retry %', CAST(REGEXP_SUBSTR(l.message, '(?<=retry )[0-9]+') AS UNSIGNED), 0)), 0) <> a.attempts - 1
			OR COALESCE(SUM(l.message LIKE IF(a.status = 'complete', 'action complete via WP CLI', 'action failed via WP CLI: %')), 0) <> 1
			OR SUM(l.message LIKE 'action complete via %' OR l.message LIKE 'action failed via %') <> 1 LIMIT 5")"
	rows 'TRUNCATE {logs}'
	sql asq_site -e 'TRUNCATE shop_asq_dead_letters'
done

# A policy that an action had of its own goes with its dead letter: the new action has it before any worker begins that one.
fresh
site_php <<'PHP'
$id = as_schedule_single_action( time() + 100, 'e2e_own', array( 'o' ), 'shop' );
asq_retry_policy_for_action( $id, array( 'max_attempts' => 2, 'base' => 0 ) );
PHP
rows 'UPDATE {actions} SET scheduled_date_gmt = UTC_TIMESTAMP()'
work_off "$WP" action-scheduler run
is 'a policy of its own: two attempts' 'failed 2' "$(of e2e_own)"
long_ago() {
	rows 'UPDATE {actions} SET last_attempt_gmt = last_attempt_gmt - INTERVAL 2 HOUR'
	"$WP" asq purge >>"$RUN/out" 2>&1
	rows 'SELECT COUNT(*) FROM shop_asq_retries'
}
is 'it is kept for as long as the letter is' 1 "$(long_ago)"
pool_start out --workers=2
wait_for 60 says "$RUN/out" '2 workers for' || not_ok 'the pool starts' "$(tail "$RUN/out")"
for n in 2 3 4; do
	succeeds "letter $n: the one before is retried" "$WP" asq dead-letter retry "$(letters 'SELECT MAX(letter_id) FROM {letters}')"
	wait_for 30 holds "$n" "SELECT COUNT(*) FROM {actions} WHERE status = 'failed'" || true
	is "letter $n: of a new action, after its two attempts" "failed 2 exhausted 1" "$(letters "SELECT CONCAT_WS(' ', a.status, a.attempts, l.reason, SUM(l.letter_id = (SELECT MAX(letter_id) FROM {letters}))) FROM {letters} l
		JOIN shop_actionscheduler_actions a USING (action_id) WHERE a.action_id = (SELECT MAX(action_id) FROM shop_actionscheduler_actions) GROUP BY a.action_id, l.reason")"
done
pool_term
is 'each has its letter' 4 "$(letters 'SELECT COUNT(*) FROM {letters}')"
"$WP" asq dead-letter delete --all --yes >>"$RUN/out" 2>&1
is 'without letters nothing is kept' 0 "$(long_ago)"
# As what is enqueued: at once, and without a time in its schedule.
site_php <<'PHP'
$id = as_schedule_single_action( time() + 100, 'e2e_own', array( 'o' ), 'shop' );
asq_retry_policy_for_action( $id, array( 'max_attempts' => 1 ) );
ActionScheduler::runner()->process_action( $id, 'e2e' );
asq_dead_letter_retry( asq_dead_letters()[0]['id'] );
as_enqueue_async_action( 'e2e_other' );
PHP
is 'the new action is as one that is enqueued' 1 "$(rows "SELECT COUNT(*) FROM {actions} a JOIN {actions} b ON b.hook = 'e2e_other' AND a.schedule = b.schedule AND a.status = b.status AND ABS(TIMESTAMPDIFF(SECOND, a.scheduled_date_gmt, b.scheduled_date_gmt)) < 5 WHERE a.hook = 'e2e_own' AND a.status = 'pending'")"

fresh
site_php <<<"as_enqueue_async_action( 'e2e_invalid' );"
work_off "$WP" action-scheduler run
succeeds 'dead-letter list' "$WP" asq dead-letter list --format=ids
id=$OUTPUT
succeeds 'dead-letter show' "$WP" asq dead-letter show "$id"
has 'it shows the trace' 'Thrown in ' "$OUTPUT"
succeeds 'dead-letter stats' "$WP" asq dead-letter stats --format=json
has 'it counts by hook' '"hooks":[{"hook":"e2e_invalid","count":1,"not_retried":1' "$OUTPUT"
succeeds 'dead-letter retry, with other args' "$WP" asq dead-letter retry --all --yes --args='["other"]'
has 'it says how many' '1 dead letters retried' "$OUTPUT"
is 'the new action is due at once, with those' '["other"]' "$(rows "SELECT args FROM {actions} WHERE action_id = (SELECT new_action_id FROM shop_asq_dead_letters)")"
succeeds 'dead-letter list --retried' "$WP" asq dead-letter list --retried --format=count
is 'the letter stays, and says that it was' 1 "$OUTPUT"
succeeds 'dead-letter purge' "$WP" asq dead-letter purge --before=tomorrow
is 'then it is gone' 0 "$(letters 'SELECT COUNT(*) FROM {letters}')"
succeeds 'schema' "$WP" asq schema --format=json
has 'the tables are among ours' 'shop_asq_dead_letters' "$OUTPUT"
is 'PHP has logged nothing but the fatal errors that were meant' '' "$(php_errors | grep -vE 'Cannot redeclare e2e_twice|, and is ignored|threw$|DB_USER already defined' || true)"

