--TEST--
The caller's args are neither changed nor kept
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

class Counted {
	public $n = 1;
	public function __destruct() {
		echo "gone\n";
	}
}
$args = array( 'object' => new Counted(), 'list' => array( 1, 2 ) );
$copy = $args;
as_enqueue_async_action( 'h', $args, 'g', true );
asq_enqueue_many( 'h', array( $args ) );
as_has_scheduled_action( 'h', $args );
var_dump( $args === $copy );
unset( $args, $copy );
echo "end\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(true)
gone
end
