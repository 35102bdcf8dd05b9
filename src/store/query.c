/*
 * query.c: finding and counting actions by the keys of Action Scheduler's query_actions(). The SQL means what
 * AS's means; where a value is of a kind that only $wpdb->prepare() gives a meaning to, the query is declined.
 */
#include "query.h"
#include "php_asq.h"
#include "src/action/args.h"
#include "ext/date/php_date.h"
#include "ext/standard/php_string.h"

/* ---- Values ----------------------------------------------------------------------------------- */

static zval *asq_key(HashTable *query, const char *name)
{
	zval *value = zend_hash_str_find_ind(query, name, strlen(name));

	if (value) {
		ZVAL_DEREF(value);
	}
	return value;
}

static bool asq_is_text(const zval *value)
{
	return Z_TYPE_P(value) == IS_STRING || Z_TYPE_P(value) == IS_LONG;
}

/* What '%s' of prepare() makes of a value, to be released; NULL to decline. */
static zend_string *asq_text(asq_site *site, zval *value)
{
	zend_string *text;

	if (!asq_is_text(value)) {
		return NULL;
	}
	text = zval_get_string(value);
	if (!asq_link_can_store(&site->link, text)) {
		zend_string_release(text);
		return NULL;
	}
	return text;
}

static asq_status asq_append_text(asq_site *site, smart_str *sql, zval *value)
{
	zend_string *text = asq_text(site, value);

	if (!text) {
		return ASQ_DECLINED;
	}
	asq_sql_string(&site->link, sql, text);
	zend_string_release(text);
	return ASQ_OK;
}

/* '%d' of prepare(). */
static bool asq_is_number(const zval *value)
{
	return Z_TYPE_P(value) == IS_LONG
		|| (Z_TYPE_P(value) == IS_STRING && is_numeric_string(Z_STRVAL_P(value), Z_STRLEN_P(value), NULL, NULL, false) == IS_LONG);
}

/* ---- Conditions, each in AS's order ------------------------------------------------------------- */

/* " AND column=value" where the key is not empty. */
static asq_status asq_where_equal(asq_site *site, asq_batch *batch, zval *value, const char *column)
{
	zend_string *text;

	if (!value || !zend_is_true(value)) {
		return ASQ_OK;
	}
	text = asq_text(site, value);
	if (!text) {
		return ASQ_DECLINED;
	}
	smart_str_append_printf(&batch->sql[0], " AND %s=", column);
	asq_sql_value(&site->link, batch, text);
	zend_string_release(text);
	return ASQ_OK;
}

static asq_status asq_where_args_exact(asq_site *site, asq_batch *batch, zval *value)
{
	asq_args args;
	zend_string *json;
	asq_status status = asq_args_encode(value, &json);

	if (status != ASQ_OK) {
		return status;
	}
	asq_args_from_json(&args, json);
	smart_str_appends(&batch->sql[0], " AND a.args=");
	asq_sql_value(&site->link, batch, args.args);
	asq_args_free(&args);
	return ASQ_OK;
}

/* esc_like() of the pair's JSON without its braces, between per cent signs. */
static asq_status asq_where_args_like_one(asq_site *site, smart_str *sql, zend_string *key, zend_ulong index, zval *value)
{
	zval pair;
	zend_string *json, *trimmed, *escaped, *pattern;
	asq_status status;

	array_init(&pair);
	Z_TRY_ADDREF_P(value);
	if (key) {
		zend_symtable_update(Z_ARRVAL(pair), key, value);
	} else {
		zend_hash_index_update(Z_ARRVAL(pair), index, value);
	}
	status = asq_args_encode(&pair, &json);
	zval_ptr_dtor(&pair);
	if (status != ASQ_OK) {
		return status;
	}
	trimmed = php_trim(json, "{}", 2, 3);
	escaped = php_addcslashes(trimmed, "_%\\", 3);
	pattern = zend_string_concat3("%", 1, ZSTR_VAL(escaped), ZSTR_LEN(escaped), "%", 1);
	smart_str_appends(sql, " AND a.args LIKE ");
	asq_sql_string(&site->link, sql, pattern);
	zend_string_release(json);
	zend_string_release(trimmed);
	zend_string_release(escaped);
	zend_string_release(pattern);
	return ASQ_OK;
}

