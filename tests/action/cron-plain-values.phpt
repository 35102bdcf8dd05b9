--TEST--
Cron expressions of numbers, lists, ranges and stars: the first match at or after a time
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$cases = array(
	array( '* * * * *', '2030-03-05 10:20:00' ),
	array( '* * * * *', '2030-03-05 10:20:30' ),
	array( '30 4 * * *', '2030-03-05 10:20:00' ),
	array( '0 0 1,15 * *', '2030-03-05 10:20:00' ),
	array( '0 6 * * 7', '2030-03-05 10:20:00' ),
	array( '0 6 * * 0', '2030-03-05 10:20:00' ),
	array( '0 0 13 * 5', '2030-03-05 10:20:00' ),
	array( " 0\t0  1 *   *             ", '2030-03-05 10:20:00' ),
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
"* * * * *" 2030-03-05 10:20:00 => 2030-03-05 10:20:00
"* * * * *" 2030-03-05 10:20:30 => 2030-03-05 10:20:00
"30 4 * * *" 2030-03-05 10:20:00 => 2030-03-06 04:30:00
"0 0 1,15 * *" 2030-03-05 10:20:00 => 2030-03-15 00:00:00
"0 6 * * 7" 2030-03-05 10:20:00 => 2030-03-10 06:00:00
"0 6 * * 0" 2030-03-05 10:20:00 => 2030-03-10 06:00:00
"0 0 13 * 5" 2030-03-05 10:20:00 => 2030-09-13 00:00:00
" 0\t0  1 *   *             " 2030-03-05 10:20:00 => 2030-04-01 00:00:00
