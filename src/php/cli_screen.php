<?php
/*
 * What `wp asq status` and its kin look like: a screen that is drawn anew, columns of a terminal's width, and numbers as people
 * read them.
 */

namespace Asq\Cli;

use WP_CLI;

/** `wp asq status --watch` */
class StatusWatch {

	/** What takes long to count is to take no more than a twentieth of the time. */
	const SHARE = 20;

	private $options;
	private $format;
	private $counted = array();
	private $next    = 0.0;
	private $cost    = 0.0;

	public function __construct( array $options, $format ) {
		$this->options = $options;
		$this->format  = $format;
	}

	public function run( $seconds ) {
		$terminal = 'table' === $this->format && ! \cli\Shell::isPiped();
		while ( true ) {
			$began  = microtime( true );
			$status = $this->status( $began );
			$screen = new StatusScreen( $status );
			if ( 'json' === $this->format ) {
				WP_CLI::line( wp_json_encode( $status ) );
			} elseif ( $terminal ) {
				$this->redraw( $screen, sprintf( 'Every %d s; Ctrl-C ends it.', $seconds ) );
			} else {
				WP_CLI::line( implode( "\n", $screen->lines() ) . "\n" );
			}
			flush();
			usleep( (int) ( 1e6 * max( 0.1, $began + $seconds - microtime( true ) ) ) );
		}
	}

	private function status( $now ) {
		if ( $now < $this->next ) {
			// With the counts of before.
			return call( 'asq_queue_status', array( 'counts' => false ) ) + $this->counted;
		}
		$status        = call( 'asq_queue_status', $this->options );
		$this->next    = microtime( true ) + self::SHARE * ( microtime( true ) - $now );
		$this->counted = array_intersect_key( $status, array_flip( array( 'counts', 'approximate', 'groups', 'hooks' ) ) );
		return $status;
	}

	/** Over what was there, so that nothing flickers; cut to the screen. */
	private function redraw( StatusScreen $screen, $last ) {
		$rows    = (int) exec( 'stty size 2>/dev/null </dev/tty' );
		$room    = ( $rows > 3 ? $rows : 24 ) - 2;
		$lines   = array_slice( $screen->lines( $room ), 0, $room );
		$lines[] = $last;
		fwrite( STDOUT, "\033[H" . implode( "\033[K\n", $lines ) . "\033[K\n\033[J" );
	}
}

/** What `wp asq status` prints of an asq_queue_status(), in 80 columns or the terminal's. */
class StatusScreen {

	private $status;
	private $width;

	public function __construct( array $status ) {
		$this->status = $status;
		$this->width  = \cli\Shell::isPiped() ? 80 : max( 80, min( 160, (int) \cli\Shell::columns() ) );
	}

	/** With room for so many lines only, groups and hooks make way for the workers. */
	public function lines( $room = null ) {
		do {
			$lines = array_merge( $this->head(), $this->parts( 'groups', 'group' ), $this->parts( 'hooks', 'hook' ), array( '' ), $this->workers() );
		} while ( $room && count( $lines ) > $room && $this->shorten() );
		return $lines;
	}

	private function shorten() {
		if ( empty( $this->status['groups'] ) && empty( $this->status['hooks'] ) ) {
			return false;
		}
		array_pop( $this->status['groups'] );
		array_pop( $this->status['hooks'] );
		return true;
	}

