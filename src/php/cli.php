<?php
/*
 * The WP-CLI command. `run` is the extension's worker, with or without the Action Scheduler plugin; where there is no
 * plugin, the other subcommands are here too. They call the as_* functions and the store, and print.
 */

namespace Asq\Cli;

use ActionScheduler;
use ActionScheduler_DataController;
use ActionScheduler_NullAction;
use ActionScheduler_QueueCleaner;
use ActionScheduler_Store;
use ActionScheduler_SystemInformation;
use ActionScheduler_Versions;
use Exception;
use WP_CLI;
use WP_CLI\Formatter;
use function WP_CLI\Utils\get_flag_value;
use function WP_CLI\Utils\make_progress_bar;

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
			'job_timeout'    => whole_number( $assoc_args, 'job-timeout', absint( apply_filters( 'action_scheduler_failure_period', 5 * MINUTE_IN_SECONDS ) ) ),
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

/**
 * Shows, makes, runs and removes single actions.
 */
class ActionCommand {

	/**
	 * Cancels the next pending action of a hook, or all of them.
	 *
	 * ## OPTIONS
	 *
	 * [<hook>]
	 * : The hook. May be left out if --all and --group are given.
	 *
	 * [--group=<group>]
	 * : Only actions of this group.
	 *
	 * [--args=<args>]
	 * : Only actions with these arguments, as JSON. Default: those that have none.
	 *
	 * [--all]
	 * : Cancel all of them; without --args and --group, whatever their arguments.
	 */
	public function cancel( $args, $assoc_args ) {
		$hook  = $args[0] ?? '';
		$group = get_flag_value( $assoc_args, 'group', '' );
		$with  = arguments( $assoc_args );
		if ( get_flag_value( $assoc_args, 'all', false ) ) {
			if ( empty( $hook ) && empty( $group ) ) {
				WP_CLI::error( __( 'Please specify hook and/or group of actions to cancel.', 'action-scheduler' ) );
			}
			as_unschedule_all_actions( $hook, $with, $group );
			WP_CLI::success( __( 'Request to cancel scheduled actions completed.', 'action-scheduler' ) );
			return;
		}
		if ( empty( $hook ) ) {
			WP_CLI::error( __( 'Please specify hook of action to cancel.', 'action-scheduler' ) );
		}
		if ( ! as_unschedule_action( $hook, $with, $group ) ) {
			/* translators: %1$s: singular or plural %2$s: refers to the exception error message. */
			WP_CLI::error( sprintf( __( 'There was an error cancelling the %1$s: %2$s', 'action-scheduler' ), __( 'scheduled action', 'action-scheduler' ), __( 'Unable to cancel scheduled action: check the logs.', 'action-scheduler' ) ) );
		}
		WP_CLI::success( __( 'Scheduled action cancelled.', 'action-scheduler' ) );
	}

	/**
	 * Schedules an action.
	 *
	 * ## OPTIONS
	 *
	 * <hook>
	 * : The hook to be called.
	 *
	 * <start>
	 * : When, as a Unix timestamp or a date; async or now: as soon as possible.
	 *
	 * [--args=<args>]
	 * : What to call it with, as JSON.
	 *
	 * [--cron=<expression>]
	 * : Repeat it by this cron expression.
	 *
	 * [--group=<group>]
	 * : The group.
	 *
	 * [--interval=<seconds>]
	 * : Repeat it at this interval.
	 *
	 * [--unique]
	 * : Only if there is none yet.
	 *
	 * [--priority=<priority>]
	 * : 0 to 255, lower comes first. Default: 10.
	 *
	 * ## EXAMPLES
	 *
	 *     wp action-scheduler action create send_report async --args='{"to":"admin"}'
	 *     wp action-scheduler action create send_report 'tomorrow 6:00' --interval=86400
	 *     wp action-scheduler action create send_report now --cron='0 6 * * 1-5'
	 */
	public function create( $args, $assoc_args ) {
		list( $hook, $start ) = $args;
		$interval             = absint( get_flag_value( $assoc_args, 'interval', 0 ) );
		$cron                 = get_flag_value( $assoc_args, 'cron', '' );
		$rest                 = array( $hook, arguments( $assoc_args ), get_flag_value( $assoc_args, 'group', '' ), (bool) get_flag_value( $assoc_args, 'unique', false ), absint( get_flag_value( $assoc_args, 'priority', 10 ) ) );
		$async                = in_array( $start, array( 'async', 'now', '0' ), true );
		try {
			$when = $async ? time() : as_get_datetime_object( $start )->getTimestamp();
			if ( $interval ) {
				$type = 'recurring';
				$id   = as_schedule_recurring_action( $when, $interval, ...$rest );
			} elseif ( $cron ) {
				$type = 'cron';
				$id   = as_schedule_cron_action( $when, $cron, ...$rest );
			} elseif ( $async ) {
				$type = 'async';
				$id   = as_enqueue_async_action( ...$rest );
			} else {
				$type = 'single';
				$id   = as_schedule_single_action( $when, ...$rest );
			}
		} catch ( Exception $e ) {
			$this->fail_to_create( $e->getMessage() );
		}
		if ( ! $id ) {
			$this->fail_to_create( __( 'Unable to create a scheduled action.', 'action-scheduler' ) );
		}
		/* translators: %1$s: type of action, %2$d: ID of the created action */
		WP_CLI::success( sprintf( __( '%1$s action (%2$d) scheduled.', 'action-scheduler' ), ucfirst( $type ), $id ) );
	}

