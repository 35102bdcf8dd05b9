<?php
/*
 * Runs the queue: claims due actions in batches and processes each, for as long as time and memory allow. Batches and
 * single actions are the extension's; what follows its calls is for what it declines (a store, or a runner, with ways of
 * its own).
 */

abstract class ActionScheduler_Abstract_QueueRunner_Deprecated {

	protected function get_maximum_execution_time() {
		_deprecated_function( __METHOD__, '2.1.1', 'ActionScheduler_Abstract_QueueRunner::get_time_limit()' );
		return absint( $this->filter_of_old( 30 ) );
	}

	/** What listeners to the filter of versions before 2.1.1 make of the time limit. */
	protected function filter_of_old( $seconds ) {
		if ( ! has_filter( 'action_scheduler_maximum_execution_time' ) ) {
			return $seconds;
		}
		_deprecated_function( 'action_scheduler_maximum_execution_time', '2.1.1', 'action_scheduler_queue_runner_time_limit' );
		return apply_filters( 'action_scheduler_maximum_execution_time', $seconds );
	}
}

abstract class ActionScheduler_Abstract_QueueRunner extends ActionScheduler_Abstract_QueueRunner_Deprecated {

	protected $cleaner;

	protected $monitor;

	protected $store;

	/** When the runner was made, which counts as the start of the process. */
	private $created_time;

	public function __construct( ?ActionScheduler_Store $store = null, ?ActionScheduler_FatalErrorMonitor $monitor = null, ?ActionScheduler_QueueCleaner $cleaner = null ) {
		$this->created_time = microtime( true );
		$this->store        = $store ? $store : ActionScheduler_Store::instance();
		$this->monitor      = $monitor ? $monitor : new ActionScheduler_FatalErrorMonitor( $this->store );
		$this->cleaner      = $cleaner ? $cleaner : new ActionScheduler_QueueCleaner( $this->store );
	}

	/** Runs one action, if it is pending; a recurring one is then scheduled anew, whatever became of this run. */
	public function process_action( $action_id, $context = '' ) {
		if ( \Asq\Native\runner_process( $result, $this, $action_id, $context ) ) {
			return;
		}
		set_error_handler(
			static function ( $type, $message ) {
				throw new Exception( $message );
			},
			E_USER_ERROR | E_RECOVERABLE_ERROR
		);
		$begun = false;
		try {
			do_action( 'action_scheduler_before_execute', $action_id, $context );
			if ( ActionScheduler_Store::STATUS_PENDING !== $this->store->get_status( $action_id ) ) {
				do_action( 'action_scheduler_execution_ignored', $action_id, $context );
				return;
			}
			$begun = true;
			do_action( 'action_scheduler_begin_execute', $action_id, $context );
			$action = $this->store->fetch_action( $action_id );
			$this->store->log_execution( $action_id );
			$action->execute();
			do_action( 'action_scheduler_after_execute', $action_id, $action, $context );
			$this->store->mark_complete( $action_id );
		} catch ( Throwable $e ) {
			// Listeners expect an Exception, whose code is an int.
			$this->handle_action_error( $action_id, new Exception( $e->getMessage(), (int) $e->getCode(), $e ), $context, $begun );
		} finally {
			restore_error_handler();
		}
		if ( isset( $action ) && $action instanceof ActionScheduler_Action && $action->get_schedule()->is_recurring() ) {
			$this->schedule_next_instance( $action, $action_id );
		}
	}

	private function handle_action_error( $action_id, $e, $context, $begun ) {
		if ( ! $begun ) {
			do_action( 'action_scheduler_failed_validation', $action_id, $e, $context );
			return;
		}
		$this->store->mark_failure( $action_id );
		do_action( 'action_scheduler_failed_execution', $action_id, $e, $context );
	}

	/** Stores the next run of a recurring action, unless it keeps failing. */
	protected function schedule_next_instance( ActionScheduler_Action $action, $action_id ) {
		if ( ActionScheduler_Store::STATUS_FAILED === $this->store->get_status( $action_id ) && $this->recurring_action_is_consistently_failing( $action, $action_id ) ) {
			ActionScheduler_Logger::instance()->log( $action_id, __( 'This action appears to be consistently failing. A new instance will not be scheduled.', 'action-scheduler' ) );
			return;
		}
		try {
			ActionScheduler::factory()->repeat( $action );
		} catch ( Exception $e ) {
			do_action( 'action_scheduler_failed_to_schedule_next_instance', $action_id, $e, $action );
		}
	}

	/**
	 * Whether as many of the hook's actions as the threshold says failed in a row.
	 *
	 * The rows looked at are the oldest ones, and the date is of no effect, as it is no object: so it is in Action
	 * Scheduler, and series that run on there run on here.
	 */
	private function recurring_action_is_consistently_failing( ActionScheduler_Action $action, $action_id ) {
		$threshold = (int) apply_filters( 'action_scheduler_recurring_action_failure_threshold', 5 );
		$query     = array(
			'hook'         => $action->get_hook(),
			'date'         => gmdate( 'Y-m-d H:i:s' ),
			'date_compare' => '<',
			'per_page'     => 1,
			'offset'       => $threshold - 1,
		);
		$failed    = $this->store->query_actions( $query + array( 'status' => ActionScheduler_Store::STATUS_FAILED ) );
		if ( empty( $failed ) ) {
			return false;
		}
		return (bool) apply_filters( 'action_scheduler_recurring_action_is_consistently_failing', $this->store->query_actions( $query ) === $failed, $action );
	}

