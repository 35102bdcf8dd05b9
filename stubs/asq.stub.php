<?php

/**
 * The public functions of php_asq. The as_* functions are Action Scheduler's own API, with its semantics: any
 * type is taken for any parameter, surplus arguments are ignored, and failures are answered as AS answers them.
 *
 * @generate-class-entries
 */

/**
 * Enqueues an action to run once, as soon as possible.
 *
 * With asq the action and its log row are one round trip and one commit on a connection of the extension's own;
 * while $wpdb is in a transaction, they become part of that transaction.
 *
 * @param mixed $hook     Name of the hook (string) that the action fires. Up to 191 characters are kept.
 * @param mixed $args     Values for the hook's callbacks (array). At most 8,000 bytes of JSON.
 * @param mixed $group    Name of a group (string, up to 255 bytes), made where it does not exist.
 * @param mixed $unique   Whether to do nothing if a pending or running action of this hook and group (and, by
 *                        asq.unique or AS 4.0, these args) exists. Free of races.
 * @param mixed $priority 0 to 255; less is sooner. Values beyond are brought into the range.
 *
 * @return int The action's id; 0 if it was not stored: a duplicate, an error (see PHP's error log), too early
 *             (before `init`), or decided so by the filter pre_as_enqueue_async_action.
 *
 * @throws TypeError If $args is no array.
 *
 * @since 0.1.0
 */
function as_enqueue_async_action($hook, $args = [], $group = '', $unique = false, $priority = 10) {}

/**
 * Schedules an action to run once at a given time.
 *
 * @param mixed $timestamp When: seconds since the epoch, a DateTime or a date string in UTC.
 * @param mixed $hook      See as_enqueue_async_action(), as for the rest.
 * @param mixed $args The action's args (array).
 * @param mixed $group Name of its group (string).
 * @param mixed $unique See as_enqueue_async_action().
 * @param mixed $priority 0 to 255; less is sooner.
 *
 * @return int The action's id, or 0.
 *
 * @throws Exception If $timestamp is no date.
 * @throws TypeError If $args is no array.
 *
 * @since 0.1.0
 */
function as_schedule_single_action($timestamp, $hook, $args = [], $group = '', $unique = false, $priority = 10) {}

/**
 * Schedules an action that recurs at an interval, counted from each run.
 *
 * @param mixed $timestamp           When it runs first, see as_schedule_single_action().
 * @param mixed $interval_in_seconds Seconds between runs: a whole number of any type. 0 makes a single action.
 * @param mixed $hook Name of the hook (string).
 * @param mixed $args The action's args (array).
 * @param mixed $group Name of its group (string).
 * @param mixed $unique See as_enqueue_async_action().
 * @param mixed $priority 0 to 255; less is sooner.
 *
 * @return int The first action's id, or 0 (also, with _doing_it_wrong(), for an interval that is no whole number).
 *
 * @since 0.1.0
 */
function as_schedule_recurring_action($timestamp, $interval_in_seconds, $hook, $args = [], $group = '', $unique = false, $priority = 10) {}

/**
 * Schedules an action that recurs by a cron expression, in UTC.
 *
 * @param mixed $timestamp The first run is the first match at or after this time.
 * @param mixed $schedule  Five fields (minute, hour, day, month, weekday) or six (year), or @daily and its kin.
 * @param mixed $hook Name of the hook (string).
 * @param mixed $args The action's args (array).
 * @param mixed $group Name of its group (string).
 * @param mixed $unique See as_enqueue_async_action().
 * @param mixed $priority 0 to 255; less is sooner.
 *
 * @return int The first action's id, or 0.
 *
 * @throws InvalidArgumentException If $schedule is no cron expression.
 * @throws RuntimeException         If $schedule never matches.
 *
 * @since 0.1.0
 */
function as_schedule_cron_action($timestamp, $schedule, $hook, $args = [], $group = '', $unique = false, $priority = 10) {}

