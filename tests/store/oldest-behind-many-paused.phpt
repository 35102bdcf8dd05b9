--TEST--
The oldest due action is found behind thousands that are paused
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

asq_enqueue_many( 'paused', array_fill( 0, 2000, array() ), '', false, 10, time() - 9000 );
asq_enqueue_many( 'late', array_fill( 0, 1000, array() ), '', false, 10, time() - 5000 );
$age = static function () {
	$age = asq_queue_status( array( 'counts' => false ) )['oldest_due_age'];
	echo null === $age ? 'none' : round( $age, -3 ), "\n";
};
$age();
asq_pause( 'hook', 'paused' );
$age();
asq_pause( 'hook', 'late' );
$age();
asq_resume( 'hook', 'paused' );
$age();
asq_pause( 'all' );
$age();
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
9000
5000
none
9000
none
