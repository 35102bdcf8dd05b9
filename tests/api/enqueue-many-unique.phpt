--TEST--
asq_enqueue_many() with $unique: 0 for what is there already, or was earlier in the list
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

as_enqueue_async_action( 'h', array( 2 ), 'g' );
$ids = asq_enqueue_many( 'h', array( array( 1 ), array( 2 ), array( 3 ), array( 1 ) ), 'g', true );
echo implode( ' ', array_map( static fn( $id ) => $id ? 'id' : '0', $ids ) ), "\n";
asq_test_print( 'SELECT args, COUNT(*) FROM {actions} JOIN {logs} USING (action_id) GROUP BY args ORDER BY args' );
ini_set( 'asq.unique', 'group' );
$ids = asq_enqueue_many( 'h', array( array( 8 ), array( 9 ) ), 'g2', true );
echo implode( ' ', array_map( static fn( $id ) => $id ? 'id' : '0', $ids ) ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
id 0 id 0
[1] | 1
[2] | 1
[3] | 1
id 0
