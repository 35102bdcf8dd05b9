--TEST--
Cron expressions with steps
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$cases = array(
	array( '*/15 * * * *', '2030-03-05 10:20:00' ),
	array( '5-50/20 9-17 * * *', '2030-03-05 17:46:00' ),
	array( '7/20 * * * *', '2030-03-05 10:08:00' ),
	array( '0,30 */6 * 2-4/2 *', '2030-03-05 10:20:00' ),
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
"*/15 * * * *" 2030-03-05 10:20:00 => 2030-03-05 10:30:00
"5-50/20 9-17 * * *" 2030-03-05 17:46:00 => 2030-03-06 09:05:00
"7/20 * * * *" 2030-03-05 10:08:00 => 2030-03-05 10:27:00
"0,30 */6 * 2-4/2 *" 2030-03-05 10:20:00 => 2030-04-01 00:00:00
