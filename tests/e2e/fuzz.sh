#!/usr/bin/env bash
# Fuzz tests with a real WordPress: the header Idempotency-Key of REST requests, and what `wp asq dead-letter` and
# `wp asq circuit` are given. As tests/fuzz, with FUZZ_SEED and FUZZ_ROUNDS.
. "$(dirname "$0")/lib.sh"

drop_tables() {
	rows 'DROP TABLE IF EXISTS shop_asq_keys, shop_asq_circuits, shop_asq_dead_letters, shop_asq_retries'
}
drop_tables
at_exit drop_tables
HELPERS=$(cd "$(dirname "$0")/../helpers" && pwd)

# ---- REST, in the process -----------------------------------------------------------------------

site_php "$HELPERS" >"$RUN/rest.out" 2>&1 <<'PHP' || echo "exit status $?" >>"$RUN/rest.out"
require $argv[1] . '/fuzz.inc';

$done = array();
$before = null;
add_action( 'rest_api_init', static function () {
	asq_rest_idempotency( array( 'routes' => array( '/fuzz/v1' ) ) );
	register_rest_route( 'fuzz/v1', '/(?P<any>.*)', array( 'methods' => 'GET,POST,PUT,DELETE', 'permission_callback' => '__return_true', 'callback' => static fn( $request ) => ( $GLOBALS['work'] )( $request ) ) );
} );
rest_get_server();

/** What a route may come to. */
function answer() {
	switch ( mt_rand( 0, 9 ) ) {
		case 0:
			return new WP_Error( fuzz_pick( array( 'x', "'", '0x' ) ), fuzz_pick( array( 'no', "\u{1F389}", '' ) ), fuzz_pick( array( null, array( 'status' => 409 ), array( 'status' => 500 ), 5 ) ) );
		case 1:
			throw fuzz_pick( array( new Fuzz_Thrown( 'x' ), new UnexpectedValueException( 'x' ), new RuntimeException( 'x' ), new Asq\ConflictException( 'x' ), new Asq\InProgressException( 'x' ), new TypeError( 'x' ) ) );
		case 2:
			$both = array();
			$both = array( &$both, &$both );
			return $both;
		case 3:
			return new WP_REST_Response( fuzz_value(), fuzz_pick( array( 200, 201, 404, 500 ) ), array( 'X-Fuzz' => fuzz_pick( array( 'a', "ä'", '5' ) ) ) );
		default:
			return fuzz_value();
	}
}

/** Objects come again as what JSON makes of them, which is not always the same. */
function has_objects( $value ): bool {
	return is_object( $value ) || ( is_array( $value ) && array_filter( $value, 'has_objects' ) );
}

