<?php
/*
 * The store in Action Scheduler's tables. Each method asks the extension first; what follows is for what that declines
 * (a row that is not there, input it leaves alone, a database error, which $wpdb then meets and reports).
 */

class ActionScheduler_DBStore extends ActionScheduler_Store {

	/** Until when find_actions_by_claim_id() looks, while a claim is being made. */
	private $claim_before_date = null;

	protected static $max_args_length = 8000;

	/** Bytes of JSON that the args column takes; of longer ones it has the digest. */
	protected static $max_index_length = 191;

	/** What claims are restricted to, where they do not say. */
	protected $claim_filters = array(
		'group'          => '',
		'hooks'          => '',
		'exclude-groups' => '',
	);

	public function init() {
		$schema = new ActionScheduler_StoreSchema();
		$schema->init();
		$schema->register_tables();
	}

	/** Stores the action unless the same one is pending or running: then returns 0. */
	public function save_unique_action( ActionScheduler_Action $action, ?DateTime $scheduled_date = null ) {
		return $this->save( $action, $scheduled_date, true );
	}

	public function save_action( ActionScheduler_Action $action, ?DateTime $scheduled_date = null ) {
		return $this->save( $action, $scheduled_date, false );
	}

	private function save( ActionScheduler_Action $action, $date, $unique ) {
		if ( \Asq\Native\store_save( $result, $this, $action, $date, $unique ) ) {
			return $result;
		}
		try {
			$this->validate_action( $action );
			$action_id = $this->insert( $this->row( $action, $date ), $unique );
			if ( $action_id ) {
				do_action( 'action_scheduler_stored_action', $action_id );
			}
			return $action_id;
		} catch ( Exception $e ) {
			/* translators: %s: error message */
			throw new RuntimeException( sprintf( __( 'Error saving action: %s', 'action-scheduler' ), $e->getMessage() ), 0 );
		}
	}

	private function row( ActionScheduler_Action $action, $date ) {
		$row  = array(
			'hook'                 => $action->get_hook(),
			'status'               => $action->is_finished() ? self::STATUS_COMPLETE : self::STATUS_PENDING,
			'scheduled_date_gmt'   => $this->get_scheduled_date_string( $action, $date ),
			'scheduled_date_local' => $this->get_scheduled_date_string_local( $action, $date ),
			'schedule'             => serialize( $action->get_schedule() ),
			'group_id'             => current( $this->get_group_ids( $action->get_group() ) ),
			'priority'             => $action->get_priority(),
		);
		$args = wp_json_encode( $action->get_args() );

		$row['args'] = $args;
		if ( strlen( $args ) > static::$max_index_length ) {
			$row['args']          = $this->hash_args( $args );
			$row['extended_args'] = $args;
		}
		return $row;
	}

	/** One statement, so that nothing comes between the look for a duplicate and the insert. */
	private function insert( array $row, $unique ) {
		global $wpdb;
		$columns = '`' . implode( '`, `', array_keys( $row ) ) . '`';
		$values  = array_values( $row );
		$places  = implode( ', ', array_map( array( $this, 'place_of' ), array_keys( $row ) ) );
		$sql     = "INSERT INTO {$wpdb->actionscheduler_actions} ( $columns ) SELECT $places FROM DUAL";
		if ( $unique ) {
			$sql .= " WHERE NOT EXISTS ( SELECT 1 FROM {$wpdb->actionscheduler_actions} WHERE status IN ( %s, %s ) AND hook = %s AND group_id = %d AND args = %s )";
			array_push( $values, self::STATUS_PENDING, self::STATUS_RUNNING, $row['hook'], $row['group_id'], $row['args'] );
		}
		if ( $wpdb->query( $wpdb->prepare( $sql, $values ) ) ) {
			return $wpdb->insert_id;
		}
		if ( $unique ) {
			return 0;
		}
		throw new RuntimeException( $wpdb->last_error ? $wpdb->last_error : __( 'Database error.', 'action-scheduler' ) );
	}

