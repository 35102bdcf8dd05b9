# What every script shares: where things are, one line per step, and clearing up at the end.
# Sourced by scripts/demo, scripts/test, .ci/run and the end-to-end tests.

export LC_ALL=C.UTF-8
PATH=$PATH:/usr/sbin:/sbin # servers are there, and not everybody looks there
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=$ROOT/.build

# ---- What is printed ------------------------------------------------------------------------

TTY=
BOLD='' GREEN='' RED='' YELLOW='' PLAIN=''
if [[ -t 1 && ${TERM:-dumb} != dumb ]]; then
	TTY=1
fi
if [[ -n $TTY && -z ${NO_COLOR:-} ]]; then
	BOLD=$'\e[1m' GREEN=$'\e[32m' RED=$'\e[31m' YELLOW=$'\e[33m' PLAIN=$'\e[0m'
fi

# fail MESSAGE...: ends the script, with the message.
fail() {
	printf '%s\n' "${RED}$*${PLAIN}" >&2
	exit 1
}

# seconds SINCE [UNTIL]: the time between two values of $EPOCHREALTIME, as 1.2
seconds() {
	local now=${2:-$EPOCHREALTIME} tenths
	tenths=$(((${now/./} - ${1/./} + 50000) / 100000))
	printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

STEP='' # the step under way, for the report if the script ends in it
STEP_LOG=''

# step NAME COMMAND [ARG...]: runs a command or a function of ours, in this shell, with its output in a
# log; prints one line, with the time it took. A failure ends the script (set -e) and shows the log's end.
step() {
	local began=$EPOCHREALTIME
	STEP=$1
	STEP_LOG=$LOG/$(tr -cs 'A-Za-z0-9\n' - <<<"$1").log
	shift
	[[ -z $TTY ]] || printf '  %s …' "$STEP"
	"$@" </dev/null >"$STEP_LOG" 2>&1
	[[ -z $TTY ]] || printf '\r\e[K'
	printf '  %-52s %6s s\n' "$STEP" "$(seconds "$began")"
	STEP=''
}

# ---- The end --------------------------------------------------------------------------------

AT_EXIT=()

# at_exit COMMAND [ARG...]: has a command run when the script ends, however it ends; the last one first.
at_exit() {
	AT_EXIT+=("$(printf '%q ' "$@")")
}

finish() {
	local status=$? i
	trap - EXIT
	# A step that fails ends the script while its output still goes to its log.
	exec >&"$STDOUT" 2>&"$STDERR"
	if ((status)) && [[ -n $STEP ]]; then
		[[ -z $TTY ]] || printf '\r\e[K'
		printf '  %s\n' "${RED}$STEP: failed${PLAIN}"
		tail -n 30 "$STEP_LOG" | sed 's/^/    /'
		[[ ! -s $RUN/php-error.log ]] || tail -n 5 "$RUN/php-error.log" | sed "s/^/    PHP's log: /"
		printf '  the whole log: %s\n' "${STEP_LOG#"$PWD/"}"
	fi
	set +e
	for ((i = ${#AT_EXIT[@]} - 1; i >= 0; i--)); do
		eval "${AT_EXIT[i]}"
	done
	exit "$status"
}

# clear_up_at_exit: sets the traps that clear up, and that remove $RUN last.
clear_up_at_exit() {
	exec {STDOUT}>&1 {STDERR}>&2
	trap finish EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	at_exit rm -rf "$RUN"
}

# begin NAME: to be called once, first: a folder for the logs, one of its own for this run, and the trap
# that clears up. RUN is short, as the path of a socket has to be, and other users may walk through it.
begin() {
	LOG=$BUILD/log/$1
	mkdir -p "$LOG"
	RUN=$(mktemp -d "${TMPDIR:-/tmp}/asq.XXXXXX")
	chmod 755 "$RUN"
	clear_up_at_exit
}

# ---- Processes ------------------------------------------------------------------------------

# Servers refuse to run as root, or should: the account, always there on Debian, that they get instead.
SERVER_USER=$(id -un)
[[ $SERVER_USER != root ]] || SERVER_USER=www-data

# spawn LOG COMMAND [ARG...]: starts a server that outlives this shell's terminal; its id is in SPAWNED.
spawn() {
	local log=$1
	shift
	setsid "$@" </dev/null >>"$log" 2>&1 {STDOUT}>&- {STDERR}>&- &
	SPAWNED=$!
	disown "$SPAWNED"
}

# stop PID [SECONDS]: ends a process that we started: asks, waits, and kills it if it stays.
stop() {
	local pid=$1 i
	kill -TERM "$pid" 2>/dev/null || return 0
	for ((i = 0; i < ${2:-10} * 20; i++)); do
		[[ -d /proc/$pid ]] || return 0
		sleep 0.05
	done
	kill -KILL "$pid" 2>/dev/null || true
}

# stop_group PID: the same for a server that spawn started and that has children of its own.
stop_group() {
	kill -TERM -- "-$1" 2>/dev/null || return 0
	stop "$1"
}

# wait_for SECONDS COMMAND [ARG...]: until the command succeeds; fails if it does not in time. Its last try begins when the time
# is over: where all stands still for a while, that decides nothing.
wait_for() {
	local until=$((SECONDS + $1)) began
	shift
	while began=$SECONDS && ! "$@"; do
		((began < until)) || return 1
		sleep 0.05
	done
}

# free_port: a TCP port of the loopback address that nobody listens on; none of those that the kernel gives to connections, one of
# which might have it before it is listened on.
free_port() {
	"$PHP" -n -r 'do { $port = random_int(15000, 32000); } while (!@stream_socket_server("tcp://127.0.0.1:$port")); echo $port;'
}

# listening PORT
listening() {
	(: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}