static asq_status asq_where_args_json_one(asq_site *site, smart_str *sql, zend_string *key, zend_ulong index, zval *value)
{
	zend_string *path = key ? zend_string_concat2("$.", 2, ZSTR_VAL(key), ZSTR_LEN(key)) : zend_strpprintf(0, "$." ZEND_LONG_FMT, (zend_long) index);
	asq_status status = ASQ_OK;

	if (!asq_link_can_store(&site->link, path) || (Z_TYPE_P(value) == IS_STRING && !asq_link_can_store(&site->link, Z_STR_P(value)))) {
		zend_string_release(path);
		return ASQ_DECLINED;
	}
	smart_str_appends(sql, " AND JSON_EXTRACT(a.args, ");
	asq_sql_string(&site->link, sql, path);
	smart_str_appends(sql, ")=");
	zend_string_release(path);
	switch (Z_TYPE_P(value)) {
		case IS_LONG:
			asq_sql_long(sql, Z_LVAL_P(value));
			break;
		case IS_TRUE:
		case IS_FALSE:
			smart_str_appends(sql, Z_TYPE_P(value) == IS_TRUE ? "'true'" : "'false'");
			break;
		case IS_DOUBLE:
			smart_str_append_printf(sql, "%F", Z_DVAL_P(value));
			break;
		case IS_STRING:
			asq_sql_string(&site->link, sql, Z_STR_P(value));
			break;
		default:
			status = ASQ_DECLINED;
	}
	return status;
}

static asq_status asq_where_args(asq_site *site, asq_batch *batch, zval *args, zval *matching)
{
	smart_str *sql = &batch->sql[0];
	bool json;
	zend_string *key;
	zend_ulong index;
	zval *value;

	if (!args || Z_TYPE_P(args) == IS_NULL) {
		return ASQ_OK;
	}
	if (!matching || (Z_TYPE_P(matching) == IS_STRING && zend_string_equals_literal(Z_STR_P(matching), "off"))) {
		return asq_where_args_exact(site, batch, args);
	}
	if (Z_TYPE_P(matching) != IS_STRING || Z_TYPE_P(args) != IS_ARRAY) {
		return ASQ_DECLINED;
	}
	json = zend_string_equals_literal(Z_STR_P(matching), "json");
	if (!json && !zend_string_equals_literal(Z_STR_P(matching), "like")) {
		return ASQ_DECLINED;
	}
	ZEND_HASH_FOREACH_KEY_VAL(Z_ARRVAL_P(args), index, key, value) {
		asq_status status;
		ZVAL_DEREF(value);
		status = json ? asq_where_args_json_one(site, sql, key, index, value) : asq_where_args_like_one(site, sql, key, index, value);
		if (status != ASQ_OK) {
			return status;
		}
	} ZEND_HASH_FOREACH_END();
	return ASQ_OK;
}

static asq_status asq_where_status(asq_site *site, smart_str *sql, zval *status)
{
	bool first = true;
	zval *one;

	if (!status || !zend_is_true(status)) {
		return ASQ_OK;
	}
	smart_str_appends(sql, " AND a.status IN (");
	if (Z_TYPE_P(status) != IS_ARRAY) {
		if (asq_append_text(site, sql, status) != ASQ_OK) {
			return ASQ_DECLINED;
		}
	} else {
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(status), one) {
			ZVAL_DEREF(one);
			if (!first) {
				smart_str_appendc(sql, ',');
			}
			first = false;
			if (asq_append_text(site, sql, one) != ASQ_OK) {
				return ASQ_DECLINED;
			}
		} ZEND_HASH_FOREACH_END();
	}
	smart_str_appendc(sql, ')');
	return ASQ_OK;
}

