/*
 * dispatch.c: running one action as ActionScheduler_Abstract_QueueRunner::process_action() does.
 *
 * There are two ways through it. The plain one calls the store's and the logger's methods step by step. The
 * fast one writes the end of one action and the start of the next in one commit; it is taken where nobody but
 * Action Scheduler itself listens to the hooks that the two steps fire in between, so that nobody can see the
 * difference. In both, a start is committed before its callback is called, and a change of state that the
 * claim no longer covers is discarded. In a pool's worker the fast way writes nothing itself: it tells the supervisor.
 */
#include "worker.h"
#include "member.h"
#include "php_asq.h"
#include "src/wordpress/clock.h"
#include "src/wordpress/failure.h"
#include "src/wordpress/hooks.h"
#include "src/wordpress/log_text.h"
#include "src/wordpress/object.h"
#include "src/wordpress/policy.h"
#include "src/wordpress/wpdb.h"
#include "Zend/zend_exceptions.h"
#include "ext/spl/spl_exceptions.h"

/* One action on its way. */
typedef struct {
	asq_run *run;
	uint64_t id;
	zval action;        /* the object, once it is fetched */
	bool valid;         /* it was pending: an exception is a failed execution, no failed validation */
	bool fast;
	bool retries;       /* a retry policy decides what its failure comes to */
	uint64_t letter;    /* its dead letter, once it has one */
	bool called;        /* its callback is being called, or has thrown */
	bool executing;     /* its callback was called outside any transaction: it is to leave none */
	bool looked, recurs;  /* whether it recurs, once that has been asked */
	asq_outcome outcome;
} asq_dispatching;

/* ---- Hooks ------------------------------------------------------------------------------------ */

static zend_object *asq_logger(void)
{
	zval logger;
	zend_object *object = NULL;

	if (asq_scheduler_get(&logger, "logger") == ASQ_OK) {
		object = Z_OBJ(logger);
		/* The singleton outlives the run; this reference is not needed. */
		zval_ptr_dtor(&logger);
	}
	return object;
}

/* Whether anybody listens to a hook besides the monitor and, with its given method, the logger. */
static bool asq_is_foreign(const asq_run *run, const char *hook, const char *logger_method, bool *logger_listens)
{
	HashTable *priorities = asq_wp_callbacks(hook, strlen(hook));
	zend_object *logger = logger_method ? asq_logger() : NULL;
	zval *list, *callback;

	if (asq_wp_all_listened()) {
		return true;
	}
	if (!priorities) {
		return false;
	}
	ZEND_HASH_FOREACH_VAL(priorities, list) {
		ZVAL_DEREF(list);
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(list), callback) {
			ZVAL_DEREF(callback);
			if (run->monitor && (asq_wp_is_method(callback, run->monitor, "track_current_action")
					|| asq_wp_is_method(callback, run->monitor, "untrack_action"))) {
				continue;
			}
			if (logger && asq_wp_is_method(callback, logger, logger_method)) {
				*logger_listens = true;
				continue;
			}
			return true;
		} ZEND_HASH_FOREACH_END();
	} ZEND_HASH_FOREACH_END();
	return false;
}

bool asq_dispatch_is_watched(const asq_run *run)
{
	bool ignored;

	return asq_is_foreign(run, "action_scheduler_before_execute", NULL, &ignored)
		|| asq_is_foreign(run, "action_scheduler_begin_execute", "log_started_action", &ignored);
}

static asq_status asq_fire(asq_dispatching *d, const char *hook, zval *extra)
{
	zval args[3];
	uint32_t argc = 0;

	ZVAL_LONG(&args[argc++], (zend_long) d->id);
	if (extra) {
		ZVAL_COPY_VALUE(&args[argc++], extra);
	}
	ZVAL_COPY_VALUE(&args[argc++], &d->run->context);
	return asq_wp_do_action(hook, argc, args);
}

/* A hook that others may listen to: they must find the tables as they are to be at that point. */
static asq_status asq_fire_open(asq_dispatching *d, const char *hook, zval *extra)
{
	bool ignored;

	if (d->run->unwritten && asq_is_foreign(d->run, hook, NULL, &ignored)) {
		asq_status status = asq_dispatch_flush(d->run);
		if (status != ASQ_OK) {
			return status;
		}
	}
	return asq_fire(d, hook, extra);
}

/* ---- The store's and the logger's methods -------------------------------------------------------- */

static asq_status asq_store_call(asq_dispatching *d, const char *method, zval *result)
{
	zval arg;

	ZVAL_LONG(&arg, (zend_long) d->id);
	return asq_call_method(result, d->run->store, method, 1, &arg);
}

