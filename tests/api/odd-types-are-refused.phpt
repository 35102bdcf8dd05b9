--TEST--
Values of types that cannot be stored are refused outside WordPress: one warning each, 0, and no row
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$odd = array(
	'hook a number'       => array( 17 ),
	'hook an array'       => array( array() ),
	'hook null'           => array( null ),
	'hook not UTF-8'      => array( "caf\xe9" ),
	'args a string'       => array( 'h', 'args' ),
	'args null'           => array( 'h', null ),
	'args an object'      => array( 'h', new stdClass() ),
	'args not UTF-8'      => array( 'h', array( "\xff" ) ),
	'group an array'      => array( 'h', array(), array( 'a', 'b' ) ),
	'group a number'      => array( 'h', array(), 5 ),
	'group not UTF-8'     => array( 'h', array(), "\xc3" ),
	'group too long'      => array( 'h', array(), str_repeat( 'g', 256 ) ),
	'priority a string'   => array( 'h', array(), '', false, 'high' ),
	'priority null'       => array( 'h', array(), '', false, null ),
);
set_error_handler(
	static function ( int $level, string $message ): bool {
		echo "  $level $message\n";
		return true;
	}
);
foreach ( $odd as $name => $arguments ) {
	echo "$name\n";
	$id = as_enqueue_async_action( ...$arguments );
	echo "  $id\n";
}
foreach ( array( 'tomorrow', null, 1.5, true, array(), new DateTime( '2030-01-01' ) ) as $when ) {
	echo 'time ', is_object( $when ) ? 'DateTime' : json_encode( $when ), "\n";
	$id = as_schedule_single_action( $when, 'h' );
	echo "  $id\n";
}
asq_test_print( 'SELECT COUNT(*) FROM {actions} UNION ALL SELECT COUNT(*) FROM {logs}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
hook a number
  2 asq: The action was not stored: its hook must be a string in UTF-8,%s
  0
hook an array
  2 asq: The action was not stored: its hook must be a string in UTF-8,%s
  0
hook null
  2 asq: The action was not stored: its hook must be a string in UTF-8,%s
  0
hook not UTF-8
  2 asq: The action was not stored: its hook must be a string in UTF-8,%s
  0
args a string
  2 asq: The action was not stored: %s
  0
args null
  2 asq: The action was not stored: %s
  0
args an object
  2 asq: The action was not stored: %s
  0
args not UTF-8
  2 asq: The action was not stored: %s
  0
group an array
  2 asq: The action was not stored: %s
  0
group a number
  2 asq: The action was not stored: %s
  0
group not UTF-8
  2 asq: The action was not stored: %s
  0
group too long
  2 asq: The action was not stored: %s
  0
priority a string
  2 asq: The action was not stored: %s
  0
priority null
  2 asq: The action was not stored: %s
  0
time "tomorrow"
  2 asq: The action was not stored: %s
  0
time null
  2 asq: The action was not stored: %s
  0
time 1.5
  2 asq: The action was not stored: %s
  0
time true
  2 asq: The action was not stored: %s
  0
time []
  2 asq: The action was not stored: %s
  0
time DateTime
  2 asq: The action was not stored: %s
  0
0
0