/**
 * Cancels the next pending action of a hook, and thereby a series.
 *
 * @param mixed $hook Name of the hook (string).
 * @param mixed $args The action's exact args ([]: none); anything but an array: any.
 * @param mixed $group Name of its group (string).
 *
 * @return int|null The id of the cancelled action, null if there is none, 0 before `init`.
 *
 * @since 0.1.0
 */
function as_unschedule_action($hook, $args = [], $group = '') {}

/**
 * Cancels all pending actions of a hook, of a group, or of both and these args.
 *
 * @param mixed $hook Name of the hook (string).
 * @param mixed $args The action's args (array).
 * @param mixed $group Name of its group (string).
 *
 * @return void
 *
 * @since 0.1.0
 */
function as_unschedule_all_actions($hook, $args = [], $group = '') {}

/**
 * When the next pending action of a hook is due.
 *
 * @param mixed $hook Name of the hook (string).
 * @param mixed $args Exact args; null: any.
 * @param mixed $group Name of its group (string).
 *
 * @return int|bool Its timestamp; true if one is running, or is pending without a time (async); else false.
 *
 * @since 0.1.0
 */
function as_next_scheduled_action($hook, $args = null, $group = '') {}

/**
 * Whether an action of a hook is pending or running.
 *
 * @param mixed $hook Name of the hook (string).
 * @param mixed $args The action's args (array).
 * @param mixed $group Name of its group (string).
 *
 * @return bool
 *
 * @since 0.1.0
 */
function as_has_scheduled_action($hook, $args = null, $group = '') {}

/**
 * Finds actions.
 *
 * @param mixed $args          hook, args, partial_args_matching (off, like, json), date and date_compare,
 *                             modified and modified_compare, group, status (string or list), claimed (true,
 *                             false or a claim's id), per_page (5; 0 or less: all), offset, orderby (date, hook,
 *                             group, modified, action_id, none), order (ASC, DESC), search.
 * @param mixed $return_format OBJECT: id => ActionScheduler_Action; 'ids' or 'int': a list of ids, as strings;
 *                             ARRAY_A: id => the objects' public properties, of which there are none.
 *
 * @return array
 *
 * @since 0.1.0
 */
function as_get_scheduled_actions($args = [], $return_format = OBJECT) {}

/**
 * Counts actions. Not in Action Scheduler.
 *
 * @param mixed $args The keys of as_get_scheduled_actions(); those of order and limit do not matter.
 *
 * @return int
 *
 * @since 0.1.0
 */
function as_count_scheduled_actions($args = []) {}

/**
 * An ActionScheduler_DateTime (outside WordPress: a DateTime) of a timestamp, a DateTime's clock reading, a
 * date string, or now.
 *
 * @param mixed $date_string
 * @param mixed $timezone
 *
 * @throws Exception If it is no date, or the time zone is none.
 *
 * @return DateTime
 *
 * @since 0.1.0
 */
function as_get_datetime_object($date_string = null, $timezone = 'UTC') {}

/**
 * Whether the Action Scheduler in charge has a feature: 'ensure_recurring_actions_hook'.
 *
 * @param mixed $feature
 *
 * @return bool
 *
 * @since 0.1.0
 */
function as_supports($feature) {}

/**
 * Enqueues many actions of one hook, in multi-row inserts: for imports. Ours, not Action Scheduler's.
 *
 * Fires action_scheduler_stored_action for each where somebody besides Action Scheduler's logger listens; the
 * filters pre_as_* are not asked.
 *
 * @param string   $hook      As in as_enqueue_async_action().
 * @param mixed    $args_list A list of arrays (any iterable): one array of args per action.
 * @param string   $group     Name of a group, made where it does not exist.
 * @param bool     $unique    As in as_enqueue_async_action(). Each action is a statement of its own then.
 * @param int      $priority  0 to 255; less is sooner. Values beyond are brought into the range.
 * @param int|null $timestamp When they are due; null: as soon as possible.
 *
 * @return int[] The ids in the order of the list; 0 for a duplicate (with $unique).
 *
 * @throws TypeError        If an element is no array: nothing is stored.
 * @throws ValueError       If an element's JSON is longer than 8,000 bytes, or the time not from the year 1 to 9999: nothing is stored.
 * @throws RuntimeException If the database fails, or cannot hold the hook or the group; the message says how many of the first are stored.
 *
 * @since 0.1.0
 */
