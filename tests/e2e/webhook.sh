#!/usr/bin/env bash
# Webhooks over HTTP, php-fpm behind nginx: each answer there is; one event fifty times at once; processes killed midway; a queue that
# cannot take it; wp asq webhook.
. "$(dirname "$0")/lib.sh"

drop_tables() {
	rows 'DROP TABLE IF EXISTS shop_asq_webhook_events'
}
drop_tables
at_exit drop_tables

mu_plugin hooks <<'PHP'
asq_register_webhook( 'shop', array( 'hook' => 'e2e_shop', 'secret' => 'shop secret', 'event_id' => 'id', 'max_size' => 100000 ) );
asq_register_webhook( 'stripe', array( 'hook' => 'e2e_stripe', 'signature' => 'stripe', 'secret' => array( 'whsec_old_secret_0', 'whsec_new_secret_1' ), 'route' => 'shop/v1/stripe' ) );
asq_register_webhook( 'github', array( 'hook' => 'e2e_github', 'signature' => 'github', 'secret' => 'hub' ) );
asq_register_webhook( 'later', array( 'hook' => 'e2e_later', 'secret' => static function () {
	return get_option( 'e2e_secret' );
} ) );
asq_register_webhook( 'mine', array( 'hook' => 'e2e_mine', 'secret' => 'shop secret', 'event_id' => 'id', 'args' => static function ( $payload, $event ) {
	if ( isset( $payload['exit'] ) ) {
		exit( 'bye' );
	}
	return isset( $payload['long'] ) ? array( str_repeat( 'x', 9000 ) ) : array( $payload['n'], $event['size'] );
} ) );
asq_register_webhook( 'large', array( 'hook' => 'e2e_large', 'secret' => 'shop secret', 'max_size' => 50000000 ) );
add_action( 'rest_api_init', static function () {
	foreach ( array( 'moved', 'here' ) as $route ) {
		asq_register_webhook( 'moves', array( 'hook' => 'e2e_moves', 'secret' => 'shop secret', 'route' => "shop/v1/$route" ) );
	}
} );
add_action( 'e2e_shop', static function ( $id, $webhook ) {
	update_option( 'e2e_ran', asq_webhook_payload( $webhook, $id )['note'], false );
}, 10, 2 );
add_action( 'asq_webhook_rejected', static function ( $name, $status, $reason ) {
	header( "X-Rejected: $name $status $reason" );
}, 10, 3 );
add_filter( 'pre_as_enqueue_async_action', static function ( $pre, $hook ) {
	return 'e2e_shop' === $hook && get_option( 'e2e_refuse' ) ? 0 : $pre;
}, 10, 2 );
if ( ! get_option( 'e2e_filter' ) ) {
	remove_all_filters( 'pre_as_enqueue_async_action' );
}
PHP
web_fpm "$SITE" 8
forget_options() {
	"$WP" option delete e2e_ran e2e_secret e2e_filter e2e_refuse >/dev/null 2>&1 || true
}
at_exit forget_options

# sum KEY BODY: its HMAC-SHA256.
sum() {
	"$PHP" -r 'echo hash_hmac( "sha256", $argv[2], $argv[1] );' "$1" "$2"
}

# post ROUTE BODY [CURL-ARG...]: JSON, or what TYPE says; the answer's status; its headers are in answer.head, its text in answer.
post() {
	curl -s -o "$RUN/answer" -D "$RUN/answer.head" -w '%{http_code}' -H "Content-Type: ${TYPE:-application/json}" -H 'Expect:' --data-binary "$2" "${@:3}" "$WEB/index.php?rest_route=/$1" || true
}

# shop BODY [CURL-ARG...]: signed.
shop() {
	post asq/v1/webhooks/shop "$1" -H "X-Signature: $(sum 'shop secret' "$1")" "${@:2}"
}

header() {
	grep -i "^$1:" "$RUN/answer.head" | tr -d '\r' | sed 's/^[^:]*: //' || true
}

code() {
	grep -o '"code":"[a-z0-9_]*"' "$RUN/answer" | cut -d '"' -f 4 || true
}

actions() {
	rows "SELECT COUNT(*) FROM {actions} WHERE hook = '$1'"
}

# ---- Taken ----------------------------------------------------------------------------------------

