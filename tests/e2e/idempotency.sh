#!/usr/bin/env bash
# The header Idempotency-Key on a REST route of a real site; wp asq circuit.
. "$(dirname "$0")/lib.sh"

drop_tables() {
	rows 'DROP TABLE IF EXISTS shop_asq_keys, shop_asq_circuits, e2e_orders'
}
drop_tables
at_exit drop_tables
rows 'CREATE TABLE e2e_orders (id int AUTO_INCREMENT PRIMARY KEY, item varchar(50), pid int)'

mu_plugin orders <<'PHP'
add_action( 'rest_api_init', static function () {
	asq_rest_idempotency( array( 'routes' => array( '/shop/v1/orders', '/shop/v1/odd' ), 'ttl' => 3600 ) );
	asq_rest_idempotency( array( 'routes' => array( '/shop/v1/strict' ), 'required' => true ) );
	$order = static function ( WP_REST_Request $request ) {
		global $wpdb;
		$item = (string) $request['item'];
		$wpdb->query( $wpdb->prepare( 'INSERT INTO e2e_orders (item, pid) VALUES (%s, %d)', $item, getmypid() ) );
		$id = $wpdb->insert_id;
		// So long, or until the test says that it is enough.
		for ( $i = 0; $i < (int) $request['sleep'] / 20 && ! file_exists( getenv( 'E2E_GO' ) . ".$item" ); $i++ ) {
			usleep( 20000 );
		}
		if ( 'none' === $item ) {
			return new WP_Error( 'no_stock', 'Nothing left', array( 'status' => 409 ) );
		}
		if ( 'broken' === $item ) {
			return new WP_Error( 'broken', 'The warehouse does not answer', array( 'status' => 503 ) );
		}
		if ( 'thrown' === $item ) {
			throw new UnexpectedValueException( 'of the route' );
		}
		if ( 'exit' === $item ) {
			exit( 'bye' );
		}
		if ( 'fatal' === $item ) {
			ini_set( 'memory_limit', '64M' );
			str_repeat( 'x', 1 << 30 );
		}
		$response = new WP_REST_Response( array( 'id' => $id, 'item' => $item, 'price' => 1.0, 'extra' => new stdClass(), 'list' => array() ), 201 );
		$response->header( 'Location', "/orders/$id" );
		$response->add_link( 'self', rest_url( "shop/v1/orders/$id" ), array( 'title' => 'ä' ) );
		return $response;
	};
	foreach ( array( 'orders', 'orders/(?P<order>\d+)', 'strict', 'orders-of-old' ) as $route ) {
		register_rest_route( 'shop/v1', "/$route", array( 'methods' => 'GET,POST,PUT,PATCH,DELETE', 'callback' => $order, 'permission_callback' => static fn( $request ) => 'secret' !== $request['item'], 'args' => array( 'sleep' => array( 'default' => 0 ) ) ) );
	}
	register_rest_route( 'shop/v1', '/odd', array( 'methods' => 'POST', 'callback' => static fn() => array( 'time' => microtime( true ), 'large' => str_repeat( 'x', 5000000 ) ), 'permission_callback' => '__return_true' ) );
} );
PHP
export E2E_GO=$RUN/go
web_builtin "$SITE" 6

uuid() {
	local hex
	hex=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	echo "${hex:0:8}-${hex:8:4}-4${hex:13:3}-9${hex:17:3}-${hex:20:12}"
}

# ask METHOD ROUTE KEY JSON [FILE]: the answer's status; its headers are in FILE.head, its text in FILE (answer).
ask() {
	local file=$RUN/${5:-answer}
	curl -s -o "$file" -D "$file.head" -w '%{http_code}' -X "$1" -H 'Content-Type: application/json' ${3:+-H "Idempotency-Key: $3"} -d "$4" "$WEB/index.php?rest_route=$2" || true
}

header() {
	grep -i "^$1:" "$RUN/${2:-answer}.head" | tr -d '\r' | sed 's/^[^:]*: //' || true
}

orders() {
	rows "SELECT COUNT(*) FROM e2e_orders WHERE item = '$1'"
}

# ---- Once ---------------------------------------------------------------------------------------

