--TEST--
A bad value in php.ini is reported at the start, and PHP runs with the default
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
foreach ( array( 'asq.link' => 'tcp', 'asq.timeout' => '-5' ) as $name => $value ) {
	echo asq_test_child( "var_dump( ini_get( '$name' ), function_exists( 'as_enqueue_async_action' ) );", array( $name => $value, 'display_startup_errors' => 1 ), $status ), "\n";
	var_dump( $status );
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
%AWarning: %Sasq.link must be auto, client or wpdb, not "tcp"%A
string(4) "auto"
bool(true)
int(0)
%AWarning: %Sasq.timeout must be 0 to 86400 seconds, not "-5"%A
string(2) "60"
bool(true)
int(0)