	private function fail_to_create( $message ) {
		/* translators: %s refers to the exception error message. */
		WP_CLI::error( sprintf( __( 'There was an error creating the scheduled action: %s', 'action-scheduler' ), $message ) );
	}

	/**
	 * Deletes actions.
	 *
	 * ## OPTIONS
	 *
	 * <id>...
	 * : The actions' ids.
	 *
	 * ## EXAMPLES
	 *
	 *     wp action-scheduler action delete $( wp action-scheduler action list --status=failed --format=ids )
	 */
	public function delete( $args, $assoc_args ) {
		$deleted = 0;
		$failed  = 0;
		/* translators: %d: number of actions to be deleted */
		$bar = make_progress_bar( sprintf( _n( 'Deleting %d action', 'Deleting %d actions', count( $args ), 'action-scheduler' ), count( $args ) ), count( $args ) );
		foreach ( array_map( 'absint', $args ) as $id ) {
			try {
				ActionScheduler::store()->delete_action( $id );
				$deleted++;
			} catch ( Exception $e ) {
				$failed++;
				WP_CLI::warning( $e->getMessage() );
			}
			$bar->tick();
		}
		$bar->finish();
		/* translators: %1$d: number of actions deleted */
		$format = _n( 'Deleted %1$d action', 'Deleted %1$d actions', $deleted, 'action-scheduler' ) . ', ';
		/* translators: %2$d: number of actions deletions failed */
		$format .= _n( '%2$d failure.', '%2$d failures.', $failed, 'action-scheduler' );
		WP_CLI::success( sprintf( $format, $deleted, $failed ) );
	}

	/**
	 * Schedules a number of single actions.
	 *
	 * ## OPTIONS
	 *
	 * <hook>
	 * : The hook to be called.
	 *
	 * <start>
	 * : When the first is to run, as a Unix timestamp or a date.
	 *
	 * [--count=<count>]
	 * : How many. Default: 1.
	 *
	 * [--interval=<seconds>]
	 * : The time between one and the next; may be negative. Default: 0.
	 *
	 * [--args=<args>]
	 * : What to call the hook with, as JSON.
	 *
	 * [--group=<group>]
	 * : The group.
	 */
	public function generate( $args, $assoc_args ) {
		list( $hook, $start ) = $args;
		$count                = absint( get_flag_value( $assoc_args, 'count', 1 ) );
		$interval             = (int) get_flag_value( $assoc_args, 'interval', 0 );
		$with                 = arguments( $assoc_args );
		$group                = get_flag_value( $assoc_args, 'group', '' );
		$made                 = 0;
		try {
			$when = as_get_datetime_object( $start )->getTimestamp();
			/* translators: %d is number of actions to create */
			$bar = make_progress_bar( sprintf( _n( 'Creating %d action', 'Creating %d actions', $count, 'action-scheduler' ), $count ), $count );
			for ( $i = 0; $i < $count; $i++ ) {
				$made += as_schedule_single_action( $when + $i * $interval, $hook, $with, $group ) ? 1 : 0;
				$bar->tick();
			}
			$bar->finish();
		} catch ( Exception $e ) {
			$this->fail_to_create( $e->getMessage() );
		}
		if ( $made < $count ) {
			$this->fail_to_create( sprintf( '%d of %d were scheduled.', $made, $count ) );
		}
		/* translators: %1$d refers to the total number of tasks added, %2$s is the action type */
		WP_CLI::success( sprintf( _n( '%1$d %2$s action scheduled.', '%1$d %2$s actions scheduled.', $made, 'action-scheduler' ), $made, 'single' ) );
	}

