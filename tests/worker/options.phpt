--TEST--
asq_worker_run() refuses options that make no sense
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
$bad = array(
	array( 'batch_size' => -1 ), array( 'batch_size' => 'many' ), array( 'batch_size' => 1.5 ), array( 'batches' => array() ), array( 'cleanup_batch_size' => false ),
	array( 'free_memory_on' => -1 ), array( 'pause' => 'x' ), array( 'hooks' => 'h' ), array( 'exclude_groups' => 5 ),
	array( 'on_batch' => 'no_such_function' ), array( 'on_tick' => 5 ), array( 'on_warning' => array( 'a' ) ), array( 'on_start' => true ), array( 'on_complete' => '' ), array( 'on_failure' => new stdClass() ),
);
foreach ( $bad as $options ) {
	try {
		asq_worker_run( $options );
		echo "no error\n";
	} catch ( ValueError | TypeError $e ) {
		echo get_class( $e ), ': ', $e->getMessage(), "\n";
	}
}
try {
	asq_worker_run( 'options' );
} catch ( TypeError $e ) {
	echo $e->getMessage(), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
ValueError: asq_worker_run(): Argument #1 ($options) must have a whole number that is not negative as "batch_size"
ValueError: asq_worker_run(): Argument #1 ($options) must have a whole number that is not negative as "batch_size"
ValueError: asq_worker_run(): Argument #1 ($options) must have a whole number that is not negative as "batch_size"
ValueError: asq_worker_run(): Argument #1 ($options) must have a whole number that is not negative as "batches"
ValueError: asq_worker_run(): Argument #1 ($options) must have a whole number that is not negative as "cleanup_batch_size"
ValueError: asq_worker_run(): Argument #1 ($options) must have a whole number that is not negative as "free_memory_on"
ValueError: asq_worker_run(): Argument #1 ($options) must have a whole number that is not negative as "pause"
TypeError: asq_worker_run(): Argument #1 ($options) must have an array as "hooks"
TypeError: asq_worker_run(): Argument #1 ($options) must have an array as "exclude_groups"
TypeError: asq_worker_run(): Argument #1 ($options) must have a callable as "on_batch"
TypeError: asq_worker_run(): Argument #1 ($options) must have a callable as "on_tick"
TypeError: asq_worker_run(): Argument #1 ($options) must have a callable as "on_warning"
TypeError: asq_worker_run(): Argument #1 ($options) must have a callable as "on_start"
TypeError: asq_worker_run(): Argument #1 ($options) must have a callable as "on_complete"
TypeError: asq_worker_run(): Argument #1 ($options) must have a callable as "on_failure"
asq_worker_run(): Argument #1 ($options) must be of type array, string given