is 'a signed event is taken' 202 "$(shop '{"id":"evt_1","note":"first"}')"
id=$(rows "SELECT action_id FROM {actions} WHERE hook = 'e2e_shop'")
is 'with the id of its action' "{\"id\":$id,\"event\":\"evt_1\",\"duplicate\":false}" "$(cat "$RUN/answer")"
is 'the same again is a duplicate' 200 "$(shop '{"id":"evt_1","note":"second"}')"
is 'with the same id' "{\"id\":$id,\"event\":\"evt_1\",\"duplicate\":true}" "$(cat "$RUN/answer")"
is 'one action' "1	[\"evt_1\",\"shop\"]	pending	webhooks" "$(rows "SELECT COUNT(*), MAX(args), MAX(status), MAX(slug) FROM {actions} JOIN {groups} USING (group_id) WHERE hook = 'e2e_shop'")"
is 'the request has not run it' '' "$("$WP" option get e2e_ran 2>/dev/null || true)"
succeeds 'a run does' "$WP" action-scheduler run
is 'with what came first' first "$("$WP" option get e2e_ran)"
is 'and still it is a duplicate' 200 "$(shop '{"id":"evt_1","note":"third"}')"
is 'by the short URL as well' 200 "$(curl -s -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' -H "X-Signature: sha256=$(sum 'shop secret' '{"id":"evt_1"}')" -d '{"id":"evt_1"}' "$WEB/?rest_route=/asq/v1/webhooks/shop/")"
now=$(date +%s)
is "Stripe's form" 202 "$(post shop/v1/stripe '{"id":"evt_s","object":"event"}' -H "Stripe-Signature: t=$now,v1=$(sum whsec_new_secret_1 "$now.{\"id\":\"evt_s\",\"object\":\"event\"}")")"
is "GitHub's" 202 "$(post asq/v1/webhooks/github '{"zen":"x"}' -H "X-Hub-Signature-256: sha256=$(sum hub '{"zen":"x"}')" -H 'X-GitHub-Delivery: 72d3162e-cc78')"
is "args of the plugin's own making" '202 [42,17]' "$(post asq/v1/webhooks/mine '{"id":"m","n":42}' -H "X-Signature: $(sum 'shop secret' '{"id":"m","n":42}')") $(rows "SELECT args FROM {actions} WHERE hook = 'e2e_mine'")"
for text in "' OR 1=1; -- " '\" \\\\ %s %n {x}' '🎉 \u0000\u2028' '`x`/*' "$(printf 'x%.0s' {1..900})"; do
	body="{\"id\":\"$text\",\"note\":\"$text\"}"
	is "an id of any text: ${text:0:30}" "$([[ $text == *u0000* ]] && echo 400 || echo 202)" "$(shop "$body")"
done
is 'all of them are in the table' 5 "$(rows "SELECT COUNT(*) FROM shop_asq_webhook_events WHERE webhook = 'shop'")"
large=$(printf 'x%.0s' {1..90000})
is 'a body that no args could hold' 202 "$(shop "{\"id\":\"big\",\"note\":\"$large\"}")"
succeeds 'a run' "$WP" action-scheduler run
is 'finds it whole' "$large" "$("$WP" option get e2e_ran)"

# ---- Refused --------------------------------------------------------------------------------------

before=$(rows 'SELECT COUNT(*) FROM {actions}')
for method in GET PUT PATCH DELETE OPTIONS PROPFIND; do
	is "$method" '405 POST asq_webhook_method' "$(post asq/v1/webhooks/shop '{"id":"x"}' -X "$method") $(header Allow) $(code)"
