#!/usr/bin/env bash
# wp action-scheduler work: what each signal does to a supervisor and to a worker, sent once a callback has started; and
# what becomes of an action whose callback hangs, dies, or leaves things behind. E2E_CASES names those to run.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pool.inc"

# e2e_code( code, n ): runs the code, having said that it has started. A worker keeps the file's handle away from it.
mu_plugin pool <<'PHP'
if ( getenv( 'ASQ_WORKER' ) && file_exists( getenv( 'E2E_DIR' ) . '/no-start' ) ) {
	exit( 7 );
}
add_action( 'e2e_code', static function ( $code, $n ) {
	file_put_contents( getenv( 'E2E_DIR' ) . '/started', "$n " . getmypid() . "\n", FILE_APPEND );
	eval( $code );
	file_put_contents( getenv( 'E2E_DIR' ) . '/ended', "$n\n", FILE_APPEND );
}, 10, 2 );
PHP

# enqueue CODE N [CODE N...]: numbers tell the actions apart.
enqueue() {
	site_php "$@" <<'PHP'
for ( $i = 1; $i < $argc; $i += 2 ) {
	as_enqueue_async_action( 'e2e_code', array( $argv[ $i ], (int) $argv[ $i + 1 ] ), 'e2e' ) || exit( 1 );
}
PHP
}

# others FROM TO: arguments for enqueue: actions that do nothing.
others() {
	local n
	for ((n = $1; n <= $2; n++)); do printf '%s\n' '' "$n"; done
}

# state N: the action's status, and whether it is claimed.
state() {
	rows "SELECT CONCAT(status, IF(claim_id = 0 OR status IN ('complete', 'failed'), '', ' claimed')) FROM {actions} WHERE args LIKE '%,$1]'"
}

# states: how many of each.
states() {
	rows "SELECT GROUP_CONCAT(s ORDER BY s SEPARATOR ', ') FROM (SELECT CONCAT(status, IF(claim_id = 0 OR status IN ('complete', 'failed'), '', ' claimed'), ' ', COUNT(*)) s
		FROM {actions} GROUP BY status, claim_id = 0 OR status IN ('complete', 'failed')) t"
}

# log N: what the log says of an action, after its creation.
log() {
	rows "SELECT GROUP_CONCAT(message ORDER BY log_id SEPARATOR ' | ') FROM {logs} JOIN {actions} USING (action_id) WHERE args LIKE '%,$1]' AND message <> 'action created'"
}

# ---- The matrix -----------------------------------------------------------------------------

# cell SIGNAL WHOM HOW LONG: one worker, an action that takes so many seconds, and ten that wait behind it.
cell() {
	local signal=$1 whom=$2 how=$3 long=$4 name="$1 to the $2, $3 callback" worker
	fresh
	mapfile -t list < <(others 2 11)
	enqueue "usleep( (int) ( 1e6 * $long ) );" 1 "${list[@]}"
	pool_start "cell" --workers=1 --grace=1
	wait_for 60 started 1 || { not_ok "$name: the callback starts" "$(tail "$RUN/cell")"; pool_kill "$POOL"; return; }
	worker=$(sed -n 's/^1 //p' "$E2E_DIR/started")
	if [[ $whom == supervisor ]]; then
		kill "-$signal" "$POOL"
		pool_ended
		"cell_supervisor" "$name" "$signal" "$how"
	else
		kill "-$signal" "$worker"
		"cell_worker" "$name" "$signal" "$worker"
	fi
	is "$name: nothing begins twice" '' "$(twice "$E2E_DIR/started")"
	nothing_left "$name"
}

cell_supervisor() {
	local name=$1 signal=$2 how=$3
	case $signal-$how in
		TERM-fast | INT-fast)
			is "$name: the action has ended, the others are back, exit code 0" "complete 1, pending 10, exit 0" "$(states), exit $STATUS"
			is "$name: and its log" "$complete" "$(log 1)"
			;;
		KILL-*)
			is "$name: it is dead" 137 "$STATUS"
			pool_start "cell" --workers=1
			wait_for 60 holds 11 "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'" || true
			is "$name: its heir writes the action's end, and runs the others" 'complete 11' "$(states)"
			is "$name: the log says so, once" "$complete" "$(log 1)"
			is "$name: each callback ended once" '11 ' "$(sort -u "$E2E_DIR/ended" | wc -l) $(twice "$E2E_DIR/ended")"
			pool_term
			is "$name: the heir ends well" 0 "$STATUS"
			;;
		*)
			is "$name: the action has failed, the others are back, exit code 2" "failed 1, pending 10, exit 2" "$(states), exit $STATUS"
			has "$name: and its log says why" "action started via WP CLI | action failed via WP CLI: The worker (process " "$(log 1)"
			has "$name: with the signal" "was killed by signal 9 (Killed) at 20" "$(log 1)"
			;;
	esac
}