	private function head() {
		$minute = $this->status['last_minute'];
		$age    = $this->status['oldest_due_age'];
		$lines  = array();
		if ( isset( $this->status['counts'] ) ) {
			$counts = $this->status['counts'];
			$table  = new Columns( $this->width, array( 'due', 'scheduled', 'in progress', 'complete', 'failed', 'canceled' ) );
			$table->add( array_map( __NAMESPACE__ . '\number', array_values( $counts ) ), array( 4 => $counts['failed'] ? 'r' : '' ) );
			$lines   = $table->lines();
			$lines[] = '';
		}
		$lines[] = 'Oldest due   ' . ( null === $age ? 'nothing is due' . ( $this->status['pauses'] ? ' that is not paused' : '' ) : paint( duration( $age ), $age > 300 ? 'r' : 'g' ) );
		$lines[] = sprintf( 'Last minute  %s complete, %s failed', number( $minute['complete'] ), $minute['failed'] ? paint( number( $minute['failed'] ), 'r' ) : '0' )
			. sprintf( ' (%s a second)', number_format( ( $minute['complete'] + $minute['failed'] ) / 60, 1 ) );
		if ( $this->status['pauses'] ) {
			$lines[] = 'Paused       ' . paint( pauses_text( $this->status['pauses'] ), 'y' );
		}
		return $lines;
	}

	/** The groups, or the hooks. */
	private function parts( $list, $key ) {
		if ( empty( $this->status[ $list ] ) ) {
			return array();
		}
		// Groups and hooks stand under each other: the same width for both.
		$names  = array_merge( array_column( $this->status['groups'], 'group' ), array_column( $this->status['hooks'], 'hook' ) );
		$widest = max( array_map( __NAMESPACE__ . '\width', $names ) );
		$table  = new Columns( $this->width, array( $key, 'due', 'scheduled', 'in progress', 'failed' ), 0, $widest );
		$paused = array_column( array_filter( $this->status['pauses'], function ( $pause ) use ( $key ) {
			return $key === $pause['kind'];
		} ), 'name' );
		foreach ( $this->status[ $list ] as $part ) {
			$cells = array( '' === $part[ $key ] ? '(none)' : $part[ $key ] );
			foreach ( array( 'due', 'future', 'in-progress', 'failed' ) as $count ) {
				$cells[] = ( in_array( $count, $this->status['approximate'], true ) ? '~' : '' ) . number( $part[ $count ] );
			}
			$table->add( $cells, array( 0 => in_array( $part[ $key ], $paused, true ) ? 'y' : '' ) );
		}
		return array_merge( array( '' ), $table->lines() );
	}

	/** Each supervisor with its workers. */
	public function workers() {
		if ( ! $this->status['workers'] ) {
			return array( 'No supervisor runs (`wp action-scheduler work`).' );
		}
		$lines = array();
		$table = null;
		foreach ( $this->status['workers'] as $worker ) {
			if ( 'supervisor' === $worker['role'] || ! $table ) {
				$lines   = $table ? array_merge( $lines, $table->lines(), array( '' ) ) : $lines;
				$lines[] = $this->supervisor( $worker );
				$table   = new Columns( $this->width, array( '  pid', 'state', 'for', 'done', 'failed', 'memory', 'beat', 'action' ), 7 );
			}
			if ( 'worker' === $worker['role'] ) {
				$table->add(
					array(
						'  ' . $worker['pid'],
						$worker['alive'] ? $worker['state'] : 'dead',
						null === $worker['action_age'] ? '' : duration( $worker['action_age'] ),
						number( $worker['succeeded'] ),
						number( $worker['failed'] ),
						$worker['memory'] ? round( $worker['memory'] / 1048576 ) . ' MB' : '',
						duration( $worker['heartbeat_age'] ),
						$worker['action_id'] ? $worker['action_id'] . ' ' . $worker['action_hook'] : '',
					),
					array(
						1 => $worker['alive'] ? ( $worker['action_id'] ? 'g' : '' ) : 'r',
						4 => $worker['failed'] ? 'r' : '',
					)
				);
			}
		}
		return array_merge( $lines, $table->lines() );
	}

	private function supervisor( array $row ) {
		if ( 'supervisor' !== $row['role'] ) {
			return paint( 'Workers whose supervisor is gone', 'r' );
		}
		$state = paint( 'dead', 'r' );
		if ( $row['alive'] ) {
			$state = paint( $row['state'], 'running' === $row['state'] ? 'g' : 'y' ) . ', up ' . duration( $row['uptime'] );
		}
		return sprintf( 'Supervisor %d on %s: %s, last beat %s ago', $row['pid'], cut( $row['host'], 24 ), $state, duration( $row['heartbeat_age'] ) );
	}
}