done
is 'HEAD' '405 POST' "$(curl -s -o /dev/null -I -D "$RUN/answer.head" -w '%{http_code}' "$WEB/index.php?rest_route=/asq/v1/webhooks/shop") $(header Allow)"
is 'no signature' '401 asq_webhook_signature' "$(post asq/v1/webhooks/shop '{"id":"x"}') $(code)"
is 'listeners hear why' 'shop 401 signature' "$(header X-Rejected)"
is 'a forged one' '401 asq_webhook_signature' "$(post asq/v1/webhooks/shop '{"id":"x"}' -H "X-Signature: $(sum guess '{"id":"x"}')") $(code)"
is "another webhook's" '401 asq_webhook_signature' "$(post asq/v1/webhooks/github '{"id":"x"}' -H "X-Hub-Signature-256: sha256=$(sum 'shop secret' '{"id":"x"}')") $(code)"
is 'another body' '401 asq_webhook_signature' "$(post asq/v1/webhooks/shop '{"id":"y"}' -H "X-Signature: $(sum 'shop secret' '{"id":"x"}')") $(code)"
now=$(date +%s)
old=$((now - 400))
is 'an old one, sent again' '401 asq_webhook_stale' "$(post shop/v1/stripe '{"id":"x"}' -H "Stripe-Signature: t=$old,v1=$(sum whsec_new_secret_1 "$old.{\"id\":\"x\"}")") $(code)"
is 'with another time' '401 asq_webhook_signature' "$(post shop/v1/stripe '{"id":"x"}' -H "Stripe-Signature: t=$now,v1=$(sum whsec_new_secret_1 "$old.{\"id\":\"x\"}")") $(code)"
is 'one that is no JSON, and not signed' '401 asq_webhook_signature' "$(post asq/v1/webhooks/shop '{"id":') $(code)"
is 'and signed' '400 asq_webhook_payload' "$(shop '{"id":') $(code)"
is 'one that is empty' '400 asq_webhook_payload' "$(shop '') $(code)"
printf '{"id":"\xff\xfe"}' >"$RUN/bytes"
is 'one that is not UTF-8' '400 asq_webhook_payload' "$(post asq/v1/webhooks/shop "@$RUN/bytes" -H "X-Signature: $("$PHP" -r 'echo hash_hmac_file( "sha256", $argv[1], "shop secret" );' "$RUN/bytes")") $(code)"
is 'one without an id' '400 asq_webhook_event_id' "$(shop '{"ID":"x"}') $(code)"
is 'one that is no JSON by its header' '415 asq_webhook_content_type' "$(TYPE=text/plain shop '{"id":"x"}') $(code)"
is 'a form' '415 asq_webhook_content_type' "$(TYPE=application/x-www-form-urlencoded shop 'id=x') $(code)"
too_large="{\"id\":\"x\",\"note\":\"$large$large\"}"
printf %s "$too_large" >"$RUN/large"
is 'one that is too large' '413 asq_webhook_size' "$(post asq/v1/webhooks/shop "@$RUN/large") $(code)"
is 'in chunks, without a Content-Length' '413 asq_webhook_size' "$(post asq/v1/webhooks/shop "@$RUN/large" -H 'Transfer-Encoding: chunked') $(code)"
is 'chunks that are not too large' '200' "$(shop '{"id":"evt_1"}' -H 'Transfer-Encoding: chunked')"
is 'one that has no secret yet' '503 asq_webhook_not_configured 30' "$(post asq/v1/webhooks/later '{}' -H "X-Signature: $(sum '' '{}')") $(code) $(header Retry-After)"
"$WP" option update e2e_secret 'at last' >/dev/null
is 'until it has one' 202 "$(post asq/v1/webhooks/later '{}' -H "X-Signature: $(sum 'at last' '{}')")"
is 'args that are too long' '500 asq_webhook_failed' "$(post asq/v1/webhooks/mine '{"id":"l","long":1}' -H "X-Signature: $(sum 'shop secret' '{"id":"l","long":1}')") $(code)"
is 'a callable that calls exit()' 'bye' "$(post asq/v1/webhooks/mine '{"id":"e","exit":1}' -H "X-Signature: $(sum 'shop secret' '{"id":"e","exit":1}')" >/dev/null; cat "$RUN/answer")"
is 'the old route of one that has another' '404 rest_no_route' "$(post shop/v1/moved '{}' -H "X-Signature: $(sum 'shop secret' '{}')") $(code)"
is 'and its new one' 202 "$(post shop/v1/here '{"id":"moved"}' -H "X-Signature: $(sum 'shop secret' '{"id":"moved"}')")"
before=$((before + 1))
is 'no such webhook' '404 rest_no_route' "$(post asq/v1/webhooks/nobody '{}') $(code)"
is 'routes are not listed' 0 "$(curl -s "$WEB/index.php?rest_route=/asq/v1" | grep -c 'webhooks' || true)"
is 'of all that one was stored' $((before + 1)) "$(rows 'SELECT COUNT(*) FROM {actions}')"