	private function place_of( $column ) {
		return in_array( $column, array( 'group_id', 'priority' ), true ) ? '%d' : '%s';
	}

	protected function hash_args( $args ) {
		return md5( $args );
	}

	/** What the args column holds for these arguments. */
	protected function get_args_for_query( $args ) {
		$json = wp_json_encode( $args );
		return strlen( $json ) <= static::$max_index_length ? $json : $this->hash_args( $json );
	}

	protected function get_group_ids( $slugs, $create_if_not_exists = true ) {
		global $wpdb;
		$ids = array();
		foreach ( (array) $slugs as $slug ) {
			$id = (int) $wpdb->get_var( $wpdb->prepare( "SELECT group_id FROM {$wpdb->actionscheduler_groups} WHERE slug = %s", $slug ) );
			if ( ! $id && $create_if_not_exists ) {
				$id = $this->create_group( $slug );
			}
			if ( $id ) {
				$ids[] = $id;
			}
		}
		return $ids;
	}

	protected function create_group( $slug ) {
		global $wpdb;
		$wpdb->insert( $wpdb->actionscheduler_groups, array( 'slug' => $slug ) );
		return (int) $wpdb->insert_id;
	}

	public function fetch_action( $action_id ) {
		if ( \Asq\Native\store_fetch( $result, $this, $action_id ) ) {
			return $result;
		}
		global $wpdb;
		$row = $wpdb->get_row( $wpdb->prepare( "SELECT a.*, g.slug AS `group` FROM {$wpdb->actionscheduler_actions} a LEFT JOIN {$wpdb->actionscheduler_groups} g ON g.group_id = a.group_id WHERE a.action_id = %d", $action_id ) );
		if ( empty( $row ) ) {
			return $this->get_null_action();
		}
		if ( ! empty( $row->extended_args ) ) {
			$row->args = $row->extended_args;
		}
		try {
			return $this->make_action_from_db_record( $row );
		} catch ( ActionScheduler_InvalidActionException $e ) {
			do_action( 'action_scheduler_failed_fetch_action', $action_id, $e );
			return $this->get_null_action();
		}
	}

	protected function get_null_action() {
		return new ActionScheduler_NullAction();
	}

	protected function make_action_from_db_record( $data ) {
		$args     = json_decode( (string) $data->args, true );
		$schedule = unserialize( (string) $data->schedule );
		$this->validate_args( $args, $data->action_id );
		$this->validate_schedule( $schedule, $data->action_id );
		return ActionScheduler::factory()->get_stored_action( $data->status, $data->hook, $args, $schedule, $data->group ? $data->group : '', $data->priority );
	}

	public function query_actions( $query = array(), $query_type = 'select' ) {
		if ( \Asq\Native\store_query( $result, $this, $query, $query_type ) ) {
			return $result;
		}
		global $wpdb;
		$sql = $this->get_query_actions_sql( $query, $query_type );
		return 'count' === $query_type ? $wpdb->get_var( $sql ) : $wpdb->get_col( $sql );
	}

	protected function get_query_actions_sql( array $query, $select_or_count = 'select' ) {
		global $wpdb;
		if ( ! in_array( $select_or_count, array( 'select', 'count' ), true ) ) {
			throw new InvalidArgumentException( __( 'Invalid value for select or count parameter. Cannot query actions.', 'action-scheduler' ) );
		}
		$query = wp_parse_args(
			$query,
			array(
				'hook'                  => '',
				'args'                  => null,
				'partial_args_matching' => 'off',
				'date'                  => null,
				'date_compare'          => '<=',
				'modified'              => null,
				'modified_compare'      => '<=',
				'group'                 => '',
				'status'                => '',
				'claimed'               => null,
				'search'                => '',
				'per_page'              => 5,
				'offset'                => 0,
				'orderby'               => 'date',
				'order'                 => 'ASC',
			)
		);

		$what = 'count' === $select_or_count ? 'count(a.action_id)' : 'a.action_id';
		$sql  = "SELECT $what FROM {$wpdb->actionscheduler_actions} a";
		if ( ! empty( $query['group'] ) || 'group' === $query['orderby'] ) {
			$sql .= " LEFT JOIN {$wpdb->actionscheduler_groups} g ON g.group_id = a.group_id";
		}
		$conditions = $this->conditions( $query );
		$sql       .= ' WHERE ' . implode( ' AND ', array_merge( array( '1=1' ), array_column( $conditions, 0 ) ) );
		$values     = array_merge( array(), ...array_column( $conditions, 1 ) );

		if ( 'select' === $select_or_count ) {
			$sql .= $this->order_of( $query );
			if ( $query['per_page'] > 0 ) {
				$sql .= ' LIMIT %d, %d';
				array_push( $values, $query['offset'], $query['per_page'] );
			}
		}
		return $values ? $wpdb->prepare( $sql, $values ) : $sql;
	}

