--TEST--
Arguments can be given by name, with gaps between them
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

as_enqueue_async_action( hook: 'h', priority: 3 );
as_enqueue_async_action( group: 'g', hook: 'h', args: array( 1 ) );
as_schedule_single_action( hook: 's', timestamp: 1900000000, unique: true );
as_schedule_single_action( 1900000000, 's', unique: true );
as_schedule_recurring_action( interval_in_seconds: 60, timestamp: 1900000000, hook: 'r', group: 'g' );
as_schedule_cron_action( schedule: '@daily', timestamp: 1900000000, hook: 'c', priority: 1 );
asq_enqueue_many( hook: 'm', args_list: array( array() ), timestamp: 1900000000 );
asq_test_print( 'SELECT hook, args, slug, priority FROM {actions} JOIN {groups} USING (group_id) ORDER BY action_id' );
var_dump( as_has_scheduled_action( group: 'g', hook: 'h' ), as_next_scheduled_action( hook: 's', group: '' ) );
var_dump( as_get_scheduled_actions( return_format: 'ids', args: array( 'hook' => 's' ) ) );
try {
	as_enqueue_async_action( hook: 'h', colour: 'blue' );
} catch ( Error $e ) {
	echo $e->getMessage(), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
h | [] |  | 3
h | [1] | g | 10
s | [] |  | 10
r | [] | g | 10
c | [] |  | 1
m | [] |  | 10
bool(true)
int(1900000000)
array(1) {
  [0]=>
  string(1) "3"
}
Unknown named parameter $colour
