<?php
/**
 * For benchmarks/: what the actions do, and a clock around `wp action-scheduler run`.
 */

/** Nothing. */
add_action( 'bench_nothing', static function ( $n ) {} );

/** Looks by a connection of its own whether the action's start can be seen there; counts those that can. */
add_action(
	'bench_look',
	static function ( $n ) {
		static $other = null, $seen = 0;
		global $wpdb;
		if ( null === $other ) {
			[ $host, $port ] = explode( ':', DB_HOST );
			$other           = new mysqli( $host, DB_USER, DB_PASSWORD, DB_NAME, (int) $port );
		}
		$row   = $other->query( "SELECT status, attempts FROM {$wpdb->prefix}actionscheduler_actions WHERE hook = 'bench_look' AND args = '[$n]'" );
		$seen += array( array( 'in-progress', '1' ) ) === $row->fetch_all();
		file_put_contents( getenv( 'BENCH_RESULT' ), $seen );
	}
);

/** Writes how many seconds the command took, without WordPress's start. */
if ( defined( 'WP_CLI' ) && getenv( 'BENCH_TIME' ) ) {
	$began = 0;
	foreach ( array( 'action-scheduler run', 'action-scheduler clean', 'asq purge' ) as $command ) {
		WP_CLI::add_hook(
			"before_invoke:$command",
			static function () use ( &$began ) {
				$began = hrtime( true );
			}
		);
		WP_CLI::add_hook(
			"after_invoke:$command",
			static function () use ( &$began ) {
				file_put_contents( getenv( 'BENCH_TIME' ), ( hrtime( true ) - $began ) / 1e9 );
			}
		);
	}
	unset( $began );
}
