#!/usr/bin/env bash
# Time that does not pass as it should: a clock that is set while a pool works, and a host that stands still for longer than its
# lease. E2E_CASES names those to run.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pool.inc"

mu_plugin clock <<'PHP'
add_action( 'e2e_clock', static function ( $n, $ms ) {
	file_put_contents( getenv( 'E2E_DIR' ) . '/started', sprintf( "%d %d\n", $n, getmypid() ), FILE_APPEND );
	for ( $until = hrtime( true ) + $ms * 1e6; hrtime( true ) < $until; usleep( 1000 ) );
	file_put_contents( getenv( 'E2E_DIR' ) . '/ended', "$n\n", FILE_APPEND );
}, 10, 2 );
PHP

# enqueue FROM TO MILLISECONDS
enqueue() {
	site_php "$1" "$2" "$3" <<'PHP'
for ( $n = (int) $argv[1]; $n <= $argv[2]; $n++ ) {
	as_enqueue_async_action( 'e2e_clock', array( $n, (int) $argv[3] ) ) || exit( 1 );
}
PHP
}

complete() { echo "SELECT COUNT(*) FROM {actions} WHERE status = 'complete'"; }
state() { rows "SELECT status FROM {actions} WHERE args LIKE '[$1,%'"; }

# ---- The clock is set -----------------------------------------------------------------------------

# A clock that the test sets: what the date is, in all processes that are started with it; how long something takes stays as it is.
make_clock() {
	local flags
	cat >"$RUN/clock.c" <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int64_t ahead(void)
{
	static volatile int64_t *seconds;

	if (!seconds) {
		int fd = open(getenv("E2E_CLOCK"), O_RDONLY | O_CLOEXEC);
		void *at = mmap(NULL, sizeof(*seconds), PROT_READ, MAP_SHARED, fd, 0);
		close(fd);
		if (at == MAP_FAILED) {
			abort();
		}
		seconds = at;
	}
	return *seconds;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	int failed = (int) syscall(SYS_clock_gettime, clock, now);

	if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
		now->tv_sec += ahead();
	}
	return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	struct timespec exact;

	(void) zone;
	clock_gettime(CLOCK_REALTIME, &exact);
	*now = (struct timeval) { exact.tv_sec, exact.tv_nsec / 1000 };
	return 0;
}

/* PHP has its extensions look into libc first. */
void *dlopen(const char *path, int flags)
{
	void *(*real)(const char *, int) = (void *(*)(const char *, int)) dlsym(RTLD_NEXT, "dlopen");

	return real(path, flags & ~RTLD_DEEPBIND);
}

time_t time(time_t *now)
{
	struct timespec exact;

	clock_gettime(CLOCK_REALTIME, &exact);
	if (now) {
		*now = exact.tv_sec;
	}
	return exact.tv_sec;
}
C
	cc -shared -fPIC -O1 -o "$RUN/clock.so" "$RUN/clock.c"
	export E2E_CLOCK=$RUN/clock
	set_clock 0
}

# set_clock SECONDS: ahead of the machine's.
set_clock() {
	python3 -c 'import struct, sys; f = open(sys.argv[1], "r+b" if sys.argv[3] else "wb"); f.write(struct.pack("=q", int(sys.argv[2])))' "$E2E_CLOCK" "$1" "$([[ ! -e $E2E_CLOCK ]] || echo there)"
}

# with_clock COMMAND...
with_clock() {
	local LD_PRELOAD=$RUN/clock.so
	export LD_PRELOAD
	"$@"
}

if wanted set; then
	fresh
	make_clock
	with_clock pool_start clock --workers=2
	must 'the workers are there' 150 holds 2 "SELECT COUNT(*) FROM {workers} WHERE state = 'idle'"
	with_clock enqueue 1 3 0
	wait_for 150 holds 3 "$(complete)" || true
	is 'before the clock is set, actions are run' 3 "$(rows "$(complete)")"
	set_clock -3600
	with_clock enqueue 4 6 0
	wait_for 150 holds 6 "$(complete)" || true
	is 'the clock is set back by an hour: actions are run as before' 6 "$(rows "$(complete)")"
	beat=$(rows "SELECT MAX(heartbeat_gmt) FROM {workers} WHERE supervisor_id = 0")
	beats() { [[ $(rows "SELECT MAX(heartbeat_gmt) FROM {workers} WHERE supervisor_id = 0") != "$beat" ]]; }
	wait_for 150 beats || true
	succeeds 'the clock is set back by an hour: it goes on giving signs of life' beats
	with_clock enqueue 7 7 4000
	must 'the seventh begins' 150 started 7
	set_clock 3600
	with_clock enqueue 8 10 0
	wait_for 150 holds 10 "$(complete)" || true
	is 'the clock is set on by two hours: what is running has not taken that long' complete "$(state 7)"
	is 'the clock is set on by two hours: actions are run as before' 10 "$(rows "$(complete)")"
	pool_term
	is 'the clock was set: it ends well' 0 "$STATUS"
	nothing_left 'the clock was set'
