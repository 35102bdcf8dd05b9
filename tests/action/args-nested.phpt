--TEST--
Nested arrays and objects in args, empty ones, numeric strings, booleans, null, references
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$value = 'by reference';
$args  = array( array(), new stdClass(), array( 1 => 'a', 2 => 'b' ), array( 0 => 'a', 1 => 'b' ), (object) array( 'x' => array( null, true, '12' ) ), &$value );
as_enqueue_async_action( 'h', $args );
as_enqueue_async_action( 'h', array( 5 => 'not from zero' ) );
as_enqueue_async_action( 'h', array( '0' => 'a list', '1' => 'all the same' ) );
asq_test_print( 'SELECT args FROM {actions} ORDER BY action_id' );
$deep = array();
for ( $i = 0; $i < 511; $i++ ) {
	$deep = array( $deep );
}
var_dump( as_enqueue_async_action( 'h', $deep ) > 0 );
var_dump( @as_enqueue_async_action( 'h', array( $deep ) ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
[[],{},{"1":"a","2":"b"},["a","b"],{"x":[null,true,"12"]},"by reference"]
{"5":"not from zero"}
["a list","all the same"]
bool(true)
int(0)
