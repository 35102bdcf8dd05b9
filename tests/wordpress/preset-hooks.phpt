--TEST--
When wp-settings.php is compiled, $wp_filter gets the extension's callback, once, and keeps what others have put there
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
/* Once per request, so each case is a process of its own. */
$cases = array(
	'unset'                => '',
	'empty'                => '$GLOBALS["wp_filter"] = array();',
	'with entries'         => '$GLOBALS["wp_filter"] = array( "init" => array( 5 => array( array( "function" => "a", "accepted_args" => 1 ) ) ), "plugins_loaded" => array( 2 => array( array( "function" => "b", "accepted_args" => 0 ) ), 10 => array( array( "function" => "c", "accepted_args" => 0 ) ) ) );',
	'a reference'          => '$mine = array( "init" => array( 5 => array( "x" ) ) ); $GLOBALS["wp_filter"] = &$mine;',
	'of references'        => '$list = array( array( "function" => "b", "accepted_args" => 0 ) ); $hook = array( 2 => &$list ); $wp_filter = array( "plugins_loaded" => &$hook );',
	'a constant array'     => 'const PRESET = array( "plugins_loaded" => array( 2 => array( array( "function" => "b", "accepted_args" => 0 ) ) ) ); $wp_filter = PRESET;',
	'shared with a copy'   => '$wp_filter = array( "plugins_loaded" => array( 2 => array( 1 ) ) ); $copy = $wp_filter; register_shutdown_function( function () use ( $copy ) { echo " copy: ", json_encode( $copy ); } );',
	'odd'                  => '$GLOBALS["wp_filter"] = "a string";',
	'odd inside'           => '$wp_filter = array( "plugins_loaded" => 5 );',
);
@mkdir( $dir = __DIR__ . '/preset-hooks.site' );
file_put_contents( "$dir/wp-settings.php", '<?php echo json_encode( $GLOBALS["wp_filter"] ?? null );' );
$file = var_export( "$dir/wp-settings.php", true );
foreach ( $cases as $name => $code ) {
	echo $name, ': ', asq_test_child( "$code include $file;" ), "\n";
}
echo 'twice: ', asq_test_child( "include $file; include $file;" ), "\n";
echo 'in a function: ', asq_test_child( "function load() { global \$wp_filter; include $file; } load();" ), "\n";
file_put_contents( "$dir/my-settings.php", '<?php echo json_encode( $GLOBALS["wp_filter"] ?? null );' );
echo 'another file: ', asq_test_child( 'include ' . var_export( "$dir/my-settings.php", true ) . ';' ), "\n";
echo 'switched off: ', asq_test_child( "include $file;", array( 'asq.enabled' => 0 ) ), "\n";
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
@unlink( __DIR__ . '/preset-hooks.site/wp-settings.php' );
@unlink( __DIR__ . '/preset-hooks.site/my-settings.php' );
@rmdir( __DIR__ . '/preset-hooks.site' );
--EXPECT--
unset: {"plugins_loaded":{"2":[{"function":"Asq\\Native\\boot","accepted_args":0}]}}
empty: {"plugins_loaded":{"2":[{"function":"Asq\\Native\\boot","accepted_args":0}]}}
with entries: {"init":{"5":[{"function":"a","accepted_args":1}]},"plugins_loaded":{"2":[{"function":"b","accepted_args":0},{"function":"Asq\\Native\\boot","accepted_args":0}],"10":[{"function":"c","accepted_args":0}]}}
a reference: {"init":{"5":["x"]},"plugins_loaded":{"2":[{"function":"Asq\\Native\\boot","accepted_args":0}]}}
of references: {"plugins_loaded":{"2":[{"function":"b","accepted_args":0},{"function":"Asq\\Native\\boot","accepted_args":0}]}}
a constant array: {"plugins_loaded":{"2":[{"function":"b","accepted_args":0},{"function":"Asq\\Native\\boot","accepted_args":0}]}}
shared with a copy: {"plugins_loaded":{"2":[1,{"function":"Asq\\Native\\boot","accepted_args":0}]}} copy: {"plugins_loaded":{"2":[1]}}
odd: {"plugins_loaded":{"2":[{"function":"Asq\\Native\\boot","accepted_args":0}]}}
odd inside: {"plugins_loaded":{"2":[{"function":"Asq\\Native\\boot","accepted_args":0}]}}
twice: {"plugins_loaded":{"2":[{"function":"Asq\\Native\\boot","accepted_args":0}]}}{"plugins_loaded":{"2":[{"function":"Asq\\Native\\boot","accepted_args":0}]}}
in a function: {"plugins_loaded":{"2":[{"function":"Asq\\Native\\boot","accepted_args":0}]}}
another file: null
switched off: null
