--TEST--
The pool's claims come in Action Scheduler's order: with and without the index, SKIP LOCKED, and filters
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/claims.inc';

$filters = array(
	'all'             => array( array(), 'TRUE' ),
	'hooks'           => array( array( 'hooks' => array( 'a', 'c' ) ), "hook IN ('a', 'c')" ),
	'groups'          => array( array( 'group_ids' => array( 1, 3 ) ), 'group_id IN (1, 3)' ),
	'without groups'  => array(
		array(
			'group_ids'      => array( 2 ),
			'exclude_groups' => true,
		),
		'group_id NOT IN (2)',
	),
	'of an old server' => array( array( 'old_server' => true ), 'TRUE' ),
);
foreach ( array( true, false ) as $index ) {
	foreach ( $filters as $name => list( $filter, $where ) ) {
		asq_claims_tables( $index );
		asq_claims_mixture( 1500 );
		$expected = asq_claims_expected( $where );
		$all      = asq_test_query( 'SELECT COUNT(*) AS n FROM {actions} WHERE claim_id=7' )[0]['n'];
		foreach ( array( 7, 1000 ) as $limit ) {
			$ids  = asq_claims_all( new Asq\Native\Claims( $filter ), 7, $limit );
			$held = array_column( asq_test_query( 'SELECT action_id FROM {actions} WHERE claim_id=7 ORDER BY priority, attempts, scheduled_date_gmt, action_id' ), 'action_id' );
			echo $index ? 'index' : 'no index', ", $name, $limit at a time: ", count( $ids ) > 50 && $ids === $expected && $ids === $held ? 'ok' : 'WRONG', "\n";
			asq_test_query( 'UPDATE {actions} SET claim_id=0 WHERE claim_id=7' );
		}
	}
}

asq_claims_tables();
$order = new Asq\Native\Claims( array( 'order_by' => 'ORDER BY action_id DESC' ) );
asq_claims_mixture( 100 );
$expected = asq_claims_expected();
rsort( $expected );
var_dump( asq_claims_all( $order, 7, 8 ) === $expected );

echo "A row\n";
asq_claims_tables();
asq_test_query( "INSERT INTO {groups} (slug) VALUES ('g')" );
asq_claims_action( 100, 3, 2, 'hook', 1 );
asq_claims_action( 100, 3, 2, 'other' );
foreach ( ( new Asq\Native\Claims() )->claim( 12, 5, gmdate( 'Y-m-d H:i:s' ) ) as $row ) {
	$row[9] = strlen( $row[9] );
	echo json_encode( $row ), "\n";
}
asq_test_print( "SELECT action_id, status, claim_id, last_attempt_gmt > UTC_TIMESTAMP() - INTERVAL 10 SECOND, attempts FROM {actions}" );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
index, all, 7 at a time: ok
index, all, 1000 at a time: ok
index, hooks, 7 at a time: ok
index, hooks, 1000 at a time: ok
index, groups, 7 at a time: ok
index, groups, 1000 at a time: ok
index, without groups, 7 at a time: ok
index, without groups, 1000 at a time: ok
index, of an old server, 7 at a time: ok
index, of an old server, 1000 at a time: ok
no index, all, 7 at a time: ok
no index, all, 1000 at a time: ok
no index, hooks, 7 at a time: ok
no index, hooks, 1000 at a time: ok
no index, groups, 7 at a time: ok
no index, groups, 1000 at a time: ok
no index, without groups, 7 at a time: ok
no index, without groups, 1000 at a time: ok
no index, of an old server, 7 at a time: ok
no index, of an old server, 1000 at a time: ok
bool(true)
A row
["1","hook","pending","[]",null,"s","3","g","2",19]
["2","other","pending","[]",null,"s","3",null,"2",19]
1 | pending | 12 | 1 | 2
2 | pending | 12 | 1 | 2
