#!/usr/bin/env bash
# Several supervisors on one database, and what becomes of the actions of one whose processes are all killed, or that is
# stopped for longer than its lease: with shared memory that outlives it, and, as on another host, without. E2E_CASES
# names those to run.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pool.inc"

mu_plugin hosts <<'PHP'
add_action( 'e2e_host', static function ( $n, $ms ) {
	file_put_contents( getenv( 'E2E_DIR' ) . '/started', sprintf( "%d %d %.6f\n", $n, getmypid(), microtime( true ) ), FILE_APPEND );
	for ( $until = microtime( true ) + $ms / 1000; microtime( true ) < $until; usleep( min( 20000, max( 1, (int) ( 1e6 * ( $until - microtime( true ) ) ) ) ) ) );
	file_put_contents( getenv( 'E2E_DIR' ) . '/ended', "$n\n", FILE_APPEND );
}, 10, 2 );
PHP

# enqueue FROM TO MILLISECONDS [GROUP]
enqueue() {
	site_php "$1" "$2" "$3" "${4:-}" <<'PHP'
for ( $n = (int) $argv[1]; $n <= $argv[2]; $n++ ) {
	as_enqueue_async_action( 'e2e_host', array( $n, (int) $argv[3] ), $argv[4] ) || exit( 1 );
}
PHP
}

ended() { grep -qx "$1" "$E2E_DIR/ended"; }
state() { rows "SELECT status FROM {actions} WHERE args LIKE '[$1,%'"; }
log() { rows "SELECT GROUP_CONCAT(message ORDER BY log_id SEPARATOR ' | ') FROM {logs} JOIN {actions} USING (action_id) WHERE args LIKE '[$1,%' AND message <> 'action created'"; }
silent='action started via WP CLI | action failed via WP CLI: The supervisor that ran it gave no sign of life for 10 seconds.'

now() { echo "${EPOCHREALTIME/./}"; }

# apart NAME [OPTION...]: a pool whose shared memory others cannot see, as on a host of its own; POOL is its supervisor.
apart() {
	local name=$1
	shift
	unshare -m --propagation private sh -c 'mount -t tmpfs none /dev/shm && exec "$@"' sh "$WP" action-scheduler work "$@" </dev/null >>"$RUN/$name" 2>&1 &
	POOL=$!
	at_exit pool_kill "$POOL"
	echo "$POOL" >>"$RUN/supervisors"
}

can_be_apart() {
	unshare -m --propagation private sh -c 'mount -t tmpfs none /dev/shm' 2>/dev/null
}

# at_work NUMBER: so many workers have booted.
at_work() {
	wait_for 60 holds "$1" "SELECT COUNT(*) FROM {workers} WHERE supervisor_id > 0 AND state IN ('idle', 'busy')" || not_ok 'the workers are there' "$(rows 'SELECT * FROM {workers}')"
}

# kill_all SUPERVISOR: it first, or it would see its workers die.
kill_all() {
	local all
	mapfile -t all < <(workers_of "$1")
	kill -KILL "$1" "${all[@]}" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}

nothing_held="SELECT COUNT(*) FROM {actions} WHERE status = 'in-progress' OR (status = 'pending' AND claim_id <> 0)"

if ! can_be_apart; then
	skip 'two hosts' 'needs the right to mount'
fi

# ---- A host dies ----------------------------------------------------------------------------

if can_be_apart && wanted death; then
	fresh
	pool_start watcher --workers=1 --group=watched --poll=60000
	watcher=$POOL
	at_work 1
	enqueue 1 300 3
	enqueue 301 340 60000
	apart doomed --workers=2
	doomed=$POOL
	wait_for 60 holds 2 "SELECT COUNT(*) FROM {actions} WHERE status = 'in-progress' AND args LIKE '%,60000]'" || true
	kill_all "$doomed"
	began=$(now)
	running=$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'in-progress'")
	claimed=$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'pending' AND claim_id <> 0")
	wait_for 30 holds 0 "$nothing_held" || true
	took=$((($(now) - began) / 1000))
	at_most 'a host dies: what it held is free again, in milliseconds' 15000 "$took"
	is 'a host dies: what was running has failed' "$running" "$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'failed'")"
	is 'a host dies: and the log says why' "$running" "$(rows "SELECT COUNT(*) FROM {logs} WHERE message = '${silent##*| }'")"
	is 'a host dies: what it had done stays done' 300 "$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'")"
	is 'a host dies: its rows are gone' 1 "$(rows "SELECT COUNT(*) FROM {workers} WHERE supervisor_id = 0")"
	has 'a host dies: the other one says so' "gave no sign of life: its $running running actions have failed" "$(cat "$RUN/watcher")"
	echo "    a host with $running running and $claimed claimed actions: they are free after $took ms"
	POOL=$watcher
	pool_term
	is 'a host dies: the other one ends well' 0 "$STATUS"
	nothing_left 'a host dies'
fi

