#!/usr/bin/env bash
# What a pool costs when there is nothing to do, and while all it can do is wait: queries, and time of the processor.
# E2E_SECONDS sets for how long the idle one is looked at.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/races.inc"

seconds=${E2E_SECONDS:-20}
hertz=$(getconf CLK_TCK)
actions none
empty_queue

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

# spent SECONDS PID...: what they use in that time, in thousandths of a core.
spent() {
	local time=$1 before
	shift
	before=$(ticks "$@")
	sleep "$time"
	echo $((($(ticks "$@") - before) * 1000 / (time * hertz)))
}

# ---- Idle -------------------------------------------------------------------------------------

pool p --workers=2
wait_for 30 pool_is_up p 2 || not_ok 'the pool is up' "$(cat "$RUN/p.log")"
sleep 7 # there is a cleaning five seconds after the start, and then one every other minute
mapfile -t processes < <(echo "${POOL[p]}" && pgrep -P "${POOL[p]}")
is 'a supervisor and two workers are there' 3 "${#processes[@]}"
sql -e "TRUNCATE mysql.general_log; SET GLOBAL log_output = 'TABLE', GLOBAL general_log = 1"
at_exit sql -e 'SET GLOBAL general_log = 0'
used=$(spent "$seconds" "${processes[@]}")
sql -e 'SET GLOBAL general_log = 0'
queries=$(sql -e "SELECT COUNT(*) FROM mysql.general_log WHERE command_type IN ('Query', 'Execute', 'Prepare') AND user_host LIKE 'asq_site%'")
at_most "an idle pool makes at most one query a second, in $seconds s" "$((seconds + 1))" "$queries" # one at each end
sql -e "SELECT COUNT(*), LEFT(REGEXP_REPLACE(REGEXP_REPLACE(argument, '[0-9]+', 'N'), '[ \\n\\t]+', ' '), 150) FROM mysql.general_log
	WHERE command_type IN ('Query', 'Execute', 'Prepare') AND user_host LIKE 'asq_site%' GROUP BY 2 ORDER BY 1 DESC" | sed 's/^/    /'
at_most 'and takes less than 1 % of a core, in thousandths' 10 "$used"

# ---- Busy, with more to come ------------------------------------------------------------------

# There is no claim to be made while nobody has time; nor is that to be asked all the time.
actions a b c d
wait_for 10 seen 'begin b' || not_ok 'both workers are busy' "$(seen_all)"
sleep 1
at_most 'while both are busy, too, in thousandths' 20 "$(spent 3 "${processes[@]:0:1}")"

# ---- Ending -----------------------------------------------------------------------------------

kill -TERM "${POOL[p]}"
wait_for 10 grep -q 'Stopping' "$RUN/p.log"
at_most 'and while it waits for them to end, in thousandths' 50 "$(spent 5 "${processes[@]:0:1}")"
let_go a b
pool_ends p
is 'it ends' '' "$ENDED"
is 'with the rest for another time' 'a complete 1,b complete 1,c pending 0,d pending 0 | a started,a complete,b started,b complete | 0 | 0' "$(tables)"
no_php_errors 'PHP has nothing to complain about'
