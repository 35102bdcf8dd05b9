--TEST--
A server whose client has gone in the middle of a batch commits all of it or nothing: no action without its log row
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/proxy.inc';

asq_test_tables();
as_enqueue_async_action( 'h', array( 'first' ), 'g' );
/* It goes on with what it has been told, and says ROW_COUNT() = -1 where it could not send an answer: about every second time. */
for ( $n = 0; $n < 60; $n++ ) {
	killed_midway( 'INSERT INTO', static fn() => as_enqueue_async_action( 'h', array( $n ), 'g', true ) );
}
asq_test_print( 'SELECT COUNT(*) FROM {actions} a WHERE NOT EXISTS (SELECT 1 FROM {logs} l WHERE l.action_id = a.action_id)' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
0
