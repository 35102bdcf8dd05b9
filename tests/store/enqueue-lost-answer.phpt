--TEST--
An enqueue that is committed but whose answer is lost is stored once, and its id is known
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/proxy.inc';

asq_test_tables();
$first = as_enqueue_async_action( 'h', array( 'same' ), 'g' );
foreach ( array( array( 'same' ), array( 'other' ) ) as $args ) {
	$id = proxied( 'INSERT INTO', static fn() => as_enqueue_async_action( 'h', $args, 'g' ) );
	var_dump( $id > $first );
	asq_test_print( "SELECT COUNT(*), MAX(action_id)=$id FROM {actions} WHERE args='" . json_encode( $args ) . "'" );
}
$ids = proxied( 'INSERT INTO', static fn() => asq_enqueue_many( 'many', array_map( static fn( $n ) => array( $n ), range( 1, 700 ) ), 'g' ) );
var_dump( count( array_unique( $ids ) ) );
asq_test_print( 'SELECT COUNT(*), COUNT(DISTINCT args), MIN(action_id)=' . $ids[0] . ', MAX(action_id)=' . $ids[699] . " FROM {actions} WHERE hook='many'" );
asq_test_print( "SELECT COUNT(*), COUNT(DISTINCT action_id) FROM {logs}" );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(true)
2 | 1
bool(true)
1 | 1
int(700)
700 | 700 | 1 | 1
703 | 703
