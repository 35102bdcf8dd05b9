#!/usr/bin/env bash
# A page view: WordPress with the extension, and no plugin, serves its pages and makes its tables.
. "$(dirname "$0")/lib.sh"

mu_plugin enqueue <<'PHP'
add_action( 'wp_loaded', static function () {
	if ( isset( $_GET['enqueue'] ) ) {
		wp_send_json( as_enqueue_async_action( 'e2e_page', array( $_GET['enqueue'] ), 'e2e' ) );
	}
} );
PHP
web_builtin "$SITE"

# status PATH: of the answer; its text is in the file page.
status() {
	curl -s -o "$RUN/page" -w '%{http_code}' "$WEB$1"
}

is 'the front page answers' 200 "$(status /)"
has 'it is the whole page' '</html>' "$(tail -n 5 "$RUN/page")"
is 'the REST API answers' 200 "$(status '/index.php?rest_route=/wp/v2/posts')"
is 'a page that enqueues answers' 200 "$(status '/?enqueue=one')"
id=$(cat "$RUN/page")
is 'with the id of the row' "$id"$'\te2e_page\tpending\t["one"]' "$(rows "SELECT action_id, hook, status, args FROM {actions} WHERE hook = 'e2e_page'")"
is 'which the log says was created' 'action created' "$(rows "SELECT message FROM {logs} WHERE action_id = $id")"
is 'the second request on the same server does it, too' 200 "$(status '/?enqueue=two')"
is 'and there are two' 2 "$(rows "SELECT COUNT(*) FROM {actions} WHERE hook = 'e2e_page'")"
no_php_errors 'PHP has nothing to complain about'
