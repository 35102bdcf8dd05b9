#!/usr/bin/env bash
# What a pool may meet where it runs: a database that can only be read, a parent that ignores its children's ends, shared memory
# that is full, callbacks that limit their own time. E2E_CASES names those to run.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pool.inc"

mu_plugin surroundings <<'PHP'
add_action( 'e2e_odd', static function ( $n, $how = '' ) {
	file_put_contents( getenv( 'E2E_DIR' ) . '/started', "$n " . getmypid() . "\n", FILE_APPEND );
	switch ( $how ) {
		case 'limit':
			set_time_limit( 1 );
			break;
		case 'compute':
			// By the clock that such a limit goes by, which is that of the processor.
			for ( $from = getrusage()['ru_utime.tv_sec']; getrusage()['ru_utime.tv_sec'] < $from + 3; );
			break;
		case 'write':
			if ( ! update_option( 'e2e_written', $n ) ) {
				throw new RuntimeException( 'It cannot be written.' );
			}
			break;
		case 'lock':
			$GLOBALS['wpdb']->query( "LOCK TABLES {$GLOBALS['wpdb']->prefix}actionscheduler_actions WRITE, {$GLOBALS['wpdb']->prefix}actionscheduler_logs WRITE" );
			if ( $n > 1 ) {
				throw new RuntimeException( 'They stay locked.' );
			}
			break;
		case 'hold':
			$GLOBALS['wpdb']->query( 'START TRANSACTION' );
			$GLOBALS['wpdb']->query( "UPDATE {$GLOBALS['wpdb']->prefix}actionscheduler_actions SET priority = 11 WHERE hook = 'e2e_odd'" );
			for ( $until = hrtime( true ) + 2e10; hrtime( true ) < $until; usleep( 10000 ) );
			$GLOBALS['wpdb']->query( 'COMMIT' );
			break;
		case 'die':
			posix_kill( getmypid(), SIGKILL );
			break;
		case 'wait':
		case 'long':
			for ( $until = hrtime( true ) + ( 'wait' === $how ? 2e9 : 8e9 ); hrtime( true ) < $until; usleep( 10000 ) );
			break;
	}
	file_put_contents( getenv( 'E2E_DIR' ) . '/ended', "$n\n", FILE_APPEND );
}, 10, 2 );
if ( getenv( 'E2E_PERIOD' ) ) {
	add_filter( 'action_scheduler_failure_period', static function () {
		return (int) getenv( 'E2E_PERIOD' );
	} );
}
PHP

# enqueue NUMBER HOW
enqueue() {
	site_php "$1" "$2" <<'PHP'
as_enqueue_async_action( 'e2e_odd', array( (int) $argv[1], $argv[2] ) ) || exit( 1 );
PHP
}

all_ended="SELECT COUNT(*) FROM {actions} WHERE status IN ('pending', 'in-progress')"
states() { rows "SELECT GROUP_CONCAT(status ORDER BY action_id) FROM {actions}"; }
at_work() { must 'the workers are there' 150 holds "$1" "SELECT COUNT(*) FROM {workers} WHERE supervisor_id > 0 AND state IN ('idle', 'busy')"; }
connections() { sql -e "SELECT id FROM information_schema.processlist WHERE user = 'asq_site' ORDER BY id"; }

# ---- The database can only be read ------------------------------------------------------------------

# As after a failover: the server that all are connected to is no primary any more, and goes on answering.
if wanted demoted; then
	fresh
	pool_start demoted --workers=2
	at_work 2
	enqueue 1 write
	wait_for 150 holds 0 "$all_ended" || true
	connections >"$RUN/before"
	workers_of "$POOL" | sort >"$RUN/workers-before"
	at_exit sql -e 'SET GLOBAL read_only = 0'
	sql -e 'SET GLOBAL read_only = 1'
	must 'read-only: it is said' 150 says "$RUN/demoted" 'read-only'
	# What is enqueued meanwhile, over the only connection that may: by an account that is above that.
	rows "INSERT INTO {actions} (hook, status, scheduled_date_gmt, scheduled_date_local, args, schedule, group_id, priority) SELECT hook, 'pending', scheduled_date_gmt,
		scheduled_date_local, '[2,\"write\"]', schedule, group_id, priority FROM {actions}"
	sleep 5
	is 'read-only: nothing is begun that could not be written' '' "$(grep '^2 ' "$E2E_DIR/started" || true)"
	at_most 'read-only: it is said, and not again and again: lines' 4 "$(wc -l <"$RUN/demoted")"
	sql -e 'SET GLOBAL read_only = 0'
	wait_for 150 holds 0 "$all_ended" || true
	is 'read-only no more: all is complete' complete,complete "$(states)"
	wait_for 150 says "$RUN/demoted" 'The database is back.' || true
	at_work 2
	replaced() { [[ -z $(comm -12 "$RUN/workers-before" <(workers_of "$POOL" | sort)) ]]; }
	wait_for 150 replaced || true
	succeeds 'read-only no more: the workers have been replaced' replaced
	at_most 'read-only no more: of the connections from before there is one of WordPress, in the supervisor' 1 "$(comm -12 <(sort "$RUN/before") <(connections | sort) | wc -l)"
	sed 's/^/    /' "$RUN/demoted"
	pool_term
	is 'read-only no more: it ends well' 0 "$STATUS"
	nothing_left 'read-only no more'
fi

# ---- Callbacks and their locks ------------------------------------------------------------------------