/* An error of a fenced write; the run cannot go on without its database. */
static asq_status asq_throw_database(asq_run *run, const asq_error *error)
{
	run->broken = true;
	zend_throw_exception_ex(zend_ce_exception, (zend_long) error->code, "The action's state could not be written: %s", error->message);
	return ASQ_THROWN;
}

/* ---- Fenced writes ---------------------------------------------------------------------------- */

/* Changes whenever a callback may have changed the site's time zone. */
static zend_long asq_option_changes(void)
{
	return asq_wp_did_action("updated_option") + asq_wp_did_action("added_option") + asq_wp_did_action("deleted_option")
		+ asq_wp_did_action("switch_blog");
}

/* The times of this second, by the site's clocks; they are asked once a second only, unless an option has changed. */
static asq_status asq_run_times(asq_run *run)
{
	int64_t now = asq_clock_now();
	zend_long options = asq_option_changes();
	zend_string *log_local, *local;
	asq_status status;

	if (run->second == now && run->options == options) {
		return ASQ_OK;
	}
	status = asq_clock_local(now, &log_local);
	if (status != ASQ_OK) {
		return status;
	}
	status = asq_clock_current(&local);
	if (status != ASQ_OK) {
		zend_string_release(log_local);
		return status;
	}
	asq_run_forget_times(run);
	run->second = now;
	run->options = options;
	run->gmt = asq_clock_gmt(now);
	run->log_local = log_local;
	run->local = local;
	return ASQ_OK;
}

static asq_status asq_step_write(asq_run *run, asq_step *step)
{
	asq_site site;
	asq_error error;
	asq_log_row finished_log, started_log;
	asq_status status = asq_run_times(run);

	if (status != ASQ_OK) {
		return status;
	}
	finished_log = (asq_log_row) { run->text_complete, run->gmt, run->log_local };
	started_log = (asq_log_row) { run->text_started, run->gmt, run->log_local };
	step->claim_id = run->claim_id;
	step->finished_log = &finished_log;
	step->started_log = &started_log;
	step->now_gmt = run->gmt;
	step->now_local = run->local;
	status = asq_site_open_own(&site, ASQ_RUN_PATIENCE, &error);
	if (status == ASQ_OK) {
		status = asq_store_step(&site, step, &error);
		asq_site_close(&site);
	}
	if (status == ASQ_FAILED && asq_error_is_gone(&error)) {
		return asq_throw_database(run, &error);
	}
	return status;
}

static void asq_count_finished(asq_run *run, const asq_step *step)
{
	if (step->finished && !step->was_finished && run->counts) {
		run->counts->succeeded--;
		run->counts->lost++;
	}
}

/* The completion by way of the logger's and the store's methods: they know what to say where a table is missing. */
static asq_status asq_finish_by_methods(asq_run *run, uint64_t id)
{
	zval args[2];
	zend_object *logger = asq_logger();
	asq_status status;

	ZVAL_LONG(&args[0], (zend_long) id);
	ZVAL_STR(&args[1], run->text_complete);
	status = logger ? asq_call_method(NULL, logger, "log", 2, args) : ASQ_OK;
	return status == ASQ_OK ? asq_call_method(NULL, run->store, "mark_complete", 1, args) : status;
}

asq_status asq_dispatch_flush(asq_run *run)
{
	asq_step step = { .finished = run->unwritten, .finished_attempt = run->unwritten_attempt };
	asq_status status;

	if (!run->unwritten) {
		return ASQ_OK;
	}
	run->unwritten = 0;
	if (run->grouped) {
		return asq_member_sync(run);
	}
	status = asq_step_write(run, &step);
	if (status == ASQ_FAILED) {
		status = asq_finish_by_methods(run, step.finished);
	} else {
		asq_count_finished(run, &step);
	}
	if (status == ASQ_OK) {
		asq_member_wrote_end(run);
	}
	return status;
}

/* A status by the fence of the claim: ASQ_NOT_FOUND if the claim is gone. */
static asq_status asq_write_status(asq_run *run, uint64_t id, const char *to)
{
	asq_site site;
	asq_error error;
	/* The clocks are userland's: they are asked before the site is open. */
	asq_status status = asq_run_times(run);

	if (status != ASQ_OK) {
		return status;
	}
	status = asq_site_open(&site, &error);
	if (status == ASQ_OK) {
		status = asq_store_fenced(&site, id, run->claim_id, run->attempt, to, run->gmt, run->local, &error);
		asq_site_close(&site);
	}
	if (status == ASQ_FAILED && asq_error_is_gone(&error)) {
		return asq_throw_database(run, &error);
	}
	return status;
}

asq_status asq_dispatch_fail(asq_run *run, uint64_t id)
{
	asq_status status = asq_write_status(run, id, ASQ_STATUS_FAILED);

	return status == ASQ_NOT_FOUND ? ASQ_OK : status;
}

