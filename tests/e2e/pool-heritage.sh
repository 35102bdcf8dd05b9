#!/usr/bin/env bash
# What a supervisor that is gone leaves to its heir: what listeners are still to be told, next instances, and orphans that
# run on. E2E_CASES names those to run.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pool.inc"

# e2e_series( code, n ): runs the code, having said that it has started. What listeners hear of those who died is in `heard`.
mu_plugin heritage <<'PHP'
function e2e_say( $file, $line ) {
	file_put_contents( getenv( 'E2E_DIR' ) . "/$file", "$line\n", FILE_APPEND );
}
function e2e_wait( $file ) {
	while ( ! file_exists( getenv( 'E2E_DIR' ) . "/$file" ) ) {
		usleep( 20000 );
		clearstatcache();
	}
}
function e2e_die() {
	posix_kill( getmypid(), SIGKILL );
	sleep( 10 );
}
add_action( 'e2e_series', static function ( $code, $n ) {
	e2e_say( 'started', "$n " . getmypid() );
	eval( $code );
	e2e_say( 'ended', $n );
}, 10, 2 );
add_action( 'action_scheduler_unexpected_shutdown', static function ( $id ) {
	e2e_say( 'heard', ( getenv( 'ASQ_WORKER' ) ? 'worker' : 'supervisor' ) . " $id" );
	if ( ! getenv( 'ASQ_WORKER' ) && file_exists( getenv( 'E2E_DIR' ) . '/fatal' ) ) {
		eval( 'function e2e_twice() {} function e2e_twice() {}' );
	}
} );
add_action( 'action_scheduler_before_process_queue', static function () {
	if ( file_exists( getenv( 'E2E_DIR' ) . '/hold' ) ) {
		e2e_say( 'held', getmypid() );
		e2e_wait( 'let' );
		e2e_die();
	}
} );
PHP

# enqueue CODE N [CODE N...]: recurring actions; the next instance is due in an hour.
enqueue() {
	site_php "$@" <<'PHP'
for ( $i = 1; $i < $argc; $i += 2 ) {
	as_schedule_recurring_action( time(), 3600, 'e2e_series', array( $argv[ $i ], (int) $argv[ $i + 1 ] ), 'e2e' ) || exit( 1 );
}
PHP
}

# states N: of all instances of an action.
states() {
	rows "SELECT GROUP_CONCAT(status ORDER BY status SEPARATOR ' ') FROM {actions} WHERE args LIKE '%,$1]'"
}

# log N: what the log says of its first instance, after its creation.
log() {
	rows "SELECT GROUP_CONCAT(message ORDER BY log_id SEPARATOR ' | ') FROM {logs} WHERE message <> 'action created' AND action_id = (SELECT MIN(action_id) FROM {actions} WHERE args LIKE '%,$1]')"
}

failed() { holds "$1" "SELECT COUNT(*) FROM {actions} WHERE status = 'failed'"; }
heard() { sed 's/.* //' "$E2E_DIR/heard" 2>/dev/null | sort | uniq -c | awk '{ print $1 }' | paste -s -d ' '; }

# kill_all SUPERVISOR: it first, or it would see its workers die.
kill_all() {
	local all
	mapfile -t all < <(workers_of "$1")
	kill -KILL "$1" "${all[@]}" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}

# end PID: of a command that has outlived its worker.
end() {
	kill "$1" 2>/dev/null || true
}

# Orphans that nobody has ended.
kill_rest() {
	local pid
	for pid in $(pool_processes); do
		kill -KILL "$pid" 2>/dev/null || true
	done
}
at_exit kill_rest

# heir NAME [OPTION...]: the next pool, of which it is waited for to have done what was left.
heir() {
	local name=$1
	shift
	pool_start "$name" --workers=1 "$@"
	must "$name: it has nothing to do" 90 holds 1 "SELECT COUNT(*) FROM {workers} w JOIN {workers} s ON s.worker_id = w.supervisor_id WHERE s.supervisor_id = 0 AND s.pid = $POOL AND w.state = 'idle'"
}

