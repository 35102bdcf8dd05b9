--TEST--
asq_workers() lists each supervisor before its workers, and tells the dead
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

asq_test_workers_table();
echo json_encode( asq_workers() ), "\n";
asq_test_query(
	"INSERT INTO {asq_workers} (worker_id, supervisor_id, host, pid, state, started_gmt, heartbeat_gmt, action_id, action_hook, action_started_gmt, succeeded, failed, memory, claim_id, options) VALUES
	(1, 0, 'web1', 11, 'running', UTC_TIMESTAMP(3) - INTERVAL 60 SECOND, UTC_TIMESTAMP(3) - INTERVAL 2 SECOND, 0, '', NULL, 0, 0, 5, 77, '{\"workers\":2}'),
	(2, 0, 'web2', 12, 'running', UTC_TIMESTAMP(3) - INTERVAL 60 SECOND, UTC_TIMESTAMP(3) - INTERVAL 20 SECOND, 0, '', NULL, 0, 0, 0, 0, ''),
	(3, 2, 'web2', 13, 'idle', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL 5 SECOND, 0, '', NULL, 8, 9, 18446744073, 0, ''),
	(4, 1, 'web1', 14, 'busy', UTC_TIMESTAMP(3) - INTERVAL 60 SECOND, UTC_TIMESTAMP(3), 4711, 'h', UTC_TIMESTAMP(3) - INTERVAL 30 SECOND, 0, 0, 0, 0, '')"
);
foreach ( asq_workers() as $worker ) {
	foreach ( array( 'heartbeat_age', 'uptime', 'action_age' ) as $age ) {
		$worker[ $age ] = null === $worker[ $age ] ? null : gettype( $worker[ $age ] ) . ' ' . 5 * round( $worker[ $age ] / 5 );
	}
	unset( $worker['started_gmt'] );
	echo json_encode( $worker ), "\n";
}
asq_test_query( 'ALTER TABLE {asq_workers} DROP COLUMN pid' );
try {
	asq_workers();
} catch ( RuntimeException $e ) {
	echo $e->getCode(), ' ', $e->getMessage(), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
[]
{"worker_id":1,"supervisor_id":0,"role":"supervisor","host":"web1","pid":11,"state":"running","alive":true,"heartbeat_age":"double 0","uptime":"double 60","action_id":0,"action_hook":"","action_age":null,"succeeded":0,"failed":0,"memory":5,"claim_id":77,"options":"{\"workers\":2}"}
{"worker_id":4,"supervisor_id":1,"role":"worker","host":"web1","pid":14,"state":"busy","alive":true,"heartbeat_age":"double 0","uptime":"double 60","action_id":4711,"action_hook":"h","action_age":"double 30","succeeded":0,"failed":0,"memory":0,"claim_id":0,"options":""}
{"worker_id":2,"supervisor_id":0,"role":"supervisor","host":"web2","pid":12,"state":"running","alive":false,"heartbeat_age":"double 20","uptime":"double 60","action_id":0,"action_hook":"","action_age":null,"succeeded":0,"failed":0,"memory":0,"claim_id":0,"options":""}
{"worker_id":3,"supervisor_id":2,"role":"worker","host":"web2","pid":13,"state":"idle","alive":true,"heartbeat_age":"double 0","uptime":"double 0","action_id":0,"action_hook":"","action_age":null,"succeeded":8,"failed":9,"memory":18446744073,"claim_id":0,"options":""}
1054 asq_workers(): Unknown column 'pid' in %s
