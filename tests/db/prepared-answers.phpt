--TEST--
A prepared question has the answer that its text has, for any value, and ids are strings
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$values = array( 'plain', "it's", 'a "b" \\ c', '?', 'a?b\'?\'', '%_', ' spaces ', 'ümläut', '漢字', "tab\t", '100', 100, '💩' );
$ids    = array();
foreach ( $values as $n => $value ) {
	$ids[ $n ] = as_schedule_single_action( 1900000000 + $n, "hook $value", array( $value ), "group $value" );
}
$wrong = 0;
for ( $round = 0; $round < 5; $round++ ) {
	foreach ( $values as $n => $value ) {
		$has   = as_has_scheduled_action( "hook $value", array( $value ), "group $value" )
			&& as_has_scheduled_action( "hook $value" )
			&& as_has_scheduled_action( "hook $value", null, "group $value" )
			&& as_has_scheduled_action( '', array( $value ) )
			&& as_has_scheduled_action( '', null, "group $value" );
		$not   = as_has_scheduled_action( "hook $value", array( "$value?" ), "group $value" )
			|| as_has_scheduled_action( "hook $value", array(), "group $value" )
			|| as_has_scheduled_action( "hook $value", array( $value ), "other $value" )
			|| as_has_scheduled_action( "other $value" );
		$next  = as_next_scheduled_action( "hook $value", array( $value ), "group $value" );
		$found = as_get_scheduled_actions( array( 'hook' => "hook $value", 'args' => array( $value ), 'group' => "group $value", 'per_page' => 1 ), 'ids' );
		if ( ! $has || $not || 1900000000 + $n !== $next || array( (string) $ids[ $n ] ) !== $found ) {
			$wrong++;
			var_dump( $round, $value, $has, $not, $next, $found );
		}
	}
}
var_dump( $wrong );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
int(0)
