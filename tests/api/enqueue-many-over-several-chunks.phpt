--TEST--
asq_enqueue_many() of 1,200 actions, long and short: all are there, each id is the one of its args
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$list = array();
for ( $i = 0; $i < 1200; $i++ ) {
	$list[] = array( 'i' => $i, 'text' => str_repeat( 'é"\\', $i % 7 * 20 ) );
}
$ids = asq_enqueue_many( 'h', $list, 'g' );
var_dump( count( $ids ), count( array_unique( $ids ) ) );
$rows  = array_column( asq_test_query( 'SELECT action_id, COALESCE(extended_args, args) AS json FROM {actions}' ), 'json', 'action_id' );
$wrong = 0;
foreach ( $ids as $i => $id ) {
	$wrong += $rows[ $id ] !== json_encode( $list[ $i ] );
}
var_dump( count( $rows ), $wrong );
asq_test_print( 'SELECT COUNT(*), COUNT(DISTINCT a.action_id), SUM(g.slug = "g") FROM {actions} a JOIN {logs} l ON l.action_id = a.action_id JOIN {groups} g USING (group_id)' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
int(1200)
int(1200)
int(1200)
int(0)
1200 | 1200 | 1200
