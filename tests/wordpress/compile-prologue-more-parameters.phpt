--TEST--
A method with more parameters than the native knows asks it, too
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
asq_skip_if_debug();
?>
--FILE--
<?php
file_put_contents(
	$file = __DIR__ . '/compile-prologue-more-parameters.store.inc',
	'<?php
	class ActionScheduler_DBStore {
		public function mark_failure( $one, $more ) { return func_get_args(); }
	}'
);
require $file;
/* No WordPress: the native declines. */
echo json_encode( ( new ActionScheduler_DBStore() )->mark_failure( 1, 2 ) ), "\n";
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
@unlink( __DIR__ . '/compile-prologue-more-parameters.store.inc' );
--EXPECT--
[1,2]
