#!/usr/bin/env bash
# wp asq: what it shows of the queue and its workers, health checks by exit status, and pausing.
. "$(dirname "$0")/lib.sh"

asq() {
	"$WP" asq "$@"
}

# exits NAME STATUS TEXT ARG...: wp asq with these arguments ends so, and says that.
exits() {
	local name=$1 expected=$2 text=$3 status=0
	shift 3
	OUTPUT=$(asq "$@" 2>&1) || status=$?
	is "$name: status" "$expected" "$status"
	has "$name: message" "$text" "$OUTPUT"
}

# json PHP: what the expression says of the JSON that it reads, as $s.
json() {
	"$PHP" -r '$s = json_decode( stream_get_contents( STDIN ), true, 512, JSON_THROW_ON_ERROR ); echo '"$1"';'
}

drop_own_tables() {
	rows 'DROP TABLE IF EXISTS shop_asq_workers, shop_asq_pauses'
}

make_workers() {
	rows "CREATE TABLE IF NOT EXISTS shop_asq_workers (worker_id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
		supervisor_id bigint unsigned NOT NULL DEFAULT 0, host varchar(191) NOT NULL, pid int unsigned NOT NULL DEFAULT 0,
		state varchar(20) NOT NULL, started_gmt datetime(3) NOT NULL, heartbeat_gmt datetime(3) NOT NULL,
		action_id bigint unsigned NOT NULL DEFAULT 0, action_hook varchar(191) NOT NULL DEFAULT '', action_started_gmt datetime(3) NULL,
		succeeded bigint unsigned NOT NULL DEFAULT 0, failed bigint unsigned NOT NULL DEFAULT 0, memory bigint unsigned NOT NULL DEFAULT 0,
		claim_id bigint unsigned NOT NULL DEFAULT 0, options text NOT NULL)"
	rows 'TRUNCATE shop_asq_workers'
	rows "INSERT INTO shop_asq_workers (worker_id, supervisor_id, host, pid, state, started_gmt, heartbeat_gmt, action_id, action_hook, action_started_gmt, succeeded, failed, memory, options) VALUES
		(1, 0, 'web1', 1200, 'running', UTC_TIMESTAMP(3) - INTERVAL 3 HOUR, UTC_TIMESTAMP(3) + INTERVAL 1 HOUR, 0, '', NULL, 0, 0, 23000000, '{}'),
		(2, 1, 'web1', 1201, 'busy', UTC_TIMESTAMP(3) - INTERVAL 3 HOUR, UTC_TIMESTAMP(3) + INTERVAL 1 HOUR, 4711, 'shop/send_%_newsletter_to_each_and_every_subscriber_there_is', UTC_TIMESTAMP(3) - INTERVAL 9000 SECOND, 123456, 12, 73400320, ''),
		(3, 1, 'web1', 1202, 'idle', UTC_TIMESTAMP(3) - INTERVAL 3 HOUR, UTC_TIMESTAMP(3) + INTERVAL 1 HOUR, 0, '', NULL, 99, 0, 73400320, ''),
		(4, 0, 'web2', 88, 'running', UTC_TIMESTAMP(3) - INTERVAL 5 HOUR, UTC_TIMESTAMP(3) - INTERVAL 11 SECOND, 0, '', NULL, 0, 0, 0, '{}')"
}

drop_own_tables
at_exit drop_own_tables

# ---- Nothing there yet ------------------------------------------------------------------------

succeeds 'status of an empty queue without tables of its own' asq status
has 'it says that nothing is due' 'Oldest due   nothing is due' "$OUTPUT"
has 'and that no supervisor runs' 'No supervisor runs' "$OUTPUT"
is 'no workers' 0 "$(asq workers --format=count)"
is 'no pauses' '[]' "$(asq pauses --format=json)"
exits 'a check without a supervisor' 1 'UNHEALTHY: no supervisor is alive.' status --check
exits 'a check of the age alone' 0 'OK: ' status --check=age
exits 'to resume what is not paused' 0 'Warning: Hook e2e_a was not paused.' resume --hook=e2e_a

