<?php
/*
 * What every store of actions has, whoever wrote it, and the claim that it hands to a runner.
 */

abstract class ActionScheduler_Store_Deprecated {

	public function mark_failed_fetch_action( $action_id ) {
		_deprecated_function( __METHOD__, '3.0.0', 'ActionScheduler_Store::mark_failure()' );
		$this->mark_failure( $action_id );
	}

	protected static function hook() {
		_deprecated_function( __METHOD__, '3.0.0' );
	}

	protected static function unhook() {
		_deprecated_function( __METHOD__, '3.0.0' );
	}

	protected function get_local_timezone() {
		_deprecated_function( __FUNCTION__, '2.1.0', 'ActionScheduler_TimezoneHelper::set_local_timezone()' );
		return ActionScheduler_TimezoneHelper::get_local_timezone();
	}
}

abstract class ActionScheduler_Store extends ActionScheduler_Store_Deprecated {

	const STATUS_COMPLETE = 'complete';
	const STATUS_PENDING  = 'pending';
	const STATUS_RUNNING  = 'in-progress';
	const STATUS_FAILED   = 'failed';
	const STATUS_CANCELED = 'canceled';
	const DEFAULT_CLASS   = 'ActionScheduler_DBStore';

	private static $store = null;

	/** Bytes that an action's arguments may take as JSON. */
	protected static $max_args_length = 191;

	/** Stores an action, and returns its id. */
	abstract public function save_action( ActionScheduler_Action $action, ?DateTime $scheduled_date = null );

	/** The action; an ActionScheduler_NullAction if there is none. */
	abstract public function fetch_action( $action_id );

	/** The ids (or, for the type 'count', the number) of the actions that match. */
	abstract public function query_actions( $query = array(), $query_type = 'select' );

	/** The number of actions by status. */
	abstract public function action_counts();

	abstract public function cancel_action( $action_id );

	abstract public function delete_action( $action_id );

	/** When the action is to run or, once it is no longer pending, was last tried. */
	abstract public function get_date( $action_id );

	abstract public function stake_claim( $max_actions = 10, ?DateTime $before_date = null, $hooks = array(), $group = '' );

	abstract public function get_claim_count();

	abstract public function release_claim( ActionScheduler_ActionClaim $claim );

	abstract public function unclaim_action( $action_id );

	abstract public function mark_failure( $action_id );

	/** Marks the action as running, and counts the attempt. */
	abstract public function log_execution( $action_id );

	abstract public function mark_complete( $action_id );

	abstract public function get_status( $action_id );

	abstract public function get_claim_id( $action_id );

	abstract public function find_actions_by_claim_id( $claim_id );

	/** The id of the next pending action that matches or, of another status, the last one. */
	public function find_action( $hook, $params = array() ) {
		$params = wp_parse_args(
			$params,
			array(
				'args'   => null,
				'status' => self::STATUS_PENDING,
				'group'  => '',
			)
		);

		$params['hook']     = $hook;
		$params['orderby']  = 'date';
		$params['per_page'] = 1;
		if ( ! empty( $params['status'] ) ) {
			$params['order'] = self::STATUS_PENDING === $params['status'] ? 'ASC' : 'DESC';
		}
		$ids = $this->query_actions( $params );
		return empty( $ids ) ? null : $ids[0];
	}

	/** The first id that matches, as an int. */
	public function query_action( $query ) {
		$query['per_page'] = 1;
		$query['offset']   = 0;

		$ids = $this->query_actions( $query );
		return empty( $ids ) ? null : (int) $ids[0];
	}

	public function extra_action_counts() {
		$past_due = array(
			'status' => self::STATUS_PENDING,
			'date'   => as_get_datetime_object(),
		);
		$count    = (int) $this->query_actions( $past_due, 'count' );
		return apply_filters( 'action_scheduler_extra_action_counts', $count ? array( 'past-due' => $count ) : array() );
	}

	public function has_pending_actions_due() {
		$due = array(
			'date'     => as_get_datetime_object(),
			'status'   => self::STATUS_PENDING,
			'orderby'  => 'none',
			'per_page' => 1,
		);
		return ! empty( $this->query_actions( $due ) );
	}