# ---- At the same time -----------------------------------------------------------------------------

is 'one event fifty times at once' '1 202, 49 200, 1 id' "$("$PHP" "$ROOT/tests/e2e/webhook-load.inc" flood "$WEB/index.php?rest_route=/asq/v1/webhooks/shop" 'shop secret' 50 50 one |
	awk '{ n[$1] = $2 } END { print n["status_202"] + 0 " 202, " n["status_200"] + 0 " 200, " n["ids"] " id" }')"
is 'is one action' 1 "$(rows "SELECT COUNT(*) FROM {actions} WHERE args = '[\"one\",\"shop\"]'")"

# ---- Killed midway --------------------------------------------------------------------------------

ASQ_KILL=$FPM_PID ASQ_ANSWERS=$RUN/answers "$PHP" "$ROOT/tests/e2e/webhook-load.inc" flood "$WEB/index.php?rest_route=/asq/v1/webhooks/shop" 'shop secret' 400 12 >"$RUN/flood"
is 'processes were killed, and deliveries failed' 1 "$(awk '{ n[$1] = $2 } END { print (n["kills"] > 3 && n["again"] > 0 ? 1 : n["kills"] + 0 " and " n["again"] + 0) }' "$RUN/flood")"
is 'in the end each event was answered' '400 400 0' "$(awk '{ n[$1] = $2 } END { print n["events"], n["ids"], n["wrong"] }' "$RUN/flood")"
# What was answered: event, action. What is stored, and which action says so.
rows "SELECT event_id, action_id FROM shop_asq_webhook_events WHERE event_id LIKE 'flood-%'" | sort >"$RUN/stored"
awk -F '\t' '($2 == 200 || $2 == 202) && $3 { print $1 "\t" $3 }' "$RUN/answers" | sort -u >"$RUN/taken"
is 'what was answered is what is stored' '' "$(diff "$RUN/taken" "$RUN/stored" | head -n 5)"
is 'each with one action, and no action more' '400	400' "$(rows "SELECT COUNT(*), COUNT(DISTINCT e.event_id) FROM {actions} a LEFT JOIN shop_asq_webhook_events e ON e.action_id = a.action_id AND a.args = CONCAT('[\"', e.event_id, '\",\"shop\"]') WHERE a.args LIKE '[\"flood-%'")"
is 'and one log row' 400 "$(rows "SELECT COUNT(*) FROM {logs} l JOIN {actions} a USING (action_id) WHERE a.args LIKE '[\"flood-%' AND l.message = 'action created'")"

# ---- A queue that cannot take it ------------------------------------------------------------------

# locked TABLE: what is answered while somebody else has it.
locked() {
	local say holder
	mkfifo "$RUN/hold.$1"
	sql asq_site <"$RUN/hold.$1" >/dev/null &
	holder=$!
	exec {say}>"$RUN/hold.$1"
	echo "LOCK TABLES $1 WRITE;" >&"$say"
	wait_for 60 is_locked "$1" || echo 'Nobody has it.'
	echo "$(shop "{\"id\":\"$1\"}") $(code) $(header Retry-After)"
	exec {say}>&-
	wait "$holder"
}

