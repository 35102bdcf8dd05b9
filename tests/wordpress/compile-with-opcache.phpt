--TEST--
With opcache, with JIT, and with a file cache that runs share with a PHP without the extension
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'Zend OPcache' ) && ! is_file( ini_get( 'extension_dir' ) . '/opcache.so' ) ) {
	die( 'skip build: opcache is not there' );
}
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
$dir = __DIR__ . '/compile-with-opcache.cache';
@mkdir( $dir );
file_put_contents(
	$file = __DIR__ . '/compile-with-opcache.plugin.inc',
	'<?php
	function as_enqueue_async_action( $hook ) { return "the plugin\'s"; }
	function as_unheard_of() { return as_caller(); }
	function as_caller() { return is_string( @as_enqueue_async_action( "h" ) ) ? "the plugin\'s" : "native"; }
	class ActionScheduler_DBStore {
		public function get_status( $action_id ) { return "the body"; }
	}
	function asq_loop() { for ( $i = 0, $n = 0; $i < 200; $i++ ) { $n += strlen( as_unheard_of() ); } return $n; }
	return as_unheard_of() . " " . asq_loop() . " " . ( new ActionScheduler_DBStore() )->get_status( 1 );'
);
$code  = 'echo require ' . var_export( $file, true ) . ', extension_loaded( "Zend OPcache" ) ? "" : " no opcache";';
$load  = extension_loaded( 'Zend OPcache' ) ? '' : ' -d zend_extension=opcache';
$cache = array( 'opcache.enable_cli' => 1, 'opcache.file_cache' => $dir, 'opcache.file_cache_only' => 1, 'opcache.file_update_protection' => 0 );
$runs  = array(
	'opcache'                     => array( 'opcache.enable_cli' => 1, 'opcache.file_update_protection' => 0 ),
	'tracing JIT'                 => array( 'opcache.enable_cli' => 1, 'opcache.file_update_protection' => 0, 'opcache.jit_buffer_size' => '16M', 'opcache.jit' => 'tracing', 'opcache.jit_hot_loop' => 2, 'opcache.jit_hot_func' => 2 ),
	'function JIT'                => array( 'opcache.enable_cli' => 1, 'opcache.file_update_protection' => 0, 'opcache.jit_buffer_size' => '16M', 'opcache.jit' => 'function' ),
	'file cache, first'           => $cache,
	'file cache, second'          => $cache,
	'file cache, switched off'    => $cache + array( 'asq.enabled' => 0 ),
	'file cache, without'         => null,
	'file cache, without, second' => null,
	'file cache, again'           => $cache,
);
$extra = getenv( 'TEST_PHP_EXTRA_ARGS' );
putenv( "TEST_PHP_EXTRA_ARGS=$extra$load" );
foreach ( $runs as $name => $settings ) {
	if ( null !== $settings ) {
		echo $name, ': ', asq_test_child( $code, $settings, $status );
	} else {
		$command = escapeshellarg( PHP_BINARY ) . ' -n';
		foreach ( $cache as $setting => $value ) {
			$command .= " -d $setting=" . escapeshellarg( $value );
		}
		if ( is_file( ini_get( 'extension_dir' ) . '/opcache.so' ) ) {
			$command .= ' -d zend_extension=opcache';
		}
		unset( $lines );
		exec( "$command -r " . escapeshellarg( $code ) . ' 2>&1', $lines, $status );
		echo $name, ': ', implode( "\n", $lines );
	}
	echo " ($status)\n";
}
/* The cache was used: it has a copy for each of the two kinds of PHP. */
$files = array();
foreach ( new RecursiveIteratorIterator( new RecursiveDirectoryIterator( $dir, FilesystemIterator::SKIP_DOTS ) ) as $found ) {
	$files[ substr( $found->getPathname(), strlen( $dir ) + 1, 32 ) ] = true;
}
var_dump( count( $files ) >= 2 );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
@unlink( __DIR__ . '/compile-with-opcache.plugin.inc' );
$dir = __DIR__ . '/compile-with-opcache.cache';
if ( is_dir( $dir ) ) {
	foreach ( new RecursiveIteratorIterator( new RecursiveDirectoryIterator( $dir, FilesystemIterator::SKIP_DOTS ), RecursiveIteratorIterator::CHILD_FIRST ) as $found ) {
		$found->isDir() ? rmdir( $found ) : unlink( $found );
	}
	rmdir( $dir );
}
--EXPECT--
opcache: native 1200 the body (0)
tracing JIT: native 1200 the body (0)
function JIT: native 1200 the body (0)
file cache, first: native 1200 the body (0)
file cache, second: native 1200 the body (0)
file cache, switched off: the plugin's 2400 the body (0)
file cache, without: the plugin's 2400 the body (0)
file cache, without, second: the plugin's 2400 the body (0)
file cache, again: native 1200 the body (0)
bool(true)
