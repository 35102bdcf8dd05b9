#!/usr/bin/env bash
# wp action-scheduler run: a callback that exits, dies of a fatal error or runs out of memory fails its action only, and
# the command goes on to the end and says so.
. "$(dirname "$0")/lib.sh"

mu_plugin fatal <<'PHP'
add_action( 'e2e_good', static function ( $n ) {
	file_put_contents( getenv( 'E2E_SEEN' ), "$n\n", FILE_APPEND );
} );
add_action( 'e2e_exit', static function () {
	exit( 'good-bye' );
} );
add_action( 'e2e_throw', static function () {
	throw new DomainException( 'on purpose' );
} );
add_action( 'e2e_fatal', static function () {
	eval( 'function e2e_twice() {} function e2e_twice() {}' );
} );
add_action( 'e2e_memory', static function () {
	ini_set( 'memory_limit', '96M' );
	str_repeat( 'x', 1 << 28 );
} );
PHP
export E2E_SEEN=$RUN/seen
: >"$E2E_SEEN"

site_php <<'PHP'
$n = 0;
foreach ( array( 'exit', 'throw', 'fatal', 'memory', 'fatal' ) as $end ) {
	as_enqueue_async_action( 'e2e_good', array( ++$n ) );
	as_enqueue_async_action( "e2e_$end", array( $n ) );
}
as_enqueue_async_action( 'e2e_good', array( ++$n ) );
PHP

succeeds 'the command succeeds' "$WP" action-scheduler run --batch-size=4
is 'the good ones ran, each once' '1 2 3 4 5 6' "$(paste -s -d ' ' "$E2E_SEEN")"
is 'six are complete, five have failed' 'complete 6,failed 5' "$(rows "SELECT GROUP_CONCAT(s ORDER BY s) FROM (SELECT CONCAT(status, ' ', COUNT(*)) s FROM {actions} GROUP BY status) t")"
is 'nothing is claimed' 0 "$(rows "SELECT COUNT(*) FROM {actions} WHERE status IN ('pending', 'in-progress')")"
has 'the log says how the one ended that exited' 'action failed via WP CLI: The callback ended the process with exit() or die().' \
	"$(rows "SELECT message FROM {logs} JOIN {actions} USING (action_id) WHERE hook = 'e2e_exit'")"
has 'and the one that died' 'unexpected shutdown: PHP Fatal error Cannot redeclare ' \
	"$(rows "SELECT message FROM {logs} JOIN {actions} USING (action_id) WHERE hook = 'e2e_fatal'")"
has 'and the one that took all memory' 'Allowed memory size' \
	"$(rows "SELECT message FROM {logs} JOIN {actions} USING (action_id) WHERE hook = 'e2e_memory'")"
has 'the totals are those of the whole run' '6 succeeded' "$OUTPUT"
has 'with what failed' '5 failed' "$OUTPUT"