# ---- A supervisor is stopped, and goes on -----------------------------------------------------

if can_be_apart && wanted stopped; then
	fresh
	apart other --workers=2 --group=b
	other=$POOL
	at_work 2
	pool_start stopped --workers=2 --group=a
	at_work 4
	enqueue 1 1 15000 a
	enqueue 2 2 25000 a
	wait_for 30 holds 2 "SELECT COUNT(*) FROM {actions} WHERE status = 'in-progress'"
	kill -STOP "$POOL"
	began=$(now)
	wait_for 30 holds 2 "SELECT COUNT(*) FROM {actions} WHERE status = 'failed'" || true
	echo "    a stopped supervisor is taken for dead after $((($(now) - began) / 1000)) ms"
	is 'a supervisor is stopped: another takes it for dead' 'failed failed' "$(state 1) $(state 2)"
	enqueue 11 30 10 a
	wait_for 30 ended 1
	while (($(now) - began < 20000000)); do sleep 0.1; done
	kill -CONT "$POOL"
	wait_for 30 says "$RUN/stopped" 'it starts anew' || true
	wait_for 60 ended 2
	wait_for 30 holds 20 "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'" || true
	is 'a supervisor goes on: what has failed meanwhile stays so' "failed failed" "$(state 1) $(state 2)"
	is 'a supervisor goes on: nothing is said of their late ends (1)' "$silent" "$(log 1)"
	is 'a supervisor goes on: nothing is said of their late ends (2)' "$silent" "$(log 2)"
	is 'a supervisor goes on: it works on' 20 "$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'")"
	is 'a supervisor goes on: under a new registration' 1 "$(rows "SELECT COUNT(*) FROM {workers} WHERE supervisor_id = 0 AND pid = $POOL")"
	is 'a supervisor goes on: nothing ran twice' '' "$(twice "$E2E_DIR/started")"
	pool_term
	is 'a supervisor goes on: it ends well' 0 "$STATUS"
	POOL=$other
	pool_term
	nothing_left 'a supervisor is stopped'
fi

# ---- One that is stopped while its workers run short actions ------------------------------------

# Group commit: what its workers have done since its last flush is run again by others. That is so much as is claimed ahead.
if can_be_apart && wanted short; then
	fresh
	enqueue 1 3000 4
	pool_start short --workers=2
	wait_for 60 lines "$E2E_DIR/ended" 500
	kill -STOP "$POOL"
	stopped=$POOL
	apart next --workers=2
	next=$POOL
	wait_for 90 holds 0 "SELECT COUNT(*) FROM {actions} WHERE status IN ('pending', 'in-progress')" || true
	kill -CONT "$stopped"
	wait_for 30 says "$RUN/short" 'it starts anew' || true
	is 'short actions: all have ended, in the table, too' 3000 "$(rows "SELECT COUNT(*) FROM {actions} WHERE status IN ('complete', 'failed')")"
	is 'short actions: one log row for each end' 0 "$(rows "SELECT COUNT(*) FROM (SELECT action_id FROM {logs} WHERE message LIKE 'action complete%' OR message LIKE 'action failed%' GROUP BY action_id HAVING COUNT(*) <> 1) t")"
	at_most 'short actions: at most so many ran twice as may be claimed ahead' 252 "$(sort "$E2E_DIR/ended" | uniq -d | wc -l)"
	POOL=$stopped
	pool_term
	is 'short actions: the one that was stopped ends well' 0 "$STATUS"
	POOL=$next
	pool_term
	nothing_left 'short actions'
fi

# ---- Two on one host ---------------------------------------------------------------------------

if wanted heir; then
	fresh
	pool_start first --workers=1 --group=a
	first=$POOL
	at_work 1
	pool_start second --workers=1 --group=a,b --poll=60000
	at_work 2
	enqueue 1 1 60000 a
	wait_for 30 holds 1 "SELECT COUNT(*) FROM {actions} WHERE status = 'in-progress'"
	by=$(awk '{ print $2 }' "$E2E_DIR/started")
	if workers_of "$POOL" | grep -qx "$by"; then
		# The second has it: so that one is killed.
		dead=$POOL
		POOL=$first
	else
		dead=$first
	fi
	enqueue 2 21 5 b
	wait_for 10 holds 20 "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'" || true
	kill_all "$dead"
	began=$(now)
	wait_for 10 holds 1 "SELECT COUNT(*) FROM {actions} WHERE status = 'failed'" || true
	took=$((($(now) - began) / 1000))
	at_most 'a supervisor dies beside another: what it ran has failed, in milliseconds' 3000 "$took"
	has 'a supervisor dies beside another: the log says so' 'The worker was killed, and its supervisor with it.' "$(log 1)"
	echo "    a neighbour's heir: $took ms"
	pool_term
	is 'a supervisor dies beside another: that one ends well' 0 "$STATUS"
	nothing_left 'a supervisor dies beside another'
fi

