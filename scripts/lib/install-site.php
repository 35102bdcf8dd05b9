<?php
/**
 * install-site.php DIR: installs the WordPress in DIR, as its five-minute form would, but asks nothing
 * and sends no mail. For scripts/lib/wordpress.sh.
 */
$_SERVER['HTTP_HOST'] = '127.0.0.1';
define( 'WP_INSTALLING', true );
require $argv[1] . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';

add_filter( 'pre_wp_mail', '__return_true' );
wp_install( 'Test shop', 'admin', 'admin@example.org', false, '', 'password' );
echo "WordPress $wp_version\n";
