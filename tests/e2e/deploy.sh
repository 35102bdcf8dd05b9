#!/usr/bin/env bash
# The files in deploy/: Supervisor runs its file as it is, but for what is marked there; systemd reads its unit; the
# Docker files are looked at as far as that goes without Docker, and what the image's build runs is run.
. "$(dirname "$0")/lib.sh"

DEPLOY=$ROOT/deploy
mu_plugin deploy <<'PHP'
add_action( 'e2e_deploy', static function ( $n, $milliseconds ) {
	file_put_contents( getenv( 'E2E_SEEN' ), 'begin ' . $n . ' ' . posix_getppid() . "\n", FILE_APPEND );
	usleep( 1000 * $milliseconds );
	file_put_contents( getenv( 'E2E_SEEN' ), 'end ' . $n . ' ' . posix_getppid() . "\n", FILE_APPEND );
}, 10, 2 );
PHP
export E2E_SEEN=$RUN/seen
: >"$E2E_SEEN"

# enqueue FROM TO MILLISECONDS [GROUP]: actions that take so long.
enqueue() {
	site_php "$@" <<'PHP'
for ( $n = (int) $argv[1]; $n <= $argv[2]; $n++ ) {
	as_enqueue_async_action( 'e2e_deploy', array( $n, (int) $argv[3] ), $argv[4] ?? 'e2e' ) || exit( 1 );
}
PHP
}

# count_of STATUS
count_of() {
	rows "SELECT COUNT(*) FROM {actions} WHERE hook = 'e2e_deploy' AND status = '$1'"
}

all_complete() {
	[[ $(count_of complete) == "$1" ]]
}

# has_begun N: actions that are running now.
has_begun() {
	(($(grep -c ^begin "$E2E_SEEN") - $(grep -c ^end "$E2E_SEEN") >= $1))
}

# failures: why actions have failed.
failures() {
	rows "SELECT action_id, message FROM {logs} WHERE message LIKE '%failed%' OR message LIKE '%lost%'"
}

# each_once NAME TO: actions 1 to TO have run, each once and to its end, and none has failed.
each_once() {
	is "$1" "$(seq "$2" | sed 's/^/begin /' && seq "$2" | sed 's/^/end /')" "$(cut -d ' ' -f 1,2 "$E2E_SEEN" | sort -k 1,1 -k 2,2n)"
	is "$1: none has failed" '' "$(failures)"
}

# ---- Supervisor -----------------------------------------------------------------------------

# adapted: the programs as an operator would have them here, by changing what the file's head names.
adapted() {
	sed -e "s|/usr/local/bin/wp --path=/var/www/html|$WP|" -e 's|--workers=4|--workers=2|' -e "s|^user=www-data|user=$(id -un)|" \
		-e "s|HOME=\"/var/www\"|HOME=\"$RUN\"|" -e "s|/var/log/supervisor|$RUN|" "$DEPLOY/supervisor/asq-worker.conf"
}

supervisor_start() {
	adapted >"$RUN/asq-worker.conf"
	cat >"$RUN/supervisord.conf" <<-INI
		[unix_http_server]
		file=$RUN/supervisor.sock
		[rpcinterface:supervisor]
		supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
		[supervisorctl]
		serverurl=unix://$RUN/supervisor.sock
		[supervisord]
		nodaemon=true
		logfile=$RUN/supervisord.log
		pidfile=$RUN/supervisord.pid
		childlogdir=$RUN
		[include]
		files=$RUN/asq-worker.conf
	INI
	spawn "$RUN/supervisord.out" supervisord -c "$RUN/supervisord.conf"
	at_exit stop "$SPAWNED" 30
}

ctl() {
	supervisorctl -c "$RUN/supervisord.conf" "$@"
}

# pid_of PROGRAM: 0 while it has none.
pid_of() {
	local pid
	pid=$(ctl pid "$1" 2>/dev/null) && [[ $pid =~ ^[0-9]+$ ]] && echo "$pid" || echo 0
}

is_another() {
	local pid
	pid=$(pid_of asq-worker)
	((pid && pid != $1))
}

# memory_of PID: the file in /dev/shm.
memory_of() {
	awk '$6 ~ /\/asq-/ { print $6; exit }' "/proc/$1/maps"
}

program_is() {
	[[ $(ctl status "$1") == *" $2 "* ]]
}