function asq_enqueue_many(string $hook, $args_list, string $group = '', bool $unique = false, int $priority = 10, ?int $timestamp = null): array {}

/**
 * Runs the queue until it is empty: claims, dispatches and finishes actions natively. What
 * `wp action-scheduler run` calls.
 *
 * @param array $options batch_size (100), batches (0: until the queue is empty), cleanup_batch_size
 *                       (batch_size), hooks ([]: all), group (''), exclude_groups ([]), free_memory_on (50; 0:
 *                       never), pause (0 seconds), force (false), context ('WP CLI', for the log), and the
 *                       callables on_batch(int $size), on_start(int $id), on_complete(int $id, string $hook),
 *                       on_failure(int $id, string $message), on_tick(int $done), on_warning(string $message).
 *
 * @return array claimed, succeeded, failed, retried (failed, and to be tried again; or postponed), ignored (not pending any more), lost (taken by another claim),
 *               batches, seconds (float).
 *
 * @throws RuntimeException If too many batches run already (and no force), or the database fails.
 * @throws ValueError       If an option has no sense.
 *
 * @since 0.1.0
 */
function asq_worker_run(array $options = []): array {}

/**
 * What the queue looks like: how much there is to do, how late it is, who works on it. Cheap with millions of rows.
 *
 * @param array $options counts (true; false: only what takes no counting), top (10: so many groups and hooks; 0: none),
 *                       sample (5000: of the due, the future and the failed look at about so many rows each to count by group
 *                       and hook; 0: at all of them).
 *
 * @return array now_gmt; oldest_due_gmt and oldest_due_age (seconds), of what is not paused, or null; last_minute: complete,
 *               failed. With counts, counts: due, future (both pending), in-progress, complete, failed, canceled. With top,
 *               groups and hooks: lists, the longest backlog first, of group or hook, due, future, in-progress, failed; and
 *               approximate: a list of those of the four that are estimates. Then pauses and workers, see asq_pauses() and asq_workers().
 *
 * @throws RuntimeException If the database fails.
 * @throws ValueError       If an option has no sense.
 *
 * @since 0.1.0
 */
function asq_queue_status(array $options = []): array {}

/**
 * The supervisors and their workers, on all hosts.
 *
 * @return array A list, each supervisor before its workers, of: worker_id, supervisor_id (0: it is one), role (supervisor,
 *               worker), host, pid, state, alive (false: no heartbeat for 10 seconds), heartbeat_age, started_gmt, uptime,
 *               action_id (0: none), action_hook, action_age (null: none), succeeded, failed, memory (bytes), claim_id,
 *               options (a supervisor's, as JSON). Ages are seconds, as float.
 *
 * @throws RuntimeException If the database fails.
 *
 * @since 0.1.0
 */
function asq_workers(): array {}

/**
 * Pauses a hook, a group, or all: its actions stay pending until asq_resume(). What runs already goes on. Workers heed it within
 * two seconds; `wp action-scheduler run` and WP-Cron from their next batch on.
 *
 * @param string $kind 'all', 'hook' or 'group'.
 * @param string $name The hook or group, as it is; it need not be known yet. '' for 'all'.
 *
 * @return bool Whether it was not paused before.
 *
 * @throws RuntimeException If the database fails.
 * @throws ValueError       If the kind is none of these, or the name does not go with it.
 *
 * @since 0.1.0
 */
function asq_pause(string $kind, string $name = ''): bool {}

/**
 * Ends one pause; others, of the same actions too, stay.
 *
 * @param string $kind As in asq_pause().
 * @param string $name
 *
 * @return bool Whether it was paused before.
 *
 * @throws RuntimeException If the database fails.
 * @throws ValueError       As asq_pause().
 *
 * @since 0.1.0
 */
function asq_resume(string $kind, string $name = ''): bool {}

/**
 * What is paused.
 *
 * @return array A list of: kind ('all', 'hook', 'group'), name, paused_gmt.
 *
 * @throws RuntimeException If the database fails.
 *
 * @since 0.1.0
 */
