/*
 * native_store.c: the methods of ActionScheduler_DBStore, natively, but for its claims. After a write they fire AS's own hooks.
 */
#include "native.h"
#include "src/action/args.h"
#include "src/store/fetch.h"
#include "src/store/insert.h"
#include "src/store/query.h"
#include "src/store/transition.h"
#include "src/wordpress/clock.h"
#include "src/worker/worker.h"
#include "ext/standard/php_var.h"
#include "Zend/zend_exceptions.h"

static const char *const asq_no_helpers[] = { NULL };

/* ---- Saving ----------------------------------------------------------------------------------- */

/* What save_action() needs of an action object, from its own methods. */
typedef struct {
	zval hook, args, group, priority, finished, schedule, gmt, local;
} asq_parts;

static void asq_parts_free(asq_parts *parts)
{
	zval *all = (zval *) parts;

	for (size_t i = 0; i < sizeof(*parts) / sizeof(zval); i++) {
		zval_ptr_dtor(&all[i]);
	}
}

/* The dates are the store's own business: it knows about time zones, and sets them on the schedule's object. */
static asq_status asq_parts_of(asq_parts *parts, zend_object *store, zval *action, zval *date)
{
	static const char *const getters[] = { "get_hook", "get_args", "get_group", "get_priority", "is_finished", "get_schedule" };
	zval *values = (zval *) parts, args[2];
	asq_status status = ASQ_OK;

	memset(parts, 0, sizeof(*parts));
	for (size_t i = 0; status == ASQ_OK && i < sizeof(getters) / sizeof(getters[0]); i++) {
		status = asq_call_method(&values[i], Z_OBJ_P(action), getters[i], 0, NULL);
	}
	ZVAL_COPY_VALUE(&args[0], action);
	if (date) {
		ZVAL_COPY_VALUE(&args[1], date);
	} else {
		ZVAL_NULL(&args[1]);
	}
	if (status == ASQ_OK) {
		status = asq_call_method(&parts->gmt, store, "get_scheduled_date_string", 2, args);
	}
	if (status == ASQ_OK) {
		status = asq_call_method(&parts->local, store, "get_scheduled_date_string_local", 2, args);
	}
	if (status == ASQ_OK && (Z_TYPE(parts->hook) != IS_STRING || Z_TYPE(parts->args) != IS_ARRAY || Z_TYPE(parts->priority) != IS_LONG
			|| (Z_TYPE(parts->group) != IS_STRING && Z_TYPE(parts->group) != IS_NULL) || Z_TYPE(parts->schedule) != IS_OBJECT
			|| Z_TYPE(parts->gmt) != IS_STRING || Z_TYPE(parts->local) != IS_STRING)) {
		status = ASQ_DECLINED;
	}
	return status;
}

static asq_status asq_serialize(zval *value, zend_string **blob)
{
	smart_str buffer = {0};
	php_serialize_data_t data;

	PHP_VAR_SERIALIZE_INIT(data);
	php_var_serialize(&buffer, value, &data);
	PHP_VAR_SERIALIZE_DESTROY(data);
	if (EG(exception)) {
		smart_str_free(&buffer);
		return ASQ_THROWN;
	}
	*blob = smart_str_extract(&buffer);
	return ASQ_OK;
}

