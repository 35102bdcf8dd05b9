#!/usr/bin/env bash
# A machine that stands still for a while, and goes on, one process after the other: a worker that was asked to end its action is not
# killed for an answer for which nobody had time.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/races.inc"

# It stops itself before its time is over; what ends it comes when it goes on.
mu_plugin patience <<'PHP'
add_action( 'e2e_stops', static function () {
	e2e_say( 'stops ' . getmypid() );
	posix_kill( getmypid(), SIGSTOP );
	for ( $i = 0; $i < 60000; $i++ ) {
		usleep( 1000 );
	}
} );
PHP

actions none
empty_queue
: >"$E2E_SEEN"
HOOK=e2e_stops actions y
pool p --workers=1 --job-timeout=1
must 'a worker stops in an action' 90 grep -q '^stops ' "$E2E_SEEN"
worker=$(sed -n 's/^stops //p' "$E2E_SEEN")
# SIGXCPU, which is number 24.
is_asked() {
	((0x$(awk '/^ShdPnd/ { print $2 }' "/proc/$worker/status") & 1 << 23))
}
must 'it is asked to end it' 60 is_asked
kill -STOP "${POOL[p]}"
sleep 7 # longer than a worker may take to answer
kill -CONT "${POOL[p]}"
sleep 1
kill -CONT "$worker" 2>/dev/null || true # it may have been killed
wait_for 150 queue_says failed 'SELECT status FROM {actions}' || true
is 'a worker that could not answer is not killed for it' 'started | failed: The action was ended after 1 seconds (--job-timeout).' \
	"$(queue "SELECT GROUP_CONCAT(REGEXP_REPLACE(message, '^action | via WP CLI', '') ORDER BY log_id SEPARATOR ' | ') FROM {logs}")"
pool_ends p
is 'it ends' '' "$ENDED"
no_php_errors 'PHP has nothing to complain about'
