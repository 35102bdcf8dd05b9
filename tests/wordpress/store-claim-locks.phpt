--TEST--
A claim passes over what others have locked, and locks nothing but what it claims
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--FILE--
<?php
require __DIR__ . '/fake.inc';
require __DIR__ . '/../db/fork.inc';

asq_fake_boot();
asq_enqueue_many( 'h', array_map( static fn( $i ) => array( $i ), range( 1, 300 ) ), 'g' );
$store = ActionScheduler::store();

/* More than it looks at first. */
asq_test_query( 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED' );
asq_test_query( 'BEGIN' );
asq_test_query( 'SELECT * FROM {actions} WHERE action_id <= 200 FOR UPDATE' );
$claim = $store->stake_claim( 5 );
echo implode( ' ', $claim->get_actions() ), "\n";
echo count( $store->stake_claim( 1000 )->get_actions() ), " are left\n";
asq_test_query( 'ROLLBACK' );
$store->release_claim( $claim );

/* While one is being made, a rival finds all others. */
asq_test_query( 'UPDATE {actions} SET claim_id = 0' );
$lock = asq_test_prefix() . 'slow';
asq_test_query( "DO GET_LOCK('$lock', 0)" );
asq_test_query( "CREATE TRIGGER {actions}_slow BEFORE UPDATE ON {actions} FOR EACH ROW DO GET_LOCK('$lock', 600)" );
$child = asq_fork( static fn() => ActionScheduler::store()->stake_claim( 1 ) );
asq_must( 'the claim', static fn() => asq_test_query( "SELECT 1 FROM information_schema.processlist WHERE state = 'User lock' AND info LIKE '%$lock%'" ) );
echo count( asq_test_query( 'SELECT action_id FROM {actions} FOR UPDATE SKIP LOCKED' ) ), " are free\n";
asq_test_query( "DO RELEASE_LOCK('$lock')" );
asq_join( array( $child ) );
asq_test_print( 'SELECT COUNT(*) FROM {actions} WHERE claim_id <> 0' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
201 202 203 204 205
95 are left
299 are free
1
