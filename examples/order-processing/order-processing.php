<?php
/**
 * Plugin Name: Example: order processing
 * Description: Payment, stock, shipping, mail: each step an action of its own, tried again, done once, and undone when a later one fails for good.
 * Version:     1.0.0
 * Requires PHP: 7.4
 * License:     MIT
 *
 * @package Order_Processing
 */

defined( 'ABSPATH' ) || exit;

if ( ! function_exists( 'asq_retry_policy' ) ) {
	add_action(
		'admin_notices',
		static function () {
			printf( '<div class="notice notice-error"><p>%s</p></div>', esc_html__( 'The order processing needs the PHP extension asq.', 'order-processing' ) );
		}
	);
	return;
}

const ORDERS_GROUP = 'orders';

/** What can be undone: see orders_compensate(). The mail comes after these, and nobody's order is cancelled for a mail. */
const ORDERS_STEPS = array( 'orders_pay', 'orders_reserve', 'orders_ship' );

/*
 * A step may be done again, after whatever happened to its worker: what it asks of others has a key, by which they know it again, and
 * what it changes here it changes by one statement, which says from what.
 */
asq_retry_policy(
	ORDERS_GROUP,
	array(
		'max_attempts' => 8,
		'base'         => 30,
		'cap'          => HOUR_IN_SECONDS,
		'timeout'      => MINUTE_IN_SECONDS,
		'on_crash'     => 'retry',
	),
	'group'
);

/*
 * What undoes is tried for long: money is at stake. When it has a dead letter, too, somebody has to look at it.
 */
asq_retry_policy(
	'orders_compensate',
	array(
		'max_attempts' => 100,
		'base'         => 10,
		'cap'          => HOUR_IN_SECONDS,
		'timeout'      => 2 * MINUTE_IN_SECONDS,
		'on_crash'     => 'retry',
	)
);

register_activation_hook(
	__FILE__,
	static function () {
		global $wpdb;
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		$charset = $wpdb->get_charset_collate();
		dbDelta( "CREATE TABLE {$wpdb->prefix}example_stock (\nsku varchar(100) NOT NULL,\nquantity int unsigned NOT NULL,\nPRIMARY KEY  (sku)\n) $charset;" );
		dbDelta( "CREATE TABLE {$wpdb->prefix}example_orders (\nid bigint unsigned NOT NULL AUTO_INCREMENT,\nsku varchar(100) NOT NULL,\nquantity int unsigned NOT NULL,\ncents int unsigned NOT NULL,\nemail varchar(100) NOT NULL,\nstatus varchar(20) NOT NULL DEFAULT 'processing',\ncharge varchar(100) NOT NULL DEFAULT '',\nreserved tinyint NOT NULL DEFAULT 0,\nparcel varchar(100) NOT NULL DEFAULT '',\nPRIMARY KEY  (id)\n) $charset;" );
		orders_schedule();
	}
);

/** Schedules the look for what has got stuck; once, however many call it. */
function orders_schedule(): void {
	as_schedule_recurring_action( time(), 5 * MINUTE_IN_SECONDS, 'orders_look_after', array(), ORDERS_GROUP . '-upkeep', true );
}
add_action( 'action_scheduler_ensure_recurring_actions', 'orders_schedule' );

/*
 * The order and its steps.
 */

/**
 * Takes an order. Of one kind of thing, to keep this short.
 *
 * @param string $sku      Of what.
 * @param int    $quantity How many.
 * @param int    $cents    For how much.
 * @param string $email    Whose.
 * @return int The order's id.
 *
 * @throws RuntimeException If it could not be stored; then it has not begun, either.
 */
