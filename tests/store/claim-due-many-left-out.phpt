--TEST--
Many that are paused or left out stand in front of a few: those are found, in slices, and the late ones too
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/claims.inc';

/** Claims until something comes; how often that took more than a tenth of a second or so is not told, machines differ. */
function claimed( Asq\Native\Claims $claims ): string {
	$until = microtime( true ) + 30;
	do {
		$rows = $claims->claim( 1, 10 );
	} while ( ! $rows && microtime( true ) < $until );
	return implode( ' ', array_column( $rows, 0 ) ) ?: 'none';
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
	$few    = asq_test_query( "SELECT GROUP_CONCAT(action_id ORDER BY action_id SEPARATOR ' ') AS ids FROM {actions} WHERE hook = 'few' AND claim_id = 0" )[0]['ids'];
	echo $way, ': ', claimed( $claims ) === $few ? 'found' : 'WRONG';
	$late = asq_claims_action( 20000, 10, 0, 'few', 2 );
	$soon = asq_claims_action( 0, 3, 0, 'few', 2 );
	$both = array( claimed( $claims ), claimed( $claims ) );
	sort( $both );
	echo ', ', $both === array( (string) $late, (string) $soon ) ? 'and the late ones' : 'WRONG ' . json_encode( $both );
	echo ', then ', asq_claims_all( $claims, 1, 10 ) ? 'WRONG' : 'nothing', "\n";
	asq_test_query( "UPDATE {actions} SET claim_id = 0 WHERE hook = 'few'" );
	asq_test_query( "DELETE FROM {actions} WHERE action_id IN ($late, $soon)" );
}
asq_test_query( 'DELETE FROM {asq_pauses}' );
$first = asq_test_query( 'SELECT MIN(action_id) AS id FROM {actions} WHERE priority = 5' )[0]['id'];
echo 'when it goes on: ', 0 === strpos( claimed( $claims ), "$first " ) ? 'in order' : 'WRONG', "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
hook: found, and the late ones, then nothing
group: found, and the late ones, then nothing
without: found, and the late ones, then nothing
paused: found, and the late ones, then nothing
when it goes on: in order
