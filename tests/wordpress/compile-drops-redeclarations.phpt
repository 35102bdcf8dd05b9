--TEST--
A file that declares as_* functions at its top level is no fatal error; the native ones stay, and others are kept
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
file_put_contents(
	$file = __DIR__ . '/compile-drops-redeclarations.plugin.inc',
	'<?php
	if ( ! defined( "NOTHING" ) ) { define( "NOTHING", 1 ); }
	function as_enqueue_async_action( $hook, $args = array() ) { return "the plugin\'s"; }
	function as_has_scheduled_action( $hook ) { return "the plugin\'s"; }
	function as_get_scheduled_actions() { return "the plugin\'s"; }
	/** A newer one. */
	function as_unheard_of( $x ) { return "the plugin\'s own: $x"; }
	function not_as_supports() { return as_supports( "nothing" ); }
	class Holder { public function as_supports() { return "a method"; } }
	return "loaded";'
);
var_dump( require $file );
foreach ( array( 'as_enqueue_async_action', 'as_has_scheduled_action', 'as_get_scheduled_actions' ) as $name ) {
	echo $name, ': ', ( new ReflectionFunction( $name ) )->isInternal() ? 'native' : 'of the plugin', "\n";
}
var_dump( as_unheard_of( 5 ), not_as_supports(), ( new Holder() )->as_supports() );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
@unlink( __DIR__ . '/compile-drops-redeclarations.plugin.inc' );
--EXPECT--
string(6) "loaded"
as_enqueue_async_action: native
as_has_scheduled_action: native
as_get_scheduled_actions: native
string(19) "the plugin's own: 5"
bool(false)
string(8) "a method"
