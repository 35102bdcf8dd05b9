#!/usr/bin/env bash
# Actions of one idempotency key, and actions at a half-open circuit, while workers of the pool are killed at any moment: one runs
# at a time, and another one only if that was killed. What ran is known from a file that the callbacks append to.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pool.inc"
. "$(dirname "$0")/failing.inc"

mu_plugin chaos <<'PHP'
// "begin NAME PID TIME", in one write.
function e2e_line( $what, $name ) {
	file_put_contents( getenv( 'E2E_SEEN' ), sprintf( "%s %s %d %.6f\n", $what, $name, getmypid(), microtime( true ) ), FILE_APPEND );
}
function e2e_work( $name ) {
	e2e_line( 'begin', $name );
	usleep( 150000 );
	// Somebody at work is about to be killed: whoever is, stays so.
	while ( file_exists( getenv( 'E2E_SEEN' ) . '.hold' ) ) {
		usleep( 5000 );
		clearstatcache();
	}
	e2e_line( 'end', $name );
	return getmypid();
}
foreach ( array( 'e2e_key', 'e2e_probe' ) as $hook ) {
	asq_retry_policy( $hook, array( 'max_attempts' => 1000, 'on_crash' => 'retry', 'base' => 0, 'jitter' => 0 ) );
}
add_action( 'e2e_key', static function ( $n, $key ) {
	e2e_line( 'here', $key );
	$by = asq_idempotent( $key, static function () use ( $key ) {
		return e2e_work( $key );
	}, array( 'wait' => 60 ) );
	file_put_contents( getenv( 'E2E_SEEN' ) . '.results', "$key $by\n", FILE_APPEND );
}, 10, 2 );
// It stays half-open, however many tries go well.
add_action( 'e2e_probe', static function () {
	e2e_line( 'here', 'api' );
	asq_circuit( 'api', array( 'threshold' => 1, 'cooldown' => 1, 'success_threshold' => 1000, 'cache' => 0 ) )->call( static function () {
		e2e_work( 'api' );
	} );
} );
add_filter( 'asq_postpone_delay', static function () {
	return 1;
} );
PHP

