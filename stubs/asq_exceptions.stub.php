<?php

/**
 * Exceptions. The first ones are for callbacks to throw, to say what their failure means under a retry policy (asq_retry_policy());
 * without one they fail an action as any exception does. The last ones are thrown by idempotency keys and circuits.
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
	 * @throws \TypeError  If $after is neither of both.
	 *
	 * @since 0.1.0
	 */
	public function __construct(int|\DateTimeInterface $after, string $message = '', int $code = 0, ?\Throwable $previous = null) {}

	/**
	 * When to try again.
	 *
	 * @return int Seconds from when it was made.
	 *
	 * @since 0.1.0
	 */
	public function getSeconds(): int {}
}

/**
 * Not thrown, but given to listeners and callables as an action's error when its process died of it: killed, out of memory,
 * a fatal error.
 *
 * @since 0.1.0
 */
class CrashException extends \RuntimeException {}

/**
 * An idempotency key is used again, for another request than the one that it was first used for.
 *
 * @since 0.1.0
 */
class ConflictException extends \RuntimeException {}

/**
 * Another process is at work under the same idempotency key.
 *
 * @since 0.1.0
 */
class InProgressException extends \RuntimeException {

	protected int $retryAfter = 1;

	/**
	 * When to try again: 1 to 30 seconds, as long as the other one has been at it.
	 *
	 * @return int Seconds from when it was thrown.
	 *
	 * @since 0.1.0
	 */
	public function getRetryAfter(): int {}
}

/**
 * A circuit is open: what was to be called was not.
 *
 * Thrown out of an action's callback, itself or as the previous of what is thrown, it postpones the action: pending again after
 * getRetryAfter() seconds, and no attempt is spent. The filter asq_postpone_delay($seconds, $action_id, $exception) may change that, or
 * return false; asq_action_postponed($action_id, $thrown, $seconds) tells of it.
 *
 * @since 0.1.0
 */
class CircuitOpenException extends \RuntimeException {

	protected int $retryAfter = 1;

	protected string $circuit = '';

	/**
	 * When to try again.
	 *
	 * @return int Seconds from when it was thrown, 1 at least.
	 *
	 * @since 0.1.0
	 */
	public function getRetryAfter(): int {}

	/**
	 * The name of the circuit.
	 *
	 * @return string
	 *
	 * @since 0.1.0
	 */
	public function getCircuit(): string {}
}
