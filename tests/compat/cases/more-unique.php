<?php
require_once dirname( __DIR__ ) . '/values.php';
$cases = array();
$four  = array(
	'async' => fn( $c, ...$a ) => as_enqueue_async_action( ...$a ),
	'single' => fn( $c, ...$a ) => as_schedule_single_action( $c->now + 60, ...$a ),
	'recurring' => fn( $c, ...$a ) => as_schedule_recurring_action( $c->now + 60, 3600, ...$a ),
	'cron' => fn( $c, ...$a ) => as_schedule_cron_action( 2208988800, '@daily', ...$a ),
);
foreach ( $four as $kind => $f ) {
	foreach ( array( 'pending', 'in-progress', 'complete', 'failed', 'canceled', '', 'odd', 'Pending' ) as $status ) {
		$cases[ "$kind, one is '$status'" ] = function ( $c ) use ( $f, $status ) {
			$c->set( as_enqueue_async_action( 'h', array( 1 ), 'g' ), array( 'status' => $status ) );
			return array( $f( $c, 'h', array( 1 ), 'g', true ), $f( $c, 'h', array( 2 ), 'g', true ), $f( $c, 'h', array( 1 ), '', true ), $f( $c, 'h', array( 1 ), 'other', true ), $f( $c, 'i', array( 1 ), 'g', true ), $f( $c, 'H', array( 1 ), 'G', true, 3 ) );
		};
	}
	$cases[ "$kind, odd groups" ] = fn( $c ) => array_map( fn( $g ) => array( $c->try( fn() => $f( $c, 'h', array(), $g, true ) ), $c->try( fn() => $f( $c, 'h', array(), $g, true ) ) ), odd_values( array( 'resource' ) ) );
	$cases[ "$kind, odd hooks" ] = fn( $c ) => array_map( fn( $h ) => array( $c->try( fn() => $f( $c, $h, array(), 'g', true ) ), $c->try( fn() => $f( $c, $h, array(), 'g', true ) ) ), odd_values( array( 'resource' ) ) );
	$cases[ "$kind, odd unique" ] = fn( $c ) => array( $f( $c, 'h' ), array_map( fn( $u ) => $c->try( fn() => $f( $c, 'h', array(), '', $u ) ), odd_values() ) );
	$cases[ "$kind, odd priority" ] = fn( $c ) => array_map( fn( $p ) => $c->try( fn() => $f( $c, 'h', array(), '', false, $p ) ), odd_values() );
	$cases[ "$kind, odd priority unique" ] = function ( $c ) use ( $f ) {
		$n = 0;
		return array_map( function ( $p ) use ( $c, $f, &$n ) { $n++; return $c->try( fn() => $f( $c, "h$n", array(), '', true, $p ) ); }, odd_values() );
	};
	$cases[ "$kind, twice and after" ] = fn( $c ) => array( $id = $f( $c, 'h', array(), '', true ), $f( $c, 'h', array(), '', true ), ActionScheduler::store()->cancel_action( $id ), $f( $c, 'h', array(), '', true ), $f( $c, 'h', array(), '', false ) );
	$cases[ "$kind, unique, long args" ] = fn( $c ) => array( $f( $c, 'h', array( str_repeat( 'x', 400 ) ), '', true ), $f( $c, 'h', array( str_repeat( 'y', 400 ) ), '', true ), $f( $c, 'i', array( str_repeat( 'x', 9000 ) ), '', true ) );
	$cases[ "$kind, unique, two groups of a name" ] = fn( $c ) => array( $c->sql( "INSERT INTO {groups} (slug) VALUES ('g'),('g')" ), $f( $c, 'h', array(), 'g', true ), $f( $c, 'h', array(), 'g', true ), $c->sql( "UPDATE {actions} SET group_id = 900000002 WHERE hook = 'h'" ), $f( $c, 'h', array(), 'g', true ), $f( $c, 'h', array(), 'g' ) );
	foreach ( array( 'actions', 'groups', 'logs', 'claims' ) as $table ) {
		foreach ( array( false, true ) as $unique ) {
			$cases[ "$kind without $table, unique " . ( $unique ? 'yes' : 'no' ) ] = fn( $c ) => array( as_enqueue_async_action( 'x', array(), 'g' ), $c->without( $table, fn() => $c->each( array( fn() => $f( $c, 'h', array(), '', $unique ), fn() => $f( $c, 'h', array( 1 ), 'g', $unique ), fn() => $f( $c, 'i', array( 1 ), 'new', $unique ) ) ) ), $f( $c, 'h', array( 1 ), 'g', $unique ) );
			$cases[ "$kind without $table, unique " . ( $unique ? 'yes' : 'no' ) . ', with no row first' ] = fn( $c ) => $c->without( $table, fn() => $c->each( array( fn() => $f( $c, 'h', array(), '', $unique ), fn() => $f( $c, 'h', array( 1 ), 'g', $unique ) ) ) );
		}
	}
	// The pre filter.
	$name = 'async' === $kind ? 'pre_as_enqueue_async_action' : "pre_as_schedule_{$kind}_action";
	$cases[ "$kind, pre filter returns" ] = function ( $c ) use ( $f, $name ) {
		$out = array();
		foreach ( odd_values() as $label => $v ) {
			$add = fn() => $v;
			add_filter( $name, $add );
			$out[ $label ] = $c->try( fn() => $f( $c, 'h', array( $label ), 'g' ) );
			remove_filter( $name, $add );
		}
		return $out;
	};
	$does = array(
		'throws' => fn() => throw new DomainException( 'pre' ), 'throws an Error' => fn() => throw new Error( 'pre' ), 'exits' => fn() => exit, 'returns what it got' => fn( $v ) => $v,
		'schedules' => function ( $v ) { static $n = 0; return $n++ ? $v : as_enqueue_async_action( 'inner' ); },
	);
	foreach ( $does as $label => $do ) {
		foreach ( array( 1, 20 ) as $priority ) {
			$cases[ "$kind, pre filter $label at $priority" ] = fn( $c ) => array( $c->on( $name, $do, $priority ), $c->on( $name, fn( $v ) => $v, 10 ), $f( $c, 'h', array( 'k' => 'v' ), 'g', true, 7 ), $f( $c, 'h' ) );
		}
	}
	$cases[ "$kind, pre filter by reference" ] = function ( $c ) use ( $f, $name ) {
		add_filter( $name, function ( $pre, &$a, &$b, &$d = null ) { $a = 'changed'; $b = 'changed'; $d = 'changed'; return $pre; }, 10, 4 );
		return $f( $c, 'h', array( 1 ), 'g' );
	};
	// Listeners to the stored action.
	$listeners = array(
		'throws' => fn( $c ) => fn() => throw new DomainException( "it's 100% <b>" ),
		'throws an Error' => fn( $c ) => fn() => throw new Error( 'bad' ),
		'throws once' => fn( $c ) => function () { static $n = 0; if ( ! $n++ ) { throw new DomainException( 'once' ); } },
		'exits' => fn( $c ) => fn() => exit( 'bye' ),
		'enqueues more' => fn( $c ) => function () { static $n = 0; return $n++ < 2 ? as_enqueue_async_action( 'more' ) : null; },
		'enqueues itself uniquely' => fn( $c ) => fn() => $c->note( as_enqueue_async_action( 'h', array(), 'g', true ) ),
		'deletes it' => fn( $c ) => fn( $id ) => ActionScheduler::store()->delete_action( $id ),
		'cancels it' => fn( $c ) => fn( $id ) => ActionScheduler::store()->cancel_action( $id ),
		'runs it' => fn( $c ) => function ( $id ) { static $n = 0; return $n++ ? null : ActionScheduler::runner()->process_action( $id, 'now' ); },
		'looks' => fn( $c ) => fn( $id ) => $c->note( ActionScheduler::store()->fetch_action( $id ), ActionScheduler::logger()->get_logs( $id ), as_has_scheduled_action( 'h' ), $c->sql( 'SELECT COUNT(*) FROM {logs}' ) ),
		'logs' => fn( $c ) => fn( $id ) => $c->note( ActionScheduler::logger()->log( $id, 'mine' ) ),
		'removes the logger' => fn( $c ) => fn() => ActionScheduler::logger()->unhook_stored_action(),
		'adds the logger again' => fn( $c ) => fn() => ActionScheduler::logger()->hook_stored_action(),
		'removes all' => fn( $c ) => fn() => remove_all_actions( 'action_scheduler_stored_action' ),
		'changes the zone' => fn( $c ) => fn() => update_option( 'timezone_string', 'Asia/Tokyo' ),
		'adds a filter to texts' => fn( $c ) => fn() => add_filter( 'gettext', fn( $t ) => "<$t>" ),
		'breaks off the table' => fn( $c ) => function ( $id ) use ( $c ) { $c->sql( "DELETE FROM {actions}" ); },
	);
	if ( in_array( $kind, array( 'async', 'recurring' ), true ) ) {
		foreach ( $listeners as $label => $make ) {
			foreach ( array( 5, 10, 15 ) as $priority ) {
				$cases[ "$kind, a listener at $priority $label" ] = fn( $c ) => array( $c->on( 'h' ), $c->on( 'action_scheduler_stored_action', $make( $c ), $priority ), $c->try( fn() => $f( $c, 'h', array( 1 ), 'g' ) ), $c->try( fn() => $f( $c, 'h', array( 2 ), 'g', true ) ), as_has_scheduled_action( 'h' ) );
			}
		}
	}
	$cases[ "$kind, no logger" ] = fn( $c ) => array( ActionScheduler::logger()->unhook_stored_action(), $f( $c, 'h' ), $f( $c, 'h', array(), '', true ), $f( $c, 'i', array(), '', true ) );
	$cases[ "$kind, the logger twice" ] = fn( $c ) => array( add_action( 'action_scheduler_stored_action', array( ActionScheduler::logger(), 'log_stored_action' ), 20 ), $f( $c, 'h' ), $f( $c, 'i', array(), '', true ) );
	$cases[ "$kind, the logger late" ] = fn( $c ) => array( ActionScheduler::logger()->unhook_stored_action(), add_action( 'action_scheduler_stored_action', array( ActionScheduler::logger(), 'log_stored_action' ), 20 ), $c->on( 'action_scheduler_stored_action', fn( $id ) => $c->note( ActionScheduler::logger()->get_logs( $id ) ) ), $f( $c, 'h' ) );
	$cases[ "$kind, the logger with two arguments" ] = fn( $c ) => array( remove_all_actions( 'action_scheduler_stored_action' ), add_action( 'action_scheduler_stored_action', array( ActionScheduler::logger(), 'log_stored_action' ), 10, 0 ), $c->try( fn() => $f( $c, 'h' ) ) );
	$cases[ "$kind, a logger's subclass hears" ] = function ( $c ) use ( $f ) {
		$sub = new class() extends ActionScheduler_DBLogger { public function log_stored_action( $id ) { $this->log( $id, 'sub' ); } };
		$sub->hook_stored_action();
		return array( $f( $c, 'h' ), $f( $c, 'i', array(), '', true ) );
	};
	$cases[ "$kind, text filtered" ] = fn( $c ) => array( add_filter( 'gettext_action-scheduler', fn( $t ) => strrev( $t ) ), $f( $c, 'h' ) );
	$cases[ "$kind, text filtered to odd" ] = fn( $c ) => array( add_filter( 'gettext_action-scheduler', fn( $t ) => "é\xff" ), $f( $c, 'h' ) );
	$cases[ "$kind, text filter throws" ] = fn( $c ) => array( add_filter( 'gettext', fn( $t ) => throw new LogicException( 'text' ) ), $c->try( fn() => $f( $c, 'h' ) ) );
	$cases[ "$kind, text filtered to null" ] = fn( $c ) => array( add_filter( 'gettext', fn( $t ) => null ), $c->try( fn() => $f( $c, 'h' ) ) );
	$cases[ "$kind, text filtered to an array" ] = fn( $c ) => array( add_filter( 'gettext', fn( $t ) => array( 1 ) ), $c->try( fn() => $f( $c, 'h' ) ) );
	$cases[ "$kind, json throws" ] = fn( $c ) => array( $c->try( fn() => $f( $c, 'h', array( new Odd_Json( new DomainException( 'json' ) ) ) ) ), $c->try( fn() => $f( $c, 'h', array( new Odd_Json( new Error( 'json' ) ) ) ) ), $c->try( fn() => as_has_scheduled_action( 'h', array( new Odd_Json( new DomainException( 'json' ) ) ) ) ) );
	$cases[ "$kind quiet" ] = fn( $c ) => array( stop_tracing(), $f( $c, 'h' ), $f( $c, 'h', array(), 'g', true ), $f( $c, 'h', array(), 'g', true ), $f( $c, 'h', array(), 'é', true ) );
}
$cases['unique while it runs'] = fn( $c ) => array( $c->on( 'h', fn() => $c->note( as_enqueue_async_action( 'h', array(), '', true ), as_schedule_recurring_action( $c->now + 5, 60, 'h', array( 2 ), '', true ) ) ), as_enqueue_async_action( 'h' ), $c->run(), as_enqueue_async_action( 'h', array(), '', true ) );
$cases['recurring unique goes on'] = fn( $c ) => array( $c->on( 'h' ), as_schedule_recurring_action( $c->now - 5, 60, 'h', array(), 'g', true ), $c->run(), as_schedule_recurring_action( $c->now - 5, 60, 'h', array(), 'g', true ), as_next_scheduled_action( 'h' ) );
$cases['groups deleted behind'] = fn( $c ) => array( as_enqueue_async_action( 'h', array(), 'g' ), $c->sql( 'DELETE FROM {groups}' ), as_enqueue_async_action( 'h', array(), 'g', true ), as_enqueue_async_action( 'h', array(), 'g', true ), as_enqueue_async_action( 'h', array(), 'g' ) );
return $cases;
