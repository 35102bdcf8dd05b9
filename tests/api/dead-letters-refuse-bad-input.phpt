--TEST--
Dead letters: what makes no sense is refused, and nothing is lost by it
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();
Asq\Native\own_tables();
asq_test_query( "INSERT INTO {asq_dead_letters} (action_id, hook, args, reason, error_message, first_failure_gmt, last_failure_gmt) VALUES (1, 'h', 'no json', 'exhausted', 'm', UTC_TIMESTAMP(), UTC_TIMESTAMP())" );
foreach (
	array(
		array( 'per_page' => -1 ), array( 'per_page' => 100001 ), array( 'page' => 0 ), array( 'page' => PHP_INT_MAX ), array( 'page' => 'x' ), array( 'orderby' => 'hook; DROP TABLE x' ), array( 'order' => 'ASC --' ),
		array( 'return' => 'all' ), array( 'hook' => 5 ), array( 'hook' => "\xff" ), array( 'search' => "\0" ), array( 'search' => str_repeat( 'a', 1001 ) ), array( 'after' => 'yesterday' ), array( 'after' => -1 ),
		array( 'before' => PHP_INT_MAX ), array( 'ids' => 5 ), array( 'ids' => array( 'x' ) ), array( 'ids' => array( array() ) ), array( 'ids' => array( '1 OR 1=1' ) ), array( 'reason' => "x'" ), array( 'hok' => 'x' ), array( 1 ),
	) as $query
) {
	try {
		asq_dead_letters( $query );
		echo "accepted\n";
	} catch ( Error $e ) {
		echo get_class( $e ), ': ', str_replace( 'asq_dead_letters(): Argument #1 ($query) must ', '', $e->getMessage() ), "\n";
	}
}
foreach ( array( 'asq_dead_letter_retry', 'asq_dead_letter_delete' ) as $function ) {
	foreach ( array( 'x', 1.5, null, new stdClass(), array( '1; DELETE' ), array( null ) ) as $ids ) {
		try {
			$function( $ids );
			echo "accepted\n";
		} catch ( TypeError $e ) {
			echo $e->getMessage(), "\n";
		}
	}
}
var_dump( asq_dead_letter( -1 ), asq_dead_letter( PHP_INT_MAX ), asq_dead_letter_delete( array() ), asq_dead_letter_delete( array( PHP_INT_MIN, 0, PHP_INT_MAX ) ) );
var_dump( asq_dead_letter( 1 )['args'], asq_dead_letter( 1 )['args_json'], asq_dead_letter( 1 )['metadata'] );
var_dump( asq_dead_letter_retry( 1 ), asq_dead_letter( 1 )['retry_count'] );

// Whatever comes, it is an Error of ours or an answer.
mt_srand( 5 );
$keys   = array( 'ids', 'action_id', 'hook', 'group', 'error_class', 'reason', 'retried', 'search', 'after', 'before', 'page', 'per_page', 'orderby', 'order', 'return' );
$values = array( null, true, -1, 0, 1, PHP_INT_MAX, 1.5, '', "'", '\\', '%', "\xf0\x9f\x98\x80", "\xc3", 'id', 'asc', 'count', 'exhausted', array(), array( 1 ), array( "'" ), new stdClass(), new DateTime( '@0' ), new DateTime( '9999-12-31' ) );
$fine   = $refused = 0;
for ( $i = 0; $i < 3000; $i++ ) {
	$query = array();
	for ( $n = mt_rand( 0, 4 ); $n > 0; $n-- ) {
		$query[ $keys[ mt_rand( 0, count( $keys ) - 1 ) ] ] = $values[ mt_rand( 0, count( $values ) - 1 ) ];
	}
	try {
		asq_dead_letters( $query );
		++$fine;
	} catch ( ValueError | TypeError $e ) {
		++$refused;
	}
}
echo $fine > 100 && $refused > 100 ? "done\n" : "$fine $refused\n";
asq_test_print( 'SELECT COUNT(*) FROM {asq_dead_letters}' );
?>
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
ValueError: have a whole number that is not negative as "per_page"
ValueError: have a "page" from 1, and a "per_page" of at most 100000
ValueError: have a "page" from 1, and a "per_page" of at most 100000
ValueError: have a "page" from 1, and a "per_page" of at most 100000
ValueError: have a whole number that is not negative as "page"
ValueError: have one of "id", "last_failure", "first_failure", "hook", "group", "error_class", "attempts", "retry_count" as "orderby"
ValueError: have one of "DESC", "ASC" as "order"
ValueError: have one of "letters", "ids", "count" as "return"
ValueError: have UTF-8 text of at most 1000 bytes as "hook"
ValueError: have UTF-8 text of at most 1000 bytes as "hook"
ValueError: have UTF-8 text of at most 1000 bytes as "search"
ValueError: have UTF-8 text of at most 1000 bytes as "search"
ValueError: have a timestamp or a DateTimeInterface as "after"
ValueError: have a timestamp or a DateTimeInterface as "after"
ValueError: have a timestamp or a DateTimeInterface as "before"
TypeError: have an array as "ids"
TypeError: have ids of dead letters only as "ids", string given
TypeError: have ids of dead letters only as "ids", array given
TypeError: have ids of dead letters only as "ids", string given
ValueError: have one of "exhausted", "permanent", "crashed" as "reason"
ValueError: have no key "hok"
ValueError: have no key "(a number)"
asq_dead_letter_retry(): Argument #1 ($ids) must have ids of dead letters only, string given
asq_dead_letter_retry(): Argument #1 ($ids) must have ids of dead letters only, float given
asq_dead_letter_retry(): Argument #1 ($ids) must have ids of dead letters only, null given
asq_dead_letter_retry(): Argument #1 ($ids) must have ids of dead letters only, stdClass given
asq_dead_letter_retry(): Argument #1 ($ids) must have ids of dead letters only, string given
asq_dead_letter_retry(): Argument #1 ($ids) must have ids of dead letters only, null given
asq_dead_letter_delete(): Argument #1 ($ids) must have ids of dead letters only, string given
asq_dead_letter_delete(): Argument #1 ($ids) must have ids of dead letters only, float given
asq_dead_letter_delete(): Argument #1 ($ids) must have ids of dead letters only, null given
asq_dead_letter_delete(): Argument #1 ($ids) must have ids of dead letters only, stdClass given
asq_dead_letter_delete(): Argument #1 ($ids) must have ids of dead letters only, string given
asq_dead_letter_delete(): Argument #1 ($ids) must have ids of dead letters only, null given
NULL
NULL
int(0)
int(0)
array(0) {
}
string(7) "no json"
array(0) {
}
array(1) {
  [1]=>
  int(0)
}
int(0)
done
1
