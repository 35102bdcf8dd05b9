<?php
/*
 * Tools -> Dead Letters: what a request asks for is done before the page is shown, and leads to a URL that only shows what came of it;
 * reloading that repeats nothing.
 */

namespace Asq\Admin;

/**
 * The page: the list, one letter, or the question whether all that match are meant.
 */
class LettersPage {

	/** An error's text, from the request that it happened in to the one that shows it. */
	const ERROR = 'asq_dead_letters_error_';

	/** @var self */
	private static $page;

	/** @var LettersFilter */
	private $filter;

	/** @var LettersTable|null */
	private $table;

	/** @var LetterView|null */
	private $view;

	/** @var array[] Kind and text, not escaped. */
	private $notice = array();

	/** Before there is any output. */
	public static function load() {
		if ( ! current_user_can( self::capability() ) ) {
			wp_die( esc_html__( 'Sorry, you are not allowed to access this page.', 'action-scheduler' ), 403 );
		}
		self::$page = new self();
		self::$page->answer();
	}

	public static function show() {
		if ( self::$page ) {
			self::$page->print_page();
		}
	}

	private static function capability() {
		/**
		 * What a user must be able to do to see dead letters, to retry and to delete them.
		 *
		 * @param string $capability
		 */
		$capability = apply_filters( 'asq_dead_letters_capability', 'manage_options' );
		return is_string( $capability ) && '' !== $capability ? $capability : 'manage_options';
	}

	private function answer() {
		// phpcs:disable WordPress.Security.NonceVerification -- what changes something asks for its own nonce.
		$this->filter = LettersFilter::of_request( $_GET );
		$letter       = (int) LettersFilter::text( $_GET, 'letter' );
		if ( 'POST' === ( $_SERVER['REQUEST_METHOD'] ?? '' ) ) {
			$this->post( $letter );
		} elseif ( $letter && '' !== LettersFilter::text( $_GET, 'do' ) ) {
			$this->one( $letter, LettersFilter::text( $_GET, 'do' ), (int) LettersFilter::text( $_GET, 'seen' ) );
		}
		// phpcs:enable
		$this->prepare( $letter );
	}

	private function prepare( $letter ) {
		add_filter( 'removable_query_args', array( $this, 'removable' ) );
		add_action( 'admin_head', array( $this, 'style' ) );
		$this->notice = $this->notice();
		// WordPress's lists make their links of it.
		$_SERVER['REQUEST_URI'] = remove_query_arg( wp_removable_query_args(), $_SERVER['REQUEST_URI'] );
		if ( $letter ) {
			$this->view = $this->view ?? LetterView::of( $letter, $this->filter );
			return;
		}
		// By this WordPress marks the column that the list is sorted by.
		$_GET = array_intersect_key( $this->filter->how( 1 ), array_flip( array( 'orderby', 'order' ) ) ) + $_GET;
		add_filter( 'default_hidden_columns', array( $this, 'hidden' ) );
		$this->table = new LettersTable( $this->filter );
		add_screen_option(
			'per_page',
			array(
				'default' => 20,
				'option'  => LettersTable::PER_PAGE,
			)
		);
		if ( ! in_array( LettersFilter::text( $_GET, 'all' ), array( 'retry', 'delete' ), true ) ) { // phpcs:ignore WordPress.Security.NonceVerification
			$this->table->prepare_items();
		}
	}

	public function hidden( $hidden ) {
		return array_merge( (array) $hidden, array( 'first_failure', 'id' ) );
	}

	public function removable( $args ) {
		return array_merge( (array) $args, array( 'asq_did', 'asq_done', 'asq_already', 'asq_gone', 'asq_failed', 'asq_left', 'asq_action' ) );
	}

	// ---- What is asked for -------------------------------------------------------------------------------

	private function post( $letter ) {
		// phpcs:disable WordPress.Security.NonceVerification -- each of these asks for its nonce.
		if ( $letter ) {
			$this->post_one( $letter );
		} elseif ( isset( $_POST['asq_all'] ) ) {
			$this->post_all( LettersFilter::text( $_POST, 'asq_all' ) );
		} elseif ( isset( $_POST['asq_purge'] ) ) {
			check_admin_referer( 'bulk-dead-letters' );
			$actions = new LettersActions();
			$actions->purge();
			$this->leave( $this->filter_of_form()->url(), 'purge', $actions );
		} else {
			$this->post_list();
		}
		// phpcs:enable
	}

