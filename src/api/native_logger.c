/*
 * native_logger.c: the methods of ActionScheduler_DBLogger, natively.
 */
#include "native.h"
#include "src/store/log.h"
#include "src/wordpress/clock.h"

ZEND_FUNCTION(Asq_Native_logger_log)
{
	asq_native call;
	asq_log_text text;
	asq_status status;
	uint64_t id, log_id = 0;
	zval value, *message, *date;

	if (!asq_native_begin(&call, execute_data, return_value) || !asq_native_id(&call, 0, &id)) {
		return;
	}
	message = asq_native_arg(&call, 1);
	date = asq_native_arg(&call, 2);
	if (!message || Z_TYPE_P(message) != IS_STRING) {
		return;
	}
	if (ASQ_G(logged_already) == id) {
		/* The supervisor has said it, in better words. */
		ZVAL_LONG(&value, 0);
		asq_native_end(&call, ASQ_OK, &value);
		return;
	}
	if (ASQ_G(saved_log_action) == id) {
		/* The row of a new action, which is there already: it went along with the action. */
		ASQ_G(saved_log_action) = 0;
		ZVAL_LONG(&value, (zend_long) ASQ_G(saved_log_id));
		asq_native_end(&call, ASQ_OK, &value);
		return;
	}
	/* An entry of another time than now is rare, and AS's own way with its date is not worth copying. */
	if ((date && Z_TYPE_P(date) != IS_NULL) || asq_log_text_init(&text, zend_string_copy(Z_STR_P(message))) != ASQ_OK) {
		return;
	}
	if (asq_native_open(&call)) {
		status = asq_store_log(&call.site, id, &text.row, &log_id, &call.error);
		ZVAL_LONG(&value, (zend_long) log_id);
		asq_native_end(&call, status, &value);
	}
	asq_log_text_free(&text);
}

ZEND_FUNCTION(Asq_Native_logger_clear)
{
	asq_native call;
	uint64_t id;

	if (asq_native_begin(&call, execute_data, return_value) && asq_native_id(&call, 0, &id) && asq_native_open(&call)) {
		asq_native_end(&call, asq_store_clear_logs(&call.site, id, &call.error), NULL);
	}
}

/* A list of ids. */
static bool asq_is_numbers(zval *list)
{
	zval *value;

	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(list), value) {
		ZVAL_DEREF(value);
		if (zval_get_long(value) <= 0) {
			return false;
		}
		if (Z_TYPE_P(value) != IS_LONG && !(Z_TYPE_P(value) == IS_STRING
				&& is_numeric_string(Z_STRVAL_P(value), Z_STRLEN_P(value), NULL, NULL, false) == IS_LONG)) {
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	return true;
}

ZEND_FUNCTION(Asq_Native_logger_bulk_cancel)
{
	asq_native call;
	asq_log_text text;
	asq_status status;
	zval *ids;

	if (!asq_native_begin(&call, execute_data, return_value)) {
		return;
	}
	ids = asq_native_arg(&call, 0);
	if (!ids || Z_TYPE_P(ids) != IS_ARRAY || !zend_hash_num_elements(Z_ARRVAL_P(ids)) || !asq_is_numbers(ids)
			|| asq_log_text_init(&text, asq_wp_translate("action canceled")) != ASQ_OK) {
		return;
	}
	if (asq_native_open(&call)) {
		status = asq_store_log_all(&call.site, Z_ARRVAL_P(ids), &text.row, &call.error);
		asq_native_end(&call, status, NULL);
	}
	asq_log_text_free(&text);
}

/* ---- Reading: rows become ActionScheduler_LogEntry objects ---------------------------------------- */

/* A row whose date is NULL is left to AS. */
static asq_status asq_log_entry(const zval *row, zval *entry)
{
	zend_class_entry *ce = asq_class("ActionScheduler_LogEntry", true);
	zend_string *date = asq_row_get(row, 2);
	zval args[3], text;
	asq_status status;

	if (!ce || !date) {
		return EG(exception) ? ASQ_THROWN : ASQ_DECLINED;
	}
	ZVAL_STR(&text, date);
	status = asq_call(&args[2], "as_get_datetime_object", 1, &text);
	if (status != ASQ_OK) {
		return status;
	}
	ZVAL_STR_COPY(&args[0], asq_row_get(row, 0));
	ZVAL_STR_COPY(&args[1], asq_row_get(row, 1));
	status = asq_new(entry, ce, 3, args);
	for (int i = 0; i < 3; i++) {
		zval_ptr_dtor(&args[i]);
	}
	return status;
}

static asq_status asq_log_entries(zval *rows, zval *entries)
{
	zval *row, entry;
	asq_status status = ASQ_OK;

	array_init(entries);
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(rows), row) {
		status = asq_log_entry(row, &entry);
		if (status != ASQ_OK) {
			zval_ptr_dtor(entries);
			return status;
		}
		add_next_index_zval(entries, &entry);
	} ZEND_HASH_FOREACH_END();
	return status;
}

ZEND_FUNCTION(Asq_Native_logger_logs)
{
	asq_native call;
	asq_status status;
	uint64_t id;
	zval rows, entries;

	if (asq_native_begin(&call, execute_data, return_value) && asq_native_id(&call, 0, &id) && asq_native_open(&call)) {
		status = asq_store_logs(&call.site, id, 0, &rows, &call.error);
		if (status == ASQ_OK) {
			status = asq_log_entries(&rows, &entries);
			zval_ptr_dtor(&rows);
		}
		asq_native_end(&call, status, &entries);
	}
}

ZEND_FUNCTION(Asq_Native_logger_entry)
{
	asq_native call;
	asq_status status;
	uint64_t id;
	zval rows, entry, *row;

	if (asq_native_begin(&call, execute_data, return_value) && asq_native_id(&call, 0, &id) && asq_native_open(&call)) {
		status = asq_store_logs(&call.site, 0, id, &rows, &call.error);
		if (status == ASQ_OK) {
			row = zend_hash_index_find(Z_ARRVAL(rows), 0);
			status = row ? asq_log_entry(row, &entry) : ASQ_DECLINED;
			zval_ptr_dtor(&rows);
		}
		asq_native_end(&call, status, &entry);
	}
}