by_supervisor() {
	local before high memory
	supervisor_start
	enqueue 1 12 5
	enqueue 13 18 5 high_priority
	if wait_for 180 all_complete 18; then ok 'the actions are run'; else not_ok 'the actions are run' "$(tail -n 5 "$RUN"/asq-worker*.log "$RUN/supervisord.log")"; fi
	high=$(pid_of asq-worker-high)
	is 'those of high_priority, and no others, by their own service' "$(seq -s ' ' 13 18)" \
		"$(awk -v by="$high" '$1 == "end" && $3 == by { print $2 }' "$E2E_SEEN" | sort -n | paste -s -d ' ')"

	before=$(pid_of asq-worker)
	enqueue 19 40 150
	wait_for 90 has_begun 1 || not_ok 'actions begin before the restart'
	succeeds 'supervisorctl restart' ctl restart asq-worker
	if is_another "$before"; then ok 'and it is another process'; else not_ok 'and it is another process' "$(ctl status)"; fi
	wait_for 180 all_complete 40 || not_ok 'all are complete after it' "$(count_of pending) are pending"
	each_once 'a restart loses nothing and repeats nothing' 40

	succeeds 'supervisorctl signal HUP' ctl signal HUP asq-worker
	if wait_for 120 grep -q 'All workers have been restarted' "$RUN/asq-worker.log"; then ok 'and its workers are replaced'; else not_ok 'and its workers are replaced' "$(cat "$RUN/asq-worker.log")"; fi

	before=$(pid_of asq-worker)
	enqueue 41 62 150
	wait_for 90 has_begun 1 || not_ok 'actions begin before the kill'
	kill -KILL "$before"
	if wait_for 120 is_another "$before"; then ok 'a killed supervisor is started again'; else not_ok 'a killed supervisor is started again' "$(ctl status)"; fi
	wait_for 180 all_complete 62 || not_ok 'all are complete after it' "$(count_of pending) are pending, $(count_of in-progress) in progress"
	each_once 'the kill loses nothing and repeats nothing' 62
	# Or the other service's, which looks once a second.
	has 'a supervisor says that it has taken over' 'A supervisor of this host has died' "$(cat "$RUN"/asq-worker*.log)"

	before=$(pid_of asq-worker)
	memory=$(memory_of "$before")
	enqueue 63 70 1500
	wait_for 90 has_begun 1 || not_ok 'actions begin before the stop'
	succeeds 'supervisorctl stop' ctl stop all
	if program_is asq-worker STOPPED; then ok 'and it is stopped'; else not_ok 'and it is stopped' "$(ctl status)"; fi
	is 'what was running has ended' "$(grep -c ^begin "$E2E_SEEN")" "$(grep -c ^end "$E2E_SEEN")"
	is 'what had not begun is in the queue, and nobody has it' "0	$((70 - $(grep -c ^end "$E2E_SEEN")))" \
		"$(rows "SELECT SUM(status = 'in-progress' OR (status = 'pending' AND claim_id <> 0)), SUM(status = 'pending') FROM {actions} WHERE hook = 'e2e_deploy'")"
	is 'no failure' '' "$(failures)"
	is 'its shared memory is gone' "${memory:+no such file}" "$([[ -e $memory ]] || echo 'no such file')"
	has 'it said what it did' 'Stopping: running actions have 30 s to end.' "$(cat "$RUN/asq-worker.log")"
}

if command -v supervisord >/dev/null; then
	by_supervisor
else
	skip 'Supervisor runs the workers' 'supervisord is not there, and cannot be installed'
fi

# ---- The commands ---------------------------------------------------------------------------

# commands: every command line of `wp action-scheduler work` in the files, without what is in front of that.
commands() {
	sed -n 's/^#\{0,1\}ASQ_OPTIONS=//p' "$DEPLOY/systemd/asq-worker.env"
	sed -n 's/^command=.* action-scheduler work //p' "$DEPLOY/supervisor/asq-worker.conf"
	sed -n 's/^ *\(command:\|CMD\) \["wp",.*"work", *\(.*\)\]$/\2/p' "$DEPLOY/docker/compose.yaml" "$DEPLOY/docker/Dockerfile" | tr -d '",'
}

empty_queue
is 'there are eight commands in the files' 8 "$(commands | wc -l)"
while read -r options; do
	# shellcheck disable=SC2086
	succeeds "work $options" "$WP" action-scheduler work $options --drain --quiet
done < <(commands | sort -u)

# ---- systemd --------------------------------------------------------------------------------

