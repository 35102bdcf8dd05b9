# Webhooks: a thousand a minute over HTTP to php-fpm behind nginx, a tenth of them sent before, a twentieth forged. The time of an answer as
# the sender sees it, against that of a quarter as many requests to a REST route of the same site that does nothing, sent in between. Then as many as go, with a pool that runs them: how many times over that is 10,000 actions an hour. Each event must be enqueued once.
#
# WEBHOOK_SECONDS: for how long the first is sent. WEBHOOK_CHILDREN: php-fpm's processes. WEBHOOK_FLOOD: events of the second.

WEBHOOK_SECONDS=${WEBHOOK_SECONDS:-60}
WEBHOOK_CHILDREN=${WEBHOOK_CHILDREN:-4}
WEBHOOK_FLOOD=${WEBHOOK_FLOOD:-2000}

WHAT=('webhook, 1,000 a minute: p95 above an empty route' 'median above an empty route' 'received and run, of 10,000 an hour')
UNIT=(' ms' ' ms' ' x')
TARGET=('<= 50' '<= 50' '>= 1')
ALONE=1
MOST_ROUNDS=3
WARM_UP=0

. "$BENCHMARKS/../scripts/lib/web.sh"

prepare() {
	rows 'DROP TABLE IF EXISTS shop_asq_webhook_events'
	PHPRC=$RUN/php web_fpm "$SITE" "$WEBHOOK_CHILDREN"
	# Compiled code and caches.
	deliver flood webhooks/bench secret 100 4 warm >/dev/null
}

# deliver MODE ROUTE [ARG...]
deliver() {
	PHPRC=$RUN/stock "$PHP" "$BENCHMARKS/../tests/e2e/webhook-load.inc" "$1" "$WEB/index.php?rest_route=/asq/v1/$2" "${@:3}"
}

# of NAME FILE: a number of the client's report.
of() {
	awk -v name="$1" '$1 == name { print $2; found = 1 } END { if (!found) print 0 }' "$2"
}

# each_once COUNT: so many actions, each of an event of its own.
each_once() {
	[[ $(rows "SELECT COUNT(*), COUNT(DISTINCT a.action_id), COUNT(DISTINCT a.args), COUNT(e.action_id) FROM {actions} a LEFT JOIN shop_asq_webhook_events e USING (action_id)") == "$1	$1	$1	$1" ]]
}

once() {
	local paced=$RUN/paced flood=$RUN/flood began
	empty_queue
	rows 'TRUNCATE shop_asq_webhook_events'
	deliver paced webhooks/bench secret 1000 "$WEBHOOK_SECONDS" "$WEB/index.php?rest_route=/asq/v1/empty" >"$paced"
	(($(of wrong "$paced") == 0))
	(($(of status_202 "$paced") == $(of new "$paced") && $(of status_200 "$paced") == $(of duplicate "$paced") && $(of status_401 "$paced") == $(of forged "$paced")))
	each_once "$(of new "$paced")"
	cat "$paced" >>"$LOG/webhooks.times"

	empty_queue
	rows 'TRUNCATE shop_asq_webhook_events'
	pool_start --workers=2
	began=$EPOCHREALTIME
	deliver flood webhooks/bench secret "$WEBHOOK_FLOOD" "$WEBHOOK_CHILDREN" >"$flood"
	wait_for 300 nothing_pending
	each_once "$WEBHOOK_FLOOD"
	all_complete "$WEBHOOK_FLOOD"
	awk -v paced="$(of ms_95 "$paced") $(of ms_50 "$paced")" -v plain="$(of plain_95 "$paced") $(of plain_50 "$paced")" -v began="$began" -v ended="$EPOCHREALTIME" -v count="$WEBHOOK_FLOOD" '
		BEGIN {
			split(paced, p, " "); split(plain, e, " ")
			print p[1] - e[1]
			print p[2] - e[2]
			print count / (ended - began) * 3600 / 10000
		}'
	note "webhooks: an answer takes $(of ms_50 "$paced") ms, p95 $(of ms_95 "$paced") ms; the empty route's $(of plain_50 "$paced") ms, p95 $(of plain_95 "$paced") ms; at most $(awk -v n="$WEBHOOK_FLOOD" -v s="$(of seconds "$flood")" 'BEGIN { printf "%.0f", n / s }') a second" >&2
	pool_stop
	# Where requests queue up, all wait for the same.
	(($(of plain_95 "$paced" | cut -d . -f 1) < 300)) || note 'webhooks: the machine was too busy: the time above the empty route says nothing' >&2
}