fi

# ---- The server's clock is set --------------------------------------------------------------------

server_again() {
	set_clock 0
	mariadb_stop "${MARIADB_SOCKET%/*}"
	"$@" mariadb_again "${MARIADB_SOCKET%/*}"
}

# Two supervisors, each of which is another host's to the other.
if wanted server; then
	fresh
	make_clock
	at_exit server_again
	server_again with_clock >/dev/null
	enqueue 1 2 45000
	pool_start one --workers=1
	one=$POOL
	pool_start two --workers=1
	must 'the first begins' 150 started 1
	must 'the second begins' 150 started 2
	# They have looked for the dead before. Then one is kept from giving a sign of life for a while after the clock is set, not for so long that it
	# would be late: the other looks for the dead in that time, if not always.
	sleep 6
	last_beat() { rows "SELECT heartbeat_gmt FROM {workers} WHERE supervisor_id = 0 AND pid = $one"; }
	beats() { [[ $(last_beat) != "$beat" ]]; }
	for ahead in 40 80 120 160 200; do
		beat=$(last_beat)
		comes 'it gives a sign of life' beats
		kill -STOP "$one"
		set_clock "$ahead"
		sleep 3
		kill -CONT "$one"
		sleep 1
	done
	is 'it was set' 1 "$(sql -e "SELECT UTC_TIMESTAMP() > FROM_UNIXTIME($(date +%s) + 190)")"
	wait_for 150 holds 0 "SELECT COUNT(*) FROM {actions} WHERE status IN ('pending', 'in-progress')" || true
	is "the server's clock is set on: nobody is taken for dead" 'complete complete' "$(state 1) $(state 2)"
	is "the server's clock is set on: nothing is said about it" '' "$(cat "$RUN/one" "$RUN/two" | grep -E 'sign of life|for dead' || true)"
	set_clock -40
	enqueue 3 4 0
	wait_for 150 holds 4 "$(complete)" || true
	is "the server's clock is set back: actions are run as before" 4 "$(rows "$(complete)")"
	pool_term
	is "the server's clock was set: the one ends well" 0 "$STATUS"
	POOL=$one
	pool_term
	is "the server's clock was set: the other ends well" 0 "$STATUS"
	is "the server's clock was set: none ran twice" '' "$(twice "$E2E_DIR/started")"
	nothing_left "the server's clock was set"
fi

# ---- A host stands still --------------------------------------------------------------------------

# Its workers go on before its supervisor does: what they were offered is another host's by now.
if ! unshare -m --propagation private sh -c 'mount -t tmpfs none /dev/shm' 2>/dev/null; then
	skip 'a host stands still' 'needs the right to mount'
elif wanted still; then
	fresh
	enqueue 1 1500 4
	unshare -m --propagation private sh -c 'mount -t tmpfs none /dev/shm && exec "$@"' sh "$WP" action-scheduler work --workers=2 </dev/null >>"$RUN/still" 2>&1 &
	still=$!
	at_exit pool_kill "$still"
	echo "$still" >>"$RUN/supervisors"
	must 'a host works' 150 lines "$E2E_DIR/ended" 300
	mapfile -t workers < <(workers_of "$still")
	kill -STOP "${workers[@]}"
	# What they have told is written.
	held="SELECT COUNT(*) FROM {actions} WHERE status = 'pending' AND claim_id <> 0"
	sleep 0.5
	kill -STOP "$still"
	offered=$(rows "$held")
	pool_start next --workers=2
	wait_for 150 holds 0 "SELECT COUNT(*) FROM {actions} WHERE status IN ('pending', 'in-progress')" || true
	kill -CONT "${workers[@]}"
	sleep 1
	kill -CONT "$still"
	wait_for 150 says "$RUN/still" 'it starts anew' || true
	sleep 1
	echo "    a host stood still with $offered actions on offer"
	is 'a host stands still: all have ended' 1500 "$(rows "SELECT COUNT(*) FROM {actions} WHERE status IN ('complete', 'failed')")"
	at_most 'a host stands still: two that it was running have failed' 2 "$(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'failed'")"
	is 'a host stands still: none ran twice' '' "$(twice "$E2E_DIR/started")"
	enqueue 2001 2020 4
	wait_for 150 holds 0 "SELECT COUNT(*) FROM {actions} WHERE status IN ('pending', 'in-progress')" || true
	pool_term
	is 'a host stands still: the other one ends well' 0 "$STATUS"
	enqueue 3001 3020 4
	wait_for 150 holds 0 "SELECT COUNT(*) FROM {actions} WHERE status IN ('pending', 'in-progress')" || true
	is 'a host stands still: it works on' 20 "$(awk '$1 > 3000' "$E2E_DIR/ended" | wc -l)"
	POOL=$still
	pool_term
	is 'a host stands still: it ends well' 0 "$STATUS"
	nothing_left 'a host stands still'
fi
no_php_errors 'PHP has nothing to complain about'
