--TEST--
A purge does not wait for rows that others have locked, and they do not lose them
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
asq_skip_unless_server( '10.6' );
--CONFLICTS--
all
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/../db/fork.inc';
require __DIR__ . '/purge.inc';
asq_test_tables();
asq_purge_rows( array( array( 'complete', 40, 2 ), array( 'complete', 40, 2 ), array( 'in-progress', 40, 1 ), array( 'pending', 40, 1 ), array( 'complete', 40, 2 ) ) );

/* Not committed: a complete action is revived, a running one ends, a new one comes with its log. */
$other = asq_other_db();
$other->begin_transaction();
$other->query( asq_sql( "UPDATE {actions} SET status='pending' WHERE action_id=2" ) );
$other->query( asq_sql( "UPDATE {actions} SET status='complete' WHERE action_id=3" ) );
$other->query( asq_sql( "INSERT INTO {actions} (action_id, hook, status) VALUES (6, 'h', 'pending')" ) );
$other->query( asq_sql( "INSERT INTO {logs} (action_id, message) VALUES (6, 'log'), (2, 'log')" ) );
$waits  = static fn() => (int) asq_test_query( "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_waits'" )[0]['Value'];
$before = $waits();
asq_purge_counts();
var_dump( $waits() - $before );
$other->commit();
asq_purge_left();

/* Not committed: a late log row of 3, which has ended by now. It is waited for, but not for as long as a lock may be waited for at this server. */
$other->begin_transaction();
$other->query( asq_sql( "INSERT INTO {logs} (action_id, message) VALUES (3, 'log')" ) );
$began = asq_clock();
asq_purge_counts();
var_dump( $waits() > $before, asq_clock() - $began < 45, asq_test_query( 'SELECT @@GLOBAL.innodb_lock_wait_timeout >= 50 AS n' )[0]['n'] );
$other->rollback();
asq_purge_counts();
asq_purge_left();
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
{"actions":2,"logs":4,"orphan_logs":0,"claims":0,"batches":2}
int(0)
actions: 2 3 4 6; logs of: 2*3 3*1 4*1 6*1; claims: 
{"actions":0,"logs":0,"orphan_logs":0,"claims":0,"batches":2}
bool(true)
bool(true)
string(1) "1"
{"actions":1,"logs":1,"orphan_logs":0,"claims":0,"batches":1}
actions: 2 4 6; logs of: 2*3 4*1 6*1; claims: 
