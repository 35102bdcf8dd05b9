--TEST--
jsonSerialize() that throws: an Exception is logged and answered by 0, an Error goes on; nothing is stored
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--INI--
log_errors=1
error_log=
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

class Broken implements JsonSerializable {
	public function __construct( private Throwable $with ) {
	}
	public function jsonSerialize(): mixed {
		throw $this->with;
	}
}
$log = tempnam( sys_get_temp_dir(), 'asq' );
ini_set( 'error_log', $log );
var_dump( as_enqueue_async_action( 'my_hook', array( new Broken( new DomainException( 'no json today' ) ) ) ) );
echo preg_replace( '/^\[.*?\] /m', '', file_get_contents( $log ) );
unlink( $log );
ini_set( 'error_log', '' );
try {
	as_enqueue_async_action( 'my_hook', array( new Broken( new LogicException( 'x' ) ), new Broken( new Error( 'y' ) ) ) );
	as_enqueue_async_action( 'my_hook', array( new Broken( new Error( 'an error' ) ) ) );
} catch ( Error $e ) {
	echo get_class( $e ), ': ', $e->getMessage(), "\n";
}
try {
	asq_enqueue_many( 'h', array( array( 1 ), array( new Broken( new DomainException( 'not this one' ) ) ) ) );
} catch ( DomainException $e ) {
	echo $e->getMessage(), "\n";
}
var_dump( as_count_scheduled_actions() );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
int(0)
Caught exception while enqueuing action "my_hook": Error saving action: no json today
%SCaught exception while enqueuing action "my_hook": Error saving action: x
Error: an error
not this one
int(0)
