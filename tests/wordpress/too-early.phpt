--TEST--
Before WordPress's init every function says that it is too early, and answers as Action Scheduler does
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

$wpdb = new wpdb( asq_test_prefix() );
var_dump( as_schedule_single_action( 1900000000, 'h' ), as_schedule_recurring_action( 1900000000, 60, 'h' ), as_schedule_cron_action( 1900000000, '@daily', 'h' ),
	as_unschedule_action( 'h' ), as_unschedule_all_actions( 'h' ), as_next_scheduled_action( 'h' ), as_has_scheduled_action( 'h' ), as_get_scheduled_actions(), as_count_scheduled_actions(), asq_enqueue_many( 'h', array( array() ) ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
_doing_it_wrong( as_schedule_single_action, as_schedule_single_action() was called before the Action Scheduler data store was initialized, 3.1.6 )
_doing_it_wrong( as_schedule_recurring_action, as_schedule_recurring_action() was called before the Action Scheduler data store was initialized, 3.1.6 )
_doing_it_wrong( as_schedule_cron_action, as_schedule_cron_action() was called before the Action Scheduler data store was initialized, 3.1.6 )
_doing_it_wrong( as_unschedule_action, as_unschedule_action() was called before the Action Scheduler data store was initialized, 3.1.6 )
_doing_it_wrong( as_unschedule_all_actions, as_unschedule_all_actions() was called before the Action Scheduler data store was initialized, 3.1.6 )
_doing_it_wrong( as_next_scheduled_action, as_next_scheduled_action() was called before the Action Scheduler data store was initialized, 3.1.6 )
_doing_it_wrong( as_has_scheduled_action, as_has_scheduled_action() was called before the Action Scheduler data store was initialized, 3.1.6 )
_doing_it_wrong( as_get_scheduled_actions, as_get_scheduled_actions() was called before the Action Scheduler data store was initialized, 3.1.6 )
_doing_it_wrong( as_count_scheduled_actions, as_count_scheduled_actions() was called before the Action Scheduler data store was initialized, 3.1.6 )
_doing_it_wrong( asq_enqueue_many, asq_enqueue_many() was called before the Action Scheduler data store was initialized, 3.1.6 )
int(0)
int(0)
int(0)
int(0)
NULL
bool(false)
bool(false)
array(0) {
}
int(0)
array(0) {
}
