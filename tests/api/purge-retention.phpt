--TEST--
asq_purge() asks the filters of Action Scheduler's cleaner: how long, which statuses, failed ones
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';
require __DIR__ . '/../store/purge.inc';
asq_fake_boot();
$try = static function ( string $what, array $filters, array $options = array() ) {
	asq_test_query( 'TRUNCATE {actions}' );
	asq_test_query( 'TRUNCATE {logs}' );
	asq_purge_rows(
		array(
			array( 'complete', 32, 1 ),
			array( 'canceled', 32, 1 ),
			array( 'failed', 32, 1 ),
			array( 'failed', 94, 1 ),
			array( 'complete', 2, 1 ),
			array( 'failed', 2, 1 ),
			array( 'pending', 94, 1 ),
			array( 'in-progress', 94, 1 ),
			array( 'odd', 94, 1 ),
		)
	);
	foreach ( $filters as $filter => $value ) {
		add_filter( $filter, $$filter = static fn() => $value );
	}
	asq_purge( $options );
	foreach ( $filters as $filter => $value ) {
		remove_filter( $filter, $$filter );
	}
	$left = array_column( asq_test_query( 'SELECT action_id FROM {actions} ORDER BY action_id' ), 'action_id' );
	echo "$what: ", implode( ' ', array_diff( range( 1, 9 ), $left ) ), "\n";
};
$period   = 'action_scheduler_retention_period';
$failed   = 'action_scheduler_retention_period_for_failed';
$statuses = 'action_scheduler_default_cleaner_statuses';
$enable   = 'action_scheduler_enable_failed_action_cleanup';
$try( 'as it is', array() );
$try( 'a day', array( $period => 86400 ) );
$try( 'a day, as a string', array( $period => '86400' ) );
$try( 'no time', array( $period => 0 ) );
$try( 'less than no time', array( $period => -5 ) );
$try( 'no number', array( $period => 'long' ) );
$try( 'for ever', array( $period => PHP_INT_MAX ) );
$try( 'only complete', array( $statuses => array( 'complete' ) ) );
$try( 'none', array( $statuses => array() ) );
$try( 'no list', array( $statuses => null ) );
$try( 'with failed', array( $statuses => array( 'complete', 'failed' ) ) );
$try( 'with pending', array( $statuses => array( 'pending', 'in-progress', 'odd', 'canceled', 7 ) ) );
$try( 'failed after 93 days', array( $enable => true ) );
$try( 'failed after a day', array( $enable => true, $failed => 86400 ) );
$try( 'failed as the others', array( $enable => true, $failed => 1, $statuses => array( 'failed' ) ) );
$try( 'failed asked for', array(), array( 'statuses' => array( 'failed' ) ) );
$try( 'failed asked for, as the others', array( $statuses => array( 'failed' ) ), array( 'statuses' => array( 'failed' ) ) );
$try( 'a date', array( $period => 1, $enable => true ), array( 'before' => time() - 33 * 86400 ) );
$try( 'another date', array( $period => PHP_INT_MAX, $enable => true ), array( 'before' => time() - 86400 ) );
$try( 'a date and statuses', array( $statuses => array() ), array( 'before' => time() - 86400, 'statuses' => array( 'failed' ) ) );
add_filter( $period, static fn() => throw new DomainException( 'a filter that throws' ) );
try {
	asq_purge();
} catch ( DomainException $e ) {
	echo $e->getMessage(), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
as it is: 1 2
a day: 1 2 5
a day, as a string: 1 2 5
no time: 1 2 5
less than no time: 1 2 5
no number: 1 2
for ever: 
only complete: 1
none: 
no list: 1 2
with failed: 1 3 4
with pending: 2
failed after 93 days: 1 2 4
failed after a day: 1 2 3 4 6
failed as the others: 3 4
failed asked for: 4
failed asked for, as the others: 3 4
a date: 
another date: 1 2 5
a date and statuses: 3 4 6
a filter that throws
