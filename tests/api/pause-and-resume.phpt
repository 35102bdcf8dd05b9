--TEST--
asq_pause() and asq_resume() say whether they changed anything; the first pause makes the table
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

echo json_encode( asq_pauses() ), json_encode( asq_resume( 'hook', 'h' ) ), count( asq_test_query( "SHOW TABLES LIKE '" . asq_test_prefix() . "asq_pauses'" ) ), "\n";
var_dump( asq_pause( 'hook', 'h' ), asq_pause( 'hook', 'h' ), asq_pause( 'group', 'h' ), asq_pause( 'all' ), asq_pause( 'all', '' ) );
foreach ( asq_pauses() as $pause ) {
	$age = time() - strtotime( $pause['paused_gmt'] . ' UTC' );
	echo $pause['kind'], ' "', $pause['name'], '" ', $age >= -1 && $age < 60 ? 'now' : $pause['paused_gmt'], "\n";
}
var_dump( asq_resume( 'hook', 'h' ), asq_resume( 'hook', 'h' ), asq_resume( 'all' ) );
echo json_encode( array_column( asq_pauses(), 'kind' ) ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
[]false0
bool(true)
bool(false)
bool(true)
bool(true)
bool(false)
all "" now
group "h" now
hook "h" now
bool(true)
bool(false)
bool(true)
["group"]
