--TEST--
A dead letter's retry is not lost with an answer, nor with the process: that letter can be retried again some minutes later
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';
require __DIR__ . '/proxy.inc';
asq_fake_boot();
Asq\Native\own_tables();
$connect = static function ( $host ) {
	$GLOBALS['wpdb']->dbhost = $host;
};
function letter( int $retries = 0 ): void {
	asq_test_query( 'DELETE FROM {asq_dead_letters}' );
	asq_test_query( 'DELETE FROM {actions}' );
	asq_test_query( "INSERT INTO {asq_dead_letters} (letter_id, action_id, hook, args, reason, error_message, first_failure_gmt, last_failure_gmt, retry_count, new_action_id, retried_gmt)
		VALUES (1, 1, 'h', '[]', 'exhausted', 'm', '2026-01-01', '2026-01-01', $retries, 77 * ($retries > 0), IF($retries, '2026-01-02', NULL))" );
}
function show( string $what, ?array $result = null ): void {
	$letter = asq_dead_letter( 1 );
	$ids    = array_column( asq_test_query( "SELECT action_id FROM {actions} WHERE hook = 'h'" ), 'action_id' );
	$count  = count( $ids );
	$id     = (int) ( $ids[0] ?? 0 );
	echo "$what: ", null === $result ? '' : ( $result[1] ? 'retried' : 'not retried' ), ", $count actions, retries {$letter['retry_count']}, at ", $letter['retried_gmt'] ? 'a time' : 'no time',
		', action ', $letter['new_action_id'] ? ( $letter['new_action_id'] === $id ? 'it' : $letter['new_action_id'] ) : 'none',
		', to be retried: ', json_encode( asq_dead_letters( array( 'return' => 'ids', 'retried' => false ) ) ),
		', in the list ', asq_dead_letters()[0]['new_action_id'] === $letter['new_action_id'] ? 'as well' : 'not',
		', retried of all ', asq_dead_letter_stats()['retried'], "\n";
}

/* One answer of each statement that a retry has. */
letter();
show( 'taken', proxied( 'SET new_action_id', static fn() => asq_dead_letter_retry( 1 ), $connect ) );
letter();
show( 'taken again', proxied( 'SET new_action_id', static fn() => asq_dead_letter_retry( 1, null, 0 ), $connect ) );
letter();
show( 'stored', proxied( 'SET retry_count=', static fn() => asq_dead_letter_retry( 1 ), $connect ) );
letter( 2 );
add_filter( 'pre_as_enqueue_async_action', '__return_zero' );
function __return_zero() {
	return 0;
}
show( 'nothing made of it', proxied( 'SET retried_gmt=', static fn() => asq_dead_letter_retry( 1 ), $connect ) );
unset( $GLOBALS['wp_filter']['pre_as_enqueue_async_action'] );

/* A process that is killed in between. */
function killed(): void {
	asq_join(
		array(
			asq_fork(
				static function () {
					$GLOBALS['wpdb'] = new wpdb( $GLOBALS['wpdb']->prefix );
					add_filter( 'pre_as_enqueue_async_action', static fn() => posix_kill( posix_getpid(), SIGKILL ) );
					asq_dead_letter_retry( 1 );
				}
			),
		)
	);
}
foreach ( array( 0, 3 ) as $retries ) {
	letter( $retries );
	killed();
	show( 'killed' );
	show( 'another at once', asq_dead_letter_retry( 1 ) );
	asq_test_query( 'UPDATE {asq_dead_letters} SET retried_gmt = UTC_TIMESTAMP() - INTERVAL 301 SECOND' );
	show( 'minutes later' );
	show( 'another then', asq_dead_letter_retry( 1, null, $retries ) );
}

/* Who was slower than that does not take the letter from whom has it now. */
letter();
add_action(
	'action_scheduler_stored_action',
	static function () {
		asq_test_query( 'UPDATE {asq_dead_letters} SET new_action_id = new_action_id ^ 1' );
	}
);
asq_dead_letter_retry( 1 );
asq_test_print( 'SELECT retry_count, new_action_id > 9223372036854775807 FROM {asq_dead_letters}' );
?>
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
taken: retried, 1 actions, retries 1, at a time, action it, to be retried: [], in the list as well, retried of all 1
taken again: retried, 1 actions, retries 1, at a time, action it, to be retried: [], in the list as well, retried of all 1
stored: retried, 1 actions, retries 1, at a time, action it, to be retried: [], in the list as well, retried of all 1
nothing made of it: not retried, 0 actions, retries 2, at a time, action 77, to be retried: [], in the list as well, retried of all 1
killed: , 0 actions, retries 1, at a time, action none, to be retried: [1], in the list as well, retried of all 0
another at once: not retried, 0 actions, retries 1, at a time, action none, to be retried: [1], in the list as well, retried of all 0
minutes later: , 0 actions, retries 0, at no time, action none, to be retried: [1], in the list as well, retried of all 0
another then: retried, 1 actions, retries 1, at a time, action it, to be retried: [], in the list as well, retried of all 1
killed: , 0 actions, retries 4, at a time, action none, to be retried: [], in the list as well, retried of all 1
another at once: not retried, 0 actions, retries 4, at a time, action none, to be retried: [], in the list as well, retried of all 1
minutes later: , 0 actions, retries 3, at a time, action none, to be retried: [], in the list as well, retried of all 1
another then: retried, 1 actions, retries 4, at a time, action it, to be retried: [], in the list as well, retried of all 1
0 | 1