	/** The list's form: a bulk action, or another search or filter, which is but another URL. */
	private function post_list() {
		$filter = $this->filter_of_form();
		$what   = LettersFilter::text( $_POST, 'action' ); // phpcs:ignore WordPress.Security.NonceVerification
		if ( ! in_array( $what, array( 'retry', 'delete' ), true ) ) {
			$what = LettersFilter::text( $_POST, 'action2' ); // phpcs:ignore WordPress.Security.NonceVerification
		}
		if ( isset( $_POST['asq_search'] ) || isset( $_POST['filter_action'] ) || ! in_array( $what, array( 'retry', 'delete' ), true ) ) { // phpcs:ignore WordPress.Security.NonceVerification
			$this->redirect( $filter->url() );
		}
		check_admin_referer( 'bulk-dead-letters' );
		$ids     = $this->selected();
		$actions = new LettersActions();
		if ( 'retry' === $what ) {
			$actions->retry( $ids, 0 );
		} elseif ( $ids ) {
			$actions->delete( $ids );
		}
		$this->leave( $filter->url(), $ids ? $what : 'none', $actions );
	}

	/** @return int[] */
	private function selected() {
		$letters = array_filter( (array) ( $_POST['letters'] ?? array() ), 'is_string' ); // phpcs:ignore WordPress.Security.NonceVerification
		return array_values( array_unique( array_filter( array_map( 'absint', $letters ) ) ) );
	}

	/** What the form asks for. The page of what was shown is no page of another search. */
	private function filter_of_form() {
		// phpcs:disable WordPress.Security.NonceVerification -- nothing is changed by it.
		$filter = LettersFilter::of_request( $_POST );
		$shown  = json_decode( LettersFilter::text( $_POST, 'asq_shown' ), true );
		// phpcs:enable
		if ( ! $filter->finds_same( LettersFilter::of_request( wp_slash( is_array( $shown ) ? $shown : array() ) ) ) ) {
			$filter->page = 1;
		}
		return $filter;
	}

	/** A row's link. */
	private function one( $letter, $what, $seen ) {
		if ( ! in_array( $what, array( 'retry', 'delete' ), true ) ) {
			return;
		}
		check_admin_referer( "asq-$what-$letter" );
		$actions = new LettersActions();
		if ( 'retry' === $what ) {
			$actions->retry( array( $letter ), max( 0, $seen ) );
		} else {
			$actions->delete( array( $letter ) );
		}
		$this->leave( $this->filter->url(), $what, $actions );
	}

	/** The forms of one letter. What was typed stays, if it was not right. */
	private function post_one( $letter ) {
		$what = LettersFilter::text( $_POST, 'do' ); // phpcs:ignore WordPress.Security.NonceVerification
		if ( ! in_array( $what, array( 'retry', 'delete' ), true ) ) {
			$this->redirect( $this->filter->url( array( 'letter' => (string) $letter ) ) );
		}
		check_admin_referer( "asq-$what-$letter" );
		$actions = new LettersActions();
		if ( 'delete' === $what ) {
			$actions->delete( array( $letter ) );
			$this->leave( $this->filter->url(), 'delete', $actions );
		}
		$this->view = LetterView::of( $letter, $this->filter );
		if ( $this->view->retry( $actions ) ) {
			$this->leave( $this->filter->url( array( 'letter' => (string) $letter ) ), 'retry', $actions );
		}
	}

	/** A part of all that match. If there are others left, the user is asked whether to go on. */
	private function post_all( $what ) {
		$this->filter = LettersFilter::of_request( $_POST );
		if ( ! in_array( $what, array( 'retry', 'delete' ), true ) ) {
			$this->redirect( $this->filter->url() );
		}
		check_admin_referer( "asq-all-$what" );
		$question = LettersQuestion::of_form( $what, $this->filter, $_POST );
		$actions  = $question->part();
		$counts   = $question->counts();
		$url      = $actions->counts['left'] && ! $actions->counts['done'] && '' !== $actions->error || ! $actions->counts['left']
			? $this->filter->url()
			: $question->url();
		$this->leave( $url, $what, $actions, $counts );
	}

	// ---- What came of it ---------------------------------------------------------------------------------

	private function leave( $url, $what, LettersActions $actions, array $counts = array() ) {
		delete_transient( LettersTable::CHOICES_KEPT );
		$args = array( 'asq_did' => $what );
		foreach ( $counts + $actions->counts as $name => $count ) {
			if ( $count ) {
				$args[ "asq_$name" ] = (string) $count;
			}
		}
		if ( $actions->action_id && 1 === $actions->counts['done'] ) {
			$args['asq_action'] = (string) $actions->action_id;
		}
		if ( '' !== $actions->error ) {
			set_transient( self::ERROR . get_current_user_id(), $actions->error, MINUTE_IN_SECONDS );
		}
		$this->redirect( add_query_arg( array_map( 'rawurlencode', $args ), $url ) );
	}