cell_worker() {
	local name=$1 signal=$2 worker=$3
	wait_for 60 holds 0 "SELECT COUNT(*) FROM {actions} WHERE status IN ('pending', 'in-progress')" || true
	case $signal in
		TERM | INT)
			is "$name: all are complete" 'complete 11' "$(states)"
			is "$name: and its log" "$complete" "$(log 1)"
			;;
		QUIT)
			is "$name: the action has failed, the others are complete" 'complete 10, failed 1' "$(states)"
			has "$name: the log says why" "action started via WP CLI | action failed via WP CLI: The worker (process $worker) was told to quit (signal 3) at 20" "$(log 1)"
			;;
		KILL)
			is "$name: the action has failed, the others are complete" 'complete 10, failed 1' "$(states)"
			has "$name: the log says why" "action started via WP CLI | action failed via WP CLI: The worker (process $worker) was killed by signal 9 (Killed) at 20" "$(log 1)"
			;;
	esac
	is "$name: another worker has run the others" yes "$(awk -v w="$worker" '$1 > 1 && $2 != w { yes = 1 } END { print yes ? "yes" : "no" }' "$E2E_DIR/started")"
	pool_term
	is "$name: the pool ends well" 0 "$STATUS"
}

if wanted matrix; then
	for whom in supervisor worker; do
		for signal in TERM INT QUIT KILL; do
			cell "$signal" "$whom" fast 0.5
			cell "$signal" "$whom" slow 3
		done
	done
fi

# ---- Other signals --------------------------------------------------------------------------

if wanted hup; then
	fresh
	mapfile -t list < <(for n in {1..120}; do printf '%s\n' 'usleep( 40000 );' "$n"; done)
	pool_start hup --workers=3
	wait_for 60 holds 3 "SELECT COUNT(*) FROM {workers} WHERE supervisor_id > 0 AND state = 'idle'" || true
	before=$(workers_of "$POOL" | sort | paste -s -d ' ')
	enqueue "${list[@]}"
	wait_for 30 lines "$E2E_DIR/started" 5
	kill -HUP "$POOL"
	most=0 least=9
	restarted() {
		local alive
		alive=$(workers_of "$POOL" | wc -l)
		((alive >= least)) || least=$alive
		says "$RUN/hup" 'All workers have been restarted.'
	}
	wait_for 60 restarted || true
	wait_for 60 holds 120 "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'" || true
	is 'HUP: all are complete' 'complete 120' "$(states)"
	is 'HUP: none ran twice' '' "$(twice "$E2E_DIR/ended")"
	is 'HUP: none of the old workers is left' '' "$(comm -12 <(tr ' ' '\n' <<<"$before" | sort) <(workers_of "$POOL" | sort))"
	is 'HUP: there are three again' 3 "$(workers_of "$POOL" | wc -l)"
	is 'HUP: one was missing at a time, at most' yes "$( ((least >= 2)) && echo yes || echo "$least")"
	kill -USR1 "$POOL"
	succeeds 'USR1: it says how it is' wait_for 10 says "$RUN/hup" '120 succeeded, 0 failed'
	has 'USR1: and each worker' "Worker 3 (process $(workers_of "$POOL" | sort -n | tail -n 1))" "$(cat "$RUN/hup")"
	pool_term
	is 'HUP: the pool ends well' 0 "$STATUS"
	nothing_left HUP
fi

if wanted term-twice; then
	fresh
	enqueue 'sleep( 20 );' 1 '' 2
	pool_start twice --workers=1
	wait_for 60 started 1
	kill -TERM "$POOL"
	wait_for 10 says "$RUN/twice" 'Stopping: running actions have 30 s to end.'
	began=$SECONDS
	kill -TERM "$POOL"
	pool_ended
	is 'a second TERM: the action has failed, the other is back, exit code 2' 'failed 1, pending 1, exit 2' "$(states), exit $STATUS"
	at_most 'a second TERM: it is gone at once, in seconds' 3 "$((SECONDS - began))"
	nothing_left 'a second TERM'
