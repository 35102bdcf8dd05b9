<?php
require_once dirname( __DIR__ ) . '/values.php';
$q     = fn( ...$args ) => ActionScheduler::store()->query_actions( ...$args );
$cases = array();
$both  = function ( $c, array $queries ) use ( $q ) {
	seed_queue( $c );
	$out = array();
	foreach ( $queries as $label => $query ) {
		$query           = $query instanceof Closure ? $query( $c ) : $query;
		$out[ $label ]   = array( $c->try( fn() => $q( $query + array( 'per_page' => 20 ) ) ), $c->try( fn() => $q( $query, 'count' ) ) );
	}
	return $out;
};
// Every key with every odd value, in chunks.
foreach ( array( 'hook', 'group', 'status', 'args', 'claimed', 'search', 'order', 'date', 'modified', 'date_compare', 'modified_compare', 'partial_args_matching' ) as $key ) {
	foreach ( array_chunk( odd_values(), 9, true ) as $n => $chunk ) {
		$cases[ "key $key odd $n" ] = fn( $c ) => $both( $c, array_map( fn( $v ) => array( $key => $v ) + ( 'date_compare' === $key ? array( 'date' => new DateTime( '@' . $c->now ) ) : array() ) + ( 'modified_compare' === $key ? array( 'modified' => new DateTime( '@' . ( $c->now - 200 ) ) ) : array() ) + ( 'partial_args_matching' === $key ? array( 'args' => array( 'a' => 1 ) ) : array() ), $chunk ) );
	}
}
foreach ( array( 'per_page', 'offset', 'orderby' ) as $key ) {
	foreach ( array_chunk( odd_values(), 9, true ) as $n => $chunk ) {
		$cases[ "key $key odd $n" ] = function ( $c ) use ( $q, $chunk, $key ) {
			seed_queue( $c );
			return array_map( fn( $v ) => $c->try( fn() => $q( array( $key => $v ) ) ), $chunk );
		};
	}
}
foreach ( array( 'like', 'json' ) as $how ) {
	foreach ( array_chunk( odd_values(), 9, true ) as $n => $chunk ) {
		$cases[ "args $how of odd values $n" ] = fn( $c ) => $both( $c, array_map( fn( $v ) => array( 'args' => array( 'a' => $v ), 'partial_args_matching' => $how ), $chunk ) );
		$cases[ "args $how being odd values $n" ] = fn( $c ) => $both( $c, array_map( fn( $v ) => array( 'args' => $v, 'partial_args_matching' => $how ), $chunk ) );
	}
	$cases[ "args $how keys" ] = fn( $c ) => $both( $c, array_map( fn( $k ) => array( 'args' => array( $k => 1 ), 'partial_args_matching' => $how ), array( 'a' => 'a', 'zero' => 0, 'one' => 1, 'empty' => '', 'dot' => 'a.b', 'quoted' => '"a"', 'bracket' => '[0]', 'star' => '*', 'percent' => '%a', 'pct s' => '%s', 'under' => '_', 'quote' => "'", 'dquote' => '"', 'bslash' => '\\', 'braces' => '{a}', 'space' => ' a', 'utf8' => 'é', 'bad' => "k\xff", 'nul' => "a\0", 'neg' => -1, 'slash' => 'a/b' ) ) );
	$cases[ "args $how many" ] = fn( $c ) => $both( $c, array( array( 'args' => array( 'a' => 'one', 'b' => true ), 'partial_args_matching' => $how ), array( 'args' => array(), 'partial_args_matching' => $how ), array( 'args' => array( 'a' => array( 'b' => 2 ) ), 'partial_args_matching' => $how ), array( 'args' => array( 'a' => 1 ), 'hook' => 'h', 'group' => 'g', 'status' => 'pending', 'partial_args_matching' => $how ) ) );
	$cases[ "args $how references" ] = function ( $c ) use ( $both, $how ) {
		$v    = 1;
		$args = array( 'a' => &$v );
		return $both( $c, array( array( 'args' => &$args, 'partial_args_matching' => $how ) ) );
	};
	$cases[ "args $how by as_get" ] = fn( $c ) => array( seed_queue( $c ), as_get_scheduled_actions( array( 'args' => array( 'a' => 1 ), 'partial_args_matching' => $how, 'per_page' => -1 ), 'ids' ), as_get_scheduled_actions( array( 'args' => array( 'a' => 'one' ), 'partial_args_matching' => $how ) ) );
}
foreach ( array( 'LIKE', 'Like', 'JSON', 'off', 'OFF', 'xx' ) as $how ) {
	$cases[ "partial named $how" ] = fn( $c ) => $both( $c, array( array( 'args' => array( 'a' => 1 ), 'partial_args_matching' => $how ), array( 'args' => null, 'partial_args_matching' => $how ) ) );
}
$cases['partial in the other order'] = fn( $c ) => $both( $c, array( array( 'partial_args_matching' => 'json', 'args' => array( 'a' => 'one' ) ), array( 'partial_args_matching' => 'json', 'args' => array( 'a' => 'ONE' ) ), array( 'partial_args_matching' => 'like', 'args' => array( 'a' => 'ONE' ) ) ) );
// Order by.
foreach ( array( 'date', 'hook', 'group', 'modified', 'action_id', 'none', 'Date', 'ID', 'priority', 'date ', 'group ' ) as $by ) {
	$cases[ "orderby $by" ] = function ( $c ) use ( $q, $by ) {
		seed_queue( $c );
		$out = array();
		foreach ( 'none' === $by ? array( 'ASC' ) : array( 'ASC', 'DESC', 'asc', 'Desc', 'x', '', 'ASC ' ) as $order ) {
			// Ties are broken by nothing: only what is not tied is asked for.
			$out[ $order ] = in_array( $by, array( 'hook', 'group', 'group ', 'modified' ), true ) ? count( $q( array( 'orderby' => $by, 'order' => $order, 'per_page' => 20 ) ) ) : $q( array( 'orderby' => $by, 'order' => $order, 'per_page' => 20 ) );
		}
		return array( $out, $q( array( 'orderby' => 'group', 'group' => 'g' ), 'count' ), $q( array( 'orderby' => $by ), 'count' ) );
	};
}
$cases['orderby modified untied'] = fn( $c ) => array( seed_queue( $c ), $q( array( 'orderby' => 'modified', 'order' => 'DESC', 'per_page' => 4 ) ), $q( array( 'orderby' => 'modified', 'status' => array( 'complete', 'failed', 'canceled', 'in-progress' ) ) ) );
$cases['orderby group untied']    = fn( $c ) => array( seed_queue( $c ), $q( array( 'orderby' => 'group', 'status' => array( 'complete', 'failed', 'canceled', 'in-progress' ), 'hook' => '' ) ) );
$cases['paging'] = function ( $c ) use ( $q ) {
	seed_queue( $c );
	$out = array();
	foreach ( array( array( 2, 0 ), array( 2, 2 ), array( 2, 8 ), array( 2, 100 ), array( 0, 2 ), array( -1, 3 ), array( '2', '1' ), array( 2, '' ), array( 2, null ), array( 2, -1 ), array( 2, 'x' ), array( '2x', 0 ), array( 'all', 0 ), array( 1.9, 0.9 ), array( true, false ), array( array( 1 ), 0 ), array( 2, array( 1 ) ), array( '-1', 0 ), array( '', 0 ), array( '0', 0 ), array( null, 0 ), array( false, 0 ), array( PHP_INT_MAX, 1 ), array( 1, PHP_INT_MAX ), array( ' 2', ' 1' ), array( '2 ', '1 ' ), array( '1e1', 0 ), array( 0.5, 0 ), array( new stdClass(), 0 ), array( 2, new stdClass() ) ) as $n => [ $per, $off ] ) {
		$out[ $n ] = $c->try( fn() => $q( array( 'per_page' => $per, 'offset' => $off ) ) );
	}
	return $out;
};
$cases['status lists'] = fn( $c ) => $both( $c, array_map( fn( $s ) => array( 'status' => $s ), array( array( 'pending' ), array( 'pending', 'complete' ), array( 'a' => 'pending', 'b' => 'failed' ), array( 'pending', '' ), array( '' ), array( null ), array( 'PENDING' ), array( 0 ), array( 0, 'pending' ), array( true ), array( 1.5 ), array( array( 'pending' ) ), array( new stdClass() ), array( new Odd_Stringable( 'pending' ) ), 'PENDING ', "pend'ing", 'pending,complete', new Odd_Stringable( 'pending' ), (object) array( 'a' => 'pending' ), array( 'pending', array( 'complete' ) ), array( 'pending', null, 'complete' ), array( "x\xff" ), array( '%s', '%' ), array_fill( 0, 300, 'pending' ) ) ) );
$search = array( 'h', 'H', '%', '_', 'x_y', '\\', '\\_', '\\%', "it's", '"', '7', '5', 7, '7abc', 'abc7', '0', 0, ' 7', '7.9', '1e1', '-7', -7, 7.9, true, false, null, 'xxx', '{"a":1', 'a":1', str_repeat( 'x', 300 ), 'x"', 'NULL', "x\xff", "\0", 'é', '😀', array(), array( 'h' ), array( '7' ), new stdClass(), new Odd_Stringable( 'h' ), '%h%', '*' );
foreach ( array_chunk( $search, 9 ) as $n => $chunk ) {
	$cases[ "search $n" ] = fn( $c ) => $both( $c, array_map( fn( $s ) => array( 'search' => $s ), $chunk ) );
}
$cases['search and others'] = fn( $c ) => $both( $c, array( array( 'search' => 'h', 'status' => 'pending', 'group' => 'g' ), array( 'search' => '7', 'hook' => 'h' ), array( 'search' => '7', 'claimed' => false ), array( 'search' => '7', 'claimed' => true ), array( 'search' => 'h', 'args' => array( 'a' => 1 ) ), array( 'search' => 'h', 'args' => array( 'a' => 1 ), 'partial_args_matching' => 'like' ) ) );
$cases['claimed'] = fn( $c ) => $both( $c, array_map( fn( $s ) => array( 'claimed' => $s ), array( true, false, null, 0, 7, '7', '0', '', 'x', '7x', ' 7', '7 ', 7.0, 7.9, -7, '-7', array(), array( 7 ), new stdClass(), new Odd_Stringable( '7' ), '1e1', '07', PHP_INT_MAX ) ) );
// Dates.
$dates = fn( $c ) => array(
	'DateTime' => new DateTime( '@' . ( $c->now - 700 ) ), 'Immutable' => new DateTimeImmutable( '@' . ( $c->now - 700 ) ), 'in Tokyo' => ( new DateTime( '@' . ( $c->now - 700 ) ) )->setTimezone( new DateTimeZone( 'Asia/Tokyo' ) ), 'offset' => new DateTime( gmdate( 'Y-m-d\TH:i:s', $c->now - 700 + 19800 ) . '+05:30' ),
	'AS' => as_get_datetime_object( $c->now - 700 ), 'int' => $c->now - 700, 'string int' => (string) ( $c->now - 700 ), 'float' => $c->now - 700.5, 'text' => gmdate( 'Y-m-d H:i:s', $c->now - 700 ), 'text zone' => gmdate( 'Y-m-d\TH:i:s\Z', $c->now - 700 ), 'relative' => '-700 seconds', 'null' => null, 'false' => false, 'true' => true, 'empty' => '', 'zero' => 0, 'zero string' => '0', 'garbage' => 'garbage', 'array' => array(), 'array of' => array( 'date' => 'now' ), 'stdClass' => new stdClass(), 'stringable' => new Odd_Stringable( 'now' ), 'negative' => -5, 'far' => 99999999999999, 'zero date' => '0000-00-00 00:00:00', 'tomorrow' => 'tomorrow +400 days', 'mutable sub' => new class( '@0' ) extends DateTime { public function format( $f ): string { return 'x'; } public function setTimezone( $z ): DateTime { return $this; } },
);
foreach ( array( 'date', 'modified' ) as $key ) {
	foreach ( array( '<=', '>=', '<', '>', '=', '!=', '==', '<>', 'LIKE', '', null, array(), 0, true ) as $n => $op ) {
		$cases[ "$key compared $n by query_actions" ] = fn( $c ) => $both( $c, array_map( fn( $d ) => array( $key => $d, "{$key}_compare" => $op ), array_intersect_key( $dates( $c ), array_flip( array( 'DateTime', 'Immutable', 'in Tokyo', 'int', 'text', 'null', 'mutable sub' ) ) ) ) );
	}
	foreach ( array( 0, 1, 2 ) as $n ) {
		$cases[ "$key as_get $n" ] = function ( $c ) use ( $dates, $key, $n ) {
			seed_queue( $c );
			$out = array();
			foreach ( array_chunk( $dates( $c ), 10, true )[ $n ] as $label => $d ) {
				$out[ $label ] = array( $c->try( fn() => as_get_scheduled_actions( array( $key => $d, 'per_page' => 20 ), 'ids' ) ), $c->try( fn() => as_get_scheduled_actions( array( $key => $d, "{$key}_compare" => '>', 'per_page' => 20 ), 'ids' ) ) );
			}
			return $out;
		};
	}
}
$cases['date unchanged'] = function ( $c ) use ( $q ) {
	$d = new DateTime( '2040-01-01 00:00:00', new DateTimeZone( 'Asia/Tokyo' ) );
	$a = array( 'date' => $d, 'modified' => 5 );
	return array( $q( array( 'date' => $d ) ), $d, as_get_scheduled_actions( $a ), $a );
};
// query_actions itself.
foreach ( array_chunk( odd_values(), 9, true ) as $n => $chunk ) {
	$cases[ "query type odd $n" ] = function ( $c ) use ( $q, $chunk ) {
		seed_queue( $c );
		return array_map( fn( $v ) => $c->try( fn() => $q( array( 'per_page' => 2 ), $v ) ), $chunk );
	};
	$cases[ "query odd $n" ] = function ( $c ) use ( $q, $chunk ) {
		seed_queue( $c );
		return array_map( fn( $v ) => array( $c->try( fn() => $q( $v ) ), $c->try( fn() => ActionScheduler::store()->query_action( $v ) ) ), $chunk );
	};
	$cases[ "return format odd $n" ] = function ( $c ) use ( $chunk ) {
		seed_queue( $c );
		return array_map( fn( $v ) => $c->try( fn() => as_get_scheduled_actions( array( 'per_page' => 2 ), $v ) ), $chunk );
	};
	$cases[ "as_get args odd $n" ] = function ( $c ) use ( $chunk ) {
		seed_queue( $c );
		return array_map( fn( $v ) => $c->try( fn() => as_get_scheduled_actions( $v, 'ids' ) ), $chunk );
	};
	$cases[ "find_action hook odd $n" ] = function ( $c ) use ( $chunk ) {
		seed_queue( $c );
		return array_map( fn( $v ) => array( $c->try( fn() => ActionScheduler::store()->find_action( $v ) ), $c->try( fn() => ActionScheduler::store()->find_action( 'h', $v ) ) ), $chunk );
	};
	$cases[ "as_next odd $n" ] = function ( $c ) use ( $chunk ) {
		seed_queue( $c );
		return array_map( fn( $v ) => array( $c->try( fn() => as_next_scheduled_action( $v ) ), $c->try( fn() => as_next_scheduled_action( 'h', $v ) ), $c->try( fn() => as_next_scheduled_action( 'h', null, $v ) ) ), $chunk );
	};
	$cases[ "as_has odd $n" ] = function ( $c ) use ( $chunk ) {
		seed_queue( $c );
		return array_map( fn( $v ) => array( $c->try( fn() => as_has_scheduled_action( $v ) ), $c->try( fn() => as_has_scheduled_action( 'h', $v ) ), $c->try( fn() => as_has_scheduled_action( 'h', null, $v ) ) ), $chunk );
	};
}
$cases['query types'] = fn( $c ) => array( seed_queue( $c ), $c->each( array_map( fn( $t ) => fn() => $q( array(), $t ), array( 'select', 'count', 'COUNT', 'Select', 'x', '', 'sum' ) ) ) );
$cases['query defaults'] = fn( $c ) => array( seed_queue( $c ), $q(), $q( '' ), $q( 'hook=h&per_page=2' ), $q( array() ), $q( array( 'unknown' => 1 ) ), $q( array( 'HOOK' => 'i' ) ) );
$cases['query nulls'] = fn( $c ) => $both( $c, array( array( 'hook' => null, 'group' => null, 'status' => null, 'order' => null, 'orderby' => null, 'offset' => null, 'search' => null, 'partial_args_matching' => null ), array( 'args' => array(), 'partial_args_matching' => null ) ) );
$cases['formats'] = fn( $c ) => array( seed_queue( $c ), as_get_scheduled_actions( array( 'per_page' => 3 ) ), as_get_scheduled_actions( array( 'per_page' => 3 ), OBJECT ), as_get_scheduled_actions( array( 'per_page' => 3 ), ARRAY_A ), as_get_scheduled_actions( array( 'per_page' => 3 ), ARRAY_N ), as_get_scheduled_actions( array( 'per_page' => 3 ), 'int' ), as_get_scheduled_actions( array( 'per_page' => 3 ), 'ids' ), as_get_scheduled_actions( array( 'per_page' => 3 ), 'IDS' ), as_get_scheduled_actions( array( 'per_page' => 9 ) ), as_get_scheduled_actions( array(), 'ids', 'extra' ), as_get_scheduled_actions( return_format: 'ids' ) );
$cases['key types of as_get'] = fn( $c ) => array( seed_queue( $c ), array_map( 'gettype', array_keys( as_get_scheduled_actions() ) ), array_map( 'gettype', as_get_scheduled_actions( array(), 'ids' ) ), gettype( ActionScheduler::store()->query_actions( array(), 'count' ) ), gettype( ActionScheduler::store()->find_action( 'h' ) ), gettype( ActionScheduler::store()->query_action( array( 'hook' => 'h' ) ) ) );
$cases['find_action'] = fn( $c ) => array( seed_queue( $c ), $c->each( array_map( fn( $a ) => fn() => ActionScheduler::store()->find_action( ...$a ), array( array( 'h' ), array( 'h', array( 'status' => '' ) ), array( 'h', array( 'status' => 'complete' ) ), array( 'h', array( 'status' => array( 'pending' ) ) ), array( 'h', array( 'status' => null ) ), array( 'h', array( 'args' => array( 'a' => 1 ) ) ), array( 'h', array( 'args' => array() ) ), array( 'h', array( 'group' => 'g' ) ), array( 'h', array( 'group' => 'none' ) ), array( 'h', 'status=complete' ), array( 'h', array( 'order' => 'DESC' ) ), array( 'h', array( 'orderby' => 'none', 'per_page' => 3, 'hook' => 'i' ) ), array( 'h', array( 'status' => 'pending', 'offset' => 1 ) ), array( 'nope' ), array( 'h', null ), array( 'h', new stdClass() ), array( '' ), array( 'h', array( 'claimed' => true, 'status' => 'complete' ) ) ) ) ) );
$cases['query_action'] = fn( $c ) => array( seed_queue( $c ), $c->each( array_map( fn( $a ) => fn() => ActionScheduler::store()->query_action( $a ), array( array(), array( 'hook' => 'h' ), array( 'hook' => 'h', 'per_page' => 4, 'offset' => 2 ), array( 'hook' => 'nope' ), array( 'status' => 'failed' ), array( 'args' => 5 ), array( 'orderby' => 'action_id', 'order' => 'DESC' ) ) ) ) );
$cases['a subclass of DateTime that throws'] = fn( $c ) => $both( $c, array( array( 'date' => new class() extends DateTime { public function setTimezone( $z ): DateTime { throw new LogicException( 'zone' ); } } ), array( 'date' => new class() extends DateTime { public function __clone() { throw new LogicException( 'clone' ); } } ) ) );
$cases['unmade DateTime'] = fn( $c ) => $both( $c, array( array( 'date' => ( new ReflectionClass( 'DateTime' ) )->newInstanceWithoutConstructor() ) ) );
$cases['hook filters on get_query'] = function ( $c ) use ( $q ) {
	seed_queue( $c );
	add_filter( 'query', fn( $sql ) => str_contains( $sql, "a.hook='h'" ) || str_contains( $sql, "a.hook=\"h\"" ) ? str_replace( "'h'", "'i'", $sql ) : $sql );
	return array( $q( array( 'hook' => 'i' ) ) );
};
return $cases;
