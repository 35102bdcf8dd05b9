--TEST--
An account that may not read the extension's own tables sees no workers and no pauses; it cannot pause
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

asq_test_workers_table();
asq_pause( 'hook', 'h' );
$account = asq_test_account( 'SELECT' );
asq_test_query( "REVOKE SELECT ON `" . getenv( 'ASQ_TEST_DATABASE' ) . "`.* FROM $account@'%'" );
foreach ( array( 'actions', 'claims', 'groups', 'logs' ) as $table ) {
	asq_test_query( "GRANT SELECT ON {{$table}} TO $account@'%'" );
}
asq_test_configure( array( 'asq.user' => $account ) );
echo json_encode( asq_workers() ), json_encode( asq_pauses() ), json_encode( asq_queue_status()['counts'] ), "\n";
try {
	asq_pause( 'hook', 'h' );
} catch ( RuntimeException $e ) {
	echo $e->getCode(), ' ', strtok( $e->getMessage(), ' ' ), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
[][]{"due":0,"future":0,"in-progress":0,"complete":0,"failed":0,"canceled":0}
1142 asq_pause():