	public function cancel_actions_by_hook( $hook ) {
		$this->cancel_all( array( 'hook' => $hook ) );
	}

	public function cancel_actions_by_group( $group ) {
		$this->cancel_all( array( 'group' => $group ) );
	}

	/** Cancels all that are pending, a thousand at a time. */
	private function cancel_all( array $query ) {
		$query += array(
			'status'   => self::STATUS_PENDING,
			'per_page' => 1000,
			'orderby'  => 'none',
		);
		do {
			$ids = $this->query_actions( $query );
			array_map( array( $this, 'cancel_action' ), $ids );
			do_action( 'action_scheduler_bulk_cancel_actions', $ids );
		} while ( ! empty( $ids ) );
	}

	public function get_status_labels() {
		return array(
			self::STATUS_COMPLETE => __( 'Complete', 'action-scheduler' ),
			self::STATUS_PENDING  => __( 'Pending', 'action-scheduler' ),
			self::STATUS_RUNNING  => __( 'In-progress', 'action-scheduler' ),
			self::STATUS_FAILED   => __( 'Failed', 'action-scheduler' ),
			self::STATUS_CANCELED => __( 'Canceled', 'action-scheduler' ),
		);
	}

	protected function validate_sql_comparator( $comparison_operator ) {
		return in_array( $comparison_operator, array( '!=', '>', '>=', '<', '<=', '=' ), true ) ? $comparison_operator : '=';
	}

	/** The action's date for the database, in UTC. */
	protected function get_scheduled_date_string( ActionScheduler_Action $action, ?DateTime $scheduled_date = null ) {
		$date = $this->date_of( $action, $scheduled_date );
		$date->setTimezone( new DateTimeZone( 'UTC' ) );
		return $date->format( 'Y-m-d H:i:s' );
	}

	/** The same in the site's time. */
	protected function get_scheduled_date_string_local( ActionScheduler_Action $action, ?DateTime $scheduled_date = null ) {
		$date = $this->date_of( $action, $scheduled_date );
		ActionScheduler_TimezoneHelper::set_local_timezone( $date );
		return $date->format( 'Y-m-d H:i:s' );
	}

	private function date_of( ActionScheduler_Action $action, $date ) {
		if ( null === $date ) {
			$date = $action->get_schedule()->get_date();
		}
		return $date ? $date : date_create();
	}

	protected function validate_args( $args, $action_id ) {
		if ( ! is_array( $args ) ) {
			throw ActionScheduler_InvalidActionException::from_decoding_args( $action_id );
		}
		if ( JSON_ERROR_NONE !== json_last_error() ) {
			throw ActionScheduler_InvalidActionException::from_decoding_args( $action_id, $args );
		}
	}

	protected function validate_schedule( $schedule, $action_id ) {
		if ( ! $schedule instanceof ActionScheduler_Schedule ) {
			throw ActionScheduler_InvalidActionException::from_schedule( $action_id, $schedule );
		}
	}

	protected function validate_action( ActionScheduler_Action $action ) {
		if ( strlen( wp_json_encode( $action->get_args() ) ) > static::$max_args_length ) {
			/* translators: %d is a number (maximum length of action arguments). */
			throw new InvalidArgumentException( sprintf( __( 'ActionScheduler_Action::$args too long. To ensure the args column can be indexed, action args should not be more than %d characters when encoded as JSON.', 'action-scheduler' ), static::$max_args_length ) );
		}
	}

	public function init() {}

	public function mark_migrated( $action_id ) {}

	/** The store; with it come the logger's listeners, which write what happens to its actions. */
	public static function instance() {
		if ( empty( self::$store ) ) {
			self::$store = ActionScheduler::make( 'action_scheduler_store_class', self::DEFAULT_CLASS );
			ActionScheduler::start( self::$store );
			ActionScheduler_Logger::instance();
		}
		return self::$store;
	}
}

class ActionScheduler_ActionClaim {

	private $id = '';

	private $action_ids = array();

	public function __construct( $id, array $action_ids ) {
		$this->id         = $id;
		$this->action_ids = $action_ids;
	}

	public function get_id() {
		return $this->id;
	}

	public function get_actions() {
		return $this->action_ids;
	}
}