/* ---- Starting --------------------------------------------------------------------------------- */

/* Nobody can tell an action that is fetched before its start from one that is fetched in it. */
static bool asq_fetch_is_unwatched(void)
{
	static const char *const filters[] = { "action_scheduler_stored_action_class", "action_scheduler_stored_action_instance" };

	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		if (asq_wp_callbacks(filters[i], strlen(filters[i]))) {
			return false;
		}
	}
	return true;
}

/* The action's object, of the row as it was claimed; what cannot be read so is for the plain way. */
static bool asq_prefetched(asq_dispatching *d)
{
	zval *row = Z_TYPE(d->run->rows) == IS_ARRAY ? zend_hash_index_find(Z_ARRVAL(d->run->rows), d->id) : NULL;

	if (!row || asq_action_object(row, &d->action) != ASQ_OK) {
		zend_clear_exception();
		ZVAL_UNDEF(&d->action);
		return false;
	}
	return Z_TYPE(d->action) == IS_OBJECT;
}

static bool asq_texts_fit(asq_run *run)
{
	const asq_link utf8 = {0};

	return asq_run_texts(run) && ZSTR_LEN(run->text_started) <= 65535 && ZSTR_LEN(run->text_complete) <= 65535
		&& asq_link_can_store(&utf8, run->text_started) && asq_link_can_store(&utf8, run->text_complete);
}

/* Whether start and end may go by asq_store_step(). */
static bool asq_may_go_fast(asq_dispatching *d)
{
	bool started = false;

	return d->run->claim_id && asq_scheduler_is_direct(false) && asq_scheduler_is_direct(true)
		&& !asq_is_foreign(d->run, "action_scheduler_begin_execute", "log_started_action", &started) && started
		&& asq_fetch_is_unwatched() && !asq_wp_translations_filtered() && asq_texts_fit(d->run)
		&& strcmp(ASQ_G(link), "wpdb") != 0 && !asq_site_in_transaction() && asq_prefetched(d);
}

static bool asq_is_pending(const zval *status)
{
	return Z_TYPE_P(status) == IS_STRING && zend_string_equals_literal(Z_STR_P(status), ASQ_STATUS_PENDING);
}

/* It is not to be run: not pending any more. */
static asq_status asq_ignore(asq_dispatching *d)
{
	asq_status status;

	d->valid = false;
	d->outcome = ASQ_OUTCOME_IGNORED;
	status = asq_fire(d, "action_scheduler_execution_ignored", NULL);
	return status == ASQ_OK ? ASQ_NOT_FOUND : status;
}

/* The row was not ours to start: the claim on it is gone, or it is not pending any more. */
static asq_status asq_start_refused(asq_dispatching *d)
{
	asq_site site;
	asq_error error;
	zend_long claim_id = 0;
	asq_status status = asq_site_open_own(&site, ASQ_RUN_PATIENCE, &error);

	if (status == ASQ_OK) {
		status = asq_store_claim_id(&site, d->id, &claim_id, &error);
		asq_site_close(&site);
	}
	if (status == ASQ_FAILED) {
		return asq_throw_database(d->run, &error);
	}
	if (status == ASQ_NOT_FOUND || (uint64_t) claim_id != d->run->claim_id) {
		d->outcome = ASQ_OUTCOME_LOST;
		return ASQ_NOT_FOUND;
	}
	return asq_ignore(d);
}

/* The row has changed since it was claimed: what counts is what it says now. */
static asq_status asq_refetch(asq_dispatching *d, const zval *row)
{
	const zval *before = zend_hash_index_find(Z_ARRVAL(d->run->rows), d->id);
	asq_status status;

	if (zend_is_identical((zval *) before, (zval *) row)) {
		return ASQ_OK;
	}
	zval_ptr_dtor(&d->action);
	ZVAL_UNDEF(&d->action);
	status = asq_action_object(row, &d->action);
	return status == ASQ_DECLINED ? asq_store_call(d, "fetch_action", &d->action) : status;
}

static asq_status asq_start_plain(asq_dispatching *d);

/* In a pool: the supervisor hears of it. */
static asq_status asq_start_grouped(asq_dispatching *d)
{
	d->run->unwritten = 0;
	d->valid = true;
	asq_wp_count_action("action_scheduler_begin_execute");
	asq_member_begin(d->run);
	return ASQ_OK;
}

