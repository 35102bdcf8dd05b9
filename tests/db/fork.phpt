--TEST--
A forked child has a connection of its own, and the parent's outlives the child's end
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

/* A trigger tells whose connection it was. The processes have no other connection, and end with PHP's own shutdown. */
asq_test_query( 'CREATE TABLE {logs}_who (hook varchar(191), connection bigint)' );
asq_test_query( 'CREATE TRIGGER {actions}_who BEFORE INSERT ON {actions} FOR EACH ROW INSERT INTO {logs}_who VALUES (NEW.hook, CONNECTION_ID())' );
$code = <<<'PHP'
as_enqueue_async_action( 'parent' );
$pid = pcntl_fork();
as_enqueue_async_action( $pid ? 'parent' : 'child' );
as_enqueue_async_action( $pid ? 'parent' : 'child' );
if ( ! $pid ) {
	exit( 7 );
}
pcntl_waitpid( $pid, $status );
var_dump( pcntl_wexitstatus( $status ) );
as_enqueue_async_action( 'parent' );
/* One that never uses it. */
$pid = pcntl_fork();
if ( ! $pid ) {
	exit( 8 );
}
pcntl_waitpid( $pid, $status );
var_dump( pcntl_wexitstatus( $status ) );
as_enqueue_async_action( 'parent' );
PHP;
echo asq_test_child( $code, asq_test_settings() ), "\n";
asq_test_print( 'SELECT hook, COUNT(*), COUNT(DISTINCT connection) FROM {logs}_who GROUP BY hook ORDER BY hook' );
asq_test_print( 'SELECT COUNT(DISTINCT connection) FROM {logs}_who' );
asq_test_print( 'SELECT hook, COUNT(*) FROM {actions} JOIN {logs} USING (action_id) GROUP BY hook ORDER BY hook' );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
asq_test_query( 'DROP TABLE IF EXISTS {logs}_who' );
--EXPECT--
int(7)
int(8)
child | 2 | 1
parent | 5 | 1
2
child | 2
parent | 5
