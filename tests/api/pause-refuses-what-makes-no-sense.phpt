--TEST--
Kinds and names that make no sense are refused, and say what is allowed
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

function attempt( ...$arguments ) {
	foreach ( array( 'asq_pause', 'asq_resume' ) as $function ) {
		try {
			var_dump( $function( ...$arguments ) );
		} catch ( Error $e ) {
			echo get_class( $e ), ': ', $e->getMessage(), "\n";
		}
	}
}
attempt( 'queue', 'x' );
attempt( 'Hook', 'x' );
attempt( '' );
attempt( 'hook' );
attempt( 'group', '' );
attempt( 'all', 'x' );
attempt( 'hook', str_repeat( 'x', 192 ) );
attempt( 'hook', "\xff" );
attempt( 'hook', array() );
echo json_encode( asq_pauses() ), "\n";
attempt( 'hook', str_repeat( "\u{e9}", 191 ) );
attempt( 'hook', ' ' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
ValueError: asq_pause(): Argument #1 ($kind) must be "all", "hook" or "group"
ValueError: asq_resume(): Argument #1 ($kind) must be "all", "hook" or "group"
ValueError: asq_pause(): Argument #1 ($kind) must be "all", "hook" or "group"
ValueError: asq_resume(): Argument #1 ($kind) must be "all", "hook" or "group"
ValueError: asq_pause(): Argument #1 ($kind) must be "all", "hook" or "group"
ValueError: asq_resume(): Argument #1 ($kind) must be "all", "hook" or "group"
ValueError: asq_pause(): Argument #2 ($name) must be the name of a hook
ValueError: asq_resume(): Argument #2 ($name) must be the name of a hook
ValueError: asq_pause(): Argument #2 ($name) must be the name of a group
ValueError: asq_resume(): Argument #2 ($name) must be the name of a group
ValueError: asq_pause(): Argument #2 ($name) must be empty for "all"
ValueError: asq_resume(): Argument #2 ($name) must be empty for "all"
ValueError: asq_pause(): Argument #2 ($name) must not be longer than 191 characters
ValueError: asq_resume(): Argument #2 ($name) must not be longer than 191 characters
ValueError: asq_pause(): Argument #2 ($name) must be text that the database can hold
ValueError: asq_resume(): Argument #2 ($name) must be text that the database can hold
TypeError: asq_pause(): Argument #2 ($name) must be of type string, array given
TypeError: asq_resume(): Argument #2 ($name) must be of type string, array given
[]
bool(true)
bool(true)
bool(true)
bool(true)
