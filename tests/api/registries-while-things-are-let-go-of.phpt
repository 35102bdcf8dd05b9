--TEST--
A policy or a circuit that is replaced may have a destructor that registers others
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

class Last {
	public function __destruct() {
		static $n = 0;
		for ( $i = 0; $i < 200; $i++, $n++ ) {
			asq_retry_policy( "p$n", array( 'max_attempts' => 7 ) );
			asq_circuit( "c$n", array( 'threshold' => 7 ) );
		}
		$this->again();
	}
	private function again() {
		asq_retry_policy( 'hook', array( 'max_attempts' => 9 ) );
	}
}
for ( $i = 0; $i < 3; $i++ ) {
	$last = new Last();
	asq_retry_policy( 'hook', array( 'delay' => static fn() => $last ? 1 : 2 ) );
	asq_circuit( 'circuit', array( 'counts' => static fn() => (bool) $last ) );
	$last = null;
	asq_retry_policy( 'hook', array( 'max_attempts' => 2 ) );
	asq_circuit( 'circuit', array( 'threshold' => 2 + $i ) );
	$policy = asq_get_retry_policy( 'hook' );
	echo $policy['max_attempts'], ' ', asq_circuit( 'circuit' )->call( static fn() => 'called' ), ' ', asq_get_retry_policy( 'p150' )['max_attempts'], "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
9 called 7
9 called 7
9 called 7
