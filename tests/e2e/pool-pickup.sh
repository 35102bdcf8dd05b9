#!/usr/bin/env bash
# How the pool hears of what is to be done: at once by a datagram on the same host, to the second for what is scheduled,
# by looking for what other hosts enqueue. Where it is to be by the datagram, the pool looks by itself once a minute only.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/races.inc"

mu_plugin mark <<'PHP'
add_action( 'e2e_mark', static function ( $name ) {
	e2e_say( sprintf( '%s %.6f', $name, microtime( true ) ) );
} );
PHP

# marked NAME: its callback has run.
marked() {
	grep -q "^$1 " "$E2E_SEEN"
}

# milliseconds NAME SINCE: from then until the callback's first line.
milliseconds() {
	awk -v name="$1" -v since="$2" '$1 == name { printf "%d", ($2 - since) * 1000; exit }' "$E2E_SEEN"
}

# picked_up NAME SECONDS: what it was enqueued as runs in time.
picked_up() {
	if wait_for "$2" marked "$1"; then ok "$3"; else not_ok "$3" "$(cat "$RUN"/*.log)"; fi
}

# ---- With nobody there ------------------------------------------------------------------------

actions none
empty_queue
site_php <<'PHP'
for ( $n = 1; $n <= 20; $n++ ) {
	as_enqueue_async_action( 'e2e_mark', array( "early$n" ) ) || exit( 1 );
}
PHP
pool p --workers=1 --poll=60000
wait_for 30 none_due || true
is 'what was enqueued when nobody was there runs when somebody is' 20 "$(grep -c '^early' "$E2E_SEEN")"

# ---- By the datagram ----------------------------------------------------------------------------

since=$(site_php <<'PHP'
as_enqueue_async_action( 'e2e_mark', array( 'plain' ) );
printf( '%.6f', microtime( true ) );
PHP
)
picked_up plain 5 "an enqueue is picked up at once"
echo "    $(milliseconds plain "$since") ms after as_enqueue_async_action() had returned"

# While the transaction is open there is nothing to be seen; the pool has been woken and has looked by then.
since=$(site_php <<'PHP'
$wpdb->query( 'START TRANSACTION' );
as_enqueue_async_action( 'e2e_mark', array( 'committed' ) );
usleep( 500000 );
$wpdb->query( 'COMMIT' );
printf( '%.6f', microtime( true ) );
PHP
)
picked_up committed 5 "what is committed later is picked up when the request ends"
echo "    $(milliseconds committed "$since") ms after the commit"

site_php <<'PHP'
$wpdb->query( 'START TRANSACTION' );
as_enqueue_async_action( 'e2e_mark', array( 'rolled' ) );
usleep( 200000 );
$wpdb->query( 'ROLLBACK' );
PHP

# ---- At its time --------------------------------------------------------------------------------

due=$(site_php <<'PHP'
$due = time() + 2;
for ( $n = 0; $n < 5; $n++ ) {
	as_schedule_single_action( $due + $n, 'e2e_mark', array( "timed$n" ) );
}
echo $due;
PHP
)
picked_up timed4 20 'what is scheduled runs'
for n in 0 1 2 3 4; do
	milliseconds "timed$n" "$((due + n))"
	echo
done >"$RUN/late"
is 'none before its second' '' "$(grep -- - "$RUN/late")"
at_most 'half of them within 50 ms of it' 50 "$(sort -n "$RUN/late" | sed -n 3p)"
at_most 'all of them within a second' 1000 "$(sort -n "$RUN/late" | tail -n 1)"
is 'what was rolled back has not run' '' "$(grep '^rolled' "$E2E_SEEN")"
pool_ends p

# ---- By looking ---------------------------------------------------------------------------------

pool p --workers=1
wait_for 30 pool_is_up p || true
for n in 1 2 3; do
	since=$EPOCHREALTIME
	HOOK=e2e_mark actions "elsewhere$n"
	picked_up "elsewhere$n" 4 'what another host enqueues is picked up'
	milliseconds "elsewhere$n" "$since" >>"$RUN/elsewhere"
	echo >>"$RUN/elsewhere"
done
at_most 'within 3 s, and what this machine takes to start a client' 3300 "$(sort -n "$RUN/elsewhere" | tail -n 1)"
pool_ends p

# ---- Two supervisors ----------------------------------------------------------------------------

# has_first_place PID: of the sockets that enqueues write to, it has the first.
has_first_place() {
	local fd inode
	for fd in "/proc/$1/fd/"*; do
		inode=$(readlink "$fd" | sed -n 's/^socket:\[\(.*\)\]$/\1/p')
		[[ -z $inode ]] || ! grep -qE " $inode @asq-[0-9a-f]+\.0" /proc/net/unix || return 0
	done
	return 1
}

# both NAME: one action for each; prints when.
both() {
	site_php "$1" <<'PHP'
as_enqueue_async_action( 'e2e_mark', array( "$argv[1]-a" ), 'a' );
as_enqueue_async_action( 'e2e_mark', array( "$argv[1]-rest" ), 'b' );
printf( '%.6f', microtime( true ) );
PHP
}

both before >/dev/null # the groups are made by this
pool a --workers=1 --poll=60000 --group=a
wait_for 30 pool_is_up a || true
pool rest --workers=1 --poll=60000 --exclude-groups=a
wait_for 30 pool_is_up rest || true
wait_for 20 none_due || true
since=$(both first)
picked_up first-a 5 'of two supervisors the first hears of it'
picked_up first-rest 5 'and the second'
echo "    $(milliseconds first-a "$since") and $(milliseconds first-rest "$since") ms after the enqueue"

kill_pool "${POOL[a]}"
wait_for 20 grep -q 'A supervisor of this host has died' "$RUN/rest.log" || not_ok 'the death of the first is noticed' "$(cat "$RUN/rest.log")"
wait_for 20 queue_says 1 'SELECT COUNT(*) FROM {workers} WHERE supervisor_id = 0' || not_ok 'and its things are put in order' "$(queue 'SELECT * FROM {workers}')"
# What it looks for at such a moment is over; and it takes the other's place at the socket before long.
wait_for 10 has_first_place "${POOL[rest]}" || true
since=$(both second)
picked_up second-rest 5 'when the first is gone, the second hears of it'
echo "    $(milliseconds second-rest "$since") ms after the enqueue"
pool a --workers=1 --poll=60000 --group=a
picked_up second-a 20 'and who takes the place of the first finds what was left'
wait_for 20 pool_is_up a || true
sleep 1
since=$(both third)
picked_up third-a 5 'and hears of what is new'
picked_up third-rest 5 'as does the other'
pool_ends a
pool_ends rest
is 'nothing is left in the tables' "0 0 0" "$(queue "SELECT (SELECT COUNT(*) FROM {actions} WHERE status <> 'complete'), (SELECT COUNT(*) FROM {claims}), (SELECT COUNT(*) FROM {workers})" | tr '\t' ' ')"
no_php_errors 'PHP has nothing to complain about'