	/**
	 * Shows one action.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : The action's id.
	 *
	 * [--field=<field>]
	 * : Show only this field's value.
	 *
	 * [--fields=<fields>]
	 * : Show only these fields, separated by commas: id, hook, status, args, group, recurring, scheduled_date, log_entries.
	 *
	 * [--format=<format>]
	 * : table, csv, json or yaml. Default: table.
	 */
	public function get( $args, $assoc_args ) {
		$id     = absint( $args[0] );
		$action = ActionScheduler::store()->fetch_action( $id );
		if ( $action instanceof ActionScheduler_NullAction ) {
			/* translators: %d is action ID. */
			WP_CLI::error( sprintf( __( 'Unable to retrieve action %d.', 'action-scheduler' ), $id ) );
		}
		if ( 'log_entries' === ( $assoc_args['field'] ?? $assoc_args['fields'] ?? '' ) ) {
			$this->logs( $args, $assoc_args );
			return;
		}
		$fields = array( 'id', 'hook', 'status', 'args', 'group', 'recurring', 'scheduled_date', 'log_entries' );
		( new Formatter( $assoc_args, $fields ) )->display_item( row( $id, $action, $fields ) );
	}

	/**
	 * Lists actions.
	 *
	 * ## OPTIONS
	 *
	 * [--<field>=<value>]
	 * : What as_get_scheduled_actions() takes: hook, args (as JSON), date, date_compare, modified, modified_compare, group, status, claimed, per_page (default: 5), offset, orderby, order, search.
	 *
	 * [--field=<field>]
	 * : Show only this field's values.
	 *
	 * [--fields=<fields>]
	 * : Show these fields, separated by commas: id, hook, status, group, recurring, scheduled_date; also args, log_entries.
	 *
	 * [--format=<format>]
	 * : table, csv, ids, json, count or yaml. Default: table.
	 *
	 * ## EXAMPLES
	 *
	 *     wp action-scheduler action list --status=pending --group=emails --per_page=20
	 *
	 * @subcommand list
	 */
	public function list_( $args, $assoc_args ) {
		$query     = $assoc_args;
		$formatter = new Formatter( $query, array( 'id', 'hook', 'status', 'group', 'recurring', 'scheduled_date' ) );
		if ( isset( $query['args'] ) ) {
			$query['args'] = arguments( $query );
		}
		if ( isset( $query['status'] ) ) {
			$query['status'] = names( $query['status'] );
		}
		if ( in_array( $query['claimed'] ?? '', array( 'true', 'false' ), true ) ) {
			$query['claimed'] = 'true' === $query['claimed'];
		}
		try {
			$ids = as_get_scheduled_actions( $query, 'ids' );
		} catch ( Exception $e ) {
			WP_CLI::error( $e->getMessage() );
		}
		if ( in_array( $formatter->format, array( 'ids', 'count' ), true ) ) {
			WP_CLI::line( 'ids' === $formatter->format ? implode( ' ', $ids ) : (string) count( $ids ) );
			return;
		}
		$fields = $formatter->field ? array( $formatter->field ) : $formatter->fields;
		$rows   = array();
		foreach ( $ids as $id ) {
			$rows[] = row( $id, ActionScheduler::store()->fetch_action( $id ), $fields );
		}
		$formatter->display_items( $rows );
	}

	/**
	 * Shows an action's log.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : The action's id.
	 *
	 * [--format=<format>]
	 * : table, csv, json or yaml. Default: table.
	 */
	public function logs( $args, $assoc_args ) {
		$format = array( 'format' => get_flag_value( $assoc_args, 'format', 'table' ) );
		( new Formatter( $format, array( 'date', 'message' ) ) )->display_items( log_of( absint( $args[0] ) ) );
	}