key=$(uuid)
is 'the first request is done' 201 "$(ask POST /shop/v1/orders "$key" '{"item":"pen"}' first)"
is 'and not marked as replayed' '' "$(header X-Idempotency-Replayed first)"
is 'the second gets the same status' 201 "$(ask POST /shop/v1/orders "$key" '{"item":"pen"}' second)"
is 'the same body' "$(cat "$RUN/first")" "$(cat "$RUN/second")"
has 'which is the route'"'"'s' '"price":1' "$(cat "$RUN/second")"
has 'with what was an empty object' '"extra":{},"list":[]' "$(cat "$RUN/second")"
is 'the same headers' "$(header Location first)" "$(header Location second)"
is 'and is marked' true "$(header X-Idempotency-Replayed second)"
is 'one order' 1 "$(orders pen)"
is 'the key in capitals is the same' 201 "$(ask POST /shop/v1/orders "${key^^}" '{"item":"pen"}')"
is 'in quotes, as in the draft of the header, as well' '201 true' "$(ask POST /shop/v1/orders "\"$key\"" '{"item":"pen"}') $(header X-Idempotency-Replayed)"
is 'still one order' 1 "$(orders pen)"
is 'another body is a conflict' 422 "$(ask POST /shop/v1/orders "$key" '{"item":"pencil"}')"
has 'that says so' '"code":"asq_idempotency_conflict"' "$(cat "$RUN/answer")"
is 'another method as well' 422 "$(ask PUT /shop/v1/orders "$key" '{"item":"pen"}')"
is 'another parameter of the URL as well' 422 "$(ask POST '/shop/v1/orders&x=1' "$key" '{"item":"pen"}')"
is 'another route has keys of its own' 201 "$(ask POST /shop/v1/orders/7 "$key" '{"item":"pen"}')"
is 'GET is left alone' 201 "$(ask GET '/shop/v1/orders&item=got' "$key" '')"
is 'routes that are not named, too' '201 201' "$(ask POST /shop/v1/orders-of-old "$key" '{"item":"old"}') $(ask POST /shop/v1/orders-of-old "$key" '{"item":"old"}')"
is 'without the header nothing changes' '201 201' "$(ask POST /shop/v1/orders '' '{"item":"free"}') $(ask POST /shop/v1/orders '' '{"item":"free"}')"
is 'of what may not be done there is no stored answer' '401 401' "$(ask POST /shop/v1/orders "$(uuid)" '{"item":"secret"}') $(ask POST /shop/v1/orders "$(uuid)" '{"item":"secret"}')"
is 'where the header is required' 400 "$(ask POST /shop/v1/strict '' '{"item":"strict"}')"
has 'its absence is told' '"code":"asq_idempotency_key_missing"' "$(cat "$RUN/answer")"
is 'and nothing done' 0 "$(orders strict)"
for bad in nonsense "' OR 1=1; --" 8e03978e-40d5-13e8-bc93-6894a57f9324 8e03978e-40d5-43e8-cc93-6894a57f9324 "$key$key" "{$key}" "\"$key" "$key\"" "'$key'" "$(printf 'x%.0s' {1..5000})"; do
	is "no key: ${bad:0:40}" '400 "code":"asq_idempotency_key_invalid"' "$(ask POST /shop/v1/orders "$bad" '{"item":"bad"}') $(grep -o '"code":"[a-z_]*"' "$RUN/answer")"
done
is 'none of them was done' 0 "$(orders bad)"

# ---- What is kept, and what is not --------------------------------------------------------------

key=$(uuid)
is 'a refusal' 409 "$(ask POST /shop/v1/orders "$key" '{"item":"none"}' first)"
is 'comes again' "409 $(cat "$RUN/first") true" "$(ask POST /shop/v1/orders "$key" '{"item":"none"}' second) $(cat "$RUN/second") $(header X-Idempotency-Replayed second)"
is 'without being decided anew' 1 "$(orders none)"
key=$(uuid)
is "a server's error is not kept" '503 503' "$(ask POST /shop/v1/orders "$key" '{"item":"broken"}') $(ask POST /shop/v1/orders "$key" '{"item":"broken"}')"
is 'but tried anew' 2 "$(orders broken)"
key=$(uuid)
ask POST /shop/v1/orders "$key" '{"item":"exit"}' >/dev/null
ask POST /shop/v1/orders "$key" '{"item":"exit"}' >/dev/null
is 'nor is what calls exit()' 2 "$(orders exit)"
key=$(uuid)
is 'nor what ends in a fatal error' '500 500' "$(ask POST /shop/v1/orders "$key" '{"item":"fatal"}') $(ask POST /shop/v1/orders "$key" '{"item":"fatal"}')"
is 'each time' 2 "$(orders fatal)"
key=$(uuid)
is 'nor what the route throws, of whatever class' '500 500' "$(ask POST /shop/v1/orders "$key" '{"item":"thrown"}') $(ask POST /shop/v1/orders "$key" '{"item":"thrown"}')"
is 'once for each request' 2 "$(orders thrown)"
key=$(uuid)
is 'an answer that is too large to keep is given once' '200 409' "$(ask POST /shop/v1/odd "$key" '{}') $(ask POST /shop/v1/odd "$key" '{}')"
is "a form's bytes need not be UTF-8" '201 true' "$(key=$(uuid); for i in 1 2; do curl -s -o /dev/null -D "$RUN/form.head" -w '%{http_code}' -H "Idempotency-Key: $key" --data-raw $'item=form\xff\xfe' "$WEB/index.php?rest_route=/shop/v1/orders" >"$RUN/form.status"; done; cat "$RUN/form.status") $(header X-Idempotency-Replayed form)"
key=$(uuid)
# form FILE-OF-a FILE-OF-b [NAME]: what an upload of two nested files is answered with.
form() {
	curl -s -o "$RUN/form" -D "$RUN/form.head" -w '%{http_code}' -H "Idempotency-Key: $key" -F item=upload -F "docs[a][b]=@$RUN/$1;filename=${3:-a.txt}" -F "docs[a][c]=@$RUN/$2;filename=c.txt" "$WEB/index.php?rest_route=/shop/v1/orders"
}
echo one >"$RUN/one"
echo two >"$RUN/two"
is 'nested uploads are part of the request' '201 201 true' "$(form one two) $(form one two) $(header X-Idempotency-Replayed form)"
is 'each of them' '422 422 422' "$(form two two) $(form one one) $(form two one)"
is 'by their names as well' 422 "$(form one two b.txt)"
is 'one order' 1 "$(orders upload)"
key=$(uuid)
is 'and a plain upload' '201 422 422' "$(for file in one two 'one;filename=b.txt'; do curl -s -o /dev/null -w '%{http_code} ' -H "Idempotency-Key: $key" -F item=plain -F "doc=@$RUN/$file" "$WEB/index.php?rest_route=/shop/v1/orders"; done | xargs)"