static asq_status asq_start_fast(asq_dispatching *d)
{
	const zval *row = zend_hash_index_find(Z_ARRVAL(d->run->rows), d->id);
	asq_step step = { .finished = d->run->unwritten, .finished_attempt = d->run->unwritten_attempt, .started = d->id, .started_attempt = d->run->attempt,
		.hook = asq_row_get(row, ASQ_COL_HOOK), .args = asq_row_get(row, ASQ_COL_ARGS) };
	asq_status status;

	if (d->run->grouped) {
		return asq_start_grouped(d);
	}
	status = asq_member_take_over(d->run, NULL);
	if (status != ASQ_OK) {
		return status;
	}
	d->run->unwritten = 0;
	status = asq_step_write(d->run, &step);
	if (status == ASQ_FAILED) {
		/* The server refuses, say for want of a table: AS's own way knows what to make of that. */
		d->fast = false;
		d->run->unwritten = step.finished;
		zval_ptr_dtor(&d->action);
		ZVAL_UNDEF(&d->action);
		return asq_start_plain(d);
	}
	asq_count_finished(d->run, &step);
	if (status != ASQ_OK) {
		return status;
	}
	asq_member_wrote_end(d->run);
	if (!step.has_started) {
		return asq_start_refused(d);
	}
	d->valid = true;
	asq_wp_count_action("action_scheduler_begin_execute");
	status = Z_TYPE(step.row) == IS_ARRAY ? asq_refetch(d, &step.row) : ASQ_OK;
	zval_ptr_dtor(&step.row);
	return status;
}

static asq_status asq_start_plain(asq_dispatching *d)
{
	zval found;
	asq_status status = asq_dispatch_flush(d->run);

	if (status == ASQ_OK) {
		status = asq_member_take_over(d->run, NULL);
	}
	if (status == ASQ_OK) {
		status = asq_store_call(d, "get_status", &found);
	}
	if (status != ASQ_OK) {
		return status;
	}
	if (!asq_is_pending(&found)) {
		zval_ptr_dtor(&found);
		return asq_ignore(d);
	}
	zval_ptr_dtor(&found);
	d->valid = true;
	status = asq_fire(d, "action_scheduler_begin_execute", NULL);
	if (status == ASQ_OK) {
		status = asq_store_call(d, "fetch_action", &d->action);
	}
	if (status == ASQ_OK) {
		status = asq_store_call(d, "log_execution", NULL);
	}
	return status;
}

/* ---- Executing and finishing -------------------------------------------------------------------- */

/* The row says complete by now, and that is our doing: should a listener throw, it may yet say failed. */
static asq_status asq_fire_completed(asq_dispatching *d)
{
	zval arg;

	d->run->touched = true;
	ZVAL_LONG(&arg, (zend_long) d->id);
	return asq_wp_do_action("action_scheduler_completed_action", 1, &arg);
}

/* $action->get_schedule()->is_recurring() */
static asq_status asq_look_whether_recurring(zval *action, bool *recurs)
{
	zval schedule, result;
	zend_class_entry *ce = asq_class("ActionScheduler_Action", false);
	asq_status status;

	*recurs = false;
	if (Z_TYPE_P(action) != IS_OBJECT || !ce || !instanceof_function(Z_OBJCE_P(action), ce)) {
		return ASQ_OK;
	}
	status = asq_call_method(&schedule, Z_OBJ_P(action), "get_schedule", 0, NULL);
	if (status != ASQ_OK) {
		return status;
	}
	if (Z_TYPE(schedule) == IS_OBJECT) {
		status = asq_call_method(&result, Z_OBJ(schedule), "is_recurring", 0, NULL);
		if (status == ASQ_OK) {
			*recurs = zend_is_true(&result);
			zval_ptr_dtor(&result);
		}
	}
	zval_ptr_dtor(&schedule);
	return status;
}

/* Told to the pool; where there is more to do about it once it is written, it must not be forgotten until then. */
static asq_status asq_tell_complete_to_pool(asq_dispatching *d, bool listened)
{
	asq_status status = ASQ_OK;

	if (d->run->grouped) {
		status = asq_look_whether_recurring(&d->action, &d->recurs);
		d->looked = status == ASQ_OK;
	}
	asq_member_complete(d->run, listened || d->recurs);
	return status;
}

/* The completion waits for the next start, and its log row with it. */
static asq_status asq_finish_fast(asq_dispatching *d)
{
	bool ignored, listened = asq_is_foreign(d->run, "action_scheduler_completed_action", NULL, &ignored);
	asq_status status = ASQ_OK;

	if (d->run->monitor) {
		status = asq_call_method(NULL, d->run->monitor, "untrack_action", 0, NULL);
	}
	asq_wp_count_action("action_scheduler_after_execute");
	d->run->unwritten = d->id;
	d->run->unwritten_attempt = d->run->attempt;
	if (status == ASQ_OK && d->run->slot) {
		status = asq_tell_complete_to_pool(d, listened);
	}
	if (status != ASQ_OK || !listened) {
		asq_wp_count_action("action_scheduler_completed_action");
		return status;
	}
	status = asq_dispatch_flush(d->run);
	return status == ASQ_OK ? asq_fire_completed(d) : status;
}

