--TEST--
Enqueuing while others claim and finish actions: no call fails, and nothing is lost
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

require __DIR__ . '/race.inc';
/* The claims are those of Action Scheduler's own runner, whose statements lock as many rows as there are. */
$claimer = static function ( int $n ) {
	$db   = asq_other_db();
	$done = 0;
	$till = microtime( true ) + 180;
	while ( microtime( true ) < $till ) {
		try {
			$claim = 1000 * ( $n + 1 ) + $done;
			$db->query( asq_sql( "UPDATE {actions} SET claim_id=$claim, last_attempt_gmt=UTC_TIMESTAMP() WHERE claim_id=0 AND scheduled_date_gmt<=UTC_TIMESTAMP() AND status='pending' ORDER BY priority, attempts, scheduled_date_gmt, action_id LIMIT 10" ) );
			if ( ! $db->affected_rows ) {
				if ( 200 === (int) $db->query( asq_sql( "SELECT COUNT(*) FROM {actions} WHERE status='complete'" ) )->fetch_row()[0] ) {
					break;
				}
				usleep( 1000 );
				continue;
			}
			$db->query( asq_sql( "UPDATE {actions} SET status='complete' WHERE claim_id=$claim" ) );
			$done += $db->affected_rows;
		} catch ( mysqli_sql_exception $e ) {
			/* A deadlock: the plugin's claims have them. */
			continue;
		}
	}
	return $done;
};
$enqueuer = static function ( int $n ) {
	$stored = 0;
	for ( $i = 0; $i < 100; $i++ ) {
		$stored += as_enqueue_async_action( 'h', array( $n, $i ), 'g', 0 === $i % 3 ) > 0;
	}
	return $stored;
};
$answers = asq_race( 4, static fn( int $n ) => $n < 2 ? $claimer( $n ) : $enqueuer( $n ) );
echo "stored: {$answers[2]} and {$answers[3]}; run: ", $answers[0] + $answers[1], "\n";
asq_test_print( 'SELECT status, COUNT(*), COUNT(DISTINCT args) FROM {actions} JOIN {logs} USING (action_id) GROUP BY status' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
stored: 100 and 100; run: 200
complete | 200 | 200
