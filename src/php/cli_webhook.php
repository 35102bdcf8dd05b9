<?php
/*
 * `wp asq webhook`: webhooks on the command line.
 */

namespace Asq\Cli;

use Throwable;
use WP_CLI;
use WP_CLI\Formatter;
use function WP_CLI\Utils\get_flag_value;

/**
 * Shows webhooks, and what they have delivered.
 */
class WebhookCommand {

	const FIELDS = array( 'webhook', 'id', 'action_id', 'action_status', 'received_gmt', 'size' );

	/**
	 * Lists the webhooks that plugins have registered.
	 *
	 * ## OPTIONS
	 *
	 * [--fields=<fields>]
	 * : Show these: name, route, hook, group, priority, signature, header, max_size, keep.
	 *
	 * [--format=<format>]
	 * : table, json, csv, yaml or count. Default: table.
	 *
	 * ## EXAMPLES
	 *
	 *     wp asq webhook routes
	 */
	public function routes( $args, $assoc_args ) {
		$rows = array();
		foreach ( asq_webhooks() as $webhook ) {
			$webhook['route'] = '/' . $webhook['route'];
			$rows[]           = $webhook;
		}
		( new Formatter( $assoc_args, array( 'name', 'route', 'hook', 'group', 'signature', 'header' ) ) )->display_items( $rows );
	}

	/**
	 * Lists events that were delivered, the newest first.
	 *
	 * ## OPTIONS
	 *
	 * [--webhook=<name>]
	 * : Only of this webhook.
	 *
	 * [--action-status=<status>]
	 * : Only those whose action is pending, in-progress, complete, failed or canceled.
	 *
	 * [--per-page=<number>]
	 * : How many; 0: all. Default: 50.
	 *
	 * [--page=<number>]
	 * : Which of these. Default: 1.
	 *
	 * [--fields=<fields>]
	 * : Show these: webhook, id, action_id, action_status, received_gmt, expires_gmt, content_type, size.
	 *
	 * [--format=<format>]
	 * : table, json, csv, yaml, ids or count. Default: table.
	 *
	 * ## EXAMPLES
	 *
	 *     wp asq webhook list
	 *     wp asq webhook list --webhook=stripe --action-status=failed
	 *
	 * @subcommand list
	 */
	public function list_( $args, $assoc_args ) {
		$query  = array_filter(
			array(
				'webhook'       => get_flag_value( $assoc_args, 'webhook' ),
				'action_status' => get_flag_value( $assoc_args, 'action-status' ),
			),
			'is_string'
		);
		$format = get_flag_value( $assoc_args, 'format' );
		if ( 'count' === $format ) {
			WP_CLI::line( (string) $this->ask( 'asq_webhook_events', array( 'return' => 'count' ) + $query ) );
			return;
		}
		$query += array(
			'per_page' => whole_number( $assoc_args, 'per-page', 50 ),
			'page'     => max( 1, whole_number( $assoc_args, 'page', 1 ) ),
		);
		$rows = array();
		foreach ( $this->ask( 'asq_webhook_events', $query ) as $event ) {
			$event['action_status'] = $event['action_status'] ?? '-';
			$rows[]                 = $event;
		}
		if ( 'ids' === $format ) {
			WP_CLI::line( implode( ' ', array_column( $rows, 'id' ) ) );
			return;
		}
		( new Formatter( $assoc_args, self::FIELDS ) )->display_items( $rows );
	}

	/**
	 * Shows an event, with its body.
	 *
	 * ## OPTIONS
	 *
	 * <webhook>
	 * : The webhook's name.
	 *
	 * <event>
	 * : The event's id.
	 *
	 * [--field=<field>]
	 * : Show this alone: body, action_id or another.
	 *
	 * [--format=<format>]
	 * : table, json or yaml. Default: table.
	 *
	 * ## EXAMPLES
	 *
	 *     wp asq webhook show stripe evt_1NG8Du2eZvKYlo2CUI79vXWy
	 *     wp asq webhook show stripe evt_1NG8Du2eZvKYlo2CUI79vXWy --field=body
	 */
	public function show( $args, $assoc_args ) {
		list( $webhook, $id ) = $args;
		$event                = $this->ask( 'asq_webhook_event', $webhook, $id );
		if ( null === $event ) {
			WP_CLI::error( sprintf( 'The webhook %s has delivered no event %s, or it has expired.', $webhook, $id ) );
		}
		$field = get_flag_value( $assoc_args, 'field' );
		if ( null !== $field ) {
			one_of( 'field', $field, array_keys( $event ) );
			WP_CLI::line( (string) $event[ $field ] );
			return;
		}
		$event['action_status'] = $event['action_status'] ?? '-';
		( new Formatter( $assoc_args, array_keys( $event ) ) )->display_item( $event );
	}

	/**
	 * Deletes events that have expired.
	 *
	 * That happens by itself as new ones come. An event whose action is pending or running stays in any case.
	 *
	 * ## OPTIONS
	 *
	 * [--webhook=<name>]
	 * : Only of this webhook.
	 *
	 * [--older-than=<days>]
	 * : All that came more than so many days ago. If one of them is delivered once more, it is a new one.
	 *
	 * ## EXAMPLES
	 *
	 *     wp asq webhook purge
	 *     wp asq webhook purge --webhook=stripe --older-than=7
	 */
	public function purge( $args, $assoc_args ) {
		$options = array_filter( array( 'webhook' => get_flag_value( $assoc_args, 'webhook' ) ), 'is_string' );
		if ( isset( $assoc_args['older-than'] ) ) {
			$options['older_than'] = whole_number( $assoc_args, 'older-than', 0 ) * 86400;
		}
		$deleted = $this->ask( 'asq_webhook_purge', $options );
		WP_CLI::success( $deleted ? sprintf( '%d %s deleted.', $deleted, 1 === $deleted ? 'event' : 'events' ) : 'No events deleted.' );
	}

	private function ask( $function, ...$args ) {
		try {
			return $function( ...$args );
		} catch ( Throwable $e ) {
			WP_CLI::error( $e->getMessage() );
		}
	}
}
