/*
 * native_runner.c: the methods of Action Scheduler's queue runners, natively, and the small functions that
 * the queue runner and the boot hand to userland as callbacks.
 */
#include "native.h"
#include "src/worker/retry.h"
#include "src/worker/worker.h"
#include "src/wordpress/admin.h"
#include "src/wordpress/boot.h"
#include "Zend/zend_exceptions.h"

/* A runner whose process_action() and store are Action Scheduler's own. */
static bool asq_runner_is_stock(zend_object *runner)
{
	zval *store = asq_property(runner, "store", sizeof("store") - 1);
	zend_function *process = zend_hash_str_find_ptr(&runner->ce->function_table, "process_action", sizeof("process_action") - 1);

	return store && Z_TYPE_P(store) == IS_OBJECT && zend_string_equals_literal(Z_OBJCE_P(store)->name, "ActionScheduler_DBStore")
		&& process && process->common.scope && zend_string_equals_literal(process->common.scope->name, "ActionScheduler_Abstract_QueueRunner");
}

static zval *asq_context(asq_native *call, uint32_t n, zval *none)
{
	zval *context = asq_native_arg(call, n);

	ZVAL_EMPTY_STRING(none);
	return context ? context : none;
}

ZEND_FUNCTION(Asq_Native_runner_batch)
{
	asq_native call;
	asq_status status;
	zend_long processed;
	zval value, none, *size;

	if (!asq_native_begin(&call, execute_data, return_value) || !asq_runner_is_stock(call.self)
			|| !zend_string_equals_literal(call.self->ce->name, "ActionScheduler_QueueRunner")) {
		return;
	}
	size = asq_native_arg(&call, 0);
	if (size) {
		status = asq_run_batch(call.self, size, asq_context(&call, 1, &none), &processed);
		ZVAL_LONG(&value, processed);
		asq_native_end(&call, status, &value);
	}
}

ZEND_FUNCTION(Asq_Native_runner_process)
{
	asq_native call;
	asq_status status;
	asq_outcome outcome;
	asq_run *run;
	uint64_t id;
	zval none, *store;

	if (!asq_native_begin(&call, execute_data, return_value) || !asq_runner_is_stock(call.self) || !asq_native_id(&call, 0, &id)
			|| Z_TYPE_P(asq_native_arg(&call, 0)) != IS_LONG) {
		return;
	}
	store = asq_property(call.self, "store", sizeof("store") - 1);
	run = asq_run_begin(call.self, Z_OBJ_P(store), NULL, asq_context(&call, 1, &none), 0);
	status = asq_dispatch(run, id, &outcome);
	asq_run_end(run);
	asq_native_end(&call, EG(exception) ? ASQ_THROWN : status, NULL);
}

/* With retry policies only: without them the method's own body does it. */
ZEND_FUNCTION(Asq_Native_cleaner_fail)
{
	asq_native call;
	zval *store, *time_limit;

	if (!asq_native_begin(&call, execute_data, return_value) || !asq_policy_any() || !asq_scheduler_is_direct(false)) {
		return;
	}
	store = asq_property(call.self, "store", sizeof("store") - 1);
	time_limit = asq_native_arg(&call, 0);
	if (store && time_limit && Z_TYPE_P(store) == IS_OBJECT && zend_string_equals_literal(Z_OBJCE_P(store)->name, "ActionScheduler_DBStore")) {
		asq_native_end(&call, asq_orphans_fail(call.self, Z_OBJ_P(store), time_limit), NULL);
	}
}

/* The error handler while an action runs. */
ZEND_FUNCTION(Asq_Native_throw_error)
{
	zval *message = asq_arg(execute_data, 1);

	zend_throw_exception(zend_ce_exception, message && Z_TYPE_P(message) == IS_STRING ? Z_STRVAL_P(message) : "", 0);
}

/* ---- Boot --------------------------------------------------------------------------------------- */

ZEND_FUNCTION(Asq_Native_boot)
{
	asq_boot_plugins_loaded();
}

ZEND_FUNCTION(Asq_Native_init)
{
	asq_boot_init();
}

ZEND_FUNCTION(Asq_Native_autoload)
{
	zval *name = asq_arg(execute_data, 0);

	if (name && Z_TYPE_P(name) == IS_STRING) {
		asq_boot_autoload(Z_STR_P(name));
	}
}

ZEND_FUNCTION(Asq_Native_add_wp_cron_schedule)
{
	zval *schedules = asq_arg(execute_data, 0);

	if (schedules) {
		asq_boot_cron_schedules(schedules, return_value);
	}
}

ZEND_FUNCTION(Asq_Native_run_recurring_scheduler_hook)
{
	asq_wp_do_action("action_scheduler_ensure_recurring_actions", 0, NULL);
}

/* Goes by many names, which its stub lists: the one it was called by says whose place is kept. */
ZEND_FUNCTION(asq_native_keep)
{
	const zend_string *name = EX(func)->common.function_name;
	const char *method = zend_memrchr(ZSTR_VAL(name), '\\', ZSTR_LEN(name));

	asq_boot_keep(method ? method + 1 : ZSTR_VAL(name), ZEND_NUM_ARGS(), ZEND_CALL_ARG(execute_data, 1), return_value);
}

ZEND_FUNCTION(Asq_Native_standalone_ready)
{
	RETURN_BOOL(ASQ_G(standalone));
}

ZEND_FUNCTION(Asq_Native_create_tables)
{
	asq_site site;
	asq_error error;
	/* Never on $wpdb's connection: making a table ends the transaction that it may be in. */
	asq_status status = asq_site_open_own(&site, 0, &error);

	if (status == ASQ_OK) {
		status = asq_site_create_tables(&site, &error);
		asq_site_close(&site);
	}
	if (status != ASQ_OK) {
		ASQ_G(last_error) = error;
	}
	RETURN_BOOL(status == ASQ_OK);
}

ZEND_FUNCTION(Asq_Native_last_error)
{
	RETURN_STRING(ASQ_G(last_error).message);
}

/* ---- The admin's page, see src/wordpress/admin.h ------------------------------------------------------ */

ZEND_FUNCTION(Asq_Native_admin_menu)
{
	asq_admin_menu();
}

ZEND_FUNCTION(Asq_Native_admin_load)
{
	asq_admin_load();
}

ZEND_FUNCTION(Asq_Native_admin_page)
{
	asq_admin_page();
}

ZEND_FUNCTION(Asq_Native_admin_per_page)
{
	zval *asked = asq_arg(execute_data, 2);

	if (asked) {
		asq_admin_per_page(asked, return_value);
	}
}
