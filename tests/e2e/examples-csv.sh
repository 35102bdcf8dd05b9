#!/usr/bin/env bash
# examples/csv-import while workers and the database's connections are killed: no row is lost, none imported twice.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pool.inc"
. "$(dirname "$0")/examples.inc"

dying <<'PHP'
add_filter( 'asq_retry_policy', static function ( $policy, $hook, $group ) {
	return 'csv-import' === $group ? array( 'base' => 1, 'cap' => 1, 'jitter' => 0, 'max_attempts' => 50 ) + $policy : $policy;
}, 10, 3 );
// The chunks are queued, and nobody knows how many there are; a product is stored, but not its SKU; a chunk is done, and nobody has noted it.
add_filter( 'query', static function ( $sql ) {
	if ( false !== strpos( $sql, 'csv_imports SET total' ) ) {
		// Not before workers and connections have been killed.
		for ( $i = 0; $i < 6000 && ! file_exists( getenv( 'SEEN' ) . '.go' ); $i++ ) {
			usleep( 20000 );
		}
		e2e_die( 'split' );
	} elseif ( false !== strpos( $sql, 'REPLACE INTO' ) ) {
		e2e_die( 'chunk' );
	}
	return $sql;
} );
add_action( 'add_post_meta', static function ( $id, $key, $value ) {
	if ( 'sku' === $key && 'SKU-0500' === $value ) {
		e2e_die( 'half' );
	}
}, 10, 3 );
add_action( 'csv_import_finished', static function ( $import, $status ) {
	e2e_see( "finished $status->done of $status->total, $status->problems problems" );
}, 10, 2 );
PHP
install_example csv-import
products() {
	rows "DELETE FROM shop_postmeta WHERE post_id IN (SELECT ID FROM shop_posts WHERE post_type = 'csv_product'); DELETE FROM shop_posts WHERE post_type = 'csv_product'; DROP TABLE IF EXISTS shop_csv_imports, shop_csv_import_chunks"
}
at_exit products
at_exit rm -rf "$SITE/wp-content/uploads/csv-import"

# 1,000 good rows; a byte order mark, CRLF, quotes, line breaks within fields, empty lines; and what is wrong.
"$PHP" >"$RUN/products.csv" <<'PHP'
<?php
echo "\xEF\xBB\xBF\"name\",sku,price,colour\r\n";
for ( $n = 1; $n <= 1000; $n++ ) {
	printf( "\"Tea \"\"No. %d\"\",\r\nof 100 g é\",SKU-%04d,%.2f,\r\n%s", $n, $n, 3 + $n % 40 / 10, 0 === $n % 200 ? "\r\n" : '' );
	switch ( $n ) {
		case 150: echo "No price,SKU-A,free,\r\n"; break;
		case 350: echo "Too few,SKU-B\r\n"; break;
		case 351: echo "\xff\xfe,SKU-C,1.00,\r\n"; break;
		case 550: echo ",SKU-D,1.00,\r\n"; break;
		case 551: echo "Robert'); DROP TABLE shop_posts;--,SKU-',1.00,\r\n"; break;
		case 750: echo "Another tea,SKU-0750,9.99,\r\n"; break;
	}
}
PHP
succeeds 'an import begins' "$WP" csv-import start "$RUN/products.csv"
import=$OUTPUT
succeeds 'a file that is none is refused at once' bash -c '! "$1" csv-import start "$2" 2>&1' - "$WP" "$0"
has 'it says why' 'The file has no column sku, name, price.' "$OUTPUT"

pool_start pool --workers=3
# Workers and connections die while it works.
killed=0 cut=0
for ((i = 0; i < 180; i++)); do
	sleep 0.1
	! grep -q finished "$SEEN" || break
	if ((i % 4 == 1 && killed < 8)); then
		victim=$(workers_of "$POOL" | shuf -n 1)
		[[ -z $victim ]] || { kill -9 "$victim" 2>/dev/null && killed=$((killed + 1)); } || true
	elif ((i % 4 == 3 && cut < 8)); then
		victim=$(rows "SELECT id FROM information_schema.processlist WHERE user = 'asq_site' ORDER BY RAND() LIMIT 1")
		[[ -z $victim ]] || { rows "KILL $victim" 2>/dev/null && cut=$((cut + 1)); } || true
	fi
	! ((killed && cut)) || touch "$SEEN.go"
done
touch "$SEEN.go"
worked_off 'the import is worked off' 150
pool_term
has_died split chunk half
is 'workers were killed, and connections' yes "$( ((killed && cut)) && echo yes || echo "$killed, $cut")"

is 'it is finished, once, and says what it did' 'finished 1006 of 1006, 5 problems' "$(cat "$SEEN")"
is 'each product is there once' '1001 1001' "$(rows "SELECT COUNT(*), COUNT(DISTINCT post_name) FROM shop_posts WHERE post_type = 'csv_product' AND post_status = 'publish'" | tr '\t' ' ')"
is 'with its SKU and its price' 1001 "$(rows "SELECT COUNT(DISTINCT p.ID) FROM shop_posts p JOIN shop_postmeta s ON s.post_id = p.ID AND s.meta_key = 'sku' AND p.post_name = CONCAT('sku-', MD5(s.meta_value))
	JOIN shop_postmeta c ON c.post_id = p.ID AND c.meta_key = 'price' WHERE p.post_type = 'csv_product'")"
is 'and the right name' 1 "$(rows "SELECT COUNT(*) FROM shop_posts JOIN shop_postmeta ON post_id = ID AND meta_key = 'price' AND meta_value = '3.10' WHERE post_title = 'Tea \"No. 1\",\r\nof 100 g é'")"
succeeds 'the report' "$WP" csv-import report "$import" --format=csv
is 'it has what is wrong, by row' $'row,problem
152,"free is no price."
354,"It has 2 fields, which the heading has not."
356,"It is not UTF-8."
557,"It has no SKU or no name, or an SKU of more than 100 bytes."
760,"Another row has the SKU SKU-0750, with another name or price."' "$OUTPUT"
is 'an SKU with a quote in it is one like others' "Robert'); DROP TABLE shop_posts;--" "$(rows "SELECT post_title FROM shop_posts WHERE post_name = CONCAT('sku-', MD5('SKU-\''))")"
succeeds 'the status' "$WP" csv-import status "$import"
has 'it says how many' $'1006\t1001\t5\t2' "$OUTPUT"
is 'nothing has failed for good' '' "$(letters)"

# Some of it again, with another price: the products are changed, and there are no more of them.
{ echo sku,name,price; seq -f 'SKU-%04g,Tea,99.00' 120; } >"$RUN/again.csv"
: >"$SEEN"
succeeds 'some of it is imported again, with another price' "$WP" csv-import start "$RUN/again.csv"
pool_start pool --workers=2
worked_off 'it is worked off' 150
pool_term
is 'it is finished' 'finished 120 of 120, 0 problems' "$(cat "$SEEN")"
is 'there are as many products as before' 1001 "$(rows "SELECT COUNT(*) FROM shop_posts WHERE post_type = 'csv_product'")"
is 'with that price' 120 "$(rows "SELECT COUNT(DISTINCT post_id) FROM shop_postmeta JOIN shop_posts ON ID = post_id WHERE meta_key = 'price' AND meta_value = '99.00' AND post_title = 'Tea'")"
is 'PHP has logged nothing but lost connections' '' "$(php_errors | grep -vE 'gone away|Lost connection|Connection was killed|Error reading result|WordPress database error' || true)"