# ---- What is still to be told, and done, while a supervisor stops ----------------------------------

# Its worker dies while it stops; it is killed before it has ended.
if wanted stopping; then
	fresh
	enqueue "e2e_wait( 'go' ); e2e_die();" 1 "e2e_wait( 'never' );" 2
	pool_start stopping --workers=2 --grace=600
	must 'killed while it stops: the first action runs' 90 started 1
	must 'killed while it stops: the second, too' 90 started 2
	kill -TERM "$POOL"
	must 'killed while it stops: it does' 60 says "$RUN/stopping" 'Stopping'
	touch "$E2E_DIR/go"
	must 'killed while it stops: an action has failed' 60 failed 1
	kill_all "$POOL"
	heir stopping-heir
	# A listener is told after the next instance has been made.
	wait_for 60 holds 2 "SELECT COUNT(*) FROM {actions} WHERE status = 'pending'" && wait_for 60 lines "$E2E_DIR/heard" 2 || true
	is 'killed while it stops: the action that took its worker along has its next instance' 'failed pending' "$(states 1)"
	is 'killed while it stops: the other one, too' 'failed pending' "$(states 2)"
	is 'killed while it stops: listeners have heard of each once' '1 1' "$(heard)"
	pool_term
	nothing_left 'killed while it stops'
fi

# Nobody is left to tell listeners but the supervisor itself, and the first of them is its end.
if wanted fatal; then
	fresh
	touch "$E2E_DIR/fatal"
	enqueue "e2e_wait( 'go' ); e2e_die();" 1 "e2e_wait( 'go' ); e2e_die();" 2 "e2e_wait( 'go' ); e2e_die();" 3
	pool_start fatal --workers=3 --grace=600
	for n in 1 2 3; do must "a listener ends the supervisor: action $n runs" 90 started "$n"; done
	kill -TERM "$POOL"
	must 'a listener ends the supervisor: it stops' 60 says "$RUN/fatal" 'Stopping'
	touch "$E2E_DIR/go"
	pool_ended
	is 'a listener ends the supervisor: it has heard of one' 'supervisor' "$(sed 's/ .*//' "$E2E_DIR/heard" | paste -s -d ' ')"
	rm "$E2E_DIR/fatal"
	heir fatal-heir
	wait_for 60 lines "$E2E_DIR/heard" 3 || true
	wait_for 60 holds 1 "SELECT COUNT(*) >= 2 FROM {actions} WHERE status = 'pending'" || true
	is 'a listener ends the supervisor: it hears of each of the others, from the next one, too' '1 1 1' "$(heard)"
	is 'a listener ends the supervisor: and those have their next instances' yes "$(rows "SELECT IF(COUNT(*) >= 2, 'yes', COUNT(*)) FROM {actions} WHERE status = 'pending'")"
	pool_term
	nothing_left 'a listener ends the supervisor'
fi

# The worker that was to tell listeners dies before it has come to that: while the supervisor stops (TERM), or after it was killed (KILL).
# taken NAME SIGNAL
taken() {
	local name=$1 signal=$2
	fresh
	enqueue "touch( getenv( 'E2E_DIR' ) . '/hold' ); e2e_die();" 1
	pool_start "taken-$signal" --workers=1 --grace=600
	must "$name: a worker is to tell listeners" 90 lines "$E2E_DIR/held" 1
	rm "$E2E_DIR/hold"
	kill "-$signal" "$POOL"
	if [[ $signal == TERM ]]; then
		must "$name: it does" 60 says "$RUN/taken-$signal" 'Stopping'
		touch "$E2E_DIR/let"
		pool_ended
	else
		wait "$POOL" 2>/dev/null || true
		touch "$E2E_DIR/let"
		must "$name: its worker dies" 60 gone "$(head -n 1 "$E2E_DIR/held")"
		heir taken-heir
	fi
	wait_for 60 holds 1 "SELECT COUNT(*) FROM {actions} WHERE status = 'pending'" && wait_for 60 lines "$E2E_DIR/heard" 1 || true
	is "$name: the next instance is there all the same" 'failed pending' "$(states 1)"
	is "$name: and listeners have heard of it" 1 "$(heard)"
	[[ $signal == TERM ]] || pool_term
	nothing_left "$name"
}
if wanted taken; then
	taken 'its worker dies before it could tell, a supervisor stops' TERM
	taken 'its worker dies before it could tell, a supervisor was killed' KILL
