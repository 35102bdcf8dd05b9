<?php
require_once dirname( __DIR__ ) . '/values.php';
$k     = fn( ...$a ) => new ActionScheduler_QueueCleaner( ...$a );
$seed  = function ( $c ) {
	foreach ( array( 'complete', 'canceled', 'failed', 'pending', 'in-progress', 'odd' ) as $status ) {
		foreach ( array( -3000000, -2678401, -2678400, -2678399, -5000, -301, -300, -299, -1 ) as $at ) {
			$c->past( 'h', $status, $at, array( 'claim_id' => -300 < $at ? '0' : '800000000' ) );
		}
	}
};
$cases = array();
foreach ( array( 'clean', 'delete_old_actions', 'reset_timeouts', 'mark_failures' ) as $m ) {
	$cases[ $m ] = fn( $c ) => array( $seed( $c ), $c->try( fn() => $k()->$m() ), $c->try( fn() => $k()->$m() ) );
	$cases[ "$m with a batch of 2" ] = fn( $c ) => array( $seed( $c ), $c->try( fn() => $k( null, 2 )->$m() ), $c->try( fn() => $k( ActionScheduler::store(), 1 )->$m() ) );
	foreach ( array( 0, -1, 1, 5000, '300', '', 'abc', null, 299.5, true, false, array(), 1e10, '-5', '1 hour' ) as $n => $v ) {
		if ( 'delete_old_actions' !== $m ) {
			$cases[ "$m odd $n" ] = fn( $c ) => array( $seed( $c ), $c->try( fn() => $k()->$m( $v ) ) );
		}
		foreach ( array( 'action_scheduler_timeout_period', 'action_scheduler_failure_period', 'action_scheduler_retention_period', 'action_scheduler_cleanup_batch_size', 'action_scheduler_default_cleaner_statuses' ) as $filter ) {
			if ( ( 'reset_timeouts' === $m ) === ( 'action_scheduler_timeout_period' === $filter ) && ( 'mark_failures' === $m ) === ( 'action_scheduler_failure_period' === $filter ) && 'clean' !== $m ) {
				$cases[ "$m, $filter $n" ] = fn( $c ) => array( $seed( $c ), $c->on( $filter, fn() => $v ), $c->try( fn() => $k()->$m() ) );
			}
		}
	}
	foreach ( array( 'deleted_action', 'reset_action', 'failed_action' ) as $hook ) {
		foreach ( array( fn() => throw new DomainException( 'no' ), fn() => throw new Error( 'no' ), fn() => exit, fn( $id ) => ActionScheduler::store()->delete_action( $id ) ) as $n => $do ) {
			$cases[ "$m, a listener $n to $hook" ] = fn( $c ) => array( $seed( $c ), $c->on( "action_scheduler_$hook", $do ), $c->try( fn() => $k()->$m() ) );
		}
	}
	foreach ( array( 'actions', 'logs' ) as $t ) {
		$cases[ "$m without $t" ] = fn( $c ) => array( $seed( $c ), $c->without( $t, fn() => $k()->$m() ) );
	}
	$cases[ "$m quiet" ] = fn( $c ) => array( $seed( $c ), stop_tracing(), $c->try( fn() => $k()->$m() ) );
}
foreach ( array( array(), array( 'failed' ), array( 'pending', 'failed' ), array( '' ), array( 'odd' ), array( 'nope' ), array( null ), array( 5 ), array( 'x' => 'complete' ), array( 'failed', 'failed' ) ) as $n => $statuses ) {
	foreach ( array( '-300 seconds', '-1 month', 'now', '+1 day' ) as $when ) {
		$cases[ "clean_actions $n $when" ] = fn( $c ) => array( $seed( $c ), $c->try( fn() => $k()->clean_actions( $statuses, as_get_datetime_object( $when ), 3, 'CLI' ) ) );
	}
	$cases[ "statuses filter $n" ] = fn( $c ) => array( $seed( $c ), add_filter( 'action_scheduler_default_cleaner_statuses', fn() => $statuses ), $c->try( fn() => $k()->delete_old_actions() ) );
}
$cases['clean_actions sizes'] = fn( $c ) => array( $seed( $c ), array_map( fn( $v ) => $c->try( fn() => $k( null, 4 )->clean_actions( array( 'complete' ), new DateTime( '-10 days' ), $v ) ), array( 1, null, 0, -1, '2', 'x' ) ) );
$cases['failing deletion'] = function ( $c ) use ( $seed, $k ) {
	$seed( $c );
	$c->on( 'action_scheduler_deleted_action', fn() => throw new DomainException( 'no' ), 5 );
	return array( $k()->delete_old_actions() );
};
$cases['retention garbage'] = fn( $c ) => array_map( fn( $v ) => array( add_filter( 'action_scheduler_retention_period', fn() => $v, 99 ), $c->try( fn() => $k()->delete_old_actions() ), remove_all_filters( 'action_scheduler_retention_period' ) ), array( 'garbage', '', '1 hour', -5, 1.5, null, array( 1 ) ) );
foreach ( array( 'Asia/Tokyo', 'America/New_York' ) as $zone ) {
	$cases[ "clean in $zone" ] = fn( $c ) => array( update_option( 'timezone_string', $zone ), $seed( $c ), date_default_timezone_set( $zone ), $k()->clean() );
}
$cases['runner cleans'] = fn( $c ) => array( $seed( $c ), $c->on( 'h' ), $c->run() );
$cases['runner cleans quiet'] = fn( $c ) => array( $seed( $c ), stop_tracing(), $c->on( 'h' ), $c->run() );
return $cases;