$uuids = array();
for ( $i = 0; $i < 60; $i++ ) {
	$uuids[] = wp_generate_uuid4();
}
Fuzz::$others   = '#/wp-includes/#';
Fuzz::$warnings = array( '/^Array to string conversion$/', '/^Object of class .* could not be converted/', '/iterator|Nesting level/i' );
fuzz_run(
	static function () use ( $uuids, &$done, &$before ) {
		$request = new WP_REST_Request( fuzz_pick( array( 'POST', 'POST', 'POST', 'PUT', 'DELETE', 'GET' ) ), '/fuzz/v1/' . fuzz_pick( array( 'a', 'A', 'b', "%27", "c'", "\u{e4}" ) ) );
		$key     = fuzz_chance( 4 ) ? fuzz_text() : fuzz_pick( $uuids );
		$key     = fuzz_chance( 10 ) ? $key . fuzz_pick( array( "\n", ' ', ',' . $key, "\0" ) ) : ( fuzz_chance( 5 ) ? strtoupper( $key ) : $key );
		$request->set_header( fuzz_pick( array( 'Idempotency-Key', 'idempotency_key' ) ), $key );
		if ( fuzz_chance( 2 ) ) {
			$request->set_header( 'Content-Type', fuzz_pick( array( 'application/json', 'text/plain' ) ) );
			$request->set_body( fuzz_pick( array( '', '{}', '{"a":1}', fuzz_text() ) ) );
			if ( 'application/json' === $request->get_header( 'content_type' ) && null === json_decode( $request->get_body() ) && '' !== $request->get_body() ) {
				return;
			}
		} else {
			$request->set_body_params( array( fuzz_pick( array( 'a', 'b' ) ) => fuzz_pick( array( '1', fuzz_text(), array( fuzz_text() ) ) ) ) );
			fuzz_chance( 20 ) && $request->set_file_params( array( 'f' => array( 'tmp_name' => fuzz_pick( array( '/no/such', array( 'x' ), '' ) ) ) ) );
		}
		if ( $before && fuzz_chance( 3 ) ) {
			list( $request, $key ) = $before;
		}
		$before          = array( $request, $key );
		$calls           = 0;
		$GLOBALS['work'] = static function () use ( &$calls ) {
			$calls++;
			return answer();
		};
		/* The header's blanks are WordPress's to keep or not. */
		$is_key = (bool) preg_match( '/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/D', strtolower( (string) $request->get_header( 'Idempotency-Key' ) ) );
		$unsafe = 'GET' !== $request->get_method();
		$what   = strtolower( "{$request->get_route()} $key" );
		try {
			$response = rest_get_server()->dispatch( $request );
		} catch ( Throwable $e ) {
			fuzz_count( 'thrown' );
			fuzz_check( 'x' === $e->getMessage() || $e instanceof Fuzz_Thrown || $e instanceof Fuzz_Error, 'another error', get_class( $e ), $e->getMessage() );
			fuzz_check( 1 === $calls, 'called again', $calls );
			return;
		}
		$status = $response->get_status();
		fuzz_check( $calls <= 1, 'called again', $calls );
		if ( ! $unsafe ) {
			return;
		}
		if ( ! $is_key ) {
			fuzz_count( 'refused' );
			fuzz_check( 400 === $status && 'asq_idempotency_key_invalid' === $response->get_data()['code'] && 0 === $calls, 'no key, and yet', $key, $status );
			return;
		}
		if ( $calls && $status < 500 ) {
			fuzz_count( 'accepted' );
			fuzz_check( ! isset( $done[ $what ] ), 'done twice', $what );
			$done[ $what ] = array( $status, $response->get_data() );
		} elseif ( ! $calls ) {
			fuzz_check( isset( $done[ $what ] ), 'not done', $status, $what );
			if ( 'true' === ( $response->get_headers()['X-Idempotency-Replayed'] ?? '' ) ) {
				fuzz_count( 'replayed' );
				fuzz_check( $status === $done[ $what ][0], 'another status', $what );
				fuzz_check( has_objects( $done[ $what ][1] ) || serialize( $response->get_data() ) === serialize( $done[ $what ][1] ), 'another answer', $what );
			} else {
				fuzz_check( in_array( $status, array( 409, 422 ), true ), 'neither done nor a conflict', $status );
			}
		}
	},
	null,
	1500,
	array( 'accepted', 'refused', 'replayed' )
);
PHP
is 'requests of every kind' fine "$(tail -n 12 "$RUN/rest.out")"

# ---- REST, over HTTP ------------------------------------------------------------------------------

mu_plugin fuzz <<'PHP'
add_action( 'rest_api_init', static function () {
	asq_rest_idempotency( array( 'routes' => array( '/fuzz/v1/web' ), 'required' => true, 'wait' => 0 ) );
	register_rest_route( 'fuzz/v1', '/web', array( 'methods' => 'POST', 'permission_callback' => '__return_true', 'callback' => static function ( $request ) {
		usleep( 200000 );
		return array( 'token' => wp_generate_uuid4(), 'bytes' => strlen( $request->get_body() ) );
	} ) );
} );
PHP
web_builtin "$SITE" 4
URL="$WEB/index.php?rest_route=/fuzz/v1/web"
KEY=8e03978e-40d5-43e8-bc93-6894a57f9324

# post FILE [CURL-OPTION...]: the status.
post() {
	local file=$RUN/$1
	shift
	curl -s -m 60 -o "$file" -w '%{http_code}' -H 'Content-Type: application/octet-stream' "$@" "$URL" || true
}

