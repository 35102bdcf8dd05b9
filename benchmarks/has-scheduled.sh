# Is there one already? Asked of 20,000 pending actions of 20 hooks: for one of them that is there, for one that
# is not, and for a hook whatever its args are.

WHAT=(
	'as_has_scheduled_action of 20,000: it is there'
	'    it is not'
	'    any of the hook'
)
UNIT=(' ms' ' ms' ' ms')
TARGET=('<= 0.8' '<= 0.8' '<= 0.8')

prepare() {
	empty_queue
	site_php asq <<-'PHP'
		for ( $hook = 0; $hook < 20; $hook++ ) {
			asq_enqueue_many( "bench_$hook", array_map( fn( $n ) => array( 'order' => $n ), range( 1, 1000 ) ), 'bench', false, 10, time() + HOUR_IN_SECONDS );
		}
	PHP
	rows 'ANALYZE TABLE {actions}'
}

once() {
	site_php "$1" <<-PHP
		require '$BENCHMARKS/lib.php';
		\$hook = fn( \$n ) => 'bench_' . ( \$n + 100 ) % 20;
		as_has_scheduled_action( 'bench_1', array( 'order' => 1 ), 'bench' ) && ! as_has_scheduled_action( 'bench_1', array( 'order' => 0 ), 'bench' ) || exit( 1 );
		echo bench_median( fn( \$n ) => as_has_scheduled_action( \$hook( \$n ), array( 'order' => \$n + 101 ), 'bench' ), 500, 50 ), "\n";
		echo bench_median( fn( \$n ) => as_has_scheduled_action( \$hook( \$n ), array( 'order' => 'none' ), 'bench' ), 500, 50 ), "\n";
		echo bench_median( fn( \$n ) => as_has_scheduled_action( \$hook( \$n ) ), 500, 50 ), "\n";
	PHP
}
