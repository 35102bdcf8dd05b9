--TEST--
Cron expressions with names of months and weekdays, in either case
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$cases = array(
	array( '0 10 * * TUE#5', '2030-03-05 10:20:00' ),
	array( '0 6 * JAN,jul MON-FRI', '2030-03-05 10:20:00' ),
	array( '0 6 * * SUN', '2030-03-05 10:20:00' ),
	array( '0 6 * * FRI-SUN', '2030-03-09 10:20:00' ),
	array( '15 10 ? * MON-FRI', '2030-03-08 11:00:00' ),
	array( '0 0 * 2 MON#1', '2030-03-05 10:20:00' ),
);
foreach ( $cases as list( $expression, $from ) ) {
	$id  = as_schedule_cron_action( strtotime( "$from UTC" ), $expression, 'h' );
	$row = asq_test_query( "SELECT scheduled_date_gmt, schedule FROM {actions} WHERE action_id=$id" )[0];
	preg_match( '/scheduled_timestamp";i:(\d+)/', $row['schedule'], $blob );
	echo json_encode( $expression, JSON_UNESCAPED_SLASHES ), " $from => ", $row['scheduled_date_gmt'], strtotime( $row['scheduled_date_gmt'] . ' UTC' ) === (int) $blob[1] ? '' : ' BUT ' . $blob[1], "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
"0 10 * * TUE#5" 2030-03-05 10:20:00 => 2030-04-30 10:00:00
"0 6 * JAN,jul MON-FRI" 2030-03-05 10:20:00 => 2030-07-01 06:00:00
"0 6 * * SUN" 2030-03-05 10:20:00 => 2030-03-10 06:00:00
"0 6 * * FRI-SUN" 2030-03-09 10:20:00 => 2030-03-10 06:00:00
"15 10 ? * MON-FRI" 2030-03-08 11:00:00 => 2030-03-11 10:15:00
"0 0 * 2 MON#1" 2030-03-05 10:20:00 => 2031-02-03 00:00:00
