<?php
/**
 * Plugin Name: Example: e-mail queue
 * Description: Sends e-mails in the background: again when the mail server is to blame, not when the address is, and each message once.
 * Version:     1.0.0
 * Requires PHP: 7.4
 * License:     MIT
 *
 * @package Email_Queue
 */

defined( 'ABSPATH' ) || exit;

if ( ! function_exists( 'asq_retry_policy' ) ) {
	add_action(
		'admin_notices',
		static function () {
			printf( '<div class="notice notice-error"><p>%s</p></div>', esc_html__( 'The e-mail queue needs the PHP extension asq.', 'email-queue' ) );
		}
	);
	return;
}

const EMAIL_QUEUE_GROUP = 'email';

/** Priorities: less is sooner. Somebody waits for the first kind. */
const EMAIL_QUEUE_URGENT = 0;
const EMAIL_QUEUE_NORMAL = 10;
const EMAIL_QUEUE_BULK   = 50;

asq_retry_policy(
	'email_queue_send',
	array(
		'max_attempts' => 5,
		'base'         => MINUTE_IN_SECONDS,
		'cap'          => HOUR_IN_SECONDS,
		// For a mail server that accepts the connection, and then says nothing.
		'timeout'      => MINUTE_IN_SECONDS,
		// Nobody knows whether a worker that was killed had sent it. Here a mail too many is better than one too few: see email_queue_deliver().
		'on_crash'     => 'retry',
	)
);

/**
 * Queues a message. What is queued says what to send, not the text: that is made when it is sent, so that it is neither too long for
 * an action, nor out of date, nor readable in the queue's tables.
 *
 * @param string $message_id What message this is. Queued twice under one id within a month (the ttl in email_queue_send()), it is sent once.
 * @param string $template   See email_queue_render().
 * @param int    $user_id    To whom.
 * @param array  $vars       Values for the template.
 * @param int    $priority   EMAIL_QUEUE_URGENT, EMAIL_QUEUE_NORMAL or EMAIL_QUEUE_BULK.
 * @return int The action's id; 0 if it could not be queued.
 */
function email_queue_add( string $message_id, string $template, int $user_id, array $vars = array(), int $priority = EMAIL_QUEUE_NORMAL ): int {
	return as_enqueue_async_action( 'email_queue_send', array( $message_id, $template, $user_id, $vars ), EMAIL_QUEUE_GROUP, false, $priority );
}

/**
 * Queues a message to many users, 500 with each statement.
 *
 * @param string   $campaign What message this is: nobody gets a campaign twice within a month, the ttl in email_queue_send().
 * @param string   $template See email_queue_render().
 * @param iterable $user_ids To whom.
 * @return int[] The actions' ids.
 */
function email_queue_add_many( string $campaign, string $template, iterable $user_ids ): array {
	$messages = static function () use ( $campaign, $template, $user_ids ) {
		foreach ( $user_ids as $user_id ) {
			yield array( "$campaign-$user_id", $template, (int) $user_id, array() );
		}
	};
	return asq_enqueue_many( 'email_queue_send', $messages(), EMAIL_QUEUE_GROUP, false, EMAIL_QUEUE_BULK );
}

/**
 * The action: sends a message, unless that has been done.
 *
 * What is thrown here goes on to the queue: it says whether, and when, the action is tried again.
 *
 * @param string $message_id See email_queue_add(), as for the others.
 * @param string $template   The template.
 * @param int    $user_id    To whom.
 * @param array  $vars       Values for the template.
 */
function email_queue_send( string $message_id, string $template, int $user_id, array $vars ): void {
	asq_idempotent(
		"email-$message_id",
		static function () use ( $message_id, $template, $user_id, $vars ) {
			email_queue_deliver( $message_id, $template, $user_id, $vars );
			return gmdate( 'c' );
		},
		array(
			'request' => array( $template, $user_id, $vars ),
			'ttl'     => MONTH_IN_SECONDS,
		)
	);
}
add_action( 'email_queue_send', 'email_queue_send', 10, 4 );

/**
 * Makes the message and gives it to the mail server.
 *
 * @param string $message_id Its id.
 * @param string $template   The template.
 * @param int    $user_id    To whom.
 * @param array  $vars       Values for the template.
 *
 * @throws Asq\PermanentException If it will never arrive.
 * @throws Asq\TransientException If it may go well the next time.
 */
