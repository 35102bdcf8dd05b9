--TEST--
A recurring action that has run is scheduled again, at its interval from now
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';

asq_fake_boot();
add_action( 'tick', static fn() => print( "tick\n" ) );
as_schedule_recurring_action( time() - 500, 3600, 'tick', array(), 'g', true, 4 );
as_schedule_cron_action( time() - 90000, '@yearly', 'later' );
asq_worker_run();
asq_test_print( "SELECT status, priority, attempts, scheduled_date_gmt BETWEEN UTC_TIMESTAMP() + INTERVAL 3500 SECOND AND UTC_TIMESTAMP() + INTERVAL 3600 SECOND FROM {actions} WHERE hook='tick' ORDER BY action_id" );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
tick
complete | 4 | 1 | 0
pending | 4 | 0 | 1
