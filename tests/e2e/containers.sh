#!/usr/bin/env bash
# What docs/operations.md says of containers, with the kernel's means alone: a worker service in process and network
# namespaces of its own is not woken, but finds what is enqueued; if all of it is killed, and /dev/shm stays, the next one
# takes over what was done, and nothing is lost or run twice but what was running, which has failed.
. "$(dirname "$0")/lib.sh"

if ! unshare --pid --net --fork --kill-child --mount-proc true 2>/dev/null; then
	skip 'workers in namespaces of their own' 'unshare is not allowed here'
	exit
fi

mu_plugin contained <<'PHP'
add_action( 'e2e_contained', static function ( $n, $waits ) {
	file_put_contents( getenv( 'E2E_SEEN' ), "begin $n\n", FILE_APPEND );
	file_put_contents( getenv( 'E2E_SEEN' ) . '.last', microtime( true ) );
	// What waits does so until it is killed, or the test says that it is enough.
	for ( $i = 0; $waits && $i < 6000 && ! file_exists( getenv( 'E2E_SEEN' ) . '.go' ); $i++ ) {
		usleep( 20000 );
	}
	file_put_contents( getenv( 'E2E_SEEN' ), "end $n\n", FILE_APPEND );
}, 10, 2 );
PHP
export E2E_SEEN=$RUN/seen
: >"$E2E_SEEN"

# In there the server's port is not to be reached; its socket is, as a database in another container would be.
cp -r "$SITE" "$RUN/inside"
sed -i "s|'127.0.0.1:$MARIADB_PORT'|'localhost:$MARIADB_SOCKET'|" "$RUN/inside/wp-config.php"

child_of() {
	tr -d ' ' 2>/dev/null <"/proc/$1/task/$1/children"
}

# end_of PID: of a service, by its unshare.
end_of() {
	local child
	[[ ! -d /proc/$1 ]] || child=$(child_of "$1")
	[[ -z ${child:-} ]] || stop "$child" 40
}

# contain NAME [COMMAND]: a service, after the command in its namespaces; its process 1, seen from here, is CONTAINED.
contain() {
	spawn "$RUN/$1.log" unshare --pid --net --fork --kill-child --mount-proc \
		sh -ec "${2:-}"$'\nexec "$@"' sh "$WP" --path="$RUN/inside" action-scheduler work --workers=2
	# unshare itself waits, whatever it is sent: its child is to be told.
	at_exit end_of "$SPAWNED"
	wait_for 120 grep -q supervisor "$RUN/$1.log" || not_ok "the $1 service starts" "$(cat "$RUN/$1.log")"
	CONTAINED=$(child_of "$SPAWNED")
}

# kill_contained: process 1, and with it all of its namespace; nobody of them does anything any more when this returns.
kill_contained() {
	kill -KILL "$CONTAINED"
	wait_for 120 test ! -d "/proc/$CONTAINED" || not_ok 'all of the namespace is gone' "$(ps -o pid,ppid,stat,args --ppid "$CONTAINED")"
}

# enqueue FROM TO [FIRST]: actions, of which those from the first on wait. Prints when the last one was there.
enqueue() {
	site_php "$@" <<'PHP'
for ( $n = (int) $argv[1]; $n <= $argv[2]; $n++ ) {
	as_enqueue_async_action( 'e2e_contained', array( $n, isset( $argv[3] ) && $n >= $argv[3] ), 'e2e' ) || exit( 1 );
}
echo microtime( true );
PHP
}

count_of() {
	rows "SELECT COUNT(*) FROM {actions} WHERE hook = 'e2e_contained' AND status = '$1'"
}

all_over() {
	(($(count_of complete) + $(count_of failed) == $1))
}

has_begun() {
	(($(grep -c ^begin "$E2E_SEEN") >= $1))
}

