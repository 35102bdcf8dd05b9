<?php
// Claims whose order is filtered to what wpdb::prepare() reads its own way, claims of no number, and messages with NUL bytes.
require_once dirname( __DIR__ ) . '/values.php';
$cases  = array();
$due    = fn( $c ) => array_map( fn( $hook ) => as_schedule_single_action( $c->now - 50, $hook ), array( 'a', '50%', '50%%', 'hb', '%s', 'x%dy' ) );
$claims = fn( $c ) => $c->each( array( fn() => ActionScheduler::store()->stake_claim( 1 ), fn() => ActionScheduler::store()->stake_claim( 1, null, array( 'a', 'hb' ) ), fn() => ActionScheduler::store()->stake_claim( 3 ) ) );
foreach ( array( "hook = '50%' DESC, action_id", "hook = '50%%' DESC, action_id", "hook = '50%%%%' DESC, action_id", "hook LIKE 'h%' DESC, action_id", "hook = '%s' DESC, action_id", "hook = '%%s' DESC, action_id", 'hook = %d, action_id', 'attempts % 3, action_id', 'action_id %' ) as $order ) {
	$cases[ "ordered by $order" ] = fn( $c ) => array( $due( $c ), add_filter( 'action_scheduler_claim_actions_order_by', fn() => "ORDER BY $order" ), $claims( $c ) );
}
foreach ( array_chunk( odd_values(), 6, true ) as $n => $chunk ) {
	$cases[ "released by odd ids $n" ] = fn( $c ) => array( $due( $c ), ActionScheduler::store()->stake_claim( 2 ), array_map( fn( $v ) => $c->try( fn() => ActionScheduler::store()->release_claim( new ActionScheduler_ActionClaim( $v, array() ) ) ), $chunk ) );
}
foreach ( array( 'save' => fn() => ActionScheduler::store()->save_action( new ActionScheduler_Action( 'h', array(), new ActionScheduler_NullSchedule() ) ), 'factory' => fn() => ActionScheduler::factory()->single( 'h' ), 'create' => fn() => as_enqueue_async_action( 'h' ) ) as $label => $do ) {
	$cases[ "a message with a NUL, $label" ] = fn( $c ) => array( $c->on( 'action_scheduler_stored_action', fn() => throw new DomainException( "a\0b" ), 5 ), $c->try( $do ), add_filter( 'gettext_action-scheduler', fn() => "c\0d %s" ), $c->try( $do ) );
}
return $cases;
