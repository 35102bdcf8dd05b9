/*
 * as_unschedule.c: as_unschedule_action() and as_unschedule_all_actions().
 */
#include "api.h"
#include "src/store/store.h"
#include "Zend/zend_exceptions.h"

/* ActionScheduler::store()->query_action( $query ): an id, or null. */
static asq_status asq_find_pending(zval *store, zval *hook, zval *args, zval *group, zval *id)
{
	zval query, fixed[3];
	asq_status status;

	ZVAL_STRING(&fixed[0], ASQ_STATUS_PENDING);
	ZVAL_STRING(&fixed[1], "date");
	ZVAL_STRING(&fixed[2], "ASC");
	asq_options(&query, "hook", hook, "status", &fixed[0], "orderby", &fixed[1], "order", &fixed[2], "group", group,
		"args", Z_TYPE_P(args) == IS_ARRAY ? args : NULL, NULL);
	status = asq_call_method(id, Z_OBJ_P(store), "query_action", 1, &query);
	for (int i = 0; i < 3; i++) {
		zval_ptr_dtor(&fixed[i]);
	}
	zval_ptr_dtor(&query);
	return status;
}

/* An Exception of cancel_action() is logged with the action, as AS does; an Error goes on. */
static void asq_log_cancel_failure(zval *id, zval *hook)
{
	zval exception, logger, args[3], log[2];

	if (!instanceof_function(EG(exception)->ce, zend_ce_exception)) {
		return;
	}
	asq_catch(&exception);
	ZVAL_STR(&args[0], asq_wp_translate("Caught exception while cancelling action \"%1$s\": %2$s"));
	ZVAL_COPY(&args[1], hook);
	ZVAL_STR(&args[2], asq_exception_message(&exception));
	ZVAL_COPY_VALUE(&log[0], id);
	ZVAL_UNDEF(&log[1]);
	if (asq_call(&log[1], "sprintf", 3, args) == ASQ_OK && asq_scheduler_get(&logger, "logger") == ASQ_OK) {
		asq_call_method(NULL, Z_OBJ(logger), "log", 2, log);
		zval_ptr_dtor(&logger);
	}
	zval_ptr_dtor(&log[1]);
	for (int i = 0; i < 3; i++) {
		zval_ptr_dtor(&args[i]);
	}
	zval_ptr_dtor(&exception);
}

/* Cancels the next one; its id, or null, is the return value. */
static asq_status asq_unschedule(zval *hook, zval *args, zval *group, zval *return_value)
{
	zval store, id;
	asq_status status = asq_scheduler_get(&store, "store");

	RETVAL_NULL();
	if (status != ASQ_OK) {
		return status;
	}
	status = asq_find_pending(&store, hook, args, group, &id);
	if (status == ASQ_OK && zend_is_true(&id)) {
		status = asq_call_method(NULL, Z_OBJ(store), "cancel_action", 1, &id);
		if (status == ASQ_THROWN) {
			asq_log_cancel_failure(&id, hook);
			status = EG(exception) ? ASQ_THROWN : ASQ_OK;
		} else {
			ZVAL_COPY_VALUE(return_value, &id);
		}
	}
	zval_ptr_dtor(&store);
	return status;
}

/* Reads the three parameters; the last two have defaults. */
static void asq_read_three(zend_execute_data *execute_data, zval **hook, zval **args, zval **group, zval *no_args, zval *no_group)
{
	ZVAL_EMPTY_ARRAY(no_args);
	ZVAL_EMPTY_STRING(no_group);
	*hook = asq_arg(execute_data, 0);
	*args = asq_arg(execute_data, 1) ? asq_arg(execute_data, 1) : no_args;
	*group = asq_arg(execute_data, 2) ? asq_arg(execute_data, 2) : no_group;
}

/* Outside WordPress actions are only made. */
static bool asq_is_outside(const char *function)
{
	asq_error error;

	if (asq_scheduler_now() != ASQ_OUTSIDE) {
		return false;
	}
	asq_error_set(&error, 0, "%s() needs WordPress: load it first.", function);
	asq_warn(&error);
	return true;
}

ZEND_FUNCTION(as_unschedule_action)
{
	zval *hook, *args, *group, no_args, no_group;
	asq_status status;

	if (!asq_args_at_least(execute_data, 1, 3)) {
		RETURN_THROWS();
	}
	RETVAL_LONG(0);
	asq_read_three(execute_data, &hook, &args, &group, &no_args, &no_group);
	status = asq_scheduler_ready("as_unschedule_action");
	if (status == ASQ_OK && !asq_is_outside("as_unschedule_action")) {
		asq_unschedule(hook, args, group, return_value);
	}
}

/* The store's bulk cancelling, by hook or by group. */
static void asq_cancel_by(const char *method, zval *what)
{
	zval store;

	if (asq_scheduler_get(&store, "store") == ASQ_OK) {
		asq_call_method(NULL, Z_OBJ(store), method, 1, what);
		zval_ptr_dtor(&store);
	}
}

ZEND_FUNCTION(as_unschedule_all_actions)
{
	zval *hook, *args, *group, no_args, no_group, id;
	asq_status status;
	bool more;

	if (!asq_args_at_least(execute_data, 1, 3)) {
		RETURN_THROWS();
	}
	asq_read_three(execute_data, &hook, &args, &group, &no_args, &no_group);
	status = asq_scheduler_ready("as_unschedule_all_actions");
	if (status != ASQ_OK || asq_is_outside("as_unschedule_all_actions")) {
		return;
	}
	if (!zend_is_true(args)) {
		if (zend_is_true(hook) && !zend_is_true(group)) {
			asq_cancel_by("cancel_actions_by_hook", hook);
			return;
		}
		if (zend_is_true(group) && !zend_is_true(hook)) {
			asq_cancel_by("cancel_actions_by_group", group);
			return;
		}
	}
	do {
		status = asq_unschedule(hook, args, group, &id);
		more = status == ASQ_OK && zend_is_true(&id);
		zval_ptr_dtor(&id);
	} while (more);
}
