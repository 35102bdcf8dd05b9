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
// Until the test lets it go: what a signal finds is not to depend on how fast this machine is.
function e2e_held() {
	for ( $until = microtime( true ) + 900; ! file_exists( getenv( 'E2E_DIR' ) . '/go' ); usleep( 20000 ) ) {
		if ( microtime( true ) > $until ) {
			throw new RuntimeException( 'nobody let it go' );
		}
	}
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

let_go() { touch "$E2E_DIR/go"; }

# cell SIGNAL WHOM HOW: one worker, an action that is running, and ten that wait behind it. A fast callback ends within the grace,
# a slow one does not: it ends when the grace is over, or never.
cell() {
	local signal=$1 whom=$2 how=$3 name="$1 to the $2, $3 callback" worker grace=1
	fresh
	mapfile -t list < <(others 2 11)
	enqueue 'e2e_held();' 1 "${list[@]}"
	[[ $how == slow ]] || grace=600
	pool_start "cell" --workers=1 --grace="$grace"
	wait_for 120 started 1 || { not_ok "$name: the callback starts" "$(tail "$RUN/cell")"; pool_kill "$POOL"; return; }
	worker=$(sed -n 's/^1 //p' "$E2E_DIR/started")
	if [[ $whom == supervisor ]]; then
		: >"$RUN/cell"
		kill "-$signal" "$POOL"
		if [[ $signal-$how == @(TERM|INT)-fast ]]; then
			comes "$name: it stops" says "$RUN/cell" 'Stopping: '
			let_go
		fi
		pool_ended
		"cell_supervisor" "$name" "$signal" "$how" "$worker"
	else
		kill "-$signal" "$worker"
		# A worker has no grace: it is not ended when that is over.
		[[ $how == fast ]] || sleep 2
		[[ $signal == @(QUIT|KILL) ]] || let_go
		"cell_worker" "$name" "$signal" "$worker"
	fi
	is "$name: nothing begins twice" '' "$(twice "$E2E_DIR/started")"
	nothing_left "$name"
}

cell_supervisor() {
	local name=$1 signal=$2 how=$3 worker=$4
	case $signal-$how in
		TERM-fast | INT-fast)
			is "$name: the action has ended, the others are back, exit code 0" "complete 1, pending 10, exit 0" "$(states), exit $STATUS"
			is "$name: and its log" "$complete" "$(log 1)"
			;;
		KILL-*)
			is "$name: it is dead" 137 "$STATUS"
			# Its worker ends the action before there is an heir, or after that.
			if [[ $how == fast ]]; then
				let_go
				comes "$name: its worker leaves" gone "$worker"
			fi
			pool_start "cell" --workers=1
			comes "$name: it has an heir" says "$RUN/cell" 'A supervisor of this host has died'
			let_go
			comes "$name: all are complete" holds 11 "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'"
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
	comes "$name: all end" nothing_to_do
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
			cell "$signal" "$whom" fast
			cell "$signal" "$whom" slow
		done
	done
fi

# ---- Other signals --------------------------------------------------------------------------

