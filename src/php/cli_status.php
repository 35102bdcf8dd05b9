<?php
/*
 * Seeing the queue and pausing it: `wp asq status`, `workers`, `pause`, `resume` and `pauses`. What they show is what the
 * asq_* functions of the same names return.
 */

namespace Asq\Cli;

use Exception;
use WP_CLI;
use WP_CLI\Formatter;
use function WP_CLI\Utils\get_flag_value;

/**
 * Looks after the queue: what is in it, who works on it, what is paused.
 */
class QueueNamespace extends WP_CLI\Dispatcher\CommandNamespace {
}

class StatusCommand {

	public static function register() {
		WP_CLI::add_command( 'asq', QueueNamespace::class );
		foreach ( array( 'status', 'workers', 'pause', 'resume', 'pauses' ) as $name ) {
			WP_CLI::add_command( "asq $name", array( new self(), $name ) );
		}
	}

	/**
	 * Shows how much there is to do, how late it is, and who works on it.
	 *
	 * Groups and hooks are counted by a sample where there are many actions; such numbers begin with ~.
	 *
	 * With --check it prints one line instead, and the exit status says how the queue is, for Docker and for monitoring:
	 *
	 * * 0: All is well.
	 * * 1: No supervisor is alive. (wp itself ends with 1, too, where it cannot start.)
	 * * 2: The queue is behind: an action is overdue, or workers are missing or stuck.
	 * * 3: It cannot be told: the database does not answer.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : table, or json for all there is. Default: table.
	 *
	 * [--top=<n>]
	 * : How many groups and hooks to show, those with most to do; 0: none. Default: 5.
	 *
	 * [--exact]
	 * : Count groups and hooks by all actions, not by a sample. Slow with many.
	 *
	 * [--watch[=<seconds>]]
	 * : Show it again and again, until Ctrl-C. Default: every 2 seconds. What takes long to count is counted less often.
	 *
	 * [--check[=<what>]]
	 * : Check the queue's health: supervisor, age, workers, or several of them, separated by commas. Default: all.
	 *
	 * [--max-age=<seconds>]
	 * : Of --check: how long an action may have been due. Default: 300.
	 *
	 * [--max-run=<seconds>]
	 * : Of --check: how long a worker may have been busy with one action. Default: 0, as long as it likes.
	 *
	 * [--host[=<name>]]
	 * : Of --check: look only at the supervisors and workers of this host. Without a name: of the machine it runs on.
	 *
	 * ## EXAMPLES
	 *
	 *     wp asq status --watch
	 *     wp asq status --format=json --top=50
	 *     wp asq status --check --max-age=60
	 *     wp asq status --check=age
	 */
	public function status( $args, $assoc_args ) {
		if ( get_flag_value( $assoc_args, 'check' ) ) {
			( new HealthCheck( $assoc_args ) )->run();
			return;
		}
		$format  = one_of( 'format', get_flag_value( $assoc_args, 'format', 'table' ), array( 'table', 'json' ) );
		$options = array( 'top' => whole_number( $assoc_args, 'top', 5 ) );
		if ( get_flag_value( $assoc_args, 'exact' ) ) {
			$options['sample'] = 0;
		}
		$watch = get_flag_value( $assoc_args, 'watch' );
		if ( $watch ) {
			( new StatusWatch( $options, $format ) )->run( true === $watch ? 2 : max( 1, whole_number( $assoc_args, 'watch', 2 ) ) );
			return;
		}
		$status = call( 'asq_queue_status', $options );
		WP_CLI::line( 'json' === $format ? wp_json_encode( $status ) : implode( "\n", ( new StatusScreen( $status ) )->lines() ) );
	}

	/**
	 * Lists the supervisors and workers, on all hosts.
	 *
	 * Those without a heartbeat for 10 seconds are dead.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : table, json, csv, yaml or count. Default: table, each supervisor with its workers.
	 *
	 * [--fields=<fields>]
	 * : Show these fields, separated by commas; by default, in all formats but the table, all: worker_id, supervisor_id, role, host, pid, state, alive, heartbeat_age, started_gmt, uptime, action_id, action_hook, action_age, succeeded, failed, memory, claim_id, options.
	 *
	 * ## EXAMPLES
	 *
	 *     wp asq workers
	 *     wp asq workers --format=csv --fields=host,pid,alive,action_id,action_age
	 */
	public function workers( $args, $assoc_args ) {
		$workers = call( 'asq_workers' );
		$fields  = array( 'worker_id', 'supervisor_id', 'role', 'host', 'pid', 'state', 'alive', 'heartbeat_age', 'started_gmt', 'uptime', 'action_id', 'action_hook', 'action_age', 'succeeded', 'failed', 'memory', 'claim_id', 'options' );
		if ( 'table' === get_flag_value( $assoc_args, 'format', 'table' ) && ! isset( $assoc_args['fields'] ) ) {
			$screen = new StatusScreen( array( 'workers' => $workers ) );
			WP_CLI::line( implode( "\n", $screen->workers() ) );
			return;
		}
		( new Formatter( $assoc_args, $fields ) )->display_items( $workers );
	}

