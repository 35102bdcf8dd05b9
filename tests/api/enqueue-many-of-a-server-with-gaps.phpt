--TEST--
asq_enqueue_many() is right where ids do not follow one another by one
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--CONFLICTS--
all
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

/* The connection's own increment cannot be had from here; the server's can, for a new connection. */
$before = asq_test_query( 'SELECT @@GLOBAL.auto_increment_increment AS n' )[0]['n'];
asq_test_query( 'SET GLOBAL auto_increment_increment=3' );
try {
	$list = array_map( static fn( $i ) => array( $i ), range( 1, 600 ) );
	$ids  = asq_enqueue_many( 'h', $list );
} finally {
	asq_test_query( "SET GLOBAL auto_increment_increment=$before" );
}
$rows = array_column( asq_test_query( 'SELECT action_id, args FROM {actions}' ), 'args', 'action_id' );
$wrong = 0;
foreach ( $ids as $i => $id ) {
	$wrong += ( $rows[ $id ] ?? '' ) !== json_encode( $list[ $i ] );
}
var_dump( $wrong, $ids[1] - $ids[0] );
asq_test_print( 'SELECT COUNT(*) FROM {actions} JOIN {logs} USING (action_id)' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
int(0)
int(3)
600
