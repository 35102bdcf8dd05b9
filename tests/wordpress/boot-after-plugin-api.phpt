--TEST--
Where WordPress's hooks are there before wp-settings.php (a wp-config.php that loads plugin.php), they are kept and used
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

add_action( 'plugins_loaded', static fn() => print( "kept\n" ) );
asq_fake_boot();
var_dump( get_class( $wp_filter['plugins_loaded'] ), as_enqueue_async_action( 'h' ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
kept
string(7) "WP_Hook"
int(1)
