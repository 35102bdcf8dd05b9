#!/usr/bin/env bash
# An action that meets an open circuit is postponed, without an attempt spent: by `run`, by the pool in both commit modes, by WP-Cron;
# with a retry policy and without; also if its worker is killed before it has written that.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/failing.inc"

mu_plugin postpone <<'PHP'
function e2e_seen( $what ) {
	file_put_contents( getenv( 'E2E_SEEN' ), "$what\n", FILE_APPEND | LOCK_EX );
}
function e2e_pay( $what ) {
	asq_circuit( 'payment-api', array( 'cache' => 0 ) )->call( static function () use ( $what ) {
		e2e_seen( "paid $what" );
	} );
}
add_action( 'e2e_pay', 'e2e_pay' );
add_action( 'e2e_series', 'e2e_pay' );
foreach ( array( 'wrapped' => 'RuntimeException', 'transient' => 'Asq\TransientException', 'permanent' => 'Asq\PermanentException' ) as $how => $class ) {
	add_action( "e2e_$how", static function ( $what ) use ( $class ) {
		try {
			e2e_pay( $what );
		} catch ( Asq\CircuitOpenException $e ) {
			throw new $class( 'Could not charge', 5, $e );
		}
	} );
}
asq_retry_policy( 'e2e_last', array( 'max_attempts' => 1 ) );
add_action( 'e2e_last', 'e2e_pay' );
asq_retry_policy( 'e2e_flaky', array( 'max_attempts' => 2, 'base' => 1, 'jitter' => 0 ) );
add_action( 'e2e_flaky', static function ( $what ) {
	file_put_contents( getenv( 'E2E_SEEN' ) . ".$what", '.', FILE_APPEND );
	clearstatcache();
	if ( filesize( getenv( 'E2E_SEEN' ) . ".$what" ) < 2 ) {
		throw new Exception( 'not yet' );
	}
	e2e_pay( $what );
} );
add_action( 'e2e_cancelled', static function ( $what ) {
	as_unschedule_action( 'e2e_cancelled', array( $what ) );
	ActionScheduler::store()->cancel_action( (int) getenv( 'E2E_CANCEL' ) );
	e2e_pay( $what );
} );
class E2E_Open extends Asq\CircuitOpenException {
	public function getRetryAfter(): int {
		if ( getenv( 'E2E_THROW' ) ) {
			throw new Exception( 'no idea' );
		}
		return -5;
	}
}
add_action( 'e2e_own', static function ( $what ) {
	clearstatcache();
	if ( ! file_exists( getenv( 'E2E_SEEN' ) . ".$what" ) ) {
		touch( getenv( 'E2E_SEEN' ) . ".$what" );
		throw new E2E_Open( "'; DROP" );
	}
} );
add_action( 'asq_action_postponed', static function ( $id, $error, $delay ) {
	e2e_seen( sprintf( 'postponed %s %d', get_class( $error ), $delay ) );
	if ( 'die' === getenv( 'E2E_LISTENER' ) ) {
		eval( 'function e2e_twice() {} function e2e_twice() {}' );
	}
}, 10, 3 );
add_action( 'action_scheduler_failed_execution', static function () {
	e2e_seen( 'failed_execution' );
} );
if ( getenv( 'E2E_DELAY' ) ) {
	add_filter( 'asq_postpone_delay', static function ( $delay, $id, $error ) {
		e2e_seen( "asked $delay {$error->getCircuit()}" );
		if ( 'throw' === getenv( 'E2E_DELAY' ) ) {
			throw new Exception( 'filter threw' );
		}
		return json_decode( getenv( 'E2E_DELAY' ) );
	}, 10, 3 );
}
// Tells that it has begun, and goes on when it is told to.
add_action( 'e2e_wait', static function ( $what ) {
	file_put_contents( getenv( 'E2E_SEEN' ) . '.pid', getmypid() );
	for ( $i = 0; $i < 6000 && ! file_exists( getenv( 'E2E_SEEN' ) . '.go' ); $i++ ) {
		usleep( 50000 );
		clearstatcache();
	}
	e2e_pay( $what );
} );
PHP

