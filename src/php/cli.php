<?php
/*
 * The WP-CLI command. `run` is the extension's worker, with or without the Action Scheduler plugin; where there is no
 * plugin, the other subcommands are here too. They call the as_* functions and the store, and print.
 */

namespace Asq\Cli;

use ActionScheduler;
use ActionScheduler_QueueCleaner;
use ActionScheduler_Store;
use ActionScheduler_SystemInformation;
use ActionScheduler_Versions;
use Exception;
use WP_CLI;
use WP_CLI\Formatter;
use function WP_CLI\Utils\get_flag_value;

/**
 * Runs and looks after scheduled actions.
 */
class Command {

	/** Adds `run` to the plugin's command or, without the plugin, the whole command; and `wp asq`, which is ours. */
	public static function register( bool $standalone ) {
		WP_CLI::add_command( 'asq schema', SchemaCommand::class );
		WP_CLI::add_command( 'asq purge', PurgeCommand::class );
		WP_CLI::add_command( 'asq dead-letter', DeadLetterCommand::class );
		WP_CLI::add_command( 'asq circuit', CircuitCommand::class );
		WP_CLI::add_command( 'asq webhook', WebhookCommand::class );
		if ( $standalone ) {
			WP_CLI::add_command( 'action-scheduler', __CLASS__ );
			WP_CLI::add_command( 'action-scheduler action', ActionCommand::class );
		} else {
			WP_CLI::add_command( 'action-scheduler run', array( new self(), 'run' ) );
			WP_CLI::add_command( 'action-scheduler work', array( new self(), 'work' ) );
		}
		StatusCommand::register();
	}

	/**
	 * Runs the actions that are due.
	 *
	 * Ends when nothing is due any more, or after the given number of batches. The exit status tells whether the run itself succeeded: an action that fails does not change it.
	 *
	 * ## OPTIONS
	 *
	 * [--batch-size=<size>]
	 * : How many actions to claim at a time. Default: 100.
	 *
	 * [--batches=<number>]
	 * : How many batches to run. Default: 0, until nothing is due.
	 *
	 * [--cleanup-batch-size=<size>]
	 * : How many old actions to delete, of each status. Default: the batch size.
	 *
	 * [--hooks=<hooks>]
	 * : Run only actions of these hooks, separated by commas.
	 *
	 * [--group=<group>]
	 * : Run only actions of this group.
	 *
	 * [--exclude-groups=<groups>]
	 * : Run no actions of these groups, separated by commas. Without effect if --group is given.
	 *
	 * [--free-memory-on=<number>]
	 * : Free memory whenever so many actions have run; 0: never. Default: 50.
	 *
	 * [--pause=<seconds>]
	 * : How long to pause when memory is freed. Default: 0.
	 *
	 * [--force]
	 * : Run even if as many batches as are allowed are being run by others.
	 *
	 * ## EXAMPLES
	 *
	 *     wp action-scheduler run
	 *     wp action-scheduler run --group=emails --batch-size=25 --batches=4
	 */
	public function run( $args, $assoc_args ) {
		$size    = absint( get_flag_value( $assoc_args, 'batch-size', 100 ) );
		$options = array(
			'batch_size'         => $size,
			'batches'            => absint( get_flag_value( $assoc_args, 'batches', 0 ) ),
			'cleanup_batch_size' => absint( get_flag_value( $assoc_args, 'cleanup-batch-size', $size ) ),
			'hooks'              => names( get_flag_value( $assoc_args, 'hooks', '' ) ),
			'group'              => (string) get_flag_value( $assoc_args, 'group', '' ),
			'exclude_groups'     => names( get_flag_value( $assoc_args, 'exclude-groups', '' ) ),
			'free_memory_on'     => absint( get_flag_value( $assoc_args, 'free-memory-on', 50 ) ),
			'pause'              => absint( get_flag_value( $assoc_args, 'pause', 0 ) ),
			'force'              => (bool) get_flag_value( $assoc_args, 'force', false ),
			'context'            => 'WP CLI',
		);
		( new Run() )->run( $options );
	}