	protected function run_cleanup() {
		$this->cleaner->clean( 10 * $this->get_time_limit() );
	}

	public function get_allowed_concurrent_batches() {
		return apply_filters( 'action_scheduler_queue_runner_concurrent_batches', 1 );
	}

	public function has_maximum_concurrent_batches() {
		return $this->store->get_claim_count() >= $this->get_allowed_concurrent_batches();
	}

	/** In seconds. */
	protected function get_time_limit() {
		return absint( apply_filters( 'action_scheduler_queue_runner_time_limit', $this->filter_of_old( 30 ) ) );
	}

	/** In seconds; of the processor, on hosts that count it so. */
	protected function get_execution_time() {
		if ( function_exists( 'getrusage' ) && apply_filters( 'action_scheduler_use_cpu_execution_time', defined( 'PANTHEON_ENVIRONMENT' ) ) ) {
			$usage = getrusage();
			if ( isset( $usage['ru_stime.tv_sec'], $usage['ru_stime.tv_usec'] ) ) {
				return $usage['ru_stime.tv_sec'] + $usage['ru_stime.tv_usec'] / 1000000;
			}
		}
		return microtime( true ) - $this->created_time;
	}

	/** Whether three more actions, if they take as long as those so far, would go beyond the time limit. */
	protected function time_likely_to_be_exceeded( $processed_actions ) {
		$time  = $this->get_execution_time();
		$limit = $this->get_time_limit();
		if ( 0 === $processed_actions ) {
			return $time >= $limit;
		}
		$likely = $time + 3 * $time / $processed_actions > $limit;
		return apply_filters( 'action_scheduler_maximum_execution_time_likely_to_be_exceeded', $likely, $this, $processed_actions, $time, $limit );
	}

	protected function get_memory_limit() {
		$limit = ini_get( 'memory_limit' );
		return ActionScheduler_Compatibility::convert_hr_to_bytes( ! $limit || '-1' === $limit ? '32G' : $limit );
	}

	protected function memory_exceeded() {
		return apply_filters( 'action_scheduler_memory_exceeded', memory_get_usage( true ) >= 0.9 * $this->get_memory_limit(), $this );
	}

	protected function batch_limits_exceeded( $processed_actions ) {
		return $this->memory_exceeded() || $this->time_likely_to_be_exceeded( $processed_actions );
	}

	/** Runs the queue, and returns how many actions were processed. */
	abstract public function run( $context = '' );
}

class ActionScheduler_QueueRunner extends ActionScheduler_Abstract_QueueRunner {

	const WP_CRON_HOOK = 'action_scheduler_run_queue';

	const WP_CRON_SCHEDULE = 'every_minute';

	protected $async_request;

	private static $runner = null;

	private $processed_actions_count = 0;

	public static function instance() {
		if ( empty( self::$runner ) ) {
			self::$runner = ActionScheduler::make( 'action_scheduler_queue_runner_class', 'ActionScheduler_QueueRunner' );
			ActionScheduler::start( self::$runner );
		}
		return self::$runner;
	}

	public function __construct( ?ActionScheduler_Store $store = null, ?ActionScheduler_FatalErrorMonitor $monitor = null, ?ActionScheduler_QueueCleaner $cleaner = null, ?ActionScheduler_AsyncRequest_QueueRunner $async_request = null ) {
		parent::__construct( $store, $monitor, $cleaner );
		$this->async_request = $async_request ? $async_request : new ActionScheduler_AsyncRequest_QueueRunner( $this->store );
	}

	public function init() {
		ActionScheduler::take_over( 'cron_schedules', array( self::instance(), 'add_wp_cron_schedule' ) );

		// The event of versions before 3.0, which had no context.
		$old = wp_next_scheduled( self::WP_CRON_HOOK );
		if ( $old ) {
			wp_unschedule_event( $old, self::WP_CRON_HOOK );
		}
		if ( ! wp_next_scheduled( self::WP_CRON_HOOK, array( 'WP Cron' ) ) ) {
			wp_schedule_event( time(), apply_filters( 'action_scheduler_run_schedule', self::WP_CRON_SCHEDULE ), self::WP_CRON_HOOK, array( 'WP Cron' ) );
		}
		ActionScheduler::take_over( self::WP_CRON_HOOK, array( self::instance(), 'run' ) );
		ActionScheduler::take_over( 'shutdown', array( self::instance(), 'maybe_dispatch_async_request' ) );
	}

	public function hook_dispatch_async_request() {
		add_action( 'shutdown', array( $this, 'maybe_dispatch_async_request' ) );
	}

