--TEST--
NAN, INF, a resource, a recursion, bytes that are no UTF-8: one warning each, and nothing is stored
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$loop   = array();
$loop[] = &$loop;
set_error_handler(
	static function ( int $level, string $message ): bool {
		echo '  ', substr( $message, 0, 32 ), "\n";
		return true;
	}
);
foreach ( array( 'NAN' => array( NAN ), 'INF' => array( array( -INF ) ), 'resource' => array( STDIN ), 'recursion' => $loop, 'bytes' => array( "\xff" ), 'key' => array( "\xff" => 1 ) ) as $name => $args ) {
	echo $name, "\n";
	if ( as_enqueue_async_action( 'h', $args ) ) {
		echo "  stored\n";
	}
}
var_dump( as_count_scheduled_actions() );
unset( $loop[0], $args );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
NAN
  asq: The action was not stored: 
INF
  asq: The action was not stored: 
resource
  asq: The action was not stored: 
recursion
  asq: The action was not stored: 
bytes
  asq: The action was not stored: 
key
  asq: The action was not stored: 
int(0)
