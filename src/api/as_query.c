/*
 * as_query.c: looking for actions: as_next_scheduled_action(), as_has_scheduled_action(),
 * as_get_scheduled_actions(), as_count_scheduled_actions(), and the two small helpers.
 */
#include "api.h"
#include "src/store/fetch.h"
#include "src/store/query.h"
#include "src/worker/worker.h"
#include "ext/date/php_date.h"
#include "Zend/zend_interfaces.h"

/* Straight from the tables, where that is possible: a list of ids, or a count as a string. */
static asq_status asq_query_direct(zval *query, bool count, zval *result)
{
	asq_error error = {0};
	asq_site site;
	asq_status status = ASQ_DECLINED;

	if (Z_TYPE_P(query) == IS_ARRAY && asq_scheduler_is_direct(false)) {
		status = asq_run_settle();
		if (status == ASQ_OK) {
			status = asq_site_open(&site, &error);
		}
		if (status == ASQ_OK) {
			status = asq_store_query(&site, Z_ARRVAL_P(query), count, result, &error);
			asq_site_close(&site);
		}
	}
	if (asq_scheduler_now() == ASQ_OUTSIDE && status != ASQ_OK) {
		if (status == ASQ_DECLINED) {
			asq_error_set(&error, 0, "The query has a value of a kind that cannot be looked for.");
		}
		asq_warn(&error);
		status = ASQ_NOT_FOUND;
	}
	return status;
}

/* A method of the store, with the query as its argument. */
static asq_status asq_ask_store(const char *method, zval *query, const char *type, zval *result)
{
	zval store, args[2];
	asq_status status = asq_scheduler_get(&store, "store");

	if (status == ASQ_OK) {
		ZVAL_COPY_VALUE(&args[0], query);
		if (type) {
			ZVAL_STRING(&args[1], type);
		} else {
			ZVAL_UNDEF(&args[1]);
		}
		status = asq_call_method(result, Z_OBJ(store), method, type ? 2 : 1, args);
		zval_ptr_dtor(&args[1]);
		zval_ptr_dtor(&store);
	}
	return status;
}

static asq_status asq_query(zval *query, bool count, zval *result)
{
	asq_status status = asq_query_direct(query, count, result);

	if (status == ASQ_OK || status == ASQ_THROWN || status == ASQ_NOT_FOUND) {
		return status;
	}
	/* As AS's functions do, which know of no second argument when they select. */
	return asq_ask_store("query_actions", query, count ? "count" : NULL, result);
}

/* The first id that the query finds, 0 if none: the store's query_action( $query ). */
static asq_status asq_query_one(zval *query, zend_long *id)
{
	zval limited, found, *first;
	asq_status status;

	*id = 0;
	ZVAL_ARR(&limited, zend_array_dup(Z_ARRVAL_P(query)));
	add_assoc_long(&limited, "per_page", 1);
	add_assoc_long(&limited, "offset", 0);
	status = asq_query_direct(&limited, false, &found);
	zval_ptr_dtor(&limited);
	if (status == ASQ_OK) {
		first = zend_hash_index_find(Z_ARRVAL(found), 0);
		*id = first ? zval_get_long(first) : 0;
		zval_ptr_dtor(&found);
	} else if (status != ASQ_THROWN && status != ASQ_NOT_FOUND) {
		status = asq_ask_store("query_action", query, NULL, &found);
		if (status == ASQ_OK) {
			*id = zval_get_long(&found);
			zval_ptr_dtor(&found);
		}
	}
	return status;
}

static void asq_query_set(zval *query, const char *key, const char *value)
{
	add_assoc_string(query, key, value);
}

/* A key with the value of a parameter, or the default where it was not given. */
static void asq_query_param(zval *query, const char *key, zval *value)
{
	if (value) {
		Z_TRY_ADDREF_P(value);
		add_assoc_zval(query, key, value);
	} else {
		add_assoc_str(query, key, ZSTR_EMPTY_ALLOC());
	}
}

/* ---- as_next_scheduled_action() ----------------------------------------------------------------- */

/* (int) $date->format( 'U' ) of a date that is one; true for null; false for any other nothing. */
static void asq_time_of_date(zval *date, zval *return_value)
{
	zval format, text;

	if (!zend_is_true(date)) {
		RETVAL_BOOL(Z_TYPE_P(date) == IS_NULL);
		return;
	}
	ZVAL_STRINGL(&format, "U", 1);
	if (asq_call_on(&text, date, "format", 1, &format) == ASQ_OK) {
		RETVAL_LONG(zval_get_long(&text));
		zval_ptr_dtor(&text);
	}
	zval_ptr_dtor(&format);
}

