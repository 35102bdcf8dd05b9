<?php
/*
 * `wp action-scheduler action`: single actions, where there is no plugin that has the command.
 */

namespace Asq\Cli;

use ActionScheduler;
use ActionScheduler_NullAction;
use ActionScheduler_Store;
use Exception;
use WP_CLI;
use WP_CLI\Formatter;
use function WP_CLI\Utils\get_flag_value;
use function WP_CLI\Utils\make_progress_bar;

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
