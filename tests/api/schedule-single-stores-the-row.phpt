--TEST--
as_schedule_single_action() stores the action at its time, with defaults for the rest
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

require __DIR__ . '/rows.inc';

var_dump( as_schedule_single_action( 1900000000, 'mail' ) );
asq_last_rows();
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
int(1)
action_id: 1
hook: mail
status: pending
scheduled_date_gmt: 2030-03-17 17:46:40
scheduled_date_local: 2030-03-17 17:46:40
priority: 10
args: []
schedule: O:30:"ActionScheduler_SimpleSchedule":2:{s:22:"\000*\000scheduled_timestamp";i:1900000000;s:41:"\000ActionScheduler_SimpleSchedule\000timestamp";i:1900000000;}
group_id: 1
attempts: 0
last_attempt_gmt: 0000-00-00 00:00:00
last_attempt_local: 0000-00-00 00:00:00
claim_id: 0
extended_args: NULL

group_id: 1
slug:

log_id: 1
action_id: 1
message: action created
log_date_gmt: (now)
log_date_local: (now)