if wanted hup; then
	fresh
	mapfile -t list < <(for n in {1..120}; do printf '%s\n' 'usleep( 40000 );' "$n"; done)
	pool_start hup --workers=3
	comes 'HUP: there are three' holds 3 "SELECT COUNT(*) FROM {workers} WHERE supervisor_id > 0 AND state = 'idle'"
	before=$(workers_of "$POOL" | sort | paste -s -d ' ')
	enqueue "${list[@]}"
	comes 'HUP: they are at work' lines "$E2E_DIR/started" 5
	kill -HUP "$POOL"
	most=0 least=9
	restarted() {
		local alive
		alive=$(workers_of "$POOL" | wc -l)
		((alive >= least)) || least=$alive
		says "$RUN/hup" 'All workers have been restarted.'
	}
	comes 'HUP: all are restarted' restarted
	comes 'HUP: all end' nothing_to_do
	is 'HUP: all are complete' 'complete 120' "$(states)"
	is 'HUP: none ran twice' '' "$(twice "$E2E_DIR/ended")"
	is 'HUP: none of the old workers is left' '' "$(comm -12 <(tr ' ' '\n' <<<"$before" | sort) <(workers_of "$POOL" | sort))"
	is 'HUP: there are three again' 3 "$(workers_of "$POOL" | wc -l)"
	is 'HUP: one was missing at a time, at most' yes "$( ((least >= 2)) && echo yes || echo "$least")"
	# A worker may yet have to count its last one.
	tells() {
		kill -USR1 "$POOL"
		sleep 0.2
		tac "$RUN/hup" | sed '/Supervisor [0-9]*:/q' >"$RUN/told"
		says "$RUN/told" '120 succeeded, 0 failed' && (($(grep -c 'Worker' "$RUN/told") == 3))
	}
	succeeds 'USR1: it says how it is' wait_for 60 tells
	is 'USR1: and each worker' "$(workers_of "$POOL" | sort)" "$(sed -n 's/.*Worker [123] (process \([0-9]*\)).*/\1/p' "$RUN/told" | sort)"
	pool_term
	is 'HUP: the pool ends well' 0 "$STATUS"
	nothing_left HUP
fi

if wanted term-twice; then
	fresh
	enqueue 'e2e_held();' 1 '' 2
	pool_start twice --workers=1
	comes 'a second TERM: the callback starts' started 1
	kill -TERM "$POOL"
	comes 'a second TERM: the first is heard' says "$RUN/twice" 'Stopping: running actions have 30 s to end.'
	began=$SECONDS
	kill -TERM "$POOL"
	pool_ended
	is 'a second TERM: the action has failed, the other is back, exit code 2' 'failed 1, pending 1, exit 2' "$(states), exit $STATUS"
	# Of 30: a slow machine may need some to end two processes.
	at_most 'a second TERM: it is gone at once, in seconds' 20 "$((SECONDS - began))"
	is 'a second TERM: not for the grace' 'at once' "$(says "$RUN/twice" 'Stopping at once.' && ! says "$RUN/twice" 'The grace is over' && echo 'at once')"
	nothing_left 'a second TERM'
fi

if wanted grace; then
	fresh
	enqueue 'e2e_held();' 1 '' 2
	pool_start grace --workers=1 --grace=3
	comes 'the grace is over: the callback starts' started 1
	kill -TERM "$POOL"
	pool_ended
	is 'the grace is over: the action has failed, exit code 2' 'failed 1, pending 1, exit 2' "$(states), exit $STATUS"
	# By its own clock: each line has its time, to a second. It may have stood still, but not for as long as the usual grace.
	said_at() { date -d "$(grep -m 1 -F -- "$1" "$RUN/grace" | cut -c 1-8)" +%s; }
	took=$((($(said_at 'The grace is over') - $(said_at 'Stopping: running actions have 3 s to end.') + 86400) % 86400))
	is 'the grace is over: not before' yes "$( ((took >= 3)) && echo yes || echo "after $took s")"
	at_most 'the grace is over: in seconds' 15 "$took"
	has 'the grace is over: it says so' 'The grace is over' "$(cat "$RUN/grace")"
fi