function email_queue_deliver( string $message_id, string $template, int $user_id, array $vars ): void {
	$user = get_userdata( $user_id );
	if ( ! $user || ! is_email( $user->user_email ) ) {
		throw new Asq\PermanentException( sprintf( 'User %d has no e-mail address.', $user_id ) );
	}
	[ $subject, $text ] = email_queue_render( $template, $user, $vars );

	$reason = 'no reason was given';
	$mailer = null;
	$failed = static function ( WP_Error $error ) use ( &$reason ) {
		$reason = $error->get_error_message();
	};
	// A worker may be killed between the sending and its being noted down: then the message is sent again. By their Message-ID mail
	// servers and programs can tell that the two are one.
	$label = static function ( $phpmailer ) use ( $message_id, &$mailer ) {
		$mailer            = $phpmailer;
		$mailer->MessageID = sprintf( '<%s@%s>', md5( $message_id ), wp_parse_url( home_url(), PHP_URL_HOST ) ); // phpcs:ignore WordPress.NamingConventions.ValidVariableName
	};
	add_action( 'wp_mail_failed', $failed );
	add_action( 'phpmailer_init', $label );
	try {
		$sent = wp_mail( $user->user_email, $subject, $text );
	} finally {
		// A worker lives on after this action, even if that has thrown: what was changed for it is changed back.
		remove_action( 'wp_mail_failed', $failed );
		remove_action( 'phpmailer_init', $label );
		if ( $mailer ) {
			$mailer->MessageID = ''; // phpcs:ignore WordPress.NamingConventions.ValidVariableName
		}
	}
	if ( $sent ) {
		return;
	}
	// RFC 3463: 5.1.x is what mail servers say of an address that is wrong, or of nobody.
	if ( preg_match( '/\b5\.1\.\d\b/', $reason ) ) {
		throw new Asq\PermanentException( "The mail was refused: $reason" );
	}
	throw new Asq\TransientException( "The mail was not sent: $reason" );
}

/**
 * A message's subject and text.
 *
 * @param string  $template welcome, password-reset, or what the filter email_queue_template knows.
 * @param WP_User $user     To whom.
 * @param array   $vars     Values.
 * @return string[] Subject, text.
 *
 * @throws Asq\PermanentException If there is no such template.
 */
function email_queue_render( string $template, WP_User $user, array $vars ): array {
	$site = wp_specialchars_decode( get_option( 'blogname' ), ENT_QUOTES );
	switch ( $template ) {
		case 'welcome':
			return array( "Welcome to $site", "Hello {$user->display_name}, and welcome to $site." );
		case 'password-reset':
			// The key is made here, and not when the mail is queued: it opens the account, and is in no table but as a hash.
			$key = asq_throw_if_error( get_password_reset_key( $user ) );
			$url = network_site_url( "wp-login.php?action=rp&key=$key&login=" . rawurlencode( $user->user_login ), 'login' );
			return array( "[$site] Password reset", "To choose a new password, go to\n\n$url\n\nIf you did not ask for it, nothing has to be done." );
	}
	/**
	 * A message's subject and text.
	 *
	 * @param string[]|null $mail     Subject and text.
	 * @param string        $template The template's name.
	 * @param WP_User       $user     To whom.
	 * @param array         $vars     Values.
	 */
	$mail = apply_filters( 'email_queue_template', null, $template, $user, $vars );
	if ( ! is_array( $mail ) || 2 !== count( $mail ) ) {
		throw new Asq\PermanentException( "There is no template $template." );
	}
	return array_values( $mail );
}

/*
 * What WordPress sends: two mails, as examples.
 */

add_action(
	'user_register',
	static function ( $user_id ) {
		email_queue_add( "welcome-$user_id", 'welcome', $user_id );
	}
);

add_filter(
	'send_retrieve_password_email',
	static function ( $send, $login, $user ) {
		// If it cannot be queued, WordPress sends its own, now.
		return $send && ! email_queue_add( 'password-reset-' . wp_generate_uuid4(), 'password-reset', $user->ID, array(), EMAIL_QUEUE_URGENT );
	},
	10,
	3
);
