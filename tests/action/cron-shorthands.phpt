--TEST--
@daily and its kin
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$cases = array(
	array( '@yearly', '2030-03-05 10:20:00' ),
	array( '@annually', '2030-03-05 10:20:00' ),
	array( '@monthly', '2030-03-05 10:20:00' ),
	array( '@weekly', '2030-03-05 10:20:00' ),
	array( '@daily', '2030-03-05 10:20:00' ),
	array( '@hourly', '2030-03-05 10:20:00' ),
	array( '@hourly', '2030-03-05 10:00:00' ),
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
"@yearly" 2030-03-05 10:20:00 => 2031-01-01 00:00:00
"@annually" 2030-03-05 10:20:00 => 2031-01-01 00:00:00
"@monthly" 2030-03-05 10:20:00 => 2030-04-01 00:00:00
"@weekly" 2030-03-05 10:20:00 => 2030-03-10 00:00:00
"@daily" 2030-03-05 10:20:00 => 2030-03-06 00:00:00
"@hourly" 2030-03-05 10:20:00 => 2030-03-05 11:00:00
"@hourly" 2030-03-05 10:00:00 => 2030-03-05 10:00:00
