--TEST--
unique: an action that is complete, failed or cancelled is no duplicate; a running one is
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

foreach ( array( 'pending', 'in-progress', 'complete', 'failed', 'canceled' ) as $status ) {
	asq_test_query( 'DELETE FROM {actions}' );
	as_enqueue_async_action( 'h' );
	asq_test_query( "UPDATE {actions} SET status='$status'" );
	echo $status, ': ', as_enqueue_async_action( 'h', array(), '', true ) ? 'stored' : 'duplicate', "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
pending: duplicate
in-progress: duplicate
complete: stored
failed: stored
canceled: stored