static asq_status asq_save(asq_native *call, asq_parts *parts, bool unique, uint64_t *id, uint64_t *log_id)
{
	asq_args args;
	asq_log_text text;
	zend_string *json, *blob;
	asq_status status = asq_serialize(&parts->schedule, &blob);
	bool with_log = asq_scheduler_is_direct(true) && asq_logger_hears_first();

	if (status != ASQ_OK) {
		return status;
	}
	status = asq_encode_args(&parts->args, &json);
	if (status != ASQ_OK) {
		zend_string_release(blob);
		return status;
	}
	asq_args_from_json(&args, json);
	asq_action_row row = {
		.hook = Z_STR(parts->hook), .status = zend_is_true(&parts->finished) ? ASQ_STATUS_COMPLETE : ASQ_STATUS_PENDING,
		.date_gmt = Z_STR(parts->gmt), .date_local = Z_STR(parts->local), .schedule = blob,
		.args = args.args, .extended_args = args.extended,
		.group = Z_TYPE(parts->group) == IS_STRING ? Z_STR(parts->group) : NULL, .priority = Z_LVAL(parts->priority),
	};
	status = ZSTR_LEN(json) > ASQ_ARGS_MAX ? ASQ_DECLINED : ASQ_OK;
	if (status == ASQ_OK && with_log) {
		status = asq_log_text_init(&text, asq_wp_translate("action created"));
		with_log = status == ASQ_OK;
	} else {
		with_log = false;
	}
	if (status == ASQ_OK) {
		status = asq_native_open(call) ? asq_store_insert(&call->site, &row, unique ? asq_scheduler_unique() : ASQ_UNIQUE_NO,
			with_log ? &text.row : NULL, id, log_id, &call->error) : ASQ_FAILED;
	}
	if (with_log) {
		asq_log_text_free(&text);
	}
	asq_args_free(&args);
	zend_string_release(blob);
	return status;
}

/* RuntimeException( 'Error saving action: ...' ) for an Exception, as save_action() has it. */
static void asq_rethrow_saving(void)
{
	zval exception;
	zend_string *message;

	if (!EG(exception) || !instanceof_function(EG(exception)->ce, zend_ce_exception)) {
		return;
	}
	asq_catch(&exception);
	message = asq_exception_message(&exception);
	asq_throw_formatted("RuntimeException", "Error saving action: %s", message);
	zend_string_release(message);
	zval_ptr_dtor(&exception);
}

/* A static of the store's class, which a subclass may have of its own. */
static zend_long asq_store_limit(zend_object *store, const char *name)
{
	zval *value = zend_read_static_property(store->ce, name, strlen(name), true);

	return value && Z_TYPE_P(value) == IS_LONG ? Z_LVAL_P(value) : 0;
}

ZEND_FUNCTION(Asq_Native_store_save)
{
	static const char *const helpers[] = { "hash_args", "get_group_ids", "create_group", "validate_action", NULL };
	asq_native call;
	asq_parts parts;
	asq_status status;
	uint64_t id = 0, log_id = 0;
	zval value, *action, *date, *unique;

	if (!asq_native_begin(&call, execute_data, return_value) || !asq_store_has_stock(call.self, helpers)
			|| asq_store_limit(call.self, "max_args_length") != ASQ_ARGS_MAX || asq_store_limit(call.self, "max_index_length") != ASQ_ARGS_INDEXED) {
		return;
	}
	action = asq_native_arg(&call, 0);
	date = asq_native_arg(&call, 1);
	unique = asq_native_arg(&call, 2);
	if (!action || Z_TYPE_P(action) != IS_OBJECT) {
		return;
	}
	status = asq_parts_of(&parts, call.self, action, date);
	if (status == ASQ_OK) {
		status = asq_save(&call, &parts, unique && zend_is_true(unique), &id, &log_id);
	}
	asq_parts_free(&parts);
	if (status == ASQ_OK && id) {
		status = asq_announce_stored(id, log_id);
	}
	if (status == ASQ_THROWN) {
		asq_rethrow_saving();
	}
	ZVAL_LONG(&value, (zend_long) id);
	asq_native_end(&call, status, &value);
}

/* ---- Reading ---------------------------------------------------------------------------------- */

ZEND_FUNCTION(Asq_Native_store_fetch)
{
	static const char *const helpers[] = { "make_action_from_db_record", "get_null_action", "validate_args", "validate_schedule", NULL };
	asq_native call;
	asq_status status;
	uint64_t id;
	zval ids, rows, *row, action;

	if (!asq_native_begin(&call, execute_data, return_value) || !asq_native_id(&call, 0, &id) || !asq_native_open_store(&call, helpers)) {
		return;
	}
	array_init(&ids);
	add_next_index_long(&ids, (zend_long) id);
	status = asq_store_fetch(&call.site, Z_ARRVAL(ids), &rows, &call.error);
	zval_ptr_dtor(&ids);
	if (status == ASQ_OK) {
		row = zend_hash_index_find(Z_ARRVAL(rows), 0);
		status = row ? asq_action_object(row, &action) : ASQ_DECLINED;
		zval_ptr_dtor(&rows);
	}
	asq_native_end(&call, status, &action);
}

