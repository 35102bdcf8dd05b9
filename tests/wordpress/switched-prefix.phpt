--TEST--
Calls follow $wpdb's tables: after switch_to_blog() they go to the other blog's, and back
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
$other = asq_test_prefix() . '2_';
foreach ( array_keys( ASQ_TEST_COLUMNS ) as $table ) {
	asq_test_query( "DROP TABLE IF EXISTS {$other}actionscheduler_$table" );
}
as_enqueue_async_action( 'first', array(), 'g' );
/* The other blog has no tables yet. */
$wpdb->set_prefix( $other );
var_dump( as_has_scheduled_action( 'first' ), as_enqueue_async_action( 'second', array(), 'g' ), as_enqueue_async_action( 'second', array(), 'g', true ) );
asq_enqueue_many( 'many', array( array(), array() ) );
$wpdb->set_prefix( asq_test_prefix() );
var_dump( as_has_scheduled_action( 'first' ), as_has_scheduled_action( 'second' ) );
asq_test_print( 'SELECT hook, slug FROM {actions} JOIN {groups} USING (group_id) JOIN {logs} USING (action_id)' );
asq_test_print( "SELECT hook, slug FROM {$other}actionscheduler_actions JOIN {$other}actionscheduler_groups USING (group_id) JOIN {$other}actionscheduler_logs USING (action_id) ORDER BY action_id" );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
foreach ( array_keys( ASQ_TEST_COLUMNS ) as $table ) {
	asq_test_query( 'DROP TABLE IF EXISTS ' . asq_test_prefix() . "2_actionscheduler_$table" );
}
--EXPECT--
bool(false)
int(1)
int(0)
bool(true)
bool(false)
first | g
second | g
many | 
many | 