of() {
	rows "SELECT CONCAT(status, ' ', attempts) FROM {actions} WHERE hook = 'e2e_$1' ORDER BY action_id LIMIT 1"
}
log_of() {
	rows "SELECT message FROM {logs} JOIN {actions} USING (action_id) WHERE hook = 'e2e_$1' ORDER BY log_id" | sed -E 's/again in [0-9]+ seconds?/again in N seconds/; s/(action [a-z]+) via WP (CLI|Cron)/\1/' | paste -s -d '|'
}
seen() {
	grep -cE "^$1" "$E2E_SEEN" || true
}
trip() {
	site_php "$1" <<<'asq_circuit( "payment-api" )->trip( (int) $argv[1] );'
}

# says EXPECTED STATEMENT: the statement's answer is that. For must and wait_for.
says() {
	[[ $(rows "$2") == "$1" ]]
}
# it_is STATUS ATTEMPTS: the only action that there is.
it_is() {
	says "$1 $2" "SELECT CONCAT(status, ' ', attempts) FROM {actions}"
}
# It has begun, and waits to be let go.
it_waits() {
	[[ -s $E2E_SEEN.pid ]] && it_is in-progress 1
}
# A statement waits for a lock. Who asks the server for that more often is shown the same forever.
one_is_locked() {
	sleep 0.12
	says 1 'SELECT COUNT(*) FROM information_schema.innodb_lock_waits'
}
cron() {
	site_php <<'PHP'
set_time_limit( 0 );
add_filter( 'action_scheduler_cleanup_batch_size', '__return_zero' );
ActionScheduler_QueueRunner::instance()->run( 'WP Cron' );
PHP
}

for how in run 'work --drain --workers=2 --commit=group' 'work --drain --workers=2 --commit=each' cron; do
	fresh
	site_php <<'PHP'
foreach ( array( 'pay', 'wrapped', 'transient', 'permanent', 'last', 'flaky', 'own' ) as $hook ) {
	as_enqueue_async_action( "e2e_$hook", array( $hook ) );
}
as_schedule_recurring_action( time() - 1, 3600, 'e2e_series', array( 'series' ) );
PHP
	trip 500
	if [[ $how == cron ]]; then
		command=(cron)
	else
		# shellcheck disable=SC2206
		command=("$WP" action-scheduler $how)
	fi
	work_off "${command[@]}"
	is "$how: six are postponed" 6 "$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'pending'")"
	site_php <<<'asq_circuit( "payment-api" )->reset();'
	rows "UPDATE {actions} SET scheduled_date_gmt = UTC_TIMESTAMP() WHERE status = 'pending'"
	work_off "${command[@]}"
	was='action created|action started|action postponed, the circuit payment-api is open, again in N seconds|action started|action complete'
	is "$how: what meets an open circuit is done when it is closed, at its first attempt" 'complete 1' "$(of pay)"
	is "$how: the log" "$was" "$(log_of pay)"
	is "$how: it is paid once" 1 "$(seen 'paid pay')"
	is "$how: an exception around that changes nothing" 'complete 1' "$(of wrapped)"
	is "$how: also if it is transient" 'complete 1' "$(of transient)"
	is "$how: one that is permanent does" 'failed 1' "$(of permanent)"
	is "$how: a policy of one attempt" 'complete 1' "$(of last)"
	is "$how: one that had failed before" 'complete 2' "$(of flaky)"
	is "$how: which is in its log" 1 "$(log_of flaky | grep -c 'retry 1 of 1.*|action postponed, ')"
	is "$how: a class with a time of its own that is none" 'complete 1' "$(of own)"
	has "$how: its log" 'action postponed, a circuit is open, again in N seconds' "$(log_of own)"
	is "$how: a series is postponed as itself" 'complete 1' "$(of series)"
	is "$how: and goes on" 2 "$(rows "SELECT COUNT(*) FROM {actions} WHERE hook = 'e2e_series'")"
	is "$how: Action Scheduler's hook is for what has failed" 1 "$(seen failed_execution)"
	is "$how: ours tells of what was postponed" 1 "$(($(seen 'postponed Asq.CircuitOpenException [0-9]{3}$') >= 3))"
	is "$how: by what was thrown" 1 "$(($(seen 'postponed RuntimeException') >= 1 && $(seen 'postponed Asq.TransientException') >= 1))"
	is "$how: no letters" 0 "$(sql asq_site -e 'SELECT COUNT(*) FROM shop_asq_dead_letters')"
	is "$how: what was postponed is not held" 0 "$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'pending' AND claim_id <> 0")"
