<?php
/*
 * The e-mail about dead letters, for whom the filter asq_dead_letter_alert names; one in so many minutes, whatever happens.
 */

namespace Asq;

/**
 * Tells somebody that there are dead letters.
 */
class DeadLetterAlert {

	const LAST = 'asq_dead_letter_alert_at';

	/** Called for each letter, after it has been stored. */
	public static function send( array $letter ) {
		/**
		 * Who is told of dead letters by e-mail.
		 *
		 * @param string|string[]|false $to     Addresses; false: nobody.
		 * @param array                 $letter See asq_dead_letter().
		 */
		$to = apply_filters( 'asq_dead_letter_alert', false, $letter );
		$to = array_values( array_filter( (array) $to, static fn( $address ) => is_string( $address ) && is_email( $address ) ) );
		if ( ! $to ) {
			return;
		}
		$interval = max( 0, (int) apply_filters( 'asq_dead_letter_alert_interval', 15 * MINUTE_IN_SECONDS ) );
		$before   = self::take_turn( $interval );
		if ( null === $before ) {
			return;
		}
		$since = asq_dead_letters(
			array(
				'after'  => max( $before, time() - DAY_IN_SECONDS ),
				'return' => 'count',
			)
		);
		wp_mail( $to, self::subject( $letter, $since ), self::text( $letter, $since ) );
	}

	/**
	 * When the last mail went, if it is time for another; of several processes at once one alone gets its turn.
	 *
	 * @return int|null
	 */
	private static function take_turn( $interval ) {
		global $wpdb;
		$now = time();
		// phpcs:disable WordPress.DB -- the option is a lock: it is changed by what it says in the table, not in the cache.
		$wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO {$wpdb->options} (option_name, option_value, autoload) VALUES (%s, '0', 'no')", self::LAST ) );
		$before = (int) $wpdb->get_var( $wpdb->prepare( "SELECT option_value FROM {$wpdb->options} WHERE option_name = %s", self::LAST ) );
		if ( $before > $now - $interval ) {
			return null;
		}
		$taken = $wpdb->query( $wpdb->prepare( "UPDATE {$wpdb->options} SET option_value = %s WHERE option_name = %s AND option_value = %s", (string) $now, self::LAST, (string) $before ) );
		// phpcs:enable
		return $taken || 0 === $interval ? $before : null;
	}

	private static function subject( array $letter, $since ) {
		$site = wp_specialchars_decode( get_option( 'blogname' ), ENT_QUOTES );
		return $since > 1
			? sprintf( '[%s] %d actions have failed for good, the last one: %s', $site, $since, $letter['hook'] )
			: sprintf( '[%s] An action has failed for good: %s', $site, $letter['hook'] );
	}

	private static function text( array $letter, $since ) {
		$lines = array(
			sprintf( '%d since the last mail about it.', max( 1, $since ) ),
			'',
			"Hook:     {$letter['hook']}",
			"Group:    {$letter['group']}",
			"Action:   {$letter['action_id']}",
			"Error:    {$letter['error_class']}: {$letter['error_message']}",
			"Attempts: {$letter['attempts']}, from {$letter['first_failure_gmt']} to {$letter['last_failure_gmt']} UTC",
			'',
			'In the admin:    ' . admin_url( "tools.php?page=asq-dead-letters&letter={$letter['id']}" ),
			"To see it:       wp asq dead-letter show {$letter['id']}",
			"To try it again: wp asq dead-letter retry {$letter['id']}",
		);
		return implode( "\n", $lines ) . "\n";
	}
}
