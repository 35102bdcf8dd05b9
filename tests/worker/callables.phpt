--TEST--
asq_worker_run() tells its callables of batches, starts, ends and failures
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';

asq_fake_boot();
add_action( 'work', static function ( $n ) {
	if ( 2 === $n ) {
		throw new DomainException( 'not two' );
	}
} );
asq_enqueue_many( 'work', array( array( 1 ), array( 2 ), array( 3 ) ) );
$say = static fn( $name ) => static function ( ...$args ) use ( $name ) {
	echo "$name( ", implode( ', ', array_map( 'json_encode', $args ) ), " )\n";
};
asq_worker_run( array( 'on_batch' => $say( 'batch' ), 'on_start' => $say( 'start' ), 'on_complete' => $say( 'complete' ), 'on_failure' => $say( 'failure' ), 'on_tick' => $say( 'tick' ) ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
batch( 3 )
start( 1 )
complete( 1, "work" )
tick( 1 )
start( 2 )
failure( 2, "not two" )
tick( 2 )
start( 3 )
complete( 3, "work" )
tick( 3 )
