<?php
/**
 * For benchmarks/purge.sh: the others, while a purge goes on: one that enqueues and one that runs the queue, each of which keeps the
 * longest time that it was held up. To be run after WordPress has booted: ROLE STOP_FILE. Prints how many it has done, the median,
 * the 99th percentile and the longest, in milliseconds.
 */

list( , $role, $stop ) = $argv;
$times = array();

/** Calls $work over and over until the file is there; $work adds to $times. */
$until_stopped = static function ( callable $work ) use ( $stop ) {
	do {
		$work();
		usleep( 2000 );
		clearstatcache();
	} while ( ! file_exists( $stop ) );
};

if ( 'enqueue' === $role ) {
	$until_stopped(
		static function () use ( &$times ) {
			$began = hrtime( true );
			if ( ! as_enqueue_async_action( 'bench_nothing', array( count( $times ) ), 'bench' ) ) {
				throw new RuntimeException( 'an action was not stored' );
			}
			$times[] = ( hrtime( true ) - $began ) / 1e6;
		}
	);
} else {
	/* The time from each step to the next: the claim, an action's start, its end, the end of the run. The cleaner has nothing to do. */
	add_filter( 'action_scheduler_default_cleaner_statuses', static fn() => array( 'none' ) );
	$last = 0;
	$step = static function () use ( &$times, &$last ) {
		$now     = hrtime( true );
		$times[] = ( $now - $last ) / 1e6;
		$last    = $now;
	};
	$until_stopped(
		static function () use ( &$last, $step ) {
			$last   = hrtime( true );
			$counts = asq_worker_run( array( 'force' => true, 'on_batch' => $step, 'on_start' => $step, 'on_complete' => $step, 'on_failure' => $step ) );
			$step();
			if ( $counts['lost'] || $counts['failed'] ) {
				throw new RuntimeException( 'actions were lost: ' . json_encode( $counts ) );
			}
		}
	);
}
sort( $times );
$count = count( $times );
printf( "%d %.1f %.1f %.1f\n", $count, $times[ intdiv( $count, 2 ) ], $times[ (int) ( $count * 0.99 ) ], $times[ $count - 1 ] );