fi

# ---- Orphans ---------------------------------------------------------------------------------------

# An orphan's action takes longer than Action Scheduler's cleaner is patient; 2 is one that nobody runs.
if wanted touch; then
	fresh
	enqueue "e2e_wait( 'go' );" 1
	pool_start touch --workers=1
	must 'an orphan runs on: its action has begun' 90 started 1
	must 'an orphan runs on: which is written' 60 holds in-progress "SELECT status FROM {actions} WHERE args LIKE '%,1]'"
	kill -KILL "$POOL"
	wait "$POOL" 2>/dev/null || true
	enqueue '' 2
	rows "UPDATE {actions} SET status = 'in-progress', last_attempt_gmt = UTC_TIMESTAMP() - INTERVAL 10 MINUTE, last_attempt_local = UTC_TIMESTAMP() - INTERVAL 10 MINUTE"
	heir touch-heir
	succeeds "an orphan runs on: the heir's cleaner has been at work" wait_for 120 holds failed "SELECT status FROM {actions} WHERE args LIKE '%,2]' AND status <> 'pending'"
	is 'an orphan runs on: what it runs is not taken for abandoned' in-progress "$(states 1)"
	touch "$E2E_DIR/go"
	wait_for 60 holds 'complete pending' "SELECT GROUP_CONCAT(status ORDER BY status SEPARATOR ' ') FROM {actions} WHERE args LIKE '%,1]'" || true
	is 'an orphan runs on: it has ended well' "complete pending, $complete" "$(states 1), $(log 1)"
	is 'an orphan runs on: nothing begins twice' '' "$(twice "$E2E_DIR/started")"
	pool_term
	nothing_left 'an orphan runs on'
fi

# Nobody but the heir ends orphans that hang.
if wanted overdue; then
	fresh
	enqueue 'while ( true ) { usleep( 20000 ); }' 1 "exec( 'echo \$\$ >' . getenv( 'E2E_DIR' ) . '/sleeps; exec sleep 600' );" 2
	pool_start overdue --workers=2
	must 'orphans hang: the first action runs' 90 started 1
	must 'orphans hang: the second, too' 90 started 2
	must 'orphans hang: it waits for a command' 60 lines "$E2E_DIR/sleeps" 1
	at_exit end "$(cat "$E2E_DIR/sleeps")"
	must 'orphans hang: that they run is written' 60 holds 2 "SELECT COUNT(*) FROM {actions} WHERE status = 'in-progress'"
	kill -KILL "$POOL"
	wait "$POOL" 2>/dev/null || true
	heir overdue-heir --job-timeout=1
	wait_for 90 failed 2 || true
	is "orphans hang: one gets an exception" "action started via WP CLI | action failed via WP CLI: The action was ended after 1 seconds (--job-timeout)." "$(log 1)"
	is "orphans hang: one that does not come back is killed" \
		"action started via WP CLI | action failed via WP CLI: The action did not end after 1 seconds (--job-timeout), and its worker was killed." "$(log 2)"
	wait_for 60 holds 2 "SELECT COUNT(*) FROM {actions} WHERE status = 'pending'" || true
	is 'orphans hang: both have their next instances' 'failed pending, failed pending' "$(states 1), $(states 2)"
	end "$(cat "$E2E_DIR/sleeps")"
	pool_term
	nothing_left 'orphans hang'
fi
