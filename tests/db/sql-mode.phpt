--TEST--
Of the server's SQL modes the own link keeps those that WordPress can stand
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
foreach ( array( 'TRADITIONAL', 'ANSI', 'STRICT_ALL_TABLES,PIPES_AS_CONCAT,NO_ZERO_DATE,IGNORE_SPACE', '' ) as $modes ) {
	asq_test_query( "SET GLOBAL sql_mode='$modes'" );
	asq_test_disconnect();
	$id = as_enqueue_async_action( "it's", array( 'x' ), 'a "group"' );
	asq_test_query( "SET GLOBAL sql_mode='$before'" );
	echo str_pad( $modes, 70 ), $id > 0 ? 'stored' : 'refused', "\n";
}
asq_test_print( 'SELECT hook, slug, COUNT(*) FROM {actions} JOIN {groups} USING (group_id) GROUP BY hook, slug' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
TRADITIONAL                                                           stored
ANSI                                                                  stored
STRICT_ALL_TABLES,PIPES_AS_CONCAT,NO_ZERO_DATE,IGNORE_SPACE           stored
                                                                      stored
it's | a "group" | 4
