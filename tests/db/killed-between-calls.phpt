--TEST--
A connection that the server has closed between two calls is made anew: nothing is lost, nothing is stored twice
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

require __DIR__ . '/fork.inc';
ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
var_dump( as_enqueue_async_action( 'h', array( 1 ) ) > 0 );
foreach ( array( 'enqueue', 'unique', 'schedule', 'many', 'has', 'count' ) as $what ) {
	echo asq_test_disconnect(), " $what: ";
	switch ( $what ) {
		case 'enqueue':
			echo as_enqueue_async_action( 'h', array( 2 ) ) > 0, "\n";
			break;
		case 'unique':
			echo as_enqueue_async_action( 'h', array( 3 ), 'a new group', true ) > 0, "\n";
			break;
		case 'schedule':
			echo as_schedule_single_action( 1900000000, 'h', array( 4 ) ) > 0, "\n";
			break;
		case 'many':
			echo count( asq_enqueue_many( 'h', array( array( 5 ), array( 6 ) ) ) ), "\n";
			break;
		case 'has':
			echo as_has_scheduled_action( 'h', array( 2 ) ), "\n";
			break;
		case 'count':
			echo as_count_scheduled_actions(), "\n";
	}
}
asq_test_print( 'SELECT args, COUNT(*) FROM {actions} JOIN {logs} USING (action_id) GROUP BY args ORDER BY args' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(true)
1 enqueue: 1
1 unique: 1
1 schedule: 1
1 many: 2
1 has: 1
1 count: 6
[1] | 1
[2] | 1
[3] | 1
[4] | 1
[5] | 1
[6] | 1
