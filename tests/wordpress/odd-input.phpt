--TEST--
In WordPress odd input is answered as Action Scheduler answers it: a TypeError, or 0 and a line in PHP's log
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
ini_set( 'log_errors', '1' );
ini_set( 'error_log', $log = tempnam( sys_get_temp_dir(), 'asq' ) );
$calls = array(
	'too long'        => array( 'h', array( str_repeat( 'x', 8000 ) ) ),
	'args a string'   => array( 'h', 'a string' ),
	'args null'       => array( 'h', null ),
);
foreach ( $calls as $name => $arguments ) {
	echo $name, ': ';
	try {
		var_dump( as_enqueue_async_action( ...$arguments ) );
	} catch ( TypeError $e ) {
		echo "TypeError\n";
	}
}
echo preg_replace( '/^\[.*?\] /m', '', file_get_contents( $log ) );
unlink( $log );
asq_test_print( 'SELECT COUNT(*) FROM {actions}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
too long: int(0)
args a string: TypeError
args null: TypeError
Caught exception while enqueuing action "h": Error saving action: ActionScheduler_Action::$args too long. To ensure the args column can be indexed, action args should not be more than 8000 characters when encoded as JSON.
0
