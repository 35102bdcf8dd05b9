<?php
/*
 * The front door, as callers of Action Scheduler know it. There is no plugin behind it: the extension boots the queue,
 * and the parts (store, logger, runner, lock) are made by the first who asks for them.
 */

abstract class ActionScheduler {

	private static $factory = null;

	public static function factory() {
		if ( ! isset( self::$factory ) ) {
			self::$factory = new ActionScheduler_ActionFactory();
		}
		return self::$factory;
	}

	public static function store() {
		return ActionScheduler_Store::instance();
	}

	public static function lock() {
		return ActionScheduler_Lock::instance();
	}

	public static function logger() {
		return ActionScheduler_Logger::instance();
	}

	public static function runner() {
		return ActionScheduler_QueueRunner::instance();
	}

	/** There is no admin screen. */
	public static function admin_view() {
		return null;
	}

	/** Where the plugin would be. */
	public static function plugin_path( $path ) {
		$base = WP_PLUGIN_DIR . '/action-scheduler';
		return $path ? trailingslashit( $base ) . $path : $base;
	}

	public static function plugin_url( $path ) {
		return plugins_url( $path, self::plugin_path( 'action-scheduler.php' ) );
	}

	/** The extension has its own autoloader. */
	public static function autoload( $class ) {}

	/** A copy of the plugin that comes too late finds everything in place. */
	public static function init( $plugin_file ) {}

	/** Whether the as_* functions may be used yet; says so where a function's name is given and they may not. */
	public static function is_initialized( $function_name = null ) {
		$ready = \Asq\Native\standalone_ready();
		if ( ! $ready && ! empty( $function_name ) ) {
			/* translators: %s function name. */
			$message = sprintf( __( '%s() was called before the Action Scheduler data store was initialized', 'action-scheduler' ), esc_attr( $function_name ) );
			_doing_it_wrong( esc_html( $function_name ), esc_html( $message ), '3.1.6' );
		}
		return $ready;
	}

	final private function __construct() {}

	public static function get_datetime_object( $when = null, $timezone = 'UTC' ) {
		_deprecated_function( __METHOD__, '2.0', 'wcs_add_months()' );
		return as_get_datetime_object( $when, $timezone );
	}

	public static function check_shutdown_hook( $function_name ) {
		_deprecated_function( __FUNCTION__, '3.1.6' );
	}

	// What follows is not the plugin's: the classes here help each other with it.

	/**
	 * Makes the store, logger or runner: of the class that a filter names, or else the default one.
	 *
	 * The plugin asks at boot, here the first user does. So that this shows to nobody, the filter is called only if
	 * somebody listens.
	 *
	 * @internal
	 */
	public static function make( $filter, $default ) {
		$class = $default;
		if ( has_filter( $filter ) ) {
			ActionScheduler_DataController::init();
			$class = apply_filters( $filter, $default );
		}
		return new $class();
	}

	/**
	 * Calls the part's init() at the plugin's time for it, or at once if that is past.
	 *
	 * @internal
	 */
	public static function start( $part ) {
		if ( did_action( 'init' ) ) {
			$part->init();
		} else {
			add_action( 'init', array( $part, 'init' ), 1, 0 );
		}
	}

	/**
	 * Puts a listener of the logger or the runner in its place; false if there is none.
	 *
	 * The plugin's are there from boot on, before those of most other plugins. Here the extension's function of the
	 * method's name keeps the place from then on, and the object takes it over once it is made. If the place is gone,
	 * somebody has removed it, and so wants no such listener.
	 *
	 * @internal
	 */
	public static function take_over( $hook, array $callback, $accepted_args = 1 ) {
		global $wp_filter;
		$keeper = 'Asq\Native\\' . $callback[1];
		if ( 10 !== has_filter( $hook, $keeper ) ) {
			return false;
		}
		$listeners = array();
		foreach ( $wp_filter[ $hook ]->callbacks[10] as $id => $listener ) {
			if ( $keeper === $id ) {
				$id       = _wp_filter_build_unique_id( $hook, $callback, 10 );
				$listener = array(
					'function'      => $callback,
					'accepted_args' => $accepted_args,
				);
			}
			$listeners[ $id ] = $listener;
		}
		$wp_filter[ $hook ]->callbacks[10] = $listeners;
		return true;
	}
}
