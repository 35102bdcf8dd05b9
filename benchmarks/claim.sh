#!/usr/bin/env bash
# Measures how long a claim takes with more and more due actions. A program of its own, since filling the tables
# takes minutes and gigabytes: it is run by hand.
set -euo pipefail

usage() {
	cat <<-'TEXT'
		usage: AS_DIR=DIR benchmarks/claim.sh [--rows N,N,...] [--run N] [--stock N]

		Times claims of 100 actions, of so many that are due: the worker pool's, the same while a snapshot is
		held open and actions run, and up to a million Action Scheduler's own. AS_DIR is a checkout of it. Prints a table;
		the exit status is 1 if the longest time is more than 1.5 times the shortest.

		  --rows N,N,...   due actions; by default 10000,1000000,10000000, which needs 8 GB of disk and
		                   of memory, since a server that has to read a table from the disk is timed by that; and ten minutes
		  --run N          actions that run while the snapshot is open; by default 100000
		  --stock N        the most actions that Action Scheduler's own claim is timed with; by default 1000000

		PHP, WORDPRESS and CFLAGS choose another php, a WordPress already unpacked, other compiler flags.
	TEXT
}

BENCHMARKS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROWS=10000,1000000,10000000
RUN_ACTIONS=100000
STOCK_MOST=1000000
while (($#)); do
	case $1 in
		--rows) ROWS=${2:?how many} && shift ;;
		--run) RUN_ACTIONS=${2:?how many} && shift ;;
		--stock) STOCK_MOST=${2:?how many} && shift ;;
		-h | --help) usage && exit ;;
		*) usage >&2 && exit 2 ;;
	esac
	shift
done

for lib in common packages build php mariadb wordpress; do
	. "$BENCHMARKS/../scripts/lib/$lib.sh"
done
. "$BENCHMARKS/lib.sh"
[[ -f ${AS_DIR:-}/action-scheduler.php ]] || fail 'AS_DIR has to be a checkout of Action Scheduler.'

# fill N: a table of so many due actions, as a site has them that fell behind: twenty hooks, two groups, some tried before. Every
# other one is urgent, so that the claims that are timed are of rows that lie equally far apart, however many there are. Its indexes
# are made afterwards, which takes a tenth of the time.
fill() {
	local keys
	empty_queue
	rows 'ALTER TABLE {actions} DROP INDEX IF EXISTS asq_claim'
	keys=$(rows 'SHOW CREATE TABLE {actions}\G' | grep -E '^ +KEY ' | sed -E 's/,$//; s/^ +//')
	rows "ALTER TABLE {actions} $(sed -E 's/^KEY (`[^`]+`).*/DROP INDEX \1/' <<<"$keys" | paste -s -d ,)"
	rows "INSERT INTO {groups} (slug) VALUES ('one'), ('two')"
	rows "INSERT INTO {actions} (hook, status, scheduled_date_gmt, scheduled_date_local, priority, attempts, args, schedule, group_id)
		SELECT CONCAT('bench_', seq % 20), 'pending', d, d, IF(seq % 2, 10, 5), IF(seq % 100 = 1, 1, 0), CONCAT('[', seq, ']'),
			'O:28:\"ActionScheduler_NullSchedule\":0:{}', 1 + seq % 2
		FROM (SELECT seq, UTC_TIMESTAMP() - INTERVAL 2 DAY + INTERVAL seq DIV 100 SECOND AS d FROM seq_1_to_$1) s"
	rows "ALTER TABLE {actions} $(sed 's/^/ADD /' <<<"$keys" | paste -s -d ,)"
	rows 'ANALYZE TABLE {actions}' >"$RUN/analyze"
}

# settle: until what was filled in is on the disk, so that the server does not do that while it is timed.
settle() {
	sql -e 'SET GLOBAL innodb_max_dirty_pages_pct = 0'
	wait_for 300 is_settled
	sql -e 'SET GLOBAL innodb_max_dirty_pages_pct = 90'
	sync
	sleep 5
}

is_settled() {
	(($(sql -e "SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'" | cut -f 2) < 500))
}

