<?php
/*
 * Runs the queue in a request of its own, which the site sends to itself and does not wait for.
 */

class ActionScheduler_AsyncRequest_QueueRunner {

	protected $store;

	protected $prefix = 'as';

	protected $action = 'async_request_queue_runner';

	/** The name of the ajax action, of its nonce, and the start of the filters' names. */
	protected $identifier;

	protected $data = array();

	public function __construct( ActionScheduler_Store $store ) {
		$this->identifier = $this->prefix . '_' . $this->action;
		$this->store      = $store;
		add_action( 'wp_ajax_' . $this->identifier, array( $this, 'maybe_handle' ) );
		add_action( 'wp_ajax_nopriv_' . $this->identifier, array( $this, 'maybe_handle' ) );
	}

	/** What the request's body holds. */
	public function data( $data ) {
		$this->data = $data;
		return $this;
	}

	public function dispatch() {
		$url = add_query_arg( $this->get_query_args(), $this->get_query_url() );
		return wp_remote_post( esc_url_raw( $url ), $this->get_post_args() );
	}

	protected function get_query_args() {
		return $this->given(
			'query_args',
			function () {
				return array(
					'action' => $this->identifier,
					'nonce'  => wp_create_nonce( $this->identifier ),
				);
			}
		);
	}

	protected function get_query_url() {
		return $this->given(
			'query_url',
			function () {
				return admin_url( 'admin-ajax.php' );
			}
		);
	}

	protected function get_post_args() {
		return $this->given(
			'post_args',
			function () {
				return array(
					'timeout'   => 0.01,
					'blocking'  => false,
					'body'      => $this->data,
					'cookies'   => $_COOKIE,
					'sslverify' => apply_filters( 'https_local_ssl_verify', false ),
				);
			}
		);
	}

	/** A subclass's property of this name or else the default, filtered. */
	private function given( $name, $default ) {
		return property_exists( $this, $name ) ? $this->$name : apply_filters( "{$this->identifier}_$name", $default() );
	}

	public function maybe_handle() {
		session_write_close();
		check_ajax_referer( $this->identifier, 'nonce' );
		$this->handle();
		wp_die();
	}

	/** Runs the queue, takes a rest, and sends the next request if there is more to do. */
	protected function handle() {
		do_action( 'action_scheduler_run_queue', 'Async Request' );
		$seconds = $this->get_sleep_seconds();
		if ( $seconds ) {
			sleep( $seconds );
		}
		$this->maybe_dispatch();
	}

	public function maybe_dispatch() {
		if ( $this->allow() ) {
			$this->dispatch();
			ActionScheduler_QueueRunner::instance()->unhook_dispatch_async_request();
		}
	}

	/** Only if somebody listens, nobody else is running, and something is due; a filter has the last word. */
	protected function allow() {
		$allow = has_action( 'action_scheduler_run_queue' ) && ! ActionScheduler::runner()->has_maximum_concurrent_batches() && $this->store->has_pending_actions_due();
		return apply_filters( 'action_scheduler_allow_async_request_runner', $allow );
	}

	protected function get_sleep_seconds() {
		return apply_filters( 'action_scheduler_async_request_sleep_seconds', 5, $this );
	}
}
