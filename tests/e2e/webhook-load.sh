#!/usr/bin/env bash
# Webhooks at a thousand a minute to php-fpm behind nginx, a tenth of them sent before, a twentieth forged: each event is enqueued once,
# each answer is the right one, and a pool runs them all meanwhile. E2E_SECONDS sets for how long.
. "$(dirname "$0")/lib.sh"

rows 'DROP TABLE IF EXISTS shop_asq_webhook_events, e2e_seen'
at_exit rows 'DROP TABLE IF EXISTS shop_asq_webhook_events, e2e_seen'
rows 'CREATE TABLE e2e_seen (id varchar(191), total int)'
mu_plugin load <<'PHP'
asq_register_webhook( 'load', array( 'hook' => 'e2e_load', 'secret' => 'very secret', 'event_id' => 'id' ) );
add_action( 'e2e_load', static function ( $id, $webhook ) {
	global $wpdb;
	$wpdb->insert( 'e2e_seen', array( 'id' => $id, 'total' => asq_webhook_payload( $webhook, $id )['data']['total'] ) );
}, 10, 2 );
PHP
web_fpm "$SITE" 4
spawn "$RUN/work.log" "$WP" action-scheduler work --workers=2
at_exit stop "$SPAWNED"

"$PHP" "$ROOT/tests/e2e/webhook-load.inc" paced "$WEB/index.php?rest_route=/asq/v1/webhooks/load" 'very secret' 1000 "${E2E_SECONDS:-15}" >"$RUN/load"
of() {
	awk -v name="$1" '$1 == name { print $2; found = 1 } END { if (!found) print 0 }' "$RUN/load"
}
is 'each new event is answered with 202' "$(of new)" "$(of status_202)"
is 'each that was sent before with 200' "$(of duplicate)" "$(of status_200)"
is 'each forged one with 401' "$(of forged)" "$(of status_401)"
is 'and nothing else was answered' $(($(of new) + $(of duplicate) + $(of forged))) $(($(of status_200) + $(of status_202) + $(of status_401)))
is 'no answer makes no sense' 0 "$(of wrong)"
is 'there were some of each kind' '1 1 1' "$(($(of new) > 0)) $(($(of duplicate) > 0)) $(($(of forged) > 0))"
is 'each event has one action' "$(of new) $(of new) $(of new)" "$(rows "SELECT COUNT(*), COUNT(DISTINCT a.action_id), COUNT(DISTINCT a.args) FROM {actions} a JOIN shop_asq_webhook_events e USING (action_id) WHERE hook = 'e2e_load'" | tr '\t' ' ')"
is 'and there are no others' "$(of new)" "$(rows "SELECT COUNT(*) FROM {actions} WHERE hook = 'e2e_load'")"
all_done() {
	[[ $(rows "SELECT COUNT(*) FROM {actions} WHERE hook = 'e2e_load' AND status = 'complete'") == "$(of new)" ]]
}
wait_for 300 all_done || true
is 'the pool has run each once, with its body' "$(of new) $(of new) 1295 1295" "$(rows 'SELECT COUNT(*), COUNT(DISTINCT id), MIN(total), MAX(total) FROM e2e_seen' | tr '\t' ' ')"
no_php_errors 'PHP has nothing to complain about'
