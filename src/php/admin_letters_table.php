<?php
/*
 * The list of dead letters, as WordPress's own lists are.
 */

namespace Asq\Admin;

/**
 * Rows, columns, views and filters. All of it is one form, sent by POST: LettersPage makes of a search or a filter the URL that shows it.
 */
class LettersTable extends \WP_List_Table {

	const PER_PAGE = 'asq_dead_letters_per_page';

	/** Hooks and groups to choose from: the most frequent ones, of so many letters, looked up at most every few minutes. */
	const CHOICES      = 50;
	const CHOICES_OF   = 100000;
	const CHOICES_KEPT = 'asq_dead_letter_choices';
	const CHOICES_FOR  = 300;

	/** @var LettersFilter */
	private $filter;

	/** @var string What the database said, if it did not answer. */
	private $error = '';

	/** @var int[] By view. */
	private $counts = array();

	/** @var int */
	private $found = 0;

	/** @var int Letters that are to be purged, as far as that matters: 0 or 1. */
	private $old = 0;

	public function __construct( LettersFilter $filter ) {
		parent::__construct(
			array(
				'singular' => 'dead-letter',
				'plural'   => 'dead-letters',
				'ajax'     => false,
			)
		);
		$this->filter = $filter;
	}

	public function prepare_items() {
		$per_page    = $this->get_items_per_page( self::PER_PAGE, 20 );
		$this->items = array();
		try {
			foreach ( array_merge( array( '', 'open', 'retried' ), LettersFilter::REASONS ) as $view ) {
				$this->counts[ $view ] = LettersFilter::number( LettersFilter::of_view( $view ) );
			}
			$this->found        = $this->filter->is_narrow() ? $this->filter->count() : $this->counts[ $this->filter->view ];
			$this->filter->page = max( 1, min( $this->filter->page, (int) ceil( min( $this->found, LettersFilter::COUNTED ) / $per_page ) ) );
			$this->items        = $this->found ? asq_dead_letters( $this->filter->which() + $this->filter->how( $per_page ) ) : array();
			$this->old          = $this->count_old();
		} catch ( \Exception $e ) {
			$this->error = $e->getMessage();
		}
		$this->set_pagination_args(
			array(
				'total_items' => min( $this->found, LettersFilter::COUNTED ),
				'per_page'    => $per_page,
			)
		);
	}

	private function count_old() {
		$kept = LettersActions::retention();
		return $kept ? asq_dead_letters(
			array(
				'before'      => time() - $kept,
				'return'      => 'count',
				'count_up_to' => 1,
			)
		) : 0;
	}

	/** The page as prepare_items() has found it to be. */
	public function get_pagenum() {
		return $this->filter->page;
	}

	public function error() {
		return $this->error;
	}

	/** Said above the list, escaped: what it does not show. */
	public function remarks() {
		$remarks = array();
		if ( '' !== $this->filter->search && $this->counts && $this->counts[''] > LettersFilter::SEARCHED ) {
			/* translators: %s: a number */
			$remarks[] = sprintf( __( 'The search looks at the newest %s dead letters.', 'action-scheduler' ), number_format_i18n( LettersFilter::SEARCHED ) );
		}
		if ( $this->found > LettersFilter::COUNTED ) {
			/* translators: %s: a number */
			$remarks[] = sprintf( __( 'There are more than %s: the others can be had by a filter, or in the opposite order.', 'action-scheduler' ), number_format_i18n( LettersFilter::COUNTED ) );
		}
		return array_map( 'esc_html', $remarks );
	}

	// ---- What there is ----------------------------------------------------------------------------------

	public function get_columns() {
		return array(
			'cb'            => '<input type="checkbox" />',
			'hook'          => __( 'Hook', 'action-scheduler' ),
			'args'          => __( 'Arguments', 'action-scheduler' ),
			'group'         => __( 'Group', 'action-scheduler' ),
			'error_class'   => __( 'Error', 'action-scheduler' ),
			'attempts'      => __( 'Attempts', 'action-scheduler' ),
			'reason'        => __( 'Reason', 'action-scheduler' ),
			'first_failure' => __( 'First failure', 'action-scheduler' ),
			'last_failure'  => __( 'Last failure', 'action-scheduler' ),
			'retry_count'   => __( 'Retried', 'action-scheduler' ),
			'id'            => __( 'ID', 'action-scheduler' ),
		);
	}

	protected function get_sortable_columns() {
		$sortable = array();
		foreach ( array_intersect( LettersFilter::ORDERS, array_keys( $this->get_columns() ) ) as $order ) {
			$sortable[ $order ] = array( $order, ! in_array( $order, array( 'hook', 'group', 'error_class' ), true ) );
		}
		return $sortable;
	}

	protected function get_default_primary_column_name() {
		return 'hook';
	}

	protected function get_table_classes() {
		return array( 'widefat', 'striped', 'asq-letters', $this->_args['plural'] );
	}

