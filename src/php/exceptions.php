<?php
/*
 * What is thrown of a stored action whose parts cannot be read.
 */

interface ActionScheduler_Exception {}

class ActionScheduler_InvalidActionException extends \InvalidArgumentException implements ActionScheduler_Exception {

	public static function from_schedule( $action_id, $schedule ) {
		/* translators: 1: action ID 2: schedule */
		return new static( sprintf( __( 'Action [%1$s] has an invalid schedule: %2$s', 'action-scheduler' ), $action_id, var_export( $schedule, true ) ) );
	}

	public static function from_decoding_args( $action_id, $args = array() ) {
		/* translators: 1: action ID 2: arguments */
		return new static( sprintf( __( 'Action [%1$s] has invalid arguments. It cannot be JSON decoded to an array. $args = %2$s', 'action-scheduler' ), $action_id, var_export( $args, true ) ) );
	}
}