head -c 3000000 /dev/urandom >"$RUN/large"
is 'a body of three megabytes of bytes' 200 "$(post a -H "Idempotency-Key: $KEY" --data-binary "@$RUN/large")"
has 'all of it' '"bytes":3000000' "$(cat "$RUN/a")"
is 'comes again' "200 $(cat "$RUN/a")" "$(post b -H "Idempotency-Key: $KEY" --data-binary "@$RUN/large") $(cat "$RUN/b")"
printf 'x' >>"$RUN/large"
is 'with one more byte it is another' 422 "$(post b -H "Idempotency-Key: $KEY" --data-binary "@$RUN/large")"
for header in 'Idempotency-Key;' 'Idempotency-Key: ' "Idempotency-Key: $KEY, $KEY" $'Idempotency-Key: \xff\xfe' "Idempotency-Key: $(printf 'a%.0s' {1..7000})" 'Idempotency-Key: O:8:"stdClass":0:{}'; do
	is "no key, of ${#header} bytes: ${header:17:30}" 400 "$(post b -H "$header" -d x)"
done
KEY=9e03978e-40d5-43e8-bc93-6894a57f9324
pids=()
for i in 1 2 3 4 5 6 7 8; do
	post "race$i" -H "Idempotency-Key: $KEY" -d same >"$RUN/race$i.status" &
	pids+=($!)
done
wait "${pids[@]}"
is 'of eight at once one answer, or none' 1 "$(for i in 1 2 3 4 5 6 7 8; do [[ $(cat "$RUN/race$i.status") != 200 ]] || cat "$RUN/race$i"; echo; done | grep -c . | xargs -I{} sh -c "cat '$RUN'/race[1-8] | grep -o '\"token\":\"[^\"]*\"' | sort -u | wc -l")"
is 'and no other status' '' "$(cat "$RUN"/race?.status | sed 's/200//g; s/409//g')"

# ---- WP-CLI ---------------------------------------------------------------------------------------

