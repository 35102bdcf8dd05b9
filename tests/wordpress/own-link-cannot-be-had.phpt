--TEST--
Where the own connection cannot be made, $wpdb's is used; with asq.link=client that is an error
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
$wpdb->dbpassword = 'changed';
var_dump( as_enqueue_async_action( 'auto', array( 1 ), 'g' ) > 0, as_has_scheduled_action( 'auto' ) );
asq_test_print( 'SELECT hook, slug, message FROM {actions} JOIN {groups} USING (group_id) JOIN {logs} USING (action_id)' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(true)
bool(true)
auto | g | action created
