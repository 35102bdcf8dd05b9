/*
 * dispatch_hooks.c: the hooks and methods that running an action calls, and who listens to them.
 */
#include "dispatching.h"
#include "src/wordpress/hooks.h"

zend_object *asq_dispatch_logger(void)
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
bool asq_dispatch_is_foreign(const asq_run *run, const char *hook, const char *logger_method, bool *logger_listens)
{
	HashTable *priorities = asq_wp_callbacks(hook, strlen(hook));
	zend_object *logger = logger_method ? asq_dispatch_logger() : NULL;
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

	return asq_dispatch_is_foreign(run, "action_scheduler_before_execute", NULL, &ignored)
		|| asq_dispatch_is_foreign(run, "action_scheduler_begin_execute", "log_started_action", &ignored);
}

asq_status asq_dispatch_fire(asq_dispatching *d, const char *hook, zval *extra)
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
asq_status asq_dispatch_fire_open(asq_dispatching *d, const char *hook, zval *extra)
{
	bool ignored;

	if (d->run->unwritten && asq_dispatch_is_foreign(d->run, hook, NULL, &ignored)) {
		asq_status status = asq_dispatch_flush(d->run);
		if (status != ASQ_OK) {
			return status;
		}
	}
	return asq_dispatch_fire(d, hook, extra);
}

asq_status asq_dispatch_call(asq_dispatching *d, const char *method, zval *result)
{
	zval arg;

	ZVAL_LONG(&arg, (zend_long) d->id);
	return asq_call_method(result, d->run->store, method, 1, &arg);
}
