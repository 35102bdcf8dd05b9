#!/usr/bin/env bash
# examples/simple-queue, priority-queue and dead-letter-queue: their order, their attempts, their groups, and what is done with dead letters.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pool.inc"
. "$(dirname "$0")/examples.inc"

mail_server
dying <<'PHP'
add_action( 'simple_queue_e2e_note', static function ( $payload ) {
	e2e_see( "note {$payload['n']}" );
} );
add_action( 'simple_queue_e2e_fail', static function ( $payload ) {
	e2e_see( 'fail' );
	throw new RuntimeException( "no luck with {$payload['n']}" );
} );
add_action( 'simple_queue_e2e_killed', static function () {
	e2e_see( 'killed' );
	e2e_die( 'job' );
} );
add_action( 'priority_queue_see', static function ( $payload ) {
	e2e_see( $payload['level'] . ' ' . $payload['n'] );
} );
add_action( 'priority_queue_long', static function () {
	e2e_see( 'long begins' );
	for ( $i = 0; $i < 6000 && ! file_exists( getenv( 'SEEN' ) . '.go' ); $i++ ) {
		usleep( 100000 );
	}
	e2e_see( 'long ends' );
} );
add_action( 'priority_queue_fail', static function () {
	throw new RuntimeException( 'no' );
} );
asq_retry_policy( 'e2e_address', array( 'max_attempts' => 1 ) );
asq_retry_policy( 'e2e_quiet', array( 'max_attempts' => 1 ) );
add_action( 'e2e_address', static function ( $address, $n ) {
	if ( 'old' === $address ) {
		throw new Asq\PermanentException( "nobody at $address" );
	}
	e2e_see( "delivered $n" );
}, 10, 2 );
add_action( 'e2e_quiet', static function () {
	throw new Exception( 'never mind' );
} );
add_filter( 'dead_letter_queue_quiet', static function () {
	return array( 'e2e_quiet' );
} );
add_filter( 'dead_letter_queue_to', static function () {
	return 'ops@example.com';
} );
PHP

# ---- simple-queue -------------------------------------------------------------------------------

install_example simple-queue
succeeds 'jobs are queued' site_php <<'PHP'
$queue = new Simple_Queue( 'e2e' );
for ( $n = 1; $n <= 30; $n++ ) {
	$queue->add( 'note', array( 'n' => $n ) );
}
$failing = $queue->add( 'fail', array( 'n' => 31 ) );
$queue->add( 'note', array( 'n' => 32 ) );
$queue->add( 'note', array( 'n' => 'late' ), HOUR_IN_SECONDS );
$queue->add( 'killed' );
$queue->add( 'nobody' );
try {
	$queue->add( 'note', array( str_repeat( 'x', 9000 ) ) );
} catch ( RuntimeException $e ) {
	echo 'too long; ';
}
( new Simple_Queue( 'notifications' ) )->add( 'send_email', array( 'to' => 'flaky@example.com', 'subject' => 'Hello', 'text' => 'Hi' ) );
printf( '%d waiting, %s, %s, "%s"', $queue->length(), Simple_Queue::status( $failing ), Simple_Queue::status( $failing + 1 ), Simple_Queue::status( 999999 ) );
PHP
is 'how they stand' 'too long; 35 waiting, pending, pending, ""' "$OUTPUT"
has 'what is too long is in the log' 'too long' "$(php_errors)"
PHP_ERRORS=$(wc -l <"$ASQ_TEST_RUN/php-error.log")
pool_start pool --workers=1
worked_off 'they are worked off' 150
is 'first in, first out' "$(seq -f 'note %g' 30 | cat - <(echo fail; echo note 32; echo killed))" "$(cat "$SEEN")"
# sooner MESSAGE: what is due in some minutes is due now, if the log says so of it.
sooner() {
	is "$1" 1 "$(rows "SELECT COUNT(*) FROM {logs} JOIN {actions} USING (action_id) WHERE args LIKE '%\"fail\"%' AND message LIKE 'action failed, retry $2: no luck with 31'")"
	rows "UPDATE {actions} SET scheduled_date_gmt = UTC_TIMESTAMP() WHERE status = 'pending' AND args NOT LIKE '%late%'"
}
sooner 'what fails comes again after two minutes' '1 of 2 in 120 seconds'
worked_off 'it does' 150
sooner 'then after four' '2 of 2 in 240 seconds'
worked_off 'it does, once more' 150
is 'three attempts' 3 "$(grep -c fail "$SEEN")"
is 'then there is a letter; who was killed has one at once, for it may have done its work; as has what nobody listens to' \
	$'simple_queue_job crashed\nsimple_queue_job exhausted\nsimple_queue_job exhausted' "$(letters)"
