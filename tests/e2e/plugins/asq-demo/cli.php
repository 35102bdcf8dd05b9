<?php
/**
 * The demo's commands: `wp asq-demo start` has the shop make work, `wp asq-demo report` says what became of it.
 */

final class Asq_Demo_Command {
	private const PRODUCTS  = 1000;
	private const CUSTOMERS = 200;
	private const CHUNKS    = self::PRODUCTS / ASQ_DEMO_CHUNK;
	private const OPTION    = 'asq_demo_enqueued';

	/** The hooks, and how many of their actions must be complete and pending when the queue has been run. */
	private const EXPECTED = array(
		'asq_demo_import_chunk' => array( self::CHUNKS, 0 ),
		'asq_demo_welcome'      => array( self::CUSTOMERS, 0 ),
		'asq_demo_sync_stock'   => array( 1, 1 ),
		'asq_demo_report'       => array( 0, 1 ),
	);

	private int $enqueued  = 0;
	private float $seconds = 0.0;
	private bool $right    = true;

	/**
	 * Imports a CSV of 1,000 products, registers 200 customers, schedules a recurring and a cron action.
	 */
	public function start(): void {
		$csv = wp_upload_dir()['basedir'] . '/asq-demo-products.csv';
		$this->write_csv( $csv );
		$this->time_enqueues();

		asq_demo_import( $csv );
		asq_demo_schedule();
		for ( $n = 1; $n <= self::CUSTOMERS; $n++ ) {
			$this->register( $n );
		}
		update_option( self::OPTION, array( $this->enqueued, $this->seconds ), false );
		WP_CLI::success( "$this->enqueued actions." );
	}

	private function write_csv( string $path ): void {
		$file = fopen( $path, 'w' );
		fputcsv( $file, array( 'sku', 'name', 'price' ) );
		for ( $n = 1; $n <= self::PRODUCTS; $n++ ) {
			fputcsv( $file, array( sprintf( 'SKU-%04d', $n ), sprintf( 'Tea “№ %d”, 100 g', $n ), sprintf( '%.2f', 3 + $n % 40 / 10 ) ) );
		}
		fclose( $file );
	}

	/** Adds up what the calls take, from the filter that comes first in them to the action that comes last. */
	private function time_enqueues(): void {
		$began = 0.0;
		$begin = static function ( $pre ) use ( &$began ) {
			$began = microtime( true );
			return $pre;
		};
		foreach ( array( 'enqueue_async', 'schedule_recurring', 'schedule_cron' ) as $call ) {
			add_filter( "pre_as_{$call}_action", $begin, 0 );
		}
		add_action(
			'action_scheduler_stored_action',
			function () use ( &$began ) {
				$this->seconds += microtime( true ) - $began;
				++$this->enqueued;
			},
			PHP_INT_MAX
		);
	}

	/** A customer, as a registration form makes one. */
	private function register( int $n ): void {
		$id = wp_insert_user(
			array(
				'user_login'   => "customer$n",
				'user_email'   => "customer$n@example.org",
				'display_name' => "Customer $n",
				'user_pass'    => 'password',
			)
		);
		if ( is_wp_error( $id ) ) {
			WP_CLI::error( $id );
		}
	}

	/**
	 * Shows the queue and what its actions did; fails if that is not what it should be.
	 *
	 * ## OPTIONS
	 *
	 * --run-seconds=<seconds>
	 * : What `wp action-scheduler run` took.
	 */
	public function report( array $args, array $options ): void {
		global $wpdb;
		$found = array();
		$dates = array();
		foreach ( $wpdb->get_results( "SELECT hook, status, COUNT(*) AS n, MIN(scheduled_date_gmt) AS date FROM {$wpdb->prefix}actionscheduler_actions GROUP BY hook, status" ) as $row ) {
			$found[ $row->hook ][ $row->status ] = (int) $row->n;
			if ( 'pending' === $row->status ) {
				$dates[ $row->hook ] = $row->date;
			}
		}
		$this->report_statuses( $found );
		$this->report_hooks( $found, $dates );
		$this->report_times( $found, (float) $options['run-seconds'] );
		$this->report_effects();
		if ( ! $this->right ) {
			WP_CLI::error( 'This is not what it should be.' );
		}
	}

