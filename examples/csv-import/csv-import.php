<?php
/**
 * Plugin Name: Example: CSV import
 * Description: Imports products from a CSV file of any size, in chunks, by many workers; what a killed worker leaves is finished by another one.
 * Version:     1.0.0
 * Requires PHP: 7.4
 * License:     MIT
 *
 * @package Csv_Import
 */

defined( 'ABSPATH' ) || exit;

if ( ! function_exists( 'asq_retry_policy' ) ) {
	add_action(
		'admin_notices',
		static function () {
			printf( '<div class="notice notice-error"><p>%s</p></div>', esc_html__( 'The CSV import needs the PHP extension asq.', 'csv-import' ) );
		}
	);
	return;
}

const CSV_IMPORT_GROUP   = 'csv-import';
const CSV_IMPORT_CHUNK   = 100;
const CSV_IMPORT_COLUMNS = array( 'sku', 'name', 'price' );

/** What is wrong with a row is for the report. All else that is thrown has the chunk tried again. */
class Csv_Import_Bad_Row extends RuntimeException {}

/*
 * Whatever happens to a chunk, it may be done again: each step of it has an end that is the same the second time.
 */
asq_retry_policy(
	CSV_IMPORT_GROUP,
	array(
		'max_attempts' => 5,
		'base'         => 10,
		'timeout'      => 5 * MINUTE_IN_SECONDS,
		'on_crash'     => 'retry',
	),
	'group'
);

register_activation_hook(
	__FILE__,
	static function () {
		global $wpdb;
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		$charset = $wpdb->get_charset_collate();
		dbDelta( "CREATE TABLE {$wpdb->prefix}csv_imports (\nid char(36) NOT NULL,\nfile varchar(255) NOT NULL,\ntotal bigint unsigned NULL,\nfinished_gmt datetime NULL,\nPRIMARY KEY  (id)\n) $charset;" );
		dbDelta( "CREATE TABLE {$wpdb->prefix}csv_import_chunks (\nimport_id char(36) NOT NULL,\nfirst_row bigint unsigned NOT NULL,\ndone int unsigned NOT NULL,\nproblems int unsigned NOT NULL,\nreport longtext NOT NULL,\nPRIMARY KEY  (import_id,first_row)\n) $charset;" );
	}
);

add_action(
	'init',
	static function () {
		register_post_type(
			'csv_product',
			array(
				'label'   => 'Products',
				'public'  => true,
				'show_ui' => true,
			)
		);
	}
);

/**
 * Begins an import: keeps a copy of the file, since the original may change meanwhile, and queues the rest.
 *
 * @param string $file A CSV file, of UTF-8, whose first row names its columns.
 * @return string The import's id.
 *
 * @throws RuntimeException If the file cannot be imported, or nothing be queued: then nothing has begun.
 */
function csv_import_start( string $file ): string {
	global $wpdb;
	csv_import_rows( $file )->valid(); // Has it the columns?

	$import = wp_generate_uuid4();
	$folder = wp_upload_dir()['basedir'] . '/csv-import'; // All machines that run workers must see it. Do not let it be served.
	if ( ! wp_mkdir_p( $folder ) || ! copy( $file, "$folder/$import.csv" ) ) {
		throw new RuntimeException( "The file cannot be copied to $folder." );
	}
	$stored = $wpdb->insert(
		"{$wpdb->prefix}csv_imports",
		array(
			'id'   => $import,
			'file' => "$folder/$import.csv",
		)
	);
	if ( ! $stored || ! as_enqueue_async_action( 'csv_import_split', array( $import ), CSV_IMPORT_GROUP ) ) {
		throw new RuntimeException( 'The import cannot be queued.' );
	}
	return $import;
}

/**
 * The rows of a file, from a place in it on. Rows, not lines: a field may have line breaks in it.
 *
 * @param string $file   The file.
 * @param int    $offset Where to begin, in bytes; 0: after the heading.
 * @param int    $row    The number of the row that is there; the heading is row 1, as in a spreadsheet.
 * @return Generator row number => array( offset, fields by column )
 *
 * @throws RuntimeException       If the file cannot be read.
 * @throws Asq\PermanentException If it lacks a column.
 */
function csv_import_rows( string $file, int $offset = 0, int $row = 2 ): Generator {
	// phpcs:disable WordPress.WP.AlternativeFunctions -- WP_Filesystem reads files as a whole.
	$csv = is_readable( $file ) ? fopen( $file, 'rb' ) : false;
	if ( ! $csv ) {
		throw new RuntimeException( "$file cannot be read." );
	}
	try {
		$heading = array_map( 'trim', array_map( 'strval', (array) fgetcsv( $csv, 0, ',', '"', '' ) ) );
		$heading = array_map( 'strtolower', preg_replace( '/^\xEF\xBB\xBF"?|"$/', '', $heading ) ); // Excel begins a file with a byte order mark.
		$missing = array_diff( CSV_IMPORT_COLUMNS, $heading );
		if ( $missing ) {
			throw new Asq\PermanentException( sprintf( 'The file has no column %s.', implode( ', ', $missing ) ) );
		}
		if ( $offset ) {
			fseek( $csv, $offset );
		}
		for ( $offset = ftell( $csv ); false !== ( $fields = fgetcsv( $csv, 0, ',', '"', '' ) ); $offset = ftell( $csv ), ++$row ) { // phpcs:ignore
			if ( array( null ) !== $fields ) { // An empty line.
				yield $row => array( $offset, count( $fields ) === count( $heading ) ? array_combine( $heading, $fields ) : $fields );
			}
		}
	} finally {
		fclose( $csv );
	}
	// phpcs:enable
}

