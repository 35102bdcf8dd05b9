--TEST--
A declaration behind function_exists(), or in a function, is its author's affair
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
file_put_contents(
	$file = __DIR__ . '/compile-leaves-guarded-declarations.plugin.inc',
	'<?php
	if ( ! function_exists( "as_enqueue_async_action" ) ) {
		function as_enqueue_async_action() { return "guarded"; }
	} else {
		echo "there is one\n";
	}
	function declare_it() { function as_supports() { return "declared"; } }
	'
);
require $file;
var_dump( ( new ReflectionFunction( 'as_enqueue_async_action' ) )->isInternal(), function_exists( 'declare_it' ) );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
@unlink( __DIR__ . '/compile-leaves-guarded-declarations.plugin.inc' );
--EXPECT--
there is one
bool(true)
bool(true)