done

# One look at what is postponed: free, and due when the circuit says.
until='(SELECT until_gmt FROM shop_asq_circuits)'
fresh
site_php <<<"as_enqueue_async_action( 'e2e_pay', array( 'x' ) );"
trip 500
succeeds 'an open circuit' "$WP" action-scheduler run
has 'run counts it as to be tried again' '0 succeeded, 0 failed, 1 to be tried again' "$OUTPUT"
is 'it is pending, free, no attempt spent' 'pending 0 0' "$(rows "SELECT CONCAT_WS(' ', status, claim_id, attempts) FROM {actions}")"
at_most 'it is due when the circuit is to be tried' 30 "$(rows "SELECT TIMESTAMPDIFF(SECOND, $until, scheduled_date_gmt) FROM {actions}")"
is 'and not before' 1 "$(rows "SELECT scheduled_date_gmt >= $until FROM {actions}")"
is 'its schedule says the same' 1 "$(rows "SELECT schedule LIKE CONCAT('%i:', UNIX_TIMESTAMP(CONVERT_TZ(scheduled_date_gmt, '+00:00', @@session.time_zone)), ';%') FROM {actions}")"
is 'no table was asked to remember it' 0 "$(sql asq_site -e 'SELECT COUNT(*) FROM shop_asq_retries')"

# delayed NAME FILTER EXPECTED: its state, attempts, and when it is due: how many minutes after its log says so, or when the circuit is to be tried.
delayed() {
	fresh
	site_php <<<"as_enqueue_async_action( 'e2e_pay', array( 'x' ) );"
	trip 500
	E2E_DELAY=$2 "$WP" action-scheduler run >"$RUN/out" 2>&1
	is "the filter: $1" "$3" "$(rows "SELECT CONCAT_WS(' ', status, attempts, IF(status <> 'pending', '-', IF(TIMESTAMPDIFF(SECOND, $until, scheduled_date_gmt) BETWEEN 0 AND 30, 'circuit',
		TIMESTAMPDIFF(MINUTE, log_date_gmt, scheduled_date_gmt)))) FROM {actions} JOIN {logs} USING (action_id) WHERE message LIKE 'action postponed, %' OR message LIKE 'action failed %'")"
	is "the filter: $1: it was asked" 1 "$(grep -cE '^asked (500|[1-4][0-9]{2}) payment-api' "$E2E_SEEN")"
}
delayed 'another time' 3630 'pending 0 60'
delayed 'none' false 'failed 1 -'
delayed 'what is no time' '"abc"' 'pending 0 circuit'
delayed 'what it throws is for the log' throw 'pending 0 circuit'

# A callback that cancels its own action, and then meets an open circuit.
fresh
id=$(site_php <<<"echo as_enqueue_async_action( 'e2e_cancelled', array( 'x' ) );")
trip 500
for how in run 'work --drain --workers=1'; do
	rows "UPDATE {actions} SET status = 'pending', claim_id = 0, attempts = 0"
	# shellcheck disable=SC2086
	E2E_CANCEL=$id "$WP" action-scheduler $how >"$RUN/out" 2>&1 || true
	is "$how: one that has cancelled itself has failed, as it had without a circuit" failed "$(rows 'SELECT status FROM {actions}')"
done

# A listener dies of a fatal error: the action stays postponed, a series does not double.
for how in run 'work --drain --workers=1 --commit=group' 'work --drain --workers=1 --commit=each'; do
	fresh
	site_php <<<"as_schedule_recurring_action( time() - 1, 3600, 'e2e_series', array( 'x' ) );"
	trip 500
	# shellcheck disable=SC2086
	E2E_LISTENER=die timeout 300 "$WP" action-scheduler $how >"$RUN/out" 2>&1 || true
	is "$how: a listener that dies leaves it postponed" 'pending 0 1' "$(rows "SELECT CONCAT_WS(' ', MIN(status), MAX(attempts), COUNT(*)) FROM {actions}")"
done