/**
 * An import's row of the table. From the database, each time: a worker lives long, and others change it.
 *
 * @param string $import The import's id.
 * @return stdClass file, total (null: not counted yet), finished_gmt, done, problems.
 *
 * @throws Asq\PermanentException If there is no such import.
 * @throws RuntimeException       If the database fails; its message says to the queue whether that may pass.
 */
function csv_import_status( string $import ): stdClass {
	global $wpdb;
	$status = $wpdb->get_row(
		$wpdb->prepare(
			"SELECT i.*, COALESCE(SUM(c.done), 0) AS done, COALESCE(SUM(c.problems), 0) AS problems FROM {$wpdb->prefix}csv_imports i
			LEFT JOIN {$wpdb->prefix}csv_import_chunks c ON c.import_id = i.id WHERE i.id = %s GROUP BY i.id",
			$import
		)
	);
	if ( $wpdb->last_error ) {
		throw new RuntimeException( $wpdb->last_error );
	}
	if ( ! $status ) {
		throw new Asq\PermanentException( "There is no import $import." );
	}
	return $status;
}

/**
 * The second action: queues the chunks. They say where in the file they begin, so that nobody has to read what is before.
 *
 * If it is killed halfway, and tried again, chunks are queued twice: the second of two finds that all has been done.
 *
 * @param string $import The import's id.
 */
function csv_import_split( string $import ): void {
	global $wpdb;
	$file   = csv_import_status( $import )->file;
	$total  = 0;
	$chunks = static function () use ( $import, $file, &$total ) {
		foreach ( csv_import_rows( $file ) as $row => [ $offset ] ) {
			if ( 0 === $total % CSV_IMPORT_CHUNK ) {
				yield array( $import, $offset, $row );
			}
			++$total;
		}
	};
	asq_enqueue_many( 'csv_import_chunk', $chunks(), CSV_IMPORT_GROUP );

	csv_import_write( $wpdb->prepare( "UPDATE {$wpdb->prefix}csv_imports SET total = %d WHERE id = %s", $total, $import ) );
	csv_import_finish( $import );
}
add_action( 'csv_import_split', 'csv_import_split' );

/**
 * The third action, many times: imports a chunk.
 *
 * @param string $import The import's id.
 * @param int    $offset Where in the file it begins, in bytes.
 * @param int    $first  The number of the row that is there.
 */
function csv_import_chunk( string $import, int $offset, int $first ): void {
	global $wpdb;
	$done     = 0;
	$problems = array();
	foreach ( csv_import_rows( csv_import_status( $import )->file, $offset, $first ) as $row => [ , $fields ] ) {
		try {
			csv_import_row( $import, $fields );
		} catch ( Csv_Import_Bad_Row $problem ) {
			$problems[ $row ] = $problem->getMessage();
		}
		++$done;
		if ( CSV_IMPORT_CHUNK === $done ) {
			break;
		}
	}
	// The progress is the sum of these rows, not a counter: who does the chunk again replaces its row, and nothing is counted twice.
	csv_import_write(
		$wpdb->prepare(
			"REPLACE INTO {$wpdb->prefix}csv_import_chunks (import_id, first_row, done, problems, report) VALUES (%s, %d, %d, %d, %s)",
			$import,
			$first,
			$done,
			count( $problems ),
			wp_json_encode( $problems, JSON_INVALID_UTF8_SUBSTITUTE )
		)
	);
	csv_import_finish( $import );
}
add_action( 'csv_import_chunk', 'csv_import_chunk', 10, 3 );

/**
 * Imports a row: once, whoever else has the same SKU at the same moment.
 *
 * @param string $import The import's id.
 * @param array  $fields The fields by column; a plain list, if there were more or less of them than columns.
 *
 * @throws Csv_Import_Bad_Row If there is something wrong with it.
 */
