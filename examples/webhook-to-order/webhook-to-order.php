<?php
/**
 * Plugin Name: Example: webhook to order
 * Description: A shop elsewhere reports its orders by webhook; each becomes an order here, once, whatever is delivered twice or in the wrong order.
 * Version:     1.0.0
 * Requires PHP: 7.4
 * License:     MIT
 *
 * @package Webhook_To_Order
 */

defined( 'ABSPATH' ) || exit;

if ( ! function_exists( 'asq_register_webhook' ) ) {
	add_action(
		'admin_notices',
		static function () {
			printf( '<div class="notice notice-error"><p>%s</p></div>', esc_html__( 'The webhook needs the PHP extension asq.', 'webhook-to-order' ) );
		}
	);
	return;
}

/*
 * The receiver: /wp-json/asq/v1/webhooks/shop. It checks the signature, stores the event and its action by one statement, and answers 202.
 * What an event means is the action's concern: the shop does not wait for that.
 */
asq_register_webhook(
	'shop',
	array(
		'hook'      => 'webhook_order_event',
		'signature' => 'hmac-sha256',
		// Asked when a request comes. Put it into wp-config.php: define( 'WEBHOOK_ORDER_SECRET', '…' ); while it is changed, a list of both.
		'secret'    => static function () {
			return defined( 'WEBHOOK_ORDER_SECRET' ) ? WEBHOOK_ORDER_SECRET : '';
		},
		// What is delivered twice has the same id, and is one action.
		'event_id'  => 'id',
	)
);

asq_retry_policy(
	'webhook_order_event',
	array(
		'max_attempts' => 8,
		'base'         => 15,
		'cap'          => HOUR_IN_SECONDS,
		'timeout'      => MINUTE_IN_SECONDS,
		'on_crash'     => 'retry',
	)
);

add_action(
	'init',
	static function () {
		register_post_type(
			'webhook_order',
			array(
				'label'   => 'Orders',
				'show_ui' => true,
			)
		);
	}
);

/**
 * The action: does what an event asks for.
 *
 * @param string $event_id The event's id.
 * @param string $webhook  The name of the webhook.
 *
 * @throws Asq\PermanentException If that makes no sense. It has a dead letter then, and the shop need not send it again.
 */
function webhook_order_event( string $event_id, string $webhook ): void {
	$event = asq_webhook_payload( $webhook, $event_id );
	$type  = $event['type'] ?? '';
	$order = $event['order'] ?? array();
	if ( ! is_string( $order['id'] ?? null ) || '' === $order['id'] ) {
		throw new Asq\PermanentException( "Event $event_id has no order." );
	}
	switch ( $type ) {
		case 'order.created':
			webhook_order_create( $order );
			break;
		case 'order.cancelled':
			webhook_order_cancel( $order );
			break;
		default:
			throw new Asq\PermanentException( "Event $event_id is of an unknown type." );
	}
}
add_action( 'webhook_order_event', 'webhook_order_event', 10, 2 );

/**
 * Makes an order, unless there is one. Two events may be about one order, so the event's id is not enough.
 *
 * @param array $order id, total, email.
 * @return int The post's id.
 */
function webhook_order_create( array $order ): int {
	return asq_idempotent(
		"webhook-order-{$order['id']}",
		static function () use ( $order ) {
			$known = webhook_order_find( $order['id'] );
			if ( $known ) {
				return $known; // Its worker was killed before it could say so.
			}
			$post = array(
				'post_type'   => 'webhook_order',
				'post_status' => 'publish',
				'post_name'   => 'order-' . md5( $order['id'] ),
				'post_title'  => sanitize_text_field( "Order {$order['id']}" ),
				'meta_input'  => array(
					'total' => (float) ( $order['total'] ?? 0 ),
					'email' => sanitize_email( $order['email'] ?? '' ),
				),
			);
			return asq_throw_if_error( wp_insert_post( wp_slash( $post ), true ) );
		},
		array(
			'ttl'  => MONTH_IN_SECONDS,
			'wait' => 10,
		)
	);
}

/**
 * Cancels an order. Events do not come in their order: if there is none yet, it may still come.
 *
 * @param array $order id.
 *
 * @throws Asq\TransientException If there is no such order yet.
 */
function webhook_order_cancel( array $order ): void {
	$post_id = webhook_order_find( $order['id'] );
	if ( ! $post_id ) {
		throw new Asq\TransientException( "There is no order {$order['id']} yet." );
	}
	asq_throw_if_error(
		wp_update_post(
			array(
				'ID'          => $post_id,
				'post_status' => 'private',
			),
			true
		)
	);
}

/**
 * An order's post, from the database.
 *
 * @param string $order_id The shop's id of it.
 * @return int 0: there is none.
 *
 * @throws RuntimeException If the database fails; its message says to the queue whether that may pass.
 */
function webhook_order_find( string $order_id ): int {
	global $wpdb;
	$post_id = (int) $wpdb->get_var( $wpdb->prepare( "SELECT ID FROM $wpdb->posts WHERE post_name = %s AND post_type = 'webhook_order'", 'order-' . md5( $order_id ) ) );
	if ( $wpdb->last_error ) {
		throw new RuntimeException( $wpdb->last_error );
	}
	return $post_id;
}
