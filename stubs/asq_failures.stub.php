<?php
/**
 * What a callback throws to say what its failure means, under a retry policy (asq_retry_policy()). Without one they fail an
 * action as any exception does.
 *
 * @generate-class-entries
 */

namespace Asq;

/**
 * It may go well the next time: the action is tried again, as long as its policy has attempts left, whatever else that says.
 *
 * @since 0.1.0
 */
class TransientException extends \RuntimeException {}

/**
 * It will never go well: the action is not tried again.
 *
 * @since 0.1.0
 */
class PermanentException extends \RuntimeException {}

/**
 * As TransientException, and says when: not by the policy's backoff.
 *
 * @since 0.1.0
 */
class RetryAfter extends TransientException {

	protected int $seconds = 0;

	/**
	 * @param int|\DateTimeInterface $after    So many seconds from now, or not before then: 0 to a year.
	 * @param string                 $message  Why.
	 * @param int                    $code
	 * @param \Throwable|null        $previous
	 *
	 * @throws \ValueError If it is less than nothing, or more than a year.
	 */
	public function __construct(int|\DateTimeInterface $after, string $message = '', int $code = 0, ?\Throwable $previous = null) {}

	/** Seconds from when it was made. */
	public function getSeconds(): int {}
}

/**
 * Not thrown, but given to listeners and callables as an action's error when its process died of it: killed, out of memory,
 * a fatal error.
 *
 * @since 0.1.0
 */
class CrashException extends \RuntimeException {}
