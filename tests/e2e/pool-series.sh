#!/usr/bin/env bash
# wp action-scheduler work: whatever a worker dies of, and wherever it does, an action is not offered again and again, and a
# series has one next instance: not none, not two. E2E_CASES names those to run.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pool.inc"

# $E2E_DIR/break has "WHERE HOW [once]": where a worker breaks, and how. A listener is there only if it is to break something.
mu_plugin series <<'PHP'
define( 'E2E_IS_WORKER', (bool) getenv( 'ASQ_WORKER' ) );
function e2e_break( $where ) {
	$file = getenv( 'E2E_DIR' ) . '/break';
	$what = explode( ' ', trim( (string) @file_get_contents( $file ) ) );
	if ( ! E2E_IS_WORKER || $what[0] !== $where ) {
		return;
	}
	e2e_say( $where );
	if ( isset( $what[2] ) ) {
		unlink( $file );
	}
	switch ( $what[1] ) {
		case 'kill':
			posix_kill( getmypid(), SIGKILL );
			sleep( 5 );
		case 'fatal':
			eval( 'function e2e_twice() {} function e2e_twice() {}' );
		case 'exit':
			exit( 3 );
	}
	throw new Error( 'on purpose' );
}
function e2e_say( $what ) {
	file_put_contents( getenv( 'E2E_DIR' ) . '/ended', "$what\n", FILE_APPEND );
}
class E2E_PDO extends RuntimeException {
	public function __construct() {
		parent::__construct( 'SQLSTATE[HY000]: General error: 1205' );
		$this->code = 'HY000';
	}
}
$quick = array( 'max_attempts' => 2, 'backoff' => 'fixed', 'base' => 1, 'jitter' => 0 );
$where = strtok( (string) @file_get_contents( getenv( 'E2E_DIR' ) . '/break' ), ' ' );
if ( 'policy' === $where ) {
	add_filter( 'asq_retry_policy', static function ( $policy, $hook ) {
		'e2e_ok' !== $hook || e2e_break( 'policy' );
		return $policy;
	}, 10, 2 );
}
if ( 'delay' === $where ) {
	asq_retry_policy( 'e2e_ok', array( 'on_crash' => 'retry', 'delay' => static function () {
		e2e_break( 'delay' );
		return 1;
	} ) );
}
if ( in_array( $where, array( 'stored_action', 'unexpected_shutdown', 'failed_execution', 'completed_action' ), true ) ) {
	add_action( "action_scheduler_$where", static function () use ( $where ) {
		e2e_break( $where );
	} );
}
if ( file_exists( getenv( 'E2E_DIR' ) . '/policies' ) ) {
	asq_retry_policy( 'e2e_pdo', $quick );
	asq_retry_policy( 'e2e_die', $quick );
	add_action( 'asq_dead_letter_stored', static function ( $id, $letter ) {
		e2e_say( "letter {$letter['reason']}" );
	}, 10, 2 );
}
if ( file_exists( getenv( 'E2E_DIR' ) . '/listen' ) ) {
	add_action( 'action_scheduler_completed_action', static function ( $id ) {
		'e2e_last' === ActionScheduler::store()->fetch_action( $id )->get_hook() || e2e_say( 'completed_action' );
	} );
}
add_action( 'e2e_ok', static function () {
	e2e_say( 'ok' );
} );
add_action( 'e2e_slow', static function ( $group ) {
	for ( $until = microtime( true ) + 600; ! file_exists( getenv( 'E2E_DIR' ) . '/go' ); usleep( 20000 ) ) {
		if ( microtime( true ) > $until ) {
			throw new RuntimeException( 'nobody let it go' );
		}
	}
	e2e_say( "slow $group" );
} );
add_action( 'e2e_last', static function () {
	e2e_say( 'last' );
} );
add_action( 'e2e_throw', static function () {
	throw new DomainException( 'on purpose' );
} );
add_action( 'e2e_pdo', static function () {
	throw new E2E_PDO();
} );
add_action( 'e2e_die', static function () {
	posix_kill( getmypid(), SIGKILL );
	sleep( 5 );
} );
PHP

# recurring HOOK [GROUP]: an action that is due, and then every hour.
recurring() {
	site_php "$1" "${2:-}" <<<'as_schedule_recurring_action( time() - 1, 3600, $argv[1], array( $argv[2] ), $argv[2] ) || exit( 1 );'
}

