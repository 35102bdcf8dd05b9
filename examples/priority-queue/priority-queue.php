<?php
/**
 * Plugin Name: Example: priority queue
 * Description: What is urgent is done first, and by workers of its own if there are such.
 * Version:     1.0.0
 * Requires PHP: 7.4
 * License:     MIT
 *
 * @package Priority_Queue
 */

defined( 'ABSPATH' ) || exit;

if ( ! function_exists( 'asq_retry_policy' ) ) {
	add_action(
		'admin_notices',
		static function () {
			printf( '<div class="notice notice-error"><p>%s</p></div>', esc_html__( 'The priority queue needs the PHP extension asq.', 'priority-queue' ) );
		}
	);
	return;
}

/**
 * The levels: priorities of Action Scheduler, of which less is sooner. Each level is a group, too, so that it can have workers of its own.
 */
const PRIORITY_QUEUE_LEVELS = array(
	'high'   => 1,
	'normal' => 10,
	'low'    => 100,
);

/**
 * Queues a job. Of one level it is first come, first served.
 *
 * @param string $level   high, normal or low.
 * @param string $handler Who does it: the hook priority_queue_{handler}.
 * @param array  $payload What it gets.
 * @return int The job's id.
 *
 * @throws InvalidArgumentException If there is no such level.
 * @throws RuntimeException         If it could not be stored.
 */
function priority_queue_add( string $level, string $handler, array $payload = array() ): int {
	if ( ! isset( PRIORITY_QUEUE_LEVELS[ $level ] ) ) {
		throw new InvalidArgumentException( sprintf( 'There is no level %s, but %s.', $level, implode( ', ', array_keys( PRIORITY_QUEUE_LEVELS ) ) ) );
	}
	$id = as_enqueue_async_action( 'priority_queue_job', array( $handler, $payload ), "priority-$level", false, PRIORITY_QUEUE_LEVELS[ $level ] );
	if ( ! $id ) {
		throw new RuntimeException( 'The job could not be stored; PHP\'s error log says why.' );
	}
	return $id;
}

/**
 * How many jobs of each level wait.
 *
 * @return int[] level => number.
 */
function priority_queue_lengths(): array {
	$lengths = array();
	foreach ( array_keys( PRIORITY_QUEUE_LEVELS ) as $level ) {
		$lengths[ $level ] = as_count_scheduled_actions(
			array(
				'group'  => "priority-$level",
				'status' => 'pending',
			)
		);
	}
	return $lengths;
}

/**
 * Does a job.
 *
 * @param string $handler See priority_queue_add().
 * @param array  $payload See priority_queue_add().
 *
 * @throws RuntimeException If there is no such handler.
 */
function priority_queue_job( string $handler, array $payload ): void {
	$hook = "priority_queue_$handler";
	if ( ! has_action( $hook ) ) {
		throw new RuntimeException( "Nobody listens to $hook." );
	}
	do_action( $hook, $payload ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals
}
add_action( 'priority_queue_job', 'priority_queue_job', 10, 2 );

/*
 * A policy for each level: what is urgent is tried again soon, and not for long.
 */
asq_retry_policy(
	'priority-high',
	array(
		'max_attempts' => 4,
		'base'         => 5,
		'cap'          => 60,
		'timeout'      => 30,
	),
	'group'
);
asq_retry_policy(
	'priority-normal',
	array(
		'max_attempts' => 5,
		'base'         => MINUTE_IN_SECONDS,
		'timeout'      => 5 * MINUTE_IN_SECONDS,
	),
	'group'
);
asq_retry_policy(
	'priority-low',
	array(
		'max_attempts' => 3,
		'backoff'      => 'fixed',
		'base'         => HOUR_IN_SECONDS,
	),
	'group'
);

/*
 * A handler, as an example: it leaves a line in PHP's error log.
 */
add_action(
	'priority_queue_note',
	static function ( array $payload ) {
		error_log( $payload['text'] ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions
	}
);
