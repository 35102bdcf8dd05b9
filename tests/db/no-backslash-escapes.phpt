--TEST--
Where the server takes a backslash for a letter, quotes are still quoted right
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--CONFLICTS--
all
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

require __DIR__ . '/fork.inc';
ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
$before = asq_test_query( 'SELECT @@GLOBAL.sql_mode AS m' )[0]['m'];
asq_test_query( "SET GLOBAL sql_mode='NO_BACKSLASH_ESCAPES'" );
try {
	$id = as_enqueue_async_action( "a'b\\'c", array( 'x' => "it's \\ \"quoted\"" ), "g'\\" );
} finally {
	asq_test_query( "SET GLOBAL sql_mode='$before'" );
}
var_dump( $id > 0 );
asq_test_print( 'SELECT hook, args, slug FROM {actions} JOIN {groups} USING (group_id)' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(true)
a'b\'c | {"x":"it's \\ \"quoted\""} | g'\
