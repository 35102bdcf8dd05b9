--TEST--
asq_enqueue_many() takes a generator, and any other Traversable
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$rows = static function (): Generator {
	for ( $i = 1; $i <= 3; $i++ ) {
		yield 'key' => array( 'n' => $i );
	}
};
var_dump( asq_enqueue_many( 'h', $rows() ), asq_enqueue_many( 'h', new ArrayObject( array( array( 4 ) ) ) ) );
asq_test_print( 'SELECT args FROM {actions} ORDER BY action_id' );
/* One that throws: its exception comes through, and nothing is stored. */
$broken = static function (): Generator {
	yield array( 5 );
	throw new DomainException( 'no more rows' );
};
try {
	asq_enqueue_many( 'h', $broken() );
} catch ( DomainException $e ) {
	echo $e->getMessage(), "\n";
}
var_dump( as_count_scheduled_actions() );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
array(3) {
  [0]=>
  int(1)
  [1]=>
  int(2)
  [2]=>
  int(3)
}
array(1) {
  [0]=>
  int(4)
}
{"n":1}
{"n":2}
{"n":3}
[4]
no more rows
int(4)
