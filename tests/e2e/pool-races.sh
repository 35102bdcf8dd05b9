#!/usr/bin/env bash
# Two at once, with the pool: who comes first is forced by locks that the test holds, and both orders are tried. Whoever
# comes second waits, and then finds what the first has made of it. E2E_RACES='cancel bury' picks some.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/races.inc"

# A supervisor, too, waits for as long as the test wants it to: usually it tries again after a second, and lets others in between.
mkdir "$RUN/ini"
echo 'asq.lock_wait=600' >"$RUN/ini/races.ini"
export PHP_INI_SCAN_DIR=$RUN/ini

# The pool's own cleaner keeps off what a test has made old.
mu_plugin quiet <<'PHP'
if ( defined( 'WP_CLI' ) ) {
	add_filter( 'action_scheduler_timeout_period', static fn() => WEEK_IN_SECONDS );
	add_filter( 'action_scheduler_failure_period', static fn() => WEEK_IN_SECONDS );
}
PHP
session lock
actions # the template, while no pool is there

# race NAME: whether it is to be run; a queue and a pool's world as new.
race() {
	[[ -z ${E2E_RACES:-} || " $E2E_RACES " == *" ${1%% *} "* ]] || return 1
	NAME=$1
	empty_queue
	queue 'TRUNCATE {workers}' 2>/dev/null || true
	: >"$E2E_SEEN"
	rm -f "$E2E_GATES"/*
}

# other_first CODE: AS's own call, from a process of its own, that commits when it is let go ("held": it has made it).
other_first() {
	site_php >"$RUN/other" 2>&1 <<<"\$wpdb->query( 'START TRANSACTION' ); $1; e2e_say( 'held' ); e2e_wait_for( 'commit' ); \$wpdb->query( 'COMMIT' );" &
	OTHER=$!
	wait_for 120 seen held || not_ok "$NAME: the other makes its change" "$(cat "$RUN/other")"
}

# other_second CODE: the same, at once and not in a transaction; it is to wait for the pool.
other_second() {
	site_php >"$RUN/other" 2>&1 <<<"e2e_say( 'other' ); $1; e2e_say( 'other is through' );" &
	OTHER=$!
	wait_for 120 seen other || not_ok "$NAME: the other starts" "$(cat "$RUN/other")"
}

other_ends() {
	wait "$OTHER" || not_ok "$NAME: the other ends well" "$(cat "$RUN/other")"
}

# The log's end: nobody can add to it. So a writer is held up after it has taken the action's row.
hold_log() {
	say lock BEGIN 'SELECT COUNT(*) FROM {logs} WHERE log_id > 1000000 FOR UPDATE'
}

let_log() {
	say lock ROLLBACK
}

# ends EXPECTED [SEEN]: the pool is ended; what is in all tables, and what the callbacks said.
ends() {
	pool_ends p
	is "$NAME: the pool ends" '' "$ENDED"
	is "$NAME: the tables" "$1" "$(tables)"
	[[ -z ${2:-} ]] || is "$NAME: what ran" "$2" "$(grep -E '^(begin|end) ' "$E2E_SEEN" | paste -s -d ,)"
}

# counted NUMBER: so many succeeded, by what the pool says at its end.
counted() {
	is "$NAME: what the pool counts" "$1 actions succeeded, 0 failed." "$(sed -n 's/.* Stopped: //p' "$RUN/p.log")"
}

# runs MODE NAME...: a pool of one worker, which is in the callback of the first; the table says so.
runs() {
	local mode=$1
	shift
	actions "$@"
	pool p --workers=1 "--commit=$mode"
	comes "$NAME: the callback begins" seen "begin $1"
	comes "$NAME: the table says in-progress" queue_says in-progress "SELECT status FROM {actions} WHERE args = '[\"$1\"]'"
}

# ---- Against the finish ---------------------------------------------------------------------

# finish_second NAME MODE CODE EXPECTED: the other has changed the row when the callback ends.
finish_second() {
	race "$1 before finish, $2" || return 0
	runs "$2" a
	[[ -z ${BEFORE:-} ]] || rows "$BEFORE"
	other_first "$3"
	let_go a
	comes "$NAME: the callback ends" seen 'end a'
	they_wait "$NAME: the finish waits" 1 actionscheduler_actions
	let_go commit
	other_ends
	ends "$4" "${5:-begin a,end a}"
	# An end that is discarded is none.
	counted "$([[ $4 == 'a complete 1 '* ]] && echo 1 || echo 0)"
}

# finish_first NAME MODE CODE EXPECTED: the finish holds the row when the other wants it.
finish_first() {
	race "$1 after finish, $2" || return 0
	runs "$2" a
	[[ -z ${BEFORE:-} ]] || rows "$BEFORE"
	hold_log
	let_go a
	comes "$NAME: the callback ends" seen 'end a'
	they_wait "$NAME: the finish is under way" 1 actionscheduler_logs
	other_second "$3"
	they_wait "$NAME: the other waits" 2
	let_log
	other_ends
	is "$NAME: the other gets through" yes "$(seen 'other is through' && echo yes)"
	ends "$4" 'begin a,end a'
	counted 1
}

the_id='$id = (int) $wpdb->get_var( "SELECT MIN(action_id) FROM {$wpdb->prefix}actionscheduler_actions" );'
the_claim='$claim = (int) $wpdb->get_var( "SELECT claim_id FROM {$wpdb->prefix}actionscheduler_actions WHERE claim_id > 0 LIMIT 1" );'
delete="$the_id ActionScheduler::store()->delete_action( \$id )"
delete_by_sql='$wpdb->query( "DELETE FROM {$wpdb->prefix}actionscheduler_actions" )'
delete_log='$wpdb->get_var( "SELECT action_id FROM {$wpdb->prefix}actionscheduler_actions FOR UPDATE" ); $wpdb->query( "DELETE FROM {$wpdb->prefix}actionscheduler_logs" )'
cancel="$the_id ActionScheduler::store()->cancel_action( \$id )"
unclaim="$the_id ActionScheduler::store()->unclaim_action( \$id )"
release="$the_claim ActionScheduler::store()->release_claim( new ActionScheduler_ActionClaim( \$claim, array() ) )"
reset='( new ActionScheduler_QueueCleaner() )->mark_failures()'
fresh='( new ActionScheduler_QueueCleaner() )->mark_failures(); ( new ActionScheduler_QueueCleaner() )->reset_timeouts(); $wpdb->get_var( "SELECT action_id FROM {$wpdb->prefix}actionscheduler_actions FOR UPDATE" )'
marked='marked as failed after N seconds. Unknown error occurred. Check server, PHP and database error logs to diagnose cause.'

for mode in group each; do
	# Deleted as Action Scheduler does, the log goes along. By plain SQL it stays behind, but nothing is added to it.
	finish_second delete $mode "$delete" 'no actions | no log | 0 | 0'
	finish_first delete $mode "$delete" 'no actions | no log | 0 | 0'
	finish_second delete-by-sql $mode "$delete_by_sql" 'no actions | gone started | 0 | 0'
	finish_first delete-by-sql $mode "$delete_by_sql" 'no actions | gone started,gone complete | 0 | 0'
	finish_second delete-log $mode "$delete_log" 'a complete 1 | a complete | 0 | 0'

	finish_second cancel $mode "$cancel" 'a canceled 1 | a started,a canceled | 0 | 0'
	finish_first cancel $mode "$cancel" 'a canceled 1 | a started,a complete,a canceled | 0 | 0'

	# The claim is the fence: whose claim on it is gone changes nothing, even though nobody else has begun it.
	finish_second unclaim $mode "$unclaim" 'a in-progress 1 | a started | 0 | 0'
	finish_first unclaim $mode "$unclaim" 'a complete 1 | a started,a complete | 0 | 0'

	# Action Scheduler's cleaner: of what was touched lately it takes nothing, the rest has failed.
	finish_second fresh $mode "$fresh" 'a complete 1 | a started,a complete | 0 | 0'
	BEFORE='UPDATE {actions} SET last_attempt_gmt = UTC_TIMESTAMP() - INTERVAL 1 HOUR'
	finish_second reset $mode "$reset" "a failed 1 | a started,a $marked | 0 | 0"
	# It has looked before the finish was committed, and does as it always does: by the id alone.
	finish_first reset $mode "$reset" "a failed 1 | a started,a complete,a $marked | 0 | 0"
	BEFORE=
done

# What is being run does not grow old; the pool sees to that each minute.
if race 'fresh for as long as it runs'; then
	runs group a
	rows 'UPDATE {actions} SET last_attempt_gmt = UTC_TIMESTAMP() - INTERVAL 4 MINUTE'
	if wait_for 180 queue_says 1 'SELECT last_attempt_gmt > UTC_TIMESTAMP() - INTERVAL 1 MINUTE FROM {actions}'; then ok "$NAME: it is touched"; else not_ok "$NAME: it is touched"; fi
	let_go a
	ends 'a complete 1 | a started,a complete | 0 | 0' 'begin a,end a'
fi

# ---- Against the start ----------------------------------------------------------------------

worker_of() {
	pgrep -P "${POOL[$1]}" | head -n 1 || true
}

claimed() {
	queue_says 1 "SELECT COUNT(*) FROM {actions} WHERE claim_id > 0 AND status = 'pending'"
}

# frozen MODE: a pool that has claimed an action, which nobody has begun: all its processes are stopped.
frozen() {
	local i
	pool p --workers=1 "--commit=$1"
	comes "$NAME: the pool is up" pool_is_up p
	WORKER=$(worker_of p)
	for ((i = 0; i < 10; i++)); do
		kill -STOP "$WORKER"
		actions b
		# After two seconds it is given back, and claimed again.
		while wait_for 30 claimed; do
			! stop_between "${POOL[p]}" || ! claimed || return 0
			kill -CONT "${POOL[p]}"
		done
		# The worker was cleaning up in this moment. What is gone is not on offer for long.
		rows 'DELETE FROM {actions}'
		sleep 2
		kill -CONT "$WORKER"
		comes "$NAME: the pool is up again" pool_is_up p
	done
	not_ok "$NAME: the action is claimed" "$(tables)"
}

# The worker goes first: the supervisor might take back what it has offered for so long.
thaw_worker() {
	kill -CONT "$WORKER"
}

thaw_supervisor() {
	kill -CONT "${POOL[p]}"
}

# start_second NAME MODE CODE EXPECTED RAN: the other has changed the row when the worker begins.
start_second() {
	race "$1 before start, $2" || return 0
	frozen "$2"
	let_go b
	other_first "$3"
	thaw_worker
	if [[ $2 == each ]]; then
		they_wait "$NAME: the start waits" 1 actionscheduler_actions
		is "$NAME: nothing has run yet" '' "$(grep -x 'begin b' "$E2E_SEEN")"
		thaw_supervisor
	else
		comes "$NAME: the callback ends" seen 'end b'
		thaw_supervisor
		they_wait "$NAME: the start waits" 1 actionscheduler_actions
	fi
	let_go commit
	other_ends
	[[ -z ${6:-} ]] || comes "$NAME: what is to come of it" queue_says "$6" "SELECT COALESCE(GROUP_CONCAT(status), '') FROM {actions}"
	ends "$4" "$5"
}

# start_first NAME MODE CODE EXPECTED: the start holds the row when the other wants it.
start_first() {
	race "$1 after start, $2" || return 0
	frozen "$2"
	hold_log
	thaw_worker
	[[ $2 == each ]] || comes "$NAME: the callback begins before that" seen 'begin b'
	[[ $2 == each ]] || thaw_supervisor
	they_wait "$NAME: the start is under way" 1 actionscheduler_logs
	[[ $2 == group ]] || thaw_supervisor
	is "$NAME: whether the callback has begun" "$([[ $2 == each ]] || echo yes)" "$(seen 'begin b' && echo yes)"
	other_second "$3"
	they_wait "$NAME: the other waits" 2
	let_log
	other_ends
	comes "$NAME: the callback begins" seen 'begin b'
	let_go b
	ends "$4" 'begin b,end b'
}

unschedule='as_unschedule_action( "e2e_gate", array( "b" ) )'
for mode in group each; do
	# In group mode a callback does not wait for the commit of its start: it has run, and that is all.
	if [[ $mode == group ]]; then ran='begin b,end b' ignored=''; else ran='' ignored=',b ignored'; fi
	start_second cancel $mode "$unschedule" "b canceled 0 | b canceled$ignored | 0 | 0" "$ran"
	start_first cancel $mode "$unschedule" 'b canceled 1 | b started,b canceled | 0 | 0'
	start_second delete $mode "$delete" 'no actions | no log | 0 | 0' "$ran"
	start_first delete $mode "$delete" 'no actions | no log | 0 | 0'
	# What is given back is begun anew, under a claim that holds.
	start_second release $mode "$release" 'b complete 1 | b started,b complete | 0 | 0' "${ran:+$ran,}begin b,end b" complete
	start_first release $mode "$release" 'b complete 1 | b started,b complete | 0 | 0'
done

# ---- Two claims -----------------------------------------------------------------------------

# all_once COUNT: so many actions, each once.
all_once() {
	comes "$NAME: all end" queue_says "$1" "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'"
	is "$NAME: each ran" "$1" "$(grep -c '^end ' "$E2E_SEEN")"
	is "$NAME: none twice" '' "$(sort "$E2E_SEEN" | uniq -d | head -n 3)"
	is "$NAME: the rows" "complete 1 $1" "$(queue "SELECT status, attempts, COUNT(*) FROM {actions} GROUP BY 1, 2" | tr '\t' ' ')"
	is "$NAME: the log" "$((2 * $1)) $1 2" "$(queue "SELECT COUNT(*), COUNT(DISTINCT action_id), COUNT(DISTINCT message) FROM {logs}" | tr '\t' ' ')"
}

nothing_left() {
	is "$NAME: no claim, no worker is left" '0 0' "$(queue 'SELECT (SELECT COUNT(*) FROM {claims}), (SELECT COUNT(*) FROM {workers})' | tr '\t' ' ')"
}

meta_waits() {
	(($(sql -e "SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'asq_site' AND state LIKE '%metadata lock%'") >= $1))
}

# Where the gate `meet` is open, nobody goes on before two have come: whoever is faster could leave nothing to the other.
mu_plugin many <<'PHP'
add_action( 'e2e_many', static function ( $n ) {
	static $met = false;
	$gates = getenv( 'E2E_GATES' );
	if ( ! $met && file_exists( "$gates/meet" ) ) {
		$met = touch( "$gates/met." . getmypid() );
		for ( $until = microtime( true ) + 300; count( glob( "$gates/met.*" ) ) < 2 && microtime( true ) < $until; usleep( 2000 ) );
	}
	e2e_say( "end $n" );
} );
PHP

for mode in group each; do
	race "claims of two supervisors, $mode" || continue
	actions x
	rows "DELETE FROM {actions}"
	pool p --workers=1 "--commit=$mode"
	pool q --workers=1 "--commit=$mode"
	comes "$NAME: the one is up" pool_is_up p
	comes "$NAME: the other is up" pool_is_up q
	let_go meet
	say lock 'LOCK TABLES {actions} WRITE, e2e_template READ, seq_1_to_200 READ' "INSERT INTO {actions} (hook, status, scheduled_date_gmt, scheduled_date_local, priority, args, schedule, group_id)
		SELECT 'e2e_many', status, scheduled_date_gmt, scheduled_date_local, priority, CONCAT('[\"', seq, '\"]'), schedule, group_id FROM e2e_template, seq_1_to_200"
	if wait_for 120 meta_waits 2; then ok "$NAME: both want to claim"; else not_ok "$NAME: both want to claim"; fi
	say lock 'UNLOCK TABLES'
	all_once 200
	is "$NAME: both had a share" 2 "$(queue 'SELECT COUNT(DISTINCT claim_id) FROM {actions}')"
	pool_ends p
	pool_ends q
	nothing_left
done

if race 'claims of a pool and a run'; then
	actions x
	rows "DELETE FROM {actions}"
	pool p --workers=1
	comes "$NAME: the pool is up" pool_is_up p
	say lock 'LOCK TABLES {actions} WRITE, e2e_template READ, seq_1_to_200 READ' "INSERT INTO {actions} (hook, status, scheduled_date_gmt, scheduled_date_local, priority, args, schedule, group_id)
		SELECT 'e2e_many', status, scheduled_date_gmt, scheduled_date_local, priority, CONCAT('[\"', seq, '\"]'), schedule, group_id FROM e2e_template, seq_1_to_200"
	"$WP" action-scheduler run --force --batch-size=10 >"$RUN/run.out" 2>&1 &
	run=$!
	if wait_for 120 meta_waits 2; then ok "$NAME: both want to claim"; else not_ok "$NAME: both want to claim"; fi
	say lock 'UNLOCK TABLES'
	all_once 200
	wait "$run" || not_ok "$NAME: the run ends well" "$(cat "$RUN/run.out")"
	pool_ends p
	nothing_left
fi

if race 'claims and a claim that is not committed'; then
	actions 1 2 3 4
	rows "UPDATE {actions} SET hook = 'e2e_many'"
	say lock BEGIN 'UPDATE {actions} SET claim_id = 999999 WHERE action_id IN (1, 2)'
	pool p --workers=1
	comes "$NAME: the last one runs" seen 'end 4'
	is "$NAME: the pool does not wait for what another is claiming, and takes the rest" 'end 3,end 4' "$(seen_all)"
	say lock COMMIT
	say lock 'SELECT SLEEP(1.5)'
	is "$NAME: once it is claimed, it is not the pool's" 'end 3,end 4' "$(seen_all)"
	rows 'UPDATE {actions} SET claim_id = 0 WHERE claim_id = 999999'
	comes "$NAME: the others run" seen 'end 2'
	ends '1 complete 1,2 complete 1,3 complete 1,4 complete 1 | 1 started,1 complete,2 started,2 complete,3 started,3 complete,4 started,4 complete | 0 | 0'
fi

# ---- A heartbeat that was lost ----------------------------------------------------------------

grow_old() {
	queue "UPDATE {workers} SET heartbeat_gmt = heartbeat_gmt - INTERVAL 1 MINUTE WHERE supervisor_id = 0 AND pid = ${POOL[p]}"
}

buried='a failed: The supervisor that ran it gave no sign of life for N seconds.'
for mode in group each; do
	# It was taken for dead, but only slept.
	if race "bury by another supervisor before finish, $mode"; then
		runs $mode a
		stop_between "${POOL[p]}" || not_ok "$NAME: it is stopped"
		grow_old
		pool q --workers=1 "--commit=$mode"
		comes "$NAME: the other buries it" queue_says failed 'SELECT status FROM {actions}'
		let_go a
		comes "$NAME: the callback ends" seen 'end a'
		kill -CONT "${POOL[p]}"
		comes "$NAME: it notices" grep -q 'has taken this one for dead' "$RUN/p.log"
		comes "$NAME: it registers anew" queue_says 2 'SELECT COUNT(*) FROM {workers} WHERE supervisor_id = 0'
		is "$NAME: both are there" 2 "$(queue 'SELECT COUNT(*) FROM {workers} WHERE supervisor_id = 0')"
		is "$NAME: each with its claim" 2 "$(queue 'SELECT COUNT(*) FROM {claims} JOIN {workers} USING (claim_id)')"
		pool_ends q
		ends "a failed 1 | a started,$buried | 0 | 0" 'begin a,end a'
	fi
	if race "bury that is not committed before finish, $mode"; then
		runs $mode a
		stop_between "${POOL[p]}" || not_ok "$NAME: it is stopped"
		say lock BEGIN "SET @id = (SELECT worker_id FROM {workers} WHERE supervisor_id = 0 FOR UPDATE)" 'SET @claim = (SELECT claim_id FROM {workers} WHERE worker_id = @id)' \
			'SELECT action_id FROM {actions} WHERE claim_id = @claim FOR UPDATE' "UPDATE {actions} SET status = 'failed' WHERE claim_id = @claim" \
			"INSERT INTO {logs} (action_id, message) SELECT action_id, 'action failed' FROM {actions}" \
			'DELETE FROM {claims} WHERE claim_id = @claim' 'DELETE FROM {workers} WHERE worker_id = @id OR supervisor_id = @id'
		let_go a
		comes "$NAME: the callback ends" seen 'end a'
		kill -CONT "${POOL[p]}"
		they_wait "$NAME: the finish waits" 1 actionscheduler_actions
		say lock COMMIT
		comes "$NAME: it notices" grep -q 'has taken this one for dead' "$RUN/p.log"
		ends 'a failed 1 | a started,a failed | 0 | 0' 'begin a,end a'
	fi
	if race "bury after finish, $mode"; then
		runs $mode a
		hold_log
		let_go a
		comes "$NAME: the callback ends" seen 'end a'
		they_wait "$NAME: the finish is under way" 1 actionscheduler_logs
		kill -STOP "${POOL[p]}"
		grow_old
		pool q --workers=1 "--commit=$mode"
		they_wait "$NAME: the bury waits" 1 'FOR UPDATE'
		let_log
		comes "$NAME: it is buried" grep -q 'its 0 running actions have failed' "$RUN/q.log"
		kill -CONT "${POOL[p]}"
		comes "$NAME: it notices" grep -q 'has taken this one for dead' "$RUN/p.log"
		pool_ends q
		ends 'a complete 1 | a started,a complete | 0 | 0' 'begin a,end a'
	fi
done
no_php_errors 'PHP has nothing to complain about'