/** Columns of text: numbers to the right, words to the left; one column, if any, is cut so that a line fits. */
class Columns {

	private $width;
	private $names;
	private $cuts;
	private $least;
	private $rows   = array();
	private $colors = array();

	/** $least: how wide the column that may be cut is to be, even if nothing in it is. */
	public function __construct( $width, array $names, $cuts = null, $least = 10 ) {
		$this->width = $width;
		$this->least = $least;
		$this->names = array_map( 'strtoupper', $names );
		$this->cuts  = $cuts;
	}

	public function add( array $cells, array $colors = array() ) {
		$this->rows[]   = array_map( 'strval', $cells );
		$this->colors[] = $colors;
	}

	public function lines() {
		if ( ! $this->rows ) {
			return array();
		}
		$widths = $this->widths();
		$lines  = array( $this->line( $this->names, $widths, array() ) );
		foreach ( $this->rows as $i => $row ) {
			$lines[] = $this->line( $row, $widths, $this->colors[ $i ] );
		}
		return $lines;
	}

	private function widths() {
		$widths = array();
		foreach ( array_keys( $this->names ) as $i ) {
			$widths[ $i ] = max( array_map( __NAMESPACE__ . '\width', array_merge( array( $this->names[ $i ] ), array_column( $this->rows, $i ) ) ) );
		}
		if ( null !== $this->cuts ) {
			$widths[ $this->cuts ] = max( $this->least, $widths[ $this->cuts ] );
			$over                  = array_sum( $widths ) + 2 * ( count( $widths ) - 1 ) - $this->width;
			$widths[ $this->cuts ] = max( 10, $widths[ $this->cuts ] - max( 0, $over ) );
		}
		return $widths;
	}

	private function line( array $cells, array $widths, array $colors ) {
		$line = '';
		foreach ( $cells as $i => $cell ) {
			$cell  = cut( $cell, $widths[ $i ] );
			$space = str_repeat( ' ', $widths[ $i ] - width( $cell ) );
			$cell  = empty( $colors[ $i ] ) ? $cell : paint( $cell, $colors[ $i ] );
			$line .= ( $i ? '  ' : '' ) . ( $this->is_number( $i ) ? $space . $cell : $cell . $space );
		}
		return rtrim( $line );
	}

	private function is_number( $i ) {
		foreach ( array_column( $this->rows, $i ) as $cell ) {
			if ( '' !== $cell && ! preg_match( '/^\s*[~\d-]/', $cell ) ) {
				return false;
			}
		}
		return $i !== $this->cuts;
	}
}

function plural( $count, $what ) {
	return $count . ' ' . $what . ( 1 === $count ? '' : 's' );
}

function number( $number ) {
	return number_format( (float) $number );
}

/** 0.4 s, 12 s, 3 m 20 s, 2 h 14 m, 20 d 3 h */
function duration( $seconds ) {
	if ( $seconds < 60 ) {
		return ( is_float( $seconds ) && $seconds < 10 ? number_format( $seconds, 1 ) : (int) $seconds ) . ' s';
	}
	$seconds = (int) $seconds;
	foreach ( array( 86400 => 'd', 3600 => 'h', 60 => 'm' ) as $unit => $letter ) {
		if ( $seconds >= $unit ) {
			$smaller = array( 86400 => array( 3600, 'h' ), 3600 => array( 60, 'm' ), 60 => array( 1, 's' ) )[ $unit ];
			$rest    = intdiv( $seconds % $unit, $smaller[0] );
			return intdiv( $seconds, $unit ) . " $letter" . ( $rest ? " $rest {$smaller[1]}" : '' );
		}
	}
}

/** In a colour (r, g, y) on a terminal, and plain elsewhere. */
function paint( $text, $color ) {
	return WP_CLI::colorize( "%$color" . str_replace( '%', '%%', $text ) . '%n' );
}
