<?php
/*
 * One dead letter: all that is known of it, and the form that retries it with its args or with others.
 */

namespace Asq\Admin;

/**
 * The detail page. What was typed and could not be used is shown again.
 */
class LetterView {

	/** Of an action's log, so many entries: the last ones. */
	const LOGS = 100;

	/** What Action Scheduler takes. */
	const ARGS_MAX = 8000;

	/** @var int */
	private $id;

	/** @var LettersFilter Of the list that it goes back to. */
	private $filter;

	/** @var array|null */
	private $letter = null;

	/** @var string|null What was typed. */
	private $typed = null;

	/** @var string What is wrong with it, or with the database. */
	private $error = '';

	public static function of( $id, LettersFilter $filter ) {
		$view         = new self();
		$view->id     = $id;
		$view->filter = $filter;
		try {
			$view->letter = asq_dead_letter( $id );
		} catch ( \Exception $e ) {
			$view->error = $e->getMessage();
		}
		return $view;
	}

	// ---- Retrying ------------------------------------------------------------------------------------------

	/** Whether it was retried; if not, the page is to be shown, with what was typed. */
	public function retry( LettersActions $actions ) {
		$this->typed = $this->typed_args();
		if ( ! $this->letter ) {
			return false;
		}
		$args = null;
		if ( $this->is_changed() && ! $this->read_args( $args ) ) {
			return false;
		}
		$actions->retry( array( $this->id ), absint( LettersFilter::text( $_POST, 'seen' ) ), $args ); // phpcs:ignore WordPress.Security.NonceVerification
		if ( $actions->counts['done'] ) {
			return true;
		}
		$this->explain( $actions );
		return false;
	}

	/** As it was typed, of any length, less what a browser does to line ends. */
	private function typed_args() {
		$typed = isset( $_POST['args'] ) && is_string( $_POST['args'] ) ? wp_unslash( $_POST['args'] ) : ''; // phpcs:ignore WordPress.Security
		return str_replace( "\r\n", "\n", wp_check_invalid_utf8( $typed, true ) );
	}

	private function is_changed() {
		return trim( $this->typed ) !== trim( Words::pretty_args( $this->letter ) ) || Words::lacks_args( $this->letter );
	}

	private function read_args( &$args ) {
		$args = json_decode( $this->typed, true );
		if ( JSON_ERROR_NONE !== json_last_error() ) {
			/* translators: %s: what PHP says of it */
			$this->error = sprintf( __( 'Nothing was retried: these arguments are not valid JSON (%s).', 'action-scheduler' ), json_last_error_msg() );
			return false;
		}
		if ( ! is_array( $args ) ) {
			$this->error = __( 'Nothing was retried: the arguments must be a JSON array, such as [42, "express"], or an object.', 'action-scheduler' );
			return false;
		}
		if ( strlen( (string) wp_json_encode( $args ) ) > self::ARGS_MAX ) {
			/* translators: %s: a number */
			$this->error = sprintf( __( 'Nothing was retried: as JSON, the arguments have more than %s characters.', 'action-scheduler' ), number_format_i18n( self::ARGS_MAX ) );
			return false;
		}
		return true;
	}

	private function explain( LettersActions $actions ) {
		if ( '' !== $actions->error ) {
			/* translators: %s: an error */
			$this->error = sprintf( __( 'It could not be retried: %s', 'action-scheduler' ), $actions->error );
		} elseif ( $actions->counts['already'] ) {
			$this->error = __( 'Somebody has retried it meanwhile. If you retry it now, that is once more.', 'action-scheduler' );
		} elseif ( $actions->counts['failed'] ) {
			$this->error = __( 'It could not be enqueued. PHP’s error log may say why.', 'action-scheduler' );
		}
		$fresh = self::of( $this->id, $this->filter );
		if ( '' === $fresh->error ) {
			$this->letter = $fresh->letter;
		}
	}

	// ---- The page ------------------------------------------------------------------------------------------

	public function print_view( array $notices ) {
		printf(
			'<h1 class="wp-heading-inline">%s</h1> <a class="page-title-action" href="%s">%s</a><hr class="wp-header-end" />',
			/* translators: %s: a dead letter's id */
			esc_html( sprintf( __( 'Dead Letter %s', 'action-scheduler' ), $this->id ) ),
			esc_url( $this->filter->url() ),
			esc_html__( 'Back to the list', 'action-scheduler' )
		);
		if ( '' !== $this->error ) {
			$notices[] = array( 'error', $this->error );
		}
		LettersPage::print_notices( $notices );
		echo '<div class="asq-letter">';
		if ( $this->letter ) {
			$this->print_letter();
		} else {
			$this->print_gone();
		}
		echo '</div>';
	}

