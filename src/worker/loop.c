/*
 * loop.c: claiming and running batch after batch: for the web's queue runner, which brings its own limits, and
 * for asq_worker_run(), which runs until the queue is empty.
 */
#include "worker.h"
#include "php_asq.h"
#include "src/wordpress/hooks.h"
#include "Zend/zend_exceptions.h"
#include "ext/spl/spl_exceptions.h"

#include <unistd.h>

/* ---- A claim ---------------------------------------------------------------------------------- */

typedef struct {
	zval object;        /* the ActionScheduler_ActionClaim */
	zval ids;           /* its actions */
	uint64_t id;
} asq_held;

static void asq_held_free(asq_held *held)
{
	zval_ptr_dtor(&held->object);
	zval_ptr_dtor(&held->ids);
}

/* $store->stake_claim( ... ), and what it holds. */
static asq_status asq_stake(zend_object *store, uint32_t argc, zval *argv, asq_held *held)
{
	zval id;
	asq_status status;

	memset(held, 0, sizeof(*held));
	status = asq_call_method(&held->object, store, "stake_claim", argc, argv);
	if (status == ASQ_OK && Z_TYPE(held->object) != IS_OBJECT) {
		status = ASQ_DECLINED;
	}
	if (status == ASQ_OK) {
		status = asq_call_method(&held->ids, Z_OBJ(held->object), "get_actions", 0, NULL);
	}
	if (status == ASQ_OK) {
		status = asq_call_method(&id, Z_OBJ(held->object), "get_id", 0, NULL);
	}
	if (status == ASQ_OK) {
		held->id = (uint64_t) zval_get_long(&id);
		zval_ptr_dtor(&id);
	}
	if (status == ASQ_OK && Z_TYPE(held->ids) != IS_ARRAY) {
		status = ASQ_DECLINED;
	}
	return status;
}

/* Whether the claim still holds the action, as AS asks before each one. */
asq_status asq_run_still_holds(asq_run *run, uint64_t id, bool *held)
{
	zval arg, ids, *one;
	asq_status status;

	ZVAL_LONG(&arg, (zend_long) run->claim_id);
	status = asq_call_method(&ids, run->store, "find_actions_by_claim_id", 1, &arg);
	*held = false;
	if (status == ASQ_OK) {
		if (Z_TYPE(ids) == IS_ARRAY) {
			ZEND_HASH_FOREACH_VAL(Z_ARRVAL(ids), one) {
				*held = *held || (Z_TYPE_P(one) == IS_LONG && (uint64_t) Z_LVAL_P(one) == id);
			} ZEND_HASH_FOREACH_END();
		}
		zval_ptr_dtor(&ids);
	}
	return status;
}

/*
 * The look is worth a round trip only where somebody would otherwise hear of an action that is not ours any
 * more; where nobody listens, the start itself is conditional on the claim, or looks (asq_dispatch_start()).
 */
static asq_status asq_look_at_claim(asq_run *run, uint64_t id, bool *held)
{
	asq_status status;

	*held = true;
	run->looked = asq_dispatch_is_watched(run);
	if (!run->looked) {
		return ASQ_OK;
	}
	status = asq_dispatch_flush(run);
	return status == ASQ_OK ? asq_run_still_holds(run, id, held) : status;
}

/* ---- The web's queue runner --------------------------------------------------------------------- */

static asq_status asq_limits_exceeded(zend_object *runner, zend_long processed, bool *exceeded)
{
	zval arg, result, *before = asq_property(runner, "processed_actions_count", sizeof("processed_actions_count") - 1);
	asq_status status;

	ZVAL_LONG(&arg, processed + (before ? zval_get_long(before) : 0));
	status = asq_call_method(&result, runner, "batch_limits_exceeded", 1, &arg);
	if (status == ASQ_OK) {
		*exceeded = zend_is_true(&result);
		zval_ptr_dtor(&result);
	}
	return status;
}

/* The filters in batch_limits_exceeded() are a hook like any other: what they see must be written. */
static asq_status asq_before_limits(asq_run *run)
{
	static const char *const filters[] = { "action_scheduler_memory_exceeded", "action_scheduler_queue_runner_time_limit",
		"action_scheduler_maximum_execution_time", "action_scheduler_use_cpu_execution_time",
		"action_scheduler_maximum_execution_time_likely_to_be_exceeded" };

	for (size_t i = 0; run->unwritten && i < sizeof(filters) / sizeof(filters[0]); i++) {
		if (asq_wp_callbacks(filters[i], strlen(filters[i])) || asq_wp_all_listened()) {
			return asq_dispatch_flush(run);
		}
	}
	return ASQ_OK;
}

