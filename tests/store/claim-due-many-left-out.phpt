--TEST--
Many that are paused or left out stand in front of a few: those are found, in slices, and the late ones too
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/claims.inc';

/** Claims until so many have come; in how many claims, and how long each took, is not told: machines differ. */
function claimed( Asq\Native\Claims $claims, int $count ): array {
	$ids   = array();
	$until = microtime( true ) + 120;
	do {
		$ids = array_merge( $ids, array_column( $claims->claim( 1, 10 ), 0 ) );
	} while ( count( $ids ) < $count && microtime( true ) < $until );
	return $ids;
}

asq_claims_tables();
asq_test_query( "INSERT INTO {actions} (hook, status, scheduled_date_gmt, priority, args, schedule, group_id) SELECT 'many', 'pending', UTC_TIMESTAMP() - INTERVAL 10000 SECOND, IF(seq % 3, 10, 5), '[]', 's', 1 FROM seq_1_to_30000" );
asq_test_query( "INSERT INTO {groups} (slug) VALUES ('many'), ('few')" );
foreach ( array( 20, 10 ) as $ago ) {
	asq_claims_action( $ago, 10, 0, 'few', 2 );
}
$ways = array(
	'hook'    => array( 'hooks' => array( 'few' ) ),
	'group'   => array( 'group_ids' => array( 2 ) ),
	'without' => array(
		'group_ids'      => array( 1 ),
		'exclude_groups' => true,
	),
	'paused'  => array(),
);
foreach ( $ways as $way => $filter ) {
	if ( 'paused' === $way ) {
		asq_test_query( "INSERT INTO {asq_pauses} VALUES ('hook', 'many', UTC_TIMESTAMP())" );
	}
	$claims = new Asq\Native\Claims( $filter );
	$few    = array_column( asq_test_query( "SELECT action_id FROM {actions} WHERE hook = 'few' AND claim_id = 0 ORDER BY action_id" ), 'action_id' );
	echo $way, ': ', claimed( $claims, count( $few ) ) === $few ? 'found' : 'WRONG';
	$late = asq_claims_action( 20000, 10, 0, 'few', 2 );
	$soon = asq_claims_action( 0, 3, 0, 'few', 2 );
	$both = claimed( $claims, 2 );
	sort( $both );
	echo ', ', $both === array( (string) $late, (string) $soon ) ? 'and the late ones' : 'WRONG ' . json_encode( $both );
	echo ', then ', asq_claims_all( $claims, 1, 10 ) ? 'WRONG' : 'nothing', "\n";
	asq_test_query( "UPDATE {actions} SET claim_id = 0 WHERE hook = 'few'" );
	asq_test_query( "DELETE FROM {actions} WHERE action_id IN ($late, $soon)" );
}
asq_test_query( 'DELETE FROM {asq_pauses}' );
$first = asq_test_query( 'SELECT MIN(action_id) AS id FROM {actions} WHERE priority = 5' )[0]['id'];
echo 'when it goes on: ', $first === claimed( $claims, 1 )[0] ? 'in order' : 'WRONG', "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
hook: found, and the late ones, then nothing
group: found, and the late ones, then nothing
without: found, and the late ones, then nothing
paused: found, and the late ones, then nothing
when it goes on: in order
