--TEST--
A property of $wpdb that is a hook and nothing else is not read
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( PHP_VERSION_ID < 80400 ) {
	die( 'skip PHP has property hooks since 8.4' );
}
?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';

eval( 'class hooked_wpdb extends wpdb {
	public $dbhs { get { echo "called\n"; return array(); } }
}' );
asq_fake_boot( new hooked_wpdb( asq_test_prefix() ) );
var_dump( as_enqueue_async_action( 'h' ) );
asq_test_print( 'SELECT action_id, hook FROM {actions}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
int(1)
1 | h
