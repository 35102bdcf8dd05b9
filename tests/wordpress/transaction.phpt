--TEST--
Calls while $wpdb is in a transaction are part of it
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
/* asq_test_db() is another connection: it sees what is committed. */
$committed = static fn() => asq_test_query( 'SELECT COUNT(*) AS n FROM {actions}' )[0]['n'] . '/' . asq_test_query( 'SELECT COUNT(*) AS n FROM {logs}' )[0]['n'] . '/' . asq_test_query( 'SELECT COUNT(*) AS n FROM {groups}' )[0]['n'];
$calls     = static function ( $name ) use ( $committed ) {
	as_enqueue_async_action( $name, array(), "group of $name" );
	as_schedule_single_action( 1900000000, $name, array( 1 ), '', true );
	asq_enqueue_many( $name, array( array( 2 ), array( 3 ) ), "many of $name" );
	echo "$name: ", json_encode( as_has_scheduled_action( $name, array( 3 ) ) ), ', committed ', $committed(), "\n";
};
$wpdb->query( 'START TRANSACTION' );
$calls( 'rolled back' );
$wpdb->query( 'ROLLBACK' );
echo 'after ROLLBACK: ', json_encode( as_has_scheduled_action( 'rolled back' ) ), ', committed ', $committed(), "\n";
$wpdb->query( 'BEGIN' );
$calls( 'kept' );
$wpdb->query( 'COMMIT' );
echo 'after COMMIT: committed ', $committed(), "\n";
$wpdb->query( 'SET autocommit=0' );
$calls( 'without autocommit' );
$wpdb->query( 'ROLLBACK' );
echo 'after ROLLBACK: committed ', $committed(), "\n";
$wpdb->query( 'SET autocommit=1' );
$calls( 'outside' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
rolled back: true, committed 0/0/0
after ROLLBACK: false, committed 0/0/0
kept: true, committed 0/0/0
after COMMIT: committed 4/4/3
without autocommit: true, committed 4/4/3
after ROLLBACK: committed 4/4/3
outside: true, committed 8/8/5