ZEND_FUNCTION(Asq_Native_store_query)
{
	static const char *const helpers[] = { "get_query_actions_sql", "get_args_for_query", "hash_args", "validate_sql_comparator", NULL };
	asq_native call;
	asq_status status;
	zval result, *query, *type;
	bool count = false;

	if (!asq_native_begin(&call, execute_data, return_value)) {
		return;
	}
	query = asq_native_arg(&call, 0);
	type = asq_native_arg(&call, 1);
	if (!query || Z_TYPE_P(query) != IS_ARRAY || (type && Z_TYPE_P(type) != IS_STRING)) {
		return;
	}
	if (type && !zend_string_equals_literal(Z_STR_P(type), "select")) {
		count = zend_string_equals_literal(Z_STR_P(type), "count");
		if (!count) {
			return;
		}
	}
	if (asq_native_open_store(&call, helpers)) {
		status = asq_store_query(&call.site, Z_ARRVAL_P(query), count, &result, &call.error);
		asq_native_end(&call, status, &result);
	}
}

ZEND_FUNCTION(Asq_Native_store_counts)
{
	static const char *const helpers[] = { "get_status_labels", NULL };
	asq_native call;
	asq_status status;
	zval counts;

	if (asq_native_begin(&call, execute_data, return_value) && asq_native_open_store(&call, helpers)) {
		status = asq_store_counts(&call.site, &counts, &call.error);
		asq_native_end(&call, status, &counts);
	}
}

ZEND_FUNCTION(Asq_Native_store_status)
{
	asq_native call;
	asq_status status;
	uint64_t id;
	zend_string *name = NULL;
	zval value;

	if (asq_native_begin(&call, execute_data, return_value) && asq_native_id(&call, 0, &id) && asq_native_open(&call)) {
		status = asq_store_status(&call.site, id, &name, &call.error);
		if (status == ASQ_OK && (!ZSTR_LEN(name) || zend_string_equals_literal(name, "0"))) {
			zend_string_release(name);
			status = ASQ_DECLINED;
		}
		if (status == ASQ_OK) {
			ZVAL_STR(&value, name);
		}
		asq_native_end(&call, status, &value);
	}
}

ZEND_FUNCTION(Asq_Native_store_claim_id)
{
	asq_native call;
	asq_status status;
	uint64_t id;
	zend_long claim = 0;
	zval value;

	if (asq_native_begin(&call, execute_data, return_value) && asq_native_id(&call, 0, &id) && asq_native_open(&call)) {
		status = asq_store_claim_id(&call.site, id, &claim, &call.error);
		ZVAL_LONG(&value, claim);
		asq_native_end(&call, status == ASQ_NOT_FOUND ? ASQ_OK : status, &value);
	}
}

/* ---- Changing --------------------------------------------------------------------------------- */

/* Fires a hook with the action's id, as it was handed to the method. */
static asq_status asq_fire_with_id(asq_native *call, const char *hook)
{
	return asq_wp_do_action(hook, 1, asq_native_arg(call, 0));
}

/* A row that was not changed is AS's to complain about, but for those methods that do not complain. */
static void asq_change_end(asq_native *call, asq_status status, bool silent, const char *hook)
{
	if (status == ASQ_NOT_FOUND && silent) {
		status = ASQ_OK;
	}
	if (status == ASQ_OK && hook) {
		status = asq_fire_with_id(call, hook);
	}
	asq_native_end(call, status, NULL);
}

ZEND_FUNCTION(Asq_Native_store_cancel)
{
	asq_native call;
	uint64_t id;

	if (asq_native_begin(&call, execute_data, return_value) && asq_native_id(&call, 0, &id) && asq_native_open_store(&call, asq_no_helpers)) {
		asq_run_touch(id);
		asq_change_end(&call, asq_store_set_status(&call.site, id, ASQ_STATUS_CANCELED, &call.error), true, "action_scheduler_canceled_action");
	}
}

