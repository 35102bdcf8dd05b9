--TEST--
A webhook's event stays for as long as a retry of its action's dead letter is to run, and goes with that one
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--CONFLICTS--
all
--FILE--
<?php
require __DIR__ . '/webhook.inc';
asq_webhook_boot();
Asq\Native\own_tables();
asq_register_webhook( 'shop', array( 'hook' => 'h', 'signature' => 'none', 'event_id' => 'id' ) );
foreach ( array( 'e1', 'e2' ) as $id ) {
	echo asq_deliver( 'shop', "{\"id\":\"$id\"}" ), "\n";
}
function action( string $event ): int {
	return asq_webhook_event( 'shop', $event )['action_id'];
}
/** The action fails for good; the letter's id. */
function fail( int $action ): int {
	asq_test_query( "UPDATE {actions} SET status = 'failed' WHERE action_id = $action" );
	asq_test_query( "INSERT INTO {asq_dead_letters} (action_id, hook, args, reason, error_message, first_failure_gmt, last_failure_gmt)
		SELECT action_id, hook, args, 'exhausted', 'm', UTC_TIMESTAMP(), UTC_TIMESTAMP() FROM {actions} WHERE action_id = $action" );
	return (int) asq_test_query( "SELECT letter_id FROM {asq_dead_letters} WHERE action_id = $action" )[0]['letter_id'];
}
function look( string $what, int $new ): void {
	echo "$what: ", $new && action( 'e1' ) === $new ? 'the new action\'s, ' : 'another\'s, ', asq_webhook_event( 'shop', 'e1' )['action_status'],
		', deleted: ', asq_webhook_purge( array( 'webhook' => 'shop', 'older_than' => 0, 'limit' => 1 ) ), "\n";
}
$first   = action( 'e1' );
$second  = action( 'e2' );
$letter  = fail( $first );
$retried = asq_dead_letter_retry( $letter )[ $letter ];
look( 'retried', $retried );
asq_test_query( "UPDATE {actions} SET status = 'failed' WHERE action_id = $retried" );
$again = asq_dead_letter_retry( $letter )[ $letter ];
look( 'the same letter again', $again );
$another = fail( $again );
$last    = asq_dead_letter_retry( $another )[ $another ];
look( 'the letter of that', $last );
echo 'the other event has its own: ', json_encode( action( 'e2' ) === $second ), "\n";
asq_test_query( "UPDATE {actions} SET status = 'complete' WHERE action_id = $last" );
echo 'complete, deleted: ', asq_webhook_purge( array( 'older_than' => 0 ) ), ' ', json_encode( asq_webhook_payload( 'shop', 'e1' ) ), "\n";

/* A site that has no webhooks is not asked about them. */
function retry_logged( int $letter ): void {
	asq_test_query( 'TRUNCATE mysql.general_log' );
	asq_test_query( "SET GLOBAL log_output = 'TABLE'" );
	asq_test_query( 'SET GLOBAL general_log = 1' );
	echo array_sum( asq_dead_letter_retry( $letter ) ) ? 'retried, statements: ' : 'not retried, statements: ';
	asq_test_query( 'SET GLOBAL general_log = 0' );
	asq_test_print( "SELECT SUM(argument LIKE '%{asq_webhook_events} SET action_id%'), SUM(argument LIKE '%{asq_dead_letters} SET retry_count%') FROM mysql.general_log" );
}
retry_logged( $letter );
asq_test_query( 'DROP TABLE {asq_webhook_events}' );
retry_logged( $letter );
?>
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
202 e1
202 e2
retried: the new action's, pending, deleted: 0
the same letter again: the new action's, pending, deleted: 0
the letter of that: the new action's, pending, deleted: 0
the other event has its own: true
complete, deleted: 1 null
retried, statements: 1 | 1
retried, statements: 0 | 1