static asq_status asq_batch_actions(asq_run *run, HashTable *ids, zend_long *processed)
{
	asq_status status = ASQ_OK;
	asq_outcome outcome;
	bool held, exceeded = false;
	zval *id;

	ZEND_HASH_FOREACH_VAL(ids, id) {
		status = asq_look_at_claim(run, (uint64_t) zval_get_long(id), &held);
		if (status != ASQ_OK || !held) {
			break;
		}
		status = asq_dispatch(run, (uint64_t) zval_get_long(id), &outcome);
		if (status != ASQ_OK || outcome == ASQ_OUTCOME_LOST) {
			break;
		}
		(*processed)++;
		status = asq_before_limits(run);
		if (status == ASQ_OK) {
			status = asq_limits_exceeded(run->runner, *processed, &exceeded);
		}
		if (status != ASQ_OK || exceeded) {
			break;
		}
	} ZEND_HASH_FOREACH_END();
	return status;
}

/* $this->store->release_claim( $claim ); $this->monitor->detach(); $this->clear_caches(); */
static asq_status asq_batch_end(zend_object *runner, zend_object *store, zend_object *monitor, asq_held *held)
{
	asq_status status = asq_call_method(NULL, store, "release_claim", 1, &held->object);

	if (status == ASQ_OK && monitor) {
		status = asq_call_method(NULL, monitor, "detach", 0, NULL);
	}
	if (status == ASQ_OK && runner) {
		status = asq_call_method(NULL, runner, "clear_caches", 0, NULL);
	}
	return status == ASQ_NOT_FOUND ? ASQ_OK : status;
}

asq_status asq_run_batch(zend_object *runner, zval *size, zval *context, zend_long *processed)
{
	zval *store = asq_property(runner, "store", sizeof("store") - 1), *monitor = asq_property(runner, "monitor", sizeof("monitor") - 1);
	asq_held held;
	asq_run *run;
	asq_status status, ended;

	*processed = 0;
	if (!store || Z_TYPE_P(store) != IS_OBJECT || !monitor || Z_TYPE_P(monitor) != IS_OBJECT) {
		return ASQ_DECLINED;
	}
	status = asq_stake(Z_OBJ_P(store), 1, size, &held);
	if (status == ASQ_OK) {
		status = asq_call_method(NULL, Z_OBJ_P(monitor), "attach", 1, &held.object);
	}
	if (status == ASQ_OK) {
		run = asq_run_begin(runner, Z_OBJ_P(store), Z_OBJ_P(monitor), context, held.id);
		asq_run_prefetch(run, Z_ARRVAL(held.ids));
		status = asq_batch_actions(run, Z_ARRVAL(held.ids), processed);
		ended = asq_run_end(run);
		status = status == ASQ_OK ? ended : status;
	}
	if (status == ASQ_OK) {
		status = asq_batch_end(runner, Z_OBJ_P(store), Z_OBJ_P(monitor), &held);
	}
	asq_held_free(&held);
	return status;
}

/* ---- asq_worker_run() --------------------------------------------------------------------------- */

/* What a worker needs of Action Scheduler's objects. */
typedef struct {
	const asq_worker_options *options;
	asq_counts *counts;
	zval store, runner, cleaner, monitor;
	char *folder;        /* see asq_run */
	zend_long done;      /* actions run, for ticks */
} asq_worker;

static asq_status asq_tell(zval *callable, zval *arg)
{
	return callable ? asq_call_callable(NULL, callable, 1, arg) : ASQ_OK;
}

static asq_status asq_worker_init(asq_worker *worker)
{
	zval args[2];
	zend_class_entry *cleaner = NULL, *monitor = NULL;
	asq_status status = asq_scheduler_get(&worker->store, "store");

	if (status == ASQ_OK) {
		status = asq_scheduler_get(&worker->runner, "runner");
	}
	if (status == ASQ_OK) {
		cleaner = asq_class("ActionScheduler_QueueCleaner", true);
		monitor = asq_class("ActionScheduler_FatalErrorMonitor", true);
		status = cleaner && monitor ? ASQ_OK : EG(exception) ? ASQ_THROWN : ASQ_NOT_FOUND;
	}
	if (status == ASQ_OK) {
		ZVAL_COPY_VALUE(&args[0], &worker->store);
		ZVAL_LONG(&args[1], worker->options->cleanup_batch_size);
		status = asq_new(&worker->cleaner, cleaner, 2, args);
	}
	if (status == ASQ_OK) {
		status = asq_new(&worker->monitor, monitor, 1, &worker->store);
	}
	return status;
}