	protected function get_bulk_actions() {
		return array(
			'retry'  => __( 'Retry', 'action-scheduler' ),
			'delete' => __( 'Delete', 'action-scheduler' ),
		);
	}

	protected function get_views() {
		$views = array();
		foreach ( $this->counts as $view => $count ) {
			if ( ! $count && in_array( $view, LettersFilter::REASONS, true ) && $view !== $this->filter->view ) {
				continue;
			}
			$current        = $view === $this->filter->view;
			$name           = '' === $view ? 'all' : $view;
			$views[ $name ] = sprintf(
				'<a href="%s"%s>%s <span class="count">(%s)</span></a>',
				esc_url( LettersFilter::link( array_filter( array( 'view' => $view ) ) ) ),
				$current ? ' class="current" aria-current="page"' : '',
				esc_html( Words::view( $view ) ),
				esc_html( LettersFilter::show( $count ) )
			);
		}
		return $views;
	}

	public function no_items() {
		if ( '' !== $this->error ) {
			esc_html_e( 'They cannot be shown at the moment.', 'action-scheduler' );
		} elseif ( $this->filter->is_narrow() || '' !== $this->filter->view && $this->counts[''] ) {
			esc_html_e( 'No dead letters are like that.', 'action-scheduler' );
		} else {
			esc_html_e( 'There are no dead letters: no action has failed for good under a retry policy.', 'action-scheduler' );
		}
	}

	// ---- Around the list ---------------------------------------------------------------------------------

	/** Its button has a name: Enter in the box must not do what is chosen in the list of bulk actions. */
	public function search_box( $text, $input_id ) {
		if ( '' === $this->filter->search && ! $this->has_items() ) {
			return;
		}
		printf(
			'<p class="search-box"><label class="screen-reader-text" for="%1$s">%2$s:</label> <input type="search" id="%1$s" name="s" value="%3$s" maxlength="200" /> ',
			esc_attr( $input_id ),
			esc_html( $text ),
			esc_attr( $this->filter->search )
		);
		submit_button( $text, '', 'asq_search', false, array( 'id' => 'search-submit' ) );
		echo '</p>';
	}

	/** What this page shows, for the request that the form makes. */
	public function hidden_fields() {
		foreach ( array_diff_key( $this->filter->args(), array_flip( array( 's', 'hook', 'group', 'paged' ) ) ) as $name => $value ) {
			printf( '<input type="hidden" name="%s" value="%s" />', esc_attr( $name ), esc_attr( $value ) );
		}
		// As it is shown: what is asked for beside it may be something else.
		printf( '<input type="hidden" name="asq_shown" value="%s" />', esc_attr( wp_json_encode( $this->filter->args() ) ) );
	}

	protected function extra_tablenav( $which ) {
		if ( 'top' === $which ) {
			$this->choices();
			if ( $this->old ) {
				submit_button( LettersActions::purge_label(), '', 'asq_purge', false );
			}
		} elseif ( $this->found > count( $this->items ) ) {
			$this->all_that_match();
		}
	}

	private function choices() {
		$choices = $this->has_items() || $this->filter->is_narrow() ? $this->frequent() : array();
		if ( ! $choices ) {
			return;
		}
		echo '<div class="alignleft actions">';
		$this->choice( 'hook', __( 'All hooks', 'action-scheduler' ), $choices['hooks'], $this->filter->hook );
		$groups = array();
		foreach ( $choices['groups'] as $group ) {
			$groups[ LettersFilter::group_value( $group ) ] = '' === $group ? __( '(none)', 'action-scheduler' ) : $group;
		}
		$this->choice( 'group', __( 'All groups', 'action-scheduler' ), $groups, null === $this->filter->group ? '' : LettersFilter::group_value( $this->filter->group ) );
		submit_button( __( 'Filter', 'action-scheduler' ), '', 'filter_action', false, array( 'id' => 'asq-filter' ) );
		echo '</div>';
	}

	private function choice( $name, $all, array $choices, $chosen ) {
		if ( '' !== $chosen && ! isset( $choices[ $chosen ] ) ) {
			$choices = array( $chosen => ltrim( $chosen, '~' ) ) + $choices;
		}
		printf( '<label class="screen-reader-text" for="asq-%1$s">%2$s</label><select name="%1$s" id="asq-%1$s"><option value="">%2$s</option>', esc_attr( $name ), esc_html( $all ) );
		foreach ( $choices as $value => $label ) {
			printf( '<option value="%s"%s>%s</option>', esc_attr( $value ), selected( (string) $value, $chosen, false ), esc_html( Words::short( $label, 60 ) ) );
		}
		echo '</select>';
	}

