--TEST--
asq.enabled=0: loaded, but neither functions nor classes, and no hook in the compiler
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
$code = <<<'PHP'
var_dump( extension_loaded( 'asq' ), function_exists( 'as_enqueue_async_action' ), function_exists( 'asq_enqueue_many' ), function_exists( 'Asq\Native\store_save' ) );
var_dump( (bool) array_filter( get_declared_classes(), static fn( $class ) => preg_match( '/^(asq|actionscheduler)/i', $class ) ) );
file_put_contents( $file = tempnam( sys_get_temp_dir(), 'asq' ), '<?php function as_enqueue_async_action( $hook ) { return "mine: $hook"; }' );
require $file;
unlink( $file );
var_dump( as_enqueue_async_action( 'h' ) );
ob_start();
phpinfo( INFO_MODULES );
preg_match( '/^Action Scheduler.*$/m', ob_get_clean(), $line );
echo $line[0], "\n";
PHP;
echo asq_test_child( $code, array( 'asq.enabled' => 0 ), $status ), "\n";
var_dump( $status );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(true)
bool(false)
bool(false)
bool(false)
bool(false)
string(7) "mine: h"
Action Scheduler's backend in C => disabled by asq.enabled=0
int(0)