	/** The query's conditions: of each its SQL, and the values for its placeholders. */
	private function conditions( array $query ) {
		$all = array();
		if ( ! empty( $query['group'] ) ) {
			$all[] = array( 'g.slug = %s', array( $query['group'] ) );
		}
		if ( ! empty( $query['hook'] ) ) {
			$all[] = array( 'a.hook = %s', array( $query['hook'] ) );
		}
		if ( null !== $query['args'] ) {
			array_push( $all, ...$this->conditions_on_args( $query['args'], $query['partial_args_matching'] ) );
		}
		if ( $query['status'] ) {
			$statuses = array_values( (array) $query['status'] );
			$all[]    = array( 'a.status IN (' . $this->places( '%s', $statuses ) . ')', $statuses );
		}
		$dates = array(
			'date'     => 'a.scheduled_date_gmt',
			'modified' => 'a.last_attempt_gmt',
		);
		foreach ( $dates as $key => $column ) {
			if ( $query[ $key ] instanceof DateTime ) {
				$date  = ( clone $query[ $key ] )->setTimezone( new DateTimeZone( 'UTC' ) );
				$all[] = array( "$column " . $this->validate_sql_comparator( $query[ $key . '_compare' ] ) . ' %s', array( $date->format( 'Y-m-d H:i:s' ) ) );
			}
		}
		if ( is_bool( $query['claimed'] ) ) {
			$all[] = array( $query['claimed'] ? 'a.claim_id != 0' : 'a.claim_id = 0', array() );
		} elseif ( null !== $query['claimed'] ) {
			$all[] = array( 'a.claim_id = %d', array( $query['claimed'] ) );
		}
		if ( ! empty( $query['search'] ) ) {
			$all[] = $this->condition_of_search( $query['search'] );
		}
		return $all;
	}

	private function conditions_on_args( $args, $matching ) {
		global $wpdb;
		$all = array();
		switch ( $matching ) {
			case 'off':
				$all[] = array( 'a.args = %s', array( $this->get_args_for_query( $args ) ) );
				break;
			case 'like':
				foreach ( $args as $key => $value ) {
					$json  = trim( wp_json_encode( array( $key => $value ) ), '{}' );
					$all[] = array( 'a.args LIKE %s', array( '%' . $wpdb->esc_like( $json ) . '%' ) );
				}
				break;
			case 'json':
				$places = array(
					'integer' => '%d',
					'boolean' => '%s',
					'double'  => '%f',
					'string'  => '%s',
				);
				foreach ( $args as $key => $value ) {
					$type = gettype( $value );
					if ( ! isset( $places[ $type ] ) ) {
						/* translators: %s: provided value type */
						throw new RuntimeException( sprintf( __( 'The value type for the JSON partial matching is not supported. Must be either integer, boolean, double or string. %s type provided.', 'action-scheduler' ), $type ) );
					}
					$value = is_bool( $value ) ? wp_json_encode( $value ) : $value;
					$all[] = array( "JSON_EXTRACT(a.args, %s) = {$places[ $type ]}", array( '$.' . $key, $value ) );
				}
				break;
			default:
				throw new RuntimeException( __( 'Unknown partial args matching value.', 'action-scheduler' ) );
		}
		return $all;
	}