# kill_workers KILLS: so many, every other one whoever is at work, until nothing is left to do. Their ids and times are in $RUN/killed.
kill_workers() {
	local kills=$1 i victim
	: >"$RUN/killed"
	for ((i = 0; i < 3000; i++)); do
		((i % 20)) || (($(rows "SELECT COUNT(*) FROM {actions} WHERE status IN ('pending', 'in-progress')"))) || break
		victim=''
		if ((kills % 2)); then
			: >"$E2E_SEEN.hold"
			victim=$(awk 'FILENAME == ARGV[1] { killed[$1]; next } $1 == "begin" { at[$3] } $1 == "end" { delete at[$3] }
				END { for (pid in at) if (!(pid in killed)) { print pid; exit } }' "$RUN/killed" "$E2E_SEEN")
		elif ((kills)); then
			victim=$(awk '$1 == "here" { print $3 }' "$E2E_SEEN" | tail -n 20 | shuf -n 1)
		fi
		# The time is taken first: from then on it may be dead.
		if [[ -n $victim ]] && is_ours "$victim"; then
			echo "$victim $EPOCHREALTIME" >>"$RUN/killed"
			kill -KILL "$victim" 2>/dev/null && kills=$((kills - 1)) || true
			rm -f "$E2E_SEEN.hold"
		fi
		sleep "0.$((RANDOM % 2))5"
	done
	rm -f "$E2E_SEEN.hold"
}

# overlaps: who began while another one of the same name, not killed by then, was at it.
overlaps() {
	awk 'FILENAME == ARGV[1] { killed[$1] = $2; next }
		$1 == "begin" { if (($2 in at) && !((at[$2] in killed) && killed[at[$2]] <= $4)) print; at[$2] = $3 }
		$1 == "end" && at[$2] == $3 { delete at[$2] }' "$RUN/killed" "$E2E_SEEN"
}
# in_vain: so many were killed at work.
in_vain() {
	awk '$1 == "begin" { n++ } $1 == "end" { n-- } END { print n + 0 }' "$E2E_SEEN"
}
# repeats: who began after another one of the same name that was not killed by then, whether that had come to its end or not.
repeats() {
	awk 'FILENAME == ARGV[1] { killed[$1] = $2; next }
		$1 == "begin" { if (($2 in at) && !((at[$2] in killed) && killed[at[$2]] <= $4)) print; at[$2] = $3 }' "$RUN/killed" "$E2E_SEEN"
}

for commit in group each; do
	fresh
	site_php <<'PHP'
$list = array();
for ( $n = 0; $n < 150; $n++ ) {
	$list[] = array( $n, 'k' . intdiv( $n, 15 ) );
}
asq_enqueue_many( 'e2e_key', $list );
PHP
	pool_start keys --workers=4 --commit="$commit"
	kill_workers 14
	pool_term
	is "$commit, keys: all actions are complete" 'complete 150' "$(rows "SELECT CONCAT(status, ' ', COUNT(*)) FROM {actions} GROUP BY status")"
	is "$commit, keys: none is at work under a key after another one that was not killed" '' "$(repeats)"
	is "$commit, keys: for each, one came to its end" "$(printf 'k%d\n' {0..9})" "$(awk '$1 == "end" { print $2 }' "$E2E_SEEN" | sort -u)"
	is "$commit, keys: whose result all have" "$(printf 'k%d 1\n' {0..9})" "$(sort -u "$E2E_SEEN.results" | cut -d ' ' -f 1 | uniq -c | awk '{ print $2 " " $1 }')"
	is "$commit, keys: some were killed at work" 1 "$(($(in_vain) > 0))"
	at_most "$commit, keys: no attempts but theirs, who were killed" "$((150 + $(wc -l <"$RUN/killed")))" "$(rows 'SELECT SUM(attempts) FROM {actions}')"
	nothing_left "$commit, keys"

	fresh
	site_php <<'PHP'
asq_enqueue_many( 'e2e_probe', array_map( static function ( $n ) {
	return array( $n );
}, range( 1, 50 ) ) );
asq_circuit( 'api', array( 'cache' => 0 ) )->trip( 1 );
PHP
	pool_start probes --workers=4 --commit="$commit"
	kill_workers 10
	pool_term
	is "$commit, a half-open circuit: all actions are complete" 'complete 50' "$(rows "SELECT CONCAT(status, ' ', COUNT(*)) FROM {actions} GROUP BY status")"
	is "$commit, a half-open circuit: no two try at a time" '' "$(overlaps)"
	is "$commit, a half-open circuit: some were killed at it" 1 "$(($(in_vain) > 0))"
	is "$commit, a half-open circuit: it was tried for each action, and again only for the killed" 1 \
		"$(($(grep -c '^end' "$E2E_SEEN") >= 50 && $(grep -c '^begin' "$E2E_SEEN") <= 50 + $(wc -l <"$RUN/killed")))"
	is "$commit, a half-open circuit: it is so still" 'half-open' "$(site_php <<<'echo asq_circuit( "api" )->state();')"
	is "$commit, a half-open circuit: others were postponed" 1 "$(($(rows "SELECT COUNT(*) FROM {logs} WHERE message LIKE 'action postponed, the circuit api is open, %'") > 0))"
	at_most "$commit, a half-open circuit: no attempts but theirs, who were killed" "$((50 + $(wc -l <"$RUN/killed")))" "$(rows 'SELECT SUM(attempts) FROM {actions}')"
	echo "    $(grep -c '^begin' "$E2E_SEEN") tries, $(in_vain) of them killed, $(rows "SELECT COUNT(*) FROM {logs} WHERE message LIKE 'action postponed,%'") times an action was postponed"
	nothing_left "$commit, a half-open circuit"
done
no_php_errors 'PHP has nothing to complain about'
