--TEST--
More arguments than parameters are ignored, as a PHP function ignores them
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
asq_skip_if_debug();
?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

var_dump( as_enqueue_async_action( 'h', array(), '', false, 10, 'surplus', new stdClass() ) );
var_dump( as_schedule_single_action( 1900000000, 'h', array(), '', false, 10, 'surplus' ) );
var_dump( as_schedule_recurring_action( 1900000000, 60, 'h', array(), '', false, 10, 'surplus' ) );
var_dump( as_schedule_cron_action( 1900000000, '@daily', 'h', array(), '', false, 10, 'surplus' ) );
var_dump( as_has_scheduled_action( 'h', null, '', 'surplus' ) );
var_dump( as_next_scheduled_action( 'h', null, '', 'surplus' ) );
var_dump( count( as_get_scheduled_actions( array(), 'ids', 'surplus' ) ) );
var_dump( as_count_scheduled_actions( array(), 'surplus' ) );
var_dump( as_supports( 'nothing', 'surplus' ) );
var_dump( as_get_datetime_object( 0, 'UTC', 'surplus' )->getTimestamp() );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
int(1)
int(2)
int(3)
int(4)
bool(true)
bool(true)
int(4)
int(4)
bool(false)
int(0)