is 'a mail that the server refused twice is sent' 1 "$(grep -c '^flaky@example.com|Hello|' "$MAIL/sent")"
is 'what is for later waits' 1 "$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'pending' AND args LIKE '%late%'")"
pool_term

# ---- priority-queue -----------------------------------------------------------------------------

empty_queue
fresh_tables
: >"$SEEN"
install_example priority-queue
succeeds 'jobs of three levels are queued, the least urgent first' site_php <<'PHP'
foreach ( array( 'low', 'normal', 'high' ) as $level ) {
	for ( $n = 1; $n <= 10; $n++ ) {
		priority_queue_add( $level, 'see', compact( 'level', 'n' ) );
	}
}
try {
	priority_queue_add( 'highest', 'see' );
} catch ( InvalidArgumentException $e ) {
	echo $e->getMessage(), ' ';
}
echo wp_json_encode( priority_queue_lengths() );
PHP
is 'how many wait' 'There is no level highest, but high, normal, low. {"high":10,"normal":10,"low":10}' "$OUTPUT"
pool_start pool --workers=1
worked_off 'they are worked off' 150
is 'the urgent ones first, and each level in its order' "$(for level in high normal low; do seq -f "$level %g" 10; done)" "$(cat "$SEEN")"
pool_term

# One pool for what is urgent, another one for the rest: a long job does not stand in the way.
: >"$SEEN"
pool_start rest --workers=1 --exclude-groups=priority-high
rest=$POOL
pool_start pool --workers=1 --group=priority-high
succeeds 'a long job is queued' site_php <<<"priority_queue_add( 'normal', 'long' ); priority_queue_add( 'low', 'see', array( 'level' => 'low', 'n' => 1 ) );"
wait_for 120 says "$SEEN" 'long begins' || true
succeeds 'and then an urgent one, and one that fails' site_php <<<"priority_queue_add( 'high', 'see', array( 'level' => 'high', 'n' => 1 ) ); priority_queue_add( 'low', 'fail' );"
wait_for 120 says "$SEEN" 'high 1' || true
is 'the urgent one does not wait for the long one' $'long begins\nhigh 1' "$(cat "$SEEN")"
touch "$SEEN.go"
wait_for 120 says "$SEEN" 'low 1' || true
is 'then the others are done' $'long begins\nhigh 1\nlong ends\nlow 1' "$(cat "$SEEN")"
wait_for 120 holds 1 "SELECT COUNT(*) FROM {logs} WHERE message = 'action failed, retry 1 of 2 in 3600 seconds: no' OR message REGEXP '^action failed, retry 1 of 2 in 3[2-9][0-9][0-9] seconds: no'" || true
is 'each level has its policy: of the lowest what fails comes again in an hour' 'pending 1' "$(rows "SELECT CONCAT(status, ' ', scheduled_date_gmt > UTC_TIMESTAMP() + INTERVAL 50 MINUTE) FROM {actions} WHERE args LIKE '%fail%'")"
pool_term
POOL=$rest
pool_term

# ---- dead-letter-queue --------------------------------------------------------------------------