static asq_status asq_finish_plain(asq_dispatching *d)
{
	asq_status status = asq_member_take_over(d->run, NULL);

	if (status == ASQ_NOT_FOUND) {
		d->outcome = ASQ_OUTCOME_LOST;
		return ASQ_OK;
	}
	if (status == ASQ_OK) {
		status = asq_fire(d, "action_scheduler_after_execute", &d->action);
	}
	if (status != ASQ_OK) {
		return status;
	}
	if (!d->run->claim_id || d->run->touched || !asq_scheduler_is_direct(false)) {
		return asq_store_call(d, "mark_complete", NULL);
	}
	status = asq_write_status(d->run, d->id, ASQ_STATUS_COMPLETE);
	if (status == ASQ_FAILED) {
		return asq_store_call(d, "mark_complete", NULL);
	}
	if (status == ASQ_NOT_FOUND) {
		d->outcome = ASQ_OUTCOME_LOST;
		return ASQ_OK;
	}
	return status == ASQ_OK ? asq_fire_completed(d) : status;
}

static asq_status asq_finish(asq_dispatching *d)
{
	bool logged = false;
	bool fast = d->fast && !d->run->touched && !asq_site_in_transaction() && !asq_wp_translations_filtered()
		&& !asq_is_foreign(d->run, "action_scheduler_after_execute", "log_completed_action", &logged) && logged;

	return fast ? asq_finish_fast(d) : asq_finish_plain(d);
}

/* ---- Failing ---------------------------------------------------------------------------------- */

/* new Exception( $e->getMessage(), $e->getCode(), $e ), as AS makes of every Throwable. */
static asq_status asq_wrap(zval *thrown, zval *wrapped)
{
	zval args[3];
	asq_status status;

	status = asq_call_method(&args[0], Z_OBJ_P(thrown), "getmessage", 0, NULL);
	if (status != ASQ_OK) {
		return status;
	}
	status = asq_call_method(&args[1], Z_OBJ_P(thrown), "getcode", 0, NULL);
	if (status == ASQ_OK) {
		ZVAL_COPY_VALUE(&args[2], thrown);
		status = asq_new(wrapped, zend_ce_exception, 3, args);
		zval_ptr_dtor(&args[1]);
	}
	zval_ptr_dtor(&args[0]);
	return status;
}

static asq_status asq_mark_failed(asq_dispatching *d)
{
	asq_status status;

	if (!d->run->claim_id || d->run->touched || !asq_scheduler_is_direct(false)) {
		return asq_store_call(d, "mark_failure", NULL);
	}
	status = asq_write_status(d->run, d->id, ASQ_STATUS_FAILED);
	if (status == ASQ_FAILED) {
		return asq_store_call(d, "mark_failure", NULL);
	}
	if (status == ASQ_NOT_FOUND) {
		d->outcome = ASQ_OUTCOME_LOST;
		return ASQ_OK;
	}
	return status;
}

/*
 * The worker writes this itself. Should it die before that, what it was about to say is in the shared memory. A listener
 * that throws before the start has the action failed, too: given back it would come again at once, and for ever.
 */
static asq_status asq_failed_in_pool(asq_dispatching *d, zval *exception)
{
	zend_string *message = asq_exception_message(exception);
	asq_status status = asq_dispatch_flush(d->run);

	if (status == ASQ_OK) {
		status = asq_member_take_over(d->run, ZSTR_VAL(message));
	}
	zend_string_release(message);
	if (status == ASQ_NOT_FOUND) {
		d->outcome = ASQ_OUTCOME_LOST;
		return ASQ_OK;
	}
	d->valid = true;
	return status;
}

/* Its row says pending again. Should this process die from here on, say of a listener, it must not be failed for that. */
static asq_status asq_put_it_back(asq_dispatching *d)
{
	d->outcome = ASQ_OUTCOME_RETRIED;
	d->run->put_back = true;
	return d->run->monitor ? asq_call_method(NULL, d->run->monitor, "untrack_action", 0, NULL) : ASQ_OK;
}

/* By the retry policy; ASQ_DECLINED: it cannot be written so, and the action fails as it does without one. */
static asq_status asq_failed_by_policy(asq_dispatching *d, zval *thrown, const asq_verdict *verdict)
{
	asq_status status = asq_retry_write(d->run, d->id, thrown, verdict, &d->letter);

	if (status == ASQ_NOT_FOUND) {
		if (d->run->touched) {
			/* It has been cancelled or ended by its own callback: so AS would have it fail. */
			return ASQ_DECLINED;
		}
		d->outcome = ASQ_OUTCOME_LOST;
		return ASQ_OK;
	}
	if (status == ASQ_OK && verdict->retry) {
		status = asq_put_it_back(d);
		status = status == ASQ_OK ? asq_retry_tell(d->id, thrown, verdict) : status;
	}
	return status;
}