function orders_create( string $sku, int $quantity, int $cents, string $email ): int {
	global $wpdb;
	// The order and its first step are one transaction: there is not the one without the other.
	$wpdb->query( 'START TRANSACTION' );
	$stored = $wpdb->insert( "{$wpdb->prefix}example_orders", compact( 'sku', 'quantity', 'cents', 'email' ) );
	$id     = $wpdb->insert_id;
	$stored = $stored && as_enqueue_async_action( ORDERS_STEPS[0], array( $id ), ORDERS_GROUP );
	if ( $stored ) {
		$wpdb->query( 'COMMIT' );
	} else {
		$wpdb->query( 'ROLLBACK' );
	}

	// $wpdb connects anew by itself, and then what it commits is nothing: so see what there is.
	if ( ! $stored || ! orders_get( $id ) ) {
		throw new RuntimeException( 'The order could not be stored.' );
	}
	return $id;
}

/**
 * An order, as it is in the table.
 *
 * @param int $id Its id.
 * @return stdClass|null The row.
 *
 * @throws RuntimeException If the database fails; its message says to the queue whether that may pass.
 */
function orders_get( int $id ): ?stdClass {
	global $wpdb;
	$order = $wpdb->get_row( $wpdb->prepare( "SELECT * FROM {$wpdb->prefix}example_orders WHERE id = %d", $id ) );
	if ( $wpdb->last_error ) {
		throw new RuntimeException( $wpdb->last_error );
	}
	return $order;
}

/**
 * Changes rows by one statement.
 *
 * @param string $sql Prepared; it says from what to what, so that a second time nothing is changed.
 * @return int How many rows have changed.
 *
 * @throws RuntimeException If it fails.
 */
function orders_change( string $sql ): int {
	global $wpdb;
	$changed = $wpdb->query( $sql ); // phpcs:ignore WordPress.DB.PreparedSQL
	if ( false === $changed ) {
		throw new RuntimeException( $wpdb->last_error );
	}
	return $changed;
}

/**
 * The order, for a step: null if there is nothing to do any more, since it is being cancelled or past this.
 *
 * @param int $id Its id.
 * @return stdClass|null The row.
 *
 * @throws Asq\PermanentException If there is no such order.
 */
function orders_in_process( int $id ): ?stdClass {
	$order = orders_get( $id );
	if ( ! $order ) {
		throw new Asq\PermanentException( "There is no order $id." );
	}
	return 'processing' === $order->status ? $order : null;
}

/**
 * Queues the next step. If a worker is killed right after, this step is done again, and the next is queued twice: that does no harm.
 *
 * @param string $hook The step.
 * @param int    $id   The order.
 *
 * @throws Asq\TransientException If it cannot be queued.
 */
function orders_next( string $hook, int $id ): void {
	if ( ! as_enqueue_async_action( $hook, array( $id ), ORDERS_GROUP ) ) {
		throw new Asq\TransientException( "$hook could not be queued." );
	}
}

/**
 * Step 1: the payment.
 *
 * @param int $id The order.
 */
function orders_pay( int $id ): void {
	global $wpdb;
	$order = orders_in_process( $id );
	if ( ! $order ) {
		return;
	}
	if ( ! $order->charge ) {
		$charge = asq_idempotent(
			"order-$id-charge",
			static function () use ( $id, $order ) {
				return orders_ask( 'payment', '/charges', "order-$id-charge", array( 'cents' => (int) $order->cents ) );
			},
			array(
				'request' => array( $id, $order->cents ),
				'ttl'     => MONTH_IN_SECONDS,
			)
		);
		orders_change( $wpdb->prepare( "UPDATE {$wpdb->prefix}example_orders SET charge = %s WHERE id = %d", $charge['id'], $id ) );
	}
	orders_next( 'orders_reserve', $id );
}
add_action( 'orders_pay', 'orders_pay' );

/**
 * Step 2: the stock. It grows less and the order says so in the same statement: both or neither, and once.
 *
 * @param int $id The order.
 *
 * @throws Asq\PermanentException If there is not enough.
 */