if wanted lock; then
	fresh
	for n in 1 2 3 4; do
		enqueue "$n" "$( ((n == 3)) || echo lock)"
	done
	pool_start lock --workers=2
	wait_for 150 holds 0 "$all_ended" || true
	is 'tables that callbacks leave locked are unlocked' complete,failed,complete,failed "$(states)"
	pool_term
	is 'tables that callbacks leave locked: it ends well' 0 "$STATUS"
	nothing_left 'tables that callbacks leave locked'
fi

# A callback holds a row that its supervisor is to write, another action's that has ended, for longer than a lease.
if wanted hold; then
	fresh
	pool_start hold --workers=2
	at_work 2
	enqueue 1 long
	must 'one is running' 150 started 1
	enqueue 2 hold
	must 'one holds rows' 150 started 2
	worst=0
	for _ in {1..30}; do
		age=$(rows "SELECT COALESCE(ROUND(TIMESTAMPDIFF(MICROSECOND, MAX(heartbeat_gmt), UTC_TIMESTAMP(3)) / 1000), 99999) FROM {workers} WHERE supervisor_id = 0")
		((age <= worst)) || worst=$age
		sleep 0.5
	done
	# Else they came when the lock was gone. A second is what it waits for a lock; the rest is for a machine that stands still at times.
	at_most 'a callback locks rows for 20 s: signs of life are given meanwhile, so many milliseconds apart' 15000 "$worst"
	wait_for 150 holds 0 "$all_ended" || true
	is 'a callback locks rows for 20 s: then all is written' complete,complete "$(states)"
	tail -n 4 "$RUN/hold" | sed 's/^/    /'
	pool_term
	is 'a callback locks rows for 20 s: it ends well' 0 "$STATUS"
	nothing_left 'a callback locks rows for 20 s'
fi

# ---- A sign of life that changes nothing ------------------------------------------------------------------

# As one that comes twice in a millisecond: it was given all the same.
if wanted pulse; then
	fresh
	pool_start pulse --workers=1
	at_work 1
	at_exit rows 'DROP TRIGGER IF EXISTS e2e_pulse'
	rows 'CREATE TRIGGER e2e_pulse BEFORE UPDATE ON {workers} FOR EACH ROW SET NEW.heartbeat_gmt = OLD.heartbeat_gmt'
	sleep 11 # two or three signs of life
	rows 'DROP TRIGGER e2e_pulse'
	is 'a sign of life that changes nothing: it goes on as it was' '1 ' "$(rows 'SELECT COUNT(*) FROM {workers} WHERE supervisor_id = 0') $(grep 'starts anew' "$RUN/pulse" || true)"
	pool_term
	is 'a sign of life that changes nothing: it ends well' 0 "$STATUS"
	nothing_left 'a sign of life that changes nothing'
fi

# ---- A parent that ignores its children's ends ---------------------------------------------------------

# That is inherited by what it starts.
if wanted deaf; then
	fresh
	# PHP is started by it, not by a shell, which would put that right.
	sed "s/^exec /exec perl -e '\$SIG{CHLD} = \"IGNORE\"; exec @ARGV' /" "$WP" >"$RUN/deaf.wp"
	chmod +x "$RUN/deaf.wp"
	"$RUN/deaf.wp" action-scheduler work --workers=1 </dev/null >>"$RUN/deaf" 2>&1 &
	POOL=$!
	at_exit pool_kill "$POOL"
	echo "$POOL" >>"$RUN/supervisors"
	at_work 1
	enqueue 1 die
	enqueue 2 ''
	wait_for 150 holds 0 "$all_ended" || true
	is 'SIGCHLD is ignored where it is started: deaths are seen' failed,complete "$(states)"
	kill -TERM "$POOL"
	wait_for 150 gone "$POOL" || true
	succeeds 'SIGCHLD is ignored where it is started: it ends when it is told to' gone "$POOL"
	nothing_left 'SIGCHLD is ignored where it is started'
fi

# ---- Callbacks and their time ---------------------------------------------------------------------------

if wanted limit; then
	fresh
	enqueue 1 limit
	enqueue 2 compute
	pool_start limit --workers=1
	wait_for 120 holds 0 "$all_ended" || true
	is "a callback's set_time_limit() is for itself" complete,complete "$(states)"
	pool_term
fi

# A filter that says that Action Scheduler is never to take an action for failed.
if wanted period; then
	fresh
	enqueue 1 wait
	E2E_PERIOD=-1 pool_start period --workers=1
	wait_for 150 holds 0 "$all_ended" || true
	is 'a failure period below 0 is none' complete "$(states)"
	pool_term
	fresh
	enqueue 1 wait
	E2E_PERIOD=9223372036854775807 pool_start period --workers=1 --grace=9223372036854775807 --max-time=9223372036854775807
	wait_for 150 holds 0 "$all_ended" || true
	is 'a failure period of for ever is none, too' complete "$(states)"
	enqueue 2 wait
	must 'it runs' 150 started 2
	pool_term
	is 'a grace of for ever is enough' complete,complete "$(states)"
	nothing_left 'for ever'
fi

# ---- Shared memory is full ---------------------------------------------------------------------------------

if ! unshare -m --propagation private sh -c 'mount -t tmpfs none /dev/shm' 2>/dev/null; then
	skip 'shared memory is full' 'needs the right to mount'
elif wanted full; then
	fresh
	STATUS=0
	unshare -m --propagation private sh -c 'mount -t tmpfs -o size=2m none /dev/shm && exec "$@"' sh "$WP" action-scheduler work --workers=1 </dev/null >>"$RUN/full" 2>&1 || STATUS=$?
	is 'shared memory is full: it does not start' 1 "$STATUS"
	has 'shared memory is full: it says so' 'No space left on device' "$(cat "$RUN/full")"
fi
no_php_errors 'PHP has nothing to complain about'
