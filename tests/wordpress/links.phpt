--TEST--
asq.link: the own connection, or $wpdb's; and $wpdb's always while it is in a transaction
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
asq_test_query( 'CREATE TABLE {logs}_who (hook varchar(191), connection bigint)' );
asq_test_query( 'CREATE TRIGGER {actions}_who BEFORE INSERT ON {actions} FOR EACH ROW INSERT INTO {logs}_who VALUES (NEW.hook, CONNECTION_ID())' );
$wpdbs = $wpdb->get_var( 'SELECT CONNECTION_ID()' );
foreach ( array( 'auto', 'client', 'wpdb' ) as $link ) {
	ini_set( 'asq.link', $link );
	as_enqueue_async_action( "1 $link" );
	$wpdb->query( 'START TRANSACTION' );
	as_enqueue_async_action( "2 $link in a transaction" );
	$wpdb->query( 'COMMIT' );
	asq_enqueue_many( "3 $link, many", array( array() ) );
}
foreach ( asq_test_query( 'SELECT * FROM {logs}_who ORDER BY hook' ) as $row ) {
	echo $row['hook'], ': ', $row['connection'] === $wpdbs ? '$wpdb' : 'own', "\n";
}
asq_test_print( 'SELECT COUNT(*) FROM {actions} JOIN {logs} USING (action_id)' );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
asq_test_query( 'DROP TABLE IF EXISTS {logs}_who' );
--EXPECT--
1 auto: own
1 client: own
1 wpdb: $wpdb
2 auto in a transaction: $wpdb
2 client in a transaction: $wpdb
2 wpdb in a transaction: $wpdb
3 auto, many: own
3 client, many: own
3 wpdb, many: $wpdb
9