function orders_reserve( int $id ): void {
	global $wpdb;
	$order = orders_in_process( $id );
	if ( ! $order ) {
		return;
	}
	$sql = "UPDATE {$wpdb->prefix}example_orders o JOIN {$wpdb->prefix}example_stock s USING (sku)
		SET s.quantity = s.quantity - o.quantity, o.reserved = 1
		WHERE o.id = %d AND o.reserved = 0 AND o.status = 'processing' AND s.quantity >= o.quantity";
	if ( ! orders_change( $wpdb->prepare( $sql, $id ) ) && ! orders_get( $id )->reserved ) { // phpcs:ignore WordPress.DB.PreparedSQL
		throw new Asq\PermanentException( "There is not enough of {$order->sku}." );
	}
	orders_next( 'orders_ship', $id );
}
add_action( 'orders_reserve', 'orders_reserve' );

/**
 * Step 3: the parcel. From here on the order is not cancelled any more.
 *
 * @param int $id The order.
 */
function orders_ship( int $id ): void {
	global $wpdb;
	$order = orders_in_process( $id );
	if ( $order ) {
		$parcel = asq_idempotent(
			"order-$id-parcel",
			static function () use ( $id, $order ) {
				return orders_ask( 'shipping', '/parcels', "order-$id-parcel", array( 'sku' => $order->sku ) );
			},
			array( 'ttl' => MONTH_IN_SECONDS )
		);
		orders_change( $wpdb->prepare( "UPDATE {$wpdb->prefix}example_orders SET parcel = %s, status = 'shipped' WHERE id = %d AND status = 'processing'", $parcel['id'], $id ) );
	}
	if ( 'shipped' === orders_get( $id )->status ) {
		orders_next( 'orders_confirm', $id );
	}
}
add_action( 'orders_ship', 'orders_ship' );

/**
 * Step 4: the mail. If it fails for good it has a dead letter, and the order stays as it is.
 *
 * @param int $id The order.
 */
function orders_confirm( int $id ): void {
	global $wpdb;
	$order = orders_get( $id );
	asq_idempotent(
		"order-$id-mail",
		static function () use ( $id, $order ) {
			if ( ! is_email( $order->email ) ) {
				throw new Asq\PermanentException( "{$order->email} is no e-mail address." );
			}
			if ( ! wp_mail( $order->email, "Your order $id", "It is on its way, as parcel {$order->parcel}." ) ) {
				throw new Asq\TransientException( 'The mail was not sent.' );
			}
		},
		array( 'ttl' => MONTH_IN_SECONDS )
	);
	orders_change( $wpdb->prepare( "UPDATE {$wpdb->prefix}example_orders SET status = 'complete' WHERE id = %d AND status = 'shipped'", $id ) );
}
add_action( 'orders_confirm', 'orders_confirm' );

/**
 * Asks the payment gateway, or the carrier, to do something.
 *
 * While it is down, it is left alone: an open circuit throws, and the action comes again when the circuit may be tried.
 *
 * @param string $service payment or shipping.
 * @param string $path    What to do.
 * @param string $key     The service knows by it what it has been asked before, and does not do it a second time. Only so can a request
 *                        whose answer was lost be made again: see that your gateway has something like it.
 * @param array  $body    The rest.
 * @return array The answer.
 *
 * @throws Asq\TransientException If it makes no sense.
 */
function orders_ask( string $service, string $path, string $key, array $body = array() ): array {
	/**
	 * Where a service is.
	 *
	 * @param string $url     Its URL.
	 * @param string $service payment or shipping.
	 */
	$url      = apply_filters( 'orders_service_url', "https://$service.example.com", $service ) . $path;
	$request  = array(
		'timeout' => 15,
		'headers' => array(
			'Content-Type'    => 'application/json',
			'Idempotency-Key' => $key,
		),
		'body'    => wp_json_encode( $body, JSON_FORCE_OBJECT ),
	);
	$circuit  = array(
		'threshold' => 5,
		'window'    => 60,
		'cooldown'  => 30,
	);
	$response = asq_circuit( $service, apply_filters( 'orders_circuit', $circuit, $service ) )->call(
		static function () use ( $url, $request ) {
			return wp_remote_post( $url, $request );
		}
	);
	$answer   = json_decode( wp_remote_retrieve_body( asq_throw_if_error( $response ) ), true );
	if ( ! isset( $answer['id'] ) ) {
		throw new Asq\TransientException( "$url answered something else than JSON with an id." );
	}
	return $answer;
}

