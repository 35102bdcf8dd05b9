<?php
/*
 * Actions as objects, and the factory that makes them: new ones, which it stores, and those read from the store.
 */

class ActionScheduler_Action {

	protected $hook = '';

	protected $args = array();

	protected $schedule = null;

	protected $group = '';

	/** Lower comes first; 0 to 255. */
	protected $priority = 10;

	public function __construct( $hook, array $args = array(), ?ActionScheduler_Schedule $schedule = null, $group = '' ) {
		$this->set_hook( $hook );
		$this->set_schedule( $schedule ? $schedule : new ActionScheduler_NullSchedule() );
		$this->set_args( $args );
		$this->set_group( $group );
	}

	/** Calls the hook; throws if nobody listens to it. */
	public function execute() {
		$hook = $this->get_hook();
		if ( ! has_action( $hook ) ) {
			/* translators: 1: action hook. */
			throw new Exception( sprintf( __( 'Scheduled action for %1$s will not be executed as no callbacks are registered.', 'action-scheduler' ), $hook ) );
		}
		do_action_ref_array( $hook, array_values( $this->get_args() ) );
	}

	protected function set_hook( $hook ) {
		$this->hook = $hook;
	}

	public function get_hook() {
		return $this->hook;
	}

	protected function set_schedule( ActionScheduler_Schedule $schedule ) {
		$this->schedule = $schedule;
	}

	public function get_schedule() {
		return $this->schedule;
	}

	protected function set_args( array $args ) {
		$this->args = $args;
	}

	public function get_args() {
		return $this->args;
	}

	protected function set_group( $group ) {
		$this->group = $group;
	}

	public function get_group() {
		return $this->group;
	}

	public function is_finished() {
		return false;
	}

	public function set_priority( $priority ) {
		if ( $priority < 0 ) {
			$priority = 0;
		} elseif ( $priority > 255 ) {
			$priority = 255;
		}
		$this->priority = (int) $priority;
	}

	public function get_priority() {
		return $this->priority;
	}
}

class ActionScheduler_FinishedAction extends ActionScheduler_Action {

	public function execute() {}

	public function is_finished() {
		return true;
	}
}

class ActionScheduler_CanceledAction extends ActionScheduler_FinishedAction {

	public function __construct( $hook, array $args = array(), ?ActionScheduler_Schedule $schedule = null, $group = '' ) {
		parent::__construct( $hook, $args, $schedule, $group );
		if ( null === $schedule ) {
			$this->set_schedule( new ActionScheduler_NullSchedule() );
		}
	}
}

/** Stands for an action that is not there, or cannot be read. */
class ActionScheduler_NullAction extends ActionScheduler_Action {

	public function __construct( $hook = '', array $args = array(), ?ActionScheduler_Schedule $schedule = null ) {
		$this->set_schedule( new ActionScheduler_NullSchedule() );
	}

	public function execute() {}
}

class ActionScheduler_ActionFactory {

	/** The object for a stored row. A sixth argument is its priority; it is not declared, for subclasses older than it. */
	public function get_stored_action( $status, $hook, array $args = array(), ?ActionScheduler_Schedule $schedule = null, $group = '' ) {
		$priority = func_num_args() > 5 ? (int) func_get_arg( 5 ) : 10;
		$class    = 'ActionScheduler_FinishedAction';
		if ( ActionScheduler_Store::STATUS_PENDING === (string) $status ) {
			$class = 'ActionScheduler_Action';
		} elseif ( ActionScheduler_Store::STATUS_CANCELED === (string) $status ) {
			$class = 'ActionScheduler_CanceledAction';
			if ( $schedule && ! $schedule instanceof ActionScheduler_CanceledSchedule && ! $schedule instanceof ActionScheduler_NullSchedule ) {
				$schedule = new ActionScheduler_CanceledSchedule( $schedule->get_date() );
			}
		}
		$class  = apply_filters( 'action_scheduler_stored_action_class', $class, $status, $hook, $args, $schedule, $group );
		$action = new $class( $hook, $args, $schedule, $group );
		$action->set_priority( $priority );
		return apply_filters( 'action_scheduler_stored_action_instance', $action, $hook, $args, $schedule, $group, $priority );
	}

	public function async( $hook, $args = array(), $group = '' ) {
		return $this->async_unique( $hook, $args, $group, false );
	}

	public function async_unique( $hook, $args = array(), $group = '', $unique = true ) {
		return $this->keep( $hook, $args, new ActionScheduler_NullSchedule(), $group, $unique );
	}

	public function single( $hook, $args = array(), $when = null, $group = '' ) {
		return $this->single_unique( $hook, $args, $when, $group, false );
	}

	public function single_unique( $hook, $args = array(), $when = null, $group = '', $unique = true ) {
		return $this->keep( $hook, $args, new ActionScheduler_SimpleSchedule( as_get_datetime_object( $when ) ), $group, $unique );
	}

