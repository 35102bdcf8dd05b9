--TEST--
50 processes that enqueue a unique action at once, each with other args, leave one row with asq.unique=group
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--INI--
asq.unique=group
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

require __DIR__ . '/race.inc';
asq_unique_race( 'group' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
50 processes: 1 got an id, and it is the row's
1 actions, 1 groups, 1 logs
50 processes: 0 got an id, and it is the row's
1 actions, 1 groups, 1 logs