	/**
	 * Works the queue with several processes, until it is told to stop.
	 *
	 * Picks up at once what is enqueued on this host, and within some seconds what is enqueued elsewhere. Workers that die, hang or leak are replaced. More than one host may work on one site.
	 *
	 * TERM and INT stop it: running actions are given time to end. QUIT (or a second TERM) stops it at once. HUP restarts the workers one after the other, for new code. USR1 prints what is going on. Exit codes: 0 stopped as asked, 1 it could not start, 2 actions that were running had to be given up, 3 the workers do not start.
	 *
	 * ## OPTIONS
	 *
	 * [--workers=<number>]
	 * : How many processes run actions. Default: 2.
	 *
	 * [--batch-size=<number>]
	 * : How many actions to claim at a time, at most. Default: 500.
	 *
	 * [--hooks=<hooks>]
	 * : Run only actions of these hooks, separated by commas.
	 *
	 * [--group=<groups>]
	 * : Run only actions of these groups, separated by commas.
	 *
	 * [--exclude-groups=<groups>]
	 * : Run no actions of these groups, separated by commas. Without effect if --group is given.
	 *
	 * [--memory-limit=<size>]
	 * : Replace a worker that uses more than this after an action; 0: never. Default: 256M.
	 *
	 * [--max-actions=<number>]
	 * : Replace a worker that has run so many actions. Default: 0, never.
	 *
	 * [--max-time=<seconds>]
	 * : Replace a worker that is as old as that. Default: 0, never.
	 *
	 * [--job-timeout=<seconds>]
	 * : End an action that takes longer; it has failed. 0: never. Default: 300, Action Scheduler's own (filter action_scheduler_failure_period).
	 *
	 * [--grace=<seconds>]
	 * : How long running actions have to end when it is stopped. Default: 30.
	 *
	 * [--commit=<when>]
	 * : group: write what happens every few milliseconds, many actions at a time. each: commit each start before its callback is called, and each end after.
	 * ---
	 * default: group
	 * options:
	 *   - group
	 *   - each
	 * ---
	 *
	 * [--poll=<milliseconds>]
	 * : How often to look, when idle, for what other hosts have enqueued. Default: 1000.
	 *
	 * [--drain]
	 * : End when nothing is due any more.
	 *
	 * ## EXAMPLES
	 *
	 *     wp action-scheduler work --workers=4
	 *     wp action-scheduler work --group=high_priority --workers=1
	 */
	public function work( $args, $assoc_args ) {
		$groups  = names( get_flag_value( $assoc_args, 'group', '' ) );
		$without = names( get_flag_value( $assoc_args, 'exclude-groups', '' ) );
		$options = array(
			'workers'        => whole_number( $assoc_args, 'workers', 2 ),
			'batch_size'     => whole_number( $assoc_args, 'batch-size', 500 ),
			'hooks'          => names( get_flag_value( $assoc_args, 'hooks', '' ) ),
			'groups'         => $groups ? $groups : $without,
			'exclude_groups' => ! $groups && $without,
			'memory_limit'   => $this->memory_limit( (string) get_flag_value( $assoc_args, 'memory-limit', '256M' ) ),
			'max_actions'    => whole_number( $assoc_args, 'max-actions', 0 ),
			'max_time'       => whole_number( $assoc_args, 'max-time', 0 ),
			'job_timeout'    => whole_number( $assoc_args, 'job-timeout', max( 0, (int) apply_filters( 'action_scheduler_failure_period', 5 * MINUTE_IN_SECONDS ) ) ),
			'grace'          => whole_number( $assoc_args, 'grace', 30 ),
			'commit_each'    => 'each' === get_flag_value( $assoc_args, 'commit', 'group' ),
			'poll'           => whole_number( $assoc_args, 'poll', 1000 ),
			'drain'          => (bool) get_flag_value( $assoc_args, 'drain', false ),
			'quiet'          => (bool) WP_CLI::get_config( 'quiet' ),
		);
		try {
			$ended = \Asq\Native\work( $options );
		} catch ( \Throwable $e ) {
			WP_CLI::error( $e->getMessage() );
		}
		if ( ! empty( $ended['exit_code'] ) ) {
			WP_CLI::halt( $ended['exit_code'] );
		}
	}

	/** In bytes. */
	private function memory_limit( $given ) {
		$bytes = preg_match( '/^\d+\s*[kmg]?b?$/i', $given ) ? wp_convert_hr_to_bytes( $given ) : -1;
		if ( $bytes < 0 ) {
			WP_CLI::error( sprintf( '--memory-limit must be a size such as 256M, not "%s".', $given ) );
		}
		return $bytes;
	}