ZEND_FUNCTION(Asq_Native_store_unclaim)
{
	asq_native call;
	uint64_t id;

	if (asq_native_begin(&call, execute_data, return_value) && asq_native_id(&call, 0, &id) && asq_native_open_store(&call, asq_no_helpers)) {
		asq_run_touch(id);
		asq_change_end(&call, asq_store_unclaim(&call.site, id, &call.error), true, NULL);
	}
}

ZEND_FUNCTION(Asq_Native_store_delete)
{
	asq_native call;
	uint64_t id;

	if (asq_native_begin(&call, execute_data, return_value) && asq_native_id(&call, 0, &id) && asq_native_open_store(&call, asq_no_helpers)) {
		asq_run_touch(id);
		asq_change_end(&call, asq_store_delete(&call.site, id, &call.error), false, "action_scheduler_deleted_action");
	}
}

ZEND_FUNCTION(Asq_Native_store_fail)
{
	asq_native call;
	uint64_t id;

	if (asq_native_begin(&call, execute_data, return_value) && asq_native_id(&call, 0, &id) && asq_native_open_store(&call, asq_no_helpers)) {
		asq_run_touch(id);
		asq_change_end(&call, asq_store_set_status(&call.site, id, ASQ_STATUS_FAILED, &call.error), false, NULL);
	}
}

typedef asq_status (*asq_dated_change)(asq_site *, uint64_t, const zend_string *, const zend_string *, asq_error *);

/* A change that notes its time: log_execution() and mark_complete(). */
static void asq_change_dated(zend_execute_data *execute_data, zval *return_value, asq_dated_change change, const char *hook)
{
	asq_native call;
	uint64_t id;
	zend_string *gmt, *local;
	asq_status status;

	if (!asq_native_begin(&call, execute_data, return_value) || !asq_native_id(&call, 0, &id) || !asq_store_has_stock(call.self, asq_no_helpers)
			|| asq_clock_current(&local) != ASQ_OK) {
		return;
	}
	gmt = asq_clock_gmt(asq_clock_now());
	if (asq_native_open(&call)) {
		asq_run_touch(id);
		status = change(&call.site, id, gmt, local, &call.error);
		asq_change_end(&call, status, false, hook);
	}
	zend_string_release(gmt);
	zend_string_release(local);
}

ZEND_FUNCTION(Asq_Native_store_start)
{
	asq_change_dated(execute_data, return_value, asq_store_start, NULL);
}

ZEND_FUNCTION(Asq_Native_store_complete)
{
	asq_change_dated(execute_data, return_value, asq_store_complete, "action_scheduler_completed_action");
}

/* ---- Cancelling many -------------------------------------------------------------------------- */

static void asq_cancel_all(zend_execute_data *execute_data, zval *return_value, bool by_hook)
{
	static const char *const helpers[] = { "bulk_cancel_actions", "query_actions", "get_query_actions_sql", NULL };
	asq_native call;
	asq_status status;
	zval ids, *what;
	bool more;

	if (!asq_native_begin(&call, execute_data, return_value)) {
		return;
	}
	what = asq_native_arg(&call, 0);
	if (!what || Z_TYPE_P(what) != IS_STRING || !Z_STRLEN_P(what) || zend_string_equals_literal(Z_STR_P(what), "0")
			|| !asq_native_open_store(&call, helpers)) {
		return;
	}
	do {
		status = asq_store_cancel_some(&call.site, by_hook ? Z_STR_P(what) : NULL, by_hook ? NULL : Z_STR_P(what), &ids, &call.error);
		more = status == ASQ_OK && zend_hash_num_elements(Z_ARRVAL(ids)) > 0;
		if (more) {
			asq_run_touch_all(Z_ARRVAL(ids));
			status = asq_wp_do_action("action_scheduler_bulk_cancel_actions", 1, &ids);
			status = status == ASQ_OK ? asq_native_reopen(&call) : status;
		}
		if (status == ASQ_OK || more) {
			zval_ptr_dtor(&ids);
		}
	} while (more && status == ASQ_OK);
	asq_native_end(&call, status, NULL);
}

ZEND_FUNCTION(Asq_Native_store_cancel_by_hook)
{
	asq_cancel_all(execute_data, return_value, true);
}

ZEND_FUNCTION(Asq_Native_store_cancel_by_group)
{
	asq_cancel_all(execute_data, return_value, false);
}
