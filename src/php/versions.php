<?php
/*
 * Which version of Action Scheduler this stands for, and where it comes from.
 */

class ActionScheduler_Versions {

	private static $instance = null;

	private $versions = array();

	private $sources = array();

	/** Adds a version; false if it is there already. */
	public function register( $version_string, $initialization_callback ) {
		if ( isset( $this->versions[ $version_string ] ) ) {
			return false;
		}
		$caller = debug_backtrace( DEBUG_BACKTRACE_IGNORE_ARGS, 1 )[0]['file'] ?? '';

		$this->versions[ $version_string ] = $initialization_callback;
		$this->sources[ $caller ]          = $version_string;
		return true;
	}

	public function get_versions() {
		return $this->versions;
	}

	public function get_sources() {
		return $this->sources;
	}

	public function latest_version() {
		$versions = array_keys( $this->versions );
		usort( $versions, 'version_compare' );
		return end( $versions );
	}

	public function latest_version_callback() {
		$latest = $this->latest_version();
		return $latest ? $this->versions[ $latest ] : '__return_null';
	}

	/** The instance knows the one version that the extension behaves as. */
	public static function instance() {
		if ( empty( self::$instance ) ) {
			self::$instance = new self();
			self::$instance->register( '3.9.3', '__return_null' );
		}
		return self::$instance;
	}

	public static function initialize_latest_version() {
		call_user_func( self::instance()->latest_version_callback() );
	}

	public function active_source(): array {
		_deprecated_function( __METHOD__, '3.9.2', 'ActionScheduler_SystemInformation::active_source()' );
		return ActionScheduler_SystemInformation::active_source();
	}

	public function active_source_path(): string {
		_deprecated_function( __METHOD__, '3.9.2', 'ActionScheduler_SystemInformation::active_source_path()' );
		return ActionScheduler_SystemInformation::active_source_path();
	}
}

class ActionScheduler_SystemInformation {

	public static function active_source(): array {
		return array(
			'type' => 'extension',
			'name' => 'asq',
		);
	}

	/** The folder that PHP loads its extensions from. */
	public static function active_source_path(): string {
		return trailingslashit( ini_get( 'extension_dir' ) );
	}

	public static function get_sources() {
		return array( self::active_source_path() . 'asq' => ActionScheduler_Versions::instance()->latest_version() );
	}
}
