--TEST--
A webhook's event that is committed but whose answer is lost is stored once, and is no duplicate; one that is twice at once is stored once
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--FILE--
<?php
require __DIR__ . '/../api/webhook.inc';
require __DIR__ . '/proxy.inc';
asq_webhook_boot();

asq_register_webhook( 'shop', array( 'hook' => 'h', 'signature' => 'none', 'event_id' => 'id' ) );
$connect = static function ( $host ) {
	$GLOBALS['wpdb']->dbhost = $host;
};
echo asq_deliver( 'shop', '{"id":"first"}' ), "\n";
echo proxied( 'INSERT IGNORE', static fn() => asq_deliver( 'shop', '{"id":"lost"}' ), $connect ), "\n";
echo proxied( 'INSERT IGNORE', static fn() => asq_deliver( 'shop', '{"id":"lost"}' ), $connect ), "\n";
asq_test_print( 'SELECT e.event_id, COUNT(a.action_id), COUNT(l.log_id) FROM {asq_webhook_events} e JOIN {actions} a USING (action_id) JOIN {logs} l USING (action_id) GROUP BY e.event_id ORDER BY 1' );
asq_test_print( 'SELECT COUNT(*) FROM {actions}' );

/* Twenty processes, ten events of which each brings all, in an order of its own. */
$pids = array();
for ( $i = 0; $i < 20; $i++ ) {
	$pids[] = asq_fork(
		static function () use ( $i ) {
			/* The parent's connections are not the child's. */
			$GLOBALS['wpdb'] = new wpdb( $GLOBALS['wpdb']->prefix );
			mt_srand( $i );
			$events = range( 0, 9 );
			shuffle( $events );
			foreach ( $events as $event ) {
				$answer = asq_request( 'asq/v1/webhooks/shop', "{\"id\":\"race-$event\"}" );
				if ( ! in_array( $answer->status, array( 200, 202 ), true ) ) {
					echo json_encode( $answer->data ), "\n";
				}
			}
		}
	);
}
asq_join( $pids );
asq_test_print( "SELECT COUNT(*), COUNT(DISTINCT a.action_id), COUNT(DISTINCT a.args) FROM {actions} a JOIN {asq_webhook_events} e USING (action_id) WHERE a.args LIKE '%race%'" );
asq_test_print( "SELECT COUNT(*) FROM {actions} WHERE args LIKE '%race%'" );
asq_test_print( "SELECT COUNT(*) FROM {logs} l JOIN {actions} a USING (action_id) WHERE a.args LIKE '%race%'" );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
202 first
202 lost
200 lost again
first | 1 | 1
lost | 1 | 1
2
10 | 10 | 10
10
10