	/** The most frequent hooks (each as its own label) and groups. */
	private function frequent() {
		$choices = get_transient( self::CHOICES_KEPT );
		if ( ! is_array( $choices ) ) {
			try {
				$stats = asq_dead_letter_stats(
					array(
						'top'    => self::CHOICES,
						'newest' => self::CHOICES_OF,
					)
				);
			} catch ( \Exception $e ) {
				return array();
			}
			$hooks   = array_column( $stats['hooks'], 'hook' );
			$choices = array(
				'hooks'  => $hooks ? array_combine( $hooks, $hooks ) : array(),
				'groups' => array_column( $stats['groups'], 'group' ),
			);
			set_transient( self::CHOICES_KEPT, $choices, self::CHOICES_FOR );
		}
		return $choices;
	}

	/** What is on other pages, too: asked once more before it is done. */
	private function all_that_match() {
		echo '<div class="alignleft actions asq-all"><span class="asq-all-label">';
		/* translators: %s: a number */
		echo esc_html( sprintf( __( 'All %s that match:', 'action-scheduler' ), LettersFilter::show( $this->found ) ) );
		echo '</span>';
		if ( 'retried' !== $this->filter->view ) {
			printf( '<a class="button" href="%s">%s</a> ', esc_url( $this->filter->url( array( 'all' => 'retry' ), false ) ), esc_html__( 'Retry all…', 'action-scheduler' ) );
		}
		printf( '<a class="button" href="%s">%s</a></div>', esc_url( $this->filter->url( array( 'all' => 'delete' ), false ) ), esc_html__( 'Delete all…', 'action-scheduler' ) );
	}

	// ---- Rows --------------------------------------------------------------------------------------------

	protected function column_cb( $letter ) {
		printf(
			'<label class="screen-reader-text" for="asq-letter-%1$d">%2$s</label><input type="checkbox" name="letters[]" id="asq-letter-%1$d" value="%1$d" />',
			(int) $letter['id'],
			/* translators: %s: a dead letter's id */
			esc_html( sprintf( __( 'Select dead letter %s', 'action-scheduler' ), $letter['id'] ) )
		);
	}

	protected function column_hook( $letter ) {
		$url = $this->filter->url( array( 'letter' => (string) $letter['id'] ) );
		return sprintf( '<strong><a class="row-title" href="%s">%s</a></strong>', esc_url( $url ), esc_html( $letter['hook'] ) );
	}

	protected function column_args( $letter ) {
		return sprintf( '<code>%s</code>', esc_html( Words::short( $letter['args_json'], 60 ) ) );
	}

	protected function column_group( $letter ) {
		return '' === $letter['group'] ? Words::none() : esc_html( $letter['group'] );
	}

	protected function column_error_class( $letter ) {
		return sprintf( '<strong class="asq-class">%s</strong><br />%s', esc_html( $letter['error_class'] ), esc_html( Words::short( $letter['error_message'], 100 ) ) );
	}

	protected function column_attempts( $letter ) {
		return esc_html( number_format_i18n( $letter['attempts'] ) );
	}

	protected function column_reason( $letter ) {
		return Words::badge( $letter['reason'] );
	}

	protected function column_first_failure( $letter ) {
		return Words::ago( $letter['first_failure_gmt'] );
	}

	protected function column_last_failure( $letter ) {
		return Words::ago( $letter['last_failure_gmt'] );
	}

	protected function column_retry_count( $letter ) {
		if ( ! $letter['retry_count'] ) {
			return Words::none();
		}
		$times = $letter['retry_count'] > 1 ? ' ×' . esc_html( number_format_i18n( $letter['retry_count'] ) ) : '';
		return Words::ago( $letter['retried_gmt'] ) . $times . ( $letter['new_action_id'] ? '<br />' . Words::action( $letter['new_action_id'], $letter['hook'] ) : '' );
	}

	protected function column_id( $letter ) {
		return esc_html( (string) $letter['id'] );
	}

	protected function handle_row_actions( $letter, $column_name, $primary ) {
		if ( $column_name !== $primary ) {
			return '';
		}
		$retry   = $letter['retry_count'] ? __( 'Retry again', 'action-scheduler' ) : __( 'Retry', 'action-scheduler' );
		$actions = array(
			'view'   => sprintf( '<a href="%s">%s</a>', esc_url( $this->filter->url( array( 'letter' => (string) $letter['id'] ) ) ), esc_html__( 'View', 'action-scheduler' ) ),
			'retry'  => sprintf( '<a href="%s">%s</a>', esc_url( $this->one( 'retry', $letter ) ), esc_html( $retry ) ),
			'delete' => sprintf( '<a class="submitdelete" href="%s">%s</a>', esc_url( $this->one( 'delete', $letter ) ), esc_html__( 'Delete', 'action-scheduler' ) ),
		);
		return $this->row_actions( $actions );
	}

	/** The URL that does something with one letter, as it is seen here. */
	private function one( $what, array $letter ) {
		return $this->filter->url(
			array(
				'letter'   => (string) $letter['id'],
				'do'       => $what,
				'seen'     => (string) $letter['retry_count'],
				'_wpnonce' => wp_create_nonce( "asq-$what-{$letter['id']}" ),
			)
		);
	}
}
