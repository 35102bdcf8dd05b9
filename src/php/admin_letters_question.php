<?php
/*
 * "All that match": the question before it is done, and between its parts.
 */

namespace Asq\Admin;

/**
 * What is to be done with which letters, and how far that is.
 */
class LettersQuestion {

	/** @var string retry or delete. */
	private $what;

	/** @var LettersFilter */
	private $filter;

	/** @var int Those up to this one are done with. */
	private $above;

	/** @var int What comes later is not meant. */
	private $up_to;

	/** @var int[] Of the parts so far. */
	private $before = array();

	private function __construct( $what, LettersFilter $filter, array $request ) {
		$this->what   = $what;
		$this->filter = $filter;
		$this->above  = absint( LettersFilter::text( $request, 'asq_above' ) );
		$this->up_to  = absint( LettersFilter::text( $request, 'asq_up_to' ) );
		foreach ( array( 'done', 'already', 'gone', 'failed' ) as $name ) {
			$this->before[ $name ] = absint( LettersFilter::text( $request, "asq_$name" ) );
		}
	}

	public static function of_form( $what, LettersFilter $filter, array $request ) {
		return new self( $what, $filter, $request );
	}

	public static function of_url( $what, LettersFilter $filter, array $request ) {
		$question = new self( $what, $filter, $request );
		if ( ! $question->up_to ) {
			try {
				$question->bound();
			} catch ( \Exception $e ) {
				LettersPage::print_notices( array( array( 'error', $e->getMessage() ) ) );
			}
		}
		return $question;
	}

	/** The letters of now: as some are deleted, a search would look at older ones. */
	private function bound() {
		$newest      = asq_dead_letters(
			array(
				'return'   => 'ids',
				'per_page' => 1,
			)
		);
		$this->up_to = $newest ? $newest[0] : 0;
		if ( '' !== $this->filter->search ) {
			$oldest      = asq_dead_letters(
				array(
					'return'   => 'ids',
					'per_page' => 1,
					'page'     => LettersFilter::SEARCHED + 1,
				)
			);
			$this->above = $oldest ? $oldest[0] : 0;
		}
	}

	private function which() {
		$which = array( 'id_up_to' => $this->up_to ) + $this->filter->which();
		unset( $which['newest'] );
		if ( 'retry' === $this->what ) {
			$which['retried'] = false;
		}
		return $which;
	}

	public function part() {
		$actions = new LettersActions();
		if ( $this->up_to ) {
			$this->above = $actions->part( $this->what, $this->which(), $this->above );
		}
		foreach ( $this->before as $name => $count ) {
			$this->before[ $name ] += $actions->counts[ $name ];
		}
		return $actions;
	}

	/** Of all parts. */
	public function counts() {
		return $this->before;
	}

	/** The question whether to go on. */
	public function url() {
		return $this->filter->url(
			array(
				'all'       => $this->what,
				'asq_above' => (string) $this->above,
				'asq_up_to' => (string) $this->up_to,
			),
			false
		);
	}

	public function print_question() {
		$left = 0;
		try {
			$left = $this->up_to ? LettersFilter::number( array( 'id_above' => $this->above ) + $this->which() ) : 0;
		} catch ( \Exception $e ) {
			LettersPage::print_notices( array( array( 'error', $e->getMessage() ) ) );
		}
		printf( '<form method="post" class="asq-question" action="%s">', esc_url( LettersFilter::link( array() ) ) );
		wp_nonce_field( "asq-all-{$this->what}" );
		$fields = array(
			'asq_all'   => $this->what,
			'asq_above' => (string) $this->above,
			'asq_up_to' => (string) $this->up_to,
		) + $this->filter->args( false );
		foreach ( $this->before as $name => $count ) {
			$fields[ "asq_$name" ] = (string) $count;
		}
		foreach ( $fields as $name => $value ) {
			printf( '<input type="hidden" name="%s" value="%s" />', esc_attr( $name ), htmlspecialchars( $value, ENT_QUOTES, 'UTF-8' ) ); // phpcs:ignore WordPress.Security.EscapeOutput -- esc_attr() leaves &quot; as it is: it would come back as another text.
		}
		printf( '<h2>%s</h2>', esc_html( $this->title( $left ) ) );
		$this->print_words();
		echo '<p>', esc_html( $this->consequence() ), '</p><p>';
		if ( $left ) {
			printf( '<button type="submit" class="button %s">%s</button> ', 'delete' === $this->what ? 'asq-danger' : 'button-primary', esc_html( $this->verb() ) );
		}
		printf( '<a class="button" href="%s">%s</a></p></form>', esc_url( $this->filter->url() ), esc_html( $this->way_back( $left ) ) );
	}

	private function print_words() {
		$words = $this->filter->words();
		if ( ! $words ) {
			return;
		}
		echo '<ul class="ul-disc">';
		foreach ( $words as $word ) {
			echo '<li>', esc_html( $word ), '</li>';
		}
		echo '</ul>';
	}

	private function title( $left ) {
		if ( $this->before['done'] ) {
			/* translators: %s: a number */
			return 'retry' === $this->what ? sprintf( __( 'Go on, and retry the other %s?', 'action-scheduler' ), LettersFilter::show( $left ) )
				/* translators: %s: a number */
				: sprintf( __( 'Go on, and delete the other %s?', 'action-scheduler' ), LettersFilter::show( $left ) );
		}
		if ( ! $left ) {
			return __( 'There are none.', 'action-scheduler' );
		}
		/* translators: %s: a number */
		return 'retry' === $this->what ? sprintf( _n( 'Retry %s dead letter?', 'Retry %s dead letters?', $left, 'action-scheduler' ), LettersFilter::show( $left ) )
			/* translators: %s: a number */
			: sprintf( _n( 'Delete %s dead letter?', 'Delete %s dead letters?', $left, 'action-scheduler' ), LettersFilter::show( $left ) );
	}

	private function consequence() {
		$first = 'retry' === $this->what
			? __( 'Each becomes a new action, which is due at once. Those that have been retried before are left out.', 'action-scheduler' )
			: __( 'They are gone then, for good. Their actions, and the actions’ log, stay.', 'action-scheduler' );
		/* translators: %s: a number */
		return $first . ' ' . sprintf( __( 'At most %s are done at a time; then you are asked whether to go on.', 'action-scheduler' ), number_format_i18n( LettersActions::AT_ONCE ) );
	}

	private function way_back( $left ) {
		if ( ! $left ) {
			return __( 'Back to the list', 'action-scheduler' );
		}
		return $this->before['done'] ? __( 'Stop here', 'action-scheduler' ) : __( 'Cancel', 'action-scheduler' );
	}

	private function verb() {
		if ( $this->before['done'] ) {
			return __( 'Go on', 'action-scheduler' );
		}
		return 'retry' === $this->what ? __( 'Retry them', 'action-scheduler' ) : __( 'Delete them', 'action-scheduler' );
	}
}