static void asq_worker_free(asq_worker *worker)
{
	zval_ptr_dtor(&worker->monitor);
	zval_ptr_dtor(&worker->cleaner);
	zval_ptr_dtor(&worker->runner);
	zval_ptr_dtor(&worker->store);
}

/* Old actions deleted, timed-out ones reset or failed, with ten times the runner's time limit as AS has it. */
static asq_status asq_worker_clean(asq_worker *worker)
{
	zval limit, arg;
	asq_status status = asq_call_method(&limit, Z_OBJ(worker->runner), "get_time_limit", 0, NULL);

	if (status == ASQ_OK) {
		ZVAL_LONG(&arg, 10 * zval_get_long(&limit));
		zval_ptr_dtor(&limit);
		status = asq_call_method(NULL, Z_OBJ(worker->cleaner), "clean", 1, &arg);
	}
	return status;
}

static asq_status asq_worker_check_limit(asq_worker *worker)
{
	zval full, message;
	asq_status status = asq_call_method(&full, Z_OBJ(worker->runner), "has_maximum_concurrent_batches", 0, NULL);

	if (status != ASQ_OK || !zend_is_true(&full)) {
		return status;
	}
	if (!worker->options->force) {
		zend_string *text = asq_wp_translate("There are too many concurrent batches.");
		zend_throw_exception(spl_ce_RuntimeException, ZSTR_VAL(text), 0);
		zend_string_release(text);
		return ASQ_THROWN;
	}
	ZVAL_STR(&message, asq_wp_translate("There are too many concurrent batches, but the run is forced to continue."));
	status = asq_tell(worker->options->on_warning, &message);
	zval_ptr_dtor(&message);
	return status;
}

static void asq_worker_count(asq_counts *counts, asq_outcome outcome)
{
	switch (outcome) {
		case ASQ_OUTCOME_SUCCEEDED: counts->succeeded++; break;
		case ASQ_OUTCOME_FAILED: counts->failed++; break;
		case ASQ_OUTCOME_RETRIED: counts->retried++; break;
		case ASQ_OUTCOME_IGNORED: counts->ignored++; break;
		case ASQ_OUTCOME_LOST: counts->lost++; break;
	}
}

/*
 * On the command line action_scheduler/progress_tick is where AS frees memory (it prints by WP-CLI); it counts
 * over the whole run here, so small batches free, too.
 */
static asq_status asq_worker_free_memory(zval *done)
{
	if (asq_class("WP_CLI", false)) {
		return asq_wp_do_action("action_scheduler/progress_tick", 1, done);
	}
	return asq_call(NULL, "wp_cache_flush_runtime", 0, NULL) == ASQ_THROWN ? ASQ_THROWN : ASQ_OK;
}

static asq_status asq_worker_tick(asq_worker *worker, asq_run *run)
{
	zval done;
	asq_status status = ASQ_OK;

	ZVAL_LONG(&done, ++worker->done);
	if (worker->options->free_memory_on > 0 && worker->done % worker->options->free_memory_on == 0) {
		/* With a pause the action that has just ended would be in progress for all of it. */
		status = worker->options->pause ? asq_dispatch_flush(run) : ASQ_OK;
		if (status == ASQ_OK) {
			status = asq_worker_free_memory(&done);
		}
	}
	return status == ASQ_OK ? asq_tell(worker->options->on_tick, &done) : status;
}

static asq_status asq_worker_lost(asq_worker *worker)
{
	zval message;
	asq_status status;

	ZVAL_STR(&message, asq_wp_translate("The claim has been lost. Aborting current batch."));
	status = asq_tell(worker->options->on_warning, &message);
	zval_ptr_dtor(&message);
	return status;
}

static asq_status asq_worker_actions(asq_worker *worker, asq_run *run, HashTable *ids)
{
	asq_status status = ASQ_OK;
	asq_outcome outcome;
	bool held;
	zval *id;

	ZEND_HASH_FOREACH_VAL(ids, id) {
		outcome = ASQ_OUTCOME_LOST;
		status = asq_look_at_claim(run, (uint64_t) zval_get_long(id), &held);
		if (status == ASQ_OK && held) {
			status = asq_dispatch(run, (uint64_t) zval_get_long(id), &outcome);
		}
		if (status != ASQ_OK) {
			break;
		}
		asq_worker_count(worker->counts, outcome);
		if (outcome == ASQ_OUTCOME_LOST) {
			status = asq_worker_lost(worker);
			break;
		}
		status = asq_worker_tick(worker, run);
		if (status != ASQ_OK) {
			break;
		}
	} ZEND_HASH_FOREACH_END();
	return status;
}

