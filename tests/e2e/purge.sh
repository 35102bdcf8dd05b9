#!/usr/bin/env bash
# `wp asq purge`: what it deletes, what it prints, and what it refuses.
. "$(dirname "$0")/lib.sh"

# fill: 40 actions each of complete, canceled and failed, 32 days old, of pending and in-progress, and complete ones of
# today; two log rows each, 5 log rows of actions that are gone, an old claim.
fill() {
	empty_queue
	rows "INSERT INTO {actions} (hook, status, args, last_attempt_gmt, last_attempt_local)
		SELECT 'e2e_purge', ELT(1 + (seq - 1) DIV 40, 'complete', 'canceled', 'failed', 'pending', 'in-progress', 'complete'), '[]',
			UTC_TIMESTAMP() - INTERVAL IF(seq > 200, 0, 32) DAY, UTC_TIMESTAMP() FROM seq_1_to_240"
	rows "INSERT INTO {logs} (action_id, message) SELECT action_id, 'log' FROM {actions} JOIN seq_1_to_2"
	rows "INSERT INTO {logs} (action_id, message) SELECT 100000, 'log' FROM seq_1_to_5"
	rows 'INSERT INTO {claims} (date_created_gmt) VALUES (UTC_TIMESTAMP() - INTERVAL 2 DAY)'
}

# left: how many there are of each status, log rows, and claims.
left() {
	rows "SELECT CONCAT(status, ' ', COUNT(*)) FROM {actions} GROUP BY status ORDER BY status" | paste -s -d ' '
	rows "SELECT CONCAT((SELECT COUNT(*) FROM {logs}), ' logs, ', (SELECT COUNT(*) FROM {claims}), ' claims')"
}
everything=$'canceled 40 complete 80 failed 40 in-progress 40 pending 40\n485 logs, 1 claims'

# The first call makes the tables.
succeeds 'an empty queue is purged' "$WP" asq purge
fill
succeeds 'a dry run ends well' "$WP" asq purge --dry-run
has 'and says what would go' '80 actions would be deleted.' "$OUTPUT"
is 'but deletes nothing' "$everything" "$(left)"

succeeds 'a purge ends well' "$WP" asq purge
has 'and says how many' 'Success: 80 actions deleted.' "$OUTPUT"
has 'in a table, too' 'longest_batch_seconds' "$OUTPUT"
is 'what ended a month ago is gone, with its logs' $'complete 40 failed 40 in-progress 40 pending 40\n320 logs, 0 claims' "$(left)"

fill
succeeds 'with all flags' "$WP" asq purge --status=failed,canceled --before='2 days ago' --limit=50 --batch-size=7 --pause=1 --format=json
is 'JSON has the counts' 'failed 50 100 0 ' "$("$PHP" -r '$c = json_decode( $argv[1] ); echo "failed $c->actions $c->logs $c->orphan_logs ";' "$OUTPUT")"
is 'so many were deleted' 30 "$(rows "SELECT COUNT(*) FROM {actions} WHERE status IN ('failed', 'canceled')")"

fill
mu_plugin retention <<'PHP'
add_filter( 'action_scheduler_retention_period', static fn( $seconds ) => getenv( 'E2E_RETENTION' ) ?: $seconds );
PHP
succeeds 'a filter changes the retention' env E2E_RETENTION=3456000 "$WP" asq purge --format=json
is 'nothing is that old' $'canceled 40 complete 80 failed 40 in-progress 40 pending 40\n480 logs, 0 claims' "$(left)"

# refuses NAME TEXT FLAG...: it fails, says why, and deletes nothing.
refuses() {
	local name=$1 text=$2 output status=0
	shift 2
	output=$("$WP" asq purge "$@" 2>&1) || status=$?
	is "$name is refused" 1 "$status"
	has "$name: why" "$text" "$output"
}
fill
refuses 'pending' 'Actions that are pending have not ended' --status=complete,pending
refuses 'in-progress' 'Actions that are in-progress have not ended' --status=in-progress
refuses 'a status that is none' 'There is no status completed' --status=completed
refuses 'no status' '--status needs one of' --status=
refuses 'a date that is none' '--before is no date' --before=soon
refuses 'an empty date' '--before is no date' --before=
refuses 'a number that is none' '--limit must be a whole number' --limit=all
refuses 'a format that is none' 'format' --format=xml
is 'nothing was deleted' "$everything" "$(left)"

# On a terminal there is a bar.
if command -v script >/dev/null; then
	bar=$(script -qec "$WP asq purge" /dev/null </dev/null | tr '\r' '\n')
	has 'on a terminal there is a progress bar' 'Purging 80 actions' "$bar"
	has 'which comes to its end' '100' "$bar"
else
	skip 'on a terminal there is a progress bar' 'needs script'
fi

# A plugin that listens hears of each.
mu_plugin listener <<'PHP'
add_action( 'action_scheduler_deleted_action', static function ( $id ) {
	file_put_contents( getenv( 'E2E_DELETED' ), "$id\n", FILE_APPEND );
} );
PHP
export E2E_DELETED=$RUN/deleted
fill
succeeds 'with a listener' "$WP" asq purge
is 'who hears of each' 80 "$(sort -u "$E2E_DELETED" | wc -l)"
is 'the same are gone' $'complete 40 failed 40 in-progress 40 pending 40\n320 logs, 0 claims' "$(left)"
no_php_errors 'PHP has nothing to complain about'
