--TEST--
asq_worker_run() runs what is due, in order, and counts; a callback that throws fails its action only
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';

asq_fake_boot();
add_action( 'work', static function ( $n ) {
	if ( 3 === $n ) {
		throw new DomainException( 'not three' );
	}
	echo "work $n\n";
} );
asq_enqueue_many( 'work', array( array( 'n' => 1 ), array( 'n' => 2 ), array( 'n' => 3 ), array( 'n' => 4 ) ), 'g' );
as_enqueue_async_action( 'work', array( 'n' => 0 ), 'g', false, 1 );
as_enqueue_async_action( 'nobody listens' );
as_schedule_single_action( 1900000000, 'work', array( 'n' => 9 ) );
$counts = asq_worker_run( array( 'batch_size' => 2, 'context' => 'a test' ) );
var_dump( is_float( $counts['seconds'] ) );
unset( $counts['seconds'] );
echo json_encode( $counts ), "\n";
asq_test_print( 'SELECT hook, args, status, attempts FROM {actions} ORDER BY action_id' );
asq_test_print( 'SELECT action_id, message FROM {logs} WHERE message <> "action created" ORDER BY log_id' );
asq_test_print( 'SELECT COUNT(*) FROM {claims} UNION ALL SELECT COUNT(*) FROM {actions} WHERE status="pending" AND claim_id<>0' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
work 0
work 1
work 2
work 4
bool(true)
{"claimed":6,"succeeded":4,"failed":2,"retried":0,"ignored":0,"lost":0,"batches":3}
work | {"n":1} | complete | 1
work | {"n":2} | complete | 1
work | {"n":3} | failed | 1
work | {"n":4} | complete | 1
work | {"n":0} | complete | 1
nobody listens | [] | failed | 1
work | {"n":9} | pending | 0
5 | action started via a test
5 | action complete via a test
1 | action started via a test
1 | action complete via a test
2 | action started via a test
2 | action complete via a test
3 | action started via a test
3 | action failed via a test: not three
4 | action started via a test
4 | action complete via a test
6 | action started via a test
6 | action failed via a test: Scheduled action for nobody listens will not be executed as no callbacks are registered.
0
0
