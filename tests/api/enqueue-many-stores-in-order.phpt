--TEST--
asq_enqueue_many() gives the ids in the order of the list, and each action its log row
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$ids = asq_enqueue_many( 'import', array( 'one' => array( 'n' => 1 ), 7 => array( 'n' => 2 ), array( str_repeat( 'x', 300 ) ), array() ), 'imports', false, 300 );
var_dump( $ids );
asq_test_print( 'SELECT action_id, hook, status, LEFT(args, 40), LENGTH(extended_args), slug, priority, schedule, claim_id, attempts FROM {actions} JOIN {groups} USING (group_id) ORDER BY action_id' );
asq_test_print( 'SELECT log_id, action_id, message FROM {logs} ORDER BY log_id' );
asq_test_print( 'SELECT COUNT(*) FROM {actions} WHERE scheduled_date_gmt BETWEEN UTC_TIMESTAMP() - INTERVAL 1 MINUTE AND UTC_TIMESTAMP()' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
array(4) {
  [0]=>
  int(1)
  [1]=>
  int(2)
  [2]=>
  int(3)
  [3]=>
  int(4)
}
1 | import | pending | {"n":1} | NULL | imports | 255 | O:28:"ActionScheduler_NullSchedule":0:{} | 0 | 0
2 | import | pending | {"n":2} | NULL | imports | 255 | O:28:"ActionScheduler_NullSchedule":0:{} | 0 | 0
3 | import | pending | 8c831efa39400e307e1e2ba0b0e10a33 | 304 | imports | 255 | O:28:"ActionScheduler_NullSchedule":0:{} | 0 | 0
4 | import | pending | [] | NULL | imports | 255 | O:28:"ActionScheduler_NullSchedule":0:{} | 0 | 0
1 | 1 | action created
2 | 2 | action created
3 | 3 | action created
4 | 4 | action created
4