	private function redirect( $url ) {
		wp_safe_redirect( $url );
		exit;
	}

	/** What the request before this one did, by its counts in the URL. */
	private function notice() {
		$notices = array();
		$error   = get_transient( self::ERROR . get_current_user_id() );
		if ( is_string( $error ) && '' !== $error ) {
			delete_transient( self::ERROR . get_current_user_id() );
			$notices[] = array( 'error', $error );
		}
		$did = LettersFilter::text( $_GET, 'asq_did' ); // phpcs:ignore WordPress.Security.NonceVerification
		if ( '' === $did ) {
			return $notices;
		}
		$n = array();
		foreach ( array( 'done', 'already', 'gone', 'failed', 'left', 'action' ) as $name ) {
			$n[ $name ] = absint( LettersFilter::text( $_GET, "asq_$name" ) ); // phpcs:ignore WordPress.Security.NonceVerification
		}
		$text = $this->outcome( $did, $n );
		if ( '' !== $text ) {
			array_unshift( $notices, array( $n['done'] && ! $n['failed'] ? 'success' : 'warning', $text ) );
		}
		return $notices;
	}

	private function outcome( $did, array $n ) {
		if ( 'none' === $did ) {
			return __( 'No dead letters were selected.', 'action-scheduler' );
		}
		$parts = array();
		if ( 'retry' === $did && $n['action'] ) {
			/* translators: %s: an action's id */
			$parts[] = sprintf( __( 'Retried as action %s', 'action-scheduler' ), $n['action'] );
		} elseif ( 'retry' === $did ) {
			/* translators: %s: a number */
			$parts[] = sprintf( _n( '%s dead letter retried', '%s dead letters retried', $n['done'], 'action-scheduler' ), number_format_i18n( $n['done'] ) );
		} elseif ( 'delete' === $did || 'purge' === $did ) {
			/* translators: %s: a number */
			$parts[] = sprintf( _n( '%s dead letter deleted', '%s dead letters deleted', $n['done'], 'action-scheduler' ), number_format_i18n( $n['done'] ) );
		} else {
			return '';
		}
		if ( ! $n['done'] && array_sum( $n ) ) {
			$parts = array();
		}
		$rest = array(
			/* translators: %s: a number */
			'already' => _n( '%s had been retried already', '%s had been retried already', $n['already'], 'action-scheduler' ),
			/* translators: %s: a number */
			'gone'    => _n( '%s was gone', '%s were gone', $n['gone'], 'action-scheduler' ),
			/* translators: %s: a number */
			'failed'  => _n( '%s could not be retried', '%s could not be retried', $n['failed'], 'action-scheduler' ),
		);
		foreach ( $rest as $name => $text ) {
			if ( $n[ $name ] ) {
				$parts[] = sprintf( $text, number_format_i18n( $n[ $name ] ) );
			}
		}
		if ( $n['left'] ) {
			/* translators: %s: a number */
			$parts[] = sprintf( _n( '%s is left', '%s are left', $n['left'], 'action-scheduler' ), LettersFilter::show( $n['left'] ) );
		}
		return implode( ', ', $parts ) . '.';
	}

	// ---- The page ----------------------------------------------------------------------------------------

	private function print_page() {
		echo '<div class="wrap asq-letters-page">';
		if ( $this->view ) {
			$this->view->print_view( $this->notice );
		} else {
			$this->print_list();
		}
		echo '</div>';
	}

	private function print_list() {
		printf( '<h1 class="wp-heading-inline">%s</h1>', esc_html__( 'Dead Letters', 'action-scheduler' ) );
		if ( '' !== $this->filter->search ) {
			/* translators: %s: what was searched for */
			printf( '<span class="subtitle">%s</span>', sprintf( esc_html__( 'Search results for: %s', 'action-scheduler' ), '<strong>' . esc_html( $this->filter->search ) . '</strong>' ) );
		}
		echo '<hr class="wp-header-end" />';
		$all = LettersFilter::text( $_GET, 'all' ); // phpcs:ignore WordPress.Security.NonceVerification
		if ( in_array( $all, array( 'retry', 'delete' ), true ) ) {
			self::print_notices( $this->notice );
			LettersQuestion::of_url( $all, $this->filter, $_GET )->print_question(); // phpcs:ignore WordPress.Security.NonceVerification
			return;
		}
		if ( '' !== $this->table->error() ) {
			$this->notice[] = array( 'error', $this->table->error() );
		}
		self::print_notices( $this->notice );
		echo '<p class="asq-intro">', esc_html__( 'Actions that have failed for good under a retry policy. A retry enqueues a new action, which is due at once; the letter stays, and says so.', 'action-scheduler' ), '</p>';
		foreach ( $this->table->remarks() as $remark ) {
			echo '<p class="asq-remark">', $remark, '</p>'; // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
		}
		$this->table->views();
		printf( '<form method="post" id="asq-letters" action="%s">', esc_url( LettersFilter::link( array() ) ) );
		$this->table->hidden_fields();
		$this->table->search_box( __( 'Search', 'action-scheduler' ), 'asq-letter' );
		$this->table->display();
		echo '</form>';
	}

