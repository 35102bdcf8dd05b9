--TEST--
Many actions are counted by group and hook by a sample: near enough, and it says so
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

asq_enqueue_many( 'many', array_fill( 0, 6000, array() ), 'g', false, 10, time() - 100 );
asq_enqueue_many( 'some', array_fill( 0, 2000, array() ), 'g', false, 10, time() - 100 );
asq_enqueue_many( 'some', array_fill( 0, 300, array() ), 'other', false, 10, time() + 1000 );

$exact = asq_queue_status( array( 'sample' => 0 ) );
echo json_encode( $exact['hooks'] ), json_encode( $exact['approximate'] ), "\n";
$about = asq_queue_status( array( 'sample' => 800 ) );
echo json_encode( array_column( $about['hooks'], 'hook' ) ), json_encode( $about['approximate'] ), json_encode( $about['counts'] ), "\n";
foreach ( $about['hooks'] as $i => $hook ) {
	$off = abs( $hook['due'] / $exact['hooks'][ $i ]['due'] - 1 );
	echo $hook['hook'], ' ', $off < 0.25 ? 'near' : $hook['due'], ', future ', $hook['future'], "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
[{"hook":"many","due":6000,"future":0,"in-progress":0,"failed":0},{"hook":"some","due":2000,"future":300,"in-progress":0,"failed":0}][]
["many","some"]["due"]{"due":8000,"future":300,"in-progress":0,"complete":0,"failed":0,"canceled":0}
many near, future 0
some near, future 300
