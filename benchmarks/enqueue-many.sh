# An import: 20,000 actions by asq_enqueue_many(), against as many calls as Action Scheduler needs for them (of
# which 1,000 are timed).

WHAT=('asq_enqueue_many of 20,000, against a call for each')
UNIT=(' /s')
TARGET=('>= 25')

once() {
	empty_queue
	site_php "$1" "$1" <<-'PHP'
		$count = 'asq' === $argv[1] ? 20000 : 1000;
		$args  = array_map( fn( $n ) => array( 'order' => $n, 'by' => 'mail' ), range( 1, $count ) );
		as_enqueue_async_action( 'bench_nothing', array(), 'bench' ); // the group, and the connection
		$began = hrtime( true );
		if ( 'asq' === $argv[1] ) {
			$ids = asq_enqueue_many( 'bench_nothing', $args, 'bench' );
		} else {
			$ids = array_map( fn( $one ) => as_enqueue_async_action( 'bench_nothing', $one, 'bench' ), $args );
		}
		$time = ( hrtime( true ) - $began ) / 1e9;
		count( array_unique( array_filter( $ids ) ) ) === $count || exit( 1 );
		echo $count / $time, "\n";
	PHP
}
