<?php
/*
 * Which dead letters the admin's page is to show: what a request asks for, as a query, and as a part of a URL.
 */

namespace Asq\Admin;

/**
 * View, filters, search, order and page of the list.
 */
class LettersFilter {

	const PAGE = 'asq-dead-letters';

	/** Counting ends here: what it costs is bounded, however many letters there are. */
	const COUNTED = 100000;

	/** A search reads texts, for which there is no index: it looks at so many of the newest letters. */
	const SEARCHED = 20000;

	const REASONS = array( 'exhausted', 'permanent', 'crashed' );

	const ORDERS = array( 'id', 'last_failure', 'first_failure', 'hook', 'group', 'error_class', 'attempts', 'retry_count' );

	/** @var string '', 'open', 'retried', or one of REASONS. */
	public $view = '';

	/** @var string '': all. */
	public $hook = '';

	/** @var string|null Null: all; '': such as are in none. */
	public $group = null;

	/** @var string */
	public $search = '';

	/** @var string '': as it comes. */
	public $orderby = '';

	/** @var string */
	public $order = 'desc';

	/** @var int */
	public $page = 1;

	/** What a request asks for; what makes no sense is left out. */
	public static function of_request( array $request ) {
		$filter         = new self();
		$view           = self::text( $request, 'view' );
		$filter->view   = in_array( $view, array_merge( array( 'open', 'retried' ), self::REASONS ), true ) ? $view : '';
		$filter->hook   = self::text( $request, 'hook' );
		$filter->group  = self::group_of( self::text( $request, 'group' ) );
		$filter->search = trim( self::text( $request, 's' ) );
		$orderby        = self::text( $request, 'orderby' );
		if ( in_array( $orderby, self::ORDERS, true ) ) {
			$filter->orderby = $orderby;
			$filter->order   = 'asc' === strtolower( self::text( $request, 'order' ) ) ? 'asc' : 'desc';
		}
		$filter->page = max( 1, min( self::COUNTED, (int) self::text( $request, 'paged' ) ) );
		return $filter;
	}

	/** A value of the request as valid text, with nothing that the database could not compare. */
	public static function text( array $request, $key ) {
		$text = isset( $request[ $key ] ) && is_string( $request[ $key ] ) ? wp_unslash( $request[ $key ] ) : '';
		$text = str_replace( "\0", '', wp_check_invalid_utf8( $text ) );
		return strlen( $text ) > 1000 ? mb_substr( $text, 0, 200 ) : $text;
	}

	/** As a value of a form, where the empty one stands for all of them, and ~ for those that are in none. */
	public static function group_value( $group ) {
		return '' === $group || '~' === $group[0] ? "~$group" : $group;
	}

	private static function group_of( $value ) {
		if ( '' === $value ) {
			return null;
		}
		return '~' === $value[0] ? substr( $value, 1 ) : $value;
	}

	/** Something beside the view is asked for. */
	public function is_narrow() {
		return '' !== $this->hook || null !== $this->group || '' !== $this->search;
	}

	/** The same letters: what differs is how they are shown. */
	public function finds_same( self $other ) {
		return $this->view === $other->view && $this->hook === $other->hook && $this->group === $other->group && $this->search === $other->search;
	}

	/** For asq_dead_letters(): which, not how. */
	public function which() {
		$query = self::of_view( $this->view );
		if ( '' !== $this->hook ) {
			$query['hook'] = $this->hook;
		}
		if ( null !== $this->group ) {
			$query['group'] = $this->group;
		}
		if ( '' !== $this->search ) {
			$query['search'] = $this->search;
			$query['newest'] = self::SEARCHED;
		}
		return $query;
	}

	public static function of_view( $view ) {
		if ( '' === $view ) {
			return array();
		}
		return in_array( $view, self::REASONS, true ) ? array( 'reason' => $view ) : array( 'retried' => 'retried' === $view );
	}

	/** For asq_dead_letters(): how. A search goes from the newest on, and ends where the page is full. */
	public function how( $per_page ) {
		$usual = '' === $this->search ? 'last_failure' : 'id';
		return array(
			'orderby'  => '' === $this->orderby ? $usual : $this->orderby,
			'order'    => $this->order,
			'page'     => $this->page,
			'per_page' => $per_page,
		);
	}

	/** How many there are, or one more than are counted. */
	public function count() {
		return self::number( $this->which() );
	}

	public static function number( array $query ) {
		return asq_dead_letters(
			array(
				'return'      => 'count',
				'count_up_to' => self::COUNTED + 1,
			) + $query
		);
	}

	/** 1,234, or 100,000+. */
	public static function show( $number ) {
		return $number > self::COUNTED ? number_format_i18n( self::COUNTED ) . '+' : number_format_i18n( $number );
	}

	/** The request that asks for this, without the page if that is not wanted. */
	public function args( $with_page = true ) {
		$args = array(
			'view'    => $this->view,
			'hook'    => $this->hook,
			'group'   => null === $this->group ? '' : self::group_value( $this->group ),
			's'       => $this->search,
			'orderby' => $this->orderby,
			'order'   => '' === $this->orderby ? '' : $this->order,
			'paged'   => $with_page && $this->page > 1 ? (string) $this->page : '',
		);
		return array_filter( $args, 'strlen' );
	}

	/** The list's URL, with others of its parameters; not yet escaped for HTML. */
	public function url( array $more = array(), $with_page = true ) {
		return self::link( $this->args( $with_page ) + $more );
	}

	public static function link( array $args ) {
		return add_query_arg( array_map( 'rawurlencode', array( 'page' => self::PAGE ) + $args ), admin_url( 'tools.php' ) );
	}

	/** What is asked for, in words. */
	public function words() {
		$words = array();
		if ( '' !== $this->view ) {
			/* translators: %s: the name of a view, say Retried */
			$words[] = sprintf( __( 'View: %s', 'action-scheduler' ), Words::view( $this->view ) );
		}
		if ( '' !== $this->hook ) {
			/* translators: %s: a hook */
			$words[] = sprintf( __( 'Hook: %s', 'action-scheduler' ), $this->hook );
		}
		if ( null !== $this->group ) {
			/* translators: %s: a group */
			$words[] = sprintf( __( 'Group: %s', 'action-scheduler' ), '' === $this->group ? __( '(none)', 'action-scheduler' ) : $this->group );
		}
		if ( '' !== $this->search ) {
			/* translators: %s: what was searched for */
			$words[] = sprintf( __( 'Search: “%s”', 'action-scheduler' ), $this->search );
		}
		return $words;
	}
}
