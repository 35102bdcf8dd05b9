<?php
/**
 * For benchmarks/claim.sh: php claim.php SOCKET DATABASE index | claims | snapshot N. Prints a number.
 */

/** As the server's administrator. */
function bench_connect( string $socket, string $database ): mysqli {
	mysqli_report( MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT );
	return new mysqli( 'localhost', 'root', '', $database, 0, $socket );
}

function bench_median_of( array $times ): float {
	sort( $times );
	return $times[ intdiv( count( $times ), 2 ) ];
}

/** What happens to claimed actions, at once: they are complete, and as many new ones come. */
function bench_run( mysqli $db, array $rows ): void {
	$ids = implode( ',', array_column( $rows, 0 ) );
	$db->query( "UPDATE shop_actionscheduler_actions SET status = 'complete', attempts = attempts + 1 WHERE action_id IN ($ids)" );
	$db->query(
		"INSERT INTO shop_actionscheduler_actions (hook, status, scheduled_date_gmt, scheduled_date_local, args, schedule, group_id)
		SELECT hook, 'pending', UTC_TIMESTAMP(), UTC_TIMESTAMP(), args, schedule, group_id FROM shop_actionscheduler_actions WHERE action_id IN ($ids)"
	);
}

/** Claims so many actions, 100 at a time; each claim's time in ms. */
function bench_claims( mysqli $db, int $actions ): array {
	$claims = new Asq\Native\Claims();
	$times  = array();
	$db->query( 'INSERT INTO shop_actionscheduler_claims (date_created_gmt) VALUES (UTC_TIMESTAMP())' );
	$claim_id = $db->insert_id;
	for ( $done = 0; $done < $actions; $done += 100 ) {
		$began   = hrtime( true );
		$rows    = $claims->claim( $claim_id, 100 );
		$times[] = ( hrtime( true ) - $began ) / 1e6;
		if ( 100 !== count( $rows ) ) {
			throw new RuntimeException( sprintf( 'claimed %d', count( $rows ) ) );
		}
		bench_run( $db, $rows );
	}
	return $times;
}

/** The median of claims with a warm cursor. */
function bench_plain( mysqli $db ): float {
	return bench_median_of( array_slice( bench_claims( $db, 10000 ), 20 ) );
}

/** The same while a snapshot is open: of the last fifth, when most of what it keeps is there. */
function bench_snapshot( mysqli $db, mysqli $other, int $actions ): float {
	$other->query( 'START TRANSACTION WITH CONSISTENT SNAPSHOT' );
	$times = bench_claims( $db, $actions );
	$other->query( 'COMMIT' );
	return bench_median_of( array_slice( $times, -max( 20, intdiv( count( $times ), 5 ) ) ) );
}

function bench_index(): float {
	$began = hrtime( true );
	if ( ! Asq\Native\own_tables() || ! Asq\Native\make_claim_index() ) {
		throw new RuntimeException( Asq\Native\last_error() );
	}
	return ( hrtime( true ) - $began ) / 1e9;
}

list( , $socket, $database, $what, $actions ) = $argv + array( 4 => 0 );
switch ( $what ) {
	case 'index':
		echo bench_index();
		break;
	case 'claims':
		echo bench_plain( bench_connect( $socket, $database ) );
		break;
	case 'snapshot':
		echo bench_snapshot( bench_connect( $socket, $database ), bench_connect( $socket, $database ), (int) $actions );
}
