--TEST--
asq_enqueue_many() with an element that cannot be stored says which, and stores nothing
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$calls = array(
	array( 'h', array( array( 1 ), 'two', array( 3 ) ) ),
	array( 'h', array( array( 1 ), null ) ),
	array( 'h', array( new ArrayObject() ) ),
	array( 'h', array( array( 1 ), array( 2 ), array( str_repeat( 'x', 7997 ) ) ) ),
	array( 'h', 'no list' ),
	array( array(), array() ),
	array( 'h', array(), 'g', false, 'high' ),
	array( "\xff", array( array() ) ),
	array( 'h', array( array() ), str_repeat( 'g', 256 ) ),
	array( str_repeat( 'h', 192 ), array( array() ) ),
	array( 'h', array( array() ), '', false, 10, PHP_INT_MAX ),
	array( 'h', array( array() ), '', true, 10, 253402300800 ),
);
foreach ( $calls as $arguments ) {
	try {
		asq_enqueue_many( ...$arguments );
		echo "no error\n";
	} catch ( Throwable $e ) {
		echo get_class( $e ), ': ', $e->getMessage(), "\n";
	}
}
asq_test_print( 'SELECT COUNT(*) FROM {actions} UNION ALL SELECT COUNT(*) FROM {logs}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
TypeError: asq_enqueue_many(): Argument #2 ($args_list) must be a list of arrays, but element 1 is of type string
TypeError: asq_enqueue_many(): Argument #2 ($args_list) must be a list of arrays, but element 1 is of type null
TypeError: asq_enqueue_many(): Argument #2 ($args_list) must be a list of arrays, but element 0 is of type ArrayObject
ValueError: asq_enqueue_many(): Argument #2 ($args_list) must be a list of arrays of at most 8000 bytes of JSON, but element 2 is longer
TypeError: asq_enqueue_many(): Argument #2 ($args_list) must be of type %s, string given
TypeError: asq_enqueue_many(): Argument #1 ($hook) must be of type string, array given
TypeError: asq_enqueue_many(): Argument #5 ($priority) must be of type int, string given
RuntimeException: asq_enqueue_many() has stored 0 of 1 actions, and then: The hook or the group is not valid UTF-8.
RuntimeException: asq_enqueue_many() has stored 0 of 1 actions, and then: The group's name is longer than 255 bytes or not valid UTF-8.
RuntimeException: asq_enqueue_many() has stored 0 of 1 actions, and then: The hook's name is longer than 191 characters.
ValueError: asq_enqueue_many(): Argument #6 ($timestamp) must be a time from the year 1 to 9999
ValueError: asq_enqueue_many(): Argument #6 ($timestamp) must be a time from the year 1 to 9999
0
0
