<?php
/*
 * `wp asq schema`: what the extension adds to Action Scheduler's tables.
 */

namespace Asq\Cli;

use mysqli;
use WP_CLI;
use WP_CLI\Formatter;
use wpdb;
use function WP_CLI\Utils\get_flag_value;
use function WP_CLI\Utils\make_progress_bar;

/**
 * Shows and makes the extension's own tables, and its index on Action Scheduler's.
 */
class SchemaCommand {

	const TABLES = array( 'asq_workers', 'asq_pauses', 'asq_keys', 'asq_circuits', 'asq_dead_letters', 'asq_retries', 'asq_webhook_events' );

	const INDEX = 'asq_claim';

	/** Seconds for which others may have to wait behind a change of the table that waits itself. */
	const LOCK_SECONDS = 2;

	/**
	 * Shows the tables and the index that the extension adds, or makes them.
	 *
	 * With the index the time that a claim takes does not grow with the number of actions. A worker makes it by itself where there are fewer than 200,000 actions. It is made online: the queue may run meanwhile. The exit status is 0 if all is there.
	 *
	 * ## OPTIONS
	 *
	 * [--upgrade]
	 * : Make what is missing.
	 *
	 * [--format=<format>]
	 * : How to show it.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     wp asq schema
	 *     wp asq schema --upgrade
	 */
	public function __invoke( $args, $assoc_args ) {
		if ( get_flag_value( $assoc_args, 'upgrade', false ) ) {
			$this->upgrade();
		}
		$rows = $this->rows();
		( new Formatter( $assoc_args, array( 'name', 'what', 'state', 'rows' ) ) )->display_items( $rows );
		if ( in_array( 'missing', array_column( $rows, 'state' ), true ) ) {
			if ( 'json' !== ( $assoc_args['format'] ?? '' ) ) {
				WP_CLI::log( 'Make what is missing with: wp asq schema --upgrade' );
			}
			WP_CLI::halt( 1 );
		}
	}

	private function rows() {
		global $wpdb;
		$rows = array();
		foreach ( self::TABLES as $table ) {
			$name   = $wpdb->prefix . $table;
			$there  = $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $name ) ) ) === $name;
			$rows[] = $this->row( $name, 'table', $there, $there ? (int) $wpdb->get_var( "SELECT COUNT(*) FROM `$name`" ) : null );
		}
		$index = \Asq\Native\has_claim_index();
		if ( null === $index ) {
			WP_CLI::error( \Asq\Native\last_error() );
		}
		$rows[] = $this->row( self::INDEX, "index of {$wpdb->prefix}actionscheduler_actions", $index, \Asq\Native\action_estimate() );
		return $rows;
	}

	private function row( $name, $what, $there, $rows ) {
		return array(
			'name'  => $name,
			'what'  => $what,
			'state' => $there ? 'present' : 'missing',
			'rows'  => $rows,
		);
	}

	private function upgrade() {
		if ( ! \Asq\Native\own_tables() ) {
			WP_CLI::error( \Asq\Native\last_error() );
		}
		if ( false === \Asq\Native\has_claim_index() ) {
			// With progress where that can be had. What is in the way there is dealt with, or told, by the other.
			if ( ! $this->make_index_and_tell() && ! \Asq\Native\make_claim_index() ) {
				WP_CLI::error( \Asq\Native\last_error() );
			}
		}
	}

	/** By a connection of its own that does not wait for the answer, so that $wpdb's can ask how far it is. */
	private function make_index_and_tell() {
		$db = $this->connect();
		if ( ! $db || ! $db->query( 'SET SESSION lock_wait_timeout=' . self::LOCK_SECONDS ) ) {
			return false;
		}
		$progress = new IndexProgress();
		$db->query( \Asq\Native\claim_index_sql( 0 ), MYSQLI_ASYNC );
		do {
			$read    = array( $db );
			$error   = array();
			$reject  = array();
			$waiting = 0 === mysqli_poll( $read, $error, $reject, 0, 500000 );
			if ( $waiting ) {
				$progress->show();
			}
		} while ( $waiting );
		$done = (bool) $db->reap_async_query();
		$progress->finish( $done );
		$db->close();
		return $done;
	}

	private function connect() {
		if ( ! extension_loaded( 'mysqli' ) || ! defined( 'DB_HOST' ) ) {
			return null;
		}
		$second = new wpdb( DB_USER, DB_PASSWORD, DB_NAME, DB_HOST );
		return $second->dbh instanceof mysqli ? $second->dbh : null;
	}
}

/** How far the server is with the index: a bar on a terminal, elsewhere a line for each tenth. */
class IndexProgress {

	private $bar = null;

	private $shown = 0;

	public function __construct() {
		$text         = sprintf( 'Making the index %s of about %s actions', SchemaCommand::INDEX, number_format_i18n( (int) \Asq\Native\action_estimate() ) );
		if ( \cli\Shell::isPiped() ) {
			WP_CLI::log( $text );
		} else {
			$this->bar = make_progress_bar( $text, 100 );
		}
	}

	/** MariaDB tells, in hundredths of a percent; MySQL does not. */
	public function show() {
		global $wpdb;
		$at = $wpdb->get_row( "SHOW GLOBAL STATUS LIKE 'Innodb_onlineddl_pct_progress'" );
		$this->reach( $at ? (int) ( $at->Value / 100 ) : 0 );
	}

	private function reach( $percent ) {
		if ( $this->bar && $percent >= $this->shown ) {
			$this->bar->tick( $percent - $this->shown );
			$this->shown = $percent;
		} elseif ( ! $this->bar && $percent >= $this->shown + 10 ) {
			$this->shown = $percent - $percent % 10;
			WP_CLI::log( "{$this->shown} %" );
		}
	}

	public function finish( $done ) {
		if ( $done && $this->bar ) {
			$this->reach( 100 );
		}
		if ( $this->bar ) {
			$this->bar->finish();
		}
	}
}