function asq_pauses(): array {}

/**
 * Deletes actions that ended long ago, with their logs, in small batches by primary key that let others through; then log
 * rows whose action is gone, claims that are older than a day and hold nothing, and what was remembered of retries of actions that
 * ended an hour ago or are gone. By default what Action Scheduler's cleaner deletes, by its filters. Pending and running actions are never touched. Ours, not Action Scheduler's.
 *
 * Works on a connection of its own. Fires action_scheduler_deleted_action for each, after the commit, where somebody
 * besides Action Scheduler's logger listens.
 *
 * @param array $options statuses (list of complete, canceled, failed; default: by the filters), before (timestamp or
 *                       DateTimeInterface; default: by the retention filters), limit (0: all actions), orphans (true: look for what
 *                       deleted actions have left behind, too: that reads the whole index of the logs), dry_run (false:
 *                       count only), batch (900: rows of a batch at most), pause (milliseconds between batches; default:
 *                       half of what the last one took), on_progress(array $counts), called at the start and after each
 *                       step, with what is returned and total, the actions there are to delete.
 *
 * @return array actions, logs, orphan_logs, claims, batches, seconds (float), longest_batch_seconds (float).
 *
 * @throws RuntimeException If the database fails; the message says how many actions are deleted.
 * @throws ValueError|TypeError If an option has no sense.
 *
 * @since 0.1.0
 */
function asq_purge(array $options = []): array {}

/**
 * Runs a callable once for a key, for however many processes and for however often it is asked; everybody gets what it
 * returned. See docs/idempotency.md.
 *
 * The key lives on a connection of its own: it is neither held up by nor rolled back with a transaction of $wpdb. Nothing is
 * locked while the callable runs. If it throws, calls exit(), dies, or returns a WP_Error, the key is free again.
 *
 * @param string   $key      Any bytes, compared one by one. More than 191 are stored as their SHA-256.
 * @param callable $callback Called without arguments. Its result is stored: null, bool, int, float, string, arrays and
 *                           stdClass of these, up to 4 MB.
 * @param array    $options  ttl (86400: seconds for which the result is kept), request (what the key is for: a string, or anything JSON
 *                           can hold, whose objects' keys may be in any order; another one is a conflict), scope (''; keys of
 *                           different scopes have nothing to do with one another), wait (0: seconds to wait for another process
 *                           that is at it), lease (300: seconds after which one that runs on another machine and has not ended is taken
 *                           for dead), keep_failures (false: an exception, or a WP_Error, is kept and comes again, too),
 *                           store_if(mixed $result): bool (false: the result is returned, and not kept), replayed (a reference, set to
 *                           whether the result is an earlier call's).
 *
 * @return mixed What the callable returned, now or then.
 *
 * @throws Asq\InProgressException   If another process is at it, still, after the wait; or this one is, further up.
 * @throws Asq\ConflictException     If the key was used for another request.
 * @throws UnexpectedValueException  If the callable has run, now or then, and its result cannot be stored. It is not run again.
 * @throws RuntimeException          If the database fails before the callable is called. Afterwards it is a warning.
 * @throws ValueError|TypeError      If an argument or an option has no sense.
 *
 * @since 0.1.0
 */
function asq_idempotent(string $key, callable $callback, array $options = []): mixed {}

/**
 * Deletes idempotency keys that have expired. New keys clear away some of the old ones now and then: without this, too, they do not pile up.
 *
 * @param int $limit How many at most; 0: all.
 *
 * @return int How many.
 *
 * @throws RuntimeException If the database fails.
 * @throws ValueError       If the limit is negative.
 *
 * @since 0.1.0
 */
function asq_idempotency_purge(int $limit = 0): int {}

