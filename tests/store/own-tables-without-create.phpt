--TEST--
An account that may not make tables does without making them, where they are there
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();
$account = asq_test_account( 'SELECT, INSERT, UPDATE, DELETE' );

asq_test_configure( array( 'asq.user' => $account ) );
var_dump( Asq\Native\own_tables() );
echo preg_replace( '/ to user.*/', '', Asq\Native\last_error() ), "\n";
asq_test_configure();
var_dump( Asq\Native\own_tables() );
asq_test_configure( array( 'asq.user' => $account ) );
var_dump( Asq\Native\own_tables() );

asq_test_query( 'DROP TABLE {asq_keys}' );
var_dump( Asq\Native\own_tables() );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(false)
CREATE command denied
bool(true)
bool(true)
bool(false)