	private function condition_of_search( $search ) {
		$sql    = 'a.hook LIKE %s OR (a.extended_args IS NULL AND a.args LIKE %s) OR a.extended_args LIKE %s';
		$values = array_fill( 0, 3, "%$search%" );
		if ( (int) $search ) {
			$sql     .= ' OR a.claim_id = %d';
			$values[] = (int) $search;
		}
		return array( "($sql)", $values );
	}

	private function order_of( array $query ) {
		$columns = array(
			'hook'      => 'a.hook',
			'group'     => 'g.slug',
			'modified'  => 'a.last_attempt_gmt',
			'action_id' => 'a.action_id',
		);
		if ( 'none' === $query['orderby'] ) {
			return '';
		}
		return ' ORDER BY ' . ( $columns[ $query['orderby'] ] ?? 'a.scheduled_date_gmt' ) . ( 'ASC' === strtoupper( $query['order'] ) ? ' ASC' : ' DESC' );
	}

	private function places( $place, array $values ) {
		return implode( ', ', array_fill( 0, count( $values ), $place ) );
	}

	public function action_counts() {
		if ( \Asq\Native\store_counts( $result, $this ) ) {
			return $result;
		}
		global $wpdb;
		$rows = $wpdb->get_results( "SELECT status, count(*) AS count FROM {$wpdb->actionscheduler_actions} GROUP BY status" );
		return array_intersect_key( array_column( $rows, 'count', 'status' ), $this->get_status_labels() );
	}

	public function cancel_action( $action_id ) {
		if ( \Asq\Native\store_cancel( $result, $this, $action_id ) ) {
			return;
		}
		if ( false === $this->update( $action_id, array( 'status' => self::STATUS_CANCELED ) ) ) {
			/* translators: %s: action ID */
			throw new InvalidArgumentException( sprintf( __( 'Unidentified action %s: we were unable to cancel this action. It may may have been deleted by another process.', 'action-scheduler' ), $action_id ) );
		}
		do_action( 'action_scheduler_canceled_action', $action_id );
	}

	public function cancel_actions_by_hook( $hook ) {
		if ( ! \Asq\Native\store_cancel_by_hook( $result, $this, $hook ) ) {
			$this->bulk_cancel_actions( array( 'hook' => $hook ) );
		}
	}

	public function cancel_actions_by_group( $group ) {
		if ( ! \Asq\Native\store_cancel_by_group( $result, $this, $group ) ) {
			$this->bulk_cancel_actions( array( 'group' => $group ) );
		}
	}

	protected function bulk_cancel_actions( $query_args ) {
		global $wpdb;
		if ( ! is_array( $query_args ) || self::STATUS_CANCELED === ( $query_args['status'] ?? '' ) ) {
			return;
		}
		$query = wp_parse_args(
			$query_args,
			array(
				'per_page' => 1000,
				'status'   => self::STATUS_PENDING,
				'orderby'  => 'none',
			)
		);
		for ( $ids = $this->query_actions( $query ); $ids; $ids = $this->query_actions( $query ) ) {
			$wpdb->query( $wpdb->prepare( "UPDATE {$wpdb->actionscheduler_actions} SET status = %s WHERE action_id IN (" . $this->places( '%d', $ids ) . ')', array_merge( array( self::STATUS_CANCELED ), $ids ) ) );
			do_action( 'action_scheduler_bulk_cancel_actions', $ids );
		}
	}

	public function delete_action( $action_id ) {
		if ( \Asq\Native\store_delete( $result, $this, $action_id ) ) {
			return;
		}
		global $wpdb;
		if ( ! $wpdb->delete( $wpdb->actionscheduler_actions, array( 'action_id' => $action_id ), array( '%d' ) ) ) {
			/* translators: %s is the action ID */
			throw new InvalidArgumentException( sprintf( __( 'Unidentified action %s: we were unable to delete this action. It may may have been deleted by another process.', 'action-scheduler' ), $action_id ) );
		}
		do_action( 'action_scheduler_deleted_action', $action_id );
	}