fi

if wanted grace; then
	fresh
	enqueue 'sleep( 10 );' 1 '' 2
	pool_start grace --workers=1 --grace=1
	wait_for 60 started 1
	began=$SECONDS
	kill -TERM "$POOL"
	pool_ended
	is 'the grace is over: the action has failed, exit code 2' 'failed 1, pending 1, exit 2' "$(states), exit $STATUS"
	at_most 'the grace is over: in seconds' 4 "$((SECONDS - began))"
	has 'the grace is over: it says so' 'The grace is over' "$(cat "$RUN/grace")"
fi

if wanted quiet; then
	fresh
	mapfile -t list < <(for n in 1 2 3 4 5 6; do printf '%s\n' 'for ( $until = microtime( true ) + 4; microtime( true ) < $until; usleep( 50000 ) );' "$n"; done)
	enqueue "${list[@]}"
	pool_start quiet --workers=1 --grace=2
	wait_for 60 started 1
	ticks() { awk '{ print $14 + $15 }' "/proc/$POOL/stat"; }
	before=$(ticks)
	sleep 2
	at_most 'a supervisor whose workers are busy does next to nothing, in hundredths of a second of 2 s' 20 "$(($(ticks) - before))"
	kill -TERM "$POOL"
	wait_for 10 says "$RUN/quiet" 'Stopping'
	before=$(ticks)
	sleep 1
	at_most 'nor does one that waits for them to end, of 1 s' 15 "$(($(ticks) - before))"
	pool_ended
fi

# ---- Hanging --------------------------------------------------------------------------------

if wanted timeout; then
	fresh
	exec {lock}>"$E2E_DIR/lock"
	flock "$lock"
	enqueue 'while ( true ) {}' 1 'sleep( 60 );' 2 "exec( 'exec sleep 60' );" 3 "\$f = fopen( '$E2E_DIR/lock', 'r' ); flock( \$f, LOCK_EX );" 4 '' 5
	pool_start timeout --workers=4 --job-timeout=1
	wait_for 60 holds 0 "SELECT COUNT(*) FROM {actions} WHERE status IN ('pending', 'in-progress')" || true
	exec {lock}>&-
	is '--job-timeout: four have failed, one is complete' 'complete 1, failed 4' "$(states)"
	for n in 1 2; do
		is "--job-timeout: a callback that is PHP's gets an exception ($n)" 'action started via WP CLI | action failed via WP CLI: The action was ended after 1 seconds (--job-timeout).' "$(log $n)"
	done
	for n in 3 4; do
		is "--job-timeout: one that does not come back is killed ($n)" \
			'action started via WP CLI | action failed via WP CLI: The action did not end after 1 seconds (--job-timeout), and its worker was killed.' "$(log $n)"
	done
	pool_term
	is '--job-timeout: the pool ends well' 0 "$STATUS"
	nothing_left '--job-timeout'
	pkill -f '^sleep 60$' -P 1 || true
fi

# ---- Recycling ------------------------------------------------------------------------------

# recycled NAME OPTION CODE: each of four actions is run by a worker of its own.
recycled() {
	fresh
	enqueue "$3" 1 "$3" 2 "$3" 3 "$3" 4
	pool_start recycled --workers=1 "$2"
	wait_for 60 holds 4 "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'" || true
	is "$1: all are complete" 'complete 4' "$(states)"
	is "$1: by four workers" 4 "$(awk '{ print $2 }' "$E2E_DIR/started" | sort -u | wc -l)"
	pool_term
	is "$1: the pool ends well" 0 "$STATUS"
	nothing_left "$1"
}
if wanted recycling; then
	recycled --max-actions --max-actions=1 ''
	recycled --max-time --max-time=1 'sleep( 1 );'
	recycled --memory-limit --memory-limit=64M '$GLOBALS["e2e_leak"][] = str_repeat( "x", 64 << 20 );'
fi

if wanted drain; then
	for commit in group each; do
		fresh
		mapfile -t list < <(others 1 30)
		enqueue "${list[@]}"
		began=$SECONDS
		pool_start drain --workers=2 --drain --commit="$commit"
		wait_for 30 gone "$POOL" || kill -TERM "$POOL"
		pool_ended
		is "--drain, --commit=$commit: all are complete, exit code 0" 'complete 30, exit 0' "$(states), exit $STATUS"
		at_most "--drain, --commit=$commit: it ends by itself, in seconds" 25 "$((SECONDS - began))"
		nothing_left "--drain, --commit=$commit"
	done