/* Its callback has met an open circuit. ASQ_DECLINED: it cannot be written so, and has failed. */
static asq_status asq_postponed(asq_dispatching *d, zval *exception, zval *thrown, const asq_postponement *postponement)
{
	asq_status status = d->run->slot ? asq_failed_in_pool(d, exception) : asq_dispatch_flush(d->run);

	if (status != ASQ_OK || d->outcome == ASQ_OUTCOME_LOST) {
		return status;
	}
	status = asq_postpone_write(d->run, d->id, postponement);
	if (status == ASQ_NOT_FOUND) {
		d->outcome = ASQ_OUTCOME_LOST;
		return d->run->touched ? ASQ_DECLINED : ASQ_OK;
	}
	if (status == ASQ_OK) {
		status = asq_put_it_back(d);
		status = status == ASQ_OK ? asq_postpone_tell(d->id, thrown, postponement->delay) : status;
	}
	return status;
}

/* Before the worker takes the action over: should it die from here on, the supervisor knows what was decided. */
static asq_status asq_failed_decide(asq_dispatching *d, zval *thrown, asq_verdict *verdict)
{
	asq_status status;

	if (!d->valid && !d->run->slot) {
		return ASQ_OK;
	}
	status = asq_retry_has_policy(d->run, d->id, &d->action, &d->retries);
	if (status == ASQ_OK && d->retries) {
		status = asq_dispatch_flush(d->run);
		if (status == ASQ_OK) {
			status = asq_retry_decide(d->run, d->id, thrown, verdict);
		}
		d->retries = status == ASQ_OK;
	}
	return status == ASQ_THROWN ? status : ASQ_OK;
}

/* ActionScheduler_Abstract_QueueRunner::handle_action_error() */
static asq_status asq_failed_for_good(asq_dispatching *d, zval *exception, zval *thrown)
{
	asq_verdict verdict = {0};
	asq_status status = asq_failed_decide(d, thrown, &verdict);

	if (status != ASQ_OK) {
		return status;
	}
	d->outcome = ASQ_OUTCOME_FAILED;
	if (d->run->slot) {
		status = asq_failed_in_pool(d, exception);
		if (status != ASQ_OK || d->outcome == ASQ_OUTCOME_LOST) {
			return status;
		}
	}
	if (!d->valid) {
		return asq_fire_open(d, "action_scheduler_failed_validation", exception);
	}
	status = d->retries ? asq_failed_by_policy(d, thrown, &verdict) : ASQ_DECLINED;
	if (status == ASQ_DECLINED) {
		status = asq_mark_failed(d);
	}
	if (status == ASQ_OK && d->outcome == ASQ_OUTCOME_FAILED) {
		status = asq_fire(d, "action_scheduler_failed_execution", exception);
	}
	if (status == ASQ_OK && d->letter) {
		status = asq_retry_tell_letter(d->letter);
	}
	return status;
}

/* thrown is what `exception` was made of */
static asq_status asq_failed(asq_dispatching *d, zval *exception, zval *thrown)
{
	asq_postponement postponement;
	asq_status status = ASQ_DECLINED;

	if (d->called) {
		status = asq_postpone_decide(d->run, d->id, thrown, &postponement);
		if (status == ASQ_OK) {
			status = postponement.open ? asq_postponed(d, exception, thrown, &postponement) : ASQ_DECLINED;
			asq_postpone_free(&postponement);
		}
	}
	return status == ASQ_DECLINED ? asq_failed_for_good(d, exception, thrown) : status;
}

/* A callback's exit(): its own failure, where the run is to survive it. */
static bool asq_was_exit(zval *thrown)
{
	zval message;

	if (!zend_is_unwind_exit(EG(exception))) {
		return false;
	}
	zend_clear_exception();
	EG(exit_status) = 0;
	ZVAL_STR(&message, asq_wp_translate("The callback ended the process with exit() or die()."));
	if (asq_new(thrown, zend_ce_exception, 1, &message) != ASQ_OK) {
		ZVAL_UNDEF(thrown);
	}
	zval_ptr_dtor(&message);
	return true;
}

/*
 * A transaction that a callback has left open would hold the locks of all that comes after it, for as long as the worker
 * lives, and take it along in the end.
 */