# verify [FILE]: what systemd has to say about the unit, with the drop-in.
verify() {
	local units=$RUN/units dropins
	dropins=$units/asq-worker@shop.service.d
	rm -rf "$units"
	mkdir -p "$dropins"
	cp "$DEPLOY/systemd/asq-worker@.service" "$units/"
	printf '[Service]\nUser=%s\nGroup=%s\nExecStart=\nExecStart=%s --path=${ASQ_PATH} action-scheduler work $ASQ_OPTIONS\n' \
		"$(id -un)" "$(id -gn)" "$WP" >"$dropins/adapted.conf"
	(($# == 0)) || sed 's/^#\([A-Z][A-Za-z]*=\)/\1/' "$1" >"$dropins/hardening.conf"
	SYSTEMD_UNIT_PATH=$units: systemd-analyze verify --man=no asq-worker@shop.service 2>&1
}

if command -v systemd-analyze >/dev/null; then
	is 'systemd finds nothing wrong with the unit' '' "$(verify || echo "status $?")"
	is 'nor with the hardening' '' "$(verify "$DEPLOY/systemd/hardening.conf" || echo "status $?")"
	# It must notice what is wrong, or its silence says nothing.
	printf '[Service]\nKillmode=mixed\n' >"$RUN/wrong.conf"
	has 'and would, if there were' 'Killmode' "$(verify "$RUN/wrong.conf" || true)"
else
	skip 'systemd reads the unit' 'systemd-analyze is not there, and cannot be installed'
fi

# ---- Docker ---------------------------------------------------------------------------------

# compose_files: what Compose would be asked to do; each line of it is a fault.
compose_files() {
	/usr/bin/python3 - "$DEPLOY/docker" <<'PYTHON'
import re, sys, yaml
folder = sys.argv[1]
base, over = (yaml.safe_load(open(folder + '/' + name)) for name in ('compose.yaml', 'compose.same-host.yaml'))
stages = re.findall(r'(?m)^FROM \S+ AS (\S+)$', open(folder + '/Dockerfile').read())
for name, service in base['services'].items():
    if 'build' in service and service['build']['target'] not in stages:
        print(name, 'is built from a stage that is not there')
    for volume in service.get('volumes', []):
        source = volume.split(':')[0]
        if not source.startswith('.') and source not in base['volumes']:
            print(name, 'has a volume that is not there:', source)
    for other in service.get('depends_on', {}):
        if other not in base['services'] or 'healthcheck' not in base['services'][other] and other != 'wordpress':
            print(name, 'waits for', other)
for name in ('worker', 'worker-high'):
    service = base['services'][name]
    if not service['init'] or service['stop_signal'] != 'SIGTERM' or int(service['stop_grace_period'][:-1]) <= 30:
        print(name, 'is not stopped as it should be')
    if service['environment'] != base['services']['wordpress']['environment']:
        print(name, 'has another database than the site')
    if 'networks' in service or over['services'][name]['network_mode'] != 'service:wordpress':
        print(name, 'cannot be put beside wordpress')
PYTHON
}

if /usr/bin/python3 -c 'import yaml' 2>/dev/null; then
	is 'the compose files fit together' '' "$(compose_files 2>&1 || echo "status $?")"
else
	skip 'the compose files fit together' 'python3-yaml is not there, and cannot be installed'
fi
if docker compose version >/dev/null 2>&1; then
	succeeds 'docker compose reads them' env DB_PASSWORD=x DB_ROOT_PASSWORD=x \
		docker compose -f "$DEPLOY/docker/compose.yaml" -f "$DEPLOY/docker/compose.same-host.yaml" config -q
else
	skip 'docker compose reads them' 'docker compose is not there'
fi

# sent_to_docker: the files that .dockerignore lets through, of those that git has or would add.
sent_to_docker() {
	(cd "$ROOT" && find config.m4 Makefile.frag ./*.c ./*.h src stubs deploy/docker/build-extension.sh -type f ! -path src/php/embedded.c -print0) |
		tar -C "$ROOT" --null -T - -c
}

mkdir "$RUN/image"
sent_to_docker | tar -C "$RUN/image" -x
succeeds 'the image'\''s build script builds the extension' env CFLAGS=-O0 PATH="$(dirname "$(php_tool phpize)"):$PATH" \
	nice "$RUN/image/deploy/docker/build-extension.sh" "$RUN/image" "$RUN/built"
# docker-php-ext-enable's file comes before mysqli's, in the order of their names.
built=$RUN/built$("$(php_tool php-config)" --extension-dir)/asq.so
is 'and it can be loaded before mysqli' 1 "$(PHPRC=$RUN "$PHP" -n -d extension="$built" -d extension=mysqlnd -d extension=mysqli \
	-r 'echo (int) (extension_loaded("asq") && extension_loaded("mysqli"));' 2>&1)"

# The image's health check, where this build has it.
health=$(sed -n 's/^ *CMD wp --path=[^ ]* \(.*\) || exit 1$/\1/p' "$DEPLOY/docker/Dockerfile")
has 'the image has a health check' 'asq status --check' "$health"
if "$WP" cli has-command 'asq status'; then
	# shellcheck disable=SC2086
	has 'it tells that nobody works' 'no supervisor is alive' "$("$WP" $health 2>&1 || true)"
	"$WP" action-scheduler work --workers=1 --quiet >"$RUN/worker.log" 2>&1 &
	at_exit stop $!
	# shellcheck disable=SC2086
	if wait_for 120 "$WP" $health >/dev/null 2>&1; then ok 'and that somebody does'; else not_ok 'and that somebody does' "$("$WP" $health 2>&1)"; fi
else
	skip 'the health check' 'there is no `wp asq status`'
fi

# ---- WP-Cron --------------------------------------------------------------------------------

runs_by_cron() {
	site_php <<<'echo (int) has_action( "action_scheduler_run_queue" ), (int) apply_filters( "action_scheduler_allow_async_request_runner", true );'
}

is 'WP-Cron and the admin run the queue' 11 "$(runs_by_cron)"
mu_plugin no-cron-runner < <(tail -n +2 "$DEPLOY/no-cron-runner.php")
is 'with no-cron-runner.php they do not' 00 "$(runs_by_cron)"

no_php_errors 'PHP has nothing to complain about'