# ---- At the same time ---------------------------------------------------------------------------

key=$(uuid)
pids=()
began=$SECONDS
for i in 1 2 3 4 5 6; do
	ask POST /shop/v1/orders "$key" '{"item":"race","sleep":60000}' "race$i" >"$RUN/race$i.status" &
	pids+=($!)
done
# One works until another has been told to wait.
wait_for 60 grep -qs 409 "$RUN"/race?.status || true
touch "$E2E_GO.race"
wait "${pids[@]}"
longest=$((SECONDS - began + 1))
# Others may come when the first is done, and get its answer.
is 'of six at once one is done, the others are told to wait' '1 409' "$(for i in 1 2 3 4 5 6; do echo "$(cat "$RUN/race$i.status")$(header X-Idempotency-Replayed "race$i")"; done | grep -v 201true | sort | uniq -c | awk '$2 == 201 { print $1 } $2 != 201 { print $2 }' | xargs)"
is 'by Retry-After, for as long as it has taken up to then' 1 "$(for i in 1 2 3 4 5 6; do header Retry-After "race$i"; done | awk -v most="$longest" '{ print ($1 >= 1 && $1 <= most ? 1 : $1) }' | sort -u)"
is 'one order' 1 "$(orders race)"
is 'who comes again gets its answer' '201 true' "$(ask POST /shop/v1/orders "$key" '{"item":"race","sleep":60000}') $(header X-Idempotency-Replayed)"

key=$(uuid)
ask POST /shop/v1/orders "$key" '{"item":"killed","sleep":300000}' >/dev/null &
asked=$!
at_work() {
	pid=$(rows "SELECT pid FROM e2e_orders WHERE item = 'killed'")
	[[ -n $pid ]]
}
wait_for 60 at_work || not_ok 'it is at work'
is 'while it is at work, 409' 409 "$(ask POST /shop/v1/orders "$key" '{"item":"killed","sleep":300000}')"
kill -KILL "$pid"
wait "$asked" || true
touch "$E2E_GO.killed"
is 'once its process has been killed, it is done anew' 201 "$(ask POST /shop/v1/orders "$key" '{"item":"killed","sleep":300000}')"
is 'at once' 2 "$(orders killed)"

# ---- Without a database for the keys ----------------------------------------------------------------

rows 'DROP TABLE shop_asq_keys; CREATE TABLE shop_asq_keys (nothing int)'
is 'keys that cannot be stored' "503 5" "$(ask POST /shop/v1/orders "$(uuid)" '{"item":"unsafe"}') $(header Retry-After)"
is 'nothing is done without them' 0 "$(orders unsafe)"
rows 'DROP TABLE shop_asq_keys'
has 'other sites may send the header' 'Idempotency-Key' "$(curl -s -X OPTIONS -D - -o /dev/null -H 'Origin: https://other.example' "$WEB/index.php?rest_route=/shop/v1/orders" | grep -i access-control-allow-headers)"
is 'a page that has nothing to do with it compiles nothing' '[]' "$(site_php <<<'echo json_encode( array_values( array_filter( get_declared_classes(), static fn( $c ) => 0 === stripos( $c, "Asq\\RestIdem" ) ) ) );')"