/**
 * Makes REST routes idempotent by the header Idempotency-Key, for POST, PUT, PATCH and DELETE. To be called while the action
 * rest_api_init fires. See docs/idempotency.md.
 *
 * A key is a UUID of version 4, for one user and one route. The answer to a request that comes again is the first one's, with the header
 * X-Idempotency-Replayed: true. 400: no such key; 409, with Retry-After: it is at work; 422: the key was another request's.
 * Answers of 500 and above are not kept.
 *
 * @param array $options routes (a list of beginnings of routes, '/shop/v1/orders'; default: all), required (false: a request without
 *                       the header is answered as if this function had not been called), ttl (86400), lease (300), wait (0), as in asq_idempotent().
 *
 * @throws RuntimeException     If WordPress is not loaded.
 * @throws ValueError|TypeError If an option has no sense.
 *
 * @since 0.1.0
 */
function asq_rest_idempotency(array $options = []): void {}

/**
 * A circuit breaker: stops calling what fails, for a while, in all processes of the site at once. See docs/circuits.md.
 *
 * @param string $name    Its name: 1 to 191 bytes of UTF-8.
 * @param array  $options threshold (5, up to 1000: so many failures), window (60: within so many seconds open it), cooldown (60: seconds
 *                        until one process tries again), success_threshold (1: how many tries in a row have to go well), lease (60: seconds
 *                        after which a try without an end no longer keeps others from trying), cache (1: seconds for which
 *                        this process goes by what it has read), counts (a callable that gets what was thrown or returned, and says whether that
 *                        is a failure; or a list of the exceptions' classes that are). Without options: the circuit of that name which
 *                        this request has made before, if it has.
 *
 * @return Asq\Circuit
 *
 * @throws ValueError|TypeError If the name or an option has no sense.
 *
 * @since 0.1.0
 */
function asq_circuit(string $name, array $options = []): Asq\Circuit {}

/**
 * All circuits that have ever failed, or been tripped.
 *
 * @return array A list of: name, state ('closed', 'open', 'half-open'), failures (within the window), opened (how often),
 *               failed_gmt, opened_gmt, until_gmt (null: never; open until then, or being tried until then at most), wait (seconds until then, float).
 *
 * @throws RuntimeException If the database fails.
 *
 * @since 0.1.0
 */
function asq_circuits(): array {}

/**
 * The names of before Action Scheduler 2.1; each calls _deprecated_function() and then the as_* function.
 *
 * @param mixed $timestamp
 * @param mixed $hook
 * @param mixed $args
 * @param mixed $group
 *
 * @return mixed
 *
 * @implementation-alias wc_deprecated_action
 *
 * @since 0.1.0
 */
function wc_schedule_single_action($timestamp, $hook, $args = [], $group = '') {}

/**
 * @param mixed $timestamp
 * @param mixed $interval_in_seconds
 * @param mixed $hook
 * @param mixed $args
 * @param mixed $group
 *
 * @return mixed
 *
 * @implementation-alias wc_deprecated_action
 *
 * @since 0.1.0
 */
function wc_schedule_recurring_action($timestamp, $interval_in_seconds, $hook, $args = [], $group = '') {}

/**
 * @param mixed $timestamp
 * @param mixed $schedule
 * @param mixed $hook
 * @param mixed $args
 * @param mixed $group
 *
 * @return mixed
 *
 * @implementation-alias wc_deprecated_action
 *
 * @since 0.1.0
 */
function wc_schedule_cron_action($timestamp, $schedule, $hook, $args = [], $group = '') {}

/**
 * @param mixed $hook
 * @param mixed $args
 * @param mixed $group
 *
 * @return mixed
 *
 * @implementation-alias wc_deprecated_action
 *
 * @since 0.1.0
 */
function wc_unschedule_action($hook, $args = [], $group = '') {}

/**
 * @param mixed $hook
 * @param mixed $args
 * @param mixed $group
 *
 * @return mixed
 *
 * @implementation-alias wc_deprecated_action
 *
 * @since 0.1.0
 */
function wc_next_scheduled_action($hook, $args = null, $group = '') {}

/**
 * @param mixed $args
 * @param mixed $return_format
 *
 * @return mixed
 *
 * @implementation-alias wc_deprecated_action
 *
 * @since 0.1.0
 */
function wc_get_scheduled_actions($args = [], $return_format = OBJECT) {}

