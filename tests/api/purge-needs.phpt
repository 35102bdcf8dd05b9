--TEST--
asq_purge() needs Action Scheduler to be set up, and its own store
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';
$GLOBALS['wpdb'] = new wpdb( asq_test_prefix() );
$try = static function () {
	try {
		echo json_encode( array_slice( asq_purge(), 0, 4 ) ), "\n";
	} catch ( RuntimeException $e ) {
		echo $e->getMessage(), "\n";
	}
};
$try();
asq_fake_boot();
/* In a transaction of $wpdb's, the purge is not part of it. */
asq_test_query( "INSERT INTO {actions} (hook, status) VALUES ('h', 'canceled')" );
$wpdb->query( 'START TRANSACTION' );
$try();
$wpdb->query( 'ROLLBACK' );
asq_test_print( 'SELECT COUNT(*) FROM {actions}' );
/* Missing tables are made. */
asq_test_drop_tables();
$try();

class Other_Store extends ActionScheduler_DBStore {}
add_filter( 'action_scheduler_store_class', static fn() => 'Other_Store', 200 );
$try();
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
_doing_it_wrong( asq_purge, asq_purge() was called before the Action Scheduler data store was initialized, 3.1.6 )
Nothing can be purged: Action Scheduler is not set up.
{"actions":1,"logs":0,"orphan_logs":0,"claims":0}
0
{"actions":0,"logs":0,"orphan_logs":0,"claims":0}
asq_purge() deletes from Action Scheduler's tables, but another plugin has replaced Action Scheduler's store.
