--TEST--
Settings refuse what they cannot mean, say so, and stay as they were
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
foreach ( array( 'asq.link' => 'tcp', 'asq.unique' => '', 'asq.connect_timeout' => '-1', 'asq.timeout' => '86401', 'asq.spin' => '1001' ) as $name => $value ) {
	var_dump( ini_set( $name, $value ), ini_get( $name ) );
}
foreach ( array( 'asq.link' => 'client', 'asq.unique' => 'args', 'asq.connect_timeout' => '0', 'asq.timeout' => '86400', 'asq.spin' => '0' ) as $name => $value ) {
	ini_set( $name, $value );
	var_dump( ini_get( $name ) );
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
Warning: asq.link must be auto, client or wpdb, not "tcp" in %s on line %d
bool(false)
string(4) "auto"

Warning: asq.unique must be auto, group or args, not "" in %s on line %d
bool(false)
string(4) "auto"

Warning: asq.connect_timeout must be 0 to 86400 seconds, not "-1" in %s on line %d
bool(false)
string(2) "10"

Warning: asq.timeout must be 0 to 86400 seconds, not "86401" in %s on line %d
bool(false)
string(2) "60"

Warning: asq.spin must be 0 to 1000 microseconds, not "1001" in %s on line %d
bool(false)
string(3) "300"
string(6) "client"
string(4) "args"
string(1) "0"
string(5) "86400"
string(1) "0"
