--TEST--
Letters beyond ASCII in args become \u sequences, slashes are escaped; keys and strings keep their bytes
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

as_enqueue_async_action( 'h', array( 'größe' => 'ñ', 'emoji' => '😀', 'path' => 'a/b', 'quotes' => "\"'<>&", 'control' => "\0\x1f\n\t\\", 'separators' => "\u{2028}\u{2029}" ) );
asq_test_print( 'SELECT args FROM {actions}' );
var_dump( as_has_scheduled_action( 'h', array( 'größe' => 'ñ', 'emoji' => '😀', 'path' => 'a/b', 'quotes' => "\"'<>&", 'control' => "\0\x1f\n\t\\", 'separators' => "\u{2028}\u{2029}" ) ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
{"gr\u00f6\u00dfe":"\u00f1","emoji":"\ud83d\ude00","path":"a\/b","quotes":"\"'<>&","control":"\u0000\u001f\n\t\\","separators":"\u2028\u2029"}
bool(true)
