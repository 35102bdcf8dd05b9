--TEST--
Files of all kinds compile as before: empty, HTML, a syntax error, eval, a declaration alone
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
$sources = array(
	'',
	"plain text\n",
	'<?php',
	'<?php ;;;',
	'<?php function as_supports() {}',
	'<?php function as_supports() {} function as_supports() {}',
	'<?php return function() { return "closure"; };',
	'<?php goto end; end: echo "goto\n"; function as_supports( $x ) { static $y = 1; yield $y; }',
	'<?php /** doc */ #[Attribute] function as_supports( int ...$x ): ?int { return fn() => 1; } echo "done\n"; __halt_compiler(); function as_supports(',
	'<?php function as_supports( { ',
);
foreach ( $sources as $n => $source ) {
	file_put_contents( $file = __DIR__ . "/compile-odd-files.$n.inc", $source );
	echo "$n: ";
	try {
		$result = include $file;
		echo is_object( $result ) ? $result() : json_encode( $result ), "\n";
	} catch ( ParseError $e ) {
		echo get_class( $e ), "\n";
	}
}
eval( 'function as_supports( $feature ) { return "evaluated"; }' );
var_dump( as_supports( 'x' ) );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
array_map( 'unlink', glob( __DIR__ . '/compile-odd-files.*.inc' ) );
--EXPECT--
0: 1
1: plain text
1
2: 1
3: 1
4: 1
5: 1
6: closure
7: goto
1
8: done
1
9: ParseError
bool(false)
