# What `wp asq purge` deletes in a second, beside stock's `wp action-scheduler clean` on as many actions with three log rows
# each. And, once, what others see of it: a backlog of BENCH_PURGE_ROWS (1,000,000) is purged while a process enqueues
# and another runs the queue; neither may be held up for a second.

WHAT=('old actions deleted, each with 3 log rows')
UNIT=(' /s')
TARGET=('>= 4')
MOST_ROUNDS=5
rows_each=${BENCH_PURGE_EACH:-5000}
rows_all=${BENCH_PURGE_ROWS:-1000000}

# backlog COUNT: actions that were complete months ago, 100,000 at a time.
backlog() {
	local from to
	for ((from = 1; from <= $1; from += 100000)); do
		to=$((from + 99999 < $1 ? from + 99999 : $1))
		rows "INSERT INTO {actions} (hook, status, scheduled_date_gmt, scheduled_date_local, args, schedule, group_id, attempts, last_attempt_gmt,
				last_attempt_local, claim_id)
			SELECT 'bench_old', 'complete', t, t, CONCAT('[', seq, ']'), 'O:28:\"ActionScheduler_NullSchedule\":0:{}', 1, 1, t, t, seq DIV 25
			FROM (SELECT seq, '2020-01-01' + INTERVAL seq SECOND AS t FROM seq_${from}_to_$to) s"
		rows "INSERT INTO {logs} (action_id, message, log_date_gmt, log_date_local)
			SELECT action_id, ELT(seq, 'action created', 'action started via WP CLI', 'action complete via WP CLI'), last_attempt_gmt, last_attempt_local
			FROM {actions} JOIN seq_1_to_3 WHERE hook = 'bench_old' AND last_attempt_gmt > '2020-01-01' + INTERVAL $((from - 1)) SECOND ORDER BY seq, action_id"
	done
	# As if the claims that they still name had been made.
	rows "ALTER TABLE {claims} AUTO_INCREMENT=$(($1 / 25 + 1)); ANALYZE TABLE {actions}, {logs}" >/dev/null
}

once() {
	local began
	empty_queue
	backlog "$rows_each"
	# The command's own time, without WordPress's start.
	if [[ $1 == stock ]]; then
		BENCH_TIME=$RUN/time on stock "$WP" action-scheduler clean --batch-size=100 --before='31 days ago' >"$RUN/output"
	else
		BENCH_TIME=$RUN/time on asq "$WP" asq purge >"$RUN/output"
	fi
	[[ $(rows 'SELECT COUNT(*) FROM {actions}') == 0 && $(rows 'SELECT COUNT(*) FROM {logs}') == 0 ]]
	awk -v rows="$rows_each" '{ print rows / $1 }' "$RUN/time"
	rm "$RUN/time"
}

# other ROLE: one of benchmarks/purge.php's processes; its result is in $RUN/ROLE.
other() {
	PHPRC=$RUN/php "$PHP" -r '$_SERVER["HTTP_HOST"] = "127.0.0.1"; require "'"$SITE"'/wp-load.php"; require "'"$BENCHMARKS"'/purge.php";' \
		"$1" "$RUN/stop" >"$RUN/$1" 2>"$RUN/$1.err"
}

# among_others COMMAND [ARG...]: while one process enqueues and another runs the queue; sets ENQUEUE and STEP to the longest
# time that each was held up, in milliseconds, and ENQUEUED.
among_others() {
	local enqueuer runner status=0
	rm -f "$RUN/stop"
	other enqueue &
	enqueuer=$!
	other run &
	runner=$!
	sleep 2
	"$@" || status=$?
	touch "$RUN/stop"
	wait "$enqueuer" || status=1
	wait "$runner" || status=1
	tail "$RUN"/{enqueue,run}{,.err}
	((status == 0))
	read -r ENQUEUED _ _ ENQUEUE <"$RUN/enqueue"
	read -r _ _ _ STEP <"$RUN/run"
}

# load_row WHAT VALUE [WITHOUT]: a line of the table, of a time in milliseconds that has to be under a second.
load_row() {
	awk -v what="$1${3:+ (without it: ${3%.*} ms)}" -v value="$2" 'BEGIN {
		printf "%s\t-\t%.0f ms\t-\t\t< 1 s\t%s\n", what, value, value < 1000 ? "ok" : "miss"
	}' >>"$RUN/table"
}

purge_all() {
	on asq "$WP" asq purge --format=json >"$RUN/purge.json"
	cat "$RUN/purge.json"
}

# The load is done first, once.
prepare() {
	local enqueue step
	empty_queue
	backlog "$rows_all"
	# What the machine does to them without a purge.
	among_others sleep 20
	enqueue=$ENQUEUE step=$STEP
	on asq "$WP" action-scheduler run >/dev/null
	rows "DELETE {actions}, {logs} FROM {actions} JOIN {logs} USING (action_id) WHERE hook = 'bench_nothing'"

	among_others purge_all
	on asq "$WP" action-scheduler run >/dev/null
	[[ $(rows "SELECT COUNT(*) FROM {actions} WHERE hook = 'bench_old'") == 0 ]]
	[[ $(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'") == "$ENQUEUED" ]]
	[[ $(rows 'SELECT COUNT(*) FROM {logs}') == $((3 * ENQUEUED)) ]]
	load_row "longest enqueue while $rows_all are purged" "$ENQUEUE" "$enqueue"
	load_row 'longest step of a queue run' "$STEP" "$step"
	load_row 'longest batch of the purge' "$("$PHP" -r 'echo 1000 * json_decode( file_get_contents( $argv[1] ) )->longest_batch_seconds;' "$RUN/purge.json")"
}
