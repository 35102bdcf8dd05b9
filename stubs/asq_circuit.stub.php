<?php

/**
 * The class of circuits.
 *
 * @generate-class-entries
 */

namespace Asq;

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
