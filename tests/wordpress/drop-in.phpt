--TEST--
A $wpdb whose connection is no mysqli is asked by query() and get_results()
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

require __DIR__ . '/drop-in.inc';
asq_fake_boot( new Drop_In( asq_test_prefix() ) );
$odd = "it's \\ \"odd\"\n\r\0\x1a %s 😀";
var_dump( as_enqueue_async_action( $odd, array( $odd ), $odd ) );
var_dump( as_schedule_single_action( 1900000000, 'single', array( 1 ), 'g', true ) > 0, as_schedule_single_action( 1900000000, 'single', array( 1 ), 'g', true ) );
var_dump( asq_enqueue_many( 'many', array( array( 1 ), array( 2 ) ), 'g' ) );
var_dump( as_has_scheduled_action( $odd, array( $odd ), $odd ), as_next_scheduled_action( 'single' ), as_count_scheduled_actions(), $wpdb->asked > 5 );
var_dump( asq_test_query( 'SELECT hook FROM {actions} ORDER BY action_id LIMIT 1' )[0]['hook'] === $odd );
asq_test_print( 'SELECT COUNT(*) FROM {actions} JOIN {logs} USING (action_id) JOIN {groups} USING (group_id)' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
int(1)
bool(true)
int(0)
array(2) {
  [0]=>
  int(3)
  [1]=>
  int(4)
}
bool(true)
int(1900000000)
int(4)
bool(true)
bool(true)
4