static asq_status asq_worker_run_claim(asq_worker *worker, asq_held *held)
{
	asq_run *run;
	asq_status status, ended;

	run = asq_run_begin(Z_OBJ(worker->runner), Z_OBJ(worker->store), Z_OBJ(worker->monitor), worker->options->context, held->id);
	asq_run_prefetch(run, Z_ARRVAL(held->ids));
	run->survive_exit = true;
	run->counts = worker->counts;
	run->folder = worker->folder;
	run->on_start = worker->options->on_start;
	run->on_complete = worker->options->on_complete;
	run->on_failure = worker->options->on_failure;
	status = asq_worker_actions(worker, run, Z_ARRVAL(held->ids));
	ended = asq_run_end(run);
	return status == ASQ_OK ? ended : status;
}

/* One batch. *more: there may be another. */
static asq_status asq_worker_batch(asq_worker *worker, bool *more)
{
	const asq_worker_options *options = worker->options;
	zval args[4], total;
	asq_held held;
	asq_status status;

	*more = false;
	ZVAL_LONG(&args[0], options->batch_size);
	ZVAL_NULL(&args[1]);
	ZVAL_COPY_VALUE(&args[2], options->hooks);
	ZVAL_COPY_VALUE(&args[3], options->group);
	status = asq_stake(Z_OBJ(worker->store), 4, args, &held);
	if (status == ASQ_OK) {
		status = asq_call_method(NULL, Z_OBJ(worker->monitor), "attach", 1, &held.object);
	}
	if (status == ASQ_OK && zend_hash_num_elements(Z_ARRVAL(held.ids))) {
		*more = true;
		worker->counts->claimed += zend_hash_num_elements(Z_ARRVAL(held.ids));
		ZVAL_LONG(&total, zend_hash_num_elements(Z_ARRVAL(held.ids)));
		worker->counts->batches++;
		status = asq_tell(options->on_batch, &total);
		status = status == ASQ_OK ? asq_wp_do_action("action_scheduler_before_process_queue", 0, NULL) : status;
		status = status == ASQ_OK ? asq_worker_run_claim(worker, &held) : status;
		status = status == ASQ_OK ? asq_batch_end(NULL, Z_OBJ(worker->store), Z_OBJ(worker->monitor), &held) : status;
		status = status == ASQ_OK ? asq_wp_do_action("action_scheduler_after_process_queue", 0, NULL) : status;
	} else if (status == ASQ_OK) {
		status = asq_batch_end(NULL, Z_OBJ(worker->store), Z_OBJ(worker->monitor), &held);
	}
	asq_held_free(&held);
	return status;
}

/* The settings that AS keeps in static places. */
static asq_status asq_worker_configure(asq_worker *worker)
{
	zval args[2];
	asq_status status;

	ZVAL_LONG(&args[0], worker->options->free_memory_on);
	status = asq_call_static(NULL, "ActionScheduler_DataController", "set_free_ticks", 1, args);
	ZVAL_LONG(&args[0], worker->options->pause);
	if (status == ASQ_OK) {
		status = asq_call_static(NULL, "ActionScheduler_DataController", "set_sleep_time", 1, args);
	}
	if (status == ASQ_OK && zend_is_true(worker->options->exclude_groups)) {
		ZVAL_STRING(&args[0], "exclude-groups");
		ZVAL_COPY_VALUE(&args[1], worker->options->exclude_groups);
		status = asq_call_method(NULL, Z_OBJ(worker->store), "set_claim_filter", 2, args);
		zval_ptr_dtor(&args[0]);
	}
	return status == ASQ_NOT_FOUND ? ASQ_OK : status;
}

asq_status asq_worker_run(const asq_worker_options *options, asq_counts *counts)
{
	asq_worker worker = { .options = options, .counts = counts };
	char folder[MAXPATHLEN];
	asq_status status = asq_worker_init(&worker);
	bool more = true;

	worker.folder = VCWD_GETCWD(folder, sizeof(folder)) ? estrdup(folder) : NULL;
	if (status == ASQ_OK) {
		status = asq_worker_configure(&worker);
	}
	while (status == ASQ_OK && more && (options->batches == 0 || counts->batches < options->batches)) {
		status = asq_worker_clean(&worker);
		if (status == ASQ_OK) {
			status = asq_worker_check_limit(&worker);
		}
		if (status == ASQ_OK) {
			status = asq_worker_batch(&worker, &more);
		}
	}
	asq_worker_free(&worker);
	if (worker.folder && !asq_run_is_dying()) {
		efree(worker.folder);
	}
	return status;
}
