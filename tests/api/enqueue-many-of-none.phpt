--TEST--
asq_enqueue_many() of an empty list gives an empty list
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

var_dump( asq_enqueue_many( 'h', array() ), asq_enqueue_many( 'h', new EmptyIterator() ), asq_enqueue_many( 'h', array(), 'g', true ) );
var_dump( as_count_scheduled_actions() );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
array(0) {
}
array(0) {
}
array(0) {
}
int(0)
