--TEST--
A handler that turns the warning into an exception gets it, and the next call works
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

set_error_handler(
	static function ( int $level, string $message ) {
		throw new ErrorException( $message, 0, $level );
	}
);
foreach ( array( array( 'h', 'no array' ), array( 'h' ) ) as $arguments ) {
	try {
		var_dump( as_enqueue_async_action( ...$arguments ) );
	} catch ( ErrorException $e ) {
		echo 'ErrorException: ', substr( $e->getMessage(), 0, 30 ), "\n";
	}
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
ErrorException: asq: The action was not stored
int(1)
