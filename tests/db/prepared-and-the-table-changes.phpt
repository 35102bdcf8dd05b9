--TEST--
A prepared question goes on when its table is altered, emptied, loses an index, or is another one
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

as_enqueue_async_action( 'h', array( 1 ), 'g' );
$ask = static function ( string $after ): void {
	$answers = array();
	for ( $i = 0; $i < 4; $i++ ) {
		$answers[] = (int) as_has_scheduled_action( 'h', array( 1 ), 'g' ) . (int) as_has_scheduled_action( 'h' );
	}
	echo "$after: ", implode( ' ', $answers ), "\n";
};
$ask( 'as it was' );
asq_test_query( 'ALTER TABLE {actions} ADD COLUMN more int FIRST' );
$ask( 'a column' );
asq_test_query( 'TRUNCATE {actions}' );
$ask( 'empty' );
as_enqueue_async_action( 'h', array( 1 ), 'g' );
$ask( 'an action' );
asq_test_query( 'CREATE TABLE {actions}_new LIKE {actions}' );
asq_test_query( 'RENAME TABLE {actions} TO {actions}_old, {actions}_new TO {actions}' );
$ask( 'another table' );
asq_test_query( 'DROP TABLE {actions}' );
asq_test_query( 'RENAME TABLE {actions}_old TO {actions}' );
$ask( 'the old one' );
asq_test_query( 'ALTER TABLE {actions} DROP INDEX status_scheduled_date_gmt' );
$ask( 'no index' );
/* A connection that has never seen the index. */
ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
$ask( 'nor before' );
asq_test_query( 'DROP TABLE {actions}' );
$ask( 'no table' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
as it was: 11 11 11 11
a column: 11 11 11 11
empty: 00 00 00 00
an action: 11 11 11 11
another table: 00 00 00 00
the old one: 11 11 11 11
no index: 11 11 11 11
nor before: 11 11 11 11
no table: 00 00 00 00
