<?php
/*
 * `wp asq dead-letter`: what has failed for good.
 */

namespace Asq\Cli;

use Exception;
use WP_CLI;
use WP_CLI\Formatter;
use function WP_CLI\Utils\get_flag_value;
use function WP_CLI\Utils\make_progress_bar;

/**
 * Lists, retries and deletes dead letters: actions that have failed for good under a retry policy.
 */
class DeadLetterCommand {

	const FIELDS = array( 'id', 'action_id', 'hook', 'group', 'reason', 'error_class', 'error_message', 'attempts', 'last_failure_gmt', 'retry_count', 'new_action_id' );

	const BATCH = 100;

	/**
	 * Lists dead letters, the newest first.
	 *
	 * ## OPTIONS
	 *
	 * [--hook=<hook>]
	 * : Only of this hook.
	 *
	 * [--group=<group>]
	 * : Only of this group.
	 *
	 * [--error=<class>]
	 * : Only with an error of exactly this class.
	 *
	 * [--reason=<reason>]
	 * : Only for this reason: exhausted, permanent or crashed.
	 *
	 * [--search=<text>]
	 * : Only with this text in hook, args, group or error.
	 *
	 * [--after=<date>]
	 * : Only such as have failed since then, say '2 days ago'.
	 *
	 * [--before=<date>]
	 * : Only such as have failed before then.
	 *
	 * [--retried]
	 * : Only such as have been retried; --no-retried: only others.
	 *
	 * [--per-page=<number>]
	 * : How many; 0: all. Default: 50.
	 *
	 * [--page=<number>]
	 * : Which of these. Default: 1.
	 *
	 * [--orderby=<field>]
	 * : id, last_failure, first_failure, hook, group, error_class, attempts or retry_count. Default: id.
	 *
	 * [--order=<order>]
	 * : asc or desc. Default: desc.
	 *
	 * [--fields=<fields>]
	 * : Which columns to show.
	 *
	 * [--field=<field>]
	 * : Show this column only.
	 *
	 * [--format=<format>]
	 * : How to show them.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - csv
	 *   - yaml
	 *   - ids
	 *   - count
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     wp asq dead-letter list
	 *     wp asq dead-letter list --hook=send_invoice --no-retried --format=ids
	 *
	 * @subcommand list
	 */
	public function list_( $args, $assoc_args ) {
		$query = $this->query( $assoc_args ) + array(
			'per_page' => whole_number( $assoc_args, 'per-page', 50 ),
			'page'     => whole_number( $assoc_args, 'page', 1 ),
			'orderby'  => get_flag_value( $assoc_args, 'orderby', 'id' ),
			'order'    => get_flag_value( $assoc_args, 'order', 'desc' ),
		);
		if ( 'count' === $assoc_args['format'] ) {
			WP_CLI::line( (string) $this->ask( 'asq_dead_letters', array( 'return' => 'count' ) + $query ) );
			return;
		}
		if ( 'ids' === $assoc_args['format'] ) {
			WP_CLI::line( implode( ' ', $this->ask( 'asq_dead_letters', array( 'return' => 'ids' ) + $query ) ) );
			return;
		}
		$letters = $this->ask( 'asq_dead_letters', $query );
		if ( 'table' === $assoc_args['format'] ) {
			foreach ( $letters as &$letter ) {
				$letter['error_message'] = cut( (string) strtok( $letter['error_message'] . "\n", "\n" ), 60 );
			}
		}
		( new Formatter( $assoc_args, self::FIELDS ) )->display_items( $letters );
	}

	/**
	 * Shows a dead letter, with its trace.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its id.
	 *
	 * [--field=<field>]
	 * : Show this field only.
	 *
	 * [--format=<format>]
	 * : How to show it.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - yaml
	 * ---
	 */
	public function show( $args, $assoc_args ) {
		$letter = $this->ask( 'asq_dead_letter', $this->ids( $args )[0] );
		if ( ! $letter ) {
			WP_CLI::error( sprintf( 'There is no dead letter %s.', $args[0] ) );
		}
		if ( 'json' !== $assoc_args['format'] ) {
			$letter['args']     = $letter['args_json'];
			$letter['metadata'] = wp_json_encode( $letter['metadata'] );
			$letter['schedule'] = str_replace( "\0", '', (string) $letter['schedule'] );
			unset( $letter['args_json'] );
		}
		( new Formatter( $assoc_args, array_keys( $letter ) ) )->display_item( $letter );
	}