# ---- What it shows ----------------------------------------------------------------------------

site_php <<'PHP'
asq_enqueue_many( 'e2e_a', array_fill( 0, 20, array( 1 ) ), 'first', false, 10, time() - 93601 );
asq_enqueue_many( 'e2e_b', array_fill( 0, 7, array( 1 ) ), 'second' );
asq_enqueue_many( 'e2e_b', array_fill( 0, 3, array( 1 ) ), '', false, 10, time() + 4000 );
PHP
rows "UPDATE {actions} SET status = 'complete', last_attempt_gmt = UTC_TIMESTAMP() + INTERVAL 1 HOUR WHERE hook = 'e2e_a' ORDER BY action_id LIMIT 4"
rows "UPDATE {actions} SET status = 'failed', last_attempt_gmt = UTC_TIMESTAMP() + INTERVAL 1 HOUR WHERE hook = 'e2e_b' ORDER BY action_id LIMIT 2"
make_workers

succeeds 'status' asq status
is 'no line is longer than 80 columns' '' "$(LC_ALL=C.UTF-8 grep -E '.{81}' <<<"$OUTPUT" || true)"
is 'no colour in a pipe' 0 "$(grep -c $'\e' <<<"$OUTPUT" || true)"
has 'the counts' '21          3            0         4       2         0' "$OUTPUT"
has 'the oldest' 'Oldest due   1 d 2 h' "$OUTPUT"
has 'the last minute' 'Last minute  4 complete, 2 failed (0.1 a second)' "$OUTPUT"
has 'a worker' '1201  busy   2 h 3' "$OUTPUT"
has 'its action, cut' '4711 shop/send_%_news' "$OUTPUT"
has 'a dead one' 'Supervisor 88 on web2: dead' "$OUTPUT"

STATUS=$(asq status --format=json)
is 'JSON: counts' '21 3 0 4 2 0' "$(json 'implode( " ", $s["counts"] )' <<<"$STATUS")"
is 'JSON: hooks, the longest backlog first' 'e2e_a 16 0 0 0, e2e_b 5 3 0 2' "$(json 'implode( ", ", array_map( fn( $h ) => implode( " ", $h ), $s["hooks"] ) )' <<<"$STATUS")"
is 'JSON: groups' 'first 16, second 5, (none) 0' "$(json 'implode( ", ", array_map( fn( $g ) => ( $g["group"] ?: "(none)" ) . " " . $g["due"], $s["groups"] ) )' <<<"$STATUS")"
is 'JSON: nothing is an estimate' 0 "$(json 'count( $s["approximate"] )' <<<"$STATUS")"
is 'JSON: workers' '1 1 1 0' "$(json 'implode( " ", array_map( "intval", array_column( $s["workers"], "alive" ) ) )' <<<"$STATUS")"
is '--top' 1 "$(asq status --format=json --top=1 | json 'count( $s["hooks"] )')"
is '--top=0' 0 "$(asq status --format=json --top=0 | json 'isset( $s["hooks"] ) + isset( $s["groups"] )')"

succeeds 'workers' asq workers
has 'each supervisor with its own' 'Supervisor 1200 on web1: running, up 3 h' "$OUTPUT"
is 'workers as CSV' $'pid,alive\n1200,1\n1201,1\n1202,1\n88,' "$(asq workers --format=csv --fields=pid,alive)"
is 'workers as JSON' '1200,1201,1202,88' "$(asq workers --format=json | json 'implode( ",", array_column( $s, "pid" ) )')"

