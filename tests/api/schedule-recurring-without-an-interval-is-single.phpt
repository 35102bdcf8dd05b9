--TEST--
An interval of 0 makes a single action; one that is no whole number makes none, and is reported
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

foreach ( array( 0, '0', 1.5, '1 hour', null ) as $interval ) {
	echo json_encode( $interval ), ': ';
	var_dump( as_schedule_recurring_action( 1900000000, $interval, 'h' ) );
}
foreach ( asq_test_query( 'SELECT schedule FROM {actions}' ) as $row ) {
	echo addcslashes( $row['schedule'], "\0" ), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
0: int(1)
"0": int(2)
1.5: 
Warning: as_schedule_recurring_action(): An integer was expected but "1.5" (double) was received. in %s on line %d
int(0)
"1 hour": 
Warning: as_schedule_recurring_action(): An integer was expected but "1 hour" (string) was received. in %s on line %d
int(0)
null: 
Warning: as_schedule_recurring_action(): An integer was expected but "" (NULL) was received. in %s on line %d
int(0)
O:30:"ActionScheduler_SimpleSchedule":2:{s:22:"\000*\000scheduled_timestamp";i:1900000000;s:41:"\000ActionScheduler_SimpleSchedule\000timestamp";i:1900000000;}
O:30:"ActionScheduler_SimpleSchedule":2:{s:22:"\000*\000scheduled_timestamp";i:1900000000;s:41:"\000ActionScheduler_SimpleSchedule\000timestamp";i:1900000000;}
