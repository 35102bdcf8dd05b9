--TEST--
Times that are whole numbers, of either type and on either side of 1970, are stored in UTC
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--INI--
date.timezone=Asia/Kathmandu
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

foreach ( array( 0, 1, '1900000000', 951868799, -1, 253402300799, 253402300800, PHP_INT_MAX ) as $when ) {
	echo json_encode( $when ), ' ';
	$id = @as_schedule_single_action( $when, 'h' );
	echo $id ? implode( ' | ', asq_test_query( "SELECT scheduled_date_gmt, scheduled_date_local FROM {actions} WHERE action_id=$id" )[0] ) : 'refused', "\n";
}
/* An async action's local time is PHP's, as Action Scheduler's date() has it. */
as_enqueue_async_action( 'h' );
asq_test_print( 'SELECT TIMESTAMPDIFF(MINUTE, scheduled_date_gmt, scheduled_date_local) FROM {actions} ORDER BY action_id DESC LIMIT 1' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
0 1970-01-01 00:00:00 | 1970-01-01 00:00:00
1 1970-01-01 00:00:01 | 1970-01-01 00:00:01
"1900000000" 2030-03-17 17:46:40 | 2030-03-17 17:46:40
951868799 2000-02-29 23:59:59 | 2000-02-29 23:59:59
-1 1969-12-31 23:59:59 | 1969-12-31 23:59:59
253402300799 9999-12-31 23:59:59 | 9999-12-31 23:59:59
253402300800 refused
9223372036854775807 refused
345
