--TEST--
Functions' names know no case: a redeclaration in capitals is dropped, too
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
file_put_contents( $file = __DIR__ . '/compile-drops-in-any-case.plugin.inc', '<?php function AS_Has_Scheduled_Action( $hook ) { return "the plugin\'s"; } return "loaded";' );
var_dump( require $file );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
@unlink( __DIR__ . '/compile-drops-in-any-case.plugin.inc' );
--EXPECT--
string(6) "loaded"
