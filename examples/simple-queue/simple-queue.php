<?php
/**
 * Plugin Name: Example: simple queue
 * Description: First in, first out; three attempts, the second one after two minutes, the third after four; then a dead letter.
 * Version:     1.0.0
 * Requires PHP: 7.4
 * License:     MIT
 *
 * @package Simple_Queue
 */

defined( 'ABSPATH' ) || exit;

if ( ! function_exists( 'asq_retry_policy' ) ) {
	add_action(
		'admin_notices',
		static function () {
			printf( '<div class="notice notice-error"><p>%s</p></div>', esc_html__( 'The simple queue needs the PHP extension asq.', 'simple-queue' ) );
		}
	);
	return;
}

/**
 * A queue of jobs. A job is an action: what has to be known of it is in Action Scheduler's tables, and nowhere else.
 */
final class Simple_Queue {

	private const HOOK = 'simple_queue_job';

	/**
	 * The queue's name.
	 *
	 * @var string
	 */
	private $name;

	/**
	 * A queue; there is nothing to be made first.
	 *
	 * @param string $name Its name.
	 */
	public function __construct( string $name = 'default' ) {
		$this->name = $name;
	}

	/** To be called in every request: what becomes of jobs, and of those that fail. */
	public static function register(): void {
		add_action( self::HOOK, array( self::class, 'work' ), 10, 3 );
		asq_retry_policy(
			self::HOOK,
			array(
				'max_attempts' => 3,
				'delay'        => static function ( int $attempt ): int {
					return 2 ** $attempt * MINUTE_IN_SECONDS;
				},
				'timeout'      => 5 * MINUTE_IN_SECONDS,
			)
		);
	}

	/**
	 * Puts a job at the end of the queue.
	 *
	 * @param string $handler Who does it: the hook simple_queue_{queue}_{handler}.
	 * @param array  $payload What it gets: what JSON can hold, some 7,900 bytes of it.
	 * @param int    $delay   Seconds after which it may begin, at the earliest.
	 * @return int The job's id.
	 *
	 * @throws RuntimeException If it could not be stored.
	 */
	public function add( string $handler, array $payload = array(), int $delay = 0 ): int {
		$args = array( $this->name, $handler, $payload );
		$id   = $delay > 0
			? as_schedule_single_action( time() + $delay, self::HOOK, $args, $this->group() )
			: as_enqueue_async_action( self::HOOK, $args, $this->group() );
		if ( ! $id ) {
			throw new RuntimeException( 'The job could not be stored; PHP\'s error log says why.' );
		}
		return $id;
	}

	/**
	 * Does a job. What its handler throws has it tried again, or not: see docs/failure.md.
	 *
	 * @param string $queue   The queue's name.
	 * @param string $handler See add().
	 * @param array  $payload See add().
	 *
	 * @throws RuntimeException If there is no such handler. It may be there the next time: its plugin is being updated, perhaps.
	 */
	public static function work( string $queue, string $handler, array $payload ): void {
		$hook = "simple_queue_{$queue}_{$handler}";
		if ( ! has_action( $hook ) ) {
			throw new RuntimeException( "Nobody listens to $hook." );
		}
		do_action( $hook, $payload ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals
	}

	/**
	 * How a job stands.
	 *
	 * @param int $id Its id.
	 * @return string pending, in-progress, complete, failed or canceled; '' if it is not known (any more).
	 */
	public static function status( int $id ): string {
		try {
			return (string) ActionScheduler::store()->get_status( $id );
		} catch ( InvalidArgumentException $e ) {
			return '';
		}
	}

	/** How many jobs wait. */
	public function length(): int {
		return as_count_scheduled_actions(
			array(
				'group'  => $this->group(),
				'status' => 'pending',
			)
		);
	}

	/** The group of its actions: for workers of its own. */
	private function group(): string {
		return "queue-{$this->name}";
	}
}

Simple_Queue::register();

/*
 * A handler, as an example: it sends a mail.
 */
add_action(
	'simple_queue_notifications_send_email',
	static function ( array $payload ) {
		if ( ! wp_mail( $payload['to'], $payload['subject'], $payload['text'] ) ) {
			throw new Asq\TransientException( "The mail to {$payload['to']} was not sent." );
		}
	}
);