cat >"$RUN/cli.php" <<'PHP'
<?php
WP_CLI::add_command( 'fuzz', 'fuzz_commands' );
function fuzz_commands( $args ) {
require $args[0] . '/fuzz.inc';
global $wpdb;
Asq\Native\own_tables();
asq_circuit( 'kept' )->trip( 31536000 );
$wpdb->query( "INSERT INTO shop_asq_dead_letters (action_id, hook, args, reason, error_message, first_failure_gmt, last_failure_gmt) VALUES (1, 'kept', '[1]', 'exhausted', 'm', UTC_TIMESTAMP(), UTC_TIMESTAMP())" );
for ( $i = 2; $i < 40; $i++ ) {
	$wpdb->query( "INSERT INTO shop_asq_dead_letters (action_id, hook, args, group_slug, schedule, metadata, reason, error_class, error_message, first_failure_gmt, last_failure_gmt) VALUES (1, 'h" . $i % 5 . "', '[\"O:10:\\\"Fuzz_Woken\\\":0:{}\"]', 'g', 'O:10:\"Fuzz_Woken\":0:{}', 'x', 'exhausted', 'E', CHAR(10, 9, 27, 60), UTC_TIMESTAMP(), '2020-01-01')" );
}
$kept = static fn() => $wpdb->get_var( 'SELECT CONCAT_WS("|", hook, args, retry_count) FROM shop_asq_dead_letters WHERE letter_id = 1' ) . $wpdb->get_var( 'SELECT CONCAT(state, opened) FROM shop_asq_circuits WHERE name = "kept"' );
$was  = $kept();
Closure::bind( static function () {
	WP_CLI::$capture_exit = true;
}, null, WP_CLI::class )();

/* Text, as a shell can give it. */
$argument = static fn() => str_replace( "\0", '', substr( fuzz_text(), 0, 5000 ) );
$flags = array(
	'hook' => array( 'h1' ), 'group' => array( 'g' ), 'error' => array( 'E' ), 'reason' => array( 'exhausted' ), 'search' => array( 'h', '%' ), 'after' => array( '2019-01-01', 'yesterday' ), 'before' => array( '2021-01-01' ),
	'retried' => array( true, false ), 'per-page' => array( '5', '0' ), 'page' => array( '1', '2' ), 'orderby' => array( 'hook' ), 'order' => array( 'asc' ), 'fields' => array( 'id,hook' ), 'field' => array( 'hook' ),
	'format' => array( 'table', 'json', 'csv', 'yaml', 'ids', 'count' ), 'top' => array( '3' ), 'limit' => array( '1' ), 'args' => array( '["x"]', '{}' ), 'state' => array( 'open' ), 'for' => array( '5' ),
);
$commands = array(
	'dead-letter list'   => array( 'hook', 'group', 'error', 'reason', 'search', 'after', 'before', 'retried', 'per-page', 'page', 'orderby', 'order', 'fields', 'field', 'format' ),
	'dead-letter show'   => array( 'field', 'format' ),
	'dead-letter retry'  => array( 'hook', 'group', 'error', 'args' ),
	'dead-letter delete' => array( 'hook', 'group', 'error', 'retried' ),
	'dead-letter purge'  => array( 'before', 'hook', 'limit' ),
	'dead-letter stats'  => array( 'top', 'format' ),
	'circuit list'       => array( 'state', 'fields', 'format' ),
	'circuit reset'      => array(),
	'circuit trip'       => array( 'for' ),
);
Fuzz::$others = '#/vendor/|/wp-includes/#';
fuzz_run(
	static function () use ( $flags, $commands, $kept, $was, $argument ) {
		$command = fuzz_pick( array_keys( $commands ) );
		$words   = array_merge( array( 'asq' ), explode( ' ', $command ) );
		$options = array();
		foreach ( $commands[ $command ] as $flag ) {
			if ( fuzz_chance( 4 ) ) {
				$options[ $flag ] = fuzz_chance( 2 ) ? $argument() : fuzz_pick( $flags[ $flag ] );
			}
		}
		if ( preg_match( '/retry|delete/', $command ) && fuzz_chance( 3 ) ) {
			/* Never the one that is to stay. */
			$options += array( 'all' => true, 'yes' => true, 'hook' => 'h3' );
		} elseif ( preg_match( '/show|retry|delete|reset|trip/', $command ) ) {
			for ( $i = mt_rand( preg_match( '/show|trip/', $command ), 3 ); $i; $i-- ) {
				$word    = fuzz_chance( 3 ) ? $argument() : (string) mt_rand( 2, 50 );
				$words[] = 'kept' === $word || 1 === (int) $word ? 'x' : $word;
			}
		}
		if ( 'dead-letter purge' === $command && strtotime( $options['before'] ?? 'now' ) > strtotime( '-20 days' ) && isset( $options['before'] ) ) {
			$options['hook'] = 'h3';
		}
		fuzz_chance( 20 ) && $options['nonsense'] = $argument();
		$logger = new WP_CLI\Loggers\Execution();
		WP_CLI::set_logger( $logger );
		ob_start();
		$code = 0;
		try {
			WP_CLI::run_command( $words, $options );
		} catch ( WP_CLI\ExitException $e ) {
			$code = $e->getCode();
		} catch ( Throwable $e ) {
			fuzz_problem( get_class( $e ) . ': ' . $e->getMessage() . ' of ' . json_encode( array( $words, $options ), JSON_INVALID_UTF8_SUBSTITUTE ) . ' ' . $e->getFile() . ':' . $e->getLine() );
		}
		ob_end_clean();
		fuzz_count( $code ? 'refused' : 'accepted' );
		fuzz_check( 0 === $code || ( 1 === $code && '' !== trim( $logger->stderr ) ), 'an error without a word', $words, $options, $code );
		fuzz_check( false === strpos( $logger->stderr, 'SQL' ) || false !== strpos( json_encode( array( $words, $options ), JSON_INVALID_UTF8_SUBSTITUTE ), 'SQL' ), 'an error of SQL', $logger->stderr );
		if ( 0 === Fuzz::$round % 20 ) {
			fuzz_check( $kept() === $was, 'what is another\'s has changed', $words, $options, $kept(), $was );
		}
	},
	static function () use ( $kept, $was ) {
		fuzz_check( $kept() === $was, 'what is another\'s has changed', $kept(), $was );
	},
	600
);
}
PHP
"$WP" --require="$RUN/cli.php" fuzz "$HELPERS" >"$RUN/cli.out" 2>&1 </dev/null || echo "exit status $?" >>"$RUN/cli.out"
is 'commands of every kind' fine "$(tail -n 12 "$RUN/cli.out")"
no_php_errors 'nothing is logged'
