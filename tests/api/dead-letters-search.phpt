--TEST--
Text is found in the args of dead letters as it is, not as JSON writes it
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();
Asq\Native\own_tables();
$args = array( 'https://example.com/a?b=50%', 'Müller', "tab\there", 'say "hi"', 'C:\\temp' );
asq_test_query( sprintf( "INSERT INTO {asq_dead_letters} (action_id, hook, args, reason, error_class, error_message, first_failure_gmt, last_failure_gmt)
	VALUES (1, 'h', '%s', 'exhausted', 'E', 'Ärger at https://x.example/y', UTC_TIMESTAMP(), UTC_TIMESTAMP())", asq_test_db()->real_escape_string( json_encode( $args ) ) ) );
foreach ( array( 'https://example.com/a', 'example.com/a?b=50%', 'Müller', "tab\t", 'say "hi"', '"hi"', 'C:\\temp', 'https:\\/\\/example', '\\u00fc', 'Ärger', 'https://x.example/y', 'https://x.example/z', 'a?b=5_%', 'Möller', '\\temp2' ) as $text ) {
	echo json_encode( $text, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ), ': ', asq_dead_letters( array( 'search' => $text, 'return' => 'count' ) ), "\n";
}
?>
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
"https://example.com/a": 1
"example.com/a?b=50%": 1
"Müller": 1
"tab\t": 1
"say \"hi\"": 1
"\"hi\"": 1
"C:\\temp": 1
"https:\\/\\/example": 1
"\\u00fc": 1
"Ärger": 1
"https://x.example/y": 1
"https://x.example/z": 0
"a?b=5_%": 0
"Möller": 0
"\\temp2": 0
