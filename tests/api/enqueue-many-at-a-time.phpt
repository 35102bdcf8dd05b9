--TEST--
asq_enqueue_many() with a timestamp makes single actions of that time
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

asq_enqueue_many( 'h', array( array( 1 ), array( 2 ) ), 'g', false, 10, 1900000000 );
asq_enqueue_many( 'h', array( array( 3 ) ), 'g', true, 10, 0 );
foreach ( asq_test_query( 'SELECT scheduled_date_gmt, scheduled_date_local, schedule FROM {actions}' ) as $row ) {
	echo addcslashes( implode( ' | ', $row ), "\0" ), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
2030-03-17 17:46:40 | 2030-03-17 17:46:40 | O:30:"ActionScheduler_SimpleSchedule":2:{s:22:"\000*\000scheduled_timestamp";i:1900000000;s:41:"\000ActionScheduler_SimpleSchedule\000timestamp";i:1900000000;}
2030-03-17 17:46:40 | 2030-03-17 17:46:40 | O:30:"ActionScheduler_SimpleSchedule":2:{s:22:"\000*\000scheduled_timestamp";i:1900000000;s:41:"\000ActionScheduler_SimpleSchedule\000timestamp";i:1900000000;}
1970-01-01 00:00:00 | 1970-01-01 00:00:00 | O:30:"ActionScheduler_SimpleSchedule":2:{s:22:"\000*\000scheduled_timestamp";i:0;s:41:"\000ActionScheduler_SimpleSchedule\000timestamp";i:0;}