/* The time of a pending action's schedule, by way of the objects, which a filter may have changed. */
static void asq_time_of(zend_long id, zval *return_value)
{
	zval store, arg, action, schedule, date;

	RETVAL_FALSE;
	if (asq_scheduler_get(&store, "store") != ASQ_OK) {
		return;
	}
	ZVAL_LONG(&arg, id);
	ZVAL_UNDEF(&action);
	ZVAL_UNDEF(&schedule);
	if (asq_call_method(&action, Z_OBJ(store), "fetch_action", 1, &arg) == ASQ_OK
			&& asq_call_on(&schedule, &action, "get_schedule", 0, NULL) == ASQ_OK
			&& asq_call_on(&date, &schedule, "get_date", 0, NULL) == ASQ_OK) {
		asq_time_of_date(&date, return_value);
		zval_ptr_dtor(&date);
	}
	zval_ptr_dtor(&schedule);
	zval_ptr_dtor(&action);
	zval_ptr_dtor(&store);
}

/* Outside WordPress there are no objects to unserialise; the number is read from the blob. */
static void asq_time_outside(zend_long id, zval *return_value)
{
	asq_site site;
	asq_error error;
	static const char asq_timestamp[] = "scheduled_timestamp\";i:";
	zval ids, rows, *row;
	zend_string *schedule;

	RETVAL_TRUE;
	array_init(&ids);
	add_next_index_long(&ids, id);
	if (asq_site_open(&site, &error) == ASQ_OK) {
		if (asq_store_fetch(&site, Z_ARRVAL(ids), &rows, &error) == ASQ_OK) {
			row = zend_hash_index_find(Z_ARRVAL(rows), 0);
			schedule = row ? asq_row_get(row, ASQ_COL_SCHEDULE) : NULL;
			const char *mark = schedule ? zend_memnstr(ZSTR_VAL(schedule), asq_timestamp, sizeof(asq_timestamp) - 1,
				ZSTR_VAL(schedule) + ZSTR_LEN(schedule)) : NULL;
			if (mark) {
				RETVAL_LONG(ZEND_STRTOL(mark + sizeof(asq_timestamp) - 1, NULL, 10));
			}
			zval_ptr_dtor(&rows);
		}
		asq_site_close(&site);
	}
	zval_ptr_dtor(&ids);
}

ZEND_FUNCTION(as_next_scheduled_action)
{
	zval query, *args;
	zend_long id;

	if (!asq_args_at_least(execute_data, 1, 3)) {
		RETURN_THROWS();
	}
	RETVAL_FALSE;
	if (asq_scheduler_ready("as_next_scheduled_action") != ASQ_OK) {
		return;
	}
	args = asq_arg(execute_data, 1);
	array_init(&query);
	asq_query_param(&query, "hook", asq_arg(execute_data, 0));
	asq_query_set(&query, "orderby", "date");
	asq_query_set(&query, "order", "ASC");
	asq_query_param(&query, "group", asq_arg(execute_data, 2));
	if (args && Z_TYPE_P(args) == IS_ARRAY) {
		asq_query_param(&query, "args", args);
	}
	asq_query_set(&query, "status", ASQ_STATUS_RUNNING);
	if (asq_query_one(&query, &id) != ASQ_OK) {
		goto end;
	}
	if (id) {
		RETVAL_TRUE;
		goto end;
	}
	asq_query_set(&query, "status", ASQ_STATUS_PENDING);
	if (asq_query_one(&query, &id) != ASQ_OK || !id) {
		goto end;
	}
	if (asq_scheduler_now() == ASQ_OUTSIDE) {
		asq_time_outside(id, return_value);
	} else {
		asq_time_of(id, return_value);
	}
end:
	zval_ptr_dtor(&query);
}

/* ---- as_has_scheduled_action() ------------------------------------------------------------------ */

ZEND_FUNCTION(as_has_scheduled_action)
{
	zval query, *args, status;
	zend_long id;

	if (!asq_args_at_least(execute_data, 1, 3)) {
		RETURN_THROWS();
	}
	RETVAL_FALSE;
	if (asq_scheduler_ready("as_has_scheduled_action") != ASQ_OK) {
		return;
	}
	args = asq_arg(execute_data, 1);
	array_init(&query);
	asq_query_param(&query, "hook", asq_arg(execute_data, 0));
	array_init(&status);
	add_next_index_string(&status, ASQ_STATUS_RUNNING);
	add_next_index_string(&status, ASQ_STATUS_PENDING);
	add_assoc_zval(&query, "status", &status);
	asq_query_param(&query, "group", asq_arg(execute_data, 2));
	asq_query_set(&query, "orderby", "none");
	if (args && Z_TYPE_P(args) != IS_NULL) {
		asq_query_param(&query, "args", args);
	}
	if (asq_query_one(&query, &id) == ASQ_OK) {
		RETVAL_BOOL(id != 0);
	}
	zval_ptr_dtor(&query);
}

