--TEST--
A query with a value that nobody could look for is one warning, and finds nothing
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

as_enqueue_async_action( 'h' );
$queries = array(
	array( 'hook' => array( 'h' ) ), array( 'group' => 1.5 ), array( 'status' => array( array() ) ), array( 'claimed' => 'mine' ),
	array( 'per_page' => 'all' ), array( 'orderby' => array() ), array( 'args' => array( 1 ), 'partial_args_matching' => 'regex' ), array( 'hook' => "\xff" ),
);
set_error_handler(
	static function ( int $level, string $message ): bool {
		echo "  $message\n";
		return true;
	}
);
foreach ( $queries as $query ) {
	echo json_encode( $query, JSON_INVALID_UTF8_SUBSTITUTE ), "\n";
	$found = json_encode( as_get_scheduled_actions( $query, 'ids' ) );
	echo "  $found\n";
}
try {
	as_get_scheduled_actions( array( 'date' => 'no date' ), 'ids' );
} catch ( Exception $e ) {
	echo get_class( $e ), ': ', $e->getMessage(), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
{"hook":["h"]}
  asq: The query has a value of a kind that cannot be looked for.
  []
{"group":1.5}
  asq: The query has a value of a kind that cannot be looked for.
  []
{"status":[[]]}
  asq: The query has a value of a kind that cannot be looked for.
  []
{"claimed":"mine"}
  asq: The query has a value of a kind that cannot be looked for.
  []
{"per_page":"all"}
  asq: The query has a value of a kind that cannot be looked for.
  []
{"orderby":[]}
  asq: The query has a value of a kind that cannot be looked for.
  []
{"args":[1],"partial_args_matching":"regex"}
  asq: The query has a value of a kind that cannot be looked for.
  []
{"hook":"\ufffd"}
  asq: The query has a value of a kind that cannot be looked for.
  []
%SException: %sno date%s