# instances HOOK: how many of each status.
instances() {
	rows "SELECT GROUP_CONCAT(s ORDER BY s SEPARATOR ', ') FROM (SELECT CONCAT(status, ' ', COUNT(*)) s FROM {actions} WHERE hook = '$1' GROUP BY status) t"
}

said() { grep -cx -- "$1" "$E2E_DIR/ended" || true; }
has_said() { grep -qx -- "$1" "$E2E_DIR/ended"; }

# through NAME [GROUP...]: those who work for it have done all that they had to do by now: an action that comes last has been run.
through() {
	local name=$1 count
	shift
	count=$(said last)
	site_php "${@:-}" <<<'foreach ( array_slice( $argv, 1 ) as $group ) { as_enqueue_async_action( "e2e_last", array(), $group ) || exit( 1 ); }'
	count=$((count + ($# ? $# : 1)))
	comes "$name: an action after it runs" so_often last "$count"
}

so_often() { (($(said "$1") >= $2)); }
nothing_due="SELECT COUNT(*) FROM {actions} WHERE status = 'in-progress' OR status = 'pending' AND scheduled_date_gmt < UTC_TIMESTAMP() + INTERVAL 60 SECOND"

# repeats NAME HOOK STATUS [OPTION...]: the action ends so, and has one next instance.
repeats() {
	local name=$1 hook=$2 status=$3 where
	shift 3
	where=$(cut -d ' ' -f 1 "$E2E_DIR/break")
	recurring "$hook"
	pool_start series --workers=1 "$@"
	comes "$name: it ends" holds 0 "$nothing_due"
	comes "$name: what is to come of it" holds "$status 1, pending 1" "SELECT GROUP_CONCAT(s ORDER BY s SEPARATOR ', ') FROM (SELECT CONCAT(status, ' ', COUNT(*)) s FROM {actions} GROUP BY status) t"
	comes "$name: it breaks" has_said "$where"
	# A worker starts again, and would do then what is too much.
	rm -f "$E2E_DIR/break"
	through "$name"
	pool_term
	is "$name: one next instance" "$status 1, pending 1" "$(instances "$hook")"
	is "$name: it broke there" 1 "$(($(said "$where") > 0))"
	nothing_left "$name"
}

# ---- Before it begins ---------------------------------------------------------------------------

if wanted before; then
	for where in policy delay; do
		fresh
		echo "$where kill" >"$E2E_DIR/break"
		site_php <<<"as_enqueue_async_action( 'e2e_ok' );"
		pool_start before --workers=1
		comes "a worker is killed while $where is asked: it ends" holds 0 "$nothing_due"
		pool_term
		is "a worker is killed while $where is asked: at last that is the action's failure" 'failed 1' "$(instances e2e_ok)"
		is "a worker is killed while $where is asked: it is asked three times" 3 "$(said "$where")"
		has "a worker is killed while $where is asked: the log" 'was killed by signal 9' "$(rows 'SELECT message FROM {logs}')"
		nothing_left "$where"
	done
fi

# ---- A code that is text --------------------------------------------------------------------------

if wanted code; then
	fresh
	touch "$E2E_DIR/policies"
	site_php <<<"as_enqueue_async_action( 'e2e_pdo' );"
	pool_start code --workers=1
	comes 'an exception with a code that is text: it ends' holds 0 "$nothing_due"
	comes 'an exception with a code that is text: its letter is told of' has_said 'letter exhausted'
	pool_term
	has 'an exception with a code that is text: tried again' 'retry 1 of 1 in 1 seconds: SQLSTATE[HY000]' "$(rows 'SELECT message FROM {logs}')"
	is 'an exception with a code that is text: then it has a letter' 'failed 1, letters 1' "$(instances e2e_pdo), letters $(said 'letter exhausted')"
	is 'an exception with a code that is text: its worker lives on' '' "$(grep -E 'ended|killed|Unhandled' "$RUN/code" | grep -i 'worker 1' || true)"
	nothing_left 'an exception with a code that is text'
fi

# ---- Another has taken it for dead ------------------------------------------------------------------

# so_often_in FILE TEXT COUNT
so_often_in() { (($(grep -c -- "$2" "$1") >= $3)); }

can_be_apart() {
	unshare -m --propagation private sh -c 'mount -t tmpfs none /dev/shm' 2>/dev/null
}

if wanted lost && ! can_be_apart; then
	skip 'a claim is lost' 'needs the right to mount'
elif wanted lost; then
	for listen in '' ', with a listener'; do
		fresh
		[[ -z $listen ]] || touch "$E2E_DIR/listen"
		unshare -m --propagation private sh -c 'mount -t tmpfs none /dev/shm && exec "$@"' sh "$WP" action-scheduler work --workers=1 --group=other </dev/null >>"$RUN/other" 2>&1 &
		other=$!
		at_exit pool_kill "$other"
		echo "$other" >>"$RUN/supervisors"
		pool_start group --workers=1 --group=group --commit=group
		group=$POOL
		pool_start each --workers=1 --group=each --commit=each
		each=$POOL
		anew=$(grep -c 'it starts anew' "$RUN/group" || true)
		comes "a claim is lost$listen: the workers are there" holds 3 "SELECT COUNT(*) FROM {workers} WHERE supervisor_id > 0 AND state IN ('idle', 'busy')"
		recurring e2e_slow group
		recurring e2e_slow each
		comes "a claim is lost$listen: both run" holds 2 "SELECT COUNT(*) FROM {actions} WHERE status = 'in-progress'"
		stop_between "$group" "$each" || not_ok "a claim is lost$listen: they are stopped between two transactions"
		LOOK=$RUN/other
		comes "a claim is lost$listen: they are taken for dead" holds 2 "SELECT COUNT(*) FROM {actions} WHERE status = 'failed'"
		touch "$E2E_DIR/go"
		comes "a claim is lost$listen: their callbacks end" lines "$E2E_DIR/ended" 2
		kill -CONT "$group" "$each"
		for commit in group each; do
			LOOK=$RUN/$commit
			comes "a claim is lost, $commit$listen: it starts anew" so_often_in "$RUN/$commit" 'it starts anew' $((anew + 1))
		done
		through "a claim is lost$listen" group each
		for POOL in "$group" "$each" "$other"; do pool_term; done
		for commit in group each; do
			is "a claim is lost, $commit$listen: one next instance" 'failed 1, pending 1' \
				"$(rows "SELECT GROUP_CONCAT(s ORDER BY s SEPARATOR ', ') FROM (SELECT CONCAT(status, ' ', COUNT(*)) s FROM {actions} WHERE args = '[\"$commit\"]' GROUP BY status) t")"
		done
		is "a claim is lost$listen: nobody hears of a completion" 0 "$(said completed_action)"
		nothing_left "a claim is lost$listen"
	done
fi

# ---- Listeners of what is stored ----------------------------------------------------------------------

# The next instance is there by then: whatever its listener dies of, it is not made again.
if wanted stored; then
	for commit in group each; do
		for how in 'kill once' 'throw' 'exit once' 'fatal once'; do
			fresh
			echo "stored_action $how" >"$E2E_DIR/break"
			repeats "a listener of the next instance ($how), $commit" e2e_ok complete --commit=$commit
		done
		fresh
		echo 'stored_action kill once' >"$E2E_DIR/break"
		repeats "a listener of the next instance of one that failed, $commit" e2e_throw failed --commit=$commit
	done
fi

# ---- Listeners of the end ---------------------------------------------------------------------------

if wanted told; then
	for how in throw kill exit fatal; do
		fresh
		echo "unexpected_shutdown $how" >"$E2E_DIR/break"
		[[ $how != throw ]] || touch "$E2E_DIR/policies"
		repeats "a listener of a crash ($how)" e2e_die failed
		[[ $how != throw ]] || is 'a listener of a crash throws: the letter is told of' 1 "$(said 'letter crashed')"
	done
fi

# It is written by then: what a listener dies of must not end the series, nor begin it twice.
if wanted ended; then
	for commit in group each; do
		for how in throw kill exit fatal; do
			fresh
			echo "failed_execution $how" >"$E2E_DIR/break"
			repeats "a listener of a failure ($how), $commit" e2e_throw failed --commit=$commit
			fresh
			echo "completed_action $how" >"$E2E_DIR/break"
			# One that throws makes it a failure, as in Action Scheduler; so does an exit().
			repeats "a listener of a completion ($how), $commit" e2e_ok "$([[ $how == throw || $how == exit ]] && echo failed || echo complete)" --commit=$commit
		done
	done
fi

is 'PHP has nothing else to complain about' '' "$(php_errors | grep -vE 'e2e_twice|on purpose|threw$' || true)"
