#!/usr/bin/env bash
# Several supervisors on one database, and what becomes of the actions of one whose processes are all killed, or that is
# stopped for longer than its lease: with shared memory that outlives it, and, as on another host, without. E2E_CASES
# names those to run.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pool.inc"

# Of no duration (0: until the file `go` or `goN` is there) anything depends but what is to take some time. $E2E_DIR/stop and
# $E2E_DIR/kill have a number and a signal: the action of that number sends it to the supervisor.
mu_plugin hosts <<'PHP'
function e2e_signal( $file, $n, $signal ) {
	$file = getenv( 'E2E_DIR' ) . "/$file";
	if ( file_exists( $file ) && (int) file_get_contents( $file ) === $n ) {
		posix_kill( posix_getppid(), $signal );
	}
}
add_action( 'e2e_host', static function ( $n, $ms ) {
	$dir = getenv( 'E2E_DIR' );
	file_put_contents( "$dir/started", sprintf( "%d %d %.6f\n", $n, getmypid(), microtime( true ) ), FILE_APPEND );
	for ( $until = microtime( true ) + 900; 0 === $ms && ! file_exists( "$dir/go" ) && ! file_exists( "$dir/go$n" ); usleep( 20000 ) ) {
		if ( microtime( true ) > $until ) {
			throw new RuntimeException( 'nobody let it go' );
		}
	}
	e2e_signal( 'stop', $n, SIGSTOP );
	e2e_signal( 'kill', $n, SIGKILL );
	for ( $until = microtime( true ) + $ms / 1000; microtime( true ) < $until; usleep( min( 20000, max( 1, (int) ( 1e6 * ( $until - microtime( true ) ) ) ) ) ) );
	file_put_contents( getenv( 'E2E_DIR' ) . '/ended', "$n\n", FILE_APPEND );
}, 10, 2 );
PHP

# enqueue FROM TO MILLISECONDS [GROUP]
enqueue() {
	site_php "$1" "$2" "$3" "${4:-}" <<'PHP'
$args = array();
for ( $n = (int) $argv[1]; $n <= $argv[2]; $n++ ) {
	$args[] = array( $n, (int) $argv[3] );
}
count( array_filter( asq_enqueue_many( 'e2e_host', $args, $argv[4] ) ) ) === count( $args ) || exit( 1 );
PHP
}

let_go() { touch "$E2E_DIR/go${1:-}"; }
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
	LOOK=$RUN/$name
	at_exit pool_kill "$POOL"
	echo "$POOL" >>"$RUN/supervisors"
}

can_be_apart() {
	unshare -m --propagation private sh -c 'mount -t tmpfs none /dev/shm' 2>/dev/null
}

