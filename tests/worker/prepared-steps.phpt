--TEST--
A run's steps are prepared, and each action runs once with its three log rows: while rows are locked, after a claim is lost, after the connection is
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--CONFLICTS--
all
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';
require __DIR__ . '/../db/fork.inc';

asq_fake_boot();
/* The own connection is that account's. */
$GLOBALS['wpdb']->dbuser = asq_test_account( 'ALL PRIVILEGES' );
$status  = static fn( $name ) => (int) asq_test_query( "SHOW GLOBAL STATUS LIKE '$name'" )[0]['Value'];
$at      = array();
$strange = "it's \\ \"é🎉\" %d ? :n";
add_action( 'h', static function ( $n ) use ( &$at ) {
	echo $n, ' ';
	if ( isset( $at[ $n ] ) ) {
		$at[ $n ]();
	}
} );
$run = static function ( $what, $happens, $strange = '' ) use ( &$at, $status ) {
	foreach ( array( 'actions', 'logs', 'claims' ) as $table ) {
		asq_test_query( "TRUNCATE {{$table}}" );
	}
	asq_enqueue_many( 'h', array_map( static fn( $n ) => array( $n, $strange ), range( 1, 12 ) ) );
	$at     = $happens;
	$before = $status( 'Com_stmt_execute' );
	$did    = asq_worker_run( array() );
	echo "\n$what: ", json_encode( array_intersect_key( $did, array_flip( array( 'claimed', 'succeeded', 'failed', 'lost' ) ) ) ), ', prepared: ', $status( 'Com_stmt_execute' ) - $before, "\n";
	asq_test_print( "SELECT status, a.attempts, COUNT(*), MIN(logs), MAX(logs) FROM {actions} a JOIN (SELECT action_id, COUNT(*) AS logs FROM {logs} GROUP BY action_id) l USING (action_id) GROUP BY status, attempts" );
};

$run( 'nothing', array(), $strange );
/* Somebody takes the ninth away, and gives it back. */
$run( 'lost', array( 8 => static fn() => asq_test_query( 'UPDATE {actions} SET claim_id = 0 WHERE action_id = 9' ) ) );
/* The server gives up waiting once, the lock is let go, and the next try succeeds: with nothing of the first. */
/* So many seconds the holder has to see that it waits again. */
asq_test_query( 'SET GLOBAL innodb_lock_wait_timeout = 10' );
asq_test_disconnect();
$holder = null;
$run(
	'locked',
	array(
		8 => static function () use ( &$holder ) {
			list( $here, $there ) = asq_pair();
			$holder = asq_fork(
				static function () use ( $there ) {
					$db    = asq_other_db();
					$waits = static fn() => (int) $db->query( "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_waits'" )->fetch_row()[1];
					$db->query( 'BEGIN' );
					$db->query( asq_sql( 'SELECT * FROM {actions} WHERE action_id = 9 FOR UPDATE' ) );
					$before = $waits();
					fwrite( $there, '.' );
					asq_must( 'a second try, waiting', static fn() => $waits() > $before + 1 );
				}
			);
			fread( $here, 1 );
		},
	)
);
asq_join( array( $holder ) );
asq_test_query( 'SET GLOBAL innodb_lock_wait_timeout = 50' );
$run( 'killed', array_fill_keys( array( 8, 11 ), static fn() => print( asq_test_disconnect() . ' connection killed ' ) ) );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_query( 'SET GLOBAL innodb_lock_wait_timeout = 50' );
asq_test_clean();
?>
--EXPECT--
1 2 3 4 5 6 7 8 9 10 11 12 
nothing: {"claimed":12,"succeeded":12,"failed":0,"lost":0}, prepared: 9
complete | 1 | 12 | 3 | 3
1 2 3 4 5 6 7 8 9 10 11 12 
lost: {"claimed":16,"succeeded":12,"failed":0,"lost":1}, prepared: 11
complete | 1 | 12 | 3 | 3
1 2 3 4 5 6 7 8 9 10 11 12 
locked: {"claimed":12,"succeeded":12,"failed":0,"lost":0}, prepared: 10
complete | 1 | 12 | 3 | 3
1 2 3 4 5 6 7 8 1 connection killed 9 10 11 1 connection killed 12 
killed: {"claimed":12,"succeeded":12,"failed":0,"lost":0}, prepared: 8
complete | 1 | 12 | 3 | 3