	/**
	 * Deletes actions that are done, in batches.
	 *
	 * ## OPTIONS
	 *
	 * [--batch-size=<size>]
	 * : How many actions of each status to delete at a time. Default: 20.
	 *
	 * [--batches=<number>]
	 * : How many batches to delete. Default: 0, until none are left.
	 *
	 * [--status=<statuses>]
	 * : Delete actions of these statuses, separated by commas. Default: complete and canceled.
	 *
	 * [--before=<date>]
	 * : Delete actions last touched before this time, say '7 days ago'. Default: 31 days ago.
	 *
	 * [--pause=<seconds>]
	 * : How long to pause between batches. Default: 0.
	 *
	 * ## EXAMPLES
	 *
	 *     wp action-scheduler clean --status=complete,failed --before='90 days ago'
	 */
	public function clean( $args, $assoc_args ) {
		$size     = absint( get_flag_value( $assoc_args, 'batch-size', 20 ) );
		$batches  = absint( get_flag_value( $assoc_args, 'batches', 0 ) );
		$statuses = names( get_flag_value( $assoc_args, 'status', '' ) );
		$pause    = absint( get_flag_value( $assoc_args, 'pause', 0 ) );
		$done     = 0;
		$total    = 0;
		try {
			$before  = as_get_datetime_object( get_flag_value( $assoc_args, 'before', '31 days ago' ) );
			$cleaner = new ActionScheduler_QueueCleaner( null, $size );
			while ( 0 === $batches || $done < $batches ) {
				if ( $pause && $done ) {
					sleep( $pause );
				}
				$deleted = count( $cleaner->clean_actions( $statuses, $before, null, 'CLI' ) );
				if ( 0 === $deleted ) {
					break;
				}
				$done++;
				$total += $deleted;
				$this->say_deleted( $deleted );
			}
		} catch ( Exception $e ) {
			/* translators: %s refers to the exception error message */
			WP_CLI::error( sprintf( __( 'There was an error deleting an action: %s', 'action-scheduler' ), $e->getMessage() ) );
		}
		/* translators: %d refers to the total number of batches processed */
		WP_CLI::log( sprintf( _n( '%d batch processed.', '%d batches processed.', $done, 'action-scheduler' ), $done ) );
		if ( $done > 1 ) {
			$this->say_deleted( $total );
		}
	}

	private function say_deleted( $count ) {
		/* translators: %d refers to the total number of actions deleted */
		WP_CLI::success( sprintf( _n( '%d action deleted.', '%d actions deleted.', $count, 'action-scheduler' ), $count ) );
	}

	/**
	 * Makes the tables, or brings them up to date.
	 *
	 * @subcommand fix-schema
	 */
	public function fix_schema( $args, $assoc_args ) {
		foreach ( array( 'ActionScheduler_LoggerSchema', 'ActionScheduler_StoreSchema' ) as $class ) {
			$schema = new $class();
			$schema->init();
			$schema->register_tables( true );
			if ( ! $schema->tables_exist() ) {
				WP_CLI::error( sprintf( 'The tables of %s could not be made: %s', $class, \Asq\Native\last_error() ) );
			}
			/* translators: %s refers to the schema name*/
			WP_CLI::success( sprintf( __( 'Registered schema for %s', 'action-scheduler' ), $class ) );
		}
	}

	/**
	 * Shows what runs the queue, and how many actions there are of each status.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : How to show the numbers: table, csv, json or yaml. Default: table.
	 */
	public function status( $args, $assoc_args ) {
		$enabled = has_action( 'action_scheduler_run_queue' ) ? '' : ' (disabled)';
		WP_CLI::line( sprintf( 'Data store: %s', get_class( ActionScheduler::store() ) ) );
		WP_CLI::line( sprintf( 'Runner: %s%s', get_class( ActionScheduler::runner() ), $enabled ) );
		WP_CLI::line( sprintf( 'Version: %s', ActionScheduler_Versions::instance()->latest_version() ) );
		$rows = array();
		foreach ( ActionScheduler::store()->action_counts() as $status => $count ) {
			$rows[] = array(
				'status' => $status,
				'count'  => $count,
				'oldest' => $this->date_at_end( $status, 'ASC' ),
				'newest' => $this->date_at_end( $status, 'DESC' ),
			);
		}
		( new Formatter( $assoc_args, array( 'status', 'count', 'oldest', 'newest' ) ) )->display_items( $rows );
	}

