--TEST--
Cron expressions with L, W and #
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$cases = array(
	array( '0 0 L * *', '2031-02-01 00:00:00' ),
	array( '0 0 L 2 *', '2032-01-10 00:00:00' ),
	array( '0 9 15W * *', '2030-06-01 00:00:00' ),
	array( '0 9 1W * *', '2030-06-01 00:00:00' ),
	array( '0 9 31W 3 *', '2030-03-01 00:00:00' ),
	array( '0 0 * * 5L', '2030-03-05 10:20:00' ),
	array( '0 0 * * 1L', '2030-03-26 00:00:00' ),
	array( '0 10 * * 2#2', '2030-03-05 10:20:00' ),
	array( '0 10 * * TUE#5', '2030-03-05 10:20:00' ),
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
"0 0 L * *" 2031-02-01 00:00:00 => 2031-02-28 00:00:00
"0 0 L 2 *" 2032-01-10 00:00:00 => 2032-02-29 00:00:00
"0 9 15W * *" 2030-06-01 00:00:00 => 2030-06-14 09:00:00
"0 9 1W * *" 2030-06-01 00:00:00 => 2030-06-03 09:00:00
"0 9 31W 3 *" 2030-03-01 00:00:00 => 2030-03-29 09:00:00
"0 0 * * 5L" 2030-03-05 10:20:00 => 2030-03-29 00:00:00
"0 0 * * 1L" 2030-03-26 00:00:00 => 2030-04-29 00:00:00
"0 10 * * 2#2" 2030-03-05 10:20:00 => 2030-03-12 10:00:00
"0 10 * * TUE#5" 2030-03-05 10:20:00 => 2030-04-30 10:00:00
"0 0 * 2 MON#1" 2030-03-05 10:20:00 => 2031-02-03 00:00:00
