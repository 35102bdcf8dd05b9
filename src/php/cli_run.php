<?php
/*
 * What `wp action-scheduler run` shows of a run of the worker.
 */

namespace Asq\Cli;

use ActionScheduler;
use ActionScheduler_DataController;
use Exception;
use WP_CLI;
use function WP_CLI\Utils\make_progress_bar;

/** One run of the worker, and what is shown of it: on a terminal a bar and the errors, elsewhere a line for each step. */
class Run {

	private $bar = null;

	private $free_memory_on = 0;

	public function run( array $options ) {
		// In the plugin this listens from boot on.
		add_action( 'action_scheduler/progress_tick', array( ActionScheduler_DataController::class, 'maybe_free_memory' ) );
		ActionScheduler::runner();
		$this->free_memory_on = $options['free_memory_on'];
		// By the worker's own callbacks, not by hooks: a listener would keep it from its short way.
		if ( \cli\Shell::isPiped() ) {
			$options['on_start']    = array( $this, 'started' );
			$options['on_complete'] = array( $this, 'completed' );
		}
		$options['on_failure'] = array( $this, 'failed' );
		$options['on_batch']   = array( $this, 'batch' );
		$options['on_tick']    = array( $this, 'tick' );
		$options['on_warning'] = array( 'WP_CLI', 'warning' );
		try {
			$pauses = asq_pauses();
			if ( $pauses ) {
				WP_CLI::warning( 'Paused, and left alone: ' . pauses_text( $pauses ) . '.' );
			}
			$did = asq_worker_run( $options );
		} catch ( Exception $e ) {
			$this->finish();
			$this->stop( $e->getMessage() );
			return;
		}
		$this->finish();
		/* translators: %d refers to the total number of batches executed */
		WP_CLI::log( sprintf( _n( '%d batch executed.', '%d batches executed.', $did['batches'], 'action-scheduler' ), $did['batches'] ) );
		$retried = $did['retried'] ? sprintf( ', %d to be tried again', $did['retried'] ) : '';
		WP_CLI::log( sprintf( '%d succeeded, %d failed%s, %d ignored, %d lost in %.2f seconds.', $did['succeeded'], $did['failed'], $retried, $did['ignored'], $did['lost'], $did['seconds'] ) );
		/* translators: %d refers to the total number of tasks completed */
		WP_CLI::success( sprintf( _n( '%d scheduled task completed.', '%d scheduled tasks completed.', $did['succeeded'], 'action-scheduler' ), $did['succeeded'] ) );
	}

	/** Ends the process with status 1. */
	private function stop( $message ) {
		$crowded = array( 'There are too many concurrent batches.', __( 'There are too many concurrent batches.', 'action-scheduler' ) );
		if ( ! in_array( $message, $crowded, true ) ) {
			/* translators: %s refers to the exception error message */
			$message = sprintf( __( 'There was an error running the action scheduler: %s', 'action-scheduler' ), $message );
		}
		WP_CLI::error( $message );
	}

	public function batch( $total ) {
		$this->finish();
		/* translators: %d refers to how many scheduled tasks were found to run */
		WP_CLI::log( sprintf( _n( 'Found %d scheduled task', 'Found %d scheduled tasks', $total, 'action-scheduler' ), $total ) );
		/* translators: %d: amount of actions */
		$this->bar = make_progress_bar( sprintf( _n( 'Running %d action', 'Running %d actions', $total, 'action-scheduler' ), $total ), $total );
	}

	/** The worker calls the hook itself when memory is to be freed. */
	public function tick( $done ) {
		if ( $this->bar ) {
			$this->bar->tick();
		}
		if ( 0 === $this->free_memory_on || $done % $this->free_memory_on ) {
			do_action( 'action_scheduler/progress_tick', $done );
		}
	}

	private function finish() {
		if ( $this->bar ) {
			$this->bar->finish();
			$this->bar = null;
		}
	}

	public function started( $action_id ) {
		/* translators: %s refers to the action ID */
		WP_CLI::log( sprintf( __( 'Started processing action %s', 'action-scheduler' ), $action_id ) );
	}

	public function completed( $action_id, $hook ) {
		/* translators: 1: action ID 2: hook name */
		WP_CLI::log( sprintf( __( 'Completed processing action %1$s with hook: %2$s', 'action-scheduler' ), $action_id, $hook ) );
	}

	public function failed( $action_id, $reason ) {
		if ( ! \cli\Shell::isPiped() ) {
			WP_CLI::line(); // The bar's line stays behind.
		}
		/* translators: 1: action ID 2: exception message */
		WP_CLI::error( sprintf( __( 'Error processing action %1$s: %2$s', 'action-scheduler' ), $action_id, $reason ), false );
	}
}
