--TEST--
Names with SQL in them are names: in a pause, in what it leaves out, in a resume
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$names = array( "'; DROP TABLE x; -- ", "\\' OR 1=1 -- ", 'a"b`c', "%_", "caf\u{e9} \u{1f600}", "two\nlines", "nul\0l" );
foreach ( $names as $name ) {
	foreach ( array( 'hook', 'group' ) as $kind ) {
		as_schedule_single_action( time() - 100, 'hook' === $kind ? $name : 'plain', array(), 'group' === $kind ? $name : 'plain' );
		echo json_encode( array( asq_pause( $kind, $name ), asq_queue_status( array( 'counts' => false ) )['oldest_due_age'] ) ), ' ';
	}
	echo json_encode( $name ), "\n";
}
echo json_encode( array_diff( $names, array_column( asq_pauses(), 'name' ) ) ), count( asq_pauses() ), "\n";
echo count( asq_queue_status()['hooks'] ), ' ', count( asq_queue_status()['groups'] ), "\n";
foreach ( $names as $name ) {
	echo json_encode( array( asq_resume( 'hook', $name ), asq_resume( 'group', $name ) ) ), ' ';
}
echo "\n", json_encode( asq_pauses() ), ' ', asq_queue_status()['counts']['due'], "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
[true,null] [true,null] "'; DROP TABLE x; -- "
[true,null] [true,null] "\\' OR 1=1 -- "
[true,null] [true,null] "a\"b`c"
[true,null] [true,null] "%_"
[true,null] [true,null] "caf\u00e9 \ud83d\ude00"
[true,null] [true,null] "two\nlines"
[true,null] [true,null] "nul\u0000l"
[]14
8 8
[true,true] [true,true] [true,true] [true,true] [true,true] [true,true] [true,true] 
[] 14