	/**
	 * Enqueues again what dead letters hold, to be run at once.
	 *
	 * ## OPTIONS
	 *
	 * [<id>...]
	 * : Their ids.
	 *
	 * [--all]
	 * : All that have not been retried yet, or those of them that the other flags leave.
	 *
	 * [--hook=<hook>]
	 * : With --all: only of this hook.
	 *
	 * [--group=<group>]
	 * : With --all: only of this group.
	 *
	 * [--error=<class>]
	 * : With --all: only with an error of this class.
	 *
	 * [--args=<json>]
	 * : Other args than before: a JSON array.
	 *
	 * [--yes]
	 * : Do not ask.
	 *
	 * ## EXAMPLES
	 *
	 *     wp asq dead-letter retry 12 13
	 *     wp asq dead-letter retry --all --hook=send_invoice --yes
	 */
	public function retry( $args, $assoc_args ) {
		$other = null;
		if ( isset( $assoc_args['args'] ) ) {
			$other = json_decode( (string) $assoc_args['args'], true );
			if ( ! is_array( $other ) ) {
				WP_CLI::error( '--args must be a JSON array.' );
			}
		}
		$ids  = $this->chosen( $args, $assoc_args, array( 'retried' => false ), 'Retry %d dead letters?' );
		// Of "all" those that somebody else has retried meanwhile are left out; an id is meant as it is.
		$seen = $args ? null : 0;
		$done = $this->each_batch(
			'Retrying',
			$ids,
			function ( $some ) use ( $other, $seen ) {
				return count( array_filter( $this->ask( 'asq_dead_letter_retry', $some, $other, $seen ) ) );
			}
		);
		$this->report( $done, count( $ids ), 'retried' );
	}

	/**
	 * Deletes dead letters.
	 *
	 * ## OPTIONS
	 *
	 * [<id>...]
	 * : Their ids.
	 *
	 * [--all]
	 * : All, or those that the other flags leave.
	 *
	 * [--hook=<hook>]
	 * : With --all: only of this hook.
	 *
	 * [--group=<group>]
	 * : With --all: only of this group.
	 *
	 * [--error=<class>]
	 * : With --all: only with an error of this class.
	 *
	 * [--retried]
	 * : With --all: only such as have been retried; --no-retried: only others.
	 *
	 * [--yes]
	 * : Do not ask.
	 */
	public function delete( $args, $assoc_args ) {
		$ids  = $this->chosen( $args, $assoc_args, array(), 'Delete %d dead letters?' );
		$done = $this->each_batch(
			'Deleting',
			$ids,
			function ( $some ) {
				return $this->ask( 'asq_dead_letter_delete', $some );
			}
		);
		$this->report( $done, count( $ids ), 'deleted' );
	}

	/**
	 * Deletes dead letters that are older than 30 days.
	 *
	 * ## OPTIONS
	 *
	 * [--before=<date>]
	 * : Older than this, say '7 days ago'. Default: 30 days ago, or what the filter asq_dead_letter_retention says.
	 *
	 * [--hook=<hook>]
	 * : Only of this hook.
	 *
	 * [--limit=<number>]
	 * : So many at most. Default: 0, all.
	 */
	public function purge( $args, $assoc_args ) {
		$options = array( 'limit' => whole_number( $assoc_args, 'limit', 0 ) );
		if ( isset( $assoc_args['before'] ) ) {
			$options['before'] = $this->date( $assoc_args, 'before' );
		}
		if ( isset( $assoc_args['hook'] ) ) {
			$options['hook'] = (string) $assoc_args['hook'];
		}
		WP_CLI::success( sprintf( '%d dead letters deleted.', $this->ask( 'asq_dead_letters_purge', $options ) ) );
	}