	/** In the site's time. */
	public function get_date( $action_id ) {
		$date = $this->get_date_gmt( $action_id );
		ActionScheduler_TimezoneHelper::set_local_timezone( $date );
		return $date;
	}

	protected function get_date_gmt( $action_id ) {
		global $wpdb;
		$row = $wpdb->get_row( $wpdb->prepare( "SELECT status, scheduled_date_gmt, last_attempt_gmt FROM {$wpdb->actionscheduler_actions} WHERE action_id = %d", $action_id ) );
		if ( empty( $row ) ) {
			/* translators: %s is the action ID */
			throw new InvalidArgumentException( sprintf( __( 'Unidentified action %s: we were unable to determine the date of this action. It may may have been deleted by another process.', 'action-scheduler' ), $action_id ) );
		}
		return as_get_datetime_object( self::STATUS_PENDING === $row->status ? $row->scheduled_date_gmt : $row->last_attempt_gmt );
	}

	public function stake_claim( $max_actions = 10, ?DateTime $before_date = null, $hooks = array(), $group = '' ) {
		if ( \Asq\Native\store_claim( $result, $this, $max_actions, $before_date, $hooks, $group ) ) {
			return $result;
		}
		$claim_id = $this->generate_claim_id();
		if ( ! $claim_id ) {
			$this->fail_to_claim();
		}
		try {
			$this->claim_before_date = $before_date;
			$this->claim_actions( $claim_id, $max_actions, $before_date, $hooks, $group );
			return new ActionScheduler_ActionClaim( $claim_id, $this->find_actions_by_claim_id( $claim_id ) );
		} finally {
			$this->claim_before_date = null;
		}
	}

	protected function generate_claim_id() {
		global $wpdb;
		$wpdb->insert( $wpdb->actionscheduler_claims, array( 'date_created_gmt' => as_get_datetime_object()->format( 'Y-m-d H:i:s' ) ) );
		return $wpdb->insert_id;
	}

	public function set_claim_filter( $filter_name, $filter_values ) {
		if ( isset( $this->claim_filters[ $filter_name ] ) ) {
			$this->claim_filters[ $filter_name ] = $filter_values;
		}
	}

	public function get_claim_filter( $filter_name ) {
		return $this->claim_filters[ $filter_name ] ?? '';
	}

	/** Marks due actions as claimed, and returns how many; those that somebody is just claiming are passed over. */
	protected function claim_actions( $claim_id, $limit, ?DateTime $before_date = null, $hooks = array(), $group = '' ) {
		global $wpdb;
		$hooks  = $this->claim_restriction( 'hooks', $hooks );
		$group  = $this->claim_restriction( 'group', $group );
		$now    = as_get_datetime_object();
		$before = $before_date ? $before_date : $now;
		$due    = "SELECT action_id FROM {$wpdb->actionscheduler_actions} WHERE claim_id = 0 AND scheduled_date_gmt <= %s AND status = %s";
		$values = array( $before->format( 'Y-m-d H:i:s' ), self::STATUS_PENDING );
		if ( ! empty( $hooks ) ) {
			$due   .= ' AND hook IN (' . $this->places( '%s', $hooks ) . ')';
			$values = array_merge( $values, array_values( $hooks ) );
		}
		$due .= $this->condition_on_groups( $group, $this->get_claim_filter( 'exclude-groups' ) );
		$due .= ' ' . apply_filters( 'action_scheduler_claim_actions_order_by', 'ORDER BY priority ASC, attempts ASC, scheduled_date_gmt ASC, action_id ASC', $claim_id, $hooks );
		$due .= ' LIMIT %d FOR UPDATE' . ( $this->can_skip_locked() ? ' SKIP LOCKED' : '' );
		$sql  = "UPDATE {$wpdb->actionscheduler_actions} a JOIN ($due) due ON due.action_id = a.action_id SET a.claim_id = %d, a.last_attempt_gmt = %s, a.last_attempt_local = %s";
		array_push( $values, $limit, $claim_id, $now->format( 'Y-m-d H:i:s' ), current_time( 'mysql' ) );

		$claimed = $wpdb->query( $wpdb->prepare( $sql, $values ) );
		if ( false === $claimed ) {
			$this->fail_to_claim();
		}
		return (int) $claimed;
	}

