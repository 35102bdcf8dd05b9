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

/** Writes when it has begun. */
add_action(
	'bench_pickup',
	static function ( $n ) {
		$now = microtime( true );
		file_put_contents( getenv( 'BENCH_RESULT' ), sprintf( "%d %.6f\n", $n, $now ), FILE_APPEND );
	}
);

/** Writes how much memory its process has: process, actions, RSS and its own part in KB, PHP's in use and kept in bytes. */
add_action(
	'bench_memory',
	static function ( $n ) {
		static $count = 0, $every = null;
		if ( null === $every ) {
			$every = (int) getenv( 'BENCH_EVERY' );
		}
		if ( 1 === ++$count || 0 === $count % $every ) {
			preg_match_all( '/^(?:VmRSS|RssAnon):\s+(\d+)/m', file_get_contents( '/proc/self/status' ), $kb );
			$line = array_merge( array( getmypid(), $count ), $kb[1], array( memory_get_usage(), memory_get_usage( true ) ) );
			file_put_contents( getenv( 'BENCH_RESULT' ), implode( ' ', $line ) . "\n", FILE_APPEND );
		}
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

/** Webhooks, and a REST route that does nothing. */
if ( function_exists( 'asq_register_webhook' ) ) {
	asq_register_webhook(
		'bench',
		array(
			'hook'     => 'bench_nothing',
			'secret'   => 'secret',
			'event_id' => 'id',
		)
	);
	add_action(
		'rest_api_init',
		static function () {
			register_rest_route(
				'asq/v1',
				'/empty',
				array(
					'methods'             => 'POST',
					'callback'            => '__return_empty_array',
					'permission_callback' => '__return_true',
				)
			);
		}
	);
}
