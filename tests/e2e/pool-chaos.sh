#!/usr/bin/env bash
# Four enqueuers and four workers, while workers are killed at random, the database is restarted twice (the second time it
# is killed) and throws everybody out twice: nothing that was enqueued is lost, nothing runs twice, and of what was killed
# the log says so. E2E_ACTIONS and E2E_SECONDS set the size; the seed of the chance is printed, and taken from E2E_SEED.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pool.inc"

actions=${E2E_ACTIONS:-20000} lasts=${E2E_SECONDS:-60} seed=${E2E_SEED:-$RANDOM}
RANDOM=$seed

# A server and a site of its own, as others' must not be restarted.
ln -s "$ASQ_TEST_RUN/stock" "$ASQ_TEST_RUN/php" "$ASQ_TEST_RUN/no-more-ini" "$RUN/"
get_wp_cli
{ mariadb_start "$RUN/db" && make_site "$RUN/site" asq_site; } >"$RUN/setup" 2>&1 || { not_ok 'the site is made' "$(tail "$RUN/setup")"; exit; }
SITE=$RUN/site WP=$RUN/site.wp

# A callback says who it is (O_APPEND: a line is written whole), and takes a few milliseconds; or, if that is less than none, until it may go.
mu_plugin chaos <<'PHP'
add_action( 'e2e_chaos', static function ( $token, $us = 4000 ) {
	file_put_contents( getenv( 'E2E_SEEN' ), sprintf( "%s %d %.6f\n", $token, getmypid(), microtime( true ) ), FILE_APPEND );
	while ( $us < 0 && ! file_exists( getenv( 'E2E_SEEN' ) . '.go' ) ) {
		usleep( 20000 );
	}
	if ( $us < 0 ) {
		touch( getenv( 'E2E_SEEN' ) . '.ended' );
	}
	usleep( max( 0, $us ) );
}, 10, 2 );
PHP
export E2E_SEEN=$RUN/seen
: >"$E2E_SEEN"

# enqueue WHO COUNT: spread over the time. What returns an id counts, and is written down; what does not is tried again
# under another name, since it may have been stored all the same.
enqueue() {
	site_php "$1" "$2" "$RUN/enqueued-$1" "$lasts" <<'PHP'
[ , $who, $count, $file, $seconds ] = $argv;
$began = microtime( true );
for ( $n = 0, $try = 0; $n < $count; $try++ ) {
	$id = as_enqueue_async_action( 'e2e_chaos', array( "$who-$try" ) );
	if ( $id ) {
		file_put_contents( $file, "$id $who-$try\n", FILE_APPEND );
		$n++;
	}
	$ahead = $began + 0.9 * $seconds * $n / $count - microtime( true );
	usleep( $id ? (int) max( 0, 1e6 * $ahead ) : 20000 );
}
PHP
}

now() {
	echo "${EPOCHREALTIME/./}"
}

