#!/usr/bin/env bash
# Tools -> Dead Letters in a headless Chromium: what admin-letters.inc does there, as a user would. Its pictures are left in
# .build/log/admin-letters.
. "$(dirname "$0")/lib.sh"
HERE=$(cd "$(dirname "$0")" && pwd)

command -v chromium >/dev/null || {
	not_ok 'Chromium is there' 'It is installed by scripts/test.'
	exit
}

mu_plugin admin-letters <<'PHP'
foreach ( array( 'send_invoice', 'charge_card', 'sync_stock' ) as $hook ) {
	asq_retry_policy( $hook, array( 'max_attempts' => 1 ) );
}
add_action( 'send_invoice', static function () {
	throw new RuntimeException( 'The mail server says: 451 try again later' );
} );
add_action( 'charge_card', static function () {
	throw new Asq\PermanentException( 'The card has expired.', 54 );
} );
add_action( 'sync_stock', static function () {
	throw new Asq\TransientException( 'The warehouse did not answer in 30 seconds.' );
} );
// Nobody is called from here, and nobody's picture is asked for.
add_filter( 'pre_http_request', static function ( $answer, $request, $url ) {
	return preg_match( '~/(update|version)-check/~', $url ) ? array(
		'headers'  => array(),
		'body'     => '{"plugins":[],"themes":[],"no_update":[],"translations":[],"offers":[]}',
		'response' => array( 'code' => 200, 'message' => 'OK' ),
		'cookies'  => array(),
		'filename' => null,
	) : new WP_Error( 'e2e', 'Nobody is called.' );
}, 10, 3 );
add_filter( 'pre_option_show_avatars', '__return_zero' );
// What is compiled of the page, for pages that are not it.
add_action( 'shutdown', static function () {
	if ( did_action( 'template_redirect' ) || did_action( 'admin_footer' ) ) {
		printf( '<i id="e2e-compiled" hidden>%d</i>', class_exists( 'Asq\Admin\LettersPage', false ) );
	}
} );
// Action Scheduler's own screen is the plugin's; here it is one that is as good for a link.
add_action( 'admin_menu', static function () {
	if ( get_option( 'e2e_scheduled_actions' ) ) {
		add_submenu_page( 'tools.php', 'Scheduled Actions', 'Scheduled Actions', 'manage_options', 'action-scheduler', static function () {
			echo '<div class="wrap"><h1>Scheduled Actions</h1></div>';
		} );
	}
} );
// Whoever listens may throw.
add_action( 'asq_dead_letter_deleted', static function () {
	if ( get_option( 'e2e_listener_throws' ) ) {
		throw new RuntimeException( 'A listener <b>threw</b>' );
	}
} );
if ( get_option( 'e2e_capability' ) ) {
	add_filter( 'asq_dead_letters_capability', static function () {
		return get_option( 'e2e_capability' );
	} );
}
PHP

wordpress_assets "$SITE"
sql asq_site -e 'TRUNCATE shop_asq_dead_letters; TRUNCATE shop_asq_retries' 2>/dev/null || "$WP" asq schema --upgrade >/dev/null
"$WP" user create editor editor@example.org --role=editor --user_pass=password --porcelain >/dev/null
at_exit "$WP" user delete editor --yes
web_builtin "$SITE" 4

mkdir -p "$BUILD/log/admin-letters"
rm -f "$BUILD/log/admin-letters/"*.png
E2E_WEB=$WEB E2E_RUN=$RUN E2E_SHOTS=$BUILD/log/admin-letters "$PHP" "$HERE/admin-letters.inc"
no_php_errors 'PHP had nothing to complain of'
sql asq_site -e "TRUNCATE shop_asq_dead_letters; DELETE FROM shop_options WHERE option_name LIKE 'e2e\\_%'"