empty_queue
fresh_tables
: >"$SEEN"
install_example dead-letter-queue
succeeds 'it is activated once more, as after an update' activate_example dead-letter-queue
succeeds 'and its schedule is looked after' site_php <<<"do_action( 'action_scheduler_ensure_recurring_actions' ); do_action( 'action_scheduler_ensure_recurring_actions' );"
is 'the report is scheduled once, for a Monday at eight' '1 0 08:00:00' "$(rows "SELECT CONCAT(COUNT(*), ' ', WEEKDAY(MIN(scheduled_date_gmt)), ' ', TIME(MIN(scheduled_date_gmt))) FROM {actions} WHERE hook = 'dead_letter_queue_report'")"
succeeds 'things fail for good' site_php <<'PHP'
as_enqueue_async_action( 'e2e_quiet' );
for ( $n = 1; $n <= 12; $n++ ) {
	as_enqueue_async_action( 'e2e_address', array( $n > 10 ? 'gone' : 'old', $n ), 'mail' );
	as_enqueue_async_action( 'e2e_address', array( 'old', "other $n" ) );
}
PHP
pool_start pool --workers=2
worked_off 'they are worked off' 150
# Who listens to what has failed may be called after all have.
wait_for 120 says "$MAIL/sent" 'ops@example.com|' || true
is 'one mail tells of them' 1 "$(grep -c '^ops@example.com|' "$MAIL/sent")"
has 'and names what failed' 'Hook:     e2e_address' "$(cat "$(grep '^ops@' "$MAIL/sent" | cut -d '|' -f 4)")"
succeeds 'of the group mail all but one are tried again, at another address' site_php <<'PHP'
$retry = static function () {
	return count( array_filter( dead_letter_queue_retry(
		array( 'hook' => 'e2e_address', 'group' => 'mail' ),
		static function ( $args ) {
			return 5 === $args[1] ? null : array( 'new', $args[1] );
		}
	) ) );
};
echo $retry(), ' ', $retry();
PHP
is 'nine, and no more the second time' '9 0' "$OUTPUT"
worked_off 'they are worked off' 150
is 'they are delivered, once each' "$(printf 'delivered %s\n' 1 2 3 4 6 7 8 9 10 11 12 | sort)" "$(grep -v other "$SEEN" | sort)"
is 'the letters say so' 9 "$(rows "SELECT COUNT(*) FROM shop_asq_dead_letters WHERE retry_count = 1 AND new_action_id > 0")"
is 'with the version of WordPress' 23 "$(rows "SELECT COUNT(*) FROM shop_asq_dead_letters WHERE metadata LIKE '%\"wordpress\":\"%'")"

# The report: the mail server is down at first.
touch "$MAIL/down"
rows "UPDATE {actions} SET scheduled_date_gmt = UTC_TIMESTAMP() WHERE hook = 'dead_letter_queue_report'"
wait_for 120 holds 1 "SELECT COUNT(*) FROM {logs} WHERE message LIKE 'action failed, retry 1 of 5 in % seconds: The report could not be sent.'" || true
rm "$MAIL/down"
rows "UPDATE {actions} SET scheduled_date_gmt = UTC_TIMESTAMP() WHERE hook = 'dead_letter_queue_report'"
worked_off 'the report is made' 150
report=$(grep '^ops@example.com|.*Dead letters of the week' "$MAIL/sent" | cut -d '|' -f 4)
is 'it is sent once' 1 "$(wc -w <<<"$report")"
succeeds 'somebody has it made once more' site_php <<<"do_action( 'dead_letter_queue_report' );"
is 'there is one in a week' 1 "$(grep -c '^ops@example.com|.*Dead letters of the week' "$MAIL/sent")"
is 'it counts, and is aligned' "$(printf '%-44s %6d\n' 'Failed for good in the last seven days' 23 'Dead letters in all' 23 'Not tried again' 14; echo; printf '%-44s %6s\n' Hook Open e2e_address 13 e2e_quiet 1)" \
	"$(tr -d '\r' <"$report" | sed -n '/^Failed for good/,/^e2e_quiet/p' | sed -E 's/  (Last failure .*|[0-9]{4}-.*)$//')"
is 'the next one is a week later' '1 1' "$(rows "SELECT CONCAT(COUNT(*), ' ', WEEKDAY(MIN(scheduled_date_gmt)) = 0) FROM {actions} WHERE hook = 'dead_letter_queue_report' AND status = 'pending'")"
pool_term

rows "UPDATE shop_asq_dead_letters SET last_failure_gmt = UTC_TIMESTAMP() - INTERVAL IF(action_id % 2, 89, 91) DAY"
old=$(rows 'SELECT COUNT(*) FROM shop_asq_dead_letters WHERE action_id % 2 = 0')
succeeds 'letters are purged' "$WP" asq dead-letter purge
is 'those of before 90 days are gone, the others are not' "$((23 - old)) 0" "$(rows 'SELECT CONCAT(COUNT(*), " ", COALESCE(SUM(action_id % 2 = 0), 0)) FROM shop_asq_dead_letters')"
succeeds 'it is deactivated' site_php <<<"require_once ABSPATH . 'wp-admin/includes/plugin.php'; deactivate_plugins( 'dead-letter-queue/dead-letter-queue.php' );"
is 'then there is no report' 0 "$(rows "SELECT COUNT(*) FROM {actions} WHERE hook = 'dead_letter_queue_report' AND status = 'pending'")"
nothing_left 'the pools'
no_php_errors 'PHP has logged nothing'
