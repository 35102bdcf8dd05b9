--TEST--
Priorities are brought into the range from 0 to 255
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

foreach ( array( -5, 0, 10, 255, 256, PHP_INT_MAX, PHP_INT_MIN ) as $priority ) {
	as_enqueue_async_action( 'h', array(), '', false, $priority );
}
asq_test_print( 'SELECT priority FROM {actions} ORDER BY action_id' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
0
0
10
255
255
255
0
