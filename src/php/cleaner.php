<?php
/*
 * Keeps the tables clean: deletes what was done long ago, gives back what a dead runner had claimed, and marks as
 * failed what has been running for too long.
 */

class ActionScheduler_QueueCleaner {

	protected $batch_size;

	private $store = null;

	/** 31 days. */
	private $month_in_seconds = 2678400;

	private $default_statuses_to_purge = array(
		ActionScheduler_Store::STATUS_COMPLETE,
		ActionScheduler_Store::STATUS_CANCELED,
	);

	public function __construct( ?ActionScheduler_Store $store = null, $batch_size = 20 ) {
		$this->store      = $store ? $store : ActionScheduler_Store::instance();
		$this->batch_size = $batch_size;
	}

	/** Deletes a batch of each status that is kept for a month only, and returns their ids. */
	public function delete_old_actions() {
		$lifespan = apply_filters( 'action_scheduler_retention_period', $this->month_in_seconds );
		try {
			$cutoff = as_get_datetime_object( $lifespan . ' seconds ago' );
		} catch ( Exception $e ) {
			/* Translators: %s is the exception message. */
			_doing_it_wrong( __METHOD__, sprintf( esc_html__( 'It was not possible to determine a valid cut-off time: %s.', 'action-scheduler' ), esc_html( $e->getMessage() ) ), '3.5.5' );
			return array();
		}
		$statuses = (array) apply_filters( 'action_scheduler_default_cleaner_statuses', $this->default_statuses_to_purge );
		return $this->clean_actions( $statuses, $cutoff, $this->get_batch_size() );
	}

	/** The same, by what the caller says; $context names the hook that tells of failures. */
	public function clean_actions( array $statuses_to_purge, DateTime $cutoff_date, $batch_size = null, $context = 'old' ) {
		$query    = array(
			'modified'         => $cutoff_date,
			'modified_compare' => '<=',
			'per_page'         => null === $batch_size ? $this->batch_size : $batch_size,
			'orderby'          => 'none',
		);
		$lifespan = time() - $cutoff_date->getTimestamp();
		$deleted  = array();
		foreach ( $statuses_to_purge ? $statuses_to_purge : $this->default_statuses_to_purge as $status ) {
			$ids     = $this->store->query_actions( $query + array( 'status' => $status ) );
			$deleted = array_merge( $deleted, $this->delete_actions( $ids, $lifespan, $context ) );
		}
		return $deleted;
	}

	private function delete_actions( array $ids, $lifespan, $context ) {
		$deleted = array();
		foreach ( $ids as $action_id ) {
			try {
				$this->store->delete_action( $action_id );
				$deleted[] = $action_id;
			} catch ( Exception $e ) {
				do_action( "action_scheduler_failed_{$context}_action_deletion", $action_id, $e, $lifespan, count( $ids ) );
			}
		}
		return $deleted;
	}

	/** Gives back pending actions whose claim is older than so many seconds. */
	public function reset_timeouts( $time_limit = 300 ) {
		$timeout = apply_filters( 'action_scheduler_timeout_period', $time_limit );
		if ( $timeout < 0 ) {
			return;
		}
		foreach ( $this->untouched( ActionScheduler_Store::STATUS_PENDING, $timeout, array( 'claimed' => true ) ) as $action_id ) {
			$this->store->unclaim_action( $action_id );
			do_action( 'action_scheduler_reset_action', $action_id );
		}
	}

	/** Marks as failed what has been running for more than so many seconds. */
	public function mark_failures( $time_limit = 300 ) {
		if ( \Asq\Native\cleaner_fail( $result, $this, $time_limit ) ) {
			return;
		}
		$timeout = apply_filters( 'action_scheduler_failure_period', $time_limit );
		if ( $timeout < 0 ) {
			return;
		}
		foreach ( $this->untouched( ActionScheduler_Store::STATUS_RUNNING, $timeout ) as $action_id ) {
			$this->store->mark_failure( $action_id );
			do_action( 'action_scheduler_failed_action', $action_id, $timeout );
		}
	}

	/** A batch of a status that nobody has touched for so many seconds. */
	private function untouched( $status, $seconds, array $query = array() ) {
		return $this->store->query_actions(
			$query + array(
				'status'           => $status,
				'modified'         => as_get_datetime_object( $seconds . ' seconds ago' ),
				'modified_compare' => '<=',
				'per_page'         => $this->get_batch_size(),
				'orderby'          => 'none',
			)
		);
	}

	public function clean( $time_limit = 300 ) {
		$this->delete_old_actions();
		$this->reset_timeouts( $time_limit );
		$this->mark_failures( $time_limit );
	}

	protected function get_batch_size() {
		return absint( apply_filters( 'action_scheduler_cleanup_batch_size', $this->batch_size ) );
	}
}
