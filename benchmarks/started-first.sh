# No measurement of time: how many of 1,000 callbacks see, by another connection, that their own action is
# in progress. A start that is not committed cannot be seen there. (No hook of the queue runner is listened to, so
# the way through it is the one that is timed in queue-run.)

WHAT=('starts committed before their callback, of 1,000')
UNIT=('')
TARGET=('>= 1')
MOST_ROUNDS=1
WARM_UP=0

once() {
	empty_queue
	site_php asq <<<"asq_enqueue_many( 'bench_look', array_map( fn( \$n ) => array( \$n ), range( 1, 1000 ) ), 'bench' );"
	BENCH_RESULT=$RUN/seen on "$1" "$WP" action-scheduler run >"$RUN/output"
	cat "$RUN/seen"
	rm "$RUN/seen"
}