/* The comparison, where it is one; '=' for anything else, as AS has it. */
static const char *asq_comparator(zval *compare)
{
	static const char *const known[] = { "!=", ">", ">=", "<", "<=", "=" };

	if (!compare) {
		return "<=";
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (Z_TYPE_P(compare) == IS_STRING && zend_string_equals_cstr(Z_STR_P(compare), known[i], strlen(known[i]))) {
			return known[i];
		}
	}
	return "=";
}

/* Only a DateTime counts; anything else is no condition. */
static asq_status asq_where_date(smart_str *sql, zval *date, zval *compare, const char *column)
{
	zend_string *gmt;
	php_date_obj *object;

	if (!date || Z_TYPE_P(date) != IS_OBJECT || !instanceof_function(Z_OBJCE_P(date), php_date_get_date_ce())) {
		return ASQ_OK;
	}
	/* Another subclass may have its own idea of what it shows. */
	if (Z_OBJCE_P(date) != php_date_get_date_ce() && !zend_string_equals_literal(Z_OBJCE_P(date)->name, "ActionScheduler_DateTime")) {
		return ASQ_DECLINED;
	}
	object = Z_PHPDATE_P(date);
	if (!object->time) {
		return ASQ_DECLINED;
	}
	gmt = php_format_date("Y-m-d H:i:s", sizeof("Y-m-d H:i:s") - 1, (time_t) object->time->sse, 0);
	smart_str_append_printf(sql, " AND %s %s '%s'", column, asq_comparator(compare), ZSTR_VAL(gmt));
	zend_string_release(gmt);
	return ASQ_OK;
}

static asq_status asq_where_claimed(smart_str *sql, zval *claimed)
{
	if (!claimed || Z_TYPE_P(claimed) == IS_NULL) {
		return ASQ_OK;
	}
	if (Z_TYPE_P(claimed) == IS_TRUE || Z_TYPE_P(claimed) == IS_FALSE) {
		smart_str_appends(sql, Z_TYPE_P(claimed) == IS_TRUE ? " AND a.claim_id != 0" : " AND a.claim_id = 0");
		return ASQ_OK;
	}
	if (!asq_is_number(claimed)) {
		return ASQ_DECLINED;
	}
	smart_str_appends(sql, " AND a.claim_id = ");
	asq_sql_long(sql, zval_get_long(claimed));
	return ASQ_OK;
}

static asq_status asq_where_search(asq_site *site, smart_str *sql, zval *search)
{
	zend_string *text, *pattern;
	zend_long claim;

	if (!search || !zend_is_true(search)) {
		return ASQ_OK;
	}
	if (!asq_is_text(search)) {
		return ASQ_DECLINED;
	}
	text = zval_get_string(search);
	if (!asq_link_can_store(&site->link, text)) {
		zend_string_release(text);
		return ASQ_DECLINED;
	}
	pattern = zend_string_concat3("%", 1, ZSTR_VAL(text), ZSTR_LEN(text), "%", 1);
	smart_str_appends(sql, " AND (a.hook LIKE ");
	asq_sql_string(&site->link, sql, pattern);
	smart_str_appends(sql, " OR (a.extended_args IS NULL AND a.args LIKE ");
	asq_sql_string(&site->link, sql, pattern);
	smart_str_appends(sql, ") OR a.extended_args LIKE ");
	asq_sql_string(&site->link, sql, pattern);
	claim = zval_get_long(search);
	if (claim) {
		smart_str_appends(sql, " OR a.claim_id = ");
		asq_sql_long(sql, claim);
	}
	smart_str_appendc(sql, ')');
	zend_string_release(text);
	zend_string_release(pattern);
	return ASQ_OK;
}

/* ---- Order and limit -------------------------------------------------------------------------- */