	public function recurring( $hook, $args = array(), $first = null, $interval = null, $group = '' ) {
		return $this->recurring_unique( $hook, $args, $first, $interval, $group, false );
	}

	public function recurring_unique( $hook, $args = array(), $first = null, $interval = null, $group = '', $unique = true ) {
		if ( empty( $interval ) ) {
			return $this->single_unique( $hook, $args, $first, $group, $unique );
		}
		return $this->keep( $hook, $args, new ActionScheduler_IntervalSchedule( as_get_datetime_object( $first ), $interval ), $group, $unique );
	}

	public function cron( $hook, $args = array(), $base_timestamp = null, $schedule = null, $group = '' ) {
		return $this->cron_unique( $hook, $args, $base_timestamp, $schedule, $group, false );
	}

	public function cron_unique( $hook, $args = array(), $base_timestamp = null, $schedule = null, $group = '', $unique = true ) {
		if ( empty( $schedule ) ) {
			return $this->single_unique( $hook, $args, $base_timestamp, $group, $unique );
		}
		$schedule = new ActionScheduler_CronSchedule( as_get_datetime_object( $base_timestamp ), CronExpression::factory( $schedule ) );
		return $this->keep( $hook, $args, $schedule, $group, $unique );
	}

	/** Stores the next run of a recurring action, counted from now. */
	public function repeat( $action ) {
		$schedule = $action->get_schedule();
		$next     = $schedule->get_next( as_get_datetime_object() );
		if ( null === $next || ! $schedule->is_recurring() ) {
			throw new InvalidArgumentException( __( 'Invalid action - must be a recurring action.', 'action-scheduler' ) );
		}
		$schedule    = new $schedule( $next, $schedule->get_recurrence(), $schedule->get_first_date() );
		$next_action = new ActionScheduler_Action( $action->get_hook(), $action->get_args(), $schedule, $action->get_group() );
		$next_action->set_priority( $action->get_priority() );
		return $this->store( $next_action );
	}

	/** Stores what the options describe, and returns its id; 0 (and a line in the error log) if that fails. */
	public function create( array $options = array() ) {
		$options = array_merge(
			array(
				'type'      => 'single',
				'hook'      => '',
				'arguments' => array(),
				'group'     => '',
				'unique'    => false,
				'when'      => time(),
				'pattern'   => null,
				'priority'  => 10,
			),
			$options
		);

		$schedule = $this->schedule( $options );
		if ( ! $schedule ) {
			error_log( "Unknown action type '{$options['type']}' specified when trying to create an action for '{$options['hook']}'." );
			return 0;
		}
		$action = new ActionScheduler_Action( $options['hook'], $options['arguments'], $schedule, $options['group'] );
		$action->set_priority( $options['priority'] );
		try {
			return $options['unique'] ? $this->store_unique_action( $action ) : $this->store( $action );
		} catch ( Exception $e ) {
			/* translators: %1$s is the name of the hook to be enqueued, %2$s is the exception message. */
			error_log( sprintf( __( 'Caught exception while enqueuing action "%1$s": %2$s', 'action-scheduler' ), $options['hook'], $e->getMessage() ) );
			return 0;
		}
	}

	protected function store( ActionScheduler_Action $action ) {
		return ActionScheduler_Store::instance()->save_action( $action );
	}

	/** In a store that knows nothing of unique actions, looks for a pending one first. */
	protected function store_unique_action( ActionScheduler_Action $action ) {
		$store = ActionScheduler_Store::instance();
		if ( method_exists( $store, 'save_unique_action' ) ) {
			return $store->save_unique_action( $action );
		}
		$same = array(
			'args'   => $action->get_args(),
			'status' => ActionScheduler_Store::STATUS_PENDING,
			'group'  => $action->get_group(),
		);
		return (int) $store->find_action( $action->get_hook(), $same ) > 0 ? 0 : $store->save_action( $action );
	}

	private function keep( $hook, $args, $schedule, $group, $unique ) {
		$action = new ActionScheduler_Action( $hook, $args, $schedule, $group );
		return $unique ? $this->store_unique_action( $action ) : $this->store( $action );
	}

	/** A cron or recurring action that has no pattern runs once. */
	private function schedule( array $options ) {
		$type = $options['type'];
		if ( 'async' === $type ) {
			return new ActionScheduler_NullSchedule();
		}
		if ( ! in_array( $type, array( 'single', 'cron', 'recurring' ), true ) ) {
			return null;
		}
		$date = as_get_datetime_object( $options['when'] );
		if ( 'single' === $type || empty( $options['pattern'] ) ) {
			return new ActionScheduler_SimpleSchedule( $date );
		}
		return 'cron' === $type
			? new ActionScheduler_CronSchedule( $date, CronExpression::factory( $options['pattern'] ) )
			: new ActionScheduler_IntervalSchedule( $date, $options['pattern'] );
	}
}
