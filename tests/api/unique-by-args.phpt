--TEST--
unique, by itself: one pending or running action of a hook, group and args
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

var_dump( as_enqueue_async_action( 'h', array( 1 ), 'g', true ) );
var_dump( as_enqueue_async_action( 'h', array( 1 ), 'g', true ) );
echo "other args, group, hook\n";
var_dump( as_enqueue_async_action( 'h', array( 2 ), 'g', true ) );
var_dump( as_enqueue_async_action( 'h', array( 1 ), 'another group', true ) );
var_dump( as_enqueue_async_action( 'another', array( 1 ), 'g', true ) );
echo "other kinds of action\n";
var_dump( as_schedule_single_action( 1900000000, 'h', array( 1 ), 'g', true ) );
var_dump( as_schedule_recurring_action( 1900000000, 60, 'h', array( 1 ), 'g', true ) );
var_dump( as_schedule_cron_action( 1900000000, '@daily', 'h', array( 1 ), 'g', true ) );
echo "not unique\n";
var_dump( as_enqueue_async_action( 'h', array( 1 ), 'g', false ) );
echo "long args\n";
$long = array( str_repeat( 'x', 300 ) );
var_dump( as_enqueue_async_action( 'h', $long, 'g', true ) > 0 );
var_dump( as_enqueue_async_action( 'h', $long, 'g', true ) );
$long[0][299] = 'y';
var_dump( as_enqueue_async_action( 'h', $long, 'g', true ) > 0 );
asq_test_print( 'SELECT COUNT(*) FROM {actions} UNION ALL SELECT COUNT(*) FROM {logs}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
int(1)
int(0)
other args, group, hook
int(%d)
int(%d)
int(%d)
other kinds of action
int(0)
int(0)
int(0)
not unique
int(%d)
long args
bool(true)
int(0)
bool(true)
7
7
