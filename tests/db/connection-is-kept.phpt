--TEST--
One connection serves all calls of a request
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

require __DIR__ . '/fork.inc';
ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
for ( $i = 0; $i < 50; $i++ ) {
	as_enqueue_async_action( 'h', array( $i ), 'g', true );
	as_has_scheduled_action( 'h', array( $i ) );
}
asq_enqueue_many( 'h', array( array(), array() ) );
$first = array_keys( asq_own_connections() );
as_enqueue_async_action( 'h' );
var_dump( count( $first ), $first === array_keys( asq_own_connections() ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
int(1)
bool(true)
