<?php
/**
 * Plugin Name: Example: dead letter queue
 * Description: What to do with what has failed for good: a mail at once, a report each week, a batch tried again with other arguments, and an end.
 * Version:     1.0.0
 * Requires PHP: 7.4
 * License:     MIT
 *
 * @package Dead_Letter_Queue
 */

defined( 'ABSPATH' ) || exit;

if ( ! function_exists( 'asq_dead_letters' ) ) {
	add_action(
		'admin_notices',
		static function () {
			printf( '<div class="notice notice-error"><p>%s</p></div>', esc_html__( 'The dead letter queue needs the PHP extension asq.', 'dead-letter-queue' ) );
		}
	);
	return;
}

/**
 * Who is told: the filter dead_letter_queue_to, else the site's administrator.
 *
 * @return string An address.
 */
function dead_letter_queue_to(): string {
	return (string) apply_filters( 'dead_letter_queue_to', get_option( 'admin_email' ) );
}

/*
 * At once: one mail in a quarter of an hour at most, of all letters since the last one; of hooks that nobody should be woken for, none.
 */
add_filter(
	'asq_dead_letter_alert',
	static function ( $to, $letter ) {
		/**
		 * Hooks without an alert: they are in the weekly report.
		 *
		 * @param string[] $hooks The hooks.
		 */
		return in_array( $letter['hook'], apply_filters( 'dead_letter_queue_quiet', array() ), true ) ? $to : dead_letter_queue_to();
	},
	10,
	2
);

/*
 * An end: letters are kept for 90 days, instead of 30.
 */
add_filter(
	'asq_dead_letter_retention',
	static function () {
		return 90 * DAY_IN_SECONDS;
	}
);

/*
 * What helps to understand a letter later.
 */
add_filter(
	'asq_dead_letter_metadata',
	static function ( $metadata ) {
		$metadata['wordpress'] = get_bloginfo( 'version' );
		return $metadata;
	}
);

/**
 * Tries letters again, with other args: when the hook has got a parameter more, an address has moved, a bug has stored nonsense.
 *
 * Letters that have been tried again are left out, so it may be called again after it has been interrupted.
 *
 * @param array    $query  Which, as in asq_dead_letters().
 * @param callable $change f( array $args, array $letter ): ?array, the new args; null: leave that letter alone.
 * @return int[] letter's id => new action's id; 0 if it could not be queued.
 */
function dead_letter_queue_retry( array $query, callable $change ): array {
	$retried = array();
	$letters = asq_dead_letters(
		array(
			'retried'  => false,
			'per_page' => 0,
			'order'    => 'ASC', // As they came.
		) + $query
	);
	foreach ( $letters as $letter ) {
		$args = $change( $letter['args'], $letter );
		if ( null !== $args ) {
			$retried += asq_dead_letter_retry( $letter['id'], $args );
		}
	}
	return $retried;
}

/*
 * Each week: a report.
 */

/** Schedules it for Mondays at eight, once, however many call this. In UTC, as all of Action Scheduler's times. */
function dead_letter_queue_schedule(): void {
	as_schedule_cron_action( time(), '0 8 * * 1', 'dead_letter_queue_report', array(), 'dead-letter-queue', true );
}
register_activation_hook( __FILE__, 'dead_letter_queue_schedule' );
add_action( 'action_scheduler_ensure_recurring_actions', 'dead_letter_queue_schedule' );

register_deactivation_hook(
	__FILE__,
	static function () {
		as_unschedule_all_actions( 'dead_letter_queue_report' );
	}
);

/**
 * The report: what has failed since a week ago, and what still waits for somebody.
 *
 * @return string Plain text.
 */
function dead_letter_queue_report_text(): string {
	$stats = asq_dead_letter_stats();
	$week  = asq_dead_letters(
		array(
			'after'  => time() - WEEK_IN_SECONDS,
			'return' => 'count',
		)
	);
	$lines = array(
		sprintf( '%-44s %6d', 'Failed for good in the last seven days', $week ),
		sprintf( '%-44s %6d', 'Dead letters in all', $stats['total'] ),
		sprintf( '%-44s %6d', 'Not tried again', $stats['total'] - $stats['retried'] ),
		'',
		sprintf( '%-44s %6s  %s', 'Hook', 'Open', 'Last failure (UTC)' ),
	);
	foreach ( $stats['hooks'] as $hook ) {
		$lines[] = sprintf( '%-44s %6d  %s', $hook['hook'], $hook['not_retried'], $hook['last_failure_gmt'] );
	}
	return implode( "\n", $lines ) . "\n\nTo look at them:   wp asq dead-letter list --no-retried\nTo try them again: wp asq dead-letter retry <id>...\n";
}

/**
 * The action: mails the report.
 *
 * @throws Asq\TransientException If the mail could not be sent.
 */
function dead_letter_queue_report(): void {
	// The next report is a week away, so this one is tried again. But it must not come twice.
	asq_idempotent(
		'dead-letter-report-' . gmdate( 'o-W' ),
		static function () {
			$subject = sprintf( '[%s] Dead letters of the week', wp_specialchars_decode( get_option( 'blogname' ), ENT_QUOTES ) );
			if ( ! wp_mail( dead_letter_queue_to(), $subject, dead_letter_queue_report_text() ) ) {
				throw new Asq\TransientException( 'The report could not be sent.' );
			}
		},
		array( 'ttl' => WEEK_IN_SECONDS )
	);
}
add_action( 'dead_letter_queue_report', 'dead_letter_queue_report' );
asq_retry_policy(
	'dead_letter_queue_report',
	array(
		'max_attempts' => 6,
		'base'         => 10 * MINUTE_IN_SECONDS,
		'cap'          => 6 * HOUR_IN_SECONDS,
		'on_crash'     => 'retry',
	)
);