static asq_status asq_order(smart_str *sql, zval *orderby, zval *order)
{
	static const struct { const char *name, *column; } columns[] = {
		{ "hook", "a.hook" }, { "group", "g.slug" }, { "modified", "a.last_attempt_gmt" }, { "action_id", "a.action_id" }
	};
	const char *column = "a.scheduled_date_gmt";
	bool ascending;

	if ((orderby && Z_TYPE_P(orderby) != IS_STRING) || (order && Z_TYPE_P(order) != IS_STRING)) {
		return ASQ_DECLINED;
	}
	if (orderby && zend_string_equals_literal(Z_STR_P(orderby), "none")) {
		return ASQ_OK;
	}
	for (size_t i = 0; orderby && i < sizeof(columns) / sizeof(columns[0]); i++) {
		if (zend_string_equals_cstr(Z_STR_P(orderby), columns[i].name, strlen(columns[i].name))) {
			column = columns[i].column;
		}
	}
	ascending = !order || zend_string_equals_literal_ci(Z_STR_P(order), "ASC");
	smart_str_append_printf(sql, " ORDER BY %s %s", column, ascending ? "ASC" : "DESC");
	return ASQ_OK;
}

static asq_status asq_limit(smart_str *sql, zval *per_page, zval *offset)
{
	zend_long rows = 5, from = 0;

	if (per_page && Z_TYPE_P(per_page) == IS_NULL) {
		return ASQ_OK;
	}
	if ((per_page && !asq_is_number(per_page)) || (offset && !asq_is_number(offset))) {
		return ASQ_DECLINED;
	}
	rows = per_page ? zval_get_long(per_page) : rows;
	from = offset ? zval_get_long(offset) : from;
	if (rows > 0) {
		smart_str_append_printf(sql, " LIMIT " ZEND_LONG_FMT ", " ZEND_LONG_FMT, from, rows);
	}
	return ASQ_OK;
}

/* ---- The query -------------------------------------------------------------------------------- */

static asq_status asq_query_where(asq_site *site, asq_batch *batch, HashTable *query)
{
	smart_str *sql = &batch->sql[0];
	asq_status status = asq_where_equal(site, batch, asq_key(query, "group"), "g.slug");

	status = status == ASQ_OK ? asq_where_equal(site, batch, asq_key(query, "hook"), "a.hook") : status;
	status = status == ASQ_OK ? asq_where_args(site, batch, asq_key(query, "args"), asq_key(query, "partial_args_matching")) : status;
	status = status == ASQ_OK ? asq_where_status(site, sql, asq_key(query, "status")) : status;
	status = status == ASQ_OK ? asq_where_date(sql, asq_key(query, "date"), asq_key(query, "date_compare"), "a.scheduled_date_gmt") : status;
	status = status == ASQ_OK ? asq_where_date(sql, asq_key(query, "modified"), asq_key(query, "modified_compare"), "a.last_attempt_gmt") : status;
	status = status == ASQ_OK ? asq_where_claimed(sql, asq_key(query, "claimed")) : status;
	return status == ASQ_OK ? asq_where_search(site, sql, asq_key(query, "search")) : status;
}

static asq_status asq_query_sql(asq_site *site, asq_batch *batch, HashTable *query, bool count)
{
	smart_str *sql = asq_batch_add(batch);
	zval *group = asq_key(query, "group"), *orderby = asq_key(query, "orderby"), *hook = asq_key(query, "hook");
	bool by_group = group && zend_is_true(group), by_hook = hook && zend_is_true(hook);
	bool join = by_group || (orderby && Z_TYPE_P(orderby) == IS_STRING && zend_string_equals_literal(Z_STR_P(orderby), "group"));
	asq_status status;

	smart_str_append_printf(sql, "SELECT %s FROM %s a", count ? "COUNT(a.action_id)" : "a.action_id", ZSTR_VAL(site->actions));
	if (by_hook) {
		/* The index of hooks has the status too: the server need not weigh that of all hooks' statuses against it. */
		batch->hint = " IGNORE INDEX (status_scheduled_date_gmt)";
		batch->hint_at = smart_str_get_len(sql);
	}
	if (join) {
		/* A hook says more than its group: the server need not weigh which table to begin with. */
		smart_str_append_printf(sql, " %s %s g ON g.group_id=a.group_id", by_group && by_hook ? "STRAIGHT_JOIN" : "LEFT JOIN", ZSTR_VAL(site->groups));
	}
	smart_str_appends(sql, " WHERE 1=1");
	status = asq_query_where(site, batch, query);
	if (status == ASQ_OK && !count) {
		status = asq_order(sql, orderby, asq_key(query, "order"));
		status = status == ASQ_OK ? asq_limit(sql, asq_key(query, "per_page"), asq_key(query, "offset")) : status;
	}
	return status;
}