WATCHED=$(timeout -s INT 120 bash -c '"$0" asq status --watch=1 --top=0 | head -n 20' "$WP" 2>/dev/null || true)
is '--watch shows it again' 2 "$(grep -c '^Oldest due' <<<"$WATCHED")"
WATCHED=$(timeout -s INT 120 bash -c '"$0" asq status --watch=1 --format=json | head -n 2' "$WP" 2>/dev/null || true)
is '--watch as JSON is a line each' '21 21' "$(while read -r line; do json '$s["counts"]["due"]' <<<"$line"; echo; done <<<"$WATCHED" | paste -s -d ' ')"
if command -v script >/dev/null; then
	ON_TERMINAL=$(script -qec "stty cols 80 rows 24; '$WP' asq status" /dev/null </dev/null)
	has 'on a terminal it has colours' $'\e[31m' "$ON_TERMINAL"
	ON_TERMINAL=$(script -qec "stty cols 80 rows 24; '$WP' asq status --no-color" /dev/null </dev/null)
	is 'but not with --no-color' 0 "$(grep -c $'\e' <<<"$ON_TERMINAL" || true)"
else
	skip 'colours' 'no script(1)'
fi

# ---- Health -----------------------------------------------------------------------------------

exits 'overdue' 2 'UNHEALTHY: the oldest due action has waited 1 d 2 h, more than 5 m.' status --check
exits 'not overdue by another measure' 0 'OK: 1 supervisor, 2 workers (1 busy), oldest due 1 d 2 h.' status --check --max-age=99999
exits 'a worker that takes long' 2 'UNHEALTHY: worker 1201 on web1 has been busy with action 4711' status --check=workers --max-run=60
exits 'another host, whose supervisor is dead' 1 'no supervisor is alive on web2' status --check=supervisor --host=web2
exits 'this host, which has none' 1 "no supervisor is alive on $(hostname)" status --check=supervisor --host
rows 'DELETE FROM shop_asq_workers WHERE supervisor_id = 1'
exits 'a supervisor without workers' 2 'the supervisor 1200 on web1 has no worker' status --check=supervisor,workers
rows "UPDATE shop_asq_workers SET state = 'stopping'"
exits 'one that is stopping' 1 'no supervisor is alive' status --check=supervisor
mu_plugin wrong_password <<'PHP'
if ( getenv( 'E2E_WRONG' ) ) {
	add_action( 'init', static function () {
		global $wpdb;
		$property = new ReflectionProperty( 'wpdb', 'dbuser' );
		$property->setAccessible( true );
		$property->setValue( $wpdb, 'nobody_of_that_name' );
		ini_set( 'asq.link', 'client' );
	}, 99 );
}
PHP
E2E_WRONG=1 exits 'a database that cannot be asked' 3 'UNKNOWN: ' status --check

# ---- Pausing ----------------------------------------------------------------------------------

mu_plugin count <<'PHP'
foreach ( array( 'e2e_a', 'e2e_b', 'e2e_c' ) as $hook ) {
	add_action( $hook, static function () {} );
}
PHP
empty_queue
site_php <<'PHP'
foreach ( array( 'e2e_a' => 'first', 'e2e_b' => 'second', 'e2e_c' => '' ) as $hook => $group ) {
	asq_enqueue_many( $hook, array_fill( 0, 3, array() ), $group );
}
PHP
# left: the hooks of pending actions, with their numbers.
left() {
	rows "SELECT COALESCE(GROUP_CONCAT(hook, n ORDER BY hook), '') FROM (SELECT SUBSTR(hook, 5) AS hook, COUNT(*) AS n FROM {actions} WHERE status = 'pending' AND hook LIKE 'e2e%' GROUP BY hook) AS x"
}
exits 'to pause a hook' 0 'Success: Hook e2e_a is paused.' pause --hook=e2e_a
is 'a hook that has actions is no cause to warn' 0 "$(grep -c Warning <<<"$OUTPUT" || true)"
exits 'to pause it again' 0 'Success: Hook e2e_a was paused already.' pause --hook=e2e_a
exits 'to pause a group' 0 'Success: Group second is paused.' pause --group=second
exits 'to pause a group that is not there' 0 'Warning: There has been no action of the group nobody yet.' pause --group=nobody
is 'pauses' $'kind,name\ngroup,nobody\ngroup,second\nhook,e2e_a' "$(asq pauses --format=csv | cut -d, -f1,2)"
has 'status names them' 'Paused       group nobody, group second, hook e2e_a' "$(asq status)"