	private function can_skip_locked() {
		global $wpdb;
		$since = strpos( $wpdb->db_server_info(), 'MariaDB' ) === false ? '8.0.1' : '10.6.0';
		return apply_filters( 'action_scheduler_db_supports_skip_locked', version_compare( $wpdb->db_version(), $since, '>=' ) );
	}

	private function fail_to_claim() {
		global $wpdb;
		/* translators: %s database error. */
		throw new RuntimeException( sprintf( __( 'Unable to claim actions. Database error: %s.', 'action-scheduler' ), empty( $wpdb->last_error ) ? _x( 'unknown', 'database error', 'action-scheduler' ) : $wpdb->last_error ) );
	}

	/** A restriction stays in force for later claims that have none. */
	private function claim_restriction( $name, $value ) {
		if ( empty( $value ) ) {
			return $this->get_claim_filter( $name );
		}
		$this->set_claim_filter( $name, $value );
		return $value;
	}

	private function condition_on_groups( $include, $exclude ) {
		$groups = $include ? $include : $exclude;
		if ( empty( $groups ) ) {
			return '';
		}
		$ids = $this->get_group_ids( $groups, false );
		if ( ! $ids ) {
			/* translators: %s: group name(s) */
			throw new InvalidArgumentException( sprintf( _n( 'The group "%s" does not exist.', 'The groups "%s" do not exist.', count( (array) $groups ), 'action-scheduler' ), implode( ', ', (array) $groups ) ) );
		}
		return ' AND group_id ' . ( $include ? 'IN' : 'NOT IN' ) . ' (' . implode( ', ', $ids ) . ')';
	}

	/** The number of claims that still hold pending or running actions. */
	public function get_claim_count() {
		if ( \Asq\Native\store_claim_count( $result, $this ) ) {
			return $result;
		}
		global $wpdb;
		return (int) $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(DISTINCT claim_id) FROM {$wpdb->actionscheduler_actions} WHERE claim_id != 0 AND status IN (%s, %s)", self::STATUS_PENDING, self::STATUS_RUNNING ) );
	}

	public function get_claim_id( $action_id ) {
		if ( \Asq\Native\store_claim_id( $result, $this, $action_id ) ) {
			return $result;
		}
		return (int) $this->column( 'claim_id', $action_id );
	}

	public function find_actions_by_claim_id( $claim_id ) {
		if ( \Asq\Native\store_claimed( $result, $this, $claim_id ) ) {
			return $result;
		}
		global $wpdb;
		$before = $this->claim_before_date ? $this->claim_before_date : as_get_datetime_object();
		$ids    = $wpdb->get_col( $wpdb->prepare( "SELECT action_id FROM {$wpdb->actionscheduler_actions} WHERE claim_id = %d AND scheduled_date_gmt <= %s ORDER BY priority ASC, attempts ASC, scheduled_date_gmt ASC, action_id ASC", $claim_id, $before->format( 'Y-m-d H:i:s' ) ) );
		return array_map( 'absint', $ids );
	}

