--TEST--
Outside WordPress actions are only made: unscheduling is one warning, and does nothing
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

as_enqueue_async_action( 'h' );
var_dump( as_unschedule_action( 'h' ) );
var_dump( as_unschedule_all_actions( 'h' ) );
asq_test_print( 'SELECT status FROM {actions}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
Warning: asq: as_unschedule_action() needs WordPress: load it first. in %s on line %d
int(0)

Warning: asq: as_unschedule_all_actions() needs WordPress: load it first. in %s on line %d
NULL
pending
