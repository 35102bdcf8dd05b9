<?php
/**
 * For benchmarks/: when the last one of many actions is complete, as another connection sees it. Arguments: socket,
 * database, table, how many, and when they were due (seconds since 1970). Prints the seconds from then to then.
 *
 * They run in about the order of their ids, so it is the last one that is looked at every 5 ms, by the primary key, which
 * costs the server next to nothing; all are counted only once that one is complete.
 */

[ , $socket, $database, $table, $count, $due ] = $argv;
mysqli_report( MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT );
$db   = new mysqli( null, 'root', '', $database, 0, $socket );
$last = $db->query( "SELECT MAX(action_id) FROM $table" )->fetch_row()[0];
$tail = "SELECT COUNT(*) FROM $table WHERE action_id = $last AND status = 'complete'";
$all  = "SELECT COUNT(*) FROM $table WHERE status = 'complete' AND attempts = 1";
$end  = $due + 300;

while ( microtime( true ) < $due + 0.01 ) {
	usleep( 5000 );
}
do {
	usleep( 5000 );
	$now  = microtime( true );
	$done = $db->query( $tail )->fetch_row()[0] && $db->query( $all )->fetch_row()[0] >= $count;
	if ( $now > $end ) {
		fwrite( STDERR, "Not all actions were complete after 300 seconds.\n" );
		exit( 1 );
	}
} while ( ! $done );
printf( "%.6f\n", $now - $due );
