#!/usr/bin/env bash
# What a pool costs when there is nothing to do, and while all it can do is wait: queries, and time of the processor.
# E2E_SECONDS sets for how long the idle one is looked at.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/races.inc"

seconds=${E2E_SECONDS:-20}
hertz=$(getconf CLK_TCK)
actions none
empty_queue

mu_plugin idle <<'PHP'
add_action( 'action_scheduler_after_process_queue', static function () {
	e2e_say( 'turned idle' );
} );
PHP

# ticks PID...: processor time of these processes so far.
ticks() {
	local pid sum=0 stat
	for pid; do
		stat=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) || continue
		set -- $stat
		sum=$((sum + ${12} + ${13}))
	done
	echo "$sum"
}

# spent SECONDS PID...: what they use in that time, or as long as it was, in thousandths of a core.
spent() {
	local time=$1 before began=$EPOCHREALTIME ended used
	shift
	before=$(ticks "$@")
	sleep "$time"
	used=$(($(ticks "$@") - before)) ended=$EPOCHREALTIME
	echo $((used * 1000000000 / ((${ended/./} - ${began/./}) * hertz)))
}

# cleanings: how many there have been. With nothing else to do, that is what a worker turns idle after.
cleanings() {
	grep -c 'turned idle' "$E2E_SEEN" || true
}

# ---- Idle -------------------------------------------------------------------------------------

pool p --workers=2 --grace=300
must 'the pool is up' 90 pool_is_up p 2
must 'it has cleaned up' 60 seen 'turned idle' # five seconds after its start; from then on every other minute
mapfile -t processes < <(echo "${POOL[p]}" && pgrep -P "${POOL[p]}")
is 'a supervisor and two workers are there' 3 "${#processes[@]}"
at_exit sql -e 'SET GLOBAL general_log = 0'
for try in 1 2 3; do
	cleanings=$(cleanings)
	# By the server's clock, between two points of its own: its clients start when they can.
	from=$(sql -e "TRUNCATE mysql.general_log; SET GLOBAL log_output = 'TABLE', GLOBAL general_log = 1; SELECT NOW(6)")
	used=$(spent "$seconds" "${processes[@]}")
	to=$(sql -e 'SELECT NOW(6); SET GLOBAL general_log = 0')
	[[ $(cleanings) != "$cleanings" ]] || break # else that was no idle pool
done
read -r took queries < <(sql -e "SELECT TIMESTAMPDIFF(SECOND, '$from', '$to'), COUNT(*) FROM mysql.general_log
	WHERE command_type IN ('Query', 'Execute', 'Prepare') AND user_host LIKE 'asq_site%' AND event_time BETWEEN '$from' AND '$to'")
at_most "an idle pool makes at most one query a second, in $took s" "$((took + 1))" "$queries" # one at each end
sql -e "SELECT COUNT(*), LEFT(REGEXP_REPLACE(REGEXP_REPLACE(argument, '[0-9]+', 'N'), '[ \\n\\t]+', ' '), 150) FROM mysql.general_log
	WHERE command_type IN ('Query', 'Execute', 'Prepare') AND user_host LIKE 'asq_site%' GROUP BY 2 ORDER BY 1 DESC" | sed 's/^/    /'
at_most 'and takes less than 1 % of a core, in thousandths' 10 "$used"

# ---- Busy, with more to come ------------------------------------------------------------------

# There is no claim to be made while nobody has time; nor is that to be asked all the time.
actions a b c d
must 'both workers are busy' 60 seen 'begin b'
must 'both workers are busy, one with the first' 60 seen 'begin a'
sleep 1
at_most 'while both are busy, too, in thousandths' 20 "$(spent 10 "${processes[@]:0:1}")"

# ---- Ending -----------------------------------------------------------------------------------

kill -TERM "${POOL[p]}"
must 'it stops' 60 grep -q 'Stopping' "$RUN/p.log"
at_most 'and while it waits for them to end, in thousandths' 50 "$(spent 5 "${processes[@]:0:1}")"
let_go a b
pool_ends p
is 'it ends' '' "$ENDED"
is 'with the rest for another time' 'a complete 1,b complete 1,c pending 0,d pending 0 | a started,a complete,b started,b complete | 0 | 0' "$(tables)"
no_php_errors 'PHP has nothing to complain about'