/**
 * What becomes of a hook's or a group's actions when they fail: they are tried again, as the same action, until their attempts are
 * used up; then they get a dead letter. Without a policy a failed action has failed, as in Action Scheduler. To be called in every
 * request, as hooks are added; it costs next to nothing. A hook's policy goes before its group's, an action's own before both. Ours.
 *
 * @param string     $name   The hook, or the group.
 * @param array|null $policy null: none any more. Else, each key optional: max_attempts (5; 1 to 1000, the first one included), backoff
 *                           ('exponential', 'linear' or 'fixed'), base (60 seconds before the first retry), cap (3600 seconds at most),
 *                           jitter (0.1: a tenth shorter or longer, by chance; 0 to 1), delay (callable(int $attempt, ?Throwable $error,
 *                           int $action_id): int, seconds instead of the backoff's), timeout (0: none; seconds after which a worker of the
 *                           pool ends the action, instead of --job-timeout), on_crash ('fail', or 'retry', if its process
 *                           dies), retry_on ([]: all but what will fail again; else only these classes), give_up_on ([]; these never).
 * @param string     $kind   'hook' or 'group'.
 *
 * @throws ValueError If something in the policy is not allowed; the message says what is.
 *
 * @since 0.1.0
 */
function asq_retry_policy(string $name, ?array $policy, string $kind = 'hook'): void {}

/**
 * A retry policy for one action, stored with it. Best before the action is due. Needs WordPress.
 *
 * @param int        $action_id
 * @param array|null $policy    As in asq_retry_policy(), but delay must be the name of a function or of a static method. null: none.
 *
 * @return bool Whether there is such an action, pending or running.
 *
 * @throws ValueError       As asq_retry_policy(), or if $action_id is none.
 * @throws RuntimeException If the database fails, or WordPress is not loaded.
 *
 * @since 0.1.0
 */
function asq_retry_policy_for_action(int $action_id, ?array $policy): bool {}

/**
 * The policy by which an action would be retried, with all its keys; the filter asq_retry_policy has been asked.
 *
 * @param string $hook
 * @param string $group
 * @param int    $action_id 0: of no action in particular.
 *
 * @return array|null null: there is none.
 *
 * @since 0.1.0
 */
function asq_get_retry_policy(string $hook, string $group = '', int $action_id = 0): ?array {}

/**
 * Seconds that a policy's backoff puts between an attempt that fails and the next one. Its delay callable is not called.
 *
 * @param array $policy  As in asq_retry_policy().
 * @param int   $attempt The one that failed, from 1.
 * @param bool  $jitter  false: without.
 *
 * @return int
 *
 * @throws ValueError If the policy or the attempt makes no sense.
 *
 * @since 0.1.0
 */
function asq_retry_delay(array $policy, int $attempt, bool $jitter = true): int {}

/**
 * Whether a failure may pass by itself. Knows the exceptions of this extension, of MySQL (deadlocks, lock waits, lost connections), of
 * PHP (wrong types and values, LogicException); HTTP statuses (408, 425, 429 and 5xx pass; other 4xx do not); WP_Error's codes; and
 * what cURL and servers say in messages. Then the filter asq_classify_failure is asked: ($class, $failure).
 *
 * @param mixed $failure A Throwable (those before it count, too), a WP_Error, or what wp_remote_get() returned.
 *
 * @return string 'transient', 'permanent' or 'unknown'.
 *
 * @throws TypeError If it is something else.
 *
 * @since 0.1.0
 */
function asq_classify_failure(mixed $failure): string {}

/**
 * Throws if it is a WP_Error, or an HTTP response of status 400 and up: an Asq\TransientException (Asq\RetryAfter, where the server says
 * when), an Asq\PermanentException, or a RuntimeException, by asq_classify_failure(). The exception's code is the HTTP status.
 *
 * @param mixed $response What wp_remote_get(), wp_insert_post() and the like returned.
 *
 * @return mixed What it was given.
 *
 * @since 0.1.0
 */
function asq_throw_if_error(mixed $response): mixed {}

