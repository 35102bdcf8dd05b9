# `wp action-scheduler work --workers=2` with actions that do nothing, against `wp action-scheduler run` without the
# extension. WordPress's start counts on neither side: the pool is up and idle, and all its actions become due at the same
# second; the time is from there to when another connection sees the last one complete. The stock command is timed
# inside, from where WP-CLI calls it to where it returns, with the batch size that suits it best.
#
# STOCK_ACTIONS and POOL_ACTIONS: how many. POOL_WORKERS: of how many processes the pool is.

STOCK_ACTIONS=${STOCK_ACTIONS:-1000}
POOL_ACTIONS=${POOL_ACTIONS:-20000}
POOL_WORKERS=${POOL_WORKERS:-2}

WHAT=("work, $POOL_WORKERS workers, against run" 'the same with --commit=each')
UNIT=(' /s' ' /s')
TARGET=('>= 25' '>= 6')

# stock_rate SIZE: actions per second.
stock_rate() {
	empty_queue
	site_php asq "$STOCK_ACTIONS" <<<"asq_enqueue_many( 'bench_nothing', array_map( fn( \$n ) => array( \$n ), range( 1, (int) \$argv[1] ) ), 'bench' );"
	BENCH_TIME=$RUN/time on stock "$WP" action-scheduler run --batch-size="$1" >"$RUN/output"
	all_complete "$STOCK_ACTIONS"
	awk -v count="$STOCK_ACTIONS" '{ print count / $1 }' "$RUN/time"
	rm "$RUN/time"
}

# pool_rate [OPTION...]
pool_rate() {
	local due
	empty_queue
	pool_start --workers="$POOL_WORKERS" "$@"
	due=$(enqueue_for_later bench_nothing "$POOL_ACTIONS")
	"$PHP" "$BENCHMARKS/observe.php" "$MARIADB_SOCKET" asq_site shop_actionscheduler_actions "$POOL_ACTIONS" "$due" >"$RUN/time"
	pool_stop
	all_complete "$POOL_ACTIONS"
	awk -v count="$POOL_ACTIONS" '{ print count / $1 }' "$RUN/time"
	rm "$RUN/time"
}

# The stock command's default is 100.
prepare() {
	local size rate best=0
	for size in 50 100 250 1000; do
		rate=$(stock_rate "$size")
		echo "stock, --batch-size=$size: $rate /s"
		if awk -v rate="$rate" -v best="$best" 'BEGIN { exit !(rate > best) }'; then
			best=$rate STOCK_SIZE=$size
		fi
	done
	note "Stock's best batch size: $STOCK_SIZE ($best actions a second)."
}

once() {
	local rate
	case $1 in
		stock)
			rate=$(stock_rate "$STOCK_SIZE")
			echo "$rate"
			echo "$rate"
			;;
		asq)
			pool_rate
			pool_rate --commit=each
			;;
	esac
}
