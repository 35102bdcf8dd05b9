--TEST--
Dead letters: many of them, gone through in parts, counted and searched within bounds; and retried as they were seen
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();
Asq\Native\own_tables();
for ( $i = 1; $i <= 12; $i++ ) {
	asq_test_query(
		sprintf(
			"INSERT INTO {asq_dead_letters} (action_id, hook, args, reason, error_class, error_message, attempts, first_failure_gmt, last_failure_gmt)
			VALUES (%d, '%s', '[%d]', 'exhausted', 'E', 'm', 1, '2026-01-01 00:00:00', '2026-01-02 00:00:%02d')",
			$i, $i % 2 ? 'odd' : 'even', $i, 55 - 5 * ( $i % 6 )
		)
	);
}
function ids( array $query ) {
	echo json_encode( $query ), ': ', implode( ' ', asq_dead_letters( $query + array( 'return' => 'ids' ) ) ), "\n";
}
echo "-- in parts\n";
$above = 0;
while ( $some = asq_dead_letters( array( 'id_above' => $above, 'id_up_to' => 10, 'hook' => 'odd', 'order' => 'asc', 'per_page' => 2, 'return' => 'ids' ) ) ) {
	echo implode( ' ', $some ), "\n";
	$above = end( $some );
}

echo "-- bounds\n";
ids( array( 'newest' => 3 ) );
ids( array( 'newest' => 3, 'hook' => 'odd' ) );
ids( array( 'newest' => 12, 'id_up_to' => 2 ) );
ids( array( 'newest' => 3, 'id_up_to' => 9 ) );
foreach ( array( 0, 1, 5, 12, 13 ) as $up_to ) {
	echo asq_dead_letters( array( 'return' => 'count', 'count_up_to' => $up_to ) ), ' ';
}
echo asq_dead_letters( array( 'return' => 'count', 'count_up_to' => 5, 'hook' => 'odd', 'newest' => 4 ) ), ' ';
echo asq_dead_letters( array( 'return' => 'count', 'per_page' => 2, 'page' => 3 ) ), "\n";
foreach ( array( 'id_above', 'id_up_to', 'newest', 'count_up_to' ) as $key ) {
	foreach ( array( -1, 'x', array(), 1.5 ) as $value ) {
		try {
			asq_dead_letters( array( $key => $value ) );
			echo "accepted\n";
		} catch ( ValueError $e ) {
		}
	}
}
echo $e->getMessage(), "\n";
$stats = asq_dead_letter_stats( array( 'newest' => 3 ) );
echo $stats['total'], ' ', json_encode( array_column( $stats['hooks'], 'count', 'hook' ) ), ' ', json_encode( array_column( $stats['error_classes'], 'count', 'error_class' ) ), "\n";

echo "-- pages are pages of one list\n";
foreach ( array( 'id', 'last_failure', 'first_failure', 'hook', 'group', 'error_class', 'attempts', 'retry_count' ) as $order ) {
	foreach ( array( 'asc', 'desc' ) as $direction ) {
		$how   = array( 'orderby' => $order, 'order' => $direction );
		$whole = asq_dead_letters( $how + array( 'per_page' => 0 ) );
		$pages = array();
		for ( $page = 1; $page < 5; $page++ ) {
			$pages = array_merge( $pages, asq_dead_letters( $how + array( 'per_page' => 5, 'page' => $page ) ) );
		}
		echo "$order $direction ", implode( ' ', array_column( $whole, 'id' ) ), $pages === $whole ? "\n" : " differ\n";
	}
}

echo "-- as they were seen\n";
function retry( $ids, ?int $seen ) {
	echo implode( ' ', array_map( static fn( $id ) => $id ? 'new' : 'none', asq_dead_letter_retry( $ids, null, $seen ) ) ), ' ', implode( ' ', array_column( asq_dead_letters( array( 'ids' => array( 1, 2, 3 ), 'order' => 'asc' ) ), 'retry_count' ) ), "\n";
}
retry( array( 1, 2 ), 0 );
retry( array( 1, 2, 3 ), 0 );
retry( 1, 2 );
retry( 1, 1 );
retry( 1, null );
try {
	asq_dead_letter_retry( 1, null, -1 );
} catch ( ValueError $e ) {
	echo $e->getMessage(), "\n";
}
asq_test_print( 'SELECT COUNT(*) FROM {actions}' );
?>
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
-- in parts
1 3
5 7
9
-- bounds
{"newest":3}: 12 11 10
{"newest":3,"hook":"odd"}: 11
{"newest":12,"id_up_to":2}: 2 1
{"newest":3,"id_up_to":9}: 
12 1 5 12 12 2 12
asq_dead_letters(): Argument #1 ($query) must have a whole number that is not negative as "count_up_to"
3 {"even":2,"odd":1} {"E":3}
-- pages are pages of one list
id asc 1 2 3 4 5 6 7 8 9 10 11 12
id desc 12 11 10 9 8 7 6 5 4 3 2 1
last_failure asc 5 11 4 10 3 9 2 8 1 7 6 12
last_failure desc 12 6 7 1 8 2 9 3 10 4 11 5
first_failure asc 1 2 3 4 5 6 7 8 9 10 11 12
first_failure desc 12 11 10 9 8 7 6 5 4 3 2 1
hook asc 4 10 2 8 6 12 5 11 3 9 1 7
hook desc 7 1 9 3 11 5 12 6 8 2 10 4
group asc 5 11 4 10 3 9 2 8 1 7 6 12
group desc 12 6 7 1 8 2 9 3 10 4 11 5
error_class asc 5 11 4 10 3 9 2 8 1 7 6 12
error_class desc 12 6 7 1 8 2 9 3 10 4 11 5
attempts asc 5 11 4 10 3 9 2 8 1 7 6 12
attempts desc 12 6 7 1 8 2 9 3 10 4 11 5
retry_count asc 5 11 4 10 3 9 2 8 1 7 6 12
retry_count desc 12 6 7 1 8 2 9 3 10 4 11 5
-- as they were seen
new new 1 1 0
none none new 1 1 1
none 1 1 1
new 2 1 1
new 3 1 1
asq_dead_letter_retry(): Argument #3 ($seen) must be 0 or more, or null
5