/**
 * Dead letters: actions that have failed for good under a retry policy.
 *
 * @param array $query Which: ids (list), action_id, hook, group, error_class, reason ('exhausted', 'permanent', 'crashed'), retried
 *                     (bool), search (text in hook, args, group, error), after and before (of the last failure: timestamp, or
 *                     DateTimeInterface). How: page (1), per_page (20; 0: all), orderby ('id', 'last_failure', 'first_failure', 'hook',
 *                     'group', 'error_class', 'attempts', 'retry_count'), order ('DESC' or 'ASC'), return ('letters', 'ids' or 'count').
 *                     For many: id_above and id_up_to (of their ids), newest (only among so many of the newest letters, which bounds a
 *                     search; 0: all), count_up_to (a count ends there; 0: nowhere).
 *
 * @return array|int A list of letters, as asq_dead_letter() but without error_trace; a list of ids; or their number.
 *
 * @throws RuntimeException If the database fails.
 * @throws ValueError       If a key has no sense.
 *
 * @since 0.1.0
 */
function asq_dead_letters(array $query = []): array|int {}

/**
 * A dead letter.
 *
 * @param int $id
 *
 * @return array|null id, action_id, hook, args (array), args_json, group, priority, schedule (serialized, as the action had it),
 *                    scheduled_gmt, reason, error_class, error_message, error_code, attempts, first_failure_gmt, last_failure_gmt,
 *                    retry_count, retried_gmt (or null), new_action_id (of the last retry; 0: none), metadata (array), error_trace (or null).
 *
 * @throws RuntimeException If the database fails.
 *
 * @since 0.1.0
 */
function asq_dead_letter(int $id): ?array {}

/**
 * Enqueues what dead letters hold, as new actions that are due at once. The letters stay, and say so: retry_count, retried_gmt,
 * new_action_id. Fires asq_dead_letter_retried($id, $new_action_id).
 *
 * @param int|array  $ids
 * @param array|null $args Other args than before, for all of them.
 * @param int|null   $seen Only letters that have been retried so often so far; 0: not at all. Null: any.
 *
 * @return array letter id => new action's id; 0 where the letter is gone, is not as $seen says, somebody else retries it at this moment,
 *               or it cannot be enqueued.
 *
 * @throws RuntimeException If the database fails.
 * @throws TypeError        If an id is no number.
 * @throws ValueError       If $seen is negative.
 *
 * @since 0.1.0
 */
function asq_dead_letter_retry(int|array $ids, ?array $args = null, ?int $seen = null): array {}

/**
 * Deletes dead letters. Fires asq_dead_letter_deleted($id) for each.
 *
 * @param int|array $ids
 *
 * @return int How many were there.
 *
 * @throws RuntimeException If the database fails.
 * @throws TypeError        If an id is no number.
 *
 * @since 0.1.0
 */
function asq_dead_letter_delete(int|array $ids): int {}

/**
 * Deletes old dead letters, 500 at a time, and fires asq_dead_letter_purged($deleted, $before_gmt). That happens by itself as new ones
 * come.
 *
 * @param array $options before (timestamp, or DateTimeInterface; default: 30 days ago, or as many seconds as the filter
 *                       asq_dead_letter_retention says; if that is 0, nothing is deleted), hook (of this one only), limit (0: all).
 *
 * @return int How many.
 *
 * @throws RuntimeException If the database fails.
 * @throws ValueError       If an option has no sense.
 *
 * @since 0.1.0
 */
function asq_dead_letters_purge(array $options = []): int {}

/**
 * Dead letters by hook, group and error.
 *
 * @param array $options top (10: so many of each), newest (0: of all letters; else of so many of the newest).
 *
 * @return array total, retried, last_24_hours, oldest_gmt (or null); hooks, groups, error_classes: lists, the most frequent first, of
 *               hook, group or error_class, count, not_retried, last_failure_gmt.
 *
 * @throws RuntimeException If the database fails.
 * @throws ValueError       If an option has no sense.
 *
 * @since 0.1.0
 */
function asq_dead_letter_stats(array $options = []): array {}

