--TEST--
A class named ActionScheduler_DBStore asks the native first, and does what it did where that declines
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
file_put_contents(
	$file = __DIR__ . '/compile-prologue.store.inc',
	'<?php
	class ActionScheduler_DBStore {
		public function get_status( $action_id ) { return "asked for $action_id: " . var_export( isset( $asq ), true ); }
		public function fetch_action( $action_id ) { echo __LINE__, "\n"; return $action_id; }
		public function get_claim_id( ...$ids ) { return "a variadic one"; }
		public function unclaim_action( &$id ) { $id++; return "by reference"; }
		public static function delete_action( $id ) { return "a static one"; }
		public function something_else( $id ) { return "another"; }
	}
	class ActionScheduler_DBStoreMigrator extends ActionScheduler_DBStore {
		public function get_status( $action_id ) { return "child, then " . parent::get_status( $action_id ); }
	}'
);
require $file;
$store = new ActionScheduler_DBStore();
/* No WordPress: the native declines all of these. */
var_dump( $store->get_status( 5 ), $store->fetch_action( 'x' ), $store->get_claim_id( 1 ), ActionScheduler_DBStore::delete_action( 1 ), $store->something_else( 1 ) );
$id = 1;
var_dump( $store->unclaim_action( $id ), $id );
var_dump( ( new ActionScheduler_DBStoreMigrator() )->get_status( 6 ) );
try {
	$store->get_status();
} catch ( ArgumentCountError $e ) {
	echo preg_replace( '/ in \S+ on line \d+/', '', $e->getMessage() ), "\n";
}
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
@unlink( __DIR__ . '/compile-prologue.store.inc' );
--EXPECT--
4
string(18) "asked for 5: false"
string(1) "x"
string(14) "a variadic one"
string(12) "a static one"
string(7) "another"
string(12) "by reference"
int(2)
string(30) "child, then asked for 6: false"
Too few arguments to function ActionScheduler_DBStore::get_status(), 0 passed and exactly 1 expected
