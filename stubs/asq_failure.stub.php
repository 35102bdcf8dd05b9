<?php

/**
 * The classes of what may fail: circuits, and the exceptions of idempotency keys.
 *
 * @generate-class-entries
 */

namespace Asq;

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

/**
 * A circuit breaker that all processes of a site share; asq_circuit() makes it.
 *
 * @since 0.1.0
 *
 * @not-serializable
 */
final class Circuit {

	private function __construct() {}

	/**
	 * Calls what may fail, unless the circuit is open, and takes note of how it went.
	 *
	 * What counts as a failure: anything thrown but a CircuitOpenException, ConflictException or InProgressException; a WP_Error that
	 * is returned; an answer of wp_remote_*() with the status 408, 425, 429 or 5xx. The option counts changes that.
	 *
	 * @param callable      $callback Called without arguments.
	 * @param callable|null $fallback Called instead while the circuit is open, with the CircuitOpenException.
	 *
	 * @return mixed What was returned by the one or the other.
	 *
	 * @throws CircuitOpenException If the circuit is open, and there is no fallback.
	 *
	 * @since 0.1.0
	 */
	public function call(callable $callback, ?callable $fallback = null): mixed {}

	/**
	 * How it stands: read from the database.
	 *
	 * @return string 'closed', 'open' or 'half-open': the time for which it is open is over, and it is to be tried or being tried.
	 *
	 * @throws \RuntimeException If the database fails.
	 *
	 * @since 0.1.0
	 */
	public function state(): string {}

	/**
	 * Whether a call may be made now. Where the answer is the permission to try a half-open circuit, no other process gets it
	 * until success() or failure() is called, or the lease is over. For code that cannot use call().
	 *
	 * @return bool
	 *
	 * @since 0.1.0
	 */
	public function isAvailable(): bool {}

	/**
	 * What isAvailable() has allowed went well.
	 *
	 * @since 0.1.0
	 */
	public function success(): void {}

	/**
	 * What isAvailable() has allowed failed.
	 *
	 * @since 0.1.0
	 */
	public function failure(): void {}

	/**
	 * Closes the circuit and forgets its failures.
	 *
	 * @return bool Whether it was not closed before.
	 *
	 * @throws \RuntimeException If the database fails.
	 *
	 * @since 0.1.0
	 */
	public function reset(): bool {}

	/**
	 * Opens the circuit.
	 *
	 * @param int|float|null $seconds For how long; null: for its cooldown.
	 *
	 * @return bool Whether it was not open before.
	 *
	 * @throws \RuntimeException If the database fails.
	 * @throws \ValueError       If the time makes no sense.
	 *
	 * @since 0.1.0
	 */
	public function trip(int|float|null $seconds = null): bool {}
}
