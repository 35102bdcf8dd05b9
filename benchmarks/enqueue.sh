# One action enqueued: with a group and small args, not unique. Each call is one commit at least.

WHAT=('as_enqueue_async_action, a call')
UNIT=(' ms')
TARGET=('<= 0.5')

once() {
	empty_queue
	rest
	site_php "$1" <<-PHP
		require '$BENCHMARKS/lib.php';
		echo bench_median( fn( \$n ) => as_enqueue_async_action( 'bench_nothing', array( 'order' => \$n, 'by' => 'mail' ), 'bench' ), 500, 50 ), "\n";
	PHP
}