	/**
	 * Pauses a hook, a group, or the whole queue.
	 *
	 * Actions of what is paused stay pending; those that run already go on. A worker pool heeds it within two seconds, `wp action-scheduler run` and WP-Cron from their next batch on. It lasts until `wp asq resume`.
	 *
	 * ## OPTIONS
	 *
	 * [--hook=<hook>]
	 * : Pause this hook.
	 *
	 * [--group=<group>]
	 * : Pause this group.
	 *
	 * [--all]
	 * : Pause everything.
	 *
	 * ## EXAMPLES
	 *
	 *     wp asq pause --hook=woocommerce_deliver_webhook_async
	 *     wp asq pause --all
	 */
	public function pause( $args, $assoc_args ) {
		list( $kind, $name ) = $this->target( $assoc_args );
		if ( ! call( 'asq_pause', $kind, $name ) ) {
			WP_CLI::success( ucfirst( target_text( $kind, $name ) ) . ' was paused already.' );
			return;
		}
		if ( 'all' !== $kind && ! as_has_any( $kind, $name ) ) {
			WP_CLI::warning( sprintf( 'There has been no action of the %s yet. Check the name.', target_text( $kind, $name ) ) );
		}
		WP_CLI::success( ucfirst( target_text( $kind, $name ) ) . ' is paused.' );
	}

	/**
	 * Ends a pause.
	 *
	 * --all ends the pause of the whole queue; hooks and groups that are paused on their own stay so.
	 *
	 * ## OPTIONS
	 *
	 * [--hook=<hook>]
	 * : Resume this hook.
	 *
	 * [--group=<group>]
	 * : Resume this group.
	 *
	 * [--all]
	 * : Resume the whole queue.
	 *
	 * ## EXAMPLES
	 *
	 *     wp asq resume --hook=woocommerce_deliver_webhook_async
	 */
	public function resume( $args, $assoc_args ) {
		list( $kind, $name ) = $this->target( $assoc_args );
		if ( call( 'asq_resume', $kind, $name ) ) {
			WP_CLI::success( ucfirst( target_text( $kind, $name ) ) . ' goes on.' );
		} else {
			WP_CLI::warning( ucfirst( target_text( $kind, $name ) ) . ' was not paused.' );
		}
		$rest = call( 'asq_pauses' );
		if ( $rest ) {
			WP_CLI::log( 'Still paused: ' . pauses_text( $rest ) . '.' );
		}
	}

	/**
	 * Lists what is paused.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : table, json, csv, yaml or count. Default: table.
	 */
	public function pauses( $args, $assoc_args ) {
		( new Formatter( $assoc_args, array( 'kind', 'name', 'paused_gmt' ) ) )->display_items( call( 'asq_pauses' ) );
	}

	/** The one of --hook, --group and --all that is given. */
	private function target( $assoc_args ) {
		$given = array_intersect_key( $assoc_args, array_flip( array( 'hook', 'group', 'all' ) ) );
		if ( 1 !== count( $given ) || false === reset( $given ) ) {
			WP_CLI::error( 'Give one of --hook=<hook>, --group=<group> and --all.' );
		}
		$kind = key( $given );
		if ( 'all' === $kind ) {
			return array( 'all', '' );
		}
		if ( ! is_string( $given[ $kind ] ) || '' === $given[ $kind ] ) {
			WP_CLI::error( "--$kind needs a name: --$kind=<$kind>." );
		}
		return array( $kind, $given[ $kind ] );
	}
}

/** `wp asq status --check`: one line, and an exit status. */
class HealthCheck {

	const NO_SUPERVISOR = 1;
	const BEHIND        = 2;
	const UNKNOWN       = 3;

	private $what;
	private $max_age;
	private $max_run;
	private $host;

	public function __construct( array $assoc_args ) {
		$all        = array( 'supervisor', 'age', 'workers' );
		$check      = get_flag_value( $assoc_args, 'check' );
		$this->what = true === $check ? $all : names( $check );
		foreach ( $this->what as $one ) {
			one_of( 'check', $one, $all );
		}
		$this->max_age = whole_number( $assoc_args, 'max-age', 300 );
		$this->max_run = whole_number( $assoc_args, 'max-run', 0 );
		$host          = get_flag_value( $assoc_args, 'host' );
		$this->host    = true === $host ? gethostname() : $host;
	}