# is_locked TABLE
is_locked() {
	[[ -n $(sql -e "SHOW OPEN TABLES FROM asq_site WHERE \`Table\` = '$1' AND In_use > 0") ]]
}
is "while the events' table is locked" '503 asq_webhook_unavailable 30' "$(locked shop_asq_webhook_events)"
is 'afterwards it is taken' 202 "$(shop '{"id":"shop_asq_webhook_events"}')"
rows 'RENAME TABLE {logs} TO e2e_logs; CREATE VIEW {logs} AS SELECT * FROM e2e_logs WHERE log_id < 0 WITH CHECK OPTION'
is 'while the log cannot be written' '503 asq_webhook_unavailable 30' "$(shop '{"id":"no log"}') $(code) $(header Retry-After)"
rows 'DROP VIEW {logs}; RENAME TABLE e2e_logs TO {logs}'
is 'nothing of it is left' '0	0' "$(rows "SELECT COUNT(*), (SELECT COUNT(*) FROM shop_asq_webhook_events WHERE event_id = 'no log') FROM {actions} WHERE args LIKE '%no log%'")"
is 'and afterwards it is taken' 202 "$(shop '{"id":"no log"}')"
"$WP" option update e2e_filter 1 >/dev/null
is 'with a filter on what is enqueued' 202 "$(shop '{"id":"filtered"}')"
is 'once' 200 "$(shop '{"id":"filtered"}')"
"$WP" option update e2e_refuse 1 >/dev/null
is 'which refuses' '503 asq_webhook_unavailable' "$(shop '{"id":"refused"}') $(code)"
"$WP" option delete e2e_refuse e2e_filter >/dev/null
is 'and then does not' 202 "$(shop '{"id":"refused"}')"
is 'each has one action' '1 1' "$(rows "SELECT COUNT(*) FROM {actions} WHERE args LIKE '%filtered%'") $(rows "SELECT COUNT(*) FROM {actions} WHERE args LIKE '%refused%'")"
sql -e 'SET GLOBAL max_allowed_packet = 1048576'
at_exit sql -e 'SET GLOBAL max_allowed_packet = 16777216'
pkill -KILL -P "$FPM_PID"
"$PHP" -r 'echo json_encode( array_fill( 0, 250000, "" ) );' >"$RUN/quotes"
is 'what is larger than the database takes' '413 asq_webhook_size' "$(post asq/v1/webhooks/large "@$RUN/quotes" -H "X-Signature: $("$PHP" -r 'echo hash_hmac_file( "sha256", $argv[1], "shop secret" );' "$RUN/quotes")") $(code)"
sql -e 'SET GLOBAL max_allowed_packet = 16777216'
pkill -KILL -P "$FPM_PID"
is 'and what it does take' 202 "$(post asq/v1/webhooks/large "@$RUN/quotes" -H "X-Signature: $("$PHP" -r 'echo hash_hmac_file( "sha256", $argv[1], "shop secret" );' "$RUN/quotes")")"
has 'the log says why' 'asq: webhook shop: an event was not stored: [' "$(php_errors)"
is 'without secrets or bodies' '' "$(php_errors | grep -E 'shop secret|"id"|7b226964' || true)"

# ---- wp asq webhook -------------------------------------------------------------------------------

succeeds 'the webhooks there are' "$WP" asq webhook routes
has 'are listed' 'shop	/asq/v1/webhooks/shop	e2e_shop	webhooks	hmac' "$(sed 's/ *| */\t/g' <<<"$OUTPUT")"
is 'without secrets' '' "$(grep secret <<<"$OUTPUT" || true)"
succeeds 'events' "$WP" asq webhook list --webhook=shop --action-status=complete --fields=id,action_status,size
has 'are listed, too' 'evt_1	complete	29' "$(sed 's/ *| */\t/g' <<<"$OUTPUT")"
is 'or counted' 400 "$(($("$WP" asq webhook list --webhook=shop --format=count) - $(rows "SELECT COUNT(*) FROM shop_asq_webhook_events WHERE webhook = 'shop' AND event_id NOT LIKE 'flood-%'")))"
succeeds 'one' "$WP" asq webhook show shop evt_1
has 'with its action' "$id" "$OUTPUT"
is 'its body as it came' '{"id":"evt_1","note":"first"}' "$("$WP" asq webhook show shop evt_1 --field=body)"
OUTPUT=$("$WP" asq webhook show shop nothing 2>&1) || true
has 'one that is not there' 'Error: The webhook shop has delivered no event nothing' "$OUTPUT"
rows "UPDATE shop_asq_webhook_events SET expires_gmt = '2020-01-01' WHERE event_id IN ('evt_1', 'flood-1')"
succeeds 'what has expired' "$WP" asq webhook purge
is 'goes, but for what is still to run' 'Success: 1 event deleted.' "$OUTPUT"
succeeds 'and what is old' "$WP" asq webhook purge --webhook=github --older-than=0
is 'too' 'Success: 1 event deleted.' "$OUTPUT"
succeeds 'not, however' "$WP" asq webhook purge --webhook=later --older-than=0
is 'what is still to run' 'Success: No events deleted.' "$OUTPUT"
