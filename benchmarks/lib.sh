# For benchmarks/run: the two sites, running PHP on either side, and turning rounds into a line of the table.
# A side is "stock", PHP without the extension, or "asq", with it; all else is the same for both.

# ---- The sites ------------------------------------------------------------------------------

# quiet_site: as shops run, without WP_DEBUG.
quiet_site() {
	sed -i "s/define( 'WP_DEBUG', .*/define( 'WP_DEBUG', false );/" "$1/wp-config.php"
	cp "$BENCHMARKS/mu-plugin.php" "$1/wp-content/mu-plugins/"
}

# site_with_plugin: sets SITE and WP. Action Scheduler comes from AS_DIR; there is nothing to migrate, so
# that its own tables are used from the start.
site_with_plugin() {
	local plugin
	run_site
	quiet_site "$SITE"
	plugin=$SITE/wp-content/plugins/action-scheduler
	mkdir "$plugin"
	cp -r "$AS_DIR"/{action-scheduler.php,functions.php,classes,deprecated,lib} "$plugin/"
	PHPRC=$RUN/stock "$WP" option update active_plugins '["action-scheduler/action-scheduler.php"]' --format=json
	site_php stock <<<'ActionScheduler_DataController::mark_migration_complete();'
	site_php stock <<<'exit( ActionScheduler::store() instanceof ActionScheduler_DBStore ? 0 : 1 );'
	AS_VERSION=$(sed -n 's/^.*Version: *//p' "$plugin/action-scheduler.php" | head -n 1)
}

# site_without_plugin: sets BARE_SITE.
site_without_plugin() {
	BARE_SITE=$RUN/bare
	make_site "$BARE_SITE" asq_bare
	quiet_site "$BARE_SITE"
}

# rows STATEMENT: SQL on the site's database; {actions}, {claims}, {groups} and {logs} are the queue's tables.
rows() {
	sql asq_site -e "$(sed -E 's/\{(actions|claims|groups|logs)\}/shop_actionscheduler_\1/g' <<<"$1")"
}

empty_queue() {
	rows 'TRUNCATE {actions}; TRUNCATE {claims}; TRUNCATE {groups}; TRUNCATE {logs}'
}

# rest: until the server has cleared up after what was before, the other side's round as a rule.
rest() {
	wait_for 20 is_at_rest || true
}

is_at_rest() {
	(($(sql -e "SELECT count FROM information_schema.innodb_metrics WHERE name = 'trx_rseg_history_len'") < 20))
}

# site_php SIDE [ARG...]: runs the PHP code that it reads, after WordPress has booted.
site_php() {
	local side=$1 file=$RUN/code.php
	shift
	{
		printf '<?php $_SERVER["HTTP_HOST"] = "127.0.0.1"; require "%s/wp-load.php";\n' "$SITE"
		cat
	} >"$file"
	on "$side" "$PHP" "$file" "$@"
}

# on SIDE COMMAND [ARG...]
on() {
	case $1 in
		stock) PHPRC=$RUN/stock "${@:2}" ;;
		asq) PHPRC=$RUN/php "${@:2}" ;;
	esac
}

