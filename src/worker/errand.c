/*
 * errand.c: what a worker does that is no action of its own: it tells listeners of those whose process is gone, and cleans up.
 */
#include "member.h"
#include "retry.h"
#include "php_asq.h"
#include "src/wordpress/hooks.h"

#define ASQ_CLEAN_BATCH 100     /* timed-out actions that are looked after at a time */
#define ASQ_CLEAN_PURGE 5000    /* old actions that are deleted at a time */

asq_status asq_member_mourn(zend_object *store, zend_object *runner, uint64_t action_id, const char *text)
{
	zval args[2], action;
	asq_status status;

	/* Its next instance first: the series must not end with what a listener dies of. */
	ZVAL_LONG(&args[0], (zend_long) action_id);
	status = asq_call_method(&action, store, "fetch_action", 1, args);
	if (status == ASQ_OK) {
		status = asq_dispatch_repeat(runner, &action, action_id);
		zval_ptr_dtor(&action);
	}
	status = asq_survive(status, "what makes the next instance of an action whose process is gone");
	if (status != ASQ_THROWN && text) {
		array_init(&args[1]);
		add_assoc_long(&args[1], "type", E_ERROR);
		add_assoc_string(&args[1], "message", (char *) text);
		add_assoc_string(&args[1], "file", "");
		add_assoc_long(&args[1], "line", 0);
		ASQ_G(logged_already) = action_id;
		status = asq_survive(asq_wp_do_action("action_scheduler_unexpected_shutdown", 2, args), "a listener to action_scheduler_unexpected_shutdown");
		ASQ_G(logged_already) = 0;
		zval_ptr_dtor(&args[1]);
	}
	return status;
}

asq_status asq_member_errand(zend_object *store, zend_object *runner, asq_task task, uint64_t action_id, const char *text)
{
	asq_status status;

	if (task == ASQ_TASK_RETRIED) {
		return asq_retry_tell_crash(action_id, text);
	}
	if (task == ASQ_TASK_POSTPONED) {
		return asq_postpone_tell_crash(action_id, text);
	}
	status = asq_member_mourn(store, runner, action_id, task == ASQ_TASK_REPEAT ? NULL : text);
	return status == ASQ_OK && task == ASQ_TASK_BURIED ? asq_retry_tell_crash_letter(action_id) : status;
}

/* asq_purge(): some of what ended long ago. */
static asq_status asq_member_purge(bool whole)
{
	zval options;
	asq_status status;

	array_init(&options);
	add_assoc_long(&options, "limit", ASQ_CLEAN_PURGE);
	add_assoc_bool(&options, "orphans", whole);
	status = asq_call(NULL, "asq_purge", 1, &options);
	zval_ptr_dtor(&options);
	return status == ASQ_NOT_FOUND ? ASQ_OK : status;
}

/* What Action Scheduler's cleaner does: the rows of those who died without us are reset, or have failed; the old ones go. */
asq_status asq_member_clean(zend_object *store, zend_object *runner, bool whole)
{
	static const char *const steps[] = { "reset_timeouts", "mark_failures" };
	zval cleaner, limit, args[2];
	zend_class_entry *ce = asq_class("ActionScheduler_QueueCleaner", true);
	asq_status status = ce ? asq_call_method(&limit, runner, "get_time_limit", 0, NULL) : ASQ_NOT_FOUND;

	if (status != ASQ_OK) {
		return EG(exception) ? ASQ_THROWN : ASQ_OK;
	}
	ZVAL_OBJ(&args[0], store);
	ZVAL_LONG(&args[1], ASQ_CLEAN_BATCH);
	status = asq_new(&cleaner, ce, 2, args);
	if (status == ASQ_OK) {
		ZVAL_LONG(&args[0], 10 * zval_get_long(&limit));
		for (size_t i = 0; status == ASQ_OK && i < sizeof(steps) / sizeof(steps[0]); i++) {
			status = asq_call_method(NULL, Z_OBJ(cleaner), steps[i], 1, args);
		}
		zval_ptr_dtor(&cleaner);
	}
	zval_ptr_dtor(&limit);
	return status == ASQ_OK ? asq_member_purge(whole) : status;
}
