--TEST--
Without WordPress and without settings every call is one clear warning
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
var_dump( as_enqueue_async_action( 'h' ) );
var_dump( as_schedule_single_action( 1900000000, 'h' ) );
var_dump( as_has_scheduled_action( 'h' ) );
var_dump( as_get_scheduled_actions() );
var_dump( as_count_scheduled_actions() );
try {
	asq_enqueue_many( 'h', array( array() ) );
} catch ( RuntimeException $e ) {
	echo $e->getMessage(), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
Warning: asq: WordPress is not loaded, and asq.database is not set. Load WordPress, or set asq.host, asq.user, asq.password (or asq.password_file), asq.database and asq.prefix. in %s on line %d
int(0)

Warning: asq: WordPress is not loaded, and asq.database is not set. Load WordPress, or set asq.host, asq.user, asq.password (or asq.password_file), asq.database and asq.prefix. in %s on line %d
int(0)

Warning: asq: WordPress is not loaded, and asq.database is not set. Load WordPress, or set asq.host, asq.user, asq.password (or asq.password_file), asq.database and asq.prefix. in %s on line %d
bool(false)

Warning: asq: WordPress is not loaded, and asq.database is not set. Load WordPress, or set asq.host, asq.user, asq.password (or asq.password_file), asq.database and asq.prefix. in %s on line %d
array(0) {
}

Warning: asq: WordPress is not loaded, and asq.database is not set. Load WordPress, or set asq.host, asq.user, asq.password (or asq.password_file), asq.database and asq.prefix. in %s on line %d
int(0)
asq_enqueue_many() has stored 0 of 1 actions, and then: WordPress is not loaded, and asq.database is not set. %s
