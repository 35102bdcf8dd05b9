#!/usr/bin/env bash
# php-fpm with opcache and 8 children behind nginx, under load: every request enqueues one action. No action
# is lost, the children keep to two connections each (WordPress's and ours, which stays), and do not grow.
# E2E_REQUESTS sets how many requests there are.
. "$(dirname "$0")/lib.sh"

requests=${E2E_REQUESTS:-5000}
children=8
mu_plugin enqueue <<'PHP'
add_action( 'wp_loaded', static function () {
	if ( isset( $_GET['enqueue'] ) ) {
		wp_send_json( as_enqueue_async_action( 'e2e_fpm', array( (int) $_GET['enqueue'] ), 'e2e' ) );
	}
} );
PHP
web_fpm "$SITE" "$children"

# children_of PID
children_of() {
	# Not /proc/PID/task/PID/children, which may leave one out while they run.
	{ grep -lsx "PPid:[[:space:]]*$1" /proc/[0-9]*/status || true; } | cut -d / -f 3 | sort -n | paste -s -d ' '
}

# memory: the most that a child has for itself, in kB.
memory() {
	local pid
	for pid in $(children_of "$FPM_PID"); do
		awk '/^RssAnon/ { print $2 }' "/proc/$pid/status"
	done | sort -n | tail -n 1
}

# load FROM TO: the requests of these numbers; prints how many were answered with 200 and a new id, and how many
# connections a child had open at most.
load() {
	"$PHP" "$ROOT/tests/e2e/load.inc" "$WEB/?enqueue=" "$1" "$2" 16 "$FPM_PID"
}

# connects: how many connections the server has seen.
connects() {
	sql -e "SHOW GLOBAL STATUS LIKE 'Connections'" | cut -f 2
}

warm=$((requests / 5))
before=$(children_of "$FPM_PID")
first=$(connects)
read -r answered_warm most_warm < <(load 1 "$warm")
memory_before=$(memory)
read -r answered most < <(load $((warm + 1)) "$requests")
memory_after=$(memory)
connected=$(($(connects) - first))

is "all $requests requests are answered with an id of their own" "$requests" $((answered_warm + answered))
is 'there is a row for each' "$requests	$requests" "$(rows "SELECT COUNT(*), COUNT(DISTINCT args) FROM {actions} WHERE hook = 'e2e_fpm' AND status = 'pending'")"
is 'and each is in the log' "$requests" "$(rows "SELECT COUNT(*) FROM {logs} WHERE message = 'action created'")"
most=$((most_warm > most ? most_warm : most))
at_most 'a child has two connections' 2 "$most"
is 'they were seen' yes "$( ((most > 0)) && echo yes || echo no)"
# WordPress connects for every request, load.inc for itself; the extension once per child.
at_most 'and the second one stays open' $((requests + children + 20)) "$connected"
is 'no child died' "$before" "$(children_of "$FPM_PID")"
at_most "no child grows: kB more than the $memory_before after the first $warm" 256 $((memory_after - memory_before))
no_php_errors 'PHP has nothing to complain about'
