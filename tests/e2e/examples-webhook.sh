#!/usr/bin/env bash
# examples/webhook-to-order over HTTP: forged, doubled and disordered events, workers that are killed; each order is there once.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pool.inc"
. "$(dirname "$0")/examples.inc"

mail_server
dying <<'PHP'
if ( ! getenv( 'E2E_NO_SECRET' ) ) {
	define( 'WEBHOOK_ORDER_SECRET', 'a secret of the shop' );
}
add_filter( 'asq_retry_policy', static function ( $policy, $hook ) {
	return 'webhook_order_event' === $hook ? array( 'base' => 1, 'cap' => 1, 'jitter' => 0, 'max_attempts' => 100 ) + $policy : $policy;
}, 10, 2 );
add_filter( 'pre_wp_mail', static function ( $sent, $mail ) {
	if ( 'New order shop-7' === $mail['subject'] ) {
		e2e_die( 'stored' );
	}
	return $sent;
}, 10, 2 );
PHP
drop() {
	rows 'DROP TABLE IF EXISTS shop_webhook_orders'
}
drop
at_exit drop
install_example webhook-to-order
web_builtin "$SITE" 6

# send BODY [SECRET]: the answer's status.
send() {
	local signature
	signature=$(printf %s "$1" | openssl dgst -sha256 -hmac "${2:-a secret of the shop}" | sed 's/.*= *//')
	curl -s -o "$RUN/answer" -w '%{http_code}' -H 'Content-Type: application/json' -H "X-Signature: $signature" --data-binary "$1" "$WEB/index.php?rest_route=/asq/v1/webhooks/shop" || true
}
event() {
	printf '{"id":"%s","type":"%s","order":{"id":"%s","total":12.5,"email":"buyer@example.com"}}' "$@"
}
export -f send event
export WEB RUN

is 'an event is accepted' 202 "$(send "$(event ev-1 order.created shop-1)")"
has 'as an action' '"duplicate":false' "$(cat "$RUN/answer")"
is 'delivered again it is known' 200 "$(send "$(event ev-1 order.created shop-1)")"
is 'a forged one is not accepted' 401 "$(send "$(event ev-2 order.created forged)" 'another secret')"
is 'nor is what is no JSON' 400 "$(send '{"id":')"
is 'a cancellation comes before its order' 202 "$(send "$(event ev-3 order.cancelled shop-2)")"
is 'a type that nobody knows is accepted: the shop cannot mend that' 202 "$(send "$(event ev-4 order.paid shop-1)")"
is 'and what has no order' 202 "$(send '{"id":"ev-5","type":"order.created","order":{"id":["shop-1"]}}')"
is 'SQL is text' 202 "$(send "$(event "ev-6'; DROP TABLE shop_webhook_orders; --" order.created "shop'); --")")"
is 'another event about the same order' 202 "$(send "$(event ev-7 order.created shop-1)")"
# Thirty events, each delivered three times, six at a time.
for n in {3..32}; do printf "ev-$((100 + n)) order.created shop-$n\n%.0s" 1 2 3; done |
	xargs -P 6 -L 1 bash -c 'RUN=$(mktemp -d "$RUN/send.XXXX"); echo "$(send "$(event "$@")")"' - | sort | uniq -c | sed 's/^ *//' >"$RUN/statuses"
is 'of events that come three times at once one is the first' $'60 200\n30 202' "$(cat "$RUN/statuses")"
is 'each is one action' 30 "$(rows "SELECT COUNT(*) FROM {actions} WHERE args REGEXP 'ev-1[0-9][0-9]'")"

pool_start pool --workers=3
wait_for 120 holds 31 'SELECT COUNT(*) FROM shop_webhook_orders WHERE status = "new" AND id LIKE "shop-%"' || true
wait_for 60 holds 1 "SELECT COUNT(*) > 0 FROM {logs} WHERE message LIKE '%There is no order shop-2 yet.%'" || true
has 'the cancellation without an order waits' 'There is no order shop-2 yet.' "$(rows 'SELECT message FROM {logs}')"
is 'its order comes' 202 "$(send "$(event ev-8 order.created shop-2)")"
worked_off 'all is worked off' 150
pool_term
has_died stored
is 'each order is there once' 33 "$(rows 'SELECT COUNT(*) FROM shop_webhook_orders')"
is 'with its total and its buyer' 33 "$(rows "SELECT COUNT(*) FROM shop_webhook_orders WHERE total = 12.5 AND email = 'buyer@example.com'")"
is 'the cancelled one is cancelled' shop-2 "$(rows "SELECT id FROM shop_webhook_orders WHERE status <> 'new'")"
is 'the forged one is not there' 0 "$(rows "SELECT COUNT(*) FROM shop_webhook_orders WHERE id = 'forged'")"
is 'the administrator has a mail of each' '33 33' "$(wc -l <"$MAIL/sent") $(cut -d '|' -f 2 "$MAIL/sent" | sort -u | wc -l)"
is 'what makes no sense has a letter' $'webhook_order_event permanent\nwebhook_order_event permanent' "$(letters)"
is 'the secret is nowhere' 0 "$(rows "SELECT COUNT(*) FROM {logs} WHERE message LIKE '%secret of the shop%'")"
stop_group "$WEB_PID"
export E2E_NO_SECRET=1
web_builtin "$SITE" 2
is 'without a secret nothing is accepted' 503 "$(send "$(event ev-9 order.created shop-99)")"
nothing_left 'the pool'
is 'PHP has logged nothing but that' '' "$(php_errors | grep -v 'not configured' || true)"
