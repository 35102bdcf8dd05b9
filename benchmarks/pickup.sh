# How soon an idle pool on the same host picks up what is enqueued: from the moment when as_enqueue_async_action() has
# returned to the callback's first line, by the machine's clock on both sides. One action at a time, with a pause of chance
# after each, of 20 to 200 ms. A little less than nothing is possible: the callback may begin before the enqueuer's own
# process goes on.
#
# PICKUPS: how many actions.

PICKUPS=${PICKUPS:-300}

WHAT=('pick-up by an idle pool, median' 'p95' 'p99' 'longest' 'with --commit=each, median' 'p95' 'p99' 'longest')
UNIT=(' ms' ' ms' ' ms' ' ms' ' ms' ' ms' ' ms' ' ms')
TARGET=('<= 5' '<= 20' '<= 20' '<= 1000' '<= 5' '<= 20' '<= 20' '<= 1000')
ALONE=1
MOST_ROUNDS=1
WARM_UP=0

# pickup [OPTION...]: prints the four numbers of a pool with these options.
pickup() {
	empty_queue
	: >"$RUN/begun"
	chmod 666 "$RUN/begun"
	BENCH_RESULT=$RUN/begun pool_start --workers=2 "$@"
	site_php asq "$PICKUPS" >"$RUN/enqueued" <<-'PHP'
		for ( $n = 1; $n <= $argv[1]; $n++ ) {
			as_enqueue_async_action( 'bench_pickup', array( $n ), 'bench' );
			printf( "%d %.6f\n", $n, microtime( true ) );
			usleep( random_int( 20000, 200000 ) );
		}
	PHP
	wait_for 30 all_begun
	pool_stop
	join <(sort -k 1b,1 "$RUN/enqueued") <(sort -k 1b,1 "$RUN/begun") | awk '{ printf "%.3f\n", ($3 - $2) * 1000 }' | sort -n | tee "$LOG/pickup.times" |
		awk '
			function part(share) { return time[int((NR - 1) * share + 0.5) + 1] }
			{ time[NR] = $1 }
			END { print part(0.5); print part(0.95); print part(0.99); print time[NR] }'
}

all_begun() {
	(($(wc -l <"$RUN/begun") == PICKUPS))
}

once() {
	pickup
	pickup --commit=each
}
