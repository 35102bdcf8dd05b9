<?php
/**
 * Plugin Name: asq demo
 * Description: What a shop gives to Action Scheduler: a product import in chunks, a welcome e-mail to each new
 *              customer, a stock synchronisation every hour and a report every night. It knows nothing of php_asq.
 * License:     MIT
 */

defined( 'ABSPATH' ) || exit;

/** How many lines of the CSV file one action imports. */
const ASQ_DEMO_CHUNK = 50;

/** The group of all its actions. */
const ASQ_DEMO_GROUP = 'asq-demo';

/**
 * Queues the import of a CSV file (sku, name, price), in chunks.
 *
 * @return int[] The actions' ids.
 */
function asq_demo_import( string $csv ): array {
	$lines = count( file( $csv ) ) - 1; // the first is a heading
	$ids   = array();
	for ( $first = 1; $first <= $lines; $first += ASQ_DEMO_CHUNK ) {
		$ids[] = as_enqueue_async_action( 'asq_demo_import_chunk', array( $csv, $first, ASQ_DEMO_CHUNK ), ASQ_DEMO_GROUP );
	}
	return $ids;
}

/** Imports lines of the file: each becomes a product, or updates the one that has its SKU. */
function asq_demo_import_chunk( string $csv, int $first, int $count ): void {
	$file = new SplFileObject( $csv );
	$file->setFlags( SplFileObject::READ_CSV | SplFileObject::SKIP_EMPTY | SplFileObject::READ_AHEAD );
	foreach ( new LimitIterator( $file, $first, $count ) as [ $sku, $name, $price ] ) {
		$known = get_page_by_path( sanitize_title( $sku ), OBJECT, 'asq_demo_product' );
		wp_insert_post(
			array(
				'ID'          => $known->ID ?? 0,
				'post_type'   => 'asq_demo_product',
				'post_status' => 'publish',
				'post_name'   => sanitize_title( $sku ),
				'post_title'  => $name,
				'meta_input'  => array( 'price' => $price ),
			)
		);
	}
}

/** Queues the welcome to a new customer: the page that registers one does not wait for the mail server. */
function asq_demo_registered( int $user_id ): void {
	as_enqueue_async_action( 'asq_demo_welcome', array( $user_id ), ASQ_DEMO_GROUP );
}

/** Sends the welcome. */
function asq_demo_welcome( int $user_id ): void {
	$user = get_userdata( $user_id );
	if ( ! wp_mail( $user->user_email, 'Welcome', "Hello {$user->display_name}, and welcome." ) ) {
		throw new RuntimeException( "The mail to {$user->user_email} was not sent." );
	}
}

/** Mails go to a file each, not to anybody. */
function asq_demo_capture( $sent, array $mail ): bool {
	$outbox = wp_upload_dir()['basedir'] . '/asq-demo-outbox';
	wp_mkdir_p( $outbox );
	return false !== file_put_contents( $outbox . '/' . uniqid( '', true ) . '.eml', "To: {$mail['to']}\nSubject: {$mail['subject']}\n\n{$mail['message']}\n" );
}

/** Queues what is done again and again. */
function asq_demo_schedule(): void {
	if ( ! as_has_scheduled_action( 'asq_demo_sync_stock' ) ) {
		as_schedule_recurring_action( time(), HOUR_IN_SECONDS, 'asq_demo_sync_stock', array(), ASQ_DEMO_GROUP );
	}
	if ( ! as_has_scheduled_action( 'asq_demo_report' ) ) {
		as_schedule_cron_action( time() + MINUTE_IN_SECONDS, '0 3 * * *', 'asq_demo_report', array(), ASQ_DEMO_GROUP );
	}
}

/** Counts its calls: there is no warehouse to ask. */
function asq_demo_sync_stock(): void {
	update_option( 'asq_demo_synced', 1 + (int) get_option( 'asq_demo_synced' ) );
}

add_action(
	'init',
	static function () {
		register_post_type( 'asq_demo_product', array( 'label' => 'Products', 'public' => true ) );
	}
);
add_action( 'user_register', 'asq_demo_registered' );
add_filter( 'pre_wp_mail', 'asq_demo_capture', 10, 2 );
add_action( 'asq_demo_import_chunk', 'asq_demo_import_chunk', 10, 3 );
add_action( 'asq_demo_welcome', 'asq_demo_welcome' );
add_action( 'asq_demo_sync_stock', 'asq_demo_sync_stock' );
add_action( 'asq_demo_report', '__return_null' );

if ( defined( 'WP_CLI' ) && WP_CLI ) {
	require __DIR__ . '/cli.php';
}
