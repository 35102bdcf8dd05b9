#!/usr/bin/env bash
# A database that throws everybody out while a queue is run and while actions are enqueued: nothing is lost, nothing
# runs twice, and nobody dies of it.
. "$(dirname "$0")/lib.sh"

mu_plugin flaky <<'PHP'
add_action( 'e2e_step', static function ( $n ) {
	file_put_contents( getenv( 'E2E_SEEN' ), "$n\n", FILE_APPEND );
	usleep( 4000 );
	// They are thrown out four times at least, whoever is the faster.
	for ( $i = 0; 0 === $n % 150 && $i < 6000 && count( (array) @file( getenv( 'E2E_KILLS' ) ) ) < $n / 150; $i++ ) {
		usleep( 20000 );
	}
} );
PHP
export E2E_SEEN=$RUN/seen E2E_KILLS=$RUN/kills
: >"$E2E_KILLS"
: >"$E2E_SEEN"
site_php <<'PHP'
asq_enqueue_many( 'e2e_step', array_map( static fn( $n ) => array( $n ), range( 1, 600 ) ) );
PHP

# kill_all: ends all of the site's connections, time and again.
kill_all() {
	local id
	while [[ ! -e $RUN/enough ]]; do
		sleep 0.4
		for id in $(sql -N -e "SELECT id FROM information_schema.processlist WHERE user = 'asq_site'"); do
			sql -e "KILL $id" 2>/dev/null || true
		done
		echo kill >>"$RUN/kills"
	done
}
kill_all &
killer=$!
(
	site_php <<'PHP'
$ids = array();
for ( $n = 1; $n <= 400; $n++ ) {
	$ids[] = as_enqueue_async_action( 'e2e_later', array( $n ), 'later' );
	usleep( 5000 );
}
echo count( array_filter( $ids ) ), ' ', count( array_unique( $ids ) );
PHP
) >"$RUN/enqueued" 2>&1 &
enqueuer=$!
succeeds 'the run ends well' "$WP" action-scheduler run --hooks=e2e_step
wait "$enqueuer" || true
touch "$RUN/enough"
wait "$killer" || true

is 'every action ran' 600 "$(sort -u "$E2E_SEEN" | wc -l)"
is 'none of them twice' '' "$(sort "$E2E_SEEN" | uniq -d | head)"
is 'all are complete' 600 "$(rows "SELECT COUNT(*) FROM {actions} WHERE hook = 'e2e_step' AND status = 'complete'")"
is 'each enqueue returned an id of its own' '400 400' "$(tail -n 1 "$RUN/enqueued")"
is 'and stored one row' '400 400' "$(rows "SELECT CONCAT(COUNT(*), ' ', COUNT(DISTINCT args)) FROM {actions} WHERE hook = 'e2e_later'")"
is 'they were thrown out often enough' yes "$( (($(wc -l <"$RUN/kills") >= 4)) && echo yes)"