# unfinished: those whose callback has begun and not ended; failed: those that are said to have failed.
unfinished() {
	comm -23 <(sed -n 's/^begin //p' "$E2E_SEEN" | sort) <(sed -n 's/^end //p' "$E2E_SEEN" | sort)
}
failed() {
	rows "SELECT SUBSTRING_INDEX(SUBSTRING(args, 2), ',', 1) FROM {actions} WHERE status = 'failed'" | sort
}

contain first
is 'it is process 1 of its namespace' 'supervisor 1.' "$(grep -o 'supervisor [0-9]*\.' "$RUN/first.log")"
sleep 2 # it is idle
enqueued=$(enqueue 1 4)
wait_for 120 all_over 4 || not_ok 'what is enqueued outside is run' "$(cat "$RUN/first.log")"
at_most 'what is enqueued outside is found within some seconds' 10 "$("$PHP" -r 'echo (int) ceil( $argv[1] - $argv[2] );' "$(cat "$E2E_SEEN.last")" "$enqueued")"

# Four are done, and two are running, by its two workers.
enqueue 5 16 9 >/dev/null
wait_for 120 has_begun 10 || not_ok 'actions begin' "$(cat "$RUN/first.log")"
kill_contained
touch "$E2E_SEEN.go"
contain second
wait_for 120 all_over 16 || not_ok 'the next one runs the rest' "$(cat "$RUN/second.log")"
is 'each has begun once' "$(seq 16 | sed 's/^/begin /')" "$(grep ^begin "$E2E_SEEN" | sort -k 2n)"
is 'those that were running have failed' "$(unfinished)" "$(failed)"
is 'they are two' 2 "$(count_of failed)"
is 'and their log says why' "$(count_of failed)" \
	"$(rows "SELECT COUNT(*) FROM {logs} WHERE message = 'action failed via WP CLI: The worker was killed, and its supervisor with it.'")"
has 'the second has taken over the memory of the first' 'A supervisor of this host has died' "$(cat "$RUN/second.log")"
kill -TERM "$CONTAINED"
wait_for 120 test ! -d "/proc/$CONTAINED" || true
has 'TERM stops process 1' 'Stopping' "$(cat "$RUN/second.log")"
is 'nobody has a claim on anything' 0 "$(rows "SELECT COUNT(*) FROM {actions} WHERE status IN ('pending', 'in-progress')")"

# With a /dev/shm of its own it is as if the machine had crashed.
contain third 'mount -t tmpfs tmpfs /dev/shm'
rm "$E2E_SEEN.go"
enqueue 17 24 17 >/dev/null
wait_for 120 has_begun 18 || not_ok 'actions begin' "$(cat "$RUN/third.log")"
two_are_running() {
	[[ $(count_of in-progress) == 2 ]]
}
wait_for 120 two_are_running || not_ok 'the table says so' "$(count_of in-progress) are in progress"
kill_contained
# The 15 s are another's who works; how long that takes to start is another matter.
contain fourth 'mount -t tmpfs tmpfs /dev/shm'
touch "$E2E_SEEN.go"
began=$(rows "SELECT UTC_TIMESTAMP()")
wait_for 120 grep -q 'gave no sign of life' "$RUN/fourth.log" || not_ok 'the first is taken for dead' "$(cat "$RUN/fourth.log")"
at_most 'without the memory, what was running has failed within 15 s' 15 \
	"$(rows "SELECT GREATEST(0, TIMESTAMPDIFF(SECOND, '$began', MAX(log_date_gmt))) FROM {logs} WHERE message LIKE '%gave no sign of life%'")"
wait_for 120 all_over 24 || not_ok 'the next one runs the rest' "$(cat "$RUN/fourth.log")"
is 'then, too, each has begun once' "$(seq 24 | sed 's/^/begin /')" "$(grep ^begin "$E2E_SEEN" | sort -k 2n)"
is 'and those that were running have failed' "$(unfinished)" "$(failed)"
no_php_errors 'PHP has nothing to complain about'
