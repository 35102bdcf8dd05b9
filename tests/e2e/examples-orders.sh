#!/usr/bin/env bash
# examples/order-processing with a gateway and a carrier that fail in every way, and workers that are killed: each order ends
# complete or undone, and nothing is charged, sent or refunded twice.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pool.inc"
. "$(dirname "$0")/examples.inc"

mail_server
export SERVICES_DIR=$RUN/services
mkdir "$SERVICES_DIR"
chmod 777 "$SERVICES_DIR"
port=$(free_port)
spawn "$RUN/services.log" env PHP_CLI_SERVER_WORKERS=12 "$PHP" -S "127.0.0.1:$port" "$ROOT/examples/order-processing/services.php"
at_exit stop_group "$SPAWNED"
export SERVICES_URL=http://127.0.0.1:$port
wait_for 60 listening "$port"

dying <<'PHP'
add_filter( 'orders_service_url', static function () {
	return getenv( 'SERVICES_URL' );
} );
add_filter( 'http_request_args', static function ( $args ) {
	// Short for the one that is not answered.
	$args['timeout'] = 'order-5-charge' === ( $args['headers']['Idempotency-Key'] ?? '' ) ? 3 : 20;
	return $args;
} );
add_filter( 'orders_circuit', static function ( $circuit ) {
	return array( 'cooldown' => 1 ) + $circuit;
} );
add_filter( 'asq_retry_policy', static function ( $policy, $hook, $group ) {
	return 'orders' === $group ? array( 'base' => 1, 'cap' => 1, 'jitter' => 0 ) + $policy : $policy;
}, 10, 3 );
// The charge is made, and its worker dies before anybody here knows.
add_action( 'http_api_debug', static function ( $response, $context, $class, $args ) {
	$key = $args['headers']['Idempotency-Key'] ?? '';
	if ( in_array( $key, array( 'order-8-charge', 'order-9-parcel', 'order-6-charge-undo' ), true ) ) {
		e2e_die( $key );
	}
}, 10, 4 );
// The stock is taken, or given back, and the worker dies before it does anything else.
add_action( 'query', static function ( $sql ) {
	static $last = '';
	if ( false !== strpos( $last, 'example_stock' ) && preg_match( '/o\.id = (10|7)\b/', $last, $match ) ) {
		e2e_die( "stock-$match[1]" );
	}
	$last = $sql;
	return $sql;
} );
// The letter is stored, and its worker dies before it can tell the example.
add_action( 'asq_dead_letter_stored', static function ( $id, $letter ) {
	if ( array( 11 ) === $letter['args'] ) {
		e2e_die( 'letter-11' );
	}
}, 1, 2 );
PHP
drop() {
	rows 'DROP TABLE IF EXISTS shop_example_orders, shop_example_stock'
}
drop
at_exit drop
install_example order-processing
rows "INSERT INTO shop_example_stock VALUES ('tea', 1000), ('rum', 1)"
is 'the look for what is stuck is scheduled once' 1 "$(rows "SELECT COUNT(*) FROM {actions} WHERE hook = 'orders_look_after'")"
rows "UPDATE {actions} SET scheduled_date_gmt = UTC_TIMESTAMP() + INTERVAL 1 DAY WHERE hook = 'orders_look_after'" # at the end

succeeds 'orders come in' site_php <<'PHP'
for ( $i = 1; $i <= 12; $i++ ) {
	$id = orders_create( in_array( $i, array( 6, 12 ), true ) ? 'rum' : 'tea', 2, 700, 4 === $i ? 'nobody' : "customer$i@example.com" );
	if ( $id !== $i ) {
		exit( 1 );
	}
}
PHP
# 1: all is well. 2: the gateway fails twice. 3: it asks for patience. 4: the mail has no address. 5: the charge is made, the answer lost, and the
# next time it hangs. 6, 12: there is not enough. 7: the carrier refuses. 8, 9, 10: killed. 11: declined.
echo 500 502 >"$SERVICES_DIR/order-2-charge"
echo 429 >"$SERVICES_DIR/order-3-charge"
echo lost hang >"$SERVICES_DIR/order-5-charge"
echo 422 >"$SERVICES_DIR/order-7-parcel"
echo 402 >"$SERVICES_DIR/order-11-charge"
pool_start pool --workers=4
worked_off 'the orders are worked off' 150
has_died order-8-charge order-9-parcel order-6-charge-undo stock-10 stock-7 letter-11

order() {
	rows "SELECT CONCAT_WS(' ', status, IF(charge = '', 'free', 'charged'), reserved, IF(parcel = '', 'here', 'sent')) FROM shop_example_orders WHERE id = $1"
}
# done_for ORDER: what the services have done.
done_for() {
	grep -oE "^/[a-z]+ order-$1-" "$SERVICES_DIR/done" | cut -d ' ' -f 1 | paste -s -d ' '
}
for id in 1 2 3 5 8 9 10; do
	is "order $id is complete" 'complete charged 1 sent' "$(order $id)"
	is "order $id: one charge, one parcel" '/charges /parcels' "$(done_for $id)"
	is "order $id: one mail" 1 "$(grep -c "^customer$id@example.com|Your order $id|" "$MAIL/sent")"