static bool asq_end_transaction(asq_dispatching *d)
{
	zend_object *wpdb = asq_wpdb();
	zval sql;

	if (!d->run->pooled || !d->executing || !asq_site_in_transaction()) {
		return false;
	}
	ZVAL_STRING(&sql, "ROLLBACK");
	asq_call_method(NULL, wpdb, "query", 1, &sql);
	zval_ptr_dtor(&sql);
	if (!EG(exception) && asq_site_in_transaction()) {
		ZVAL_STRING(&sql, "SET autocommit=1");
		asq_call_method(NULL, wpdb, "query", 1, &sql);
		zval_ptr_dtor(&sql);
	}
	return true;
}

/* The rest of the claim would be held until the next cleaning: nobody is there any more to run it. */
static void asq_give_back_rest(asq_run *run)
{
	asq_site site;
	asq_error error;

	if (run->claim_id && asq_site_open(&site, &error) == ASQ_OK) {
		asq_store_release(&site, run->claim_id, true, &error);
		asq_site_close(&site);
	}
}

/*
 * In the web's runner an exit() goes on, and Action Scheduler leaves the action running. With a policy the action has failed
 * first, as it has elsewhere.
 */
static asq_status asq_recover_from_exit(asq_dispatching *d)
{
	asq_pending pending;
	zend_string *message;
	zval thrown;
	bool has = false;

	if (!asq_policy_any()) {
		return ASQ_THROWN;
	}
	pending = asq_put_aside();
	if (asq_retry_has_policy(d->run, d->id, &d->action, &has) == ASQ_OK && has && d->valid) {
		message = asq_wp_translate("The callback ended the process with exit() or die().");
		asq_failure_new(&thrown, zend_ce_exception, message);
		if (asq_failed(d, &thrown, &thrown) == ASQ_OK) {
			asq_give_back_rest(d->run);
		}
		zval_ptr_dtor(&thrown);
		zend_string_release(message);
	}
	asq_put_back(pending);
	return ASQ_THROWN;
}

/* What was thrown on the way becomes the action's failure; what cannot is left in EG(exception). */
static asq_status asq_recover(asq_dispatching *d)
{
	zval thrown, wrapped;
	asq_status status;

	if (d->run->broken || asq_run_is_fork(d->run) || asq_run_is_dying()) {
		return ASQ_THROWN;
	}
	if (zend_is_unwind_exit(EG(exception)) && !d->run->survive_exit) {
		return asq_recover_from_exit(d);
	}
	if (!asq_was_exit(&thrown)) {
		asq_catch(&thrown);
	}
	if (Z_TYPE(thrown) != IS_OBJECT) {
		return ASQ_THROWN;
	}
	asq_end_transaction(d);
	status = EG(exception) ? ASQ_THROWN : asq_wrap(&thrown, &wrapped);
	if (status != ASQ_OK) {
		zval_ptr_dtor(&thrown);
		return status;
	}
	status = asq_failed(d, &wrapped, &thrown);
	zval_ptr_dtor(&thrown);
	if (status == ASQ_OK && d->run->on_failure) {
		zval args[2];
		ZVAL_LONG(&args[0], (zend_long) d->id);
		ZVAL_STR(&args[1], asq_exception_message(&wrapped));
		status = asq_call_callable(NULL, d->run->on_failure, 2, args);
		zval_ptr_dtor(&args[1]);
	}
	zval_ptr_dtor(&wrapped);
	return status;
}

/* ---- One action ------------------------------------------------------------------------------- */

/* E_USER_ERROR and E_RECOVERABLE_ERROR become exceptions while an action runs. */
static asq_status asq_set_error_handler(void)
{
	zval args[2];
	asq_status status;

	ZVAL_STRING(&args[0], "Asq\\Native\\throw_error");
	ZVAL_LONG(&args[1], E_USER_ERROR | E_RECOVERABLE_ERROR);
	status = asq_call(NULL, "set_error_handler", 2, args);
	zval_ptr_dtor(&args[0]);
	return status;
}

/* In a finally block, so to say: an exception that is on its way is kept. */
static void asq_restore_error_handler(void)
{
	asq_pending pending = asq_put_aside();

	asq_call(NULL, "restore_error_handler", 0, NULL);
	asq_put_back(pending);
}

static asq_status asq_tell_start(asq_dispatching *d)
{
	zval arg;

	if (!d->run->on_start) {
		return ASQ_OK;
	}
	ZVAL_LONG(&arg, (zend_long) d->id);
	return asq_call_callable(NULL, d->run->on_start, 1, &arg);
}

static asq_status asq_tell_complete(asq_dispatching *d)
{
	zval args[2];
	asq_status status;

	if (!d->run->on_complete) {
		return ASQ_OK;
	}
	status = asq_call_on(&args[1], &d->action, "get_hook", 0, NULL);
	if (status == ASQ_OK) {
		ZVAL_LONG(&args[0], (zend_long) d->id);
		status = asq_call_callable(NULL, d->run->on_complete, 2, args);
		zval_ptr_dtor(&args[1]);
	}
	return status;
}

