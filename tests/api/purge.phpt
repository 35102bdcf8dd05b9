--TEST--
asq_purge() deletes what ended 31 days ago, with its logs; each of its options
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/../store/purge.inc';
asq_test_tables();
$rows = static function () {
	foreach ( array( 'actions', 'logs', 'claims' ) as $table ) {
		asq_test_query( "TRUNCATE {{$table}}" );
	}
	asq_purge_rows(
		array(
			array( 'complete', 32, 3 ),
			array( 'complete', 30, 3 ),
			array( 'canceled', 32, 2 ),
			array( 'canceled', null, 2 ),
			array( 'failed', 100, 3 ),
			array( 'failed', 32, 3 ),
			array( 'pending', 100, 1 ),
			array( 'in-progress', 100, 2 ),
			array( 'pending', null, 1 ),
			array( 'complete', 100, 0 ),
		)
	);
};
foreach ( array(
	array(),
	array( 'dry_run' => true ),
	array( 'statuses' => array( 'complete' ) ),
	array( 'statuses' => array( 'failed', 'failed' ) ),
	array( 'statuses' => array( 'failed', 'canceled' ), 'before' => time() ),
	array( 'before' => time() - 50 * 86400 ),
	array( 'before' => new DateTimeImmutable( '1 day ago', new DateTimeZone( 'Asia/Tokyo' ) ) ),
	array( 'before' => 0 ),
	array( 'limit' => 2 ),
	array( 'limit' => '1', 'dry_run' => 1 ),
	array( 'limit' => 0, 'batch' => 1, 'pause' => 1 ),
	array( 'batch' => 1000000, 'pause' => '0' ),
	array( 'statuses' => null, 'before' => null, 'limit' => null, 'dry_run' => null, 'batch' => null, 'pause' => null, 'on_progress' => null ),
) as $options ) {
	$rows();
	asq_purge_counts( $options );
	asq_purge_left();
}
$counts = asq_purge();
echo implode( ', ', array_keys( $counts ) ), "\n";
var_dump( $counts['seconds'] > 0, $counts['longest_batch_seconds'] );

echo "progress\n";
$rows();
$counts = asq_purge(
	array(
		'batch'       => 2,
		'on_progress' => static function ( $counts ) {
			echo "$counts[actions] of $counts[total], $counts[logs] logs\n";
		},
	)
);
try {
	$rows();
	asq_purge( array( 'on_progress' => static function ( $counts ) {
		$counts['actions'] && throw new DomainException( 'enough' );
	} ) );
} catch ( DomainException $e ) {
	echo $e->getMessage(), "\n";
}
asq_purge_left();
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
{"actions":4,"logs":7,"orphan_logs":0,"claims":0,"batches":2}
actions: 2 5 6 7 8 9; logs of: 2*3 5*3 6*3 7*1 8*2 9*1; claims: 
{"actions":4,"logs":7,"orphan_logs":0,"claims":0,"batches":0}
actions: 1 2 3 4 5 6 7 8 9 10; logs of: 1*3 2*3 3*2 4*2 5*3 6*3 7*1 8*2 9*1; claims: 
{"actions":2,"logs":3,"orphan_logs":0,"claims":0,"batches":1}
actions: 2 3 4 5 6 7 8 9; logs of: 2*3 3*2 4*2 5*3 6*3 7*1 8*2 9*1; claims: 
{"actions":1,"logs":3,"orphan_logs":0,"claims":0,"batches":1}
actions: 1 2 3 4 6 7 8 9 10; logs of: 1*3 2*3 3*2 4*2 6*3 7*1 8*2 9*1; claims: 
{"actions":4,"logs":10,"orphan_logs":0,"claims":0,"batches":2}
actions: 1 2 7 8 9 10; logs of: 1*3 2*3 7*1 8*2 9*1; claims: 
{"actions":2,"logs":2,"orphan_logs":0,"claims":0,"batches":2}
actions: 1 2 3 5 6 7 8 9; logs of: 1*3 2*3 3*2 5*3 6*3 7*1 8*2 9*1; claims: 
{"actions":5,"logs":10,"orphan_logs":0,"claims":0,"batches":2}
actions: 5 6 7 8 9; logs of: 5*3 6*3 7*1 8*2 9*1; claims: 
{"actions":1,"logs":2,"orphan_logs":0,"claims":0,"batches":1}
actions: 1 2 3 5 6 7 8 9 10; logs of: 1*3 2*3 3*2 5*3 6*3 7*1 8*2 9*1; claims: 
{"actions":2,"logs":3,"orphan_logs":0,"claims":0,"batches":1}
actions: 2 3 4 5 6 7 8 9; logs of: 2*3 3*2 4*2 5*3 6*3 7*1 8*2 9*1; claims: 
{"actions":1,"logs":0,"orphan_logs":0,"claims":0,"batches":0}
actions: 1 2 3 4 5 6 7 8 9 10; logs of: 1*3 2*3 3*2 4*2 5*3 6*3 7*1 8*2 9*1; claims: 
{"actions":4,"logs":7,"orphan_logs":0,"claims":0,"batches":4}
actions: 2 5 6 7 8 9; logs of: 2*3 5*3 6*3 7*1 8*2 9*1; claims: 
{"actions":4,"logs":7,"orphan_logs":0,"claims":0,"batches":2}
actions: 2 5 6 7 8 9; logs of: 2*3 5*3 6*3 7*1 8*2 9*1; claims: 
{"actions":4,"logs":7,"orphan_logs":0,"claims":0,"batches":2}
actions: 2 5 6 7 8 9; logs of: 2*3 5*3 6*3 7*1 8*2 9*1; claims: 
actions, logs, orphan_logs, claims, batches, seconds, longest_batch_seconds
bool(true)
float(0)
progress
0 of 4, 0 logs
2 of 4, 3 logs
2 of 4, 3 logs
4 of 4, 7 logs
4 of 4, 7 logs
4 of 4, 7 logs
4 of 4, 7 logs
enough
actions: 2 3 4 5 6 7 8 9; logs of: 2*3 3*2 4*2 5*3 6*3 7*1 8*2 9*1; claims: 
