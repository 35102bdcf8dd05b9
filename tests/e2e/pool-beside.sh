#!/usr/bin/env bash
# Where much is going on, a supervisor writes over a second connection while it claims over the first: each action is run and written once,
# whatever becomes of that connection, and of the rows meanwhile; and it is the server's again when there is nothing to do.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/races.inc"

COUNT=6000

mu_plugin beside <<'PHP'
add_action( 'e2e_beside', static function ( $number ) {
	file_put_contents( getenv( 'E2E_SEEN' ), "$number\n", FILE_APPEND );
} );
PHP

# Who writes the log is noted: but for whoever enqueues, that is the supervisor.
at_exit sql asq_site -e 'DROP TRIGGER IF EXISTS e2e_beside; DROP TABLE IF EXISTS e2e_writers'
site_php <<<'as_enqueue_async_action( "e2e_none" );'
sql asq_site -e 'CREATE TABLE e2e_writers (id BIGINT PRIMARY KEY) ENGINE=MyISAM;
	CREATE TRIGGER e2e_beside AFTER INSERT ON shop_actionscheduler_logs FOR EACH ROW INSERT IGNORE INTO e2e_writers VALUES (CONNECTION_ID())'

# enqueue: before the pool is there.
enqueue() {
	empty_queue
	: >"$E2E_SEEN"
	site_php "$COUNT" <<<'asq_enqueue_many( "e2e_beside", array_map( fn( $n ) => array( $n ), range( 1, (int) $argv[1] ) ), "e2e" );'
	sql asq_site -e 'TRUNCATE e2e_writers'
}

writers() {
	sql asq_site -e 'SELECT COUNT(*) FROM e2e_writers'
}

writers_connected() {
	sql asq_site -e 'SELECT COUNT(*) FROM e2e_writers JOIN information_schema.processlist USING (id)'
}

one_connected() {
	[[ $(writers_connected) == 1 ]]
}

connections() {
	sql -e "SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'asq_site'"
}

as_usual() {
	[[ $(connections) == "$USUAL" ]]
}

none_connected() {
	[[ $(connections) == 0 ]]
}

# sums: how many of each status there are, and log rows for each of them; how often was run what, at most.
sums() {
	queue 'SELECT GROUP_CONCAT(CONCAT_WS(" ", n, status, logs) ORDER BY status, logs SEPARATOR ", ") FROM (SELECT status, logs, COUNT(*) AS n FROM (
		SELECT action_id, status, (SELECT COUNT(*) FROM {logs} l WHERE l.action_id = a.action_id) AS logs FROM {actions} a) each_one GROUP BY status, logs) sums'
}

run_at_most() {
	sort "$E2E_SEEN" | uniq -c | awk '$1 > most { most = $1 } END { print most + 0 }'
}

# ---- Undisturbed ----------------------------------------------------------------------------

enqueue
pool plain --workers=2
must 'all have been run' 300 none_due
is 'each is written once' "$COUNT complete 3" "$(sums)"
is 'each is run once' "$COUNT 1" "$(wc -l <"$E2E_SEEN") $(run_at_most)"
is 'two connections have written' 2 "$(writers)"
comes 'then one of them is ended' one_connected
must 'the pool is idle' 60 pool_is_up plain 2
USUAL=$(connections)
pool_ends plain
is 'it ends' '' "$ENDED"

# ---- Refused --------------------------------------------------------------------------------