fi

if wanted no-start; then
	fresh
	touch "$E2E_DIR/no-start"
	pool_start no-start --workers=10
	wait_for 60 gone "$POOL" || kill -TERM "$POOL"
	pool_ended
	is 'workers that die at start: exit code 3' 3 "$STATUS"
	has 'workers that die at start: each is told of, with its exit code' 'ended with exit code 7' "$(cat "$RUN/no-start")"
	has 'workers that die at start: later and later' 'The next try is in 8 s.' "$(cat "$RUN/no-start")"
	nothing_left 'workers that die at start'
	# One that is mended goes on.
	fresh
	touch "$E2E_DIR/no-start"
	enqueue '' 1
	pool_start mended --workers=1
	wait_for 30 says "$RUN/mended" 'The next try is in 2 s.'
	rm "$E2E_DIR/no-start"
	succeeds 'workers that start again: the action runs' wait_for 20 holds 1 "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'"
	pool_term
	nothing_left 'workers that start again'
fi

# ---- Callbacks that do not behave -----------------------------------------------------------

# misbehaves NAME CODE STATUS LOG [OPTION...]: the action's status and a part of its log; after it another runs as usual.
misbehaves() {
	local name=$1 code=$2 status=$3 text=$4
	shift 4
	fresh
	enqueue "$code" 1 '' 2
	pool_start misbehaves --workers=1 "$@"
	wait_for 40 holds 0 "SELECT COUNT(*) FROM {actions} WHERE status IN ('pending', 'in-progress')" || true
	is "$name: $status" "$status" "$(state 1)"
	has "$name: the log" "$text" "$(log 1)"
	is "$name: is said once" "$( [[ $status == complete ]] && echo 2 || echo 2)" "$(rows "SELECT COUNT(*) FROM {logs} JOIN {actions} USING (action_id) WHERE args LIKE '%,1]' AND message <> 'action created'")"
	is "$name: the next one is complete" "complete $complete" "$(state 2) $(log 2)"
	is "$name: nothing begins twice" '' "$(twice "$E2E_DIR/started")"
	pool_term
	is "$name: the pool ends well" 0 "$STATUS"
	nothing_left "$name"
}
if wanted misbehaving; then
	for commit in group each; do
		misbehaves "exit(), $commit" 'exit( 5 );' failed 'The callback ended the process with exit() or die().' --commit=$commit
		misbehaves "a fatal error, $commit" 'eval( "function e2e_twice() {} function e2e_twice() {}" );' failed 'Cannot redeclare e2e_twice()' --commit=$commit
		misbehaves "out of memory, $commit" 'ini_set( "memory_limit", "96M" ); str_repeat( "x", 1 << 28 );' failed 'Allowed memory size' --commit=$commit
		misbehaves "throw, $commit" 'throw new DomainException( "on purpose" );' failed 'action failed via WP CLI: on purpose' --commit=$commit
		misbehaves "a segmentation fault, $commit" 'posix_kill( getmypid(), SIGSEGV );' failed 'was killed by signal 11 (Segmentation fault)' --commit=$commit
		misbehaves "a transaction left open, $commit" 'global $wpdb; $wpdb->query( "START TRANSACTION" ); $wpdb->query( "UPDATE $wpdb->options SET option_value = option_value WHERE option_id = 1" );' \
			failed 'transaction' --commit=$commit
		misbehaves "a throw in a transaction, $commit" 'global $wpdb; $wpdb->query( "START TRANSACTION" ); throw new DomainException( "on purpose" );' failed 'on purpose' --commit=$commit
		misbehaves "a child that exits, $commit" '$pid = pcntl_fork(); if ( ! $pid ) { exit( 0 ); } pcntl_waitpid( $pid, $status );' complete "$complete" --commit=$commit
		misbehaves "standard files closed, $commit" 'fclose( STDOUT ); fclose( STDERR ); fclose( STDIN );' complete "$complete" --commit=$commit
		misbehaves "signals handled by itself, $commit" 'pcntl_signal( SIGTERM, SIG_IGN ); pcntl_async_signals( true ); posix_kill( getmypid(), SIGTERM );' complete "$complete" --commit=$commit
	done
fi
no_php_errors_but_ours() {
	is 'PHP has nothing else to complain about' '' "$(php_errors | grep -vE 'e2e_twice|Allowed memory size|on purpose' || true)"
}
no_php_errors_but_ours