# kill_workers: a random one each half second, and on until there were enough. Where booting takes long they would soon all be at that, and
# too many in a row that do not get beyond it are the pool's reason to give up: of those that boot, none is killed while no other one works.
kill_workers() {
	local workers pid working kills=0 until=$((SECONDS + lasts))
	while ((SECONDS < until || (kills < lasts && SECONDS < until + 4 * lasts))); do
		sleep 0.5
		mapfile -t workers < <(workers_of "$POOL")
		working=$(tail -n 2000 "$E2E_SEEN" | awk '{ print $2 }' | sort -u | grep -cxF -f <(printf '%s\n' "${workers[@]}") || true)
		((${#workers[@]} && working)) || continue
		pid=${workers[RANDOM % ${#workers[@]}]}
		kill -KILL "$pid" 2>/dev/null && echo "$(now) $pid" >>"$RUN/kills" && kills=$((kills + 1))
	done
}

# restart SIGNAL: of the database; the time until an action is complete again is written down.
restart() {
	local before after
	kill "-$1" "$MARIADB_PID"
	must "the database ends ($1)" 120 gone "$MARIADB_PID"
	before=$(now) # what was complete is still so
	mariadb_again "$RUN/db" >>"$RUN/setup" 2>&1 || { not_ok "the database is back ($1)" "$(cat "$RUN/setup")"; exit 1; }
	after=$(now)
	local complete
	complete=$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'")
	more_complete() { (($(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'") > complete)); }
	must "actions are complete again after the database was ($1)" 120 more_complete
	echo "$1 away $(((after - before) / 1000)) ms, first completion $((($(now) - after) / 1000)) ms after it was back" >>"$RUN/restarts"
}

throw_out() {
	local id
	for id in $(sql -e "SELECT id FROM information_schema.processlist WHERE user = 'asq_site'"); do
		sql -e "KILL $id" 2>/dev/null || true
		echo "$id" >>"$RUN/thrown"
	done
	echo >>"$RUN/throws"
}

pool_start pool --workers=4 --grace=300
wait_for 90 says "$RUN/pool" '4 workers for' || { not_ok 'the pool starts' "$(tail "$RUN/pool")"; exit; }
declare -A enqueuer
for who in a b c d; do
	enqueue "$who" $((actions / 4)) >"$RUN/enqueuer-$who" 2>&1 &
	enqueuer[$who]=$!
done
wait_for 90 lines "$E2E_SEEN" 1 || { not_ok 'it works' "$(tail "$RUN/pool" "$RUN"/enqueuer-*)"; exit; }
# WordPress does not boot without a database: not before all have.
for who in a b c d; do must "enqueuer $who has begun" 90 lines "$RUN/enqueued-$who" 1; done
kill_workers &
killer=$!
sleep_until() {
	while ((SECONDS < began + $1)); do sleep 0.2; done
}
began=$SECONDS
sleep_until $((lasts / 5))
restart TERM
sleep_until $((lasts * 2 / 5))
throw_out
sleep_until $((lasts * 3 / 5))
restart KILL
sleep_until $((lasts * 4 / 5))
throw_out
wait "$killer" || true
for who in a b c d; do
	if wait "${enqueuer[$who]}"; then ok "enqueuer $who ends well"; else not_ok "enqueuer $who ends well" "$(tail "$RUN/enqueuer-$who")"; fi
done
killed_all=$SECONDS
wait_for 600 holds 0 "SELECT COUNT(*) FROM {actions} WHERE hook = 'e2e_chaos' AND status IN ('pending', 'in-progress')" || not_ok 'all is worked off' "$(tail "$RUN/pool")"
caught_up=$((SECONDS - killed_all))

# It is told to stop while there is no database: what its workers were running is written when there is one. Who runs it waits for that.
site_php <<<'as_enqueue_async_action( "e2e_chaos", array( "last", -1 ) );'
must 'the last action has begun' 60 grep -q '^last ' "$E2E_SEEN"
kill -TERM "$MARIADB_PID"
must 'the database ends' 120 gone "$MARIADB_PID"
kill -TERM "$POOL"
must 'the pool stops' 60 says "$RUN/pool" 'Stopping'
touch "$E2E_SEEN.go"
must 'the last action ends' 60 test -e "$E2E_SEEN.ended"
mariadb_again "$RUN/db" >>"$RUN/setup" 2>&1 || not_ok 'the database is back' "$(cat "$RUN/setup")"
pool_ended
is 'the pool ends well, though the database was away when it was told to' 0 "$STATUS"
is 'and the last action is complete' complete "$(rows "SELECT status FROM {actions} WHERE args LIKE '[\"last\"%'")"

# With nothing to write, its workers do not wait for that; it does itself, to say that it is gone.
pool_start idle --workers=1 --grace=300
must 'an idle pool is up' 90 holds 1 "SELECT COUNT(*) FROM {workers} WHERE supervisor_id > 0 AND state = 'idle'"
kill -TERM "$MARIADB_PID"
must 'the database ends once more' 120 gone "$MARIADB_PID"
kill -TERM "$POOL"
must 'the idle pool stops' 60 says "$RUN/idle" 'Stopping'
no_workers() { [[ -z $(workers_of "$POOL") ]]; }
must 'its workers end' 60 no_workers
mariadb_again "$RUN/db" >>"$RUN/setup" 2>&1 || not_ok 'the database is back' "$(cat "$RUN/setup")"
pool_ended
is 'an idle pool ends well, too, though the database was away' 0 "$STATUS"

# ---- What has become of all that --------------------------------------------------------------

sort "$RUN"/enqueued-* >"$RUN/enqueued"
rows "SELECT action_id, JSON_UNQUOTE(JSON_EXTRACT(args, '\$[0]')), status FROM {actions} WHERE hook = 'e2e_chaos'" | tr '\t' ' ' | sort >"$RUN/table"
awk '{ print $1 }' "$E2E_SEEN" | sort >"$RUN/ran"
failed=$(grep -c ' failed$' "$RUN/table" || true)
kills=$(wc -l <"$RUN/kills")

is 'as many were enqueued as should be' "$((actions / 4 * 4))" "$(awk '{ print $1 }' "$RUN/enqueued" | sort -u | wc -l)"
is 'each was stored once' '' "$(awk '{ print $2 }' "$RUN/table" | sort | uniq -d | head -n 5)"
is 'none of them is lost' '' "$(join -v 1 "$RUN/enqueued" "$RUN/table" | head -n 5)"
is 'all are complete or failed' '' "$(grep -vE ' (complete|failed)$' "$RUN/table" | head -n 5)"
is 'none ran twice' '' "$(comm -23 "$RUN/ran" <(awk '{ print $2 }' "$RUN/table" | sort) | head -n 5)"
is 'what is complete did run' '' "$(comm -13 "$RUN/ran" <(awk '$3 == "complete" { print $2 }' "$RUN/table" | sort) | head -n 5)"
at_most 'at most one is to blame for each kill' "$kills" "$failed"
is 'of each of them the log says the signal' "$failed" "$(rows "SELECT COUNT(DISTINCT action_id) FROM {logs} WHERE message LIKE 'action failed via WP CLI: The worker (process %) was killed by signal 9 (Killed) at 20%'")"
is 'and a worker that was killed' '' "$(comm -23 <(rows "SELECT REGEXP_SUBSTR(message, '(?<=process )[0-9]+') FROM {logs} WHERE message LIKE '%killed by signal%'" | sort) \
	<(awk '{ print $2 }' "$RUN/kills" | sort) | head -n 5)"
is 'the log has three rows of each that is complete' '' "$(rows "SELECT a.action_id, COUNT(l.log_id), SUM(message = 'action created'), SUM(message = 'action started via WP CLI'), SUM(message = 'action complete via WP CLI')
	FROM {actions} a LEFT JOIN {logs} l USING (action_id) WHERE a.status = 'complete' AND a.hook = 'e2e_chaos' GROUP BY a.action_id
	HAVING COUNT(l.log_id) <> 3 OR SUM(message = 'action created') <> 1 OR SUM(message = 'action started via WP CLI') <> 1 OR SUM(message = 'action complete via WP CLI') <> 1 LIMIT 5")"
is 'each was attempted once' 0 "$(rows "SELECT COUNT(*) FROM {actions} WHERE hook = 'e2e_chaos' AND status = 'complete' AND attempts <> 1")"
nothing_left 'the pool'
((kills >= lasts)) && ok "workers were killed often enough ($kills)" || not_ok 'workers were killed often enough' "$kills"

# From each kill of a worker that had run something to the first action of one that had not.
recovery() {
	awk 'NR == FNR { if (!($2 in first)) first[$2] = int($3 * 1e6); next }
		($2 in first) { best = 0; for (p in first) if (first[p] > $1 && (!best || first[p] < best)) best = first[p]
		  if (best) print int((best - $1) / 1000) }' "$E2E_SEEN" "$RUN/kills" | sort -n |
		awk '{ ms[NR] = $1 } END { if (NR) printf "median %d ms, 90 %% %d ms, most %d ms\n", ms[int((NR + 1) / 2)], ms[int((NR * 9 + 9) / 10)], ms[NR] }'
}
[[ -z ${E2E_KEEP:-} ]] || cp -r "$RUN" "$E2E_KEEP"
echo "    seed $seed; $(wc -l <"$RUN/table") actions, $kills workers killed, $failed actions blamed; the queue was empty $caught_up s after the last kill"
echo "    from a kill to the replacement's first action: $(recovery)"
sed 's/^/    database: /' "$RUN/restarts"
echo "    connections thrown out: $(wc -l <"$RUN/thrown")"
