#!/usr/bin/env bash
# wp asq schema: shows and makes what the extension adds to Action Scheduler's tables.
. "$(dirname "$0")/lib.sh"

# index: its columns, a word each.
index() {
	rows "SELECT GROUP_CONCAT(column_name ORDER BY seq_in_index SEPARATOR ' ') FROM information_schema.statistics
		WHERE table_schema = 'asq_site' AND table_name = 'shop_actionscheduler_actions' AND index_name = 'asq_claim'"
}

restore() {
	rows 'ALTER TABLE {actions} DROP INDEX IF EXISTS asq_claim; DROP TABLE IF EXISTS shop_asq_workers, shop_asq_pauses, shop_asq_keys, shop_asq_circuits'
}

mu_plugin nothing <<<"add_action( 'e2e_nothing', '__return_null' );"
site_php <<<"asq_enqueue_many( 'e2e_nothing', array_map( fn( \$n ) => array( \$n ), range( 1, 2000 ) ) );"
restore
at_exit restore

status=0
OUTPUT=$("$WP" asq schema 2>&1) || status=$?
is 'without them it fails' 1 "$status"
has 'it says what is missing' 'asq_claim' "$(grep missing <<<"$OUTPUT")"
has 'and how to get it' 'wp asq schema --upgrade' "$OUTPUT"
is 'it has made nothing' NULL "$(index)"

succeeds 'upgrade' "$WP" asq schema --upgrade
# The server's own estimate of 2,000.
is 'says what it does' 1 "$(grep -cE 'Making the index asq_claim of about [123],[0-9]{3} actions' <<<"$OUTPUT")"
is 'and makes the index' 'status claim_id priority attempts scheduled_date_gmt action_id' "$(index)"
succeeds 'once more' "$WP" asq schema --upgrade --format=json
is 'finds all there' 'present' "$("$PHP" -r 'echo implode( " ", array_unique( array_column( json_decode( $argv[1], true ), "state" ) ) );' "$OUTPUT")"

rows 'ALTER TABLE {actions} DROP INDEX asq_claim, ADD INDEX asq_claim (status)'
succeeds 'an index of that name with other columns' "$WP" asq schema --upgrade
is 'is replaced' 'status claim_id priority attempts scheduled_date_gmt action_id' "$(index)"

succeeds "Action Scheduler's own repair" "$WP" action-scheduler fix-schema
is 'keeps the index' 'status claim_id priority attempts scheduled_date_gmt action_id' "$(index)"
succeeds 'the queue runs as before' "$WP" action-scheduler run --batches=1
has 'by the index or without' '100 scheduled tasks completed.' "$OUTPUT"
no_php_errors 'without a warning'