/* ---- as_get_scheduled_actions(), as_count_scheduled_actions() ------------------------------------- */

/* A copy of the query, with its dates made objects as as_get_datetime_object() does. */
static asq_status asq_query_with_dates(zval *query, zval *args)
{
	static const char *const keys[] = { "date", "modified" };
	asq_status status = ASQ_OK;

	if (args && Z_TYPE_P(args) == IS_OBJECT && !instanceof_function(Z_OBJCE_P(args), zend_ce_arrayaccess)) {
		zend_throw_error(NULL, "Cannot use object of type %s as array", ZSTR_VAL(Z_OBJCE_P(args)->name));
		return ASQ_THROWN;
	}
	if (args && Z_TYPE_P(args) != IS_ARRAY) {
		ZVAL_COPY(query, args);   /* the store has something to say about that */
		return ASQ_OK;
	}
	if (args) {
		ZVAL_ARR(query, zend_array_dup(Z_ARRVAL_P(args)));
	} else {
		array_init(query);
	}
	for (size_t i = 0; status == ASQ_OK && i < sizeof(keys) / sizeof(keys[0]); i++) {
		zval *value = zend_hash_str_find(Z_ARRVAL_P(query), keys[i], strlen(keys[i])), date;
		if (value) {
			ZVAL_DEREF(value);
		}
		if (!value || Z_TYPE_P(value) == IS_NULL) {
			continue;
		}
		status = asq_call(&date, "as_get_datetime_object", 1, value);
		if (status == ASQ_OK) {
			zend_hash_str_update(Z_ARRVAL_P(query), keys[i], strlen(keys[i]), &date);
		}
	}
	if (status != ASQ_OK) {
		zval_ptr_dtor(query);
	}
	return status;
}

/* The rows of all ids at once, by id; what cannot be had so is left to fetch_action(). */
static void asq_fetch_all(HashTable *ids, HashTable *by_id)
{
	asq_site site;
	asq_error error;
	zval rows, *row;

	if (!zend_hash_num_elements(ids) || !asq_scheduler_is_direct(false) || asq_site_open(&site, &error) != ASQ_OK) {
		return;
	}
	if (asq_store_fetch(&site, ids, &rows, &error) == ASQ_OK) {
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL(rows), row) {
			zend_string *id = asq_row_get(row, ASQ_COL_ID);
			Z_TRY_ADDREF_P(row);
			zend_symtable_update(by_id, id, row);
		} ZEND_HASH_FOREACH_END();
		zval_ptr_dtor(&rows);
	}
	asq_site_close(&site);
}

/* id => action, in the order of the ids. */
static asq_status asq_actions_of(zval *ids, zval *actions)
{
	HashTable by_id;
	zval store, *id, *row, action;
	asq_status status = asq_scheduler_get(&store, "store");

	array_init(actions);
	if (status != ASQ_OK) {
		return status;
	}
	zend_hash_init(&by_id, 8, NULL, ZVAL_PTR_DTOR, 0);
	asq_fetch_all(Z_ARRVAL_P(ids), &by_id);
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(ids), id) {
		zend_string *key = zval_get_string(id);
		row = zend_symtable_find(&by_id, key);
		status = row ? asq_action_object(row, &action) : ASQ_DECLINED;
		if (status == ASQ_DECLINED) {
			status = asq_call_method(&action, Z_OBJ(store), "fetch_action", 1, id);
		}
		if (status == ASQ_OK) {
			zend_symtable_update(Z_ARRVAL_P(actions), key, &action);
		}
		zend_string_release(key);
		if (status != ASQ_OK) {
			break;
		}
	} ZEND_HASH_FOREACH_END();
	zend_hash_destroy(&by_id);
	zval_ptr_dtor(&store);
	return status;
}

/* get_object_vars() from outside: what is public. */
static void asq_public_vars(zval *actions)
{
	zval *action, vars;

	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(actions), action) {
		if (asq_call(&vars, "get_object_vars", 1, action) == ASQ_OK) {
			zval_ptr_dtor(action);
			ZVAL_COPY_VALUE(action, &vars);
		}
	} ZEND_HASH_FOREACH_END();
}

static bool asq_is_format(const zval *format, const char *name)
{
	return format && Z_TYPE_P(format) == IS_STRING && zend_string_equals_cstr(Z_STR_P(format), name, strlen(name));
}

