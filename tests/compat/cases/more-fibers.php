<?php
// Runs in fibers: interleaved, and let go in the middle of an action, which is then none of anybody's failure.
require_once dirname( __DIR__ ) . '/values.php';
$cases  = array();
$due    = fn( $c, $n ) => array_map( fn( $i ) => as_schedule_single_action( $c->now - 50 + $i, 'h', array( $i ) ), range( 0, $n - 1 ) );
$let_go = function ( callable $do, int $resumed = 0 ) {
	$fiber = new Fiber( $do );
	$fiber->start();
	for ( ; $resumed && $fiber->isSuspended(); $resumed-- ) {
		$fiber->resume();
	}
	unset( $fiber );
	gc_collect_cycles();
};
foreach ( array( '', ' quiet' ) as $quiet ) {
	$prepare = fn() => $quiet ? stop_tracing() : null;
	$cases[ "let go in a callback of a run$quiet" ] = fn( $c ) => array( $prepare(), $due( $c, 2 ), $c->on( 'h', fn() => Fiber::suspend() ), $let_go( fn() => $c->run() ), as_enqueue_async_action( 'after' ), set_error_handler( null ) instanceof Closure );
	$cases[ "let go in a callback of process_action$quiet" ] = fn( $c ) => array( $prepare(), $id = as_schedule_recurring_action( $c->now - 9, 60, 'h' ), $c->on( 'h', fn() => Fiber::suspend() ), $let_go( fn() => ActionScheduler::runner()->process_action( $id ) ), as_enqueue_async_action( 'after' ) );
	$cases[ "let go at the end$quiet" ] = fn( $c ) => array( $prepare(), $due( $c, 2 ), $c->on( 'h', fn() => Fiber::suspend() ), $GLOBALS['kept'] = new Fiber( fn() => $c->run() ), $GLOBALS['kept']->start() ) ? 1 : 0;
	foreach ( array( 'stored_action', 'canceled_action', 'bulk_cancel_actions', 'before_execute', 'begin_execute', 'after_execute', 'completed_action' ) as $hook ) {
		$cases[ "let go in a listener to $hook$quiet" ] = fn( $c ) => array( $prepare(), $due( $c, 2 ), $c->on( 'h' ), $c->on( "action_scheduler_$hook", fn() => Fiber::getCurrent() && Fiber::suspend(), 5 ), $let_go( fn() => array( as_enqueue_async_action( 'x' ), as_unschedule_action( 'x' ), as_enqueue_async_action( 'x' ), as_unschedule_all_actions( 'x' ), $c->run() ), 3 ), as_enqueue_async_action( 'after' ) );
	}
	$cases[ "two that end in the order in which they began$quiet" ] = function ( $c ) use ( $prepare, $due ) {
		$prepare();
		$ids = $due( $c, 4 );
		$c->on( 'h', fn( $n ) => $n < 2 ? Fiber::suspend( $n ) : null );
		$one = new Fiber( fn() => ActionScheduler::runner()->process_action( $ids[0], 'one' ) );
		$two = new Fiber( fn() => ActionScheduler::runner()->process_action( $ids[1], 'two' ) );
		$out = array( $one->start(), $two->start() );
		$one->resume();
		ActionScheduler::store()->unclaim_action( $ids[1] );
		$two->resume();
		ActionScheduler::store()->cancel_action( $ids[2] );
		return array( $out, $c->run(), as_unschedule_all_actions( 'h' ) );
	};
}
$cases['a run that is resumed'] = fn( $c ) => array( $due( $c, 2 ), $c->on( 'h', fn() => Fiber::suspend( 'mid' ) ), $fiber = new Fiber( fn() => $c->run() ), $fiber->start(), as_enqueue_async_action( 'meanwhile' ), $fiber->resume(), $fiber->resume(), $fiber->isTerminated() );
return $cases;
