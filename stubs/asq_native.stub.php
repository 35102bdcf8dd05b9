<?php

/**
 * What the methods of Action Scheduler's classes ask first; see src/api/native.h. Not for plugins: these
 * functions change without notice.
 *
 * @generate-class-entries
 */

namespace Asq\Native;

function store_save(mixed &$result, mixed $store, mixed $action = null, mixed $date = null, mixed $unique = null): bool {}
function store_fetch(mixed &$result, mixed $store, mixed $action_id = null): bool {}
function store_query(mixed &$result, mixed $store, mixed $query = null, mixed $query_type = null): bool {}
function store_counts(mixed &$result, mixed $store): bool {}
function store_cancel(mixed &$result, mixed $store, mixed $action_id = null): bool {}
function store_cancel_by_hook(mixed &$result, mixed $store, mixed $hook = null): bool {}
function store_cancel_by_group(mixed &$result, mixed $store, mixed $group = null): bool {}
function store_delete(mixed &$result, mixed $store, mixed $action_id = null): bool {}
function store_claim(mixed &$result, mixed $store, mixed $max_actions = null, mixed $before_date = null, mixed $hooks = null, mixed $group = null): bool {}
function store_claim_count(mixed &$result, mixed $store): bool {}
function store_claim_id(mixed &$result, mixed $store, mixed $action_id = null): bool {}
function store_claimed(mixed &$result, mixed $store, mixed $claim_id = null): bool {}
function store_release(mixed &$result, mixed $store, mixed $claim = null): bool {}
function store_unclaim(mixed &$result, mixed $store, mixed $action_id = null): bool {}
function store_fail(mixed &$result, mixed $store, mixed $action_id = null): bool {}
function store_start(mixed &$result, mixed $store, mixed $action_id = null): bool {}
function store_complete(mixed &$result, mixed $store, mixed $action_id = null): bool {}
function store_status(mixed &$result, mixed $store, mixed $action_id = null): bool {}
function logger_log(mixed &$result, mixed $logger, mixed $action_id = null, mixed $message = null, mixed $date = null): bool {}
function logger_entry(mixed &$result, mixed $logger, mixed $entry_id = null): bool {}
function logger_logs(mixed &$result, mixed $logger, mixed $action_id = null): bool {}
function logger_clear(mixed &$result, mixed $logger, mixed $action_id = null): bool {}
function logger_bulk_cancel(mixed &$result, mixed $logger, mixed $action_ids = null): bool {}
function runner_batch(mixed &$result, mixed $runner, mixed $size = null, mixed $context = null): bool {}
function runner_process(mixed &$result, mixed $runner, mixed $action_id = null, mixed $context = null): bool {}
function cleaner_fail(mixed &$result, mixed $cleaner, mixed $time_limit = null): bool {}
function throw_error(mixed $type = null, mixed $message = null): bool {}

function boot(): void {}
function init(): void {}
function autoload(mixed $class): void {}
function add_wp_cron_schedule(mixed $schedules): mixed {}
function run_recurring_scheduler_hook(): void {}
function admin_menu(): void {}
function admin_load(): void {}
function admin_page(): void {}
function admin_per_page(mixed $keep = null, mixed $option = null, mixed $value = null): mixed {}

/*
 * These keep the places of methods that listen to hooks, until the objects are made that have them; see
 * src/wordpress/boot.c.
 */

/** @implementation-alias asq_native_keep */
function log_stored_action(mixed ...$args): mixed {}

/** @implementation-alias asq_native_keep */
function log_canceled_action(mixed ...$args): mixed {}

/** @implementation-alias asq_native_keep */
function log_started_action(mixed ...$args): mixed {}

/** @implementation-alias asq_native_keep */
function log_completed_action(mixed ...$args): mixed {}

/** @implementation-alias asq_native_keep */
function log_failed_action(mixed ...$args): mixed {}

/** @implementation-alias asq_native_keep */
function log_timed_out_action(mixed ...$args): mixed {}

/** @implementation-alias asq_native_keep */
function log_unexpected_shutdown(mixed ...$args): mixed {}

/** @implementation-alias asq_native_keep */
function log_reset_action(mixed ...$args): mixed {}

/** @implementation-alias asq_native_keep */
function log_ignored_action(mixed ...$args): mixed {}

/** @implementation-alias asq_native_keep */
function log_failed_fetch_action(mixed ...$args): mixed {}

/** @implementation-alias asq_native_keep */
function log_failed_schedule_next_instance(mixed ...$args): mixed {}

/** @implementation-alias asq_native_keep */
function bulk_log_cancel_actions(mixed ...$args): mixed {}

/** @implementation-alias asq_native_keep */
function clear_deleted_action_logs(mixed ...$args): mixed {}

/** @implementation-alias asq_native_keep */
function maybe_dispatch_async_request(mixed ...$args): mixed {}

/** @implementation-alias asq_native_keep */
function run(mixed ...$args): mixed {}

function standalone_ready(): bool {}
function create_tables(): bool {}
function last_error(): string {}

/* What `wp action-scheduler work` is made of: see src/api/asq_pool.c. */

function work(array $options): array {}
function worker_shutdown(): void {}
function retry_shutdown(): void {}

/* Webhooks: what WordPress calls for a REST request. */

function webhook_routes(): void {}
function webhook_dispatch(mixed $result, mixed $server, mixed $request): mixed {}
function webhook_receive(mixed $request): mixed {}

/* What `wp asq schema` is made of; null, or false: see last_error(). */

function own_tables(): bool {}
function has_claim_index(): ?bool {}
function make_claim_index(): bool {}
function claim_index_sql(int $way, bool $replace = false): ?string {}
function action_estimate(): ?int {}

/**
 * The worker pool's claims with a filter (hooks, group_ids, exclude_groups, order_by; old_server: without SKIP LOCKED), for
 * tests and benchmarks: the pool itself calls the same from C. Rows are lists: see ASQ_COL_* in src/store/fetch.h and claim_due.h. Errors are RuntimeExceptions.
 */
final class Claims {
	public function __construct(array $filter = []) {}
	public function claim(int $claim_id, int $limit, ?string $due = null): array {}
	public function next_due(?string $due = null): ?string {}
	/** Has the next claim look from the very beginning. */
	public function look(): void {}
}
