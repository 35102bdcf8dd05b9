--TEST--
Args of up to 191 bytes of JSON are stored as they are; longer ones as their MD5, with the JSON in extended_args
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

foreach ( array( 191, 192, 8000 ) as $bytes ) {
	$args = array( str_repeat( 'x', $bytes - 4 ) );
	var_dump( as_enqueue_async_action( 'h', $args ) );
	$row = asq_test_query( 'SELECT args, extended_args FROM {actions} ORDER BY action_id DESC LIMIT 1' )[0];
	echo $bytes, ': ', strlen( $row['args'] ), ' ', var_export( $row['args'] === json_encode( $args ), true ), ' ',
		var_export( $row['args'] === md5( json_encode( $args ) ), true ), ' ',
		null === $row['extended_args'] ? 'NULL' : var_export( $row['extended_args'] === json_encode( $args ), true ), "\n";
	var_dump( as_has_scheduled_action( 'h', $args ) );
}
/* It is bytes that count, of what JSON makes of them: six for each of these letters. */
as_enqueue_async_action( 'h', array( str_repeat( 'é', 31 ) . 'x' ) );
as_enqueue_async_action( 'h', array( str_repeat( 'é', 31 ) . 'xx' ) );
asq_test_print( 'SELECT args, extended_args FROM {actions} WHERE action_id > 3' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
int(1)
191: 191 true false NULL
bool(true)
int(2)
192: 32 false true true
bool(true)
int(3)
8000: 32 false true true
bool(true)
["\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9x"] | NULL
4e951b63cc03b82992647482ad3cf2b9 | ["\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9xx"]