ZEND_FUNCTION(as_get_scheduled_actions)
{
	zval query, ids, actions, *args = asq_arg(execute_data, 0), *format = asq_arg(execute_data, 1);
	asq_status status;

	array_init(return_value);
	if (asq_scheduler_ready("as_get_scheduled_actions") != ASQ_OK || asq_query_with_dates(&query, args) != ASQ_OK) {
		return;
	}
	status = asq_query(&query, false, &ids);
	zval_ptr_dtor(&query);
	if (status != ASQ_OK) {
		return;
	}
	if (Z_TYPE(ids) != IS_ARRAY || asq_is_format(format, "ids") || asq_is_format(format, "int")
			|| asq_scheduler_now() == ASQ_OUTSIDE) {
		zval_ptr_dtor(return_value);
		RETURN_COPY_VALUE(&ids);
	}
	status = asq_actions_of(&ids, &actions);
	zval_ptr_dtor(&ids);
	if (status == ASQ_OK && asq_is_format(format, "ARRAY_A")) {
		asq_public_vars(&actions);
	}
	if (status != ASQ_OK) {
		zval_ptr_dtor(&actions);
		return;
	}
	zval_ptr_dtor(return_value);
	RETURN_COPY_VALUE(&actions);
}

ZEND_FUNCTION(as_count_scheduled_actions)
{
	zval query, count;

	RETVAL_LONG(0);
	if (asq_scheduler_ready("as_count_scheduled_actions") != ASQ_OK || asq_query_with_dates(&query, asq_arg(execute_data, 0)) != ASQ_OK) {
		return;
	}
	if (asq_query(&query, true, &count) == ASQ_OK) {
		RETVAL_LONG(zval_get_long(&count));
		zval_ptr_dtor(&count);
	}
	zval_ptr_dtor(&query);
}

/* ---- as_get_datetime_object(), as_supports() ------------------------------------------------------ */

/* The text for the constructor: what a DateTime shows, '@' and a number, 'now', or the value as it is. */
static asq_status asq_datetime_text(zval *value, zval *text)
{
	zval format;
	asq_status status = ASQ_OK;

	if (value && Z_TYPE_P(value) == IS_OBJECT && instanceof_function(Z_OBJCE_P(value), php_date_get_date_ce())) {
		ZVAL_STRING(&format, "Y-m-d H:i:s");
		status = asq_call_method(text, Z_OBJ_P(value), "format", 1, &format);
		zval_ptr_dtor(&format);
	} else if (value && (Z_TYPE_P(value) == IS_LONG || Z_TYPE_P(value) == IS_DOUBLE
			|| (Z_TYPE_P(value) == IS_STRING && is_numeric_string(Z_STRVAL_P(value), Z_STRLEN_P(value), NULL, NULL, false)))) {
		zend_string *number = zval_get_string(value);
		ZVAL_STR(text, zend_string_concat2("@", 1, ZSTR_VAL(number), ZSTR_LEN(number)));
		zend_string_release(number);
	} else if (!value || Z_TYPE_P(value) == IS_NULL) {
		ZVAL_STRING(text, "now");
	} else {
		ZVAL_COPY(text, value);
	}
	return status;
}

ZEND_FUNCTION(as_get_datetime_object)
{
	zval argv[2], zone_name, *zone = asq_arg(execute_data, 1);
	zend_class_entry *ce = asq_class("ActionScheduler_DateTime", true);
	asq_status status;

	if (!ce) {
		if (EG(exception)) {
			RETURN_THROWS();
		}
		ce = php_date_get_date_ce();
	}
	if (asq_datetime_text(asq_arg(execute_data, 0), &argv[0]) != ASQ_OK) {
		RETURN_THROWS();
	}
	ZVAL_STRING(&zone_name, "UTC");
	status = asq_new(&argv[1], php_date_get_timezone_ce(), 1, zone ? zone : &zone_name);
	if (status == ASQ_OK) {
		status = asq_new(return_value, ce, 2, argv);
		zval_ptr_dtor(&argv[1]);
	}
	zval_ptr_dtor(&argv[0]);
	zval_ptr_dtor(&zone_name);
	if (status != ASQ_OK) {
		RETURN_THROWS();
	}
}

ZEND_FUNCTION(as_supports)
{
	zval *feature = asq_arg(execute_data, 0);

	if (!asq_args_at_least(execute_data, 1, 1)) {
		RETURN_THROWS();
	}
	RETURN_BOOL(asq_is_format(feature, "ensure_recurring_actions_hook")
		&& (asq_scheduler_now() == ASQ_STANDALONE || (asq_scheduler_now() == ASQ_PLUGIN && asq_scheduler_version() >= 30903)));
}
