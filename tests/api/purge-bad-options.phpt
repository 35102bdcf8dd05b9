--TEST--
asq_purge() refuses options that make no sense, and deletes nothing then
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/../store/purge.inc';
asq_test_tables();
asq_purge_rows( array( array( 'complete', 40, 1 ), array( 'pending', 40, 1 ) ) );
$bad = array(
	array( 'statuses' => 'complete' ), array( 'statuses' => array() ), array( 'statuses' => array( 'complete', 'pending' ) ), array( 'statuses' => array( 'in-progress' ) ),
	array( 'statuses' => array( 'completed' ) ), array( 'statuses' => array( 5 ) ), array( 'statuses' => array( null ) ),
	array( 'before' => '1 day ago' ), array( 'before' => 1.5 ), array( 'before' => array() ), array( 'before' => new stdClass() ), array( 'before' => -1 ),
	array( 'before' => PHP_INT_MAX ), array( 'before' => new DateTime( '1960-01-01' ) ),
	array( 'limit' => -1 ), array( 'limit' => 'all' ), array( 'batch' => -5 ), array( 'batch' => 1.5 ), array( 'pause' => 'x' ), array( 'pause' => -1 ),
	array( 'on_progress' => 'no_such_function' ), array( 'on_progress' => 5 ),
	array( 'dryrun' => true ), array( true ), array( 'limit' => 1, str_repeat( "\xff", 50 ) => 1 ),
);
foreach ( $bad as $options ) {
	try {
		asq_purge( $options );
		echo "no error\n";
	} catch ( ValueError | TypeError $e ) {
		echo get_class( $e ), ': ', $e->getMessage(), "\n";
	}
}
try {
	asq_purge( 'options' );
} catch ( TypeError $e ) {
	echo $e->getMessage(), "\n";
}
asq_purge_left();

echo "no database\n";
ini_set( 'asq.database', 'there_is_none' );
try {
	asq_purge();
} catch ( RuntimeException $e ) {
	echo $e->getMessage(), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
TypeError: asq_purge(): Argument #1 ($options) must have an array as "statuses"
ValueError: asq_purge(): Argument #1 ($options) must have at least one status as "statuses"
ValueError: asq_purge(): Argument #1 ($options) must have only "complete", "canceled" and "failed" as "statuses": other actions have not ended
ValueError: asq_purge(): Argument #1 ($options) must have only "complete", "canceled" and "failed" as "statuses": other actions have not ended
ValueError: asq_purge(): Argument #1 ($options) must have only "complete", "canceled" and "failed" as "statuses": other actions have not ended
ValueError: asq_purge(): Argument #1 ($options) must have only "complete", "canceled" and "failed" as "statuses": other actions have not ended
ValueError: asq_purge(): Argument #1 ($options) must have only "complete", "canceled" and "failed" as "statuses": other actions have not ended
TypeError: asq_purge(): Argument #1 ($options) must have a timestamp or a DateTimeInterface as "before"
TypeError: asq_purge(): Argument #1 ($options) must have a timestamp or a DateTimeInterface as "before"
TypeError: asq_purge(): Argument #1 ($options) must have a timestamp or a DateTimeInterface as "before"
TypeError: asq_purge(): Argument #1 ($options) must have a timestamp or a DateTimeInterface as "before"
ValueError: asq_purge(): Argument #1 ($options) must have a time from 1970 to 9999 as "before"
ValueError: asq_purge(): Argument #1 ($options) must have a time from 1970 to 9999 as "before"
ValueError: asq_purge(): Argument #1 ($options) must have a time from 1970 to 9999 as "before"
ValueError: asq_purge(): Argument #1 ($options) must have a whole number that is not negative as "limit"
ValueError: asq_purge(): Argument #1 ($options) must have a whole number that is not negative as "limit"
ValueError: asq_purge(): Argument #1 ($options) must have a whole number that is not negative as "batch"
ValueError: asq_purge(): Argument #1 ($options) must have a whole number that is not negative as "batch"
ValueError: asq_purge(): Argument #1 ($options) must have a whole number that is not negative as "pause"
ValueError: asq_purge(): Argument #1 ($options) must have a whole number that is not negative as "pause"
TypeError: asq_purge(): Argument #1 ($options) must have a callable as "on_progress"
TypeError: asq_purge(): Argument #1 ($options) must have a callable as "on_progress"
ValueError: asq_purge(): Argument #1 ($options) has an unknown option "dryrun"
ValueError: asq_purge(): Argument #1 ($options) has an unknown option "0"
ValueError: asq_purge(): Argument #1 ($options) has an unknown option "%s"
asq_purge(): Argument #1 ($options) must be of type array, string given
actions: 1 2; logs of: 1*1 2*1; claims: 
no database
asq_purge() has deleted 0 actions, and then: Unknown database 'there_is_none'
