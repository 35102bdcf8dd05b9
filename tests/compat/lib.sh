# For the comparison with Action Scheduler itself: a checkout of it (AS_DIR) and wp-phpunit's files
# (WP_TESTS_DIR) are brought by whoever runs this; nothing of either is part of this project.

. "$(dirname "${BASH_SOURCE[0]}")/../e2e/lib.sh"
PHPUNIT=$BUILD/phpunit

# get_phpunit: PHPUnit 9, which wp-phpunit wants, and the polyfills that it asks for; made once.
get_phpunit() {
	[[ ! -f $PHPUNIT/vendor/autoload.php ]] || return 0
	mkdir -p "$PHPUNIT"
	echo '{ "require": { "phpunit/phpunit": "^9.6", "yoast/phpunit-polyfills": "^1.0" } }' >"$PHPUNIT/composer.json"
	PHPRC=$ASQ_TEST_RUN/stock COMPOSER_ALLOW_SUPERUSER=1 composer install -d "$PHPUNIT" --no-interaction --no-progress -q
}

# copy_wp_phpunit: its files, on a copy that is content with the polyfills there are (it asks for 1.1, and nothing
# of these tests needs more than 1.0); sets WP_TESTS.
copy_wp_phpunit() {
	WP_TESTS=$RUN/wp-phpunit
	mkdir "$WP_TESTS"
	cp -r "$WP_TESTS_DIR/includes" "$WP_TESTS/"
	cp -r "$WP_TESTS_DIR"/*.php "$WP_TESTS_DIR/data" "$WP_TESTS/" 2>/dev/null || true
	sed -i -E "s/(phpunit_polyfills_minimum_version *= *)'[0-9.]+'/\1'1.0.0'/" "$WP_TESTS/includes/bootstrap.php"
}

# copy_suite DIR: Action Scheduler with its tests, on a copy mended for PHPUnit 9 and for servers that word an
# unknown column otherwise.
copy_suite() {
	local dir=$1
	mkdir -p "$dir/plugins"
	cp -r "$AS_DIR" "$dir/plugins/action-scheduler"
	(
		cd "$dir/plugins/action-scheduler"
		rm -rf .git
		mkdir -p vendor
		ln -sfn "$PHPUNIT/vendor/yoast" vendor/yoast
		sed -i -E 's/(function (setUp|tearDown)\(\)) \{/\1: void {/' tests/phpunit/*/*.php
		sed -i "s/assertContains( 'Caught/assertStringContainsString( 'Caught/
			s/assertContains( \"Unknown column 'priority' in 'field list'/assertStringContainsString( \"Unknown column 'priority' in '/" \
			tests/phpunit/procedural_api/procedural_api_Test.php
	)
	cat >"$dir/config.php" <<-PHP
		<?php
		define( 'ABSPATH', '$WORDPRESS/' );
		define( 'DB_NAME', '$(basename "$dir")' );
		define( 'DB_USER', 'root' );
		define( 'DB_PASSWORD', '' );
		define( 'DB_HOST', 'localhost:$MARIADB_SOCKET' );
		define( 'DB_CHARSET', 'utf8mb4' );
		define( 'DB_COLLATE', '' );
		define( 'WP_TESTS_DOMAIN', 'example.org' );
		define( 'WP_TESTS_EMAIL', 'admin@example.org' );
		define( 'WP_TESTS_TITLE', 'Test' );
		define( 'WP_PHP_BINARY', '$PHP' );
		define( 'WP_DEBUG', true );
		define( 'WP_TESTS_PHPUNIT_POLYFILLS_PATH', '$PHPUNIT/vendor/yoast/phpunit-polyfills' );
		\$table_prefix = 'wptests_';
	PHP
	sql -e "DROP DATABASE IF EXISTS $(basename "$dir"); CREATE DATABASE $(basename "$dir") CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci"
}

# run_suite DIR COMMAND... [--filter NAME]: runs it by the command given (say valgrind ... php -d ...), and writes DIR/log.
run_suite() {
	local dir=$1 command=() filter=()
	shift
	while (($#)); do
		if [[ $1 == --filter ]]; then filter=("$1" "$2") && shift; else command+=("$1"); fi
		shift
	done
	(
		cd "$dir/plugins/action-scheduler"
		export WP_TESTS_DIR=$WP_TESTS WP_PHPUNIT__TESTS_CONFIG=$dir/config.php
		"${command[@]}" "$PHPUNIT/vendor/bin/phpunit" -c tests/phpunit.xml.dist "${filter[@]}"
	) >"$dir/log" 2>&1 || true
}

# failed LOG: the tests that failed. The two that fail without the extension, too, are left out: their order is one that
# MariaDB does not promise.
failed() {
	grep -E '^[0-9]+\) ' "$1" | sed -E 's/^[0-9]+\) //; s/ with data set.*//' | grep -v 'ActionScheduler_HybridStore_Test::test_actions_are_migrated_on_query' | sort -u || true
}

# judge NAME DIR [COMMAND...]: all 1,344 tests ran, and none failed that passes without the extension. Some compare
# times by the second, which may change on the way, above all under valgrind: what failed is run again, up to three times, with all
# of its class: some of them fail alone, without the extension, too.
judge() {
	local name=$1 dir=$2 ran test try log=$2/log
	shift 2
	ran=$(grep -oE '^Tests: [0-9]+' "$log" | grep -oE '[0-9]+' || true)
	[[ -n $ran ]] || ran=$(grep -oE '^OK \([0-9]+ tests' "$log" | grep -oE '[0-9]+' || echo 0)
	if ((ran < 1344)); then
		not_ok "$name: the suite ran" "$(tail -n 15 "$log")"
		return
	fi
	: >"$dir/failed"
	for test in $(failed "$log"); do
		for try in 1 2 3; do
			run_suite "$dir" "$@" --filter "^${test%%::*}::" && cp "$log" "$dir/again"
			! failed "$dir/again" | grep -qxF -- "$test" && grep -qE '^(OK \(|Tests: )' "$dir/again" && break
			((try < 3)) || echo "$test" >>"$dir/failed"
		done
	done
	is "$name: $ran tests, no failure of ours" '' "$(cat "$dir/failed")"
}
