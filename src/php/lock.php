<?php
/*
 * Locks that keep something from being done too often, each for a while, in WordPress's options table.
 */

abstract class ActionScheduler_Lock {

	private static $locker = null;

	/** In seconds. */
	protected static $lock_duration = MINUTE_IN_SECONDS;

	public function is_locked( $lock_type ) {
		return $this->get_expiration( $lock_type ) >= time();
	}

	/** Takes the lock; false if somebody has it. */
	abstract public function set( $lock_type );

	/** Until when the lock is held; false if it is not. */
	abstract public function get_expiration( $lock_type );

	protected function get_duration( $lock_type ) {
		return apply_filters( 'action_scheduler_lock_duration', self::$lock_duration, $lock_type );
	}

	public static function instance() {
		if ( empty( self::$locker ) ) {
			$class        = apply_filters( 'action_scheduler_lock_class', 'ActionScheduler_OptionLock' );
			self::$locker = new $class();
		}
		return self::$locker;
	}
}

/** An option's value is something unique, a bar, and when the lock ends; versions of old had only that. */
class ActionScheduler_OptionLock extends ActionScheduler_Lock {

	/** Straight to the table: one insert or one update of the value that was seen decides who has it. */
	public function set( $lock_type ) {
		global $wpdb;
		$name = $this->get_key( $lock_type );
		$held = $this->value( $lock_type );
		$mine = uniqid( '', true ) . '|' . ( time() + $this->get_duration( $lock_type ) );
		if ( empty( $held ) ) {
			$option = array(
				'option_name'  => $name,
				'option_value' => $mine,
				'autoload'     => 'no',
			);
			return (bool) $wpdb->insert( $wpdb->options, $option );
		}
		if ( $this->expiration_of( $held ) >= time() ) {
			return false;
		}
		$seen = array(
			'option_name'  => $name,
			'option_value' => $held,
		);
		return (bool) $wpdb->update( $wpdb->options, array( 'option_value' => $mine ), $seen );
	}

	public function get_expiration( $lock_type ) {
		return $this->expiration_of( $this->value( $lock_type ) );
	}

	protected function get_key( $lock_type ) {
		return sprintf( 'action_scheduler_lock_%s', $lock_type );
	}

	private function value( $lock_type ) {
		global $wpdb;
		return (string) $wpdb->get_var( $wpdb->prepare( "SELECT option_value FROM $wpdb->options WHERE option_name = %s", $this->get_key( $lock_type ) ) );
	}

	private function expiration_of( $value ) {
		$parts = explode( '|', $value );
		$time  = end( $parts );
		return count( $parts ) < 3 && is_numeric( $time ) ? (int) $time : false;
	}
}
