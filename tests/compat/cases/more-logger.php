<?php
require_once dirname( __DIR__ ) . '/values.php';
$l     = fn() => ActionScheduler::logger();
$one   = fn( $c ) => as_schedule_single_action( $c->now - 50, 'h', array( 1 ), 'g' );
$cases = array();
foreach ( array( 'log', 'get_logs', 'get_entry', 'clear_deleted_action_logs', 'bulk_log_cancel_actions', 'log_stored_action', 'log_canceled_action', 'log_started_action', 'log_completed_action', 'log_reset_action', 'log_ignored_action', 'log_timed_out_action', 'log_unexpected_shutdown', 'log_failed_fetch_action' ) as $m ) {
	foreach ( array_chunk( odd_values(), 12, true ) as $n => $chunk ) {
		$cases[ "$m odd id $n" ] = fn( $c ) => array( $one( $c ), array_map( fn( $v ) => $c->try( fn() => 'log' === $m ? $l()->log( $v, 'text' ) : ( in_array( $m, array( 'log_timed_out_action', 'log_unexpected_shutdown' ), true ) ? $l()->$m( $v, 5 ) : $l()->$m( $v ) ) ), $chunk ) );
	}
}
foreach ( array_chunk( odd_values(), 9, true ) as $n => $chunk ) {
	$cases[ "message odd $n" ] = fn( $c ) => array_map( fn( $v ) => $c->try( fn() => $l()->log( 5, $v ) ), $chunk );
	$cases[ "date odd $n" ] = fn( $c ) => array_map( fn( $v ) => $c->try( fn() => $l()->log( 5, 'x', $v ) ), $chunk );
	$cases[ "context odd $n" ] = fn( $c ) => array_map( fn( $v ) => array( $c->try( fn() => $l()->log_started_action( 5, $v ) ), $c->try( fn() => $l()->log_completed_action( 5, null, $v ) ), $c->try( fn() => $l()->log_failed_action( 5, new Exception( 'e' ), $v ) ), $c->try( fn() => $l()->log_ignored_action( 5, $v ) ), $c->try( fn() => $l()->log_timed_out_action( 5, $v ) ) ), $chunk );
}
$texts = array( 'long' => str_repeat( 'x', 70000 ), '65535' => str_repeat( 'x', 65535 ), '65536' => str_repeat( 'x', 65536 ), 'long é' => str_repeat( 'é', 40000 ), 'odd long é' => 'x' . str_repeat( 'é', 32767 ), 'bad' => "a\xffb", 'bad end' => "a\xc3", 'overlong' => "\xc0\x80", 'surrogate' => "\xed\xa0\x80", 'beyond' => "\xf5\x80\x80\x80", 'above' => "\xf4\x90\x80\x80", 'nul' => "a\0b", 'emoji' => '😀', 'control' => "\x01\x1a\r\n", 'pct' => '100% %s %1$s %%', 'slashes' => "\\'\\\\\"", 'html' => '<b>&amp;', 'spaces' => '  a  ', 'empty' => '', 'placeholder' => '{%}' );
foreach ( $texts as $label => $text ) {
	$cases[ "text $label" ] = fn( $c ) => array( $l()->log( 5, $text ), $l()->get_logs( 5 ), $l()->log( '5', $text, as_get_datetime_object( 2208988800 ) ) );
	$cases[ "thrown text $label" ] = fn( $c ) => array( $c->on( 'h', fn() => throw new Exception( $text ) ), $one( $c ), $c->run() );
	$cases[ "context text $label" ] = fn( $c ) => array( $c->on( 'h' ), $one( $c ), $c->run( $text ) );
	$cases[ "context text $label quiet" ] = fn( $c ) => array( stop_tracing(), $c->on( 'h' ), $one( $c ), $one( $c ), $c->run( $text ) );
}
$dates = array( 'AS' => fn( $c ) => as_get_datetime_object( 2208988800 ), 'plain' => fn( $c ) => new DateTime( '2040-01-01 00:00:00' ), 'Tokyo' => fn( $c ) => new DateTime( '2040-01-01 00:00:00', new DateTimeZone( 'Asia/Tokyo' ) ), 'AS in Tokyo' => fn( $c ) => as_get_datetime_object( '2040-01-01 00:00:00', 'Asia/Tokyo' ), 'immutable' => fn( $c ) => new DateTimeImmutable(), 'string' => fn( $c ) => '2040-01-01', 'sub' => fn( $c ) => new class( '2040-01-01' ) extends DateTime { public function format( $f ): string { return 'x'; } }, 'BC' => fn( $c ) => new DateTime( '-0044-03-15' ), 'year 12345' => fn( $c ) => new DateTime( '@327403382400' ), 'micro' => fn( $c ) => new DateTime( '2040-01-01 00:00:00.999999' ) );
foreach ( $dates as $label => $d ) {
	foreach ( array( '', 'Asia/Kolkata', 'America/New_York', 'bad zone' ) as $zone ) {
		$cases[ "date $label in zone '$zone'" ] = fn( $c ) => array( update_option( 'timezone_string', $zone ), $x = $d( $c ), $c->try( fn() => $l()->log( 5, 'x', $x ) ), $c->try( fn() => $l()->log( 5, 'x' ) ), $x, $l()->get_logs( 5 ) );
	}
	$cases[ "date $label at an offset" ] = fn( $c ) => array( update_option( 'gmt_offset', '5.5' ), $x = $d( $c ), $c->try( fn() => $l()->log( 5, 'x', $x ) ), $c->try( fn() => $l()->log( 5, 'x' ) ), $x, $l()->get_logs( 5 ) );
}
$cases['logs'] = fn( $c ) => array( $id = $one( $c ), $l()->log( $id, 'two' ), $a = $l()->log( (string) $id, 'three', as_get_datetime_object( 2208988800 ) ), gettype( $a ), $l()->get_logs( $id ), $l()->get_logs( (string) $id ), $l()->get_entry( $a ), $l()->get_entry( (string) $a ), $l()->get_entry( 5 ), get_class( $l()->get_entry( 5 ) ), $l()->get_logs( 5 ), gettype( $l()->get_logs( $id )[0]->get_action_id() ) );
$cases['logs on delete'] = fn( $c ) => array( $id = $one( $c ), $l()->log( $id, 'x' ), $other = $one( $c ), ActionScheduler::store()->delete_action( (string) $id ), $l()->get_logs( $id ), $l()->get_logs( $other ) );
$cases['unhook and hook'] = fn( $c ) => array( $l()->unhook_stored_action(), $one( $c ), $l()->hook_stored_action(), $one( $c ), $l()->hook_stored_action(), $one( $c ), has_action( 'action_scheduler_stored_action', array( $l(), 'log_stored_action' ) ) );
$cases['bulk'] = fn( $c ) => array( $c->each( array_map( fn( $v ) => fn() => $l()->bulk_log_cancel_actions( $v ), array( array( 1, 2 ), array( '1', '2' ), array( 'x' => 3 ), array( 'x' ), array( 1.5 ), array( null ), array( array( 1 ) ), array( 1, 'abc' ), array( '5x' ), array( ' 5' ), array( -5, 0 ), array( true ), 'abc', 5, new ArrayIterator( array( 7, 8 ) ), (object) array( 'a' => 9 ), array( PHP_INT_MAX ), range( 1, 500 ) ) ) ) );
foreach ( array( 'actions', 'groups', 'logs', 'claims' ) as $t ) {
	$cases[ "without $t" ] = fn( $c ) => array( $id = $one( $c ), $c->without( $t, fn() => $c->each( array( fn() => $l()->log( $id, 'x' ), fn() => $l()->get_logs( $id ), fn() => $l()->get_entry( 600000000 ), fn() => $l()->clear_deleted_action_logs( $id ), fn() => $l()->bulk_log_cancel_actions( array( $id ) ), fn() => ActionScheduler::store()->cancel_action( $id ), fn() => ActionScheduler::store()->delete_action( $id ) ) ) ) );
	$cases[ "run without $t" ] = fn( $c ) => array( $c->on( 'h' ), $one( $c ), $one( $c ), $c->without( $t, fn() => $c->run() ) );
	$cases[ "run without $t quiet" ] = fn( $c ) => array( stop_tracing(), $c->on( 'h' ), $one( $c ), $one( $c ), $c->without( $t, fn() => $c->run() ) );
	// Not the other two: their loss is noticed one statement earlier or later where rows are read when they are claimed.
	if ( in_array( $t, array( 'logs', 'claims' ), true ) ) {
		$cases[ "lost $t midway" ] = fn( $c ) => array( $c->on( 'h', fn() => $c->sql( "RENAME TABLE {{$t}} TO {gone_$t}" ) ), $one( $c ), $one( $c ), $c->try( fn() => $c->run() ), $c->sql( "RENAME TABLE {gone_$t} TO {{$t}}" ) );
	}
}
foreach ( array( 'gettext' => fn( $t, $text ) => "<$text>", 'gettext_action-scheduler' => fn( $t ) => strtoupper( $t ) ) as $filter => $f ) {
	$cases[ "texts by $filter" ] = fn( $c ) => array( add_filter( $filter, $f, 10, 2 ), $c->on( 'h' ), $c->on( 'i', fn() => throw new Exception( 'bad' ) ), $one( $c ), as_schedule_single_action( $c->now - 40, 'i' ), $c->run(), $id = $one( $c ), ActionScheduler::store()->cancel_action( $id ), as_unschedule_all_actions( 'h' ), $c->try( fn() => ActionScheduler::store()->mark_failure( 5 ) ), $c->try( fn() => as_schedule_recurring_action( 5, 'x', 'h' ) ) );
	$cases[ "texts by $filter quiet" ] = fn( $c ) => array( stop_tracing(), add_filter( $filter, $f, 10, 2 ), $c->on( 'h' ), $c->on( 'i', fn() => throw new Exception( 'bad' ) ), $one( $c ), as_schedule_single_action( $c->now - 40, 'i' ), $one( $c ), $c->run() );
}
$cases['texts change midway quiet'] = fn( $c ) => array( stop_tracing(), $c->on( 'h', function () { static $n = 0; $n++; add_filter( 'gettext', fn( $t ) => "$t $n" ); } ), $one( $c ), $one( $c ), $one( $c ), $c->run() );
$cases['zone changes midway quiet'] = fn( $c ) => array( stop_tracing(), $c->on( 'h', fn() => update_option( 'timezone_string', 'Asia/Tokyo' ) ), $one( $c ), $one( $c ), $one( $c ), $c->run() );
$cases['zone changes midway'] = fn( $c ) => array( $c->on( 'h', fn() => update_option( 'timezone_string', 'Asia/Tokyo' ) ), $one( $c ), $one( $c ), $one( $c ), $c->run() );
return $cases;