	private function report_statuses( array $found ): void {
		$rows = array();
		foreach ( array( 'complete', 'pending', 'in-progress', 'failed', 'canceled' ) as $status ) {
			$rows[] = array( $status, array_sum( array_column( $found, $status ) ) );
		}
		$this->table( array( 'Status', 'Actions' ), $rows );
	}

	private function report_hooks( array $found, array $dates ): void {
		$rows = array();
		foreach ( self::EXPECTED as $hook => $expected ) {
			$statuses = ( $found[ $hook ] ?? array() ) + array( 'complete' => 0, 'pending' => 0 );
			$actual   = array( $statuses['complete'], $statuses['pending'] );
			$rows[]   = array( $hook, ...$actual, $dates[ $hook ] ?? '', $this->verdict( $expected === $actual && 2 === count( $statuses ) ) );
		}
		$this->table( array( 'Hook', 'Complete', 'Pending', 'Next (UTC)', '' ), $rows );
	}

	private function report_times( array $found, float $run_seconds ): void {
		[ $enqueued, $seconds ] = get_option( self::OPTION );
		$complete               = array_sum( array_column( $found, 'complete' ) );
		$this->table(
			array( 'What', 'Actions', 'Seconds', 'Per second' ),
			array(
				array( 'enqueue, in the calls', $enqueued, sprintf( '%.2f', $seconds ), sprintf( '%.0f', $enqueued / $seconds ) ),
				array( 'wp action-scheduler run', $complete, sprintf( '%.2f', $run_seconds ), sprintf( '%.0f', $complete / $run_seconds ) ),
			)
		);
	}

	private function report_effects(): void {
		global $wpdb;
		$to   = array_map( static fn( $file ) => strtok( file_get_contents( $file ), "\n" ), glob( wp_upload_dir()['basedir'] . '/asq-demo-outbox/*.eml' ) );
		$logs = "SELECT COUNT(*) FROM {$wpdb->prefix}actionscheduler_logs JOIN {$wpdb->prefix}actionscheduler_actions USING (action_id)
			WHERE hook LIKE 'asq_demo_%%' AND message LIKE 'action %s%%'";
		$done = array_sum( array_column( self::EXPECTED, 0 ) );
		$rows = array(
			array( 'products in the shop', self::PRODUCTS, (int) wp_count_posts( 'asq_demo_product' )->publish ),
			array( 'welcome mails', self::CUSTOMERS, count( $to ) ),
			array( 'customers welcomed', self::CUSTOMERS, count( array_unique( $to ) ) ),
			array( 'stock synchronisations', 1, (int) get_option( 'asq_demo_synced' ) ),
			array( 'logged: created', $done + 2, (int) $wpdb->get_var( sprintf( $logs, 'created' ) ) ),
			array( 'logged: started', $done, (int) $wpdb->get_var( sprintf( $logs, 'started' ) ) ),
			array( 'logged: complete', $done, (int) $wpdb->get_var( sprintf( $logs, 'complete' ) ) ),
		);
		foreach ( $rows as &$row ) {
			$row[] = $this->verdict( $row[1] === $row[2] );
		}
		$this->table( array( 'Outcome', 'Expected', 'Found', '' ), $rows );
	}

	private function verdict( bool $right ): string {
		$this->right = $this->right && $right;
		return $right ? 'ok' : 'WRONG';
	}

	/** Prints a table; columns of numbers are aligned to the right. */
	private function table( array $heading, array $rows ): void {
		$widths = array();
		foreach ( array_keys( $heading ) as $column ) {
			$widths[] = max( array_map( 'strlen', array_column( array( $heading, ...$rows ), $column ) ) );
		}
		$rule = array_map( static fn( $width ) => str_repeat( '-', $width ), $widths );
		foreach ( array( $heading, $rule, ...$rows ) as $row ) {
			$line = '';
			foreach ( $row as $column => $value ) {
				$side  = is_numeric( $rows[0][ $column ] ) ? STR_PAD_LEFT : STR_PAD_RIGHT;
				$line .= '  ' . str_pad( (string) $value, $widths[ $column ], ' ', $side );
			}
			WP_CLI::line( rtrim( $line ) );
		}
		WP_CLI::line( '' );
	}
}

WP_CLI::add_command( 'asq-demo', 'Asq_Demo_Command' );