	private function print_gone() {
		if ( '' === $this->error ) {
			echo '<p>', esc_html__( 'There is no such dead letter any more: it has been deleted, or purged.', 'action-scheduler' ), '</p>';
		}
		if ( null !== $this->typed && '' !== trim( $this->typed ) ) {
			printf( '<h2>%s</h2><textarea rows="10" readonly="readonly">%s</textarea>', esc_html__( 'What you had typed', 'action-scheduler' ), esc_textarea( $this->typed ) );
		}
	}

	private function print_letter() {
		$this->print_summary();
		$this->print_retry();
		printf( '<h2>%s</h2>', esc_html__( 'Trace', 'action-scheduler' ) );
		if ( (string) $this->letter['error_trace'] !== '' ) {
			printf( '<pre class="asq-trace" dir="ltr">%s</pre>', esc_html( $this->letter['error_trace'] ) );
		} else {
			echo '<p>', esc_html__( 'There is none: its process could not tell.', 'action-scheduler' ), '</p>';
		}
		$this->print_logs();
		$this->print_metadata();
		$this->print_delete();
	}

	private function print_summary() {
		$letter = $this->letter;
		$rows   = array(
			__( 'Hook', 'action-scheduler' )          => '<code>' . esc_html( $letter['hook'] ) . '</code>',
			__( 'Group', 'action-scheduler' )         => '' === $letter['group'] ? Words::none() : esc_html( $letter['group'] ),
			__( 'Error', 'action-scheduler' )         => $this->error_of( $letter ),
			__( 'Reason', 'action-scheduler' )        => Words::badge( $letter['reason'] ) . ' ' . esc_html( Words::reason( $letter['reason'] ) ),
			__( 'Attempts', 'action-scheduler' )      => esc_html( number_format_i18n( $letter['attempts'] ) ),
			__( 'First failure', 'action-scheduler' ) => Words::exactly( $letter['first_failure_gmt'] ),
			__( 'Last failure', 'action-scheduler' )  => Words::exactly( $letter['last_failure_gmt'] ),
			__( 'Action', 'action-scheduler' )        => $this->action_of( $letter ),
			__( 'Schedule', 'action-scheduler' )      => $this->schedule_of( $letter ),
			__( 'Retried', 'action-scheduler' )       => $this->retries_of( $letter ),
		);
		$this->print_table( $rows );
	}

	/** @param string[] $rows Titles, not escaped, and HTML. */
	private function print_table( array $rows ) {
		echo '<table class="widefat striped"><tbody>';
		foreach ( $rows as $title => $html ) {
			printf( '<tr><th scope="row">%s</th><td>%s</td></tr>', esc_html( $title ), $html ); // phpcs:ignore WordPress.Security.EscapeOutput -- HTML by now.
		}
		echo '</tbody></table>';
	}

	private function error_of( array $letter ) {
		$code = in_array( $letter['error_code'], array( '', '0' ), true ) ? '' : sprintf( ' <span class="asq-code">(%s)</span>', esc_html( $letter['error_code'] ) );
		return sprintf( '<strong>%s</strong>%s<pre class="asq-message">%s</pre>', esc_html( $letter['error_class'] ), $code, esc_html( $letter['error_message'] ) );
	}

	private function action_of( array $letter ) {
		/* translators: %s: a number */
		$priority = sprintf( __( 'priority %s', 'action-scheduler' ), $letter['priority'] );
		/* translators: %s: a time */
		$due = $letter['scheduled_gmt'] ? ', ' . sprintf( esc_html__( 'due %s', 'action-scheduler' ), Words::exactly( $letter['scheduled_gmt'] ) ) : '';
		return Words::action( $letter['action_id'], $letter['hook'] ) . ', ' . esc_html( $priority ) . $due;
	}

	/** What kind it was, by its class; the rest is for who looks closely. */
	private function schedule_of( array $letter ) {
		$raw = str_replace( "\0", '', (string) $letter['schedule'] );
		if ( ! preg_match( '/^O:\d+:"([\w\\\\]+)"/', $raw, $match ) ) {
			return Words::none();
		}
		$kinds = array(
			'ActionScheduler_NullSchedule'     => __( 'At once, one time', 'action-scheduler' ),
			'ActionScheduler_SimpleSchedule'   => __( 'One time', 'action-scheduler' ),
			'ActionScheduler_IntervalSchedule' => __( 'Again and again, by an interval', 'action-scheduler' ),
			'ActionScheduler_CronSchedule'     => __( 'Again and again, by a cron expression', 'action-scheduler' ),
		);
		return sprintf( '%s <details><summary>%s</summary><pre>%s</pre></details>', esc_html( $kinds[ $match[1] ] ?? $match[1] ), esc_html__( 'As it is stored', 'action-scheduler' ), esc_html( $raw ) );
	}