	/**
	 * Shows the id of a hook's running or else next pending action.
	 *
	 * ## OPTIONS
	 *
	 * <hook>
	 * : The hook.
	 *
	 * [--args=<args>]
	 * : The action's arguments, as JSON. Default: none.
	 *
	 * [--group=<group>]
	 * : The action's group.
	 *
	 * [--raw]
	 * : Show instead what as_next_scheduled_action() returns: when it runs; 1 if it is running or to run at once.
	 */
	public function next( $args, $assoc_args ) {
		$with  = arguments( $assoc_args );
		$group = get_flag_value( $assoc_args, 'group', '' );
		if ( get_flag_value( $assoc_args, 'raw', false ) ) {
			WP_CLI::line( (string) as_next_scheduled_action( $args[0], $with, $group ) );
			return;
		}
		foreach ( array( ActionScheduler_Store::STATUS_RUNNING, ActionScheduler_Store::STATUS_PENDING ) as $status ) {
			$id = ActionScheduler::store()->query_action(
				array(
					'hook'   => $args[0],
					'args'   => $with,
					'group'  => $group,
					'status' => $status,
				)
			);
			if ( $id ) {
				WP_CLI::line( (string) $id );
				return;
			}
		}
		WP_CLI::warning( 'No matching next action.' );
	}

	/**
	 * Runs actions now, whether they are due or not.
	 *
	 * ## OPTIONS
	 *
	 * <id>...
	 * : The actions' ids.
	 */
	public function run( $args, $assoc_args ) {
		$became = array(
			'ignored'  => 'execution_ignored',
			'invalid'  => 'failed_validation',
			'failed'   => 'failed_execution',
			'executed' => 'after_execute',
		);
		$counts = array_fill_keys( array_keys( $became ), 0 );
		$ids    = array_map( 'absint', $args );
		foreach ( $became as $what => $hook ) {
			$count = function ( $id ) use ( &$counts, $what, $ids ) {
				$counts[ $what ] += in_array( (int) $id, $ids, true ) ? 1 : 0;
			};
			add_action( "action_scheduler_$hook", $count );
		}
		/* translators: %d: number of actions */
		$bar = make_progress_bar( sprintf( _n( 'Executing %d action', 'Executing %d actions', count( $ids ), 'action-scheduler' ), count( $ids ) ), count( $ids ) );
		foreach ( $ids as $id ) {
			try {
				ActionScheduler::runner()->process_action( $id, 'Action Scheduler CLI' );
			} catch ( Exception $e ) {
				WP_CLI::warning( $e->getMessage() );
			}
			$bar->tick();
		}
		$bar->finish();
		$executed = array_pop( $counts );
		foreach ( array_filter( $counts ) as $what => $count ) {
			/* translators: %1$d: count of actions evaluated. %2$s: type of action evaluated. */
			WP_CLI::warning( sprintf( _n( '%1$d action %2$s.', '%1$d actions %2$s.', $count, 'action-scheduler' ), $count, $what ) );
		}
		/* translators: %d: number of executed actions */
		WP_CLI::success( sprintf( _n( 'Executed %d action.', 'Executed %d actions.', $executed, 'action-scheduler' ), $executed ) );
	}
}

/** One run of the worker, and what is shown of it: on a terminal a bar and the errors, elsewhere a line for each step. */
class Run {

	private $bar = null;

	private $free_memory_on = 0;

	public function run( array $options ) {
		// In the plugin this listens from boot on.
		add_action( 'action_scheduler/progress_tick', array( ActionScheduler_DataController::class, 'maybe_free_memory' ) );
		ActionScheduler::runner();
		$this->free_memory_on = $options['free_memory_on'];
		// By the worker's own callbacks, not by hooks: a listener would keep it from its short way.
		if ( \cli\Shell::isPiped() ) {
			$options['on_start']    = array( $this, 'started' );
			$options['on_complete'] = array( $this, 'completed' );
		}
		$options['on_failure'] = array( $this, 'failed' );
		$options['on_batch']   = array( $this, 'batch' );
		$options['on_tick']    = array( $this, 'tick' );
		$options['on_warning'] = array( 'WP_CLI', 'warning' );
		try {
			$pauses = asq_pauses();
			if ( $pauses ) {
				WP_CLI::warning( 'Paused, and left alone: ' . pauses_text( $pauses ) . '.' );
			}
			$did = asq_worker_run( $options );
		} catch ( Exception $e ) {
			$this->finish();
			$this->stop( $e->getMessage() );
			return;
		}
		$this->finish();
		/* translators: %d refers to the total number of batches executed */
		WP_CLI::log( sprintf( _n( '%d batch executed.', '%d batches executed.', $did['batches'], 'action-scheduler' ), $did['batches'] ) );
		$retried = $did['retried'] ? sprintf( ', %d to be tried again', $did['retried'] ) : '';
		WP_CLI::log( sprintf( '%d succeeded, %d failed%s, %d ignored, %d lost in %.2f seconds.', $did['succeeded'], $did['failed'], $retried, $did['ignored'], $did['lost'], $did['seconds'] ) );
		/* translators: %d refers to the total number of tasks completed */
		WP_CLI::success( sprintf( _n( '%d scheduled task completed.', '%d scheduled tasks completed.', $did['succeeded'], 'action-scheduler' ), $did['succeeded'] ) );
	}

