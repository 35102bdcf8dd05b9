--TEST--
asq.password_file holds the password, with or without a newline at its end, and goes before asq.password
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$file = __DIR__ . '/password-file.secret';
foreach ( array( '', "\n", "\r\n" ) as $end ) {
	file_put_contents( $file, getenv( 'ASQ_TEST_PASSWORD' ) . $end );
	ini_set( 'asq.password', 'wrong' );
	ini_set( 'asq.password_file', $file );
	var_dump( as_enqueue_async_action( 'h' ) > 0 );
	/* Another target, so that the connection is made anew. */
	ini_set( 'asq.database', 'asq_no_such_database' );
	@as_enqueue_async_action( 'h' );
	ini_set( 'asq.database', getenv( 'ASQ_TEST_DATABASE' ) );
}
file_put_contents( $file, 'wrong' );
var_dump( as_enqueue_async_action( 'h' ) );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
@unlink( __DIR__ . '/password-file.secret' );
--EXPECTF--
bool(true)
bool(true)
bool(true)

Warning: asq: Access denied for user %s (using password: YES) in %s on line %d
int(0)
