--TEST--
asq_enqueue_many() says how many are stored when the database fails, and those are there with their log rows
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

asq_test_query( "ALTER TABLE {actions} ADD CONSTRAINT few CHECK (args <> '[700]')" );
try {
	asq_enqueue_many( 'h', array_map( static fn( $i ) => array( $i ), range( 1, 1200 ) ) );
} catch ( RuntimeException $e ) {
	echo $e->getMessage(), ' (', $e->getCode(), ")\n";
}
asq_test_print( 'SELECT COUNT(*), MAX(CAST(JSON_EXTRACT(args, "$[0]") AS INT)) FROM {actions} JOIN {logs} USING (action_id)' );
asq_test_print( 'SELECT COUNT(*) FROM {actions} UNION ALL SELECT COUNT(*) FROM {logs}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
asq_enqueue_many() has stored 500 of 1200 actions, and then: CONSTRAINT `few` failed for %s (4025)
500 | 500
500
500
