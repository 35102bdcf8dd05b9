--TEST--
asq_worker_run() outside WordPress is a RuntimeException
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
try {
	asq_worker_run();
} catch ( RuntimeException $e ) {
	echo get_class( $e ), ': ', $e->getMessage(), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
RuntimeException: asq_worker_run() needs WordPress: load it first.
