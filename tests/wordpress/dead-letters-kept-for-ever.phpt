--TEST--
Where letters are kept for ever, what was remembered of retries goes all the same
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
Asq\Native\own_tables();
add_filter( 'asq_dead_letter_retention', '__return_zero' );
function __return_zero() {
	return 0;
}
asq_test_query( 'INSERT INTO {asq_retries} (action_id) VALUES (1000), (1001)' );
asq_retry_policy( 'fails', array( 'max_attempts' => 1 ) );
add_action( 'fails', static function () {
	throw new Exception( 'no' );
} );
as_enqueue_async_action( 'fails' );
echo asq_worker_run()['failed'], ' failed, ', asq_dead_letters( array( 'return' => 'count' ) ), " letter\n";
asq_test_print( 'SELECT COUNT(*) FROM {asq_retries} WHERE action_id >= 1000' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
1 failed, 1 letter
0
