--TEST--
A server whose sessions begin otherwise (READ COMMITTED, autocommit off) makes no difference
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
$before = asq_test_query( 'SELECT @@GLOBAL.tx_isolation AS i, @@GLOBAL.autocommit AS a' )[0];
asq_test_query( "SET GLOBAL tx_isolation='READ-COMMITTED', GLOBAL autocommit=0" );
try {
	as_enqueue_async_action( 'h', array(), 'g' );
	as_enqueue_async_action( 'h', array(), 'g', true );
	as_enqueue_async_action( 'h2', array(), 'g2', true );
} finally {
	asq_test_query( "SET GLOBAL tx_isolation='{$before['i']}', GLOBAL autocommit={$before['a']}" );
}
asq_test_disconnect();
asq_test_print( 'SELECT hook, slug, COUNT(*) FROM {actions} JOIN {groups} USING (group_id) JOIN {logs} USING (action_id) GROUP BY action_id' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
h | g | 1
h2 | g2 | 1