	private function date_at_end( $status, $order ) {
		$id = ActionScheduler::store()->query_action(
			array(
				'status' => $status,
				'order'  => $order,
			)
		);
		return $id && ActionScheduler_Store::STATUS_RUNNING !== $status ? ActionScheduler::store()->get_date( $id )->format( DATE_FORMAT ) : '-';
	}

	/**
	 * Shows the version of Action Scheduler that the queue behaves as.
	 *
	 * ## OPTIONS
	 *
	 * [--all]
	 * : Show all that are registered.
	 */
	public function version( $args, $assoc_args ) {
		$active = ActionScheduler_Versions::instance()->latest_version();
		if ( ! get_flag_value( $assoc_args, 'all' ) ) {
			WP_CLI::line( $active );
			return;
		}
		$rows = array();
		foreach ( ActionScheduler_Versions::instance()->get_versions() as $version => $callback ) {
			$rows[ $version ] = array(
				'version'  => $version,
				'callback' => $callback,
				'active'   => $version === $active ? 'yes' : 'no',
			);
		}
		uksort( $rows, 'version_compare' );
		( new Formatter( $assoc_args, array( 'version', 'callback', 'active' ) ) )->display_items( $rows );
	}

	/**
	 * Shows where the code is that runs the queue.
	 *
	 * ## OPTIONS
	 *
	 * [--all]
	 * : Show all places that are registered.
	 *
	 * [--fullpath]
	 * : Show whole paths.
	 */
	public function source( $args, $assoc_args ) {
		$shown = function ( $path ) use ( $assoc_args ) {
			return get_flag_value( $assoc_args, 'fullpath' ) ? $path : str_replace( ABSPATH, '', $path );
		};
		if ( ! get_flag_value( $assoc_args, 'all' ) ) {
			WP_CLI::line( $shown( ActionScheduler_SystemInformation::active_source_path() ) );
			return;
		}
		$rows = array();
		foreach ( ActionScheduler_SystemInformation::get_sources() as $source => $version ) {
			$rows[] = array(
				'source'  => $shown( $source ),
				'version' => $version,
				'active'  => trailingslashit( dirname( $source ) ) === ActionScheduler_SystemInformation::active_source_path() ? 'yes' : 'no',
			);
		}
		( new Formatter( $assoc_args, array( 'source', 'version', 'active' ) ) )->display_items( $rows );
	}

	/**
	 * Shows the class that runs the queue.
	 */
	public function runner( $args, $assoc_args ) {
		WP_CLI::line( get_class( ActionScheduler::runner() ) );
	}

	/**
	 * Shows the class that stores the actions.
	 *
	 * @subcommand data-store
	 */
	public function data_store( $args, $assoc_args ) {
		WP_CLI::line( get_class( ActionScheduler::store() ) );
	}
}

const DATE_FORMAT = 'Y-m-d H:i:s O';

/** The names in a list separated by commas; one that has a comma itself may be put in double quotes. */
function names( $list ) {
	return array_values( array_filter( array_map( 'trim', array_map( 'strval', str_getcsv( (string) $list, ',', '"', '\\' ) ) ), 'strlen' ) );
}

/** A flag that is a whole number; what is none is an error that says so, and not taken for 0. */
function whole_number( array $assoc_args, $flag, $default ) {
	$value = get_flag_value( $assoc_args, $flag, $default );
	if ( ! is_int( $value ) && ! ctype_digit( (string) $value ) ) {
		WP_CLI::error( sprintf( '--%s must be a whole number, not "%s".', $flag, is_bool( $value ) ? '' : $value ) );
	}
	return (int) $value;
}

/** In columns of a terminal; in bytes where there is no mbstring. */
function width( $text ) {
	return function_exists( 'mb_strwidth' ) ? mb_strwidth( $text, 'UTF-8' ) : strlen( $text );
}

function cut( $text, $width ) {
	if ( width( $text ) <= $width ) {
		return $text;
	}
	// Without mbstring, not in the middle of a character.
	return function_exists( 'mb_strimwidth' ) ? mb_strimwidth( $text, 0, $width, '…', 'UTF-8' ) : preg_replace( '/[\xC0-\xFF][\x80-\xBF]*$/D', '', substr( $text, 0, $width - 3 ) ) . '...';
}
