--TEST--
The event of an action that has failed for good is kept for as long as that has a dead letter, whatever the webhook says
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/webhook.inc';
asq_webhook_boot();
asq_register_webhook( 'shop', array( 'hook' => 'h', 'signature' => 'none', 'event_id' => 'id', 'keep' => 1 ) );
foreach ( array( 'failed', 'without a letter', 'complete' ) as $id ) {
	asq_deliver( 'shop', json_encode( array( 'id' => $id ) ) );
}
function action( string $event ): int {
	return asq_webhook_event( 'shop', $event )['action_id'];
}
function purged( string $what, array $options = array() ): void {
	echo "$what: ", asq_webhook_purge( $options ), ', left: ', implode( ', ', array_column( asq_webhook_events(), 'id' ) ), "\n";
}
asq_test_query( 'UPDATE {asq_webhook_events} SET expires_gmt = UTC_TIMESTAMP() - INTERVAL 1 SECOND' );
asq_test_query( "UPDATE {actions} SET status = 'failed' WHERE action_id <> " . action( 'complete' ) );
asq_test_query( "UPDATE {actions} SET status = 'complete' WHERE action_id = " . action( 'complete' ) );
asq_test_query( 'DROP TABLE IF EXISTS {asq_dead_letters}' );
purged( 'no table of letters', array( 'limit' => 1 ) );
Asq\Native\own_tables();
asq_test_query( "INSERT INTO {asq_dead_letters} (letter_id, action_id, hook, args, reason, error_message, first_failure_gmt, last_failure_gmt)
	VALUES (1, " . action( 'failed' ) . ", 'h', '[\"failed\",\"shop\"]', 'exhausted', 'm', UTC_TIMESTAMP(), UTC_TIMESTAMP())" );
purged( 'what has expired' );
purged( 'what is old', array( 'older_than' => 0 ) );
$new = asq_dead_letter_retry( 1 )[1];
echo 'retried: ', json_encode( array( asq_webhook_payload( 'shop', 'failed' ), action( 'failed' ) === $new ) ), "\n";
purged( 'which is to run' );
asq_test_query( "UPDATE {actions} SET status = 'complete'" );
purged( 'and has gone well' );
?>
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
no table of letters: 1, left: %s, %s
what has expired: %d, left: failed
what is old: 0, left: failed
retried: [{"id":"failed"},true]
which is to run: 0, left: failed
and has gone well: 1, left: 
