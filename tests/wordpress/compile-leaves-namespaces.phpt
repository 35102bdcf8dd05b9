--TEST--
A function of that name in a namespace is another function
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
foreach ( array( 'namespace Shop; %s', 'namespace Shop2 { %s } namespace { $x = 1; }', 'declare( strict_types=1 ); namespace Shop3; %s' ) as $n => $source ) {
	file_put_contents( $file = __DIR__ . "/compile-leaves-namespaces.$n.inc", '<?php ' . sprintf( $source, 'function as_enqueue_async_action( $hook ) { return "the shop\'s: $hook"; }' ) );
	require $file;
}
var_dump( Shop\as_enqueue_async_action( 1 ), Shop2\as_enqueue_async_action( 2 ), Shop3\as_enqueue_async_action( 3 ) );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
array_map( 'unlink', glob( __DIR__ . '/compile-leaves-namespaces.*.inc' ) );
--EXPECT--
string(13) "the shop's: 1"
string(13) "the shop's: 2"
string(13) "the shop's: 3"
