<?php
/*
 * `wp asq purge`: asq_purge() on the command line.
 */

namespace Asq\Cli;

use Exception;
use WP_CLI;
use WP_CLI\Formatter;
use function WP_CLI\Utils\get_flag_value;
use function WP_CLI\Utils\make_progress_bar;

/**
 * Deletes what ended long ago.
 */
class PurgeCommand {

	private $bar = null;

	private $shown = 0;

	/**
	 * Deletes actions that ended long ago, with their logs, in small batches that let others through.
	 *
	 * Then come log rows whose action is gone, and claims that are older than a day and hold nothing. Without --before the filters decide that Action Scheduler's own cleaner asks: 31 days for complete and canceled actions. Pending and running actions are never deleted.
	 *
	 * ## OPTIONS
	 *
	 * [--status=<statuses>]
	 * : Delete actions of these statuses, separated by commas: complete, canceled, failed. Default: what the filters say, complete and canceled.
	 *
	 * [--before=<date>]
	 * : Delete actions last touched before this time, say '7 days ago'. Default: what the filters say.
	 *
	 * [--limit=<number>]
	 * : Delete so many actions at most. Default: 0, all.
	 *
	 * [--batch-size=<size>]
	 * : How many rows to delete at a time, at most. The size adapts to the time that a batch takes. Default: 900.
	 *
	 * [--pause=<milliseconds>]
	 * : How long to pause between batches. Default: half of what the last one took.
	 *
	 * [--dry-run]
	 * : Delete nothing, only count.
	 *
	 * [--format=<format>]
	 * : How to show the summary: table or json.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     wp asq purge --dry-run
	 *     wp asq purge --status=failed --before='90 days ago'
	 */
	public function __invoke( $args, $assoc_args ) {
		try {
			$counts = asq_purge( $this->options( $assoc_args ) );
		} catch ( Exception $e ) {
			$this->finish();
			WP_CLI::error( $e->getMessage() );
		}
		$this->finish();
		$counts['seconds']               = round( $counts['seconds'], 3 );
		$counts['longest_batch_seconds'] = round( $counts['longest_batch_seconds'], 3 );
		if ( 'json' === $assoc_args['format'] ) {
			WP_CLI::line( wp_json_encode( $counts ) );
			return;
		}
		( new Formatter( $assoc_args, array_keys( $counts ) ) )->display_items( array( $counts ) );
		if ( get_flag_value( $assoc_args, 'dry-run', false ) ) {
			WP_CLI::success( sprintf( '%d actions would be deleted.', $counts['actions'] ) );
		} else {
			WP_CLI::success( sprintf( '%d actions deleted.', $counts['actions'] ) );
		}
	}

	/** The options of asq_purge(). */
	private function options( array $assoc_args ) {
		$options = array( 'dry_run' => (bool) get_flag_value( $assoc_args, 'dry-run', false ) );
		if ( isset( $assoc_args['status'] ) ) {
			$options['statuses'] = $this->statuses( $assoc_args['status'] );
		}
		if ( isset( $assoc_args['before'] ) ) {
			$options['before'] = $this->date( $assoc_args['before'] );
		}
		foreach ( array( 'limit' => 'limit', 'batch-size' => 'batch', 'pause' => 'pause' ) as $flag => $option ) {
			if ( isset( $assoc_args[ $flag ] ) ) {
				$options[ $option ] = whole_number( $assoc_args, $flag, 0 );
			}
		}
		if ( 'table' === $assoc_args['format'] && ! \cli\Shell::isPiped() ) {
			$options['on_progress'] = array( $this, 'progress' );
		}
		return $options;
	}

	private function statuses( $list ) {
		$statuses = names( $list );
		foreach ( $statuses as $status ) {
			if ( in_array( $status, array( 'pending', 'in-progress' ), true ) ) {
				WP_CLI::error( sprintf( 'Actions that are %s have not ended: deleting them would lose work. To give up pending ones, cancel them.', $status ) );
			}
			if ( ! in_array( $status, array( 'complete', 'canceled', 'failed' ), true ) ) {
				WP_CLI::error( sprintf( 'There is no status %s to purge, only complete, canceled and failed.', $status ) );
			}
		}
		if ( ! $statuses ) {
			WP_CLI::error( '--status needs one of complete, canceled and failed.' );
		}
		return $statuses;
	}

	private function date( $text ) {
		try {
			if ( true === $text || '' === trim( $text ) ) {
				throw new Exception( 'it is empty' );
			}
			return as_get_datetime_object( $text );
		} catch ( Exception $e ) {
			WP_CLI::error( sprintf( '--before is no date: %s', $e->getMessage() ) );
		}
	}

	/** Called by asq_purge() after each step. */
	public function progress( array $counts ) {
		if ( ! $this->bar ) {
			$this->bar = make_progress_bar( sprintf( 'Purging %d actions', $counts['total'] ), max( 1, $counts['total'] ) );
		}
		$this->bar->tick( $counts['actions'] - $this->shown );
		$this->shown = $counts['actions'];
	}

	private function finish() {
		if ( $this->bar ) {
			$this->bar->finish();
			$this->bar = null;
		}
	}
}