/**
 * Receives webhooks: a REST route that checks who has sent a request, stores its event once, with an action, and answers. To be called
 * where a plugin adds its hooks; it holds until the request ends, and costs nothing where no webhook comes. See docs/webhooks.md.
 *
 * Answers: 202 {"id": action id, "event": "...", "duplicate": false}; 200 with the same id for an event that was there; 400, 401, 405, 413,
 * 415, 500, 503 as {"code", "message", "data": {"status"}}. Fires asq_webhook_received($name, $event, $action_id), asq_webhook_rejected($name, $status, $reason).
 *
 * @param string $name    1 to 100 letters, digits, "-", "_" and "."; no "." at its beginning.
 * @param array  $options hook (required: the action's), group ('webhooks'), priority (10), route ('asq/v1/webhooks/NAME'),
 *                        secret (a string, a list of strings of which any may have signed, or a callable that returns one of these: a closure,
 *                        an object, or a method of an object or of a class that is loaded already; no class is loaded for it, and two
 *                        strings that could be a class and its method are refused), signature ('hmac-sha256', 'stripe', 'github',
 *                        'woocommerce', 'none'; an array of header, algorithm, encoding, prefix, timestamp_header, payload; or a
 *                        callable(string $body, WP_REST_Request $request, array $secrets): bool), tolerance (300 seconds, for signed
 *                        timestamps), event_id (a path in the payload, 'header:NAME', or a callable(mixed $payload, WP_REST_Request
 *                        $request): string|int; default: the scheme's, or the body's SHA-256), args (callable(mixed $payload, array
 *                        $event): array; default: [event's id, $name]), max_size (1048576 bytes), keep (2592000 seconds for which an event
 *                        is known, and its body kept), content_types (['json']; 'form').
 *
 * @throws RuntimeException If WordPress is not loaded.
 * @throws ValueError       If the name or an option has no sense. No secret is in its message or its trace.
 *
 * @since 0.1.0
 */
function asq_register_webhook(string $name, array $options): void {}

/**
 * The webhooks that are registered in this request.
 *
 * @return array A list of: name, route, hook, group, priority, signature ('hmac', 'stripe', 'callable', 'none'), header, max_size, keep.
 *
 * @since 0.1.0
 */
function asq_webhooks(): array {}

/**
 * What a webhook has delivered, decoded: for the action's callback.
 *
 * @param string $name     The webhook's.
 * @param string $event_id The event's, as the action has it in its args.
 *
 * @return mixed JSON's value, its objects as arrays and its whole numbers beyond PHP's as strings; of a form an array. Null: there is no such event.
 *
 * @throws RuntimeException If the database fails.
 *
 * @since 0.1.0
 */
function asq_webhook_payload(string $name, string $event_id): mixed {}

/**
 * An event that a webhook has delivered.
 *
 * @param string $name     The webhook's.
 * @param string $event_id The event's.
 *
 * @return array|null webhook, id, action_id, action_status (null: the action is gone), received_gmt, expires_gmt, content_type, size, body
 *                    (as it came). Null: there is none.
 *
 * @throws RuntimeException If the database fails.
 *
 * @since 0.1.0
 */
function asq_webhook_event(string $name, string $event_id): ?array {}

/**
 * Events, the newest first.
 *
 * @param array $query webhook, action_status, page (1), per_page (20; 0: all), return ('events' or 'count').
 *
 * @return array|int A list of events, as asq_webhook_event() but without body (an id of more than 191 bytes as its hash); or their number.
 *
 * @throws RuntimeException     If the database fails.
 * @throws ValueError|TypeError If a key has no sense.
 *
 * @since 0.1.0
 */
function asq_webhook_events(array $query = []): array|int {}

/**
 * Deletes events that have expired and whose action is neither pending nor running. That happens by itself as new ones come.
 *
 * @param array $options webhook (of this one only), older_than (those that came so many seconds ago, expired or not, but whose action is
 *                       neither pending nor running, either), limit (0: all).
 *
 * @return int How many.
 *
 * @throws RuntimeException     If the database fails.
 * @throws ValueError|TypeError If an option has no sense.
 *
 * @since 0.1.0
 */
function asq_webhook_purge(array $options = []): int {}