if wanted quiet; then
	fresh
	mapfile -t list < <(for n in 1 2 3 4 5 6; do printf '%s\n' 'e2e_held();' "$n"; done)
	enqueue "${list[@]}"
	pool_start quiet --workers=1 --grace=600
	comes 'a supervisor whose workers are busy: they are' started 1
	# share SECONDS: of so much time, or what it has become, how many thousandths it was at work.
	share() {
		local before began=${EPOCHREALTIME/[^0-9]/} after
		before=$(awk '{ print $14 + $15 }' "/proc/$POOL/stat")
		sleep "$1"
		after=$(awk '{ print $14 + $15 }' "/proc/$POOL/stat")
		echo $(((after - before) * 1000 * 10000 / (${EPOCHREALTIME/[^0-9]/} - began)))
	}
	at_most 'a supervisor whose workers are busy does next to nothing, in thousandths of the time' 100 "$(share 2)"
	kill -TERM "$POOL"
	comes 'a supervisor that waits for its workers to end: it does' says "$RUN/quiet" 'Stopping'
	at_most 'nor does one that waits for them to end' 150 "$(share 1)"
	is 'and it still does that' '' "$(gone "$POOL" && echo 'it is gone')"
	let_go
	pool_ended
	is 'they end: exit code 0' 'complete 1, pending 5, exit 0' "$(states), exit $STATUS"
fi

# ---- Hanging --------------------------------------------------------------------------------

if wanted timeout; then
	fresh
	exec {lock}>"$E2E_DIR/lock"
	flock "$lock"
	enqueue 'while ( true ) {}' 1 'sleep( 600 );' 2 "exec( 'echo \$\$ >$E2E_DIR/sleeps; exec sleep 600' );" 3 "\$f = fopen( '$E2E_DIR/lock', 'r' ); flock( \$f, LOCK_EX );" 4 '' 5
	pool_start timeout --workers=4 --job-timeout=3
	comes '--job-timeout: all end' nothing_to_do
	exec {lock}>&-
	is '--job-timeout: four have failed, one is complete' 'complete 1, failed 4' "$(states)"
	for n in 1 2; do
		is "--job-timeout: a callback that is PHP's gets an exception ($n)" 'action started via WP CLI | action failed via WP CLI: The action was ended after 3 seconds (--job-timeout).' "$(log $n)"
	done
	for n in 3 4; do
		is "--job-timeout: one that does not come back is killed ($n)" \
			'action started via WP CLI | action failed via WP CLI: The action did not end after 3 seconds (--job-timeout), and its worker was killed.' "$(log $n)"
	done
	pool_term
	is '--job-timeout: the pool ends well' 0 "$STATUS"
	nothing_left '--job-timeout'
	kill "$(<"$E2E_DIR/sleeps")" 2>/dev/null || true
fi

# ---- Recycling ------------------------------------------------------------------------------

# recycled NAME OPTION CODE: each of four actions is run by a worker of its own.
recycled() {
	fresh
	enqueue "$3" 1 "$3" 2 "$3" 3 "$3" 4
	pool_start recycled --workers=1 "$2"
	comes "$1: all end" nothing_to_do
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
		pool_start drain --workers=2 --drain --commit="$commit"
		succeeds "--drain, --commit=$commit: it ends by itself" wait_for 120 gone "$POOL"
		kill -TERM "$POOL" 2>/dev/null || true
		pool_ended
		is "--drain, --commit=$commit: all are complete, exit code 0" 'complete 30, exit 0' "$(states), exit $STATUS"
		nothing_left "--drain, --commit=$commit"
	done
fi

if wanted no-start; then
	fresh
	touch "$E2E_DIR/no-start"
	pool_start no-start --workers=10
	succeeds 'workers that die at start: it gives up' wait_for 300 gone "$POOL"
	kill -TERM "$POOL" 2>/dev/null || true
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
	comes 'workers that start again: they do not at first' says "$RUN/mended" 'The next try is in 2 s.'
	rm "$E2E_DIR/no-start"
	succeeds 'workers that start again: the action runs' wait_for 120 holds 1 "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'"
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
	comes "$name: both end" nothing_to_do
	is "$name: $status" "$status" "$(state 1)"
	has "$name: the log" "$text" "$(log 1)"
	is "$name: is said once" 2 "$(rows "SELECT COUNT(*) FROM {logs} JOIN {actions} USING (action_id) WHERE args LIKE '%,1]' AND message <> 'action created'")"
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
