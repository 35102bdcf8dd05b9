--TEST--
A retry of a dead letter that a filter declines leaves it what it was: the action of the retry before, whose event goes with the next
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/webhook.inc';
asq_webhook_boot();
Asq\Native\own_tables();
asq_register_webhook( 'shop', array( 'hook' => 'h', 'signature' => 'none', 'event_id' => 'id' ) );
asq_deliver( 'shop', '{"id":"e"}' );
$first = asq_webhook_event( 'shop', 'e' )['action_id'];
asq_test_query( "UPDATE {actions} SET status = 'failed'" );
asq_test_query( "INSERT INTO {asq_dead_letters} (letter_id, action_id, hook, args, reason, error_message, first_failure_gmt, last_failure_gmt)
	VALUES (1, $first, 'h', '[]', 'exhausted', 'm', UTC_TIMESTAMP(), UTC_TIMESTAMP())" );
function retry(): int {
	return asq_dead_letter_retry( 1 )[1];
}
$decline = static fn() => 0;
add_filter( 'pre_as_enqueue_async_action', $decline );
$letter = array( retry(), asq_dead_letter( 1 ) );
echo 'declined: ', json_encode( array( $letter[0], $letter[1]['retry_count'], $letter[1]['new_action_id'], $letter[1]['retried_gmt'] ) ), "\n";
remove_filter( 'pre_as_enqueue_async_action', $decline );
$second = retry();
asq_test_query( "UPDATE {actions} SET status = 'failed'" );
add_filter( 'pre_as_enqueue_async_action', $decline );
echo 'declined again: ', json_encode( array( retry(), asq_dead_letter( 1 )['retry_count'], asq_dead_letter( 1 )['new_action_id'] === $second ) ), "\n";
remove_filter( 'pre_as_enqueue_async_action', $decline );
$third = retry();
echo 'taken: ', json_encode( array( asq_dead_letter( 1 )['retry_count'], asq_dead_letter( 1 )['new_action_id'] === $third, asq_webhook_event( 'shop', 'e' )['action_id'] === $third ) ), "\n";
?>
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
declined: [0,0,0,null]
declined again: [0,1,true]
taken: [2,true,true]
