# What an idle pool of two workers costs: queries per second by the server's own counters (the measurement's own SHOW, which
# counts itself, left out), and processor time of the supervisor and its workers, in percent of a core.
# Over two minutes, which have one of the clean-ups in them that a worker does five seconds after the start and every other minute.
#
# IDLE_SECONDS: how long.

IDLE_SECONDS=${IDLE_SECONDS:-120}

WHAT=('idle pool: statements a second' 'of them, SELECT' 'of them, UPDATE' 'processor of all three processes' "of it, the supervisor's")
UNIT=(' /s' ' /s' ' /s' ' %' ' %')
TARGET=('<= 1' '<= 1' '<= 1' '<= 1' '<= 1')
ALONE=1
MOST_ROUNDS=1
WARM_UP=0

# counters: Questions, Com_select and Com_update.
counters() {
	sql -e "SHOW GLOBAL STATUS WHERE Variable_name IN ('Questions', 'Com_select', 'Com_update')" | sort | awk '{ printf "%s ", $2 }'
}

# ticks PID...: the processor time of these processes until now, in seconds.
ticks() {
	local pid
	for pid; do
		sed 's/.*) //' "/proc/$pid/stat"
	done | awk -v hz="$(getconf CLK_TCK)" '{ sum += $12 + $13 } END { printf "%.2f\n", sum / hz }'
}

once() {
	local supervisor all before after ticks_before mine_before ticks_after mine_after began
	empty_queue
	pool_start --workers=2
	sleep 10
	supervisor=$(<"$RUN/pool.pid")
	mapfile -t all < <(pool_workers)
	all+=("$supervisor")
	began=$EPOCHREALTIME
	before=$(counters) ticks_before=$(ticks "${all[@]}") mine_before=$(ticks "$supervisor")
	sleep "$IDLE_SECONDS"
	after=$(counters) ticks_after=$(ticks "${all[@]}") mine_after=$(ticks "$supervisor")
	# Com_select, Com_update, Questions: in the alphabet's order.
	awk -v before="$before" -v after="$after" -v began="$began" -v ended="$EPOCHREALTIME" -v all="$ticks_before $ticks_after" \
		-v mine="$mine_before $mine_after" 'BEGIN {
			split(before, b, " "); split(after, a, " "); split(all, t, " "); split(mine, m, " ")
			time = ended - began
			# The second SHOW is in the second count; the first one is in both.
			print (a[3] - b[3] - 1) / time
			print (a[1] - b[1]) / time
			print (a[2] - b[2]) / time
			print 100 * (t[2] - t[1]) / time
			print 100 * (m[2] - m[1]) / time
		}'
	pool_stop
}
