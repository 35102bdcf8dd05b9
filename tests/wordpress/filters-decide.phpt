--TEST--
What a pre_as_* filter returns is the answer: an integer as it is, all else but null as 0, and nothing is stored
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
foreach ( array( 42, 0, -1, '42', false, true, 1.5, array( 1 ), null ) as $answer ) {
	$filter = static fn() => $answer;
	add_filter( 'pre_as_enqueue_async_action', $filter );
	echo json_encode( $answer ), ': ', json_encode( as_enqueue_async_action( 'h' ) ), "\n";
	remove_filter( 'pre_as_enqueue_async_action', $filter );
}
add_filter( 'pre_as_schedule_single_action', static function () {
	throw new DomainException( 'not today' );
} );
try {
	as_schedule_single_action( 1900000000, 'h' );
} catch ( DomainException $e ) {
	echo $e->getMessage(), "\n";
}
asq_test_print( 'SELECT COUNT(*) FROM {actions}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
42: 42
0: 0
-1: -1
"42": 0
false: 0
true: 0
1.5: 0
[1]: 0
null: 1
not today
1
