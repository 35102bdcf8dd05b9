--TEST--
as_schedule_cron_action() starts at the first match and stores the whole expression object
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

require __DIR__ . '/rows.inc';

as_schedule_cron_action( 1900000001, '0 0 * * *', 'report', array( 'weekly' => false ), 'reports', false, 0 );
asq_last_rows();
as_schedule_cron_action( 1900000000, '@hourly', 'report' );
as_schedule_cron_action( 1900000000, '15 10 ? * MON-FRI 2035', 'report' );
as_schedule_cron_action( 1900000000, '', 'report' );
foreach ( asq_test_query( 'SELECT scheduled_date_gmt, schedule FROM {actions} WHERE action_id > 1' ) as $row ) {
	echo $row['scheduled_date_gmt'], "\n", addcslashes( $row['schedule'], "\0" ), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
action_id: 1
hook: report
status: pending
scheduled_date_gmt: 2030-03-18 00:00:00
scheduled_date_local: 2030-03-18 00:00:00
priority: 0
args: {"weekly":false}
schedule: O:28:"ActionScheduler_CronSchedule":5:{s:22:"\000*\000scheduled_timestamp";i:1900022400;s:18:"\000*\000first_timestamp";i:1899999960;s:13:"\000*\000recurrence";O:14:"CronExpression":2:{s:25:"\000CronExpression\000cronParts";a:5:{i:0;s:1:"0";i:1;s:1:"0";i:2;s:1:"*";i:3;s:1:"*";i:4;s:1:"*";}s:28:"\000CronExpression\000fieldFactory";O:27:"CronExpression_FieldFactory":1:{s:35:"\000CronExpression_FieldFactory\000fields";a:5:{i:0;O:27:"CronExpression_MinutesField":0:{}i:1;O:25:"CronExpression_HoursField":0:{}i:2;O:30:"CronExpression_DayOfMonthField":0:{}i:3;O:25:"CronExpression_MonthField":0:{}i:4;O:29:"CronExpression_DayOfWeekField":0:{}}}}s:45:"\000ActionScheduler_CronSchedule\000start_timestamp";i:1900022400;s:34:"\000ActionScheduler_CronSchedule\000cron";r:4;}
group_id: 1
attempts: 0
last_attempt_gmt: 0000-00-00 00:00:00
last_attempt_local: 0000-00-00 00:00:00
claim_id: 0
extended_args: NULL

group_id: 1
slug: reports

log_id: 1
action_id: 1
message: action created
log_date_gmt: (now)
log_date_local: (now)

2030-03-17 18:00:00
O:28:"ActionScheduler_CronSchedule":5:{s:22:"\000*\000scheduled_timestamp";i:1900000800;s:18:"\000*\000first_timestamp";i:1899999960;s:13:"\000*\000recurrence";O:14:"CronExpression":2:{s:25:"\000CronExpression\000cronParts";a:5:{i:0;s:1:"0";i:1;s:1:"*";i:2;s:1:"*";i:3;s:1:"*";i:4;s:1:"*";}s:28:"\000CronExpression\000fieldFactory";O:27:"CronExpression_FieldFactory":1:{s:35:"\000CronExpression_FieldFactory\000fields";a:5:{i:0;O:27:"CronExpression_MinutesField":0:{}i:1;O:25:"CronExpression_HoursField":0:{}i:2;O:30:"CronExpression_DayOfMonthField":0:{}i:3;O:25:"CronExpression_MonthField":0:{}i:4;O:29:"CronExpression_DayOfWeekField":0:{}}}}s:45:"\000ActionScheduler_CronSchedule\000start_timestamp";i:1900000800;s:34:"\000ActionScheduler_CronSchedule\000cron";r:4;}
2035-01-01 10:15:00
O:28:"ActionScheduler_CronSchedule":5:{s:22:"\000*\000scheduled_timestamp";i:2051259300;s:18:"\000*\000first_timestamp";i:1899999960;s:13:"\000*\000recurrence";O:14:"CronExpression":2:{s:25:"\000CronExpression\000cronParts";a:6:{i:0;s:2:"15";i:1;s:2:"10";i:2;s:1:"?";i:3;s:1:"*";i:4;s:7:"MON-FRI";i:5;s:4:"2035";}s:28:"\000CronExpression\000fieldFactory";O:27:"CronExpression_FieldFactory":1:{s:35:"\000CronExpression_FieldFactory\000fields";a:6:{i:0;O:27:"CronExpression_MinutesField":0:{}i:1;O:25:"CronExpression_HoursField":0:{}i:2;O:30:"CronExpression_DayOfMonthField":0:{}i:3;O:25:"CronExpression_MonthField":0:{}i:4;O:29:"CronExpression_DayOfWeekField":0:{}i:5;O:24:"CronExpression_YearField":0:{}}}}s:45:"\000ActionScheduler_CronSchedule\000start_timestamp";i:2051259300;s:34:"\000ActionScheduler_CronSchedule\000cron";r:4;}
2030-03-17 17:46:40
O:30:"ActionScheduler_SimpleSchedule":2:{s:22:"\000*\000scheduled_timestamp";i:1900000000;s:41:"\000ActionScheduler_SimpleSchedule\000timestamp";i:1900000000;}
