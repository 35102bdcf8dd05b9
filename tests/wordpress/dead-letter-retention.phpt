--TEST--
A retention of dead letters that is no number is the default; options that are not known delete nothing
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
Asq\Native\own_tables();
$kept = null;
add_filter( 'asq_dead_letter_retention', static function ( $seconds ) use ( &$kept ) {
	if ( $kept instanceof Exception ) {
		throw $kept;
	}
	return $kept;
} );
foreach ( array( 0, null, false, true, array( 1 ), '30 days', new stdClass(), NAN, INF, PHP_INT_MAX, '864000', 86400.5, -5, new Exception( 'of the filter' ) ) as $kept ) {
	asq_test_query( 'DELETE FROM {asq_dead_letters}' );
	asq_test_query( "INSERT INTO {asq_dead_letters} (action_id, hook, args, reason, error_message, first_failure_gmt, last_failure_gmt) SELECT 1, 'h', '[]', 'exhausted', 'm', UTC_TIMESTAMP(), UTC_TIMESTAMP() - INTERVAL seq * 24 + 1 HOUR FROM seq_1_to_40" );
	try {
		$deleted = asq_dead_letters_purge();
	} catch ( Exception $e ) {
		$deleted = $e->getMessage();
	}
	echo is_object( $kept ) ? get_class( $kept ) : var_export( $kept, true ), ": $deleted\n";
}
foreach ( array( 'asq_dead_letters_purge', 'asq_dead_letter_stats' ) as $function ) {
	try {
		$function( array( 'hok' => 'x' ) );
	} catch ( ValueError $e ) {
		echo $e->getMessage(), "\n";
	}
}
asq_test_print( 'SELECT COUNT(*) FROM {asq_dead_letters}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
0: 0
NULL: 0
false: 0
true: 11
array (
  0 => 1,
): 11
'30 days': 11
stdClass: 11
NAN: 11
INF: 11
9223372036854775807: 0
'864000': 31
86400.5: 40
-5: 0
Exception: of the filter
asq_dead_letters_purge(): Argument #1 ($options) must have no key "hok"
asq_dead_letter_stats(): Argument #1 ($options) must have no key "hok"
40
