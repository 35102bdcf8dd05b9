--TEST--
A second connection whose ids follow one another otherwise is not used for an import
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--CONFLICTS--
all
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

as_enqueue_async_action( 'h' ); // the first connection
asq_test_query( 'CREATE TABLE {logs}_seen (id bigint PRIMARY KEY) ENGINE=MyISAM' );
asq_test_query( 'CREATE TRIGGER {actions}_t BEFORE INSERT ON {actions} FOR EACH ROW INSERT IGNORE INTO {logs}_seen VALUES (CONNECTION_ID())' );
$before = asq_test_query( 'SELECT @@GLOBAL.auto_increment_increment AS n' )[0]['n'];
asq_test_query( 'SET GLOBAL auto_increment_increment=3' );
try {
	$list = array_map( static fn( $i ) => array( $i ), range( 1, 2600 ) );
	$ids  = asq_enqueue_many( 'h', $list );
} finally {
	asq_test_query( "SET GLOBAL auto_increment_increment=$before" );
}
$rows  = array_column( asq_test_query( 'SELECT action_id, args FROM {actions}' ), 'args', 'action_id' );
$wrong = 0;
foreach ( $ids as $i => $id ) {
	$wrong += ( $rows[ $id ] ?? '' ) !== json_encode( $list[ $i ] );
}
var_dump( $wrong );
asq_test_print( 'SELECT COUNT(*) FROM {actions} JOIN {logs} USING (action_id)' );
asq_test_print( 'SELECT COUNT(*) FROM {logs}_seen' );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
asq_test_query( 'DROP TABLE IF EXISTS {logs}_seen' );
--EXPECT--
int(0)
2601
1