/*
 * When a step has failed for good.
 */

/**
 * Has an order undone.
 *
 * @param array $letter The dead letter of a step.
 */
function orders_give_up( array $letter ): void {
	if ( ORDERS_GROUP === $letter['group'] && in_array( $letter['hook'], ORDERS_STEPS, true ) && ! as_has_scheduled_action( 'orders_compensate', $letter['args'], ORDERS_GROUP ) ) {
		as_enqueue_async_action( 'orders_compensate', $letter['args'], ORDERS_GROUP );
	}
}

add_action(
	'asq_dead_letter_stored',
	static function ( $letter_id, $letter ) {
		orders_give_up( $letter );
	},
	10,
	2
);

/**
 * Looks for orders that should be undone and are not: a worker can be killed between a letter and its listeners. Every five minutes.
 */
function orders_look_after(): void {
	$letters = asq_dead_letters(
		array(
			'group'    => ORDERS_GROUP,
			'retried'  => false,
			'after'    => time() - DAY_IN_SECONDS,
			'per_page' => 0,
		)
	);
	foreach ( $letters as $letter ) {
		$order = orders_get( (int) ( $letter['args'][0] ?? 0 ) );
		if ( $order && 'processing' === $order->status ) {
			orders_give_up( $letter );
		}
	}
}
add_action( 'orders_look_after', 'orders_look_after' );

/**
 * Undoes the steps, the last one first.
 *
 * Not what the order says that was done, but what may have been: of a request whose answer was lost nobody knows. So the services are
 * asked to undo what was done under a key, and that may be nothing.
 *
 * @param int $id The order.
 *
 * @throws Asq\RetryAfter As long as a step is queued or at work.
 */
function orders_compensate( int $id ): void {
	global $wpdb;
	// From now on no step begins ...
	orders_change( $wpdb->prepare( "UPDATE {$wpdb->prefix}example_orders SET status = 'cancelling' WHERE id = %d AND status = 'processing'", $id ) );
	$order = orders_get( $id );
	if ( ! $order || 'cancelling' !== $order->status ) {
		return;
	}
	// ... and what has begun is waited for.
	foreach ( ORDERS_STEPS as $hook ) {
		if ( as_has_scheduled_action( $hook, array( $id ), ORDERS_GROUP ) ) {
			throw new Asq\RetryAfter( 5, "$hook is still at work." );
		}
	}
	orders_undo( 'shipping', '/cancellations', "order-$id-parcel" );
	orders_change(
		$wpdb->prepare(
			"UPDATE {$wpdb->prefix}example_orders o JOIN {$wpdb->prefix}example_stock s USING (sku)
			SET s.quantity = s.quantity + o.quantity, o.reserved = 0 WHERE o.id = %d AND o.reserved = 1",
			$id
		)
	);
	orders_undo( 'payment', '/refunds', "order-$id-charge" );
	orders_change( $wpdb->prepare( "UPDATE {$wpdb->prefix}example_orders SET status = 'cancelled' WHERE id = %d", $id ) );
}
add_action( 'orders_compensate', 'orders_compensate' );

/**
 * Has a service undo what it did under a key.
 *
 * @param string $service payment or shipping.
 * @param string $path    What undoes it.
 * @param string $key     Under which it was done.
 */
function orders_undo( string $service, string $path, string $key ): void {
	asq_idempotent(
		"$key-undo",
		static function () use ( $service, $path, $key ) {
			return orders_ask( $service, $path, "$key-undo", array( 'key' => $key ) );
		},
		array( 'ttl' => MONTH_IN_SECONDS )
	);
}
