<?php
// Rows that a callback changes by plain SQL while they are claimed: its own, and those that are to come.
require_once dirname( __DIR__ ) . '/values.php';
$cases   = array();
$changes = array(
	'puts off the others'      => "UPDATE {actions} SET scheduled_date_gmt = '2040-01-01 00:00:00' WHERE status = 'pending'",
	'puts off the last one'    => "UPDATE {actions} SET scheduled_date_gmt = '2040-01-01 00:00:00' WHERE hook = 'last'",
	'has all run earlier'      => "UPDATE {actions} SET scheduled_date_gmt = '2001-01-01 00:00:00'",
	'sets itself to pending'   => "UPDATE {actions} SET status = 'pending' WHERE status = 'in-progress'",
	'sets the last to running' => "UPDATE {actions} SET status = 'in-progress' WHERE hook = 'last'",
	'gives the last back'      => "UPDATE {actions} SET claim_id = 0 WHERE hook = 'last'",
);
foreach ( $changes as $label => $sql ) {
	// With texts filtered, starts go the plain way though nobody listens.
	foreach ( array( '', ' quiet', ' quiet, texts filtered' ) as $quiet ) {
		foreach ( array( '', ', and throws' ) as $throws ) {
			$cases[ "a callback $label$throws$quiet" ] = fn( $c ) => array( $quiet ? stop_tracing() : null, str_contains( $quiet, 'texts' ) && add_filter( 'gettext', fn( $text ) => $text ), $c->on( 'h', fn() => $c->sql( $sql ) && $throws ? throw new Exception( 'no' ) : null ), $c->on( 'last' ), as_schedule_single_action( $c->now - 50, 'h' ), as_schedule_recurring_action( $c->now - 40, 3600, 'h', array( 1 ) ), as_schedule_single_action( $c->now - 30, 'h', array( 2 ) ), as_schedule_single_action( $c->now - 20, 'last' ), $c->run(), as_next_scheduled_action( 'last' ) );
		}
	}
}
return $cases;
