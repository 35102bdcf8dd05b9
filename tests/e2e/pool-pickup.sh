#!/usr/bin/env bash
# How the pool hears of what is to be done: at once by a datagram on the same host, to the second for what is scheduled,
# by looking for what other hosts enqueue. Where it is to be by the datagram, the pool looks by itself once a minute only: a
# minute after it has had something to do.
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

# Beside all that, something is committed each tenth of a second, and the beginning and the end of each time written down: by these
# it is known when this machine was of use as a clock.
site_php >"$RUN/clock" <<'PHP' &
$wpdb->query( 'DROP TABLE IF EXISTS e2e_clock' );
$wpdb->query( 'CREATE TABLE e2e_clock (n INT) ENGINE=InnoDB SELECT 0 n' );
while ( true ) {
	$since = microtime( true );
	usleep( 100000 );
	$wpdb->query( 'UPDATE e2e_clock SET n = n + 1' );
	printf( "%.6f %.6f\n", $since, microtime( true ) );
}
PHP
CLOCK=$!
end_clock() {
	pkill -P "$CLOCK" 2>/dev/null || true
	kill "$CLOCK" 2>/dev/null || true
	sql asq_site -e 'DROP TABLE IF EXISTS e2e_clock'
}
at_exit end_clock

# kept_time SINCE UNTIL: nothing was late by as much as a tenth of a second meanwhile.
kept_time() {
	wait_for 60 clock_after "$2" && awk -v since="$1" -v until="$2" '$2 >= since && $1 <= until && $2 - $1 > 0.2 { late = 1 } END { exit late }' "$RUN/clock"
}
# samples NUMBER FILE: there are so many.
samples() {
	(($(wc -l <"$2") >= $1))
}
clock_after() {
	[[ $(awk -v until="$1" 'END { print ($1 > until) }' "$RUN/clock") == 1 ]]
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
wait_for 90 none_due || true
is 'what was enqueued when nobody was there runs when somebody is' 20 "$(grep -c '^early' "$E2E_SEEN")"

# ---- By the datagram ----------------------------------------------------------------------------

since=$(site_php <<'PHP'
as_enqueue_async_action( 'e2e_mark', array( 'plain' ) );
printf( '%.6f', microtime( true ) );
PHP
)
picked_up plain 25 "an enqueue is picked up at once"
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
picked_up committed 25 "what is committed later is picked up when the request ends"
echo "    $(milliseconds committed "$since") ms after the commit"

site_php <<'PHP'
$wpdb->query( 'START TRANSACTION' );
as_enqueue_async_action( 'e2e_mark', array( 'rolled' ) );
usleep( 200000 );
$wpdb->query( 'ROLLBACK' );
PHP

# ---- At its time --------------------------------------------------------------------------------

# timed ROUND: one for each of five seconds. How late each was is in `late`, and again in `timed`, if the clock is to be relied on.
timed() {
	local due n
	due=$(site_php "$1" <<'PHP'
$due = time() + 3;
for ( $n = 0; $n < 5; $n++ ) {
	as_schedule_single_action( $due + $n, 'e2e_mark', array( "timed$argv[1]-$n" ) );
}
echo time() < $due ? $due : 0;
PHP
	)
	((due)) || return 0 # that has taken too long itself
	for n in 0 1 2 3 4; do
		picked_up "timed$1-$n" 60 "what is scheduled runs ($1.$n)"
		milliseconds "timed$1-$n" "$((due + n))" >"$RUN/one"
		echo >>"$RUN/one"
		cat "$RUN/one" >>"$RUN/late"
		! kept_time "$((due + n))" "$((due + n + 1))" || cat "$RUN/one" >>"$RUN/timed"
	done
}
touch "$RUN/late" "$RUN/timed"
for ((round = 1; round <= 8; round++)); do
	samples 5 "$RUN/timed" || timed "$round"
done
echo "    late by so many ms: $(paste -s -d ' ' "$RUN/late"); while the clock was in order: $(paste -s -d ' ' "$RUN/timed")"
is 'none before its second' '' "$(grep -- - "$RUN/late")"
if samples 5 "$RUN/timed"; then
	at_most 'half of them within 50 ms of it' 50 "$(sort -n "$RUN/timed" | sed -n "$((($(wc -l <"$RUN/timed") + 1) / 2))p")"
	at_most 'all of them within a second' 1000 "$(sort -n "$RUN/timed" | tail -n 1)"
else
	skip 'to the second' 'this machine keeps no time'
fi
is 'what was rolled back has not run' '' "$(grep '^rolled' "$E2E_SEEN")"
pool_ends p

# ---- By looking ---------------------------------------------------------------------------------

# elsewhere NAME: an action by plain SQL; prints when it was committed, by the server.
elsewhere() {
	rows "INSERT INTO {actions} (hook, status, scheduled_date_gmt, scheduled_date_local, priority, args, schedule, group_id)
		SELECT 'e2e_mark', status, scheduled_date_gmt, scheduled_date_local, priority, '[\"$1\"]', schedule, group_id FROM $TEMPLATE; SELECT UNIX_TIMESTAMP(NOW(6))"
}
pool p --workers=1
must 'a pool that looks each second is up' 90 pool_is_up p
touch "$RUN/elsewhere"
for ((n = 1; n <= 12; n++)); do
	! samples 3 "$RUN/elsewhere" || break
	since=$(elsewhere "elsewhere$n")
	picked_up "elsewhere$n" 60 "what another host enqueues is picked up ($n)"
	milliseconds "elsewhere$n" "$since" >"$RUN/one"
	echo >>"$RUN/one"
	! kept_time "$since" "$(awk -v since="$since" '{ printf "%.6f", since + $1 / 1000 }' "$RUN/one")" || cat "$RUN/one" >>"$RUN/elsewhere"
done
if samples 3 "$RUN/elsewhere"; then
	at_most 'within 3 s' 3000 "$(sort -n "$RUN/elsewhere" | tail -n 1)"
else
	skip 'within 3 s' 'this machine keeps no time'
fi
pool_ends p

# ---- Two supervisors ----------------------------------------------------------------------------

# has_best_place PID: of the sockets that enqueues write to, none before its own is free. (Other tests on this machine may have some.)
has_best_place() {
	local fd inode own place
	for fd in "/proc/$1/fd/"*; do
		inode=$(readlink "$fd" | sed -n 's/^socket:\[\(.*\)\]$/\1/p')
		own=$(awk -v inode="${inode:-none}" '$7 == inode && $8 ~ /^@asq-/ { print $8 }' /proc/net/unix)
		[[ -n $own ]] || continue
		for ((place = 0; place < ${own##*.}; place++)); do
			grep -qF " ${own%.*}.$place" /proc/net/unix || return 1
		done
		return 0
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
must 'the first of two supervisors is up' 90 pool_is_up a
pool rest --workers=1 --poll=60000 --exclude-groups=a
must 'and the second' 90 pool_is_up rest
must 'they have found what was there' 60 none_due
since=$(both first)
picked_up first-a 25 'of two supervisors the first hears of it'
picked_up first-rest 25 'and the second'
echo "    $(milliseconds first-a "$since") and $(milliseconds first-rest "$since") ms after the enqueue"

kill_pool "${POOL[a]}"
must 'the death of the first is noticed' 60 grep -q 'A supervisor of this host has died' "$RUN/rest.log"
must 'and its things are put in order' 60 queue_says 1 'SELECT COUNT(*) FROM {workers} WHERE supervisor_id = 0'
# What it looks for at such a moment is over; and it takes the other's place at the socket before long.
must 'the second takes its place' 60 has_best_place "${POOL[rest]}"
since=$(both second)
picked_up second-rest 25 'when the first is gone, the second hears of it'
echo "    $(milliseconds second-rest "$since") ms after the enqueue"
pool a --workers=1 --poll=60000 --group=a
picked_up second-a 90 'and who takes the place of the first finds what was left'
must 'who takes the place of the first is up' 90 pool_is_up a
sleep 1
since=$(both third)
picked_up third-a 25 'and hears of what is new'
picked_up third-rest 25 'as does the other'
pool_ends a
pool_ends rest
is 'nothing is left in the tables' "0 0 0" "$(queue "SELECT (SELECT COUNT(*) FROM {actions} WHERE status <> 'complete'), (SELECT COUNT(*) FROM {claims}), (SELECT COUNT(*) FROM {workers})" | tr '\t' ' ')"
no_php_errors 'PHP has nothing to complain about'
