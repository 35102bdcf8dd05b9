--TEST--
One table that is missing is made, the rows of the others stay, and nothing is stored by halves
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

as_enqueue_async_action( 'first', array(), 'g' );
foreach ( array( 'logs', 'groups', 'claims', 'actions' ) as $table ) {
	asq_test_query( "DROP TABLE {{$table}}" );
	echo $table, ': ', as_enqueue_async_action( "after $table", array(), 'g' ) > 0 ? 'stored' : 'lost', ', ',
		as_has_scheduled_action( "after $table" ) ? 'found' : 'not found', "\n";
	asq_test_print( "SELECT hook, slug, COUNT(log_id) FROM {actions} LEFT JOIN {groups} USING (group_id) LEFT JOIN {logs} USING (action_id) GROUP BY action_id" );
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
logs: stored, found
first | g | 0
after logs | g | 1
groups: stored, found
first | g | 0
after logs | g | 1
after groups | g | 1
claims: stored, found
first | g | 0
after logs | g | 1
after groups | g | 1
after claims | g | 1
actions: stored, found
after actions | g | 1
