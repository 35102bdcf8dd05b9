--TEST--
asq_idempotent() calls once for a key, and gives everybody what came of it
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$calls = 0;
$work  = static function () use ( &$calls ) {
	return ++$calls;
};
/* Keys are bytes: no two of these are the same, whatever a collation says. */
$keys = array( 'a', 'A', 'a ', "a\0", 'ä', 'a\u{308}', "\xff\xfe", "' OR '1'='1", '"; DROP TABLE x; --', '%', '\\', '0', str_repeat( 'k', 191 ), str_repeat( 'k', 192 ), str_repeat( 'k', 193 ), str_repeat( "\x80", 100000 ), 'sha256:' . hash( 'sha256', str_repeat( 'k', 192 ) ), 'sha256:' );
foreach ( array( 1, 2 ) as $round ) {
	foreach ( $keys as $n => $key ) {
		$replayed = null;
		$result   = asq_idempotent( $key, $work, array( 'replayed' => &$replayed ) );
		if ( $result !== $n + 1 || ( 2 === $round ) !== $replayed ) {
			echo "$n of round $round: $result\n";
		}
	}
}
echo "$calls calls for ", count( $keys ), " keys\n";
/* A scope has keys of its own, also where scope and key together are the same bytes. */
echo asq_idempotent( 'a', $work, array( 'scope' => 's' ) ), asq_idempotent( 'sa', $work ), asq_idempotent( 'a', $work, array( 'scope' => 's' ) ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
18 calls for 18 keys
192019