function csv_import_row( string $import, array $fields ): void {
	if ( ! isset( $fields['sku'] ) ) {
		throw new Csv_Import_Bad_Row( sprintf( 'It has %d fields, which the heading has not.', count( $fields ) ) );
	}
	if ( ! seems_utf8( implode( '', $fields ) ) ) {
		throw new Csv_Import_Bad_Row( 'It is not UTF-8.' );
	}
	[ 'sku' => $sku, 'name' => $name, 'price' => $price ] = array_map( 'trim', $fields );
	if ( '' === $sku || '' === $name || strlen( $sku ) > 100 ) {
		throw new Csv_Import_Bad_Row( 'It has no SKU or no name, or an SKU of more than 100 bytes.' );
	}
	if ( ! is_numeric( $price ) || $price < 0 ) {
		throw new Csv_Import_Bad_Row( "$price is no price." );
	}
	try {
		asq_idempotent(
			"csv-import-$import-$sku",
			static function () use ( $sku, $name, $price ) {
				return csv_import_save( $sku, $name, $price );
			},
			array(
				'request' => array( $sku, $name, $price ),
				'wait'    => 10,
			)
		);
	} catch ( Asq\ConflictException $e ) {
		throw new Csv_Import_Bad_Row( "Another row has the SKU $sku, with another name or price." );
	}
}

/**
 * Makes a product, or changes the one that has the SKU.
 *
 * @param string $sku   Its SKU.
 * @param string $name  Its name.
 * @param string $price Its price.
 * @return int Its id.
 *
 * @throws Asq\TransientException If the database fails in the middle: then it is done again, and finds what is there.
 */
function csv_import_save( string $sku, string $name, string $price ): int {
	// The SKU is in the slug, because that is stored with the post, by one statement. Metadata are stored after it: of a worker that was
	// killed in between there would be a product that nobody finds, and then a second one.
	$slug  = 'sku-' . md5( $sku );
	$known = csv_import_find( $slug );
	$post  = array(
		'ID'          => $known[0] ?? 0,
		'post_type'   => 'csv_product',
		'post_status' => 'publish',
		'post_name'   => $slug,
		'post_title'  => $name,
		'meta_input'  => array(
			'sku'   => $sku,
			'price' => $price,
		),
	);
	$id    = csv_import_whole(
		static function () use ( $post ) {
			return asq_throw_if_error( wp_insert_post( wp_slash( $post ), true ) );
		}
	);
	// If the connection breaks before an INSERT is answered, $wpdb connects anew and sends it again, though it may have been done. Nobody
	// else is at this SKU now: so what there is besides is that. (A table of your own, with a unique key, needs none of this.)
	foreach ( array_diff( csv_import_find( $slug ), array( $id ) ) as $extra ) {
		wp_delete_post( $extra, true );
	}
	return $id;
}

/**
 * The products with a slug: none, one, or, after an accident, two.
 *
 * @param string $slug The slug.
 * @return int[] Their ids.
 */
function csv_import_find( string $slug ): array {
	return csv_import_whole(
		static function () use ( $slug ) {
			global $wpdb;
			return array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT ID FROM $wpdb->posts WHERE post_name = %s AND post_type = 'csv_product' ORDER BY ID", $slug ) ) );
		}
	);
}

/**
 * Calls something that makes many queries, and throws if one of them failed of what passes: a lost connection, a deadlock. $wpdb tells
 * only of the last one, and many functions of WordPress do not tell at all: they say "there is no such product", or store half of one.
 *
 * @param callable $work What makes the queries. It may be called again.
 * @return mixed What it returns.
 *
 * @throws Asq\TransientException If one has failed.
 */
function csv_import_whole( callable $work ) {
	$GLOBALS['EZSQL_ERROR'] = array(); // phpcs:ignore WordPress.WP.GlobalVariablesOverride -- where $wpdb writes down what fails

	$result = $work();
	foreach ( $GLOBALS['EZSQL_ERROR'] as $failed ) {
		if ( 'transient' === asq_classify_failure( new RuntimeException( $failed['error_str'] ) ) ) {
			throw new Asq\TransientException( $failed['error_str'] );
		}
	}
	return $result;
}

/**
 * Writes to a table of ours.
 *
 * @param string $sql A prepared statement that may be sent twice.
 *
 * @throws RuntimeException If it fails.
 */
function csv_import_write( string $sql ): void {
	global $wpdb;
	if ( false === $wpdb->query( $sql ) ) { // phpcs:ignore WordPress.DB.PreparedSQL
		throw new RuntimeException( $wpdb->last_error );
	}
}

/**
 * Says that an import is finished, if it is: by whoever does the last of it, once.
 *
 * @param string $import The import's id.
 */
function csv_import_finish( string $import ): void {
	$status = csv_import_status( $import );
	if ( null === $status->total || $status->done < $status->total ) {
		return;
	}
	asq_idempotent(
		"csv-import-$import-finished",
		static function () use ( $import, $status ) {
			global $wpdb;
			csv_import_write( $wpdb->prepare( "UPDATE {$wpdb->prefix}csv_imports SET finished_gmt = UTC_TIMESTAMP() WHERE id = %s", $import ) );
			/**
			 * An import is finished: for a mail to whoever began it, and the like.
			 *
			 * @param string   $import The import's id.
			 * @param stdClass $status See csv_import_status().
			 */
			do_action( 'csv_import_finished', $import, $status );
		},
		array( 'wait' => 10 )
	);
}

if ( defined( 'WP_CLI' ) && WP_CLI ) {
	require __DIR__ . '/cli.php';
}
