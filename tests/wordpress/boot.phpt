--TEST--
WordPress's boot: the functions wait for init, then work; nothing of the embedded PHP is compiled meanwhile
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

add_action( 'muplugins_loaded', static fn() => var_dump( as_enqueue_async_action( 'early' ) ), 5 );
add_action( 'init', static fn() => var_dump( as_enqueue_async_action( 'still early' ) ), 0 );
add_action( 'action_scheduler_init', static fn() => var_dump( as_enqueue_async_action( 'first' ) ) );
add_action( 'init', static fn() => var_dump( as_enqueue_async_action( 'second' ) ), 2 );
asq_fake_boot();
$compiled = static fn() => array_values( array_filter( get_declared_classes(), static fn( $class ) => preg_match( '/^(asq|actionscheduler)/i', $class ) && ! ( new ReflectionClass( $class ) )->isInternal() ) );
var_dump( $compiled(), did_action( 'action_scheduler_init' ) );
asq_test_print( 'SELECT action_id, hook FROM {actions} JOIN {logs} USING (action_id)' );
echo $asq_events['action_scheduler_run_queue'][1], ' ', json_encode( $asq_events['action_scheduler_run_queue'][2] ), "\n";
echo json_encode( apply_filters( 'cron_schedules', array( 'hourly' => 1 ) ) ), "\n";
var_dump( array_slice( $wpdb->tables, 2 ), $wpdb->actionscheduler_logs === asq_test_prefix() . 'actionscheduler_logs', class_exists( 'ActionScheduler_Store' ), ActionScheduler::is_initialized() );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
_doing_it_wrong( as_enqueue_async_action, as_enqueue_async_action() was called before the Action Scheduler data store was initialized, 3.1.6 )
int(0)
_doing_it_wrong( as_enqueue_async_action, as_enqueue_async_action() was called before the Action Scheduler data store was initialized, 3.1.6 )
int(0)
int(1)
int(2)
array(0) {
}
int(1)
1 | first
2 | second
every_minute ["WP Cron"]
{"hourly":1,"every_minute":{"interval":60,"display":"Every minute"}}
array(4) {
  [0]=>
  string(23) "actionscheduler_actions"
  [1]=>
  string(22) "actionscheduler_claims"
  [2]=>
  string(22) "actionscheduler_groups"
  [3]=>
  string(20) "actionscheduler_logs"
}
bool(true)
bool(true)
bool(true)
