--TEST--
A purge whose connection is lost at a commit goes on, and counts what it has deleted
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/../db/fork.inc';
require __DIR__ . '/purge.inc';
asq_test_tables();
asq_purge_rows( array_fill( 0, 250, array( 'complete', 40, 1 ) ) );

/* The first commit goes through, its answer does not come back. */
ini_set( 'asq.host', asq_purge_proxy( 'COMMIT', static fn() => null, true ) );
$counts = asq_purge();
echo $counts['actions'], ' actions, ', $counts['orphan_logs'], " orphan logs\n";
asq_purge_left();
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
250 actions, 0 orphan logs
actions: ; logs of: ; claims: 
