<?php
/*
 * The tables: their names, of which $wpdb is told, and whether they are there. The extension makes them.
 */

abstract class ActionScheduler_Abstract_Schema {

	/** Tables of a version below this one are made anew. */
	protected $schema_version = 1;

	protected $db_version;

	protected $tables = array();

	public function init() {}

	/** Tells $wpdb the tables' names, and has them made if they are old or missing, or if $force_update. */
	public function register_tables( $force_update = false ) {
		global $wpdb;
		foreach ( $this->tables as $table ) {
			if ( ! in_array( $table, $wpdb->tables, true ) ) {
				$wpdb->tables[] = $table;
			}
			$wpdb->$table = $this->get_full_table_name( $table );
		}
		$option           = 'schema-' . static::class;
		$this->db_version = get_option( $option, 0 );
		if ( $force_update || version_compare( $this->db_version, $this->schema_version, '<' ) ) {
			$missing = array_filter( $this->tables, array( $this, 'is_missing' ) );
			foreach ( $this->tables as $table ) {
				do_action( 'action_scheduler_before_schema_update', $table, $this->db_version );
			}
			if ( \Asq\Native\create_tables() ) {
				update_option( $option, $this->schema_version . '.0.' . time() );
				foreach ( $missing as $table ) {
					do_action( 'action_scheduler/created_table', $this->get_full_table_name( $table ), $table );
				}
			}
		}
	}

	protected function get_full_table_name( $table ) {
		return $GLOBALS['wpdb']->prefix . $table;
	}

	public function tables_exist() {
		return ! array_filter( $this->tables, array( $this, 'is_missing' ) );
	}

	private function is_missing( $table ) {
		global $wpdb;
		$name = $this->get_full_table_name( $table );
		return $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $name ) ) ) !== $name;
	}
}

class ActionScheduler_StoreSchema extends ActionScheduler_Abstract_Schema {

	const ACTIONS_TABLE = 'actionscheduler_actions';
	const CLAIMS_TABLE  = 'actionscheduler_claims';
	const GROUPS_TABLE  = 'actionscheduler_groups';
	const DEFAULT_DATE  = '0000-00-00 00:00:00';

	protected $schema_version = 8;

	public function __construct() {
		$this->tables = array( self::ACTIONS_TABLE, self::CLAIMS_TABLE, self::GROUPS_TABLE );
	}
}

class ActionScheduler_LoggerSchema extends ActionScheduler_Abstract_Schema {

	const LOG_TABLE = 'actionscheduler_logs';

	protected $schema_version = 3;

	public function __construct() {
		$this->tables = array( self::LOG_TABLE );
	}
}
