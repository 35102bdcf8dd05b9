<?php
/*
 * `wp asq circuit`: circuit breakers on the command line.
 */

namespace Asq\Cli;

use Throwable;
use WP_CLI;
use WP_CLI\Formatter;
use function WP_CLI\Utils\get_flag_value;

/**
 * Shows circuit breakers, closes and opens them.
 */
class CircuitCommand {

	const FIELDS = array( 'name', 'state', 'failures', 'opened', 'again_in', 'failed_gmt', 'opened_gmt', 'until_gmt' );

	/**
	 * Lists the circuits that have ever failed, or been tripped.
	 *
	 * Failures are those within the window; opened says how often the circuit was opened. A half-open circuit is being tried, or will be with the next call.
	 *
	 * ## OPTIONS
	 *
	 * [--state=<state>]
	 * : Only those that are closed, open or half-open.
	 *
	 * [--fields=<fields>]
	 * : Show these: name, state, failures, opened, again_in, failed_gmt, opened_gmt, until_gmt.
	 *
	 * [--format=<format>]
	 * : table, json, csv, yaml, ids or count. Default: table.
	 *
	 * ## EXAMPLES
	 *
	 *     wp asq circuit list
	 *     wp asq circuit list --state=open --format=count
	 *
	 * @subcommand list
	 */
	public function list_( $args, $assoc_args ) {
		$state = get_flag_value( $assoc_args, 'state' );
		if ( null !== $state ) {
			one_of( 'state', $state, array( 'closed', 'open', 'half-open' ) );
		}
		$rows = array();
		foreach ( $this->circuits() as $circuit ) {
			if ( null === $state || $circuit['state'] === $state ) {
				$circuit['again_in'] = $circuit['wait'] > 0 ? ceil( $circuit['wait'] ) . ' s' : '';
				$rows[]              = $circuit;
			}
		}
		if ( 'ids' === get_flag_value( $assoc_args, 'format' ) ) {
			WP_CLI::line( implode( ' ', array_column( $rows, 'name' ) ) );
			return;
		}
		( new Formatter( $assoc_args, array( 'name', 'state', 'failures', 'opened', 'again_in', 'failed_gmt' ) ) )->display_items( $rows );
	}

	/**
	 * Closes circuits, and forgets their failures.
	 *
	 * ## OPTIONS
	 *
	 * [<name>...]
	 * : The circuits.
	 *
	 * [--all]
	 * : All circuits.
	 *
	 * ## EXAMPLES
	 *
	 *     wp asq circuit reset payment-api
	 */
	public function reset( $args, $assoc_args ) {
		$known = array_column( $this->circuits(), 'state', 'name' );
		$all   = (bool) get_flag_value( $assoc_args, 'all', false );
		if ( $all === (bool) $args ) {
			WP_CLI::error( 'Give the names of circuits, or --all.' );
		}
		foreach ( $all ? array_map( 'strval', array_keys( $known ) ) : $args as $name ) {
			if ( ! isset( $known[ $name ] ) ) {
				WP_CLI::warning( sprintf( 'The circuit %s has never failed. Check the name.', $name ) );
			} else {
				$changed = $this->of( $name, 'reset' );
				WP_CLI::success( $changed ? sprintf( 'The circuit %s is closed.', $name ) : sprintf( 'The circuit %s was closed already; its failures are forgotten.', $name ) );
			}
		}
	}

	/**
	 * Opens a circuit: what it guards is not called for a while.
	 *
	 * ## OPTIONS
	 *
	 * <name>
	 * : The circuit. It need not be known yet.
	 *
	 * [--for=<seconds>]
	 * : For how long. Default: 60.
	 *
	 * ## EXAMPLES
	 *
	 *     wp asq circuit trip payment-api --for=3600
	 */
	public function trip( $args, $assoc_args ) {
		$seconds = whole_number( $assoc_args, 'for', 60 );
		$this->of( $args[0], 'trip', $seconds );
		WP_CLI::success( sprintf( 'The circuit %s is open for %d seconds.', $args[0], $seconds ) );
	}

	private function circuits() {
		try {
			return asq_circuits();
		} catch ( Throwable $e ) {
			WP_CLI::error( $e->getMessage() );
		}
	}

	private function of( $name, $method, ...$args ) {
		try {
			return asq_circuit( $name )->$method( ...$args );
		} catch ( Throwable $e ) {
			WP_CLI::error( $e->getMessage() );
		}
	}
}
