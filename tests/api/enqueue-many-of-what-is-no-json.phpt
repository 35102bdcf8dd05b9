--TEST--
asq_enqueue_many() with an element that JSON cannot hold says which, and stores nothing
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

foreach ( array( array( "\xff" ), array( NAN ), array( 'deep' => array( INF ) ) ) as $args ) {
	try {
		asq_enqueue_many( 'h', array( array( 1 ), $args ) );
		echo "no error\n";
	} catch ( ValueError $e ) {
		echo $e->getMessage(), "\n";
	}
}
asq_test_print( 'SELECT COUNT(*) FROM {actions} UNION ALL SELECT COUNT(*) FROM {logs}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
asq_enqueue_many(): Argument #2 ($args_list) must be a list of arrays of at most 8000 bytes of JSON, but element 1 cannot be made JSON
asq_enqueue_many(): Argument #2 ($args_list) must be a list of arrays of at most 8000 bytes of JSON, but element 1 cannot be made JSON
asq_enqueue_many(): Argument #2 ($args_list) must be a list of arrays of at most 8000 bytes of JSON, but element 1 cannot be made JSON
0
0