# at_work NUMBER: so many workers have booted.
at_work() {
	comes 'the workers are there' holds "$1" "SELECT COUNT(*) FROM {workers} WHERE supervisor_id > 0 AND state IN ('idle', 'busy')"
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
	log_times
	enqueue 1 300 3
	enqueue 301 340 0
	apart doomed --workers=2
	doomed=$POOL
	comes 'a host dies: two are running' holds 2 "SELECT COUNT(*) FROM {actions} WHERE status = 'in-progress' AND args LIKE '%,0]'"
	running=$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'in-progress'")
	claimed=$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'pending' AND claim_id <> 0")
	kill_all "$doomed"
	began=$(now)
	LOOK=$RUN/watcher
	comes 'a host dies: what it held is free again' holds 0 "$nothing_held"
	# By the database's own time: how long this test takes to look is not its concern.
	took=$((($(logged "${silent##*| }") - began) / 1000))
	is 'a host dies: what it ran fails after it has died' yes "$( ((took > 0)) && echo yes || echo "after $took ms")"
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
	enqueue 1 2 0 a
	comes 'a supervisor is stopped: both run' holds 2 "SELECT COUNT(*) FROM {actions} WHERE status = 'in-progress'"
	stop_between "$POOL" || not_ok 'a supervisor is stopped: between two transactions'
	LOOK=$RUN/other
	comes 'a supervisor is stopped: what it runs fails' holds 2 "SELECT COUNT(*) FROM {actions} WHERE status = 'failed'"
	is 'a supervisor is stopped: another takes it for dead' 'failed failed' "$(state 1) $(state 2)"
	enqueue 11 30 10 a
	LOOK=$RUN/stopped
	let_go 1
	comes 'a supervisor is stopped: the callback of one ends' ended 1
	kill -CONT "$POOL"
	comes 'a supervisor goes on: it starts anew' says "$RUN/stopped" 'it starts anew'
	let_go 2
	comes 'a supervisor goes on: the callback of the other ends' ended 2
	comes 'a supervisor goes on: it works on, to the end' holds 20 "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'"
	comes 'a supervisor goes on: it is registered' holds 1 "SELECT COUNT(*) FROM {workers} WHERE supervisor_id = 0 AND pid = $POOL"
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

# All stand still, as a machine does whose disk or host does, and one goes on before the other: that one is not dead for that.
if wanted still; then
	fresh
	log_times
	pool_start looks --workers=1 --group=a
	looks=$POOL
	at_work 1
	pool_start sleeps --workers=1 --group=b
	sleeps=$POOL
	at_work 2
	enqueue 1 1 0 b
	comes 'all stand still: an action runs' holds 1 "SELECT COUNT(*) FROM {actions} WHERE status = 'in-progress'"
	# So that its own pulse, which it looks at, too, does not tell it.
	comes 'all stand still: one has just given a sign of life' holds 1 "SELECT heartbeat_gmt > UTC_TIMESTAMP(3) - INTERVAL 1 SECOND FROM {workers} WHERE supervisor_id = 0 AND pid = $looks"
	stop_between "$looks" "$sleeps" || not_ok 'all stand still'
	sleep 5
	rows "UPDATE {workers} SET heartbeat_gmt = UTC_TIMESTAMP(3) - INTERVAL 11 SECOND WHERE supervisor_id = 0 AND pid = $sleeps"
	began=$(now)
	kill -CONT "$looks"
	LOOK=$RUN/looks
	comes 'all stand still: one that does not go on is dead at last' holds failed "SELECT status FROM {actions} WHERE args LIKE '[1,%'"
	took=$((($(logged 'gave no sign of life') - began) / 1000))
	is 'all stand still: it has five seconds to show that it lives' yes "$( ((took >= 4900)) && echo yes || echo "it had $took ms")"
	let_go
	kill -CONT "$sleeps"
	comes 'all stand still: it starts anew' says "$RUN/sleeps" 'it starts anew'
	for POOL in "$looks" "$sleeps"; do pool_term; done
	nothing_left 'all stand still'
fi

# A host that vanishes closes no connection: its power, or its network, is gone. What it has locked by then the server lets go.
locks_held() { [[ $(sql -e 'SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_rows_locked > 0') != 0 ]]; }

# stop_within SUPERVISOR: stops it in the midst of a transaction, with all of its workers.
stop_within() {
	local i all
	for ((i = 0; i < 300; i++)); do
		kill -STOP "$1"
		# The server makes this table anew only where nobody has read it for 0.1 s; and what is under way has an end by the second look.
		sleep 0.15
		if locks_held && sleep 0.3 && locks_held; then
			mapfile -t all < <(workers_of "$1")
			kill -STOP "${all[@]}"
			return 0
		fi
		kill -CONT "$1"
		sleep 0.0$((RANDOM % 90 + 10))
	done
	return 1
}

if can_be_apart && wanted vanished; then
	fresh
	pool_start watcher --workers=1 --group=watched
	watcher=$POOL
	at_work 1
	log_times
	enqueue 1 1 0
	apart vanished --workers=2
	vanished=$POOL
	comes 'a host vanishes: one runs' holds in-progress "SELECT status FROM {actions} WHERE args LIKE '[1,%'"
	enqueue 2 20000 1
	comes 'a host vanishes: it works' started 100
	stop_within "$vanished" || not_ok 'a host vanishes: in the midst of a transaction'
	began=$(now)
	LOOK=$RUN/watcher
	comes 'a host vanishes: what it held is free again' holds 0 "$nothing_held"
	took=$((($(logged "${silent##*| }") - began) / 1000))
	is 'a host vanishes: what it ran fails after that' yes "$( ((took > 0)) && echo yes || echo "after $took ms")"
	at_most 'a host vanishes: what it held is free again, whatever it had locked, in milliseconds' 15000 "$took"
	is 'a host vanishes: its rows are gone' 1 "$(rows "SELECT COUNT(*) FROM {workers} WHERE supervisor_id = 0")"
	kill_all "$vanished"
	POOL=$watcher
	pool_term
	empty_queue
	nothing_left 'a host vanishes'
fi

# ---- One that is stopped while its workers run short actions ------------------------------------

# Group commit: what its workers have done since its last flush is run again by others. That is so much as is claimed ahead.
if can_be_apart && wanted short; then
	fresh
	enqueue 1 3000 4
	echo 500 >"$E2E_DIR/stop"
	pool_start short --workers=2
	stopped=$POOL
	comes 'short actions: the supervisor is stopped' stands_still "$stopped"
	rm "$E2E_DIR/stop"
	# With a transaction open it would keep the others from what it holds.
	stop_between "$stopped" || not_ok 'short actions: it is stopped between two transactions'
	apart next --workers=2
	next=$POOL
	comes 'short actions: the stopped one is taken for dead' says "$RUN/next" 'gave no sign of life'
	comes 'short actions: the other one runs the rest' nothing_to_do
	kill -CONT "$stopped"
	LOOK=$RUN/short
	comes 'short actions: the stopped one starts anew' says "$RUN/short" 'it starts anew'
	comes 'short actions: and ends what it had claimed' nothing_to_do
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
	# Whoever looks seldom is not to hear of a new group late.
	site_php <<<'as_enqueue_async_action( "e2e_none", array(), "a" ) && as_enqueue_async_action( "e2e_none", array(), "b" ) || exit( 1 );'
	rows 'DELETE FROM {actions}'
	pool_start first --workers=1 --group=a
	first=$POOL
	at_work 1
	pool_start second --workers=1 --group=b --poll=60000
	at_work 2
	log_times
	enqueue 1 1 0 a
	comes 'a supervisor dies beside another: an action runs' holds 1 "SELECT COUNT(*) FROM {actions} WHERE status = 'in-progress'"
	enqueue 2 21 5 b
	LOOK=$RUN/second
	comes 'a supervisor dies beside another: others run' holds 20 "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'"
	kill_all "$first"
	began=$(now)
	comes 'a supervisor dies beside another: what it ran fails' holds 1 "SELECT COUNT(*) FROM {actions} WHERE status = 'failed'"
	took=$((($(logged 'and its supervisor with it') - began) / 1000))
	# It looks each second; by the tables it would take its lease, ten seconds.
	at_most 'a supervisor dies beside another: what it ran has failed, in milliseconds' 8000 "$took"
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
	# place: which of the site's sockets it has, by the kernel; other runs on this machine may have some, too.
	place() {
		local inode
		for inode in $(find "/proc/$stays/fd" -lname 'socket:*' -printf '%l\n' 2>/dev/null | tr -cd '0-9\n'); do
			awk -v inode="$inode" '$7 == inode && $8 ~ /^@asq-/ { sub( /.*\./, "", $8 ); print $8 }' /proc/net/unix
		done
	}
	before=$(place)
	is 'the one that is left: it was not the first' yes "$( ((before > 0)) && echo yes || echo "it has the place $before")"
	POOL=$gone
	pool_term
	POOL=$stays
	moved() {
		local now
		now=$(place)
		# Between two of them it has none.
		[[ $now == +([0-9]) ]] && ((now < before))
	}
	comes 'the one that is left: it moves up' moved
	site_php >"$RUN/made" <<'PHP'
as_enqueue_async_action( 'e2e_host', array( 1, 1 ), '' ) || exit( 1 );
printf( '%d', microtime( true ) * 1000 );
PHP
	comes 'the one that is left: it runs what is enqueued' started 1
	late=$(awk 'NR == 1 { printf "%.0f", $3 * 1000 }' "$E2E_DIR/started")
	# By itself it looks once a minute. What "at once" is, pool-pickup.sh measures.
	at_most 'the one that is left is woken, in milliseconds' 10000 "$((${late:-999999999999999} - $(<"$RUN/made")))"
	pool_term
	nothing_left 'the one that is left'
fi

# ---- The only one ------------------------------------------------------------------------------

# alone NAME LIMIT: all processes are killed while 1 runs; a new pool fails it and runs the others. `lost`: without the file. The time
# is from the new supervisor's registration on: how long WordPress takes to boot is another matter.
alone() {
	local name=$1 limit=$2 lost=${3:-} began took
	fresh
	log_times
	pool_start alone --workers=1
	at_work 1
	enqueue 1 1 0
	enqueue 2 11 5
	comes "$name: an action runs" holds in-progress "SELECT status FROM {actions} WHERE args LIKE '[1,%'"
	comes "$name: its callback, too" started 1
	kill_all "$POOL"
	pool_ended
	[[ -z $lost ]] || rm -f $(pool_memory)
	pool_start alone --workers=1
	comes "$name: it fails" holds failed "SELECT status FROM {actions} WHERE args LIKE '[1,%'"
	comes "$name: the new one is registered" holds 1 "SELECT COUNT(*) FROM {workers} WHERE supervisor_id = 0 AND pid = $POOL"
	began=$(rows "SELECT $(microseconds started_gmt) FROM {workers} WHERE supervisor_id = 0 AND pid = $POOL")
	took=$((($(logged 'action failed') - began) / 1000))
	at_most "$name: it has failed, in milliseconds" "$limit" "$took"
	comes "$name: the others run" holds 10 "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'"
	is "$name: the others are complete" 10 "$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'")"
	is "$name: nothing ran twice" '' "$(twice "$E2E_DIR/started")"
	is "$name: one log row for the failure" 1 "$(rows "SELECT COUNT(*) FROM {logs} WHERE message LIKE 'action failed%'")"
	echo "    $name: $took ms after a new supervisor has come"
	pool_term
	is "$name: the new one ends well" 0 "$STATUS"
	nothing_left "$name"
}
if wanted alone; then
	alone 'the only one dies, and its shared memory is there' 8000
	alone 'the only one dies, and its shared memory is gone' 15000 lost
