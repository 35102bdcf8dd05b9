# `wp action-scheduler run` of 1,000 actions that do nothing, with its defaults: batches of 100, until there is
# none left. Timed inside, from where WP-CLI calls the command to where it returns.

WHAT=('wp action-scheduler run of 1,000 actions')
UNIT=(' /s')
TARGET=('>= 4')

once() {
	empty_queue
	site_php asq <<<"asq_enqueue_many( 'bench_nothing', array_map( fn( \$n ) => array( \$n ), range( 1, 1000 ) ), 'bench' );"
	rest
	BENCH_TIME=$RUN/time on "$1" "$WP" action-scheduler run >"$RUN/output"
	[[ $(rows "SELECT COUNT(*) FROM {actions} WHERE status = 'complete' AND attempts = 1") == 1000 ]]
	[[ $(rows 'SELECT COUNT(*) FROM {logs}') == 3000 ]]
	awk '{ print 1000 / $1 }' "$RUN/time"
	rm "$RUN/time"
}