# all_complete COUNT: each of them has been run once, and has its three log rows.
all_complete() {
	[[ $(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'complete' AND attempts = 1") == "$1" ]]
	[[ $(rows 'SELECT COUNT(*) FROM {logs}') == $((3 * $1)) ]]
}

# ---- The worker pool --------------------------------------------------------------------------

# pool_start [OPTION...]: a pool, with its workers up and waiting. The supervisor's process is in a file, since rounds run in
# subshells.
pool_start() {
	: >"$RUN/pool.log"
	spawn "$RUN/pool.log" env PHPRC="$RUN/php" "$WP" action-scheduler work "$@"
	echo "$SPAWNED" >"$RUN/pool.pid"
	# Before it says so it does not know the signal, which would end it.
	wait_for 60 grep -q 'workers for' "$RUN/pool.log"
	wait_for 60 pool_is_idle
}

# pool_is_idle: asks the supervisor for the pool's status, which it prints, and reads that.
pool_is_idle() {
	local lines
	: >"$RUN/pool.log"
	kill -USR1 "$(<"$RUN/pool.pid")"
	wait_for 10 grep -q 'Worker 1 ' "$RUN/pool.log"
	sleep 0.05
	lines=$(grep -c '  Worker ' "$RUN/pool.log")
	((lines == $(grep -c '): waiting' "$RUN/pool.log")))
}

# pool_workers: their processes.
pool_workers() {
	pgrep -P "$(<"$RUN/pool.pid")"
}

pool_stop() {
	[[ -f $RUN/pool.pid ]] || return 0
	stop "$(<"$RUN/pool.pid")" 40
	rm "$RUN/pool.pid"
}

# enqueue_for_later HOOK COUNT: actions that become due all at once, in some seconds; prints when.
enqueue_for_later() {
	local lead
	for lead in 3 6 12 24 48; do
		site_php asq "$1" "$2" "$lead" <<-'PHP' && return
			$due = time() + $argv[3];
			asq_enqueue_many( $argv[1], array_map( fn( $n ) => array( $n ), range( 1, (int) $argv[2] ) ), 'bench', false, 10, $due );
			time() < $due - 1 || exit( 1 );
			echo $due, "\n";
		PHP
		# The machine is too slow for that: they have become due while they were being stored.
		wait_for 300 nothing_pending
		empty_queue
	done
	return 1
}

# enqueue_now HOOK COUNT: prints when, too.
enqueue_now() {
	site_php asq "$1" "$2" <<-'PHP'
		echo time(), "\n";
		asq_enqueue_many( $argv[1], array_map( fn( $n ) => array( $n ), range( 1, (int) $argv[2] ) ), 'bench' );
	PHP
}

nothing_pending() {
	[[ $(rows "SELECT COUNT(*) FROM {actions} WHERE status IN ('pending', 'in-progress')") == 0 ]]
}

# ---- Rounds ---------------------------------------------------------------------------------

# measure NAME: runs NAME.sh, which sets
#   WHAT, UNIT, TARGET   a row of the table each: "<= 0.5" or ">= 4" of asq's median against stock's
#   prepare              a function, called once
#   once SIDE            a function, called each round; prints a number per row
#   MOST_ROUNDS, WARM_UP if fewer rounds will do, or no warm-up is needed
#   ALONE                if there is nothing of stock's to compare with: the target is for asq's median itself
measure() {
	local name=$1 round side sides values=$LOG/$1.values
	local WHAT=() UNIT=() TARGET=() MOST_ROUNDS=$ROUNDS WARM_UP=1 ALONE=''
	prepare() { :; }
	. "$BENCHMARKS/$name.sh"
	prepare
	: >"$values"
	for ((round = 1 - WARM_UP; round <= (MOST_ROUNDS < ROUNDS ? MOST_ROUNDS : ROUNDS); round++)); do
		sides='stock asq'
		((round % 2)) || sides='asq stock'
		[[ -z $ALONE ]] || sides=asq
		for side in $sides; do
			printf '%s %s %s\n' "$round" "$side" "$(once "$side" | paste -s -d ' ')" | tee -a "$values"
		done
	done
	for ((row = 0; row < ${#WHAT[@]}; row++)); do
		summarize $((row + 3)) "${WHAT[row]}" "${UNIT[row]}" "${TARGET[row]}" "$ALONE" <"$values"
	done >>"$RUN/table"
}

# summarize COLUMN WHAT UNIT TARGET [ALONE]: reads the rounds; prints a row, its cells separated by tabs. The spread is the
# lowest and the highest of the rounds' own ratios, or of asq's values, if it is alone.
summarize() {
	awk -v column="$1" -v what="$2" -v unit="$3" -v target="$4" -v alone="${5:-}" '
		function sort(list, n,   i, j, t) {
			for (i = 2; i <= n; i++)
				for (j = i; j > 1 && list[j] < list[j - 1]; j--) { t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
		}
		function median(list, n) {
			sort(list, n)
			return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
		}
		function shown(value) {
			return sprintf(value < 10 ? "%.3f%s" : value < 100 ? "%.2f%s" : value < 1000 ? "%.1f%s" : "%.0f%s", value, unit)
		}
		$1 < 1 { next }
		NF < column { exit failed = 1 }
		{ value[$2, $1] = $column }
		$2 == "stock" { stock[++n] = $column }
		$2 == "asq" { asq[++m] = $column }
		END {
			if (failed || !m || (n != m && !alone)) { print "no figures: " what > "/dev/stderr"; exit 1 }
			split(target, wanted, " ")
			a = median(asq, m)
			if (alone) {
				met = wanted[1] == "<=" ? a <= wanted[2] : a >= wanted[2]
				printf "%s\t-\t%s\t-\t%s - %s\t%s%s\t%s\n", what, shown(a), shown(asq[1]), shown(asq[m]), target, unit, met ? "ok" : "miss"
				exit
			}
			for (i = 1; i <= n; i++) ratio[i] = value["asq", i] / value["stock", i]
			sort(ratio, n)
			s = median(stock, n)
			met = wanted[1] == "<=" ? a / s <= wanted[2] : a / s >= wanted[2]
			format = wanted[2] > 1 && wanted[2] < 1.1 ? "%.4f" : wanted[2] < 2 ? "%.2f" : "%.1f"
			printf "%s\t%s\t%s\t" format "\t" format " - " format "\t%s\t%s\n", what, shown(s), shown(a), a / s,
				ratio[1], ratio[n], target, met ? "ok" : "miss"
		}'
}

# note TEXT: a line to be printed above the table.
note() {
	echo "$1" | tee -a "$RUN/notes"
}

# ---- What is printed ------------------------------------------------------------------------

# machine: what the figures are of.
machine() {
	echo
	[[ ! -s $RUN/notes ]] || cat "$RUN/notes"
	echo "PHP $("$PHP" -r 'echo PHP_VERSION;'), $(mariadbd --version | grep -oE '[0-9.]+-MariaDB' | head -n 1)," \
		"WordPress $("$PHP" -r 'require $argv[1]; echo $wp_version;' "$SITE/wp-includes/version.php")," \
		"Action Scheduler $AS_VERSION; $(nproc) processors, load $(cut -d ' ' -f 1-3 /proc/loadavg)"
}

# show_table: aligned, in colour on a terminal; fails if a target was missed.
show_table() {
	awk -F '\t' -v ok="${GREEN}ok${PLAIN}" -v miss="${RED}miss${PLAIN}" '
		BEGIN { print_row("median of the rounds", "stock", "asq", "ratio", "spread", "target", "") }
		{ print_row($1, $2, $3, $4, $5, $6, $7 == "ok" ? ok : miss); missed += $7 != "ok" }
		END { exit missed > 0 }
		function print_row(what, stock, asq, ratio, spread, target, verdict) {
			printf "%-52s %11s %11s %8s  %-19s %-10s %s\n", what, stock, asq, ratio, spread, target, verdict
		}'
}
