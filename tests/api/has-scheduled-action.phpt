--TEST--
as_has_scheduled_action() looks for pending and running ones of a hook, args and group
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

as_enqueue_async_action( 'h', array( 'a' => 1 ), 'g' );
$questions = array( array( 'h' ), array( 'h', null, 'g' ), array( 'h', array( 'a' => 1 ) ), array( 'h', array( 'a' => 1 ), 'g' ),
	array( 'h', array() ), array( 'h', array( 'a' => '1' ) ), array( 'h', null, 'other' ), array( 'other' ) );
foreach ( $questions as $question ) {
	echo json_encode( $question ), ' ', var_export( as_has_scheduled_action( ...$question ), true ), "\n";
}
foreach ( array( 'in-progress', 'complete', 'failed', 'canceled' ) as $status ) {
	asq_test_query( "UPDATE {actions} SET status='$status'" );
	echo $status, ' ', var_export( as_has_scheduled_action( 'h' ), true ), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
["h"] true
["h",null,"g"] true
["h",{"a":1}] true
["h",{"a":1},"g"] true
["h",[]] false
["h",{"a":"1"}] false
["h",null,"other"] false
["other"] false
in-progress true
complete false
failed false
canceled false
