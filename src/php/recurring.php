<?php
/*
 * Once a day, a hook by which plugins make sure that their recurring actions are still scheduled.
 */

class ActionScheduler_RecurringActionScheduler {

	private const HOOK = 'action_scheduler_run_recurring_actions_schedule_hook';

	/** Listens for the daily action, and in the admin sees to it that there is one. */
	public function init(): void {
		$listener = array( $this, 'run_recurring_scheduler_hook' );
		if ( ! ActionScheduler::take_over( self::HOOK, $listener ) ) {
			add_action( self::HOOK, $listener );
		}
		if ( is_admin() && ! wp_doing_ajax() ) {
			add_action( 'action_scheduler_init', array( $this, 'schedule_recurring_scheduler_hook' ) );
		}
	}

	/** Looks no more than once an hour. */
	public function schedule_recurring_scheduler_hook(): void {
		if ( false !== wp_cache_get( 'as_is_ensure_recurring_actions_scheduled' ) ) {
			return;
		}
		if ( ! as_has_scheduled_action( self::HOOK ) ) {
			as_schedule_recurring_action( time(), DAY_IN_SECONDS, self::HOOK, array(), 'ActionScheduler', true, 20 );
		}
		wp_cache_set( 'as_is_ensure_recurring_actions_scheduled', true, '', HOUR_IN_SECONDS );
	}

	public function run_recurring_scheduler_hook(): void {
		do_action( 'action_scheduler_ensure_recurring_actions' );
	}
}