static asq_status asq_execute(asq_dispatching *d)
{
	asq_status status;

	d->executing = !asq_site_in_transaction();
	d->called = true;
	status = asq_call_on(NULL, &d->action, "execute", 0, NULL);
	d->called = status != ASQ_OK || EG(exception);
	if (asq_run_is_fork(d->run)) {
		/* A child that has come back from the callback instead of ending in it. */
		if (!EG(exception)) {
			zend_throw_unwind_exit();
		}
		return ASQ_THROWN;
	}
	if (status == ASQ_OK && asq_end_transaction(d) && !EG(exception)) {
		zend_throw_exception(spl_ce_RuntimeException, "The callback left a database transaction open, which was rolled back.", 0);
	}
	return EG(exception) ? ASQ_THROWN : status;
}

/* The steps of process_action()'s inner try block; ASQ_NOT_FOUND: it was not to be run, see the outcome. */
static asq_status asq_steps(asq_dispatching *d)
{
	asq_status status;

	status = asq_retry_prepare(d->run, d->id);
	if (status != ASQ_OK) {
		return status;
	}
	asq_member_enter(d->run);
	status = asq_fire_open(d, "action_scheduler_before_execute", NULL);
	if (status == ASQ_OK) {
		status = asq_tell_start(d);
	}
	if (status == ASQ_OK) {
		d->fast = !d->run->touched && asq_may_go_fast(d);
		status = d->fast ? asq_start_fast(d) : asq_start_plain(d);
	}
	if (status == ASQ_OK) {
		status = asq_execute(d);
	}
	if (status == ASQ_OK) {
		status = asq_finish(d);
	}
	if (status == ASQ_OK && d->outcome == ASQ_OUTCOME_SUCCEEDED) {
		status = asq_tell_complete(d);
	}
	return status;
}

/* A recurring action's next instance is the runner's to schedule. */
static asq_status asq_schedule_next(zend_object *runner, zval *action, uint64_t id)
{
	zval args[2];

	asq_status status;

	ZVAL_COPY_VALUE(&args[0], action);
	ZVAL_LONG(&args[1], (zend_long) id);
	ASQ_G(last_stored) = 0;
	status = asq_call_method(NULL, runner, "schedule_next_instance", 2, args);
	if (status == ASQ_OK && ASQ_G(last_stored) && asq_policy_any()) {
		status = asq_retry_keep_time(id, ASQ_G(last_stored));
	}
	return status;
}

asq_status asq_dispatch_repeat(zend_object *runner, zval *action, uint64_t id)
{
	bool recurs;
	asq_status status = asq_look_whether_recurring(action, &recurs);

	return status == ASQ_OK && recurs ? asq_schedule_next(runner, action, id) : status;
}

static asq_status asq_repeat(asq_dispatching *d)
{
	asq_status status = d->looked ? ASQ_OK : asq_look_whether_recurring(&d->action, &d->recurs);

	if (status != ASQ_OK || !d->recurs) {
		return status;
	}
	/* It looks at the action's status: that must be the one in the table. */
	status = asq_dispatch_flush(d->run);
	return status == ASQ_OK ? asq_schedule_next(d->run->runner, &d->action, d->id) : status;
}

asq_status asq_dispatch(asq_run *run, uint64_t id, asq_outcome *outcome)
{
	asq_dispatching d = { .run = run, .id = id, .outcome = ASQ_OUTCOME_SUCCEEDED };
	asq_status status;
	bool not_run;

	ZVAL_UNDEF(&d.action);
	/* From 3.9.3 on the plugin takes an action for valid until it is proven not to be. */
	d.valid = asq_scheduler_now() == ASQ_PLUGIN && asq_scheduler_version() >= 30903;
	/* What this process does to the row from here on is the callback's or a listener's doing. */
	run->current = id;
	run->touched = false;
	status = asq_set_error_handler();
	if (status == ASQ_OK) {
		status = asq_steps(&d);
	}
	if (status == ASQ_THROWN) {
		status = asq_recover(&d);
	}
	if (status != ASQ_THROWN || !zend_is_unwind_exit(EG(exception))) {
		asq_restore_error_handler();
	}
	not_run = status == ASQ_NOT_FOUND;
	if (status == ASQ_OK && d.outcome != ASQ_OUTCOME_LOST && d.outcome != ASQ_OUTCOME_RETRIED) {
		status = asq_repeat(&d);
	}
	if (!asq_run_is_dying()) {
		run->current = 0;
	}
	zval_ptr_dtor(&d.action);
	*outcome = d.outcome;
	return not_run ? ASQ_OK : status;
}
