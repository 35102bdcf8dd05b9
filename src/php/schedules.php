<?php
/*
 * When an action runs: once, as soon as possible, at an interval, by a cron expression, or never again.
 *
 * Rows hold these objects as serialize() writes them, and Action Scheduler reads the same rows: names, visibility and
 * order of the properties are part of the format. That includes the private ones below, the names that versions before
 * 3.0 had for the others; they are written for them, and read from what they left.
 */

interface ActionScheduler_Schedule {

	public function next( ?DateTime $after = null );

	public function is_recurring();
}

abstract class ActionScheduler_Schedule_Deprecated implements ActionScheduler_Schedule {

	public function next( ?DateTime $after = null ) {
		$date = $after ? $this->get_next( $after ) : $this->get_date();
		_deprecated_function( __METHOD__, '3.0.0', __CLASS__ . '::' . ( $after ? 'get_next( $after )' : 'get_date()' ) );
		return $date;
	}
}

abstract class ActionScheduler_Abstract_Schedule extends ActionScheduler_Schedule_Deprecated {

	private $scheduled_date = null;

	protected $scheduled_timestamp = null;

	public function __construct( DateTime $date ) {
		$this->scheduled_date = $date;
	}

	abstract public function is_recurring();

	abstract protected function calculate_next( DateTime $after );

	/** The run after the given time: this schedule's own date if that is still to come. */
	public function get_next( DateTime $after ) {
		return $after > $this->scheduled_date ? $this->calculate_next( clone $after ) : clone $this->scheduled_date;
	}

	public function get_date() {
		return $this->scheduled_date;
	}

	public function __sleep() {
		$this->scheduled_timestamp = $this->scheduled_date->getTimestamp();
		return array( 'scheduled_timestamp' );
	}

	public function __wakeup() {
		$this->scheduled_date = as_get_datetime_object( $this->scheduled_timestamp );
		unset( $this->scheduled_timestamp );
	}
}

abstract class ActionScheduler_Abstract_RecurringSchedule extends ActionScheduler_Abstract_Schedule {

	private $first_date = null;

	protected $first_timestamp = null;

	/** Seconds, or a CronExpression. */
	protected $recurrence;

	public function __construct( DateTime $date, $recurrence, ?DateTime $first = null ) {
		parent::__construct( $date );
		$this->first_date = $first ? $first : $date;
		$this->recurrence = $recurrence;
	}

	public function is_recurring() {
		return true;
	}

	public function get_first_date() {
		return clone $this->first_date;
	}

	public function get_recurrence() {
		return $this->recurrence;
	}

	public function __sleep() {
		$names                 = parent::__sleep();
		$this->first_timestamp = $this->first_date->getTimestamp();
		return array_merge( $names, array( 'first_timestamp', 'recurrence' ) );
	}

	public function __wakeup() {
		parent::__wakeup();
		$this->first_date = $this->first_timestamp > 0 ? as_get_datetime_object( $this->first_timestamp ) : $this->get_date();
	}
}

class ActionScheduler_SimpleSchedule extends ActionScheduler_Abstract_Schedule {

	private $timestamp = null;

	public function calculate_next( DateTime $after ) {
		return null;
	}

	public function is_recurring() {
		return false;
	}

	public function __sleep() {
		$names           = parent::__sleep();
		$this->timestamp = $this->scheduled_timestamp;
		return array_merge( $names, array( 'timestamp' ) );
	}

	public function __wakeup() {
		if ( null === $this->scheduled_timestamp && null !== $this->timestamp ) {
			$this->scheduled_timestamp = $this->timestamp;
			unset( $this->timestamp );
		}
		parent::__wakeup();
	}
}

/** Of an action that was cancelled: it keeps its date, and nothing comes after it. */
class ActionScheduler_CanceledSchedule extends ActionScheduler_SimpleSchedule {

	private $timestamp = null;

	public function calculate_next( DateTime $after ) {
		return null;
	}

	public function get_next( DateTime $after ) {
		return null;
	}

	public function is_recurring() {
		return false;
	}

	public function __wakeup() {
		if ( null !== $this->timestamp ) {
			$this->scheduled_timestamp = $this->timestamp;
			unset( $this->timestamp );
		}
		parent::__wakeup();
	}
}

/** As soon as possible: there is no date. */
class ActionScheduler_NullSchedule extends ActionScheduler_SimpleSchedule {

	protected $scheduled_date;

	public function __construct( ?DateTime $date = null ) {
		$this->scheduled_date = null;
	}

	public function __sleep() {
		return array();
	}

	public function __wakeup() {
		$this->scheduled_date = null;
	}
}

class ActionScheduler_IntervalSchedule extends ActionScheduler_Abstract_RecurringSchedule implements ActionScheduler_Schedule {

	private $start_timestamp = null;

	private $interval_in_seconds = null;

	protected function calculate_next( DateTime $after ) {
		$after->modify( '+' . (int) $this->get_recurrence() . ' seconds' );
		return $after;
	}

	public function interval_in_seconds() {
		_deprecated_function( __METHOD__, '3.0.0', '(int)ActionScheduler_Abstract_RecurringSchedule::get_recurrence()' );
		return (int) $this->get_recurrence();
	}

	public function __sleep() {
		$names                     = parent::__sleep();
		$this->start_timestamp     = $this->scheduled_timestamp;
		$this->interval_in_seconds = $this->recurrence;
		return array_merge( $names, array( 'start_timestamp', 'interval_in_seconds' ) );
	}

	public function __wakeup() {
		if ( null === $this->scheduled_timestamp && null !== $this->start_timestamp ) {
			$this->scheduled_timestamp = $this->start_timestamp;
			unset( $this->start_timestamp );
		}
		if ( null === $this->recurrence && null !== $this->interval_in_seconds ) {
			$this->recurrence = $this->interval_in_seconds;
			unset( $this->interval_in_seconds );
		}
		parent::__wakeup();
	}
}

class ActionScheduler_CronSchedule extends ActionScheduler_Abstract_RecurringSchedule implements ActionScheduler_Schedule {

	private $start_timestamp = null;

	private $cron = null;

	/** The date becomes the expression's first match from $start on. */
	public function __construct( DateTime $start, $recurrence, ?DateTime $first = null ) {
		if ( ! $recurrence instanceof CronExpression ) {
			$recurrence = CronExpression::factory( $recurrence );
		}
		parent::__construct( $recurrence->getNextRunDate( $start, 0, true ), $recurrence, $first ? $first : $start );
	}

	protected function calculate_next( DateTime $after ) {
		return $this->recurrence->getNextRunDate( $after, 0, false );
	}

	public function get_recurrence() {
		return (string) $this->recurrence;
	}

	public function __sleep() {
		$names                 = parent::__sleep();
		$this->start_timestamp = $this->scheduled_timestamp;
		$this->cron            = $this->recurrence;
		return array_merge( $names, array( 'start_timestamp', 'cron' ) );
	}

	public function __wakeup() {
		if ( null === $this->scheduled_timestamp && null !== $this->start_timestamp ) {
			$this->scheduled_timestamp = $this->start_timestamp;
			unset( $this->start_timestamp );
		}
		if ( null === $this->recurrence && null !== $this->cron ) {
			$this->recurrence = $this->cron;
			unset( $this->cron );
		}
		parent::__wakeup();
	}
}