/*
 * Whether it is as_has_scheduled_action()'s question or one like it: one action, by hook, args and group. Those are asked
 * for with ever other values; in the other kinds more than that is different each time, or what takes the time is the answer.
 */
static bool asq_query_recurs(HashTable *query, bool count)
{
	static const char *const others[] = { "date", "modified", "claimed", "search", "partial_args_matching" };
	zval *per_page = asq_key(query, "per_page"), *offset = asq_key(query, "offset"), *hook = asq_key(query, "hook");

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (asq_key(query, others[i])) {
			return false;
		}
	}
	return !count && hook && zend_is_true(hook) && per_page && zval_get_long(per_page) == 1 && (!offset || zval_get_long(offset) == 0);
}

/* A result's first column, as a list. */
static void asq_first_column(const asq_result *result, zval *list)
{
	HashTable *rows = asq_result_rows(result);
	zval *row;

	array_init_size(list, rows ? zend_hash_num_elements(rows) : 0);
	if (!rows) {
		return;
	}
	ZEND_HASH_FOREACH_VAL(rows, row) {
		zval *cell = zend_hash_index_find(Z_ARRVAL_P(row), 0);
		Z_TRY_ADDREF_P(cell);
		add_next_index_zval(list, cell);
	} ZEND_HASH_FOREACH_END();
}

asq_status asq_store_query(asq_site *site, HashTable *query, bool count, zval *result, asq_error *error)
{
	asq_batch batch;
	asq_status status;

	asq_batch_init(&batch, false);
	status = asq_query_sql(site, &batch, query, count);
	if (!asq_query_recurs(query, count)) {
		asq_batch_forget_values(&batch);
	}
	if (status == ASQ_OK) {
		status = asq_site_run(site, &batch, error);
	}
	if (status == ASQ_OK && count) {
		zend_string *cell = asq_result_cell(&batch.result[0]);
		ZVAL_STR(result, cell ? zend_string_copy(cell) : zend_string_init("0", 1, 0));
	} else if (status == ASQ_OK) {
		asq_first_column(&batch.result[0], result);
	}
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_counts(asq_site *site, zval *counts, asq_error *error)
{
	static const char *const known[] = { ASQ_STATUS_COMPLETE, ASQ_STATUS_PENDING, ASQ_STATUS_RUNNING, ASQ_STATUS_FAILED, ASQ_STATUS_CANCELED };
	asq_batch batch;
	asq_status status;
	HashTable *rows;
	zval *row;

	asq_batch_init(&batch, false);
	smart_str_append_printf(asq_batch_add(&batch), "SELECT a.status, COUNT(a.status) FROM %s a GROUP BY a.status", ZSTR_VAL(site->actions));
	status = asq_site_run(site, &batch, error);
	rows = status == ASQ_OK ? asq_result_rows(&batch.result[0]) : NULL;
	if (rows) {
		array_init(counts);
		ZEND_HASH_FOREACH_VAL(rows, row) {
			zend_string *name = asq_row_get(row, 0), *count = asq_row_get(row, 1);
			for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
				if (name && count && zend_string_equals_cstr(name, known[i], strlen(known[i]))) {
					add_assoc_str(counts, known[i], zend_string_copy(count));
				}
			}
		} ZEND_HASH_FOREACH_END();
	}
	asq_batch_free(&batch);
	return status;
}
