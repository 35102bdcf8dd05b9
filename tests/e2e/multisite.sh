#!/usr/bin/env bash
# Multisite: each blog has a queue of its own, also after switch_to_blog(), and on the same connection.
. "$(dirname "$0")/lib.sh"

dir=$RUN/network
ln -s "$ASQ_TEST_RUN/stock" "$ASQ_TEST_RUN/php" "$ASQ_TEST_RUN/no-more-ini" "$RUN/"
make_site "$dir" asq_network >"$RUN/log" 2>&1 || { not_ok "the network is made" "$(cat "$RUN/log")"; exit; }
network_php() {
	{
		printf '<?php $_SERVER["HTTP_HOST"] = "127.0.0.1"; require %s;\n' "'$dir/wp-load.php'"
		cat
	} >"$RUN/network.php"
	"$PHP" "$RUN/network.php"
}
network_php <<'PHP' >>"$RUN/log" 2>&1
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
foreach ( $wpdb->tables( 'ms_global' ) as $table => $name ) {
	$wpdb->$table = $name;
}
install_network();
populate_network( 1, '127.0.0.1', 'admin@example.org', 'Network', '/', false );
PHP
sed -i "2i define( 'MULTISITE', true ); define( 'SUBDOMAIN_INSTALL', false ); define( 'DOMAIN_CURRENT_SITE', '127.0.0.1' ); define( 'PATH_CURRENT_SITE', '/' ); define( 'SITE_ID_CURRENT_SITE', 1 ); define( 'BLOG_ID_CURRENT_SITE', 1 );" "$dir/wp-config.php"

succeeds 'a network of two blogs answers' network_php <<'PHP'
$second = wpmu_create_blog( '127.0.0.1', '/second/', 'Second', 1 );
as_enqueue_async_action( 'e2e_first', array( 1 ), 'g' );
switch_to_blog( $second );
as_enqueue_async_action( 'e2e_second', array( 2 ), 'g' );
as_enqueue_async_action( 'e2e_second', array( 3 ), 'g' );
echo "second ", as_count_scheduled_actions( array( 'hook' => 'e2e_second' ) ), ' ', (int) as_has_scheduled_action( 'e2e_first' ), "\n";
restore_current_blog();
echo "first ", as_count_scheduled_actions( array( 'hook' => 'e2e_second' ) ), ' ', (int) as_has_scheduled_action( 'e2e_first' ), "\n";
add_action( 'e2e_second', function () {} );
switch_to_blog( $second );
echo "run ", asq_worker_run()['succeeded'], ' ', $wpdb->prefix, "\n";
restore_current_blog();
echo "left ", as_count_scheduled_actions( array( 'status' => 'pending' ) ), "\n";
PHP
has 'the second blog has its own two' 'second 2 0' "$OUTPUT"
has 'the first has its one' 'first 0 1' "$OUTPUT"
has 'a run in the second runs those of the second' 'run 2 shop_2_' "$OUTPUT"
has 'and leaves that of the first' 'left 1' "$OUTPUT"
is 'the rows are in the tables of each' '1 2' "$(sql -N asq_network -e "SELECT CONCAT((SELECT COUNT(*) FROM shop_actionscheduler_actions), ' ', (SELECT COUNT(*) FROM shop_2_actionscheduler_actions))")"
