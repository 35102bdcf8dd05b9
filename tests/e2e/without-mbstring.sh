#!/usr/bin/env bash
# wp asq where PHP has no mbstring: what it shows is cut by bytes, and no character is cut in two.
. "$(dirname "$0")/lib.sh"

drop_tables() {
	rows 'DROP TABLE IF EXISTS shop_asq_dead_letters'
}
drop_tables
at_exit drop_tables

sed 's/ -d error_reporting/ -d disable_functions=mb_strwidth,mb_strimwidth&/' "$WP" >"$RUN/wp"
chmod 755 "$RUN/wp"
succeeds 'the tables' "$WP" asq schema --upgrade
echo '<?php echo json_encode( array_map( "function_exists", array( "mb_strwidth", "mb_strimwidth" ) ) );' >"$RUN/ask.php"
OUTPUT=$("$RUN/wp" --require="$RUN/ask.php" asq dead-letter list --format=count 2>&1) || true
has 'there is none' '[false,false]' "$OUTPUT"

rows "INSERT INTO shop_asq_dead_letters (letter_id, action_id, hook, args, reason, error_message, first_failure_gmt, last_failure_gmt) VALUES
	(1, 1, 'short', '[]', 'exhausted', 'short\nmore', UTC_TIMESTAMP(), UTC_TIMESTAMP()),
	(2, 2, 'long', '[]', 'exhausted', REPEAT('x', 100), UTC_TIMESTAMP(), UTC_TIMESTAMP()),
	(3, 3, 'other', '[]', 'exhausted', CONCAT(REPEAT('x', 56), REPEAT(CONVERT(x'c3a9' USING utf8mb4), 30)), UTC_TIMESTAMP(), UTC_TIMESTAMP()),
	(4, 4, 'empty', '[]', 'exhausted', '', UTC_TIMESTAMP(), UTC_TIMESTAMP())"
# messages WP: those of the list, one in a line.
messages() {
	"$1" asq dead-letter list --fields=error_message --order=asc 2>/dev/null | tail -n +2 || true
}
succeeds 'dead letters' "$RUN/wp" asq dead-letter list
is 'are listed' "short
$(printf 'x%.0s' {1..57})...
$(printf 'x%.0s' {1..56})..." "$(messages "$RUN/wp")"
is 'with mbstring as well, by columns' "short
$(printf 'x%.0s' {1..59})…
$(printf 'x%.0s' {1..56})ééé…" "$(messages "$WP")"
succeeds 'wp asq status' "$RUN/wp" asq status
has 'is drawn' 'SCHEDULED' "$OUTPUT"
no_php_errors 'PHP has nothing to say'
