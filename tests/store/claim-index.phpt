--TEST--
The claims' index: made, of the right columns, missed by no claim; and why it could not be made
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/claims.inc';
require __DIR__ . '/../db/fork.inc';

asq_test_tables();
var_dump( Asq\Native\has_claim_index() );
echo Asq\Native\action_estimate() < 10 ? "small\n" : "large\n";
$claims = new Asq\Native\Claims();
foreach ( range( 1, 6 ) as $ago ) {
	asq_claims_action( 10 * $ago ); // far enough apart, whatever the clock does meanwhile
}
echo 'without it: ', implode( ' ', array_column( $claims->claim( 1, 2 ), 0 ) ), "\n";
var_dump( Asq\Native\make_claim_index(), Asq\Native\has_claim_index(), Asq\Native\make_claim_index() );
asq_test_print( "SELECT GROUP_CONCAT(column_name ORDER BY seq_in_index) FROM information_schema.statistics WHERE table_schema=DATABASE() AND table_name='" . asq_test_prefix() . "actionscheduler_actions' AND index_name='asq_claim'" );
$claims = new Asq\Native\Claims();
echo 'with it: ', implode( ' ', array_column( $claims->claim( 1, 2 ), 0 ) ), "\n";
asq_test_query( 'ALTER TABLE {actions} DROP INDEX asq_claim' );
$claims->look();
echo 'dropped: ', implode( ' ', array_column( $claims->claim( 1, 2 ), 0 ) ), "\n";
asq_test_query( 'ALTER TABLE {actions} ADD INDEX asq_claim (status, claim_id)' );
var_dump( Asq\Native\has_claim_index(), Asq\Native\make_claim_index(), Asq\Native\has_claim_index() );

echo "Another engine\n";
asq_test_query( 'ALTER TABLE {actions} DROP INDEX asq_claim' );
asq_test_query( 'ALTER TABLE {actions} ENGINE=MyISAM' );
var_dump( Asq\Native\make_claim_index(), Asq\Native\has_claim_index() );

echo "No privilege\n";
asq_claims_tables( false );
ini_set( 'asq.user', asq_test_account( 'SELECT, UPDATE' ) );
var_dump( Asq\Native\make_claim_index() );
echo preg_replace( '/\(.*\)/', '(...)', Asq\Native\last_error() ), "\n";
asq_test_configure();

echo "In a transaction of somebody else's\n";
asq_test_query( 'BEGIN' );
asq_test_query( 'SELECT * FROM {actions}' );
$began = asq_clock();
var_dump( Asq\Native\make_claim_index() );
echo preg_replace( '/ \([^()]*\)$/', '', Asq\Native\last_error() ), "\n";
echo asq_clock() - $began < 60 ? "soon\n" : "late\n";
asq_test_query( 'COMMIT' );
var_dump( Asq\Native\make_claim_index() );

echo "The tables\n";
var_dump( Asq\Native\own_tables(), Asq\Native\own_tables() );
asq_test_query( "INSERT INTO {asq_workers} (host, state, started_gmt, heartbeat_gmt, options) VALUES ('h', 'running', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), '{}')" );
asq_test_print( "SELECT worker_id, supervisor_id, pid, action_id, action_hook, action_started_gmt, succeeded, failed, memory, claim_id FROM {asq_workers}" );
asq_test_query( "INSERT INTO {asq_pauses} VALUES ('all', '', UTC_TIMESTAMP()), ('hook', 'h', UTC_TIMESTAMP())" );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(false)
small
without it: 6 5
bool(true)
bool(true)
bool(true)
status,claim_id,priority,attempts,scheduled_date_gmt,action_id
with it: 4 3
dropped: 2 1
bool(false)
bool(true)
bool(true)
Another engine
bool(true)
bool(true)
No privilege
bool(false)
The index asq_claim could not be made: the database's user needs the privileges ALTER and INDEX. (...)
In a transaction of somebody else's
bool(false)
The index asq_claim could not be made: other transactions that have used the table stay open (a backup, perhaps). Try again when they have ended.
soon
bool(true)
The tables
bool(true)
bool(true)
1 | 0 | 0 | 0 |  | NULL | 0 | 0 | 0 | 0