	/** Gives back what is still pending; by action id, so that a release and somebody's claim do not wait for each other. */
	public function release_claim( ActionScheduler_ActionClaim $claim ) {
		if ( 0 === (int) $claim->get_id() || \Asq\Native\store_release( $result, $this, $claim ) ) {
			return;
		}
		global $wpdb;
		$ids      = array_map( 'absint', $wpdb->get_col( $wpdb->prepare( "SELECT action_id FROM {$wpdb->actionscheduler_actions} WHERE claim_id = %d AND status = %s", $claim->get_id(), self::STATUS_PENDING ) ) );
		$released = $ids ? $wpdb->query( "UPDATE {$wpdb->actionscheduler_actions} SET claim_id = 0 WHERE action_id IN (" . implode( ', ', $ids ) . ')' ) : 0;
		$wpdb->delete( $wpdb->actionscheduler_claims, array( 'claim_id' => $claim->get_id() ), array( '%d' ) );
		if ( $released < count( $ids ) ) {
			/* translators: %d is an id. */
			throw new RuntimeException( sprintf( __( 'Unable to release actions from claim id %d.', 'action-scheduler' ), $claim->get_id() ) );
		}
	}

	public function unclaim_action( $action_id ) {
		if ( ! \Asq\Native\store_unclaim( $result, $this, $action_id ) ) {
			$this->update( $action_id, array( 'claim_id' => 0 ) );
		}
	}

	public function mark_failure( $action_id ) {
		if ( \Asq\Native\store_fail( $result, $this, $action_id ) || $this->update( $action_id, array( 'status' => self::STATUS_FAILED ) ) ) {
			return;
		}
		/* translators: %s is the action ID */
		throw new InvalidArgumentException( sprintf( __( 'Unidentified action %s: we were unable to mark this action as having failed. It may may have been deleted by another process.', 'action-scheduler' ), $action_id ) );
	}

	public function log_execution( $action_id ) {
		if ( \Asq\Native\store_start( $result, $this, $action_id ) ) {
			return;
		}
		global $wpdb;
		if ( ! $wpdb->query( $wpdb->prepare( "UPDATE {$wpdb->actionscheduler_actions} SET attempts = attempts + 1, status = %s, last_attempt_gmt = %s, last_attempt_local = %s WHERE action_id = %d", self::STATUS_RUNNING, current_time( 'mysql', true ), current_time( 'mysql' ), $action_id ) ) ) {
			/* translators: 1: action ID. 2: status slug. */
			throw new Exception( sprintf( __( 'Unable to update the status of action %1$d to %2$s.', 'action-scheduler' ), $action_id, self::STATUS_RUNNING ) );
		}
	}

	public function mark_complete( $action_id ) {
		if ( \Asq\Native\store_complete( $result, $this, $action_id ) ) {
			return;
		}
		$complete = array(
			'status'             => self::STATUS_COMPLETE,
			'last_attempt_gmt'   => current_time( 'mysql', true ),
			'last_attempt_local' => current_time( 'mysql' ),
		);
		if ( ! $this->update( $action_id, $complete ) ) {
			/* translators: %s is the action ID */
			throw new InvalidArgumentException( sprintf( __( 'Unidentified action %s: we were unable to mark this action as having completed. It may may have been deleted by another process.', 'action-scheduler' ), $action_id ) );
		}
		do_action( 'action_scheduler_completed_action', $action_id );
	}

	public function get_status( $action_id ) {
		if ( \Asq\Native\store_status( $result, $this, $action_id ) ) {
			return $result;
		}
		$status = $this->column( 'status', $action_id );
		if ( null === $status ) {
			throw new InvalidArgumentException( __( 'Invalid action ID. No status found.', 'action-scheduler' ) );
		}
		if ( empty( $status ) ) {
			throw new RuntimeException( __( 'Unknown status found for action.', 'action-scheduler' ) );
		}
		return $status;
	}

	/** The number of rows that changed, or false. */
	private function update( $action_id, array $columns ) {
		global $wpdb;
		return $wpdb->update( $wpdb->actionscheduler_actions, $columns, array( 'action_id' => $action_id ), array( '%s' ), array( '%d' ) );
	}

	private function column( $name, $action_id ) {
		global $wpdb;
		return $wpdb->get_var( $wpdb->prepare( "SELECT $name FROM {$wpdb->actionscheduler_actions} WHERE action_id = %d", $action_id ) );
	}
}
