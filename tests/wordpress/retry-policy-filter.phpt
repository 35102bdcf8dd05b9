--TEST--
What the filter asq_retry_policy returns that is no policy is for the log, and the policy stays
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
$log = tempnam( sys_get_temp_dir(), 'asq' );
ini_set( 'error_log', $log );
spl_autoload_register( static function ( $class ) {
	throw new LogicException( "no $class" );
} );
asq_retry_policy( 'h', array( 'max_attempts' => 3 ) );
$filtered = null;
add_filter( 'asq_retry_policy', static function () use ( &$filtered ) {
	return $filtered;
} );
foreach ( array( null, false, array( 'max_attempts' => 9 ), true, 5, 'none', new stdClass(), array( 'max_attempts' => 0 ), array( 'delay' => 'Unknown::delay' ), array( 'retry_on' => array( &$filtered ) ) ) as $filtered ) {
	$policy = asq_get_retry_policy( 'h' );
	echo $policy ? $policy['max_attempts'] : 'none', "\n";
}
echo preg_replace( '/^\[[^]]*\] /m', '', file_get_contents( $log ) );
unlink( $log );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
none
none
9
3
3
3
3
3
3
3
asq: what the filter asq_retry_policy has returned is ignored: it must be an array, or null for none
asq: what the filter asq_retry_policy has returned is ignored: it must be an array, or null for none
asq: what the filter asq_retry_policy has returned is ignored: it must be an array, or null for none
asq: what the filter asq_retry_policy has returned is ignored: it must be an array, or null for none
asq: the retry policy of the filter asq_retry_policy is ignored: it must have a whole number from 1 to 1000 as "max_attempts"
asq: the filter asq_retry_policy threw, and is ignored: no Unknown
asq: the retry policy of the filter asq_retry_policy is ignored: it must have a list of at most 100 names of classes as "retry_on"
