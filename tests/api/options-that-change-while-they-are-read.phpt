--TEST--
Options that are references, and change while they are read, are what they were
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();
Asq\Native\own_tables();
asq_test_query( "INSERT INTO {asq_dead_letters} (action_id, hook, args, reason, error_message, first_failure_gmt, last_failure_gmt) VALUES (1, 'hook 1', '[]', 'exhausted', 'm', UTC_TIMESTAMP(), UTC_TIMESTAMP())" );

class Changing extends DateTime implements JsonSerializable {
	public function getTimestamp(): int {
		$this->change();
		return 5;
	}
	public function jsonSerialize(): mixed {
		$this->change();
		return 5;
	}
	private function change() {
		$GLOBALS['option'] = 5;
		$GLOBALS['other']  = null;
		$GLOBALS['memory'] = str_repeat( 'another ', 2 );
	}
}
$n      = 1;
$option = "hook $n";
$other  = array( 1 );
echo asq_dead_letters( array( 'hook' => &$option, 'ids' => &$other, 'after' => new Changing(), 'return' => 'count' ) ), "\n";
$option = "hook $n";
echo asq_dead_letters_purge( array( 'hook' => &$option, 'before' => new Changing() ) ), ' ', asq_dead_letters( array( 'return' => 'count' ) ), "\n";
$option = "scope $n";
$other  = 'is_string';
echo asq_idempotent( 'key', static fn() => 'kept', array( 'scope' => &$option, 'store_if' => &$other, 'request' => new Changing() ) ), "\n";
echo asq_test_query( 'SELECT scope FROM {asq_keys}' )[0]['scope'], "\n";
$option = static function () {
	$GLOBALS['option'] = 5;
};
echo asq_purge( array( 'on_progress' => &$option, 'pause' => 0 ) )['actions'], "\n";
/* Classes that are exchanged for something else afterwards; what is callable only from within. */
$option  = 'LogicException';
$circuit = asq_circuit( 'classes', array( 'counts' => array( &$option ), 'threshold' => 1 ) );
$option  = 5;
class Inside {
	public function circuit() {
		return asq_circuit( 'inside', array( 'counts' => array( $this, 'counts' ), 'threshold' => 1 ) );
	}
	private function counts() {
		return true;
	}
}
foreach ( array( $circuit, ( new Inside() )->circuit() ) as $circuit ) {
	try {
		$circuit->call( static function () { throw new LogicException( 'down' ); } );
	} catch ( LogicException $e ) {
		echo $e->getMessage(), ' ', $circuit->state(), "\n";
	}
}
echo asq_circuit( 'inside' ) === ( new Inside() )->circuit() ? 'same' : 'another', "\n";
$inside = new Inside();
echo $inside->circuit() === $inside->circuit() ? 'same' : 'another', "\n";
/* A property that cannot hold what it is to be told. */
$typed = new class() {
	public ?array $replayed = null;
};
try {
	asq_idempotent( 'typed', static function () { echo 'called'; }, array( 'replayed' => &$typed->replayed, 'keep_failures' => true ) );
} catch ( TypeError $e ) {
	echo get_class( $e ), "\n";
}
echo asq_idempotent( 'typed', static fn() => 'free' ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
1
0 1
kept
scope 1
0
down open
down open
another
same
TypeError
free
