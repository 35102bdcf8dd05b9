--TEST--
phpinfo() does not connect
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
ob_start();
phpinfo( INFO_MODULES );
preg_match( '/^Server => .*connected.*$/m', ob_get_clean(), $found );
echo $found[0], "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
Server => not connected