succeeds 'wp action-scheduler run' "$WP" action-scheduler run
has 'says what is paused' 'Paused, and left alone: group nobody, group second, hook e2e_a.' "$OUTPUT"
has 'runs the rest' '3 scheduled tasks completed.' "$OUTPUT"
is 'and leaves that alone' 'a3,b3' "$(left)"
is 'what is paused is not late' '' "$(asq status --format=json | json '$s["oldest_due_gmt"]')"
succeeds "WP-Cron's runner" site_php <<<'do_action( "action_scheduler_run_queue", "WP Cron" );'
is 'leaves it alone, too' 'a3,b3' "$(left)"
succeeds 'a hook that is named, too' "$WP" action-scheduler run --hooks=e2e_a
is 'is left alone' 'a3,b3' "$(left)"
exits 'to resume the hook' 0 'Success: Hook e2e_a goes on.' resume --hook=e2e_a
has 'it says what is still paused' 'Still paused: group nobody, group second.' "$OUTPUT"
exits 'to pause all' 0 'Success: The queue is paused.' pause --all
succeeds 'a run' "$WP" action-scheduler run
is 'runs nothing' 'a3,b3' "$(left)"
exits 'to resume all' 0 'Success: The queue goes on.' resume --all
succeeds 'a run' "$WP" action-scheduler run
is 'runs the hook, and the group is still paused' 'b3' "$(left)"
exits 'to resume the group' 0 'Success: Group second goes on.' resume --group=second
succeeds 'a run' "$WP" action-scheduler run
is 'runs all' '' "$(left)"
is 'all are complete, once' '9 9' "$(rows "SELECT CONCAT(SUM(status = 'complete'), ' ', SUM(attempts)) FROM {actions} WHERE hook LIKE 'e2e%'")"

# ---- In a transaction ---------------------------------------------------------------------------

transaction() {
	site_php <<-'PHP'
		global $wpdb;
		$wpdb->query( 'START TRANSACTION' );
		as_enqueue_async_action( 'e2e_rolled_back' );
		try {
			echo json_encode( asq_pause( 'hook', 'e2e_a' ) );
		} catch ( RuntimeException $e ) {
			echo $e->getMessage();
		}
		echo ' ', count( asq_pauses() );
		$wpdb->query( 'ROLLBACK' );
		echo ' ', count( asq_pauses() ), ' ', as_count_scheduled_actions( array( 'hook' => 'e2e_rolled_back' ) );
	PHP
}
rows 'DELETE FROM shop_asq_pauses'
is "a pause belongs to the caller's transaction" 'true 1 0 0' "$(transaction)"
drop_own_tables
has 'which the first one must not commit by making the table' 'shop_asq_pauses is not there, and cannot be made in a transaction' "$(transaction)"
is 'it has not' '0 0 0' "$(transaction | grep -o '[0-9 ]*$' | sed 's/^ //')"

# ---- What makes no sense ----------------------------------------------------------------------

exits 'pause of nothing' 1 'Give one of --hook=<hook>, --group=<group> and --all.' pause
exits 'pause of two things' 1 'Give one of' pause --all --hook=e2e_a
exits 'pause of an empty name' 1 '--hook needs a name' pause --hook=
exits 'a format that is none' 1 '--format must be one of table, json, not "csv".' status --format=csv
exits 'a number that is none' 1 '--top must be a whole number, not "few".' status --top=few
exits 'a check that is none' 1 '--check must be one of supervisor, age, workers, not "weather".' status --check=weather

no_php_errors 'nothing was logged'