	/** Ends the process with status 1. */
	private function stop( $message ) {
		$crowded = array( 'There are too many concurrent batches.', __( 'There are too many concurrent batches.', 'action-scheduler' ) );
		if ( ! in_array( $message, $crowded, true ) ) {
			/* translators: %s refers to the exception error message */
			$message = sprintf( __( 'There was an error running the action scheduler: %s', 'action-scheduler' ), $message );
		}
		WP_CLI::error( $message );
	}

	public function batch( $total ) {
		$this->finish();
		/* translators: %d refers to how many scheduled tasks were found to run */
		WP_CLI::log( sprintf( _n( 'Found %d scheduled task', 'Found %d scheduled tasks', $total, 'action-scheduler' ), $total ) );
		/* translators: %d: amount of actions */
		$this->bar = make_progress_bar( sprintf( _n( 'Running %d action', 'Running %d actions', $total, 'action-scheduler' ), $total ), $total );
	}

	/** The worker calls the hook itself when memory is to be freed. */
	public function tick( $done ) {
		if ( $this->bar ) {
			$this->bar->tick();
		}
		if ( 0 === $this->free_memory_on || $done % $this->free_memory_on ) {
			do_action( 'action_scheduler/progress_tick', $done );
		}
	}

	private function finish() {
		if ( $this->bar ) {
			$this->bar->finish();
			$this->bar = null;
		}
	}

	public function started( $action_id ) {
		/* translators: %s refers to the action ID */
		WP_CLI::log( sprintf( __( 'Started processing action %s', 'action-scheduler' ), $action_id ) );
	}

	public function completed( $action_id, $hook ) {
		/* translators: 1: action ID 2: hook name */
		WP_CLI::log( sprintf( __( 'Completed processing action %1$s with hook: %2$s', 'action-scheduler' ), $action_id, $hook ) );
	}

	public function failed( $action_id, $reason ) {
		if ( ! \cli\Shell::isPiped() ) {
			WP_CLI::line(); // The bar's line stays behind.
		}
		/* translators: 1: action ID 2: exception message */
		WP_CLI::error( sprintf( __( 'Error processing action %1$s: %2$s', 'action-scheduler' ), $action_id, $reason ), false );
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

/** The flag --args, which is JSON. */
function arguments( array $assoc_args ) {
	$json = get_flag_value( $assoc_args, 'args', '[]' );
	$args = json_decode( $json, true );
	if ( ! is_array( $args ) ) {
		WP_CLI::error( sprintf( 'The arguments must be a JSON array or object, not %s', $json ) );
	}
	return $args;
}

/** An action as a row to show; what takes a query of its own only if it is asked for. */
function row( $id, $action, array $fields ) {
	$row  = array(
		'id'             => $id,
		'hook'           => $action->get_hook(),
		'status'         => in_array( 'status', $fields, true ) ? ActionScheduler::store()->get_status( $id ) : '',
		'args'           => $action->get_args(),
		'group'          => $action->get_group(),
		'recurring'      => $action->get_schedule()->is_recurring() ? 'yes' : 'no',
		'scheduled_date' => '0000-00-00 00:00:00',
		'log_entries'    => in_array( 'log_entries', $fields, true ) ? log_of( $id ) : array(),
	);
	$date = $action->get_schedule()->get_date();
	if ( $date ) {
		$row['scheduled_date'] = $date->format( DATE_FORMAT );
	}
	return $row;
}

function log_of( $id ) {
	$rows = array();
	foreach ( ActionScheduler::logger()->get_logs( $id ) as $entry ) {
		$rows[] = array(
			'date'    => $entry->get_date()->format( DATE_FORMAT ),
			'message' => $entry->get_message(),
		);
	}
	return $rows;
}
