# For the end-to-end tests: a site to work on, and words to say what should hold. What a test starts or puts
# into the site is gone when it ends; the queue is empty when it begins.

set -euo pipefail
: "${ASQ_TEST_SITE:?is not set: run scripts/test}"
for lib in common packages build php mariadb wordpress web; do
	. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/$lib.sh"
done
SITE=$ASQ_TEST_SITE WP=$ASQ_TEST_WP WORDPRESS=$ASQ_TEST_WORDPRESS
MARIADB_SOCKET=$ASQ_TEST_SOCKET MARIADB_PORT=$ASQ_TEST_PORT
LOG=$ASQ_TEST_RUN
RUN=$(mktemp -d "$ASQ_TEST_RUN/e2e.XXXX")
chmod 755 "$RUN"
clear_up_at_exit

# ---- What holds -----------------------------------------------------------------------------

ok() {
	echo "ok - $1"
}

# not_ok NAME [DETAIL]
not_ok() {
	echo "not ok - $1"
	[[ -z ${2:-} ]] || sed 's/^/    /' <<<"$2" | tail -n 20
}

# skip NAME REASON
skip() {
	echo "skip - $1 # $2"
}

# is NAME EXPECTED ACTUAL
is() {
	if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1" "expected: $2"$'\n'"     got: $3"; fi
}

# has NAME TEXT ACTUAL: the text is part of it.
has() {
	if [[ $3 == *"$2"* ]]; then ok "$1"; else not_ok "$1" "expected in it: $2"$'\n'"           got: $3"; fi
}

# at_most NAME LIMIT ACTUAL: of two whole numbers.
at_most() {
	if (($3 <= $2)); then ok "$1 ($3)"; else not_ok "$1" "at most: $2"$'\n'"    got: $3"; fi
}

# php_errors: what PHP logged since the test began, less what a PHP newer than WordPress finds outdated in it.
php_errors() {
	tail -n "+$((PHP_ERRORS + 1))" "$ASQ_TEST_RUN/php-error.log" | grep -vE 'PHP Deprecated: .* in [^ ]*/wp-(includes|admin)/' | head -n 10 || true
}

# no_php_errors NAME: there was nothing of that.
no_php_errors() {
	is "$1" '' "$(php_errors)"
}

# succeeds NAME COMMAND [ARG...]: it exits with 0; what it printed is in OUTPUT.
succeeds() {
	local name=$1 status=0
	shift
	OUTPUT=$("$@" 2>&1) || status=$?
	if ((status)); then
		not_ok "$name" "status $status: $*"$'\n'"$OUTPUT"$'\n'"$(php_errors)"
	else
		ok "$name"
	fi
}

# must NAME SECONDS COMMAND [ARG...]: waits until the command succeeds. What comes after stands on that: without it the test ends here.
must() {
	local name=$1 seconds=$2
	shift 2
	wait_for "$seconds" "$@" && return
	not_ok "$name" "not within $seconds s: $*"$'\n'"$(find "$RUN" -maxdepth 1 -type f ! -name '*.php' -size -100k -exec tail -n 5 {} +)"
	exit 1
}

# comes NAME COMMAND [ARG...]: what is to come of itself has come, which the command says; it is no result but where it does not. It
# is only waited for: the limit is for a machine that is slow and stands still at times. What is in $LOOK, a file, is shown.
comes() {
	local name=$1
	shift
	wait_for 120 "$@" || not_ok "$name" "in vain for 120 s: $*${LOOK:+$'\n'$(tail -n 15 "$LOOK" 2>/dev/null)}"
}

# ---- Processes that are stopped -------------------------------------------------------------

# stands_still PROCESS: after a SIGSTOP.
stands_still() {
	[[ $(awk '/^State/ { print $2 }' "/proc/$1/status" 2>/dev/null) == T ]]
}

# stop_between PROCESS...: stops them; not in the midst of a transaction, whose locks would be held.
stop_between() {
	local i pid
	for ((i = 0; i < 50; i++)); do
		kill -STOP "$@"
		for pid; do
			wait_for 60 stands_still "$pid" || return 1
		done
		# The server makes this table anew only where nobody has read it for 0.1 s.
		sleep 0.12
		[[ $(sql -e 'SELECT COUNT(*) FROM information_schema.innodb_trx') != 0 ]] || return 0
		kill -CONT "$@"
		sleep 0.1
	done
	return 1
}

# ---- The site -------------------------------------------------------------------------------

# rows STATEMENT: SQL on the site's database; {actions}, {claims}, {groups} and {logs} are the queue's tables, {workers}
# and {pauses} the extension's own.
rows() {
	sql asq_site -e "$(sed -E 's/\{(actions|claims|groups|logs)\}/shop_actionscheduler_\1/g; s/\{(workers|pauses)\}/shop_asq_\1/g' <<<"$1")"
}

# site_php [ARG...]: runs the PHP code that it reads, after WordPress has booted. $argv[1]... are the arguments.
site_php() {
	local file=$RUN/code.$BASHPID.php
	{
		printf '<?php $_SERVER["HTTP_HOST"] = "127.0.0.1"; require %s;\n' "'$SITE/wp-load.php'"
		cat
	} >"$file"
	"$PHP" "$file" "$@"
}

# mu_plugin NAME: puts the PHP code that it reads into the site, as a must-use plugin, while the test runs.
mu_plugin() {
	local file=$SITE/wp-content/mu-plugins/$1.php
	{
		echo '<?php'
		cat
	} >"$file"
	at_exit rm -f "$file"
}

# empty_queue: removes all actions, their groups, claims and log.
empty_queue() {
	local table
	for table in actions claims groups logs; do
		rows "TRUNCATE {$table}" 2>/dev/null || true
	done
}

# empty_own TABLE...: those of the extension, as far as they are there.
empty_own() {
	local table
	for table; do
		rows "TRUNCATE shop_asq_$table" 2>/dev/null || true
	done
}

PHP_ERRORS=$(wc -l <"$ASQ_TEST_RUN/php-error.log")
empty_queue
