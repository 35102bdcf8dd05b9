#!/usr/bin/env bash
# Two workers and two enqueuers at once: every action runs once, and nobody dies of a deadlock.
# E2E_ACTIONS sets how many there are.
. "$(dirname "$0")/lib.sh"

actions=${E2E_ACTIONS:-4000}
mu_plugin seen <<'PHP'
add_action( 'e2e_work', static function ( $n ) {
	file_put_contents( getenv( 'E2E_SEEN' ), "$n\n", FILE_APPEND );
} );
PHP
export E2E_SEEN=$RUN/seen
: >"$E2E_SEEN"

# enqueue FROM TO
enqueue() {
	site_php "$1" "$2" <<'PHP'
for ( $n = (int) $argv[1]; $n <= $argv[2]; $n++ ) {
	as_enqueue_async_action( 'e2e_work', array( $n ), 'e2e' ) || exit( 1 );
}
PHP
}

# Half is there when the workers start, a quarter comes from each enqueuer.
half=$((actions / 2))
enqueue 1 "$half"
declare -A process
enqueue $((half + 1)) $((half + half / 2)) >"$RUN/enqueuer-1" 2>&1 &
process[enqueuer-1]=$!
enqueue $((half + half / 2 + 1)) "$actions" >"$RUN/enqueuer-2" 2>&1 &
process[enqueuer-2]=$!
"$WP" action-scheduler run --force >"$RUN/worker-1" 2>&1 &
process[worker-1]=$!
"$WP" action-scheduler run --force >"$RUN/worker-2" 2>&1 &
process[worker-2]=$!

for name in enqueuer-1 enqueuer-2 worker-1 worker-2; do
	if wait "${process[$name]}"; then ok "$name ends well"; else not_ok "$name ends well" "$(tail "$RUN/$name")"; fi
done
# What was enqueued after the workers had found nothing more.
succeeds 'a last run ends well' "$WP" action-scheduler run

is 'every action ran' "$actions" "$(sort -u "$E2E_SEEN" | wc -l)"
is 'and none of them twice' '' "$(sort "$E2E_SEEN" | uniq -d | head -n 5)"
is 'all are complete' "$actions" "$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'complete' AND hook = 'e2e_work' AND attempts = 1")"
is 'the log says so once for each' "$actions	$actions" "$(rows "SELECT COUNT(*), COUNT(DISTINCT action_id) FROM {logs} WHERE message = 'action complete via WP CLI'")"
no_php_errors 'PHP has nothing to complain about'