	private function retries_of( array $letter ) {
		if ( ! $letter['retry_count'] ) {
			return esc_html__( 'Not yet', 'action-scheduler' );
		}
		/* translators: %s: a number */
		$times = sprintf( _n( '%s time', '%s times', $letter['retry_count'], 'action-scheduler' ), number_format_i18n( $letter['retry_count'] ) );
		$as    = $letter['new_action_id'] ? ', ' . Words::action( $letter['new_action_id'], $letter['hook'] ) : '';
		return esc_html( $times ) . ', ' . Words::exactly( $letter['retried_gmt'] ) . $as;
	}

	private function print_retry() {
		$args = $this->typed ?? Words::pretty_args( $this->letter );
		printf( '<h2>%s</h2>', esc_html__( 'Arguments', 'action-scheduler' ) );
		if ( Words::lacks_args( $this->letter ) ) {
			echo '<p>', esc_html__( 'What is stored is not valid JSON. To retry it, write the arguments as a JSON array.', 'action-scheduler' ), '</p>';
		}
		printf( '<form method="post" action="%s">', esc_url( $this->filter->url( array( 'letter' => (string) $this->id ) ) ) );
		wp_nonce_field( "asq-retry-{$this->id}" );
		printf(
			'<input type="hidden" name="do" value="retry" /><input type="hidden" name="seen" value="%d" /><label class="screen-reader-text" for="asq-args">%s</label>'
			. '<textarea id="asq-args" name="args" rows="%d" spellcheck="false" dir="ltr">%s</textarea>',
			(int) $this->letter['retry_count'],
			esc_html__( 'Arguments', 'action-scheduler' ),
			(int) max( 4, min( 24, substr_count( $args, "\n" ) + 2 ) ),
			// A line end at its very beginning would be lost.
			"\n" . esc_textarea( $args ) // phpcs:ignore WordPress.Security.EscapeOutput
		);
		printf( '<p class="description">%s</p>', esc_html__( 'It is retried with these arguments, a JSON array: as they were, or as you change them here. The letter keeps its own.', 'action-scheduler' ) );
		printf( '<p class="submit"><button type="submit" class="button button-primary" id="asq-retry">%s</button></p></form>', esc_html( $this->letter['retry_count'] ? __( 'Retry again', 'action-scheduler' ) : __( 'Retry', 'action-scheduler' ) ) );
	}

	private function print_delete() {
		printf( '<form method="post" class="asq-delete" action="%s">', esc_url( $this->filter->url( array( 'letter' => (string) $this->id ) ) ) );
		wp_nonce_field( "asq-delete-{$this->id}", '_wpnonce', true );
		printf(
			'<input type="hidden" name="do" value="delete" /><button type="submit" class="button asq-danger" id="asq-delete">%s</button> <span class="description">%s</span></form>',
			esc_html__( 'Delete this dead letter', 'action-scheduler' ),
			esc_html__( 'The action, and its log, stay.', 'action-scheduler' )
		);
	}

	private function print_logs() {
		printf( '<h2>%s</h2>', esc_html__( 'The action’s log', 'action-scheduler' ) );
		$entries = $this->logs();
		if ( ! $entries ) {
			echo '<p>', esc_html__( 'There are no entries any more.', 'action-scheduler' ), '</p>';
			return;
		}
		echo '<table class="widefat striped asq-log"><tbody>';
		foreach ( $entries as $entry ) {
			printf( '<tr><th scope="row" class="asq-log-date">%s</th><td>%s</td></tr>', Words::exactly( gmdate( 'Y-m-d H:i:s', $entry->get_date()->getTimestamp() ) ), esc_html( $entry->get_message() ) ); // phpcs:ignore WordPress.Security.EscapeOutput
		}
		echo '</tbody></table>';
	}

	private function logs() {
		try {
			return array_slice( \ActionScheduler_Logger::instance()->get_logs( $this->letter['action_id'] ), -self::LOGS );
		} catch ( \Exception $e ) {
			return array();
		}
	}

	private function print_metadata() {
		if ( ! $this->letter['metadata'] ) {
			return;
		}
		printf( '<h2>%s</h2>', esc_html__( 'Metadata', 'action-scheduler' ) );
		$rows = array();
		foreach ( $this->letter['metadata'] as $name => $value ) {
			$text          = is_string( $value ) ? $value : wp_json_encode( $value, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE );
			$rows[ $name ] = '<pre>' . esc_html( (string) $text ) . '</pre>';
		}
		$this->print_table( $rows );
	}
}
