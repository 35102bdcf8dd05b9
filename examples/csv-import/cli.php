<?php
/**
 * The commands `wp csv-import start`, `status` and `report`.
 *
 * @package Csv_Import
 */

defined( 'ABSPATH' ) || exit;

/**
 * Imports products from CSV files.
 */
class Csv_Import_Command {

	/**
	 * Begins an import, and prints its id.
	 *
	 * ## OPTIONS
	 *
	 * <file>
	 * : The CSV file, with the columns sku, name and price.
	 *
	 * @param string[] $args The file.
	 */
	public function start( array $args ): void {
		try {
			WP_CLI::line( csv_import_start( $args[0] ) );
		} catch ( RuntimeException $e ) {
			WP_CLI::error( $e->getMessage() );
		}
	}

	/**
	 * Says how far an import has come.
	 *
	 * ## OPTIONS
	 *
	 * <import>
	 * : Its id.
	 *
	 * @param string[] $args The import's id.
	 */
	public function status( array $args ): void {
		try {
			$status = csv_import_status( $args[0] );
		} catch ( RuntimeException $e ) {
			WP_CLI::error( $e->getMessage() );
		}
		$row = array(
			'rows'     => $status->total ?? 'not counted yet',
			'imported' => $status->done - $status->problems,
			'problems' => $status->problems,
			'finished' => $status->finished_gmt ?? 'no',
		);
		WP_CLI\Utils\format_items( 'table', array( $row ), array_keys( $row ) );
	}

	/**
	 * Lists the rows that could not be imported, and why.
	 *
	 * ## OPTIONS
	 *
	 * <import>
	 * : Its id.
	 *
	 * [--format=<format>]
	 * : table, csv or json.
	 * ---
	 * default: table
	 * ---
	 *
	 * @param string[] $args    The import's id.
	 * @param string[] $options The format.
	 */
	public function report( array $args, array $options ): void {
		global $wpdb;
		$rows = array();
		foreach ( $wpdb->get_col( $wpdb->prepare( "SELECT report FROM {$wpdb->prefix}csv_import_chunks WHERE import_id = %s AND problems > 0 ORDER BY first_row", $args[0] ) ) as $report ) {
			foreach ( json_decode( $report, true ) as $row => $problem ) {
				$rows[] = compact( 'row', 'problem' );
			}
		}
		WP_CLI\Utils\format_items( $options['format'], $rows, array( 'row', 'problem' ) );
	}
}

WP_CLI::add_command( 'csv-import', 'Csv_Import_Command' );
