#!/usr/bin/env bash
# examples/email-queue with a mail server that fails, hangs and refuses, and workers that are killed before and after they have sent.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pool.inc"
. "$(dirname "$0")/examples.inc"

mail_server
dying <<'PHP'
add_filter( 'asq_retry_policy', static function ( $policy, $hook ) {
	if ( 'email_queue_send' !== $hook ) {
		return $policy;
	}
	// Patience is short until the server has hung: it is the one that is to be killed for it, and no other, however slow the machine is.
	$hung = preg_match( '/^hang@/m', (string) @file_get_contents( getenv( 'MAIL' ) . '/tried' ) );
	return array( 'base' => 1, 'cap' => 1, 'jitter' => 0, 'timeout' => e2e_is_hanging( func_get_args() ) && ! $hung ? 2 : 120 ) + $policy;
}, 10, 5 );
function e2e_is_hanging( array $of ): bool {
	$action = $of[4] ?? null;
	$user   = $action ? get_userdata( $action->get_args()[2] ?? 0 ) : null;
	return $user && 'hang' === $user->user_login;
}
add_action( 'phpmailer_init', static function ( $mailer ) {
	if ( 'before@example.com' === ( $mailer->getToAddresses()[0][0] ?? '' ) ) {
		e2e_die( 'before' );
	}
} );
add_action( 'wp_mail_succeeded', static function ( $mail ) {
	if ( 'after@example.com' === $mail['to'][0] ) {
		e2e_die( 'after' );
	}
} );
add_filter( 'pre_wp_mail', static function ( $sent, $mail ) {
	if ( 'unknown@example.com' === $mail['to'] ) {
		do_action( 'wp_mail_failed', new WP_Error( 'wp_mail_failed', 'SMTP Error: The following recipients failed: unknown@example.com: 550 5.1.1 User unknown' ) );
		return false;
	}
	return $sent;
}, 10, 2 );
add_filter( 'email_queue_template', static function ( $mail, $template, $user, $vars ) {
	return 'news' === $template ? array( 'News', "For {$user->display_name}" ) : $mail;
}, 10, 4 );
PHP
install_example email-queue
users() {
	rows "DELETE FROM shop_users WHERE ID > 1; DELETE FROM shop_usermeta WHERE user_id > 1"
}
users
at_exit users

# Each user gets a welcome. Then all get the news, and one wants to reset a password: that mail must not wait for the others.
succeeds 'users register, and things are queued' site_php <<'PHP'
global $wpdb;
$ids = array();
foreach ( array( 'ann', 'bob', 'flaky1', 'flaky2', 'hang', 'before', 'after', 'unknown', 'noaddress' ) as $name ) {
	$ids[ $name ] = wp_insert_user( array( 'user_login' => $name, 'user_email' => "$name@example.com", 'user_pass' => 'x' ) );
}
for ( $i = 1; $i <= 40; $i++ ) {
	$ids[] = wp_insert_user( array( 'user_login' => "reader$i", 'user_email' => "reader$i@example.com", 'user_pass' => 'x' ) );
}
$wpdb->update( $wpdb->users, array( 'user_email' => '' ), array( 'ID' => $ids['noaddress'] ) );
// The same once more, as after a form that was sent twice; and another message under the same id.
email_queue_add( "welcome-{$ids['ann']}", 'welcome', $ids['ann'] );
email_queue_add( "welcome-{$ids['bob']}", 'welcome', $ids['ann'], array(), EMAIL_QUEUE_BULK );
email_queue_add( "odd-{$ids['ann']}", 'no-such-template', $ids['ann'] );
email_queue_add_many( 'news-1', 'news', array( $ids['ann'], $ids['bob'] ) );
email_queue_add_many( 'news-1', 'news', array( $ids['ann'] ) );
var_dump( retrieve_password( 'bob' ) );
PHP
is 'WordPress takes a queued password reset for sent' 'bool(true)' "$OUTPUT"
is 'the key to the account is not in the queue' 0 "$(rows "SELECT COUNT(*) FROM {actions} WHERE args LIKE '%key%' OR extended_args LIKE '%key%'")"

pool_start pool --workers=1
wait_for 120 lines "$MAIL/sent" 1 || true
is 'the password reset goes first, though it was queued last' 'bob@example.com' "$(head -n 1 "$MAIL/sent" | cut -d '|' -f 1)"
pool_term
pool_start pool --workers=3
worked_off 'all is worked off' 150
has_died before after
pool_term

sent() {
	cut -d '|' -f 1,2 "$MAIL/sent" | grep -cxF "$1@example.com|$2" || true
}
welcome='Welcome to '$(rows "SELECT option_value FROM shop_options WHERE option_name = 'blogname'")
is 'every reader is welcomed once' 40 "$(grep -c "^reader[0-9]*@example.com|$welcome" "$MAIL/sent")"
is 'each of them' 40 "$(grep "^reader" "$MAIL/sent" | cut -d '|' -f 1 | sort -u | wc -l)"
is 'who was queued twice is so once, too' '1 1' "$(sent ann "$welcome") $(sent bob "$welcome")"
is 'a mail server that failed twice is asked a third time' '1 1' "$(sent flaky1 "$welcome") $(sent flaky2 "$welcome")"
is 'one that hangs is asked again' 1 "$(sent hang "$welcome")"
is 'what a killed worker had not sent is sent' 1 "$(sent before "$welcome")"
is 'what a killed worker had sent is sent again, and can be told by its Message-ID' '2 1' "$(sent after "$welcome") $(grep '^after@' "$MAIL/sent" | cut -d '|' -f 3 | sort -u | wc -l)"
is 'other mails have one each' "$(($(wc -l <"$MAIL/sent") - 1))" "$(cut -d '|' -f 3 "$MAIL/sent" | sort -u | wc -l)"
is 'a campaign that is queued twice is sent once' '1 1' "$(sent ann News) $(sent bob News)"
is 'nobody else gets anything' "$(rows 'SELECT 40 + 5 + 2 + 2 + 1')" "$(grep -vc '^hang@' "$MAIL/sent")"
is 'what is hopeless is tried once' '1 1' "$(rows "SELECT CONCAT(attempts, ' ', 1) FROM {actions} WHERE status = 'failed' AND args LIKE '%no-such-template%'")"
is 'and has a letter: an unknown address, none, no such template, an id that was used for something else' $'email_queue_send permanent\nemail_queue_send permanent\nemail_queue_send permanent\nemail_queue_send permanent' "$(letters)"

reset=$(grep '^bob@.*Password reset' "$MAIL/sent" | head -n 1 | cut -d '|' -f 4)
key=$(tr -d '\r' <"$reset" | grep -o 'key=[A-Za-z0-9]*' | cut -d = -f 2)
is 'the key in the mail opens the account' bob "$(site_php "$key" <<<'echo check_password_reset_key( $argv[1], "bob" )->user_login;')"
nothing_left 'the pool'
no_php_errors 'PHP has logged nothing'
