--TEST--
as_enqueue_async_action() stores the action, its group and its log row, every column as Action Scheduler would
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

require __DIR__ . '/rows.inc';

var_dump( as_enqueue_async_action( 'shop/import', array( 'sku' => 'A-1', 'n' => 3 ), 'imports', false, 7 ) );
asq_last_rows();
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
int(1)
action_id: 1
hook: shop/import
status: pending
scheduled_date_gmt: (now)
scheduled_date_local: (now)
priority: 7
args: {"sku":"A-1","n":3}
schedule: O:28:"ActionScheduler_NullSchedule":0:{}
group_id: 1
attempts: 0
last_attempt_gmt: 0000-00-00 00:00:00
last_attempt_local: 0000-00-00 00:00:00
claim_id: 0
extended_args: NULL

group_id: 1
slug: imports

log_id: 1
action_id: 1
message: action created
log_date_gmt: (now)
log_date_local: (now)
