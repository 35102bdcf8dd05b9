<?php
/*
 * The log of what happens to actions: the listeners that write it, the entries, and the logger in Action Scheduler's
 * table, which asks the extension first and leaves to $wpdb what that declines.
 */

abstract class ActionScheduler_Logger {

	private static $logger = null;

	/** The logger, whose listeners are in place from its making on. */
	public static function instance() {
		if ( empty( self::$logger ) ) {
			self::$logger = ActionScheduler::make( 'action_scheduler_logger_class', 'ActionScheduler_DBLogger' );
			ActionScheduler::start( self::$logger );
		}
		return self::$logger;
	}

	/** Adds an entry, and returns its id. */
	abstract public function log( $action_id, $message, ?DateTime $date = null );

	abstract public function get_entry( $entry_id );

	abstract public function get_logs( $action_id );

	public function init() {
		$this->listen( 'action_scheduler_stored_action', 'log_stored_action', 1 );
		$this->listen( 'action_scheduler_canceled_action', 'log_canceled_action', 1 );
		$this->listen( 'action_scheduler_begin_execute', 'log_started_action', 2 );
		$this->listen( 'action_scheduler_after_execute', 'log_completed_action', 3 );
		$this->listen( 'action_scheduler_failed_execution', 'log_failed_action', 3 );
		$this->listen( 'action_scheduler_failed_action', 'log_timed_out_action', 2 );
		$this->listen( 'action_scheduler_unexpected_shutdown', 'log_unexpected_shutdown', 2 );
		$this->listen( 'action_scheduler_reset_action', 'log_reset_action', 1 );
		$this->listen( 'action_scheduler_execution_ignored', 'log_ignored_action', 2 );
		$this->listen( 'action_scheduler_failed_fetch_action', 'log_failed_fetch_action', 2 );
		$this->listen( 'action_scheduler_failed_to_schedule_next_instance', 'log_failed_schedule_next_instance', 2 );
		$this->listen( 'action_scheduler_bulk_cancel_actions', 'bulk_log_cancel_actions', 1 );
	}

	/** For the logger, the extension has kept places; one that somebody else made has none. */
	protected function listen( $hook, $method, $accepted_args ) {
		if ( $this === self::$logger ) {
			ActionScheduler::take_over( $hook, array( $this, $method ), $accepted_args );
		} else {
			add_action( $hook, array( $this, $method ), 10, $accepted_args );
		}
	}

	public function hook_stored_action() {
		add_action( 'action_scheduler_stored_action', array( $this, 'log_stored_action' ) );
	}

	public function unhook_stored_action() {
		remove_action( 'action_scheduler_stored_action', array( $this, 'log_stored_action' ) );
	}

	public function log_stored_action( $action_id ) {
		$this->log( $action_id, __( 'action created', 'action-scheduler' ) );
	}

	public function log_canceled_action( $action_id ) {
		$this->log( $action_id, __( 'action canceled', 'action-scheduler' ) );
	}

	public function log_started_action( $action_id, $context = '' ) {
		/* translators: %s: context */
		$this->log( $action_id, empty( $context ) ? __( 'action started', 'action-scheduler' ) : sprintf( __( 'action started via %s', 'action-scheduler' ), $context ) );
	}

	public function log_completed_action( $action_id, $action = null, $context = '' ) {
		/* translators: %s: context */
		$this->log( $action_id, empty( $context ) ? __( 'action complete', 'action-scheduler' ) : sprintf( __( 'action complete via %s', 'action-scheduler' ), $context ) );
	}

	public function log_failed_action( $action_id, Exception $exception, $context = '' ) {
		if ( empty( $context ) ) {
			/* translators: %s: exception message */
			$message = sprintf( __( 'action failed: %s', 'action-scheduler' ), $exception->getMessage() );
		} else {
			/* translators: 1: context 2: exception message */
			$message = sprintf( __( 'action failed via %1$s: %2$s', 'action-scheduler' ), $context, $exception->getMessage() );
		}
		$this->log( $action_id, $message );
	}

	public function log_timed_out_action( $action_id, $timeout ) {
		/* translators: %s: amount of time */
		$this->log( $action_id, sprintf( __( 'action marked as failed after %s seconds. Unknown error occurred. Check server, PHP and database error logs to diagnose cause.', 'action-scheduler' ), $timeout ) );
	}

	public function log_unexpected_shutdown( $action_id, $error ) {
		if ( ! empty( $error ) ) {
			/* translators: 1: error message 2: filename 3: line */
			$this->log( $action_id, sprintf( __( 'unexpected shutdown: PHP Fatal error %1$s in %2$s on line %3$s', 'action-scheduler' ), $error['message'], $error['file'], $error['line'] ) );
		}
	}

	public function log_reset_action( $action_id ) {
		$this->log( $action_id, __( 'action reset', 'action-scheduler' ) );
	}

	public function log_ignored_action( $action_id, $context = '' ) {
		/* translators: %s: context */
		$this->log( $action_id, empty( $context ) ? __( 'action ignored', 'action-scheduler' ) : sprintf( __( 'action ignored via %s', 'action-scheduler' ), $context ) );
	}

