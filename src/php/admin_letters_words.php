<?php
/*
 * Words and small pieces of HTML that the pages of dead letters share. What comes out of here is escaped.
 */

namespace Asq\Admin;

/**
 * How a letter's values are shown.
 */
class Words {

	/** A view's name, not escaped. */
	public static function view( $view ) {
		$names = array(
			''          => __( 'All', 'action-scheduler' ),
			'open'      => __( 'To look at', 'action-scheduler' ),
			'retried'   => __( 'Retried', 'action-scheduler' ),
			'exhausted' => __( 'Exhausted', 'action-scheduler' ),
			'permanent' => __( 'Permanent', 'action-scheduler' ),
			'crashed'   => __( 'Crashed', 'action-scheduler' ),
		);
		return $names[ $view ] ?? $view;
	}

	/** What a reason means, not escaped. */
	public static function reason( $reason ) {
		$meanings = array(
			'exhausted' => __( 'It has used up its attempts.', 'action-scheduler' ),
			'permanent' => __( 'To try it again would be of no use: its error says so.', 'action-scheduler' ),
			'crashed'   => __( 'Its process died of it, and its policy says not to try again then.', 'action-scheduler' ),
		);
		return $meanings[ $reason ] ?? '';
	}

	public static function badge( $reason ) {
		return sprintf( '<span class="asq-reason asq-%s" title="%s">%s</span>', esc_attr( sanitize_html_class( $reason ) ), esc_attr( self::reason( $reason ) ), esc_html( self::view( $reason ) ) );
	}

	/** "3 hours ago", with the exact time for whoever points at it. */
	public static function ago( $gmt ) {
		$time = is_string( $gmt ) ? strtotime( "$gmt UTC" ) : false;
		if ( false === $time ) {
			return self::none();
		}
		/* translators: %s: some time, say 3 hours */
		$ago = $time > time() ? __( 'now', 'action-scheduler' ) : sprintf( __( '%s ago', 'action-scheduler' ), human_time_diff( $time ) );
		return sprintf( '<time datetime="%s" title="%s">%s</time>', esc_attr( gmdate( 'c', $time ) ), esc_attr( wp_date( 'Y-m-d H:i:s O', $time ) ), esc_html( $ago ) );
	}

	/** The same the other way round. */
	public static function exactly( $gmt ) {
		$time = is_string( $gmt ) ? strtotime( "$gmt UTC" ) : false;
		return false === $time ? self::none() : '<bdi dir="ltr">' . esc_html( wp_date( 'Y-m-d H:i:s O', $time ) ) . '</bdi> (' . self::ago( $gmt ) . ')';
	}

	public static function none() {
		return '<span aria-hidden="true">—</span><span class="screen-reader-text">' . esc_html__( 'None', 'action-scheduler' ) . '</span>';
	}

	/** A text's beginning, on one line. */
	public static function short( $text, $length ) {
		$line = trim( preg_replace( '/\s+/u', ' ', mb_substr( (string) $text, 0, 2 * $length ) ) );
		return mb_strlen( $line ) > $length || mb_strlen( (string) $text ) > 2 * $length ? rtrim( mb_substr( $line, 0, $length ) ) . '…' : $line;
	}

	/** An action by its number, with a link to Action Scheduler's own screen where there is one; it knows no ids, but hooks. */
	public static function action( $id, $hook ) {
		/* translators: %s: an action's id */
		$text = sprintf( __( 'action %s', 'action-scheduler' ), $id );
		if ( ! menu_page_url( 'action-scheduler', false ) ) {
			return esc_html( $text );
		}
		$url = add_query_arg(
			array_map(
				'rawurlencode',
				array(
					'page'    => 'action-scheduler',
					's'       => $hook,
					'orderby' => 'schedule',
					'order'   => 'desc',
				)
			),
			admin_url( 'tools.php' )
		);
		return sprintf( '<a href="%s">%s</a>', esc_url( $url ), esc_html( $text ) );
	}

	/** Args as somebody may read and change them; as they were stored, where they cannot be read. */
	public static function pretty_args( array $letter ) {
		$pretty = self::lacks_args( $letter ) ? false : wp_json_encode( $letter['args'], JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE );
		return false === $pretty ? (string) $letter['args_json'] : $pretty;
	}

	/** What is stored is no JSON array: what its args were is not known. */
	public static function lacks_args( array $letter ) {
		return ! $letter['args'] && ! in_array( trim( (string) $letter['args_json'] ), array( '[]', '{}' ), true );
	}
}