	public function run() {
		try {
			$status = asq_queue_status( array( 'counts' => false ) );
		} catch ( Exception $e ) {
			WP_CLI::line( 'UNKNOWN: ' . $e->getMessage() );
			WP_CLI::halt( self::UNKNOWN );
		}
		$workers = array_filter( $status['workers'], array( $this, 'is_ours' ) );
		$faults  = array();
		foreach ( $this->what as $check ) {
			$faults += $this->{"check_$check"}( $status, $workers );
		}
		if ( $faults ) {
			WP_CLI::line( 'UNHEALTHY: ' . implode( '; ', $faults ) . '.' );
			// The graver one: without a supervisor the rest follows.
			$codes = array_keys( $faults );
			WP_CLI::halt( in_array( 'supervisor', $codes, true ) ? self::NO_SUPERVISOR : self::BEHIND );
		}
		WP_CLI::line( 'OK: ' . $this->summary( $status, $workers ) . '.' );
	}

	private function is_ours( array $worker ) {
		return ! $this->host || $worker['host'] === $this->host;
	}

	/** A supervisor that stops takes nothing on any more. */
	private function supervisors( array $workers ) {
		return array_filter(
			$workers,
			function ( $worker ) {
				return 'supervisor' === $worker['role'] && $worker['alive'] && 'stopping' !== $worker['state'];
			}
		);
	}

	private function check_supervisor( array $status, array $workers ) {
		if ( $this->supervisors( $workers ) ) {
			return array();
		}
		return array( 'supervisor' => 'no supervisor is alive' . ( $this->host ? " on {$this->host}" : '' ) );
	}

	private function check_age( array $status ) {
		$age = $status['oldest_due_age'];
		if ( null === $age || $age <= $this->max_age ) {
			return array();
		}
		return array( 'age' => sprintf( 'the oldest due action has waited %s, more than %s', duration( $age ), duration( $this->max_age ) ) );
	}

	private function check_workers( array $status, array $workers ) {
		$faults = array();
		foreach ( $this->supervisors( $workers ) as $supervisor ) {
			$alive = 0;
			foreach ( $workers as $worker ) {
				$alive += $worker['supervisor_id'] === $supervisor['worker_id'] && $worker['alive'] ? 1 : 0;
			}
			if ( 0 === $alive ) {
				$faults['workers'] = sprintf( 'the supervisor %d on %s has no worker', $supervisor['pid'], $supervisor['host'] );
			}
		}
		foreach ( $workers as $worker ) {
			if ( $this->max_run && $worker['alive'] && 'worker' === $worker['role'] && $worker['action_age'] > $this->max_run ) {
				$faults['stuck'] = sprintf( 'worker %d on %s has been busy with action %d (%s) for %s', $worker['pid'], $worker['host'], $worker['action_id'], $worker['action_hook'], duration( $worker['action_age'] ) );
			}
		}
		return $faults;
	}

	private function summary( array $status, array $workers ) {
		$busy  = 0;
		$alive = 0;
		foreach ( $workers as $worker ) {
			$alive += 'worker' === $worker['role'] && $worker['alive'] ? 1 : 0;
			$busy  += 'worker' === $worker['role'] && $worker['alive'] && $worker['action_id'] ? 1 : 0;
		}
		$text = sprintf( '%s, %s (%d busy), ', plural( count( $this->supervisors( $workers ) ), 'supervisor' ), plural( $alive, 'worker' ), $busy );
		$text .= null === $status['oldest_due_age'] ? 'nothing is due' : 'oldest due ' . duration( $status['oldest_due_age'] );
		return $text . ( $status['pauses'] ? ', paused: ' . pauses_text( $status['pauses'] ) : '' );
	}
}

/** Calls a function of the extension; what it throws ends the command with status 1. */
function call( $function, ...$args ) {
	try {
		return $function( ...$args );
	} catch ( Exception $e ) {
		WP_CLI::error( $e->getMessage() );
	} catch ( \Error $e ) {
		WP_CLI::error( $e->getMessage() );
	}
}

/** Whether there is or was any action of the hook or group. */
function as_has_any( $kind, $name ) {
	$query = array(
		$kind      => $name,
		'per_page' => 1,
		'orderby'  => 'none',
	);
	return (bool) as_get_scheduled_actions( $query, 'ids' );
}

function target_text( $kind, $name ) {
	return 'all' === $kind ? 'the queue' : "$kind $name";
}

function pauses_text( array $pauses ) {
	$texts = array();
	foreach ( $pauses as $pause ) {
		$texts[] = target_text( $pause['kind'], $pause['name'] );
	}
	return implode( ', ', $texts );
}

/** One of the words that are allowed; else the command ends. */
function one_of( $flag, $value, array $allowed ) {
	if ( ! in_array( $value, $allowed, true ) ) {
		WP_CLI::error( sprintf( '--%s must be one of %s, not "%s".', $flag, implode( ', ', $allowed ), is_scalar( $value ) ? $value : '' ) );
	}
	return $value;
}
