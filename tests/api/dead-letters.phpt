--TEST--
Dead letters: listed, counted, filtered, retried, deleted, purged
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

echo "-- no table\n";
var_dump( asq_dead_letters(), asq_dead_letters( array( 'return' => 'count' ) ), asq_dead_letter( 1 ), asq_dead_letter_retry( array( 1, 2 ) ), asq_dead_letter_delete( 1 ), asq_dead_letters_purge(), asq_dead_letter_stats()['total'] );

echo "-- some\n";
var_dump( Asq\Native\own_tables() );
$hooks = array( 'send', "it's", 'pay_%' );
for ( $i = 1; $i <= 9; $i++ ) {
	$db = asq_test_db();
	asq_test_query(
		sprintf(
			"INSERT INTO {asq_dead_letters} (action_id, hook, args, group_slug, priority, schedule, reason, error_class, error_message, error_code, error_trace, attempts, first_failure_gmt, last_failure_gmt, metadata)
			VALUES (%d, '%s', '[%d,\"é\"]', '%s', 5, NULL, '%s', 'RuntimeException', 'message %d', '0', 'trace', %d, '2026-01-0%d 00:00:00', '2026-01-0%d 10:00:00', '{\"a\":1}')",
			100 + $i, $db->real_escape_string( $hooks[ $i % 3 ] ), $i, $i % 2 ? 'odd' : '', $i > 6 ? 'crashed' : 'exhausted', $i, $i, $i, $i
		)
	);
}
function ids( array $query ) {
	echo json_encode( $query ), ': ', implode( ' ', asq_dead_letters( $query + array( 'return' => 'ids' ) ) ), "\n";
}
ids( array() );
ids( array( 'order' => 'asc', 'per_page' => 2, 'page' => 2 ) );
ids( array( 'hook' => "it's" ) );
ids( array( 'hook' => "x' OR '1'='1" ) );
ids( array( 'group' => 'odd', 'reason' => 'crashed' ) );
ids( array( 'group' => '' ) );
ids( array( 'search' => '_%' ) );
ids( array( 'search' => 'pay_%' ) );
ids( array( 'search' => 'message 3' ) );
ids( array( 'search' => 'é' ) );
ids( array( 'search' => "' UNION SELECT 1 -- \\" ) );
ids( array( 'after' => gmmktime( 0, 0, 0, 1, 8, 2026 ) ) );
ids( array( 'before' => new DateTime( '2026-01-03 UTC' ) ) );
ids( array( 'ids' => array( 3, '5', 5, -1, 99 ) ) );
ids( array( 'ids' => array() ) );
ids( array( 'action_id' => 104 ) );
ids( array( 'orderby' => 'attempts', 'order' => 'ASC', 'per_page' => 3 ) );
ids( array( 'orderby' => 'hook', 'per_page' => 4 ) );
ids( array( 'per_page' => 0, 'return' => 'ids' ) );
echo asq_dead_letters( array( 'hook' => 'send', 'return' => 'count' ) ), "\n";
echo json_encode( asq_dead_letter( 4 ), JSON_UNESCAPED_UNICODE ), "\n";
var_dump( array_key_exists( 'error_trace', asq_dead_letters()[0] ) );

echo "-- again\n";
$new = asq_dead_letter_retry( array( 4, 5, 77 ) );
echo implode( ' ', array_map( static fn( $id ) => $id ? 'new' : 'none', $new ) ), "\n";
asq_test_print( 'SELECT hook, args, status, priority FROM {actions} ORDER BY action_id' );
asq_dead_letter_retry( '5', array( 'x' => 'other' ) );
asq_test_print( 'SELECT args FROM {actions} ORDER BY action_id DESC LIMIT 1' );
asq_test_print( 'SELECT letter_id, retry_count, retried_gmt IS NOT NULL, new_action_id > 0 FROM {asq_dead_letters} WHERE retry_count > 0' );
ids( array( 'retried' => true ) );
ids( array( 'retried' => false, 'per_page' => 3 ) );
$stats = asq_dead_letter_stats( array( 'top' => 2 ) );
echo $stats['total'], ' ', $stats['retried'], ' ', $stats['oldest_gmt'], ' ', json_encode( array_column( $stats['hooks'], 'count', 'hook' ) ), ' ', $stats['error_classes'][0]['not_retried'], "\n";

echo "-- gone\n";
echo asq_dead_letter_delete( array( 1, 1, 2, 99 ) ), "\n";
echo asq_dead_letters_purge( array( 'before' => gmmktime( 0, 0, 0, 1, 6, 2026 ), 'limit' => 1 ) ), ' ';
echo asq_dead_letters_purge( array( 'before' => gmmktime( 0, 0, 0, 1, 6, 2026 ), 'hook' => 'no' ) ), ' ';
echo asq_dead_letters_purge( array( 'before' => gmmktime( 0, 0, 0, 1, 6, 2026 ) ) ), "\n";
ids( array() );
echo asq_dead_letters_purge( array( 'before' => time() ) ), ' ', asq_dead_letters( array( 'return' => 'count' ) ), "\n";
?>
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
-- no table
array(0) {
}
int(0)
NULL
array(2) {
  [1]=>
  int(0)
  [2]=>
  int(0)
}
int(0)
int(0)
int(0)
-- some
bool(true)
[]: 9 8 7 6 5 4 3 2 1
{"order":"asc","per_page":2,"page":2}: 3 4
{"hook":"it's"}: 7 4 1
{"hook":"x' OR '1'='1"}: 
{"group":"odd","reason":"crashed"}: 9 7
{"group":""}: 8 6 4 2
{"search":"_%"}: 8 5 2
{"search":"pay_%"}: 8 5 2
{"search":"message 3"}: 3
{"search":"\u00e9"}: 9 8 7 6 5 4 3 2 1
{"search":"' UNION SELECT 1 -- \\"}: 
{"after":1767830400}: 9 8
{"before":{"date":"2026-01-03 00:00:00.000000","timezone_type":3,"timezone":"UTC"}}: 2 1
{"ids":[3,"5",5,-1,99]}: 5 3
{"ids":[]}: 
{"action_id":104}: 4
{"orderby":"attempts","order":"ASC","per_page":3}: 1 2 3
{"orderby":"hook","per_page":4}: 9 6 3 8
{"per_page":0,"return":"ids"}: 9 8 7 6 5 4 3 2 1
3
{"id":4,"action_id":104,"hook":"it's","args":[4,"é"],"args_json":"[4,\"é\"]","group":"","priority":5,"schedule":null,"scheduled_gmt":null,"reason":"exhausted","error_class":"RuntimeException","error_message":"message 4","error_code":"0","attempts":4,"first_failure_gmt":"2026-01-04 00:00:00","last_failure_gmt":"2026-01-04 10:00:00","retry_count":0,"retried_gmt":null,"new_action_id":0,"metadata":{"a":1},"error_trace":"trace"}
bool(false)
-- again
new new none
it's | [4,"\u00e9"] | pending | 5
pay_% | [5,"\u00e9"] | pending | 5
{"x":"other"}
4 | 1 | 1 | 1
5 | 2 | 1 | 1
{"retried":true}: 5 4
{"retried":false,"per_page":3}: 9 8 7
9 2 2026-01-01 10:00:00 {"it's":3,"pay_%":3} 7
-- gone
2
1 0 2
[]: 9 8 7 6
4 0
