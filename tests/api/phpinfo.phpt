--TEST--
phpinfo() shows versions, the client library, the link and the server, and never the password
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

as_enqueue_async_action( 'h' );
ini_set( 'asq.password', 'a-secret-of-ours' );
ob_start();
phpinfo( INFO_MODULES );
$info = ob_get_clean();
/* This section alone. */
$info = substr( $info, strpos( $info, "\nasq\n" ) );
$info = preg_replace( '/(?<=.)\n\n\w+\n\n.*/s', '', substr( $info, 0, strpos( $info, 'asq.user' ) + 40 ) );
preg_match_all( '/^(?:Action Sch|Version|Client|OpenSSL|Link|Server|asq\.(?:password|link|unique)).*/m', $info, $lines );
echo implode( "\n", $lines[0] ), "\n";
ob_start();
phpinfo();
var_dump( strpos( ob_get_clean(), 'a-secret-of-ours' ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
Action Scheduler's backend in C => enabled
Version => %d.%d.%s
Client library => %s
Client library version => %d.%d.%d%S
OpenSSL headers => OpenSSL %s
Link => auto
Server => %s
asq.link => auto => auto
asq.password => (set) => (set)
asq.password_file => no value => no value
asq.unique => auto => auto
bool(false)