done
is 'order 4: nobody cancels it for a mail' 'shipped charged 1 sent /charges /parcels' "$(order 4) $(done_for 4)"
is 'order 6: refunded, once' 'cancelled charged 0 here /charges /refunds' "$(order 6) $(done_for 6)"
is 'order 12: too' 'cancelled charged 0 here /charges /refunds' "$(order 12) $(done_for 12)"
is 'order 7: back in stock, refunded' 'cancelled charged 0 here /charges /refunds' "$(order 7) $(done_for 7)"
is 'order 11: its letter came to nobody, so it is as it was' 'processing free 0 here' "$(order 11)"
is 'the stock is what was not sent' 984 "$(rows "SELECT quantity FROM shop_example_stock WHERE sku = 'tea'")"
is 'and what was not enough' 1 "$(rows "SELECT quantity FROM shop_example_stock WHERE sku = 'rum'")"
is 'the letters' $'orders_confirm permanent\norders_pay permanent\norders_reserve permanent\norders_reserve permanent\norders_ship permanent' "$(letters)"
rows "UPDATE {actions} SET scheduled_date_gmt = UTC_TIMESTAMP() WHERE hook = 'orders_look_after' AND status = 'pending'"
wait_for 120 holds cancelled 'SELECT status FROM shop_example_orders WHERE id = 11' || true
is 'order 11: is found by the look for what is stuck; there was no charge, so there is no refund' 'cancelled free 0 here ' "$(order 11) $(done_for 11)"
rows "UPDATE {actions} SET scheduled_date_gmt = UTC_TIMESTAMP() + INTERVAL 1 DAY WHERE hook = 'orders_look_after' AND status = 'pending'"

# The gateway goes down for a while: it is left alone, and all orders are complete in the end.
: >"$SERVICES_DIR/asked"
echo down >"$SERVICES_DIR/payment"
began=$SECONDS
succeeds 'more orders come in, while the gateway is down' site_php <<'PHP'
for ( $i = 0; $i < 20; $i++ ) {
	orders_create( 'tea', 1, 100, 'many@example.com' );
}
PHP
postponed() {
	holds 1 "SELECT COUNT(DISTINCT action_id) >= 10 FROM {logs} JOIN {actions} USING (action_id) WHERE hook = 'orders_pay' AND message LIKE '%postponed%'
		AND args IN (SELECT CONCAT('[', id, ']') FROM shop_example_orders WHERE email = 'many@example.com')"
}
wait_for 120 postponed || true
has 'the circuit is not closed' open "$("$WP" asq circuit list --fields=name,state --format=csv | grep '^payment' | sed 's/half-open/open/')"
has 'it postpones the action' postponed "$(rows 'SELECT message FROM {logs}')"
# Each of these orders has spent an attempt for a call that failed, and none for one that was not made. First the attempts: those of calls that
# are made meanwhile are not among them.
attempts=$(rows "SELECT SUM(attempts) FROM {actions} WHERE hook = 'orders_pay' AND args IN (SELECT CONCAT('[', id, ']') FROM shop_example_orders WHERE email = 'many@example.com')")
asked=$(wc -l <"$SERVICES_DIR/asked")
# Five until it is open, four that were under way, and then one in a second.
at_most 'while it is open there is a call in a second, not one for each order' $((5 + 4 + SECONDS - began + 1)) "$asked"
at_most 'an open circuit costs no attempt' $((asked + 4)) "$attempts"
rm "$SERVICES_DIR/payment"
for ((i = 0; i < 10; i++)); do
	victim=$(rows "SELECT id FROM information_schema.processlist WHERE user = 'asq_site' ORDER BY RAND() LIMIT 1")
	[[ -z $victim ]] || rows "KILL $victim" 2>/dev/null || true
	sleep 0.1
done
worked_off 'when it is back, and connections of the database are cut, all is worked off' 150
pool_term
is 'all orders are complete' '20' "$(rows "SELECT COUNT(*) FROM shop_example_orders WHERE email = 'many@example.com' AND status = 'complete'")"
is 'each has been charged once' '20 20' "$(grep -cE '^/charges order-(1[3-9]|2[0-9]|3[0-2])-' "$SERVICES_DIR/done") $(grep -oE '^/charges order-(1[3-9]|2[0-9]|3[0-2])-' "$SERVICES_DIR/done" | sort -u | wc -l)"
is 'none of them has a letter' 5 "$(letters | wc -l)"
is 'the stock' 964 "$(rows "SELECT quantity FROM shop_example_stock WHERE sku = 'tea'")"
nothing_left 'the pool'
is 'PHP has logged nothing but lost connections' '' "$(php_errors | grep -vE 'gone away|Lost connection|Connection was killed|Error reading result|WordPress database error' || true)"
