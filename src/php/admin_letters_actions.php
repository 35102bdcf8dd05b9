<?php
/*
 * What the admin's page does with dead letters. Who may, and whether it was meant, has been looked at by then.
 */

namespace Asq\Admin;

/**
 * Retries, deletes and purges, and counts what came of it.
 */
class LettersActions {

	/** At most so many of "all that match" in one request, and for so many seconds. */
	const AT_ONCE = 500;
	const SECONDS = 10;

	/** Between two looks at the clock. */
	const STEP = 25;

	const PURGED_AT_ONCE = 5000;

	/** So many letters that throw, and the others are left: it may be the database. */
	const PATIENCE = 5;

	/** @var int[] done, already (had been retried), gone, failed (could not be enqueued), left. */
	public $counts = array(
		'done'    => 0,
		'already' => 0,
		'gone'    => 0,
		'failed'  => 0,
		'left'    => 0,
	);

	/** @var string What ended it. */
	public $error = '';

	/** @var int The action that was made last. */
	public $action_id = 0;

	/** @var int The letter that was tried last. */
	private $at = 0;

	/** Seconds for which letters are kept; 0: for ever. As the extension takes it: what is no number is the default. */
	public static function retention() {
		$kept = apply_filters( 'asq_dead_letter_retention', 30 * DAY_IN_SECONDS );
		if ( null === $kept || false === $kept ) {
			return 0;
		}
		return is_numeric( $kept ) ? max( 0, (int) $kept ) : 30 * DAY_IN_SECONDS;
	}

	public static function purge_label() {
		/* translators: %s: some time, say 30 days */
		return sprintf( __( 'Delete those older than %s', 'action-scheduler' ), self::days( self::retention() ) );
	}

	private static function days( $seconds ) {
		if ( $seconds % DAY_IN_SECONDS ) {
			return human_time_diff( 0, $seconds );
		}
		$days = $seconds / DAY_IN_SECONDS;
		/* translators: %s: a number */
		return sprintf( _n( '%s day', '%s days', $days, 'action-scheduler' ), number_format_i18n( $days ) );
	}

	/**
	 * Retries letters that have been retried $seen times, so far as the user knew.
	 *
	 * @param int[]      $ids
	 * @param int        $seen
	 * @param array|null $args Other args than before.
	 */
	public function retry( array $ids, $seen, $args = null ) {
		$none   = array();
		$thrown = 0;
		foreach ( $ids as $id ) {
			$this->at = $id;
			$made     = 0;
			$well     = $this->guarded(
				function () use ( $id, $args, $seen, &$made ) {
					$made = asq_dead_letter_retry( $id, $args, $seen )[ $id ] ?? 0;
				}
			);
			if ( $made ) {
				$this->action_id = $made;
				++$this->counts['done'];
			} elseif ( $well ) {
				$none[] = $id;
			} else {
				++$this->counts['failed'];
				if ( ++$thrown >= self::PATIENCE ) {
					break;
				}
			}
		}
		$this->explain( $none, $seen );
	}

	/** Why nothing was made of these. */
	private function explain( array $ids, $seen ) {
		if ( ! $ids ) {
			return;
		}
		$this->guarded(
			function () use ( $ids, $seen ) {
				$there                 = asq_dead_letters(
					array(
						'ids'      => $ids,
						'per_page' => 0,
					)
				);
				$this->counts['gone'] += count( $ids ) - count( $there );
				foreach ( $there as $letter ) {
					++$this->counts[ $letter['retry_count'] > $seen ? 'already' : 'failed' ];
				}
			}
		);
	}

	/** @param int[] $ids */
	public function delete( array $ids ) {
		$this->guarded(
			function () use ( $ids ) {
				$deleted               = asq_dead_letter_delete( $ids );
				$this->at              = end( $ids );
				$this->counts['done'] += $deleted;
				$this->counts['gone'] += count( $ids ) - $deleted;
			}
		);
	}

	/**
	 * Part of all letters that a filter finds, from an id on up to another: so what fails again meanwhile is left alone.
	 *
	 * @param string $what  retry or delete.
	 * @param array  $which A query.
	 * @param int    $above Where it was left.
	 *
	 * @return int Where it is left now.
	 */
	public function part( $what, array $which, $above ) {
		$until = microtime( true ) + self::SECONDS;
		$this->guarded(
			function () use ( $what, $which, &$above, $until ) {
				$ids = asq_dead_letters(
					array(
						'id_above' => $above,
						'return'   => 'ids',
						'order'    => 'asc',
						'orderby'  => 'id',
						'per_page' => self::AT_ONCE,
					) + $which
				);
				foreach ( array_chunk( $ids, self::STEP ) as $some ) {
					if ( 'retry' === $what ) {
						$this->retry( $some, 0 );
					} else {
						$this->delete( $some );
					}
					$above = max( $above, $this->at );
					if ( '' !== $this->error || microtime( true ) > $until ) {
						break;
					}
				}
				$this->counts['left'] = LettersFilter::number( array( 'id_above' => $above ) + $which );
			}
		);
		return $above;
	}

	public function purge() {
		$kept = self::retention();
		if ( ! $kept ) {
			return;
		}
		$this->guarded(
			function () use ( $kept ) {
				$before               = time() - $kept;
				$this->counts['done'] = asq_dead_letters_purge(
					array(
						'before' => $before,
						'limit'  => self::PURGED_AT_ONCE,
					)
				);
				$this->counts['left'] = LettersFilter::number( array( 'before' => $before ) );
			}
		);
	}

	/** What the database, or whoever listens, throws is told to the user. */
	private function guarded( callable $do ) {
		try {
			$do();
			return true;
		} catch ( \Throwable $e ) {
			$this->error = $e->getMessage() ? $e->getMessage() : get_class( $e );
			return false;
		}
	}
}
