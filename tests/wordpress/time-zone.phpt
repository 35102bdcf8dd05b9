--TEST--
Local dates are in the site's time zone, where it has a named one
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
foreach ( array( 'Asia/Tokyo', 'America/New_York', '' ) as $zone ) {
	update_option( 'timezone_string', $zone );
	as_schedule_single_action( 1900000000, 'h' );
	as_schedule_single_action( 1910000000, 'h' );
}
asq_test_print( 'SELECT scheduled_date_gmt, scheduled_date_local FROM {actions} ORDER BY action_id' );
asq_test_print( 'SELECT ROUND(TIMESTAMPDIFF(MINUTE, log_date_gmt, log_date_local) / 60) FROM {logs} WHERE log_id IN (1, 5)' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
2030-03-17 17:46:40 | 2030-03-18 02:46:40
2030-07-11 11:33:20 | 2030-07-11 20:33:20
2030-03-17 17:46:40 | 2030-03-17 13:46:40
2030-07-11 11:33:20 | 2030-07-11 07:33:20
2030-03-17 17:46:40 | 2030-03-17 17:46:40
2030-07-11 11:33:20 | 2030-07-11 11:33:20
9
0