	/**
	 * Counts dead letters by hook, group and error.
	 *
	 * ## OPTIONS
	 *
	 * [--top=<number>]
	 * : How many of each. Default: 10.
	 *
	 * [--format=<format>]
	 * : How to show it.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 * ---
	 */
	public function stats( $args, $assoc_args ) {
		$stats = $this->ask( 'asq_dead_letter_stats', array( 'top' => whole_number( $assoc_args, 'top', 10 ) ) );
		if ( 'json' === $assoc_args['format'] ) {
			WP_CLI::line( wp_json_encode( $stats ) );
			return;
		}
		WP_CLI::log( sprintf( '%d dead letters, %d of them retried; %d in the last 24 hours. The oldest: %s', $stats['total'], $stats['retried'], $stats['last_24_hours'], $stats['oldest_gmt'] ?? 'none' ) );
		foreach ( array( 'hooks' => 'hook', 'groups' => 'group', 'error_classes' => 'error_class' ) as $list => $name ) {
			if ( $stats[ $list ] ) {
				$table = array( 'format' => 'table' );
				( new Formatter( $table, array( $name, 'count', 'not_retried', 'last_failure_gmt' ) ) )->display_items( $stats[ $list ] );
			}
		}
	}

	/** Calls one of the functions; what it throws is the command's error. */
	private function ask( callable $function, ...$args ) {
		try {
			return $function( ...$args );
		} catch ( \Throwable $e ) {
			WP_CLI::error( $e->getMessage() );
		}
	}

	/** The flags that say which, as a query of asq_dead_letters(). */
	private function query( array $assoc_args ) {
		$query = array();
		foreach ( array( 'hook' => 'hook', 'group' => 'group', 'error' => 'error_class', 'reason' => 'reason', 'search' => 'search' ) as $flag => $key ) {
			if ( isset( $assoc_args[ $flag ] ) ) {
				$query[ $key ] = (string) $assoc_args[ $flag ];
			}
		}
		foreach ( array( 'after', 'before' ) as $flag ) {
			if ( isset( $assoc_args[ $flag ] ) ) {
				$query[ $flag ] = $this->date( $assoc_args, $flag );
			}
		}
		$retried = get_flag_value( $assoc_args, 'retried', null );
		if ( null !== $retried ) {
			$query['retried'] = (bool) $retried;
		}
		return $query;
	}

	private function date( array $assoc_args, $flag ) {
		try {
			if ( true === $assoc_args[ $flag ] || '' === trim( $assoc_args[ $flag ] ) ) {
				throw new Exception( 'it is empty' );
			}
			return as_get_datetime_object( $assoc_args[ $flag ] );
		} catch ( Exception $e ) {
			WP_CLI::error( sprintf( '--%s is no date: %s', $flag, $e->getMessage() ) );
		}
	}

	private function ids( array $args ) {
		foreach ( $args as $id ) {
			if ( ! ctype_digit( (string) $id ) ) {
				WP_CLI::error( sprintf( '"%s" is no id of a dead letter.', $id ) );
			}
		}
		return array_map( 'intval', $args );
	}

	/** The letters that are meant: by their ids, or all that the flags leave, if that is confirmed. */
	private function chosen( array $args, array $assoc_args, array $query, $question ) {
		$all = (bool) get_flag_value( $assoc_args, 'all', false );
		if ( $all === (bool) $args ) {
			WP_CLI::error( 'Say which: by their ids, or --all.' );
		}
		if ( ! $all ) {
			return $this->ids( $args );
		}
		$ids = $this->ask( 'asq_dead_letters', $this->query( $assoc_args ) + $query + array( 'return' => 'ids', 'per_page' => 0, 'order' => 'asc' ) );
		if ( $ids ) {
			WP_CLI::confirm( sprintf( $question, count( $ids ) ), $assoc_args );
		}
		return $ids;
	}

	private function each_batch( $what, array $ids, callable $do ) {
		$bar  = count( $ids ) > self::BATCH && ! \cli\Shell::isPiped() ? make_progress_bar( sprintf( '%s %d dead letters', $what, count( $ids ) ), count( $ids ) ) : null;
		$done = 0;
		foreach ( array_chunk( $ids, self::BATCH ) as $some ) {
			$done += $do( $some );
			if ( $bar ) {
				$bar->tick( count( $some ) );
			}
		}
		if ( $bar ) {
			$bar->finish();
		}
		return $done;
	}

	private function report( $done, $meant, $how ) {
		if ( $done < $meant ) {
			WP_CLI::error( sprintf( '%d of %d dead letters %s: the others are gone, or could not be.', $done, $meant, $how ) );
		}
		WP_CLI::success( sprintf( '%d dead letters %s.', $done, $how ) );
	}
}