	public function unhook_dispatch_async_request() {
		remove_action( 'shutdown', array( $this, 'maybe_dispatch_async_request' ) );
	}

	/** From a page of the admin, once a minute at most. */
	public function maybe_dispatch_async_request() {
		$lock = 'async-request-runner';
		if ( is_admin() && ! ActionScheduler::lock()->is_locked( $lock ) && ActionScheduler::lock()->set( $lock ) ) {
			$this->async_request->maybe_dispatch();
		}
	}

	public function run( $context = 'WP Cron' ) {
		ActionScheduler_Compatibility::raise_memory_limit();
		ActionScheduler_Compatibility::raise_time_limit( $this->get_time_limit() );
		do_action( 'action_scheduler_before_process_queue' );
		$this->run_cleanup();

		$this->processed_actions_count = 0;
		if ( false === $this->has_maximum_concurrent_batches() ) {
			do {
				$processed                      = $this->do_batch( apply_filters( 'action_scheduler_queue_runner_batch_size', 25 ), $context );
				$this->processed_actions_count += $processed;
			} while ( $processed > 0 && ! $this->batch_limits_exceeded( $this->processed_actions_count ) );
		}
		do_action( 'action_scheduler_after_process_queue' );
		return $this->processed_actions_count;
	}

	/** Claims so many due actions, processes them, and returns how many it came to. */
	protected function do_batch( $size = 100, $context = '' ) {
		if ( \Asq\Native\runner_batch( $result, $this, $size, $context ) ) {
			return $result;
		}
		$processed = 0;
		$claim     = $this->store->stake_claim( $size );
		$this->monitor->attach( $claim );
		foreach ( $claim->get_actions() as $action_id ) {
			if ( ! in_array( $action_id, $this->store->find_actions_by_claim_id( $claim->get_id() ), true ) ) {
				break;
			}
			$this->process_action( $action_id, $context );
			$processed++;
			if ( $this->batch_limits_exceeded( $processed + $this->processed_actions_count ) ) {
				break;
			}
		}
		$this->store->release_claim( $claim );
		$this->monitor->detach();
		$this->clear_caches();
		return $processed;
	}

	/** Empties this process's part of the object cache; all of it only where nobody shares it, or a filter says so. */
	protected function clear_caches() {
		if ( function_exists( 'wp_cache_supports' ) ? wp_cache_supports( 'flush_runtime' ) : function_exists( 'wp_cache_flush_runtime' ) ) {
			wp_cache_flush_runtime();
		} elseif ( ! wp_using_ext_object_cache() || apply_filters( 'action_scheduler_queue_runner_flush_cache', false ) ) {
			wp_cache_flush();
		}
	}

	public function add_wp_cron_schedule( $schedules ) {
		$schedules['every_minute'] = array(
			'interval' => 60,
			'display'  => __( 'Every minute', 'action-scheduler' ),
		);
		return $schedules;
	}
}

/** Watches for a fatal error while a claim is worked on: the action that it befell failed, the rest is let go. */
class ActionScheduler_FatalErrorMonitor {

	private $claim = null;

	private $store = null;

	private $action_id = 0;

	public function __construct( ActionScheduler_Store $store ) {
		$this->store = $store;
	}

	public function attach( ActionScheduler_ActionClaim $claim ) {
		$this->claim = $claim;
		add_action( 'shutdown', array( $this, 'handle_unexpected_shutdown' ) );
		add_action( 'action_scheduler_before_execute', array( $this, 'track_current_action' ), 0, 1 );
		add_action( 'action_scheduler_after_execute', array( $this, 'untrack_action' ), 0, 0 );
		add_action( 'action_scheduler_execution_ignored', array( $this, 'untrack_action' ), 0, 0 );
		add_action( 'action_scheduler_failed_execution', array( $this, 'untrack_action' ), 0, 0 );
	}

	public function detach() {
		$this->claim = null;
		$this->untrack_action();
		remove_action( 'shutdown', array( $this, 'handle_unexpected_shutdown' ) );
		remove_action( 'action_scheduler_before_execute', array( $this, 'track_current_action' ), 0 );
		remove_action( 'action_scheduler_after_execute', array( $this, 'untrack_action' ), 0 );
		remove_action( 'action_scheduler_execution_ignored', array( $this, 'untrack_action' ), 0 );
		remove_action( 'action_scheduler_failed_execution', array( $this, 'untrack_action' ), 0 );
	}

	public function track_current_action( $action_id ) {
		$this->action_id = $action_id;
	}

	public function untrack_action() {
		$this->action_id = 0;
	}

	public function handle_unexpected_shutdown() {
		$error = error_get_last();
		if ( ! $error ) {
			return;
		}
		$fatal = E_ERROR | E_PARSE | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR;
		if ( $error['type'] & $fatal && $this->action_id ) {
			$this->store->mark_failure( $this->action_id );
			do_action( 'action_scheduler_unexpected_shutdown', $this->action_id, $error );
		}
		$this->store->release_claim( $this->claim );
	}
}
