--TEST--
as_next_scheduled_action() gives the earliest time, true for what is async or running, else false
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

var_dump( as_next_scheduled_action( 'h' ) );
as_schedule_single_action( 1900000300, 'h', array( 2 ) );
as_schedule_recurring_action( 1900000200, 60, 'h', array( 1 ), 'g' );
var_dump( as_next_scheduled_action( 'h' ), as_next_scheduled_action( 'h', array( 2 ) ), as_next_scheduled_action( 'h', null, 'g' ),
	as_next_scheduled_action( 'h', array( 2 ), 'g' ), as_next_scheduled_action( 'h', array() ) );
as_schedule_cron_action( 1900000000, '50 17 * * *', 'h', array( 3 ) );
var_dump( as_next_scheduled_action( 'h' ) );
echo "async\n";
as_enqueue_async_action( 'h', array( 4 ) );
var_dump( as_next_scheduled_action( 'h' ), as_next_scheduled_action( 'h', array( 1 ) ) );
echo "running\n";
asq_test_query( "UPDATE {actions} SET status='in-progress' WHERE args='[1]'" );
var_dump( as_next_scheduled_action( 'h', array( 1 ) ) );
echo "ended\n";
asq_test_query( "UPDATE {actions} SET status='complete'" );
var_dump( as_next_scheduled_action( 'h' ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(false)
int(1900000200)
int(1900000300)
int(1900000200)
bool(false)
bool(false)
int(1900000200)
async
bool(true)
int(1900000200)
running
bool(true)
ended
bool(false)