# The one that is left is woken, though it was not the first.
if wanted wake; then
	fresh
	pool_start gone --workers=1
	gone=$POOL
	at_work 1
	pool_start stays --workers=1 --poll=60000
	stays=$POOL
	at_work 2
	POOL=$gone
	pool_term
	POOL=$stays
	moved() { ! grep -q "@asq-.*\.1\$" <(awk '{ print $8 }' /proc/net/unix) ; }
	wait_for 10 moved || true
	enqueue 1 1 0
	wait_for 10 started 1 || true
	late=$(awk 'NR == 1 { printf "%.0f", $3 * 1000 }' "$E2E_DIR/started")
	made=$(rows "SELECT UNIX_TIMESTAMP(scheduled_date_gmt) FROM {actions}")
	at_most 'the one that is left is woken at once, in milliseconds (to a second)' 2000 "$((${late:-999999999999999} - made * 1000))"
	pool_term
	nothing_left 'the one that is left'
fi

# ---- The only one ------------------------------------------------------------------------------

# alone NAME LIMIT: all processes are killed while 1 runs; a new pool fails it and runs the others. `lost`: without the file.
alone() {
	local name=$1 limit=$2 lost=${3:-} began took
	fresh
	pool_start alone --workers=1
	at_work 1
	enqueue 1 1 60000
	enqueue 2 11 5
	wait_for 30 holds in-progress "SELECT status FROM {actions} WHERE args LIKE '[1,%'"
	kill_all "$POOL"
	pool_ended
	[[ -z $lost ]] || rm -f $(pool_memory)
	began=$(now)
	pool_start alone --workers=1
	wait_for 30 holds failed "SELECT status FROM {actions} WHERE args LIKE '[1,%'" || true
	took=$((($(now) - began) / 1000))
	at_most "$name: it has failed, in milliseconds" "$limit" "$took"
	wait_for 30 holds 10 "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'" || true
	is "$name: the others are complete" 10 "$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'")"
	is "$name: nothing ran twice" '' "$(twice "$E2E_DIR/started")"
	is "$name: one log row for the failure" 1 "$(rows "SELECT COUNT(*) FROM {logs} WHERE message LIKE 'action failed%'")"
	echo "    $name: after $took ms, a new supervisor's boot included"
	pool_term
	is "$name: the new one ends well" 0 "$STATUS"
	nothing_left "$name"
}
if wanted alone; then
	alone 'the only one dies, and its shared memory is there' 8000
	alone 'the only one dies, and its shared memory is gone' 17000 lost
fi

# ---- One after the other -------------------------------------------------------------------------

# Supervisors are killed in the midst of their writing, time and again; their workers end the action that they are at.
if wanted succession; then
	fresh
	enqueue 1 3000 2
	for round in {1..10}; do
		before=$(wc -l <"$E2E_DIR/ended")
		pool_start succession --workers=2
		wait_for 30 lines "$E2E_DIR/ended" $((before + 100 + RANDOM % 100)) || true
		kill -KILL "$POOL"
		wait "$POOL" 2>/dev/null || true
	done
	pool_start succession --workers=2
	wait_for 60 holds 0 "SELECT COUNT(*) FROM {actions} WHERE status IN ('pending', 'in-progress')" || true
	is 'ten supervisors are killed: all actions are complete' 'complete 3000' "$(rows "SELECT GROUP_CONCAT(s) FROM (SELECT CONCAT(status, ' ', COUNT(*)) s FROM {actions} GROUP BY status) t")"
	is 'ten supervisors are killed: none ran twice' '' "$(twice "$E2E_DIR/started")"
	is 'ten supervisors are killed: the log has three rows of each' 0 "$(rows "SELECT COUNT(*) FROM (SELECT action_id FROM {logs} GROUP BY action_id
		HAVING COUNT(*) <> 3 OR SUM(message = 'action started via WP CLI') <> 1 OR SUM(message = 'action complete via WP CLI') <> 1) t")"
	pool_term
	is 'ten supervisors are killed: the last ends well' 0 "$STATUS"
	nothing_left 'ten supervisors are killed'
fi

# ---- The database is away for longer than a lease ------------------------------------------------

if can_be_apart && wanted outage; then
	fresh
	pool_start here --workers=1
	here=$POOL
	at_work 1
	apart there --workers=1
	there=$POOL
	at_work 2
	enqueue 1 2 16000
	wait_for 30 holds 2 "SELECT COUNT(*) FROM {actions} WHERE status = 'in-progress'"
	server=$(<"${ASQ_TEST_SOCKET%/*}/pid")
	at_exit kill -CONT "$server"
	kill -STOP "$server"
	sleep 13
	kill -CONT "$server"
	wait_for 40 holds 2 "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'" || true
	is 'the database was away for 13 s: nobody is taken for dead' "$complete | $complete" "$(log 1) | $(log 2)"
	POOL=$here
	pool_term
	POOL=$there
	pool_term
	nothing_left 'the database was away'
fi
no_php_errors 'PHP has nothing to complain about'
