# A worker's memory over 100,000 actions: what the kernel says that its process has in memory (all of it, and what is its
# own, without files and what is shared), and what PHP says that it has in use. It looks itself, in its callback, at the
# first action and at each tenth part of them. Prints all of that, and by how much it has grown from a fifth on.
#
# MEMORY_ACTIONS: how many.

MEMORY_ACTIONS=${MEMORY_ACTIONS:-100000}

WHAT=("a worker's memory: at 20 % of $MEMORY_ACTIONS actions" 'at 100 %' 'grown by' "PHP's own, grown by")
UNIT=(' MB' ' MB' ' %' ' %')
TARGET=('<= 256' '<= 256' '<= 1' '<= 1')
ALONE=1
MOST_ROUNDS=1
WARM_UP=0

once() {
	local due
	empty_queue
	: >"$RUN/memory"
	chmod 666 "$RUN/memory"
	BENCH_RESULT=$RUN/memory BENCH_EVERY=$((MEMORY_ACTIONS / 10)) pool_start --workers=1
	due=$(enqueue_now bench_memory "$MEMORY_ACTIONS")
	"$PHP" "$BENCHMARKS/observe.php" "$MARIADB_SOCKET" asq_site shop_actionscheduler_actions "$MEMORY_ACTIONS" "$due" >"$RUN/time"
	pool_stop
	all_complete "$MEMORY_ACTIONS"
	# One worker all the time: another would have counted anew.
	[[ $(cut -d ' ' -f 1 "$RUN/memory" | sort -u | wc -l) == 1 && $(wc -l <"$RUN/memory") == 11 ]]
	memory_table >&2
	# Columns: process, actions, in memory, its own, PHP's in use, PHP's with what it keeps.
	awk '
		NR == 3 { rss = $3; php = $5 }
		END { print rss / 1024; print $3 / 1024; print 100 * ($3 - rss) / rss; print 100 * ($5 - php) / php }' "$RUN/memory"
}

memory_table() {
	awk '
		BEGIN { printf "%10s %12s %12s %14s %14s\n", "actions", "in memory", "its own", "PHP, in use", "PHP, kept" }
		{ printf "%10d %9.2f MB %9.2f MB %11.2f MB %11.2f MB\n", $2, $3 / 1024, $4 / 1024, $5 / 1048576, $6 / 1048576 }' "$RUN/memory" |
		tee -a "$RUN/notes"
}
