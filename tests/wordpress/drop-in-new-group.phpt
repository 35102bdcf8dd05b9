--TEST--
Over a drop-in a new group is no database error, of which WordPress would write a line in PHP's log
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

require __DIR__ . '/drop-in.inc';
asq_fake_boot( new Drop_In( asq_test_prefix() ) );
var_dump( as_enqueue_async_action( 'h', array( 1 ), 'a new group' ) > 0, as_enqueue_async_action( 'h', array( 2 ), 'a new group' ) > 0 );
var_dump( $wpdb->errors );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(true)
bool(true)
array(0) {
}