	public function log_failed_fetch_action( $action_id, ?Exception $exception = null ) {
		/* translators: %s: exception message */
		$this->log( $action_id, $exception ? sprintf( __( 'There was a failure fetching this action: %s', 'action-scheduler' ), $exception->getMessage() ) : __( 'There was a failure fetching this action', 'action-scheduler' ) );
	}

	public function log_failed_schedule_next_instance( $action_id, Exception $exception ) {
		/* translators: %s: exception message */
		$this->log( $action_id, sprintf( __( 'There was a failure scheduling the next instance of this action: %s', 'action-scheduler' ), $exception->getMessage() ) );
	}

	public function bulk_log_cancel_actions( $action_ids ) {
		foreach ( $action_ids ? $action_ids : array() as $action_id ) {
			$this->log_canceled_action( $action_id );
		}
	}
}

class ActionScheduler_DBLogger extends ActionScheduler_Logger {

	public function init() {
		$schema = new ActionScheduler_LoggerSchema();
		$schema->init();
		$schema->register_tables();

		parent::init();
		$this->listen( 'action_scheduler_deleted_action', 'clear_deleted_action_logs', 1 );
	}

	public function log( $action_id, $message, ?DateTime $date = null ) {
		if ( \Asq\Native\logger_log( $result, $this, $action_id, $message, $date ) ) {
			return $result;
		}
		global $wpdb;
		$row = array(
			'action_id' => $action_id,
			'message'   => $message,
		);
		$wpdb->insert( $wpdb->actionscheduler_logs, $row + $this->dates( $date ? clone $date : as_get_datetime_object() ), array( '%d', '%s', '%s', '%s' ) );
		return $wpdb->insert_id;
	}

	/** The date in UTC and in the site's time. */
	private function dates( DateTime $date ) {
		$gmt = $date->format( 'Y-m-d H:i:s' );
		ActionScheduler_TimezoneHelper::set_local_timezone( $date );
		return array(
			'log_date_gmt'   => $gmt,
			'log_date_local' => $date->format( 'Y-m-d H:i:s' ),
		);
	}

	public function get_entry( $entry_id ) {
		if ( \Asq\Native\logger_entry( $result, $this, $entry_id ) ) {
			return $result;
		}
		global $wpdb;
		return $this->entry( $wpdb->get_row( $wpdb->prepare( "SELECT * FROM {$wpdb->actionscheduler_logs} WHERE log_id = %d", $entry_id ) ) );
	}

	private function entry( $row ) {
		if ( empty( $row ) ) {
			return new ActionScheduler_NullLogEntry();
		}
		$date = null === $row->log_date_gmt ? ActionScheduler_StoreSchema::DEFAULT_DATE : $row->log_date_gmt;
		return new ActionScheduler_LogEntry( $row->action_id, $row->message, as_get_datetime_object( $date ) );
	}

	public function get_logs( $action_id ) {
		if ( \Asq\Native\logger_logs( $result, $this, $action_id ) ) {
			return $result;
		}
		global $wpdb;
		return array_map( array( $this, 'entry' ), $wpdb->get_results( $wpdb->prepare( "SELECT * FROM {$wpdb->actionscheduler_logs} WHERE action_id = %d", $action_id ) ) );
	}

	public function clear_deleted_action_logs( $action_id ) {
		if ( ! \Asq\Native\logger_clear( $result, $this, $action_id ) ) {
			global $wpdb;
			$wpdb->delete( $wpdb->actionscheduler_logs, array( 'action_id' => $action_id ), array( '%d' ) );
		}
	}

	/** One statement for all of them. */
	public function bulk_log_cancel_actions( $action_ids ) {
		if ( empty( $action_ids ) || \Asq\Native\logger_bulk_cancel( $result, $this, $action_ids ) ) {
			return;
		}
		global $wpdb;
		$row    = array_merge( array( __( 'action canceled', 'action-scheduler' ) ), array_values( $this->dates( as_get_datetime_object() ) ) );
		$values = array();
		foreach ( $action_ids as $action_id ) {
			$values[] = $wpdb->prepare( '(%d, %s, %s, %s)', $action_id, ...$row );
		}
		$wpdb->query( "INSERT INTO {$wpdb->actionscheduler_logs} (action_id, message, log_date_gmt, log_date_local) VALUES " . implode( ', ', $values ) );
	}
}

class ActionScheduler_LogEntry {

	protected $action_id = '';

	protected $message = '';

	protected $date;

	public function __construct( $action_id, $message, $date = null ) {
		if ( null !== $date && ! $date instanceof DateTime ) {
			_doing_it_wrong( __METHOD__, 'The third parameter must be a valid DateTime instance, or null.', '2.0.0' );
			$date = null;
		}
		$this->action_id = $action_id;
		$this->message   = $message;
		$this->date      = $date ? $date : new DateTime();
	}

	public function get_date() {
		return $this->date;
	}

	public function get_action_id() {
		return $this->action_id;
	}

	public function get_message() {
		return $this->message;
	}
}

class ActionScheduler_NullLogEntry extends ActionScheduler_LogEntry {

	public function __construct( $action_id = '', $message = '' ) {}
}
