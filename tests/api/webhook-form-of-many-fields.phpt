--TEST--
A webhook's form has all of its fields, however many PHP's own forms may have
--INI--
max_input_vars=10
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/webhook.inc';
asq_webhook_boot();
asq_register_webhook( 'form', array( 'hook' => 'h', 'signature' => 'none', 'content_types' => array( 'form' ), 'event_id' => 'id', 'args' => static fn( $payload ) => array( count( $payload ), array_sum( $payload['n'] ) ) ) );
$body = 'id=evt_1&n[]=' . implode( '&n[]=', range( 1, 2000 ) ) . '&last=x';
echo asq_deliver( 'form', $body, array( 'Content-Type' => 'application/x-www-form-urlencoded' ) ), "\n";
asq_test_print( 'SELECT args FROM {actions}' );
$payload = asq_webhook_payload( 'form', 'evt_1' );
echo count( $payload['n'] ), ' ', $payload['last'], ' ', ini_get( 'max_input_vars' ), "\n";
@parse_str( $body, $own );
echo count( $own['n'] ), "\n";
?>
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
202 evt_1
[3,2001000]
2000 x 10
9
