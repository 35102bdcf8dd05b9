--TEST--
Cron expressions with a sixth part, the year
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$cases = array(
	array( '0 0 1 1 * 2040', '2030-03-05 10:20:00' ),
	array( '0 0 1 1 * 2035-2040/5', '2030-03-05 10:20:00' ),
	array( '15 10 ? * 6L 2030-2033', '2030-12-29 00:00:00' ),
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
"0 0 1 1 * 2040" 2030-03-05 10:20:00 => 2040-01-01 00:00:00
"0 0 1 1 * 2035-2040/5" 2030-03-05 10:20:00 => 2035-01-01 00:00:00
"15 10 ? * 6L 2030-2033" 2030-12-29 00:00:00 => 2031-01-25 10:15:00
