<?php
/**
 * For benchmarks/: timing a call.
 */

/**
 * The median of a call's time, in milliseconds; the calls before the measured ones warm up.
 *
 * @param callable( int $n ) $call
 */
function bench_median( callable $call, int $calls, int $warm_up ): float {
	$times = array();
	for ( $n = -$warm_up; $n < $calls; $n++ ) {
		$began = hrtime( true );
		$call( $n );
		$time = hrtime( true ) - $began;
		if ( $n >= 0 ) {
			$times[] = $time / 1e6;
		}
	}
	sort( $times );
	return $times[ intdiv( $calls, 2 ) ];
}