fi

# A supervisor dies, its workers do not, and the next one is started when its lease is long over: nobody else has taken what runs.
if wanted late; then
	fresh
	pool_start early --workers=1
	at_work 1
	enqueue 1 1 0
	comes 'an heir comes late: an action runs' holds in-progress "SELECT status FROM {actions} WHERE args LIKE '[1,%'"
	kill -KILL "$POOL"
	pool_ended
	rows 'UPDATE {workers} SET heartbeat_gmt = heartbeat_gmt - INTERVAL 1 HOUR'
	pool_start late --workers=1
	comes 'an heir comes late: it takes over' says "$RUN/late" 'A supervisor of this host has died'
	enqueue 2 2 1
	comes 'an heir comes late: it is at work' holds complete "SELECT status FROM {actions} WHERE args LIKE '[2,%'"
	# By now it has looked for the dead, more than once.
	sleep 12
	is 'an heir comes late: the action still runs' in-progress "$(state 1)"
	let_go
	comes 'an heir comes late: the action ends' nothing_to_do
	is 'an heir comes late: it has ended well' "complete $complete" "$(state 1) $(log 1)"
	is 'an heir comes late: nobody was taken for dead' '' "$(grep 'gave no sign of life' "$RUN/late" || true)"
	is 'an heir comes late: nothing ran twice' '' "$(twice "$E2E_DIR/started")"
	pool_term
	nothing_left 'an heir comes late'