# ---- In actions, while workers are killed -----------------------------------------------------------

empty_queue
mu_plugin payments <<'PHP'
add_action( 'e2e_pay', static function ( $n ) {
	asq_idempotent( 'the payment', static function () use ( $n ) {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( "INSERT INTO e2e_orders (item, pid) VALUES ('payment', %d)", getmypid() ) );
		// Until it is killed, or three have been.
		for ( $i = 0; $i < 15000 && ! file_exists( getenv( 'E2E_GO' ) . '.payment' ); $i++ ) {
			usleep( 20000 );
		}
		$wpdb->query( $wpdb->prepare( "UPDATE e2e_orders SET item = 'paid' WHERE item = 'payment' AND pid = %d", getmypid() ) );
		return $n;
	}, array( 'wait' => 600 ) );
} );
PHP
site_php <<<"asq_enqueue_many( 'e2e_pay', array_map( static fn( \$n ) => array( \$n ), range( 1, 50 ) ) );"
spawn "$RUN/work.log" "$WP" action-scheduler work --workers=4 --drain
worker=$SPAWNED
at_exit stop "$worker"
for ((kills = 0, i = 0; kills < 3 && i < 3000; i++)); do
	pid=$(rows "SELECT pid FROM e2e_orders WHERE item = 'payment' ORDER BY id DESC LIMIT 1")
	if [[ -n $pid ]]; then
		kill -KILL "$pid" && kills=$((kills + 1))
		rows "UPDATE e2e_orders SET item = 'given up' WHERE item = 'payment' AND pid = $pid"
	fi
	sleep 0.05
done
touch "$E2E_GO.payment"
wait_for 300 test ! -d "/proc/$worker" || not_ok 'the pool ends' "$(cat "$RUN/work.log")"
is 'fifty actions of one payment, whose worker is killed three times' '3 begun in vain, 1 paid' "$(orders 'given up') begun in vain, $(orders paid) paid"
is 'fail where their worker was killed' '47	complete 3	failed' "$(rows "SELECT COUNT(*), status FROM {actions} WHERE hook = 'e2e_pay' GROUP BY status ORDER BY status" | xargs -d '\n')"

# ---- wp asq circuit -----------------------------------------------------------------------------

succeeds 'no circuits' "$WP" asq circuit list --format=json
is 'are an empty list' '[]' "$OUTPUT"
site_php <<<'for ( $i = 0; $i < 5; $i++ ) { asq_circuit( "payment-api", array( "cooldown" => 3600 ) )->call( static fn() => new WP_Error( "down" ) ); } asq_circuit( "mail 🎉" )->call( static fn() => new WP_Error( "down" ) );'
succeeds 'two that have failed' "$WP" asq circuit list
has 'the one is open' 'payment-api	open	5	1	' "$(sed 's/ *| */\t/g' <<<"$OUTPUT")"
has 'the other is closed' 'mail 🎉	closed	1	0' "$(sed 's/ *| */\t/g' <<<"$OUTPUT")"
is 'by state' 1 "$("$WP" asq circuit list --state=open --format=count)"
is 'in other processes, too' 'Asq\CircuitOpenException' "$(site_php <<<'try { asq_circuit( "payment-api" )->call( "time" ); } catch ( Exception $e ) { echo get_class( $e ); }')"
succeeds 'reset' "$WP" asq circuit reset payment-api
has 'closes it' 'Success: The circuit payment-api is closed.' "$OUTPUT"
is 'in other processes, too' 'called' "$(site_php <<<'echo asq_circuit( "payment-api" )->call( static fn() => "called" );')"
succeeds 'trip' "$WP" asq circuit trip mail --for=900
has 'opens it' 'Success: The circuit mail is open for 900 seconds.' "$OUTPUT"
is 'for so long' 'open 1' "$(site_php <<<'$c = asq_circuits()[0]; echo $c["state"], " ", (int) ( $c["wait"] > 600 );')"
OUTPUT=$("$WP" asq circuit reset nobody 2>&1) || true
has 'one that is not known' 'Warning: The circuit nobody has never failed.' "$OUTPUT"
OUTPUT=$("$WP" asq circuit reset 2>&1) || true
has 'no name' 'Error: Give the names of circuits, or --all.' "$OUTPUT"
OUTPUT=$("$WP" asq circuit trip mail --for=x 2>&1) || true
has 'no number' 'Error: --for must be a whole number' "$OUTPUT"
OUTPUT=$("$WP" asq circuit list --state=x 2>&1) || true
has 'no state' 'Error: --state must be one of closed, open, half-open' "$OUTPUT"
succeeds 'all of them' "$WP" asq circuit reset --all
is 'are closed' 0 "$("$WP" asq circuit list --state=open --format=count)"
