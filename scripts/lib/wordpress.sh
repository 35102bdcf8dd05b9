# WordPress and WP-CLI, from the package registries, and sites made of them.

WORDPRESS_BUILDS=@wp-playground/wordpress-builds@0.9.19 # on npm: WordPress 6.5.5, less some of its pictures

# get_wordpress: sets WORDPRESS, a folder with WordPress as it is unpacked. WORDPRESS=DIR in the environment has
# that one used; otherwise it is got once, from npm, or without npm from Debian's package (6.1).
get_wordpress() {
	[[ -z ${WORDPRESS:-} ]] || return 0
	WORDPRESS=$BUILD/wordpress
	[[ ! -f $WORDPRESS/wp-settings.php ]] || return 0
	local got=$RUN/wordpress
	mkdir -p "$got"
	if command -v npm >/dev/null && wordpress_from_npm "$got"; then
		:
	else
		wordpress_from_debian "$got"
	fi
	rm -rf "$got/wordpress/wp-config.php" "$got/wordpress/wp-content/"{database,db.php,mu-plugins,plugins/*}
	rm -rf "$WORDPRESS"
	mv "$got/wordpress" "$WORDPRESS"
}

wordpress_from_npm() {
	local dir=$1
	wordpress_package "$dir" &&
		unzip -q "$dir/package/src/wordpress/wp-6.5.zip" -d "$dir/wordpress"
}

# wordpress_package DIR: npm's package, as far as it is needed. Styles, scripts and pictures are apart there, and are kept apart
# in .build/wordpress-assets: most sites here are never looked at.
wordpress_package() {
	local dir=$1 kept=$BUILD/wordpress-assets
	(cd "$dir" && npm pack --silent "$WORDPRESS_BUILDS") &&
		tar -xzf "$dir"/*.tgz -C "$dir" package/src/wordpress/wp-6.5.zip package/public/wp-6.5 &&
		rm "$dir"/*.tgz || return
	rm -rf "$kept" "$dir/package/public/wp-6.5/wp-content"
	mv "$dir/package/public/wp-6.5" "$kept"
}

# wordpress_assets DIR: adds them to a site that does without, for a browser.
wordpress_assets() {
	local dir=$1 kept=$BUILD/wordpress-assets got=$RUN/package
	[[ ! -f $dir/wp-admin/css/common.min.css ]] || return 0
	if [[ ! -d $kept ]]; then
		mkdir -p "$got"
		wordpress_package "$got"
	fi
	cp -rn "$kept/." "$dir"
}

# The packages are unpacked, not installed: they would bring a web server. What they link to is not needed to run, but for a script
# that each page of the admin has.
wordpress_from_debian() {
	local dir=$1 package script
	((EUID)) || [[ -n ${APT_UPDATED:-} ]] || apt-get -q update
	(cd "$dir" && apt-get -q download wordpress wordpress-theme-twentytwentythree libjs-underscore)
	for package in "$dir"/*.deb; do
		dpkg -x "$package" "$dir/debian"
	done
	mv "$dir/debian/usr/share/wordpress" "$dir/wordpress"
	for script in underscore.js underscore.min.js; do
		cp --remove-destination "$dir/debian/usr/share/javascript/underscore/$script" "$dir/wordpress/wp-includes/js/$script"
	done
}

# get_wp_cli: sets WP_CLI, WP-CLI's start file. It is of a version that asks for PHP 7, and runs on 8.
get_wp_cli() {
	local dir=$BUILD/wp-cli
	WP_CLI=$dir/vendor/wp-cli/wp-cli/php/boot-fs.php
	[[ ! -f $dir/vendor/autoload.php ]] || return 0
	mkdir -p "$dir"
	cat >"$dir/composer.json" <<-'JSON'
		{
			"require": { "wp-cli/wp-cli": "2.4.*", "wp-cli/entity-command": "2.0.*" },
			"config": { "platform": { "php": "7.4.33" }, "allow-plugins": false }
		}
	JSON
	COMPOSER_ALLOW_SUPERUSER=1 composer install -d "$dir" --no-interaction --no-progress --prefer-dist
}

# make_site DIR DATABASE: a site of its own, installed, with WP-CLI's command for it at DIR.wp. It shows
# its errors nowhere, and logs them; it calls nobody; its cron waits to be called.
make_site() {
	local dir=$1 database=$2
	sql -e "CREATE DATABASE $database CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci"
	mariadb_user "$database" 'ALL PRIVILEGES' "$database.*"
	cp -r "$WORDPRESS" "$dir"
	mkdir -p "$dir/wp-content/"{mu-plugins,plugins,uploads}
	cat >"$dir/wp-config.php" <<-PHP
		<?php
		define( 'DB_NAME', '$database' );
		define( 'DB_USER', '$database' );
		define( 'DB_PASSWORD', '$MARIADB_PASSWORD' );
		define( 'DB_HOST', '127.0.0.1:$MARIADB_PORT' );
		define( 'DB_CHARSET', 'utf8mb4' );
		define( 'DB_COLLATE', '' );
		define( 'WP_HOME', 'http://' . ( \$_SERVER['HTTP_HOST'] ?? '127.0.0.1' ) );
		define( 'WP_SITEURL', WP_HOME );
		define( 'WP_DEBUG', ! defined( 'WP_CLI' ) ); // WP-CLI's own deprecation notices would be shown
		define( 'WP_DEBUG_DISPLAY', false );
		define( 'DISABLE_WP_CRON', true );
		define( 'WP_HTTP_BLOCK_EXTERNAL', true );
		define( 'AUTOMATIC_UPDATER_DISABLED', true );
		define( 'WP_DISABLE_FATAL_ERROR_HANDLER', true );
		foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as \$name ) {
			define( \$name . '_KEY', 'a key' );
			define( \$name . '_SALT', 'a salt' );
		}
		\$table_prefix = 'shop_'; // not WordPress's own, which somebody might take for granted
		defined( 'ABSPATH' ) || define( 'ABSPATH', __DIR__ . '/' );
		require_once ABSPATH . 'wp-settings.php';
	PHP
	cat >"$dir.wp" <<-SH
		#!/bin/sh
		# WP-CLI for $dir, without PHP's notices on its age.
		export PHPRC="\${PHPRC:-$RUN/php}" PHP_INI_SCAN_DIR="\${PHP_INI_SCAN_DIR:-$RUN/no-more-ini}"
		exec "$(command -v "$PHP")" -d error_reporting=8191 "$WP_CLI" --allow-root --path="$dir" "\$@"
	SH
	chmod 755 "$dir.wp"
	PHPRC=$RUN/stock "$PHP" "$ROOT/scripts/lib/install-site.php" "$dir"
	((EUID)) || chown -R "$SERVER_USER" "$dir/wp-content"
}

# run_site: the site of this run; sets SITE, and WP, its WP-CLI.
run_site() {
	SITE=$RUN/site WP=$RUN/site.wp
	make_site "$SITE" asq_site
}
