<?php
/**
 * Plugin Name: No runs of the queue by WP-Cron
 * Description: For sites whose queue is worked by `wp action-scheduler work`. To be put into wp-content/mu-plugins.
 *
 * WP-Cron goes on with all its other events. Take the file away if you stop using workers: nobody else runs the queue.
 */

// After Action Scheduler has set up its runner.
add_action(
	'init',
	static function () {
		if ( class_exists( 'ActionScheduler' ) ) {
			remove_action( 'action_scheduler_run_queue', array( ActionScheduler::runner(), 'run' ) );
		}
	},
	100
);

// The request that pages of the admin make in the background.
add_filter( 'action_scheduler_allow_async_request_runner', '__return_false' );
