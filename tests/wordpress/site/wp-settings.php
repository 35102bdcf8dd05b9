<?php
/*
 * The fake WordPress's boot, under the name by which the extension knows it. While this was compiled, $wp_filter may
 * have been given entries: they become hooks, as WordPress's WP_Hook::build_preinitialized_hooks() makes them.
 */
global $wp_filter;
$asq_preset           = $wp_filter ?? array();
$GLOBALS['wp_filter'] = array();
foreach ( $asq_preset as $asq_hook => $asq_priorities ) {
	if ( $asq_priorities instanceof WP_Hook ) {
		$GLOBALS['wp_filter'][ $asq_hook ] = $asq_priorities;
		continue;
	}
	foreach ( $asq_priorities as $asq_priority => $asq_callbacks ) {
		foreach ( $asq_callbacks as $asq_callback ) {
			add_filter( $asq_hook, $asq_callback['function'], $asq_priority, $asq_callback['accepted_args'] );
		}
	}
}
foreach ( array( 'muplugins_loaded', 'plugins_loaded', 'init', 'wp_loaded' ) as $asq_hook ) {
	do_action( $asq_hook );
}
