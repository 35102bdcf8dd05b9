--TEST--
Cron expressions whose day not every month, or year, has
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$cases = array(
	array( '0 0 29 2 *', '2030-03-05 10:20:00' ),
	array( '0 0 29 2 *', '2096-03-01 00:00:00' ),
	array( '0 12 31 * *', '2030-03-31 12:01:00' ),
	array( '59 23 31 12 *', '2030-12-31 23:59:59' ),
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
"0 0 29 2 *" 2030-03-05 10:20:00 => 2032-02-29 00:00:00
"0 0 29 2 *" 2096-03-01 00:00:00 => 2104-02-29 00:00:00
"0 12 31 * *" 2030-03-31 12:01:00 => 2030-05-31 12:00:00
"59 23 31 12 *" 2030-12-31 23:59:59 => 2030-12-31 23:59:00
