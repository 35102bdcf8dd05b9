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
 * The receiver: /wp-json/asq/v1/webhooks/shop. It checks the signature, stores the event and its action in one commit, and answers 202.
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

register_activation_hook(
	__FILE__,
	static function () {
		global $wpdb;
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		$charset = $wpdb->get_charset_collate();
		dbDelta( "CREATE TABLE {$wpdb->prefix}webhook_orders (\nid varbinary(100) NOT NULL,\nstatus varchar(20) NOT NULL,\ntotal decimal(12,2) NOT NULL,\nemail varchar(100) NOT NULL,\nPRIMARY KEY  (id)\n) $charset;" );
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
	$id    = $order['id'] ?? '';
	if ( ! is_string( $id ) || '' === $id || strlen( $id ) > 100 ) {
		throw new Asq\PermanentException( "Event $event_id has no order." );
	}
	switch ( $type ) {
		case 'order.created':
			webhook_order_create( $id, (float) ( $order['total'] ?? 0 ), sanitize_email( $order['email'] ?? '' ) );
			break;
		case 'order.cancelled':
			webhook_order_cancel( $id );
			break;
		default:
			throw new Asq\PermanentException( "Event $event_id is of an unknown type." );
	}
}
add_action( 'webhook_order_event', 'webhook_order_event', 10, 2 );

/**
 * Stores an order, and tells the administrator. Two events may be about one order, and an action may be done twice, if its worker is killed
 * before it has ended: the table's key is the last word on what there is once.
 *
 * @param string $id    The shop's id of it.
 * @param float  $total What it costs.
 * @param string $email Whose it is.
 */
function webhook_order_create( string $id, float $total, string $email ): void {
	global $wpdb;
	webhook_order_write( $wpdb->prepare( "INSERT IGNORE INTO {$wpdb->prefix}webhook_orders (id, status, total, email) VALUES (%s, 'new', %f, %s)", $id, $total, $email ) );
	asq_idempotent(
		"webhook-order-mail-$id",
		static function () use ( $id, $total ) {
			if ( ! wp_mail( get_option( 'admin_email' ), "New order $id", sprintf( 'It comes to %.2f.', $total ) ) ) {
				throw new Asq\TransientException( 'The mail was not sent.' );
			}
		},
		array( 'ttl' => MONTH_IN_SECONDS )
	);
}

/**
 * Cancels an order. Events need not come in their order: if there is none yet, it may still come.
 *
 * @param string $id The shop's id of it.
 *
 * @throws Asq\TransientException If there is no such order yet.
 */
function webhook_order_cancel( string $id ): void {
	global $wpdb;
	webhook_order_write( $wpdb->prepare( "UPDATE {$wpdb->prefix}webhook_orders SET status = 'cancelled' WHERE id = %s", $id ) );
	if ( ! $wpdb->get_var( $wpdb->prepare( "SELECT 1 FROM {$wpdb->prefix}webhook_orders WHERE id = %s AND status = 'cancelled'", $id ) ) ) {
		throw new Asq\TransientException( "There is no order $id yet." );
	}
}

/**
 * Writes to the table of orders.
 *
 * @param string $sql Prepared; it may be sent twice.
 *
 * @throws RuntimeException If it fails; its message says to the queue whether that may pass.
 */
function webhook_order_write( string $sql ): void {
	global $wpdb;
	if ( false === $wpdb->query( $sql ) ) { // phpcs:ignore WordPress.DB.PreparedSQL
		throw new RuntimeException( $wpdb->last_error );
	}
}
