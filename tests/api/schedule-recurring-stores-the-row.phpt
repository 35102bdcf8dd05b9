--TEST--
as_schedule_recurring_action() stores its interval in the type in which it came
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

require __DIR__ . '/rows.inc';

as_schedule_recurring_action( 1900000000, 3600, 'sync', array( 'shop', 1 ), 'nightly', false, 20 );
asq_last_rows();
foreach ( array( '3600', 3600.0, '60.0', -60, true ) as $interval ) {
	as_schedule_recurring_action( 1900000000, $interval, 'sync' );
	echo json_encode( $interval ), "\n", addcslashes( asq_test_query( 'SELECT schedule FROM {actions} ORDER BY action_id DESC LIMIT 1' )[0]['schedule'], "\0" ), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
action_id: 1
hook: sync
status: pending
scheduled_date_gmt: 2030-03-17 17:46:40
scheduled_date_local: 2030-03-17 17:46:40
priority: 20
args: ["shop",1]
schedule: O:32:"ActionScheduler_IntervalSchedule":5:{s:22:"\000*\000scheduled_timestamp";i:1900000000;s:18:"\000*\000first_timestamp";i:1900000000;s:13:"\000*\000recurrence";i:3600;s:49:"\000ActionScheduler_IntervalSchedule\000start_timestamp";i:1900000000;s:53:"\000ActionScheduler_IntervalSchedule\000interval_in_seconds";i:3600;}
group_id: 1
attempts: 0
last_attempt_gmt: 0000-00-00 00:00:00
last_attempt_local: 0000-00-00 00:00:00
claim_id: 0
extended_args: NULL

group_id: 1
slug: nightly

log_id: 1
action_id: 1
message: action created
log_date_gmt: (now)
log_date_local: (now)

"3600"
O:32:"ActionScheduler_IntervalSchedule":5:{s:22:"\000*\000scheduled_timestamp";i:1900000000;s:18:"\000*\000first_timestamp";i:1900000000;s:13:"\000*\000recurrence";s:4:"3600";s:49:"\000ActionScheduler_IntervalSchedule\000start_timestamp";i:1900000000;s:53:"\000ActionScheduler_IntervalSchedule\000interval_in_seconds";s:4:"3600";}
3600
O:32:"ActionScheduler_IntervalSchedule":5:{s:22:"\000*\000scheduled_timestamp";i:1900000000;s:18:"\000*\000first_timestamp";i:1900000000;s:13:"\000*\000recurrence";d:3600;s:49:"\000ActionScheduler_IntervalSchedule\000start_timestamp";i:1900000000;s:53:"\000ActionScheduler_IntervalSchedule\000interval_in_seconds";d:3600;}
"60.0"
O:32:"ActionScheduler_IntervalSchedule":5:{s:22:"\000*\000scheduled_timestamp";i:1900000000;s:18:"\000*\000first_timestamp";i:1900000000;s:13:"\000*\000recurrence";s:4:"60.0";s:49:"\000ActionScheduler_IntervalSchedule\000start_timestamp";i:1900000000;s:53:"\000ActionScheduler_IntervalSchedule\000interval_in_seconds";s:4:"60.0";}
-60
O:32:"ActionScheduler_IntervalSchedule":5:{s:22:"\000*\000scheduled_timestamp";i:1900000000;s:18:"\000*\000first_timestamp";i:1900000000;s:13:"\000*\000recurrence";i:-60;s:49:"\000ActionScheduler_IntervalSchedule\000start_timestamp";i:1900000000;s:53:"\000ActionScheduler_IntervalSchedule\000interval_in_seconds";i:-60;}

Warning: as_schedule_recurring_action(): An integer was expected but "1" (boolean) was received. in %s on line %d
true
O:32:"ActionScheduler_IntervalSchedule":5:{s:22:"\000*\000scheduled_timestamp";i:1900000000;s:18:"\000*\000first_timestamp";i:1900000000;s:13:"\000*\000recurrence";i:-60;s:49:"\000ActionScheduler_IntervalSchedule\000start_timestamp";i:1900000000;s:53:"\000ActionScheduler_IntervalSchedule\000interval_in_seconds";i:-60;}