must 'all are gone' 60 none_connected
enqueue
must 'the enqueuer is gone, too' 60 none_connected
at_exit sql -e "GRANT USAGE ON *.* TO asq_site@'%' WITH MAX_USER_CONNECTIONS 0; FLUSH USER_RESOURCES"
sql -e "GRANT USAGE ON *.* TO asq_site@'%' WITH MAX_USER_CONNECTIONS $USUAL; FLUSH USER_RESOURCES"
# What the pool needs in any case is there before there is work.
rows "INSERT INTO {pauses} VALUES ('all', '', UTC_TIMESTAMP())"
at_exit rows 'DELETE FROM {pauses}'
pool refused --workers=2
must 'what it needs is connected' 90 as_usual
rows 'DELETE FROM {pauses}'
must 'all have been run without it' 300 none_due
sql -e "GRANT USAGE ON *.* TO asq_site@'%' WITH MAX_USER_CONNECTIONS 0; FLUSH USER_RESOURCES"
is 'without it each is written once' "$COUNT complete 3" "$(sums)"
is 'without it each is run once' "$COUNT 1" "$(wc -l <"$E2E_SEEN") $(run_at_most)"
is 'one connection has written' 1 "$(writers)"
pool_ends refused
is 'without it, it ends' '' "$ENDED"
is 'nothing is said about it' '' "$(grep -iE 'connection|database' "$RUN/refused.log" || true)"

# ---- Killed ---------------------------------------------------------------------------------

# while_due CODE: PHP that is done again and again until nothing is due; $db is a connection, and it may end it by `break`. Prints what
# $done has come to. Errors, say of who has just gone, are passed over.
while_due() {
	local file=$RUN/while-due.php
	cat >"$file" <<-PHP
		<?php
		mysqli_report( MYSQLI_REPORT_OFF );
		\$db   = new mysqli( 'localhost', 'root', '', 'asq_site', 0, \$argv[1] );
		\$done = 0;
		while ( \$db->query( "SELECT 1 FROM shop_actionscheduler_actions WHERE status IN ('pending', 'in-progress') LIMIT 1" )->num_rows ) {
			$1
			usleep( 1000 );
		}
		echo \$done;
	PHP
	"$PHP" "$file" "$MARIADB_SOCKET"
}

# kill_beside WHAT: whenever it is seen writing, be it in the trigger, the connection or the query is ended; at most 30 times. Prints how often.
kill_beside() {
	while_due '$seen = $db->query( "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND (info LIKE '\''%@asq_m0%'\'' OR info LIKE '\''INSERT IGNORE INTO e2e_writers%'\'')" )->fetch_row();
		if ( $seen && $db->query( "KILL '"$1"' $seen[0]" ) && 30 === ++$done ) {
			break;
		}'
}

for what in CONNECTION QUERY; do
	enqueue
	pool "killed-$what" --workers=2
	kills=$(kill_beside "$what")
	must "$what killed: all have been run" 300 none_due
	is "$what killed: each is written once" "$COUNT complete 3" "$(sums)"
	is "$what killed: each is run once" "$COUNT 1" "$(wc -l <"$E2E_SEEN") $(run_at_most)"
	at_most "$what killed: at least once" 0 $((1 - (kills > 0)))
	pool_ends "killed-$what"
	is "$what killed: it ends" '' "$ENDED"
done

# ---- Changed --------------------------------------------------------------------------------

# cancel_some: of what is claimed and, as far as the table says, not begun.
cancel_some() {
	while_due '$db->query( "UPDATE shop_actionscheduler_actions SET status = \"canceled\" WHERE status = \"pending\" AND action_id = "
			. ( $db->query( "SELECT action_id FROM shop_actionscheduler_actions WHERE status = \"pending\" AND claim_id > 0 LIMIT 1" )->fetch_row()[0] ?? 0 ) );
		$done += $db->affected_rows;'
}

enqueue
pool changed --workers=2
cancel_some >"$RUN/out"
must 'changed: all has an end' 300 none_due
canceled=$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'canceled'")
is 'changed: what is canceled stays so, all else is written once' "$canceled canceled 1, $((COUNT - canceled)) complete 3" "$(sums)"
is 'changed: nothing is run twice' 1 "$(run_at_most)"
at_most 'changed: some were canceled' 0 $((1 - (canceled > 0)))
pool_ends changed
is 'changed: it ends' '' "$ENDED"
no_php_errors 'PHP has nothing to complain about'