fi

# ---- One after the other -------------------------------------------------------------------------

# Supervisors are killed in the midst of their writing, time and again; their workers end the action that they are at.
if wanted succession; then
	fresh
	enqueue 1 3000 2
	for round in {1..10}; do
		echo $((round * 250 + RANDOM % 200)) >"$E2E_DIR/kill"
		pool_start succession --workers=2
		comes "ten supervisors are killed: number $round is" gone "$POOL" 2>/dev/null # bash says so
		wait "$POOL" 2>/dev/null || true
	done
	pool_start succession --workers=2
	comes 'ten supervisors are killed: the rest is run' nothing_to_do
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
	enqueue 1 2 0
	comes 'the database was away: both run' holds 2 "SELECT COUNT(*) FROM {actions} WHERE status = 'in-progress'"
	server=$(<"${ASQ_TEST_SOCKET%/*}/pid")
	at_exit kill -CONT "$server"
	kill -STOP "$server"
	sleep 13
	kill -CONT "$server"
	let_go
	LOOK=$RUN/there
	comes 'the database was away: both end' nothing_to_do
	is 'the database was away for 13 s: nobody is taken for dead' "$complete | $complete" "$(log 1) | $(log 2)"
	POOL=$here
	pool_term
	POOL=$there
	pool_term
	nothing_left 'the database was away'
fi
no_php_errors 'PHP has nothing to complain about'
