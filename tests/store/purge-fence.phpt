--TEST--
A purge does not delete an action that changes between the look and the deletion, nor its logs
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
asq_purge_rows( array_fill( 0, 5, array( 'complete', 40, 2 ) ) );

/* The look has found all five; then 2 is revived, 3 is touched, 4 is deleted by another, and only then they are locked. */
$revive = static function () {
	$other = asq_other_db();
	$other->query( asq_sql( "UPDATE {actions} SET status='pending' WHERE action_id=2" ) );
	$other->query( asq_sql( 'UPDATE {actions} SET last_attempt_gmt=UTC_TIMESTAMP() WHERE action_id=3' ) );
	$other->query( asq_sql( 'DELETE FROM {actions} WHERE action_id=4' ) );
};
ini_set( 'asq.host', asq_purge_proxy( 'FOR UPDATE', $revive ) );
asq_purge_counts();
asq_purge_left();
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
{"actions":2,"logs":4,"orphan_logs":2,"claims":0,"batches":3}
actions: 2 3; logs of: 2*2 3*2; claims: 
