--TEST--
Keys, requests, results and options by chance: each key is called once, or an error says why not
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

mt_srand( 20261122 );
function chance( int $depth = 0 ) {
	switch ( mt_rand( 0, $depth > 3 ? 5 : 8 ) ) {
		case 0:
			return null;
		case 1:
			return (bool) mt_rand( 0, 1 );
		case 2:
			return mt_rand() - mt_rand();
		case 3:
			return mt_rand() / 7 * ( mt_rand( 0, 1 ) ? 1 : -1e30 );
		case 4:
			return random( mt_rand( 0, 300 ) );
		case 5:
			return array_rand( array_flip( array( "' OR 1=1; --", '\\', "\0", "\xff\xfe", 'NULL', '0', '%s%n', '{asq_keys}', "\u{2028}🎉", '`', 'O:8:"stdClass":0:{}' ) ) );
		case 6:
			return (object) array( random( 3 ) . 'x' => chance( $depth + 1 ) );
		default:
			$values = array();
			for ( $i = mt_rand( 0, 5 ); $i; $i-- ) {
				$values[ mt_rand( 0, 1 ) ? $i : random( 4 ) ] = chance( $depth + 1 );
			}
			return $values;
	}
}
function random( int $length ): string {
	$bytes = '';
	while ( $length-- > 0 ) {
		$bytes .= chr( mt_rand( 0, 255 ) );
	}
	return $bytes;
}
$bad = $calls = $refused = 0;
for ( $i = 0; $i < 400; $i++ ) {
	$key     = random( mt_rand( 1, 400 ) );
	$options = array( 'scope' => random( mt_rand( 0, 250 ) ), 'request' => chance() );
	$result  = chance();
	$here    = 0;
	$work    = static function () use ( $result, &$here ) {
		$here++;
		return $result;
	};
	for ( $round = 0; $round < 2; $round++ ) {
		try {
			$back = asq_idempotent( $key, $work, $options );
			$bad += serialize( $back ) !== serialize( $result ) || 1 !== $here;
		} catch ( ValueError $e ) {
			/* A request that JSON cannot hold. */
			$refused++;
			$bad += 0 !== $here;
		}
	}
	$calls += $here;
}
/* Options of any kind: nothing but the errors that are promised. */
foreach ( array( 'ttl', 'request', 'scope', 'wait', 'lease', 'keep_failures', 'store_if', 'replayed', 'nonsense' ) as $option ) {
	for ( $i = 0; $i < 20; $i++ ) {
		$value = 'wait' === $option ? array( 0, 0.01, '1', array(), null )[ $i % 5 ] : chance();
		try {
			asq_idempotent( "option $option $i", static fn() => 1, array( $option => $value ) );
		} catch ( ValueError | TypeError $e ) {
			$refused++;
		}
	}
}
echo $bad, ' bad, ', $calls > 100 ? 'many' : $calls, ' calls, ', $refused > 100 ? 'many' : $refused, " refused\n";
$rows = asq_test_query( 'SELECT COUNT(*) AS n, SUM(state = "done") AS done FROM {asq_keys}' )[0];
echo $rows['n'] === $rows['done'] ? 'all done' : json_encode( $rows ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
0 bad, many calls, many refused
all done