# A worker is killed when it has decided, and its statement waits for a lock: that and the supervisor's are one postponement.
for commit in group each; do
	fresh
	id=$(site_php <<<"echo as_enqueue_async_action( 'e2e_wait', array( 'x' ) );")
	trip 500
	spawn "$RUN/work.log" "$WP" action-scheduler work --workers=1 --commit="$commit"
	pool=$SPAWNED
	at_exit stop "$pool"
	must "$commit, killed: it has begun" 90 it_waits
	sql asq_site -e "BEGIN; SELECT 1 FROM shop_actionscheduler_actions WHERE action_id = $id FOR UPDATE; DO SLEEP(600)" >/dev/null 2>&1 &
	locked=$!
	must "$commit, killed: its row is locked" 30 says 1 "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'DO SLEEP(600)%'"
	touch "$E2E_SEEN.go"
	must "$commit, killed: its statement waits" 30 one_is_locked
	late=$(rows "SELECT trx_mysql_thread_id FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'")
	kill -KILL "$(<"$E2E_SEEN.pid")"
	must "$commit, killed: its supervisor waits for the same lock" 30 says 1 "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT action_id, claim_id, status%FOR UPDATE'"
	sql asq_site -e "KILL $(rows "SELECT id FROM information_schema.processlist WHERE info LIKE 'DO SLEEP(600)%'")"
	wait $locked || true
	wait_for 60 it_is pending 0 || true
	is "$commit, killed: no attempt is spent" 'pending 0' "$(of wait)"
	# Both have had their turn.
	must "$commit, killed: the statement of the dead is through" 60 says 0 "SELECT COUNT(*) FROM information_schema.processlist WHERE id = $late OR info LIKE 'SELECT action_id, claim_id, status%FOR UPDATE'"
	is "$commit, killed: it is postponed once" 'action created|action started|action postponed, the circuit payment-api is open, again in N seconds' "$(log_of wait)"
	site_php <<<'asq_circuit( "payment-api" )->reset();'
	rows 'UPDATE {actions} SET scheduled_date_gmt = UTC_TIMESTAMP()'
	wait_for 60 it_is complete 1 || true
	is "$commit, killed: then it is done, at its first attempt" 'complete 1' "$(of wait)"
	is "$commit, killed: it is paid once" 1 "$(seen 'paid x')"
	stop "$pool" 60
done
# It is killed before it has written anything: as its supervisor, which it waits for, stands still.
fresh
site_php <<<"as_enqueue_async_action( 'e2e_wait', array( 'x' ) );"
trip 500
E2E_DELAY=400 spawn "$RUN/work.log" "$WP" action-scheduler work --workers=1
pool=$SPAWNED
at_exit stop "$pool"
must 'killed before it has written: it has begun' 90 it_waits
supervisor=$(awk '/^PPid/ { print $2 }' "/proc/$(<"$E2E_SEEN.pid")/status")
kill -STOP "$supervisor"
touch "$E2E_SEEN.go"
# It has decided, and does nothing any more but wait.
is_asleep() {
	[[ $(sed 's/.*) //' "/proc/$1/stat") == S* ]]
}
decided() {
	[[ $(seen asked) != 0 ]] && is_asleep "$(<"$E2E_SEEN.pid")" && sleep 0.5 && is_asleep "$(<"$E2E_SEEN.pid")"
}
must 'killed before it has written: it has decided' 60 decided
kill -KILL "$(<"$E2E_SEEN.pid")"
kill -CONT "$supervisor"
wait_for 60 it_is pending 0 || true
is 'killed before it has written: its supervisor postpones it' 'pending 0 0 1' \
	"$(rows 'SELECT CONCAT_WS(" ", status, attempts, claim_id, TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), scheduled_date_gmt) BETWEEN 300 AND 401) FROM {actions}')"
is 'killed before it has written: the log' 'action created|action started|action postponed, the circuit payment-api is open, again in N seconds' "$(log_of wait)"
wait_for 60 grep -q '^postponed' "$E2E_SEEN" || true
is 'killed before it has written: listeners are told by another worker' 'postponed Asq\CircuitOpenException 400' "$(grep '^postponed' "$E2E_SEEN")"
stop "$pool" 60
is 'PHP has logged nothing but what was meant' '' "$(php_errors | grep -vE 'Cannot redeclare e2e_twice|, and is ignored|threw$' || true)"
