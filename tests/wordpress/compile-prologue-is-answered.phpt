--TEST--
The prologue's native answers for a stock store: its body does not run
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
file_put_contents(
	$file = __DIR__ . '/compile-prologue-is-answered.store.inc',
	'<?php
	abstract class ActionScheduler {
		public static function is_initialized( $function = null ) { return true; }
	}
	class ActionScheduler_DBStore {
		public function get_status( $action_id ) { return "the body"; }
		public function get_claim_count() { return "the body"; }
	}
	class ActionScheduler_Other {
		public function get_status( $action_id ) { return "the body"; }
	}'
);
$id = as_enqueue_async_action( 'h' );
require $file;
$store = new ActionScheduler_DBStore();
var_dump( $store->get_status( $id ), $store->get_status( 999 ), $store->get_claim_count() );
asq_test_query( "UPDATE {actions} SET status='failed'" );
var_dump( $store->get_status( $id ), ( new ActionScheduler_Other() )->get_status( $id ) );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
@unlink( __DIR__ . '/compile-prologue-is-answered.store.inc' );
--EXPECT--
string(7) "pending"
string(8) "the body"
int(0)
string(6) "failed"
string(8) "the body"