# stock N: the median of Action Scheduler's own claims, in ms, or a dash.
stock() {
	if (($1 > STOCK_MOST)); then
		echo -
	else
		site_php stock <<-'PHP'
			for ( $n = 0; $n < 5; $n++ ) {
				$began = hrtime( true );
				$claim = ActionScheduler::store()->stake_claim( 100 );
				$times[] = ( hrtime( true ) - $began ) / 1e6;
				ActionScheduler::store()->release_claim( $claim );
			}
			sort( $times );
			echo $times[2];
		PHP
	fi
}

# prepare N: fills, times stock, makes the index, and puts the tables aside; stock's time and the index's are written to a file.
prepare() {
	local stock index table
	fill "$1"
	stock=$(stock "$1")
	index=$(asq asq_site index)
	echo "$stock $index" >"$RUN/made.$1"
	sql -e "CREATE DATABASE asq_$1"
	for table in $(rows 'SHOW TABLES' | grep -E '^shop_(actionscheduler|asq)_'); do
		rows "RENAME TABLE $table TO asq_$1.$table; CREATE TABLE $table LIKE asq_$1.$table"
	done
}

# rounds NUMBER WHAT [ARG...]: so many times, of each size in turn, since a disk has its moments; times go to a file of WHAT and size.
rounds() {
	local round count number=$1 what=$2
	shift 2
	for ((round = 0; round < number; round++)); do
		for count in ${ROWS//,/ }; do
			asq "asq_$count" "$what" "$@" >>"$RUN/$what.$count"
			echo >>"$RUN/$what.$count"
			sleep 2
		done
	done
}

# median WHAT N
median() {
	sort -g "$RUN/$1.$2" | sed -n "$((($(wc -l <"$RUN/$1.$2") + 1) / 2))p"
}

# results: a row for each size: N, stock, asq, asq with a snapshot, seconds that the index took.
results() {
	local count stock index
	for count in ${ROWS//,/ }; do
		read -r stock index <"$RUN/made.$count"
		echo "$count $stock $(median claims "$count") $(median snapshot "$count") $index"
	done
}

# asq DATABASE WHAT [ARG...]: without WordPress, as the pool's own claims are without it.
asq() {
	local database=$1
	shift
	"$PHP" -n -d extension=mysqlnd -d extension=mysqli -d extension="$RUN/asq.so" -d asq.host="localhost:$MARIADB_SOCKET" \
		-d asq.user=root -d asq.database="$database" -d asq.prefix=shop_ -d asq.timeout=0 "$BENCHMARKS/claim.php" "$MARIADB_SOCKET" "$database" "$@"
}

begin claim
echo "${BOLD}Preparing${PLAIN}"
step 'Debian packages' install_packages curl
step 'The extension' build_extension
step 'MariaDB, durable' mariadb_start "$RUN/db" --innodb-buffer-pool-size=8G --innodb-log-file-size=1G
use_ini opcache.enable_cli=1 opcache.file_update_protection=0
step 'WordPress' get_wordpress
step 'WP-CLI' get_wp_cli
step 'A site with Action Scheduler' site_with_plugin

echo "${BOLD}Measuring${PLAIN}"
for count in ${ROWS//,/ }; do
	step "$count due actions" prepare "$count"
done
step 'until that is on the disk' settle
step 'claims, 5 rounds' rounds 5 claims
step 'beside an old snapshot, 3 rounds' rounds 3 snapshot "$RUN_ACTIONS"
results >"$RUN/times"
machine
awk -v ok="${GREEN}ok${PLAIN}" -v miss="${RED}miss${PLAIN}" '
	function row(due, stock, asq, snapshot, by, index_time) {
		printf "%-14s %12s %12s %20s %14s %14s\n", due, stock, asq, snapshot, by, index_time
	}
	BEGIN { row("due actions", "stock", "asq", "asq, old snapshot", "stock by asq", "index made in") }
	{
		for (i = 3; i <= 4; i++) {
			least = !least || $i < least ? $i : least
			most = $i > most ? $i : most
		}
		row($1, $2 == "-" ? "-" : sprintf("%.1f ms", $2), sprintf("%.2f ms", $3), sprintf("%.2f ms", $4), $2 == "-" ? "-" : sprintf("%.0f", $2 / $3), sprintf("%.1f s", $5))
	}
	END {
		printf "longest by shortest of asq: %.2f, target <= 1.5: %s\n", most / least, most / least <= 1.5 ? ok : miss
		exit most / least > 1.5
	}' "$RUN/times"
