<?php
/*
 * PHP's limits on memory and time, and what a long run does to stay within them.
 */

class ActionScheduler_Compatibility {

	public static function convert_hr_to_bytes( $value ) {
		return wp_convert_hr_to_bytes( $value );
	}

	public static function raise_memory_limit() {
		return wp_raise_memory_limit( 'admin' );
	}

	/** Raises the time limit to so many seconds (0: none), and never lowers it. */
	public static function raise_time_limit( $limit = 0 ) {
		$limit = (int) $limit;
		$now   = (int) ini_get( 'max_execution_time' );
		if ( 0 === $now ) {
			return;
		}
		$seconds = 0 === $limit ? 0 : max( $limit, $now );
		if ( function_exists( 'wc_set_time_limit' ) ) {
			wc_set_time_limit( $seconds );
		} elseif ( function_exists( 'set_time_limit' ) ) {
			@set_time_limit( $seconds );
		}
	}
}

/** In the plugin it moves old data to the tables. Here there is none: it says that this is done. */
class ActionScheduler_DataController {

	const DATASTORE_CLASS = 'ActionScheduler_DBStore';
	const LOGGER_CLASS    = 'ActionScheduler_DBLogger';
	const STATUS_FLAG     = 'action_scheduler_migration_status';
	const STATUS_COMPLETE = 'complete';
	const MIN_PHP_VERSION = '5.5';

	private static $instance;

	private static $sleep_time = 0;

	private static $free_ticks = 50;

	public static function dependencies_met() {
		return (bool) apply_filters( 'action_scheduler_migration_dependencies_met', true );
	}

	public static function is_migration_complete() {
		return true;
	}

	/** For the plugin, should it be installed one day. */
	public static function mark_migration_complete() {
		update_option( self::STATUS_FLAG, self::STATUS_COMPLETE );
	}

	public static function mark_migration_incomplete() {
		delete_option( self::STATUS_FLAG );
	}

	public static function set_store_class( $class ) {
		return self::DATASTORE_CLASS;
	}

	public static function set_logger_class( $class ) {
		return self::LOGGER_CLASS;
	}

	/** Seconds to pause whenever memory is freed. */
	public static function set_sleep_time( $sleep_time ) {
		self::$sleep_time = (int) $sleep_time;
	}

	/** Free memory whenever so many actions have run; 0: never. */
	public static function set_free_ticks( $free_ticks ) {
		self::$free_ticks = (int) $free_ticks;
	}

	public static function maybe_free_memory( $ticks ) {
		if ( self::$free_ticks && 0 === $ticks % self::$free_ticks ) {
			self::free_memory();
		}
	}

	/** Drops $wpdb's record of queries and the object cache of this process. */
	public static function free_memory() {
		global $wpdb, $wp_object_cache;
		if ( self::$sleep_time > 0 ) {
			/* translators: %d: amount of time */
			self::warn( sprintf( _n( 'Stopped the insanity for %d second', 'Stopped the insanity for %d seconds', self::$sleep_time, 'action-scheduler' ), self::$sleep_time ) );
			sleep( self::$sleep_time );
		}
		self::warn( __( 'Attempting to reduce used memory...', 'action-scheduler' ) );

		$wpdb->queries = array();
		if ( ! $wp_object_cache instanceof WP_Object_Cache ) {
			return;
		}
		foreach ( array( 'group_ops', 'stats', 'memcache_debug', 'cache' ) as $property ) {
			if ( property_exists( $wp_object_cache, $property ) ) {
				$wp_object_cache->$property = array();
			}
		}
		if ( is_callable( array( $wp_object_cache, '__remoteset' ) ) ) {
			call_user_func( array( $wp_object_cache, '__remoteset' ) );
		}
	}

	private static function warn( $message ) {
		if ( class_exists( 'WP_CLI', false ) ) {
			WP_CLI::warning( $message );
		}
	}

	/** A plugin's choice of another store or logger counts only after priority 100. */
	public static function init() {
		add_filter( 'action_scheduler_store_class', array( __CLASS__, 'set_store_class' ), 100 );
		add_filter( 'action_scheduler_logger_class', array( __CLASS__, 'set_logger_class' ), 100 );
		add_action( 'action_scheduler/progress_tick', array( __CLASS__, 'maybe_free_memory' ) );
	}

	public static function instance() {
		if ( ! isset( self::$instance ) ) {
			self::$instance = new static();
		}
		return self::$instance;
	}
}
