#!/usr/bin/env bash
# wp action-scheduler run: runs what is due, says how much that was, and leaves complete rows.
. "$(dirname "$0")/lib.sh"

mu_plugin count <<'PHP'
add_action( 'e2e_count', static function ( $n ) {
	file_put_contents( getenv( 'E2E_SEEN' ), "$n\n", FILE_APPEND );
} );
PHP
export E2E_SEEN=$RUN/seen
: >"$E2E_SEEN"

site_php <<'PHP'
for ( $n = 1; $n <= 50; $n++ ) {
	as_enqueue_async_action( 'e2e_count', array( $n ), 'e2e' );
}
as_schedule_single_action( time() + HOUR_IN_SECONDS, 'e2e_count', array( 'later' ), 'e2e' );
PHP
is '50 are due and one is not' 51 "$(rows "SELECT COUNT(*) FROM {actions} WHERE hook = 'e2e_count' AND status = 'pending'")"

succeeds 'the command succeeds' "$WP" action-scheduler run --group=e2e
has 'it says how many were run' '50 scheduled tasks completed.' "$OUTPUT"
is 'each callback was called once, in order' "$(seq -s ' ' 50)" "$(paste -s -d ' ' "$E2E_SEEN")"
is 'their rows are complete' 50 "$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'complete' AND attempts = 1 AND hook = 'e2e_count'")"
is 'the one of later is still pending' '["later"]' "$(rows "SELECT GROUP_CONCAT(args) FROM {actions} WHERE status = 'pending' AND hook = 'e2e_count'")"
is 'the log has every start' 50 "$(rows "SELECT COUNT(*) FROM {logs} WHERE message = 'action started via WP CLI'")"
is 'the log has every end' 50 "$(rows "SELECT COUNT(*) FROM {logs} WHERE message = 'action complete via WP CLI'")"
is 'no action is claimed any more' 0 "$(rows "SELECT COUNT(*) FROM {actions} WHERE status IN ('pending', 'in-progress') AND claim_id <> 0")"
succeeds 'a second run succeeds' "$WP" action-scheduler run --group=e2e
has 'and finds nothing' '0 scheduled tasks completed.' "$OUTPUT"