	public static function print_notices( array $notices ) {
		foreach ( $notices as list( $kind, $text ) ) {
			printf( '<div class="notice notice-%s is-dismissible"><p>%s</p></div>', esc_attr( $kind ), esc_html( $text ) );
		}
	}

	public function style() {
		?>
<style>
.asq-letters .column-hook { min-width: 10em; }
.asq-letters .column-args { min-width: 8em; }
.asq-letters .column-group { min-width: 5em; }
.asq-letters .column-error_class { min-width: 13em; }
.asq-letters thead th a, .asq-letters tfoot th a { display: flex; align-items: center; white-space: nowrap; }
.asq-letters .column-last_failure, .asq-letters .column-first_failure, .asq-letters .column-retry_count { white-space: nowrap; }
.asq-letters td, .asq-letters td * { overflow-wrap: anywhere; }
.asq-letters .asq-class { font-weight: 600; }
.asq-letters td code { font-size: 12px; background: none; padding: 0; }
.asq-letters-page time { border-bottom: 1px dotted #8c8f94; cursor: help; }
.asq-reason { display: inline-block; padding: 0 8px; border-radius: 10px; line-height: 20px; font-size: 12px; white-space: nowrap; background: #f0f0f1; color: #2c3338; }
.asq-reason.asq-exhausted { background: #fcf0d9; color: #6e4e00; }
.asq-reason.asq-permanent { background: #f0f0f1; color: #2c3338; }
.asq-reason.asq-crashed { background: #fce8e8; color: #8a2424; }
.asq-intro { margin: 8px 0; max-width: 60em; }
.asq-remark { margin: 4px 0; font-style: italic; color: #50575e; }
.asq-all-label { float: left; line-height: 30px; margin-inline-end: 8px; color: #50575e; }
.rtl .asq-all-label { float: right; }
.asq-letter { max-width: 1100px; margin-top: 16px; }
.asq-letter h2 { margin: 1.6em 0 .6em; }
.asq-letter pre { margin: 0; padding: 12px; background: #fff; border: 1px solid #c3c4c7; overflow: auto; max-height: 32em; white-space: pre-wrap; overflow-wrap: anywhere; }
.asq-letter table th { width: 11em; font-size: 13px; font-weight: 600; text-align: start; vertical-align: top; }
.asq-letter table td { overflow-wrap: anywhere; }
.asq-letter table pre { border: 0; padding: 0; background: none; max-height: 16em; }
.asq-letter textarea { width: 100%; font-family: Consolas, Monaco, monospace; font-size: 13px; }
.asq-letter .submit { margin: 0; padding: 12px 0 0; }
.asq-letter .asq-delete { margin-top: 2em; padding-top: 1em; border-top: 1px solid #dcdcde; }
.asq-letter .asq-delete .description { line-height: 30px; margin-inline-start: 6px; }
.asq-letter table th.asq-log-date { width: 22em; font-weight: 400; }
.asq-letter .button.asq-danger, .asq-question .button.asq-danger { color: #b32d2e; border-color: #b32d2e; }
@media screen and (max-width: 1240px) {
	.asq-letters .column-hook, .asq-letters .column-error_class { min-width: 7em; }
	.asq-letters .column-args, .asq-letters .column-group { min-width: 0; }
	.asq-letters thead th a, .asq-letters tfoot th a { display: block; white-space: normal; }
	.asq-letters .column-last_failure, .asq-letters .column-first_failure, .asq-letters .column-retry_count { white-space: normal; }
}
@media screen and (max-width: 782px) {
	.asq-letters .column-hook, .asq-letters .column-error_class { min-width: 0; }
	.asq-letter table th, .asq-letter table td { display: block; width: auto; padding: 4px 10px; }
	.asq-letter .asq-delete .description { display: block; margin: 0; }
	.asq-letter table th { padding-top: 10px; }
	.asq-letter table th.asq-log-date { width: auto; }
	.asq-all { display: block; clear: both; padding-bottom: 10px; }
	.asq-all-label { float: none; display: block; }
}
</style>
		<?php
	}
}
