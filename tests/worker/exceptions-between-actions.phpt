--TEST--
A callable that throws, or ends the process, between two actions leaves none of them half done
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';

asq_fake_boot();
add_action( 'work', static function ( $n ) {
	echo "  runs $n\n";
} );
$throw = static function () {
	throw new LogicException( 'enough' );
};
$end = static function () {
	exit( 3 );
};
$show = static function () {
	asq_test_print( "SELECT CONCAT('  ', status), COUNT(*) FROM {actions} GROUP BY status" );
	asq_test_print( "SELECT CONCAT('  ', message), COUNT(*) FROM {logs} WHERE message LIKE 'action complete%' GROUP BY message" );
	asq_test_query( 'TRUNCATE {actions}' );
	asq_test_query( 'TRUNCATE {claims}' );
	asq_test_query( 'TRUNCATE {logs}' );
};
foreach ( array( 'on_batch', 'on_complete', 'on_tick' ) as $name ) {
	echo "$name\n";
	asq_enqueue_many( 'work', array( array( 1 ), array( 2 ) ) );
	try {
		$counts = asq_worker_run( array( $name => $throw ) );
		echo "  {$counts['succeeded']} succeeded, {$counts['failed']} failed, {$counts['lost']} lost\n";
	} catch ( LogicException $e ) {
		echo "  thrown\n";
	}
	$show();
}
echo "exit\n";
asq_enqueue_many( 'work', array( array( 1 ), array( 2 ) ) );
register_shutdown_function( $show );
asq_worker_run( array( 'on_tick' => $end ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
on_batch
  thrown
  pending | 2
on_complete
  runs 1
  runs 2
  0 succeeded, 2 failed, 0 lost
  failed | 2
  action complete via WP CLI | 2
on_tick
  runs 1
  thrown
  complete | 1
  pending | 1
  action complete via WP CLI | 1
exit
  runs 1
  complete | 1
  pending | 1
  action complete via WP CLI | 1
