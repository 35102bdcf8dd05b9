/*
 * pause.c: what an operator has paused: all, hooks, groups. Rows of {prefix}asq_pauses, which is made by the first
 * pause; where it is not there, nothing is paused. Names compare as the database compares hooks: by its collation.
 */
#include "pause.h"
#include "claim.h"
#include "tables.h"
#include "php_asq.h"
#include "src/db/monotonic.h"

/* Seconds for which a process may go by what it has read: a pause holds within two. */
#define ASQ_PAUSE_MEMORY 1.0

void asq_store_forget_pauses(void)
{
	if (ASQ_G(paused_table)) {
		zend_string_release(ASQ_G(paused_table));
		zend_string_release(ASQ_G(paused_sql));
	}
	ASQ_G(paused_table) = ASQ_G(paused_sql) = NULL;
}

/* ---- Reading ------------------------------------------------------------------------------------ */

void asq_store_pauses_select(smart_str *sql, const zend_string *table)
{
	smart_str_append_printf(sql, "SELECT kind, name, paused_gmt FROM %s ORDER BY kind, name", ZSTR_VAL(table));
}

/* Fills the batch's first result with (kind, name, paused_gmt); no table, or no right to read it: no rows. */
static asq_status asq_pauses_read(asq_site *site, asq_batch *batch, asq_error *error)
{
	zend_string *table = asq_site_table(site, "asq_pauses");
	asq_status status = ASQ_OK;

	asq_batch_init(batch, false);
	if (asq_store_may_read(site, table)) {
		asq_store_pauses_select(asq_batch_add(batch), table);
		status = asq_link_run(&site->link, batch, error);
	}
	if (status == ASQ_FAILED && asq_store_is_missing(error)) {
		*error = (asq_error) {0};
		status = ASQ_OK;
	}
	zend_string_release(table);
	return status;
}

static void asq_pause_add_cell(zval *pause, const char *key, const zval *row, uint32_t column)
{
	zend_string *cell = asq_row_get(row, column);

	add_assoc_str(pause, key, cell ? zend_string_copy(cell) : ZSTR_EMPTY_ALLOC());
}

asq_status asq_store_pauses(asq_site *site, zval *pauses, asq_error *error)
{
	asq_batch batch;
	asq_status status = asq_pauses_read(site, &batch, error);
	HashTable *rows = status == ASQ_OK ? asq_result_rows(&batch.result[0]) : NULL;
	zval *row;

	array_init(pauses);
	if (rows) {
		ZEND_HASH_FOREACH_VAL(rows, row) {
			zval pause;
			array_init(&pause);
			asq_pause_add_cell(&pause, "kind", row, 0);
			asq_pause_add_cell(&pause, "name", row, 1);
			asq_pause_add_cell(&pause, "paused_gmt", row, 2);
			add_next_index_zval(pauses, &pause);
		} ZEND_HASH_FOREACH_END();
	}
	asq_batch_free(&batch);
	return status;
}

/* ---- What a claim leaves out -------------------------------------------------------------------- */

static bool asq_pause_is(const zval *row, const char *kind)
{
	zend_string *cell = asq_row_get(row, 0);

	return cell && zend_string_equals_cstr(cell, kind, strlen(kind)) && asq_row_get(row, 1);
}

/* "'a','b'": the names of a kind. */
static void asq_paused_names(asq_site *site, HashTable *rows, const char *kind, smart_str *list)
{
	zval *row;

	ZEND_HASH_FOREACH_VAL(rows, row) {
		if (asq_pause_is(row, kind)) {
			smart_str_appends(list, list->s ? "," : "");
			asq_sql_string(&site->link, list, asq_row_get(row, 1));
		}
	} ZEND_HASH_FOREACH_END();
}

static void asq_paused_hooks(asq_site *site, HashTable *rows, smart_str *sql)
{
	smart_str names = {0};

	asq_paused_names(site, rows, ASQ_PAUSE_HOOK, &names);
	if (names.s) {
		smart_str_appends(sql, " AND hook NOT IN (");
		smart_str_append_smart_str(sql, &names);
		smart_str_appendc(sql, ')');
	}
	smart_str_free(&names);
}

bool asq_store_paused_all(HashTable *rows)
{
	zval *row;

	ZEND_HASH_FOREACH_VAL(rows, row) {
		if (asq_pause_is(row, ASQ_PAUSE_ALL)) {
			return true;
		}
	} ZEND_HASH_FOREACH_END();
	return false;
}

void asq_store_paused_sql(asq_site *site, HashTable *rows, smart_str *sql)
{
	smart_str names = {0};

	asq_paused_hooks(site, rows, sql);
	asq_paused_names(site, rows, ASQ_PAUSE_GROUP, &names);
	if (names.s) {
		smart_str_append_printf(sql, " AND group_id NOT IN (SELECT p.group_id FROM %s p WHERE p.slug IN (", ZSTR_VAL(site->groups));
		smart_str_append_smart_str(sql, &names);
		smart_str_appends(sql, "))");
	}
	smart_str_free(&names);
}

void asq_store_unpaused_sql(asq_site *site, smart_str *sql, const zend_string *table)
{
	/* The own table's collation need not be that of Action Scheduler's. */
	smart_str_append_printf(sql, " AND NOT EXISTS (SELECT 1 FROM %s p WHERE p.kind='all'"
		" OR (p.kind='hook' AND CONVERT(p.name USING utf8mb4) COLLATE utf8mb4_unicode_ci=t.hook)"
		" OR (p.kind='group' AND CONVERT(p.name USING utf8mb4) COLLATE utf8mb4_unicode_ci=(SELECT g.slug FROM %s g WHERE g.group_id=t.group_id)))",
		ZSTR_VAL(table), ZSTR_VAL(site->groups));
}

/* By their ids: a slug may stand in the table twice, and there may be none of a group that never had an action. */
static asq_status asq_paused_groups(asq_site *site, HashTable *rows, smart_str *sql, asq_error *error)
{
	const char *before = " AND group_id NOT IN (";
	zval slugs, ids, *row;
	asq_status status = ASQ_OK;

	array_init(&slugs);
	ZVAL_UNDEF(&ids);
	ZEND_HASH_FOREACH_VAL(rows, row) {
		if (asq_pause_is(row, ASQ_PAUSE_GROUP)) {
			add_next_index_str(&slugs, zend_string_copy(asq_row_get(row, 1)));
		}
	} ZEND_HASH_FOREACH_END();
	if (zend_hash_num_elements(Z_ARRVAL(slugs))) {
		status = asq_store_group_ids(site, Z_ARRVAL(slugs), &ids, error);
	}
	if (status == ASQ_OK && Z_TYPE(ids) == IS_ARRAY) {
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL(ids), row) {
			smart_str_appends(sql, before);
			asq_sql_long(sql, Z_LVAL_P(row));
			before = ",";
		} ZEND_HASH_FOREACH_END();
		if (*before == ',') {
			smart_str_appendc(sql, ')');
		}
	}
	zval_ptr_dtor(&ids);
	zval_ptr_dtor(&slugs);
	return status;
}

/* Written out as constants: a subquery in a locking statement would lock the rows that it reads, too. */
static asq_status asq_pauses_condition(asq_site *site, HashTable *rows, smart_str *sql, asq_error *error)
{
	if (asq_store_paused_all(rows)) {
		smart_str_appends(sql, " AND 1=0");
		return ASQ_OK;
	}
	asq_paused_hooks(site, rows, sql);
	return asq_paused_groups(site, rows, sql, error);
}

/* Reads the pauses and remembers what they come to, for this site. */
static asq_status asq_pauses_learn(asq_site *site, zend_string *table, asq_error *error)
{
	smart_str sql = {0};
	asq_batch batch;
	asq_status status = asq_pauses_read(site, &batch, error);
	HashTable *rows = status == ASQ_OK ? asq_result_rows(&batch.result[0]) : NULL;

	if (rows) {
		status = asq_pauses_condition(site, rows, &sql, error);
	}
	asq_batch_free(&batch);
	asq_store_forget_pauses();
	if (status == ASQ_OK) {
		ASQ_G(paused_table) = zend_string_copy(table);
		ASQ_G(paused_sql) = smart_str_extract(&sql);
		ASQ_G(paused_until) = asq_monotonic() + ASQ_PAUSE_MEMORY;
	}
	smart_str_free(&sql);
	return status;
}

asq_status asq_store_pause_condition(asq_site *site, smart_str *sql, asq_error *error)
{
	zend_string *table = asq_site_table(site, "asq_pauses");
	asq_status status = ASQ_OK;

	if (!ASQ_G(paused_table) || !zend_string_equals(ASQ_G(paused_table), table) || asq_monotonic() >= ASQ_G(paused_until)) {
		status = asq_pauses_learn(site, table, error);
	}
	if (status == ASQ_OK) {
		smart_str_append(sql, ASQ_G(paused_sql));
	}
	zend_string_release(table);
	return status;
}

/* ---- Changing ----------------------------------------------------------------------------------- */

/* Not in a caller's transaction, which that would commit. */
static asq_status asq_pauses_make_table(asq_site *site, const zend_string *table, asq_error *error)
{
	if (site->link.in_transaction) {
		return asq_error_set(error, 0, "%s is not there, and cannot be made in a transaction: make it before by `wp asq schema --upgrade`.", ZSTR_VAL(table));
	}
	return asq_store_own_tables(site, error);
}

/* Runs the one statement, and makes the table where it is missing. */
static asq_status asq_pauses_write(asq_site *site, asq_batch *batch, const zend_string *table, asq_error *error)
{
	asq_status status = ASQ_OK;
	bool readable = asq_store_may_read(site, table);

	if (readable) {
		status = asq_link_run(&site->link, batch, error);
	}
	if (!readable || (status == ASQ_FAILED && asq_error_is_no_table(error))) {
		status = asq_pauses_make_table(site, table, error);
		if (status == ASQ_OK) {
			asq_batch_clear(batch);
			status = asq_link_run(&site->link, batch, error);
		}
	}
	return status;
}

asq_status asq_store_pause(asq_site *site, const char *kind, const zend_string *name, bool *changed, asq_error *error)
{
	zend_string *table = asq_site_table(site, "asq_pauses");
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "INSERT IGNORE INTO %s (kind, name, paused_gmt) VALUES ('%s', ", ZSTR_VAL(table), kind);
	asq_sql_string(&site->link, sql, name);
	smart_str_appends(sql, ", UTC_TIMESTAMP())");
	status = asq_pauses_write(site, &batch, table, error);
	*changed = status == ASQ_OK && batch.result[0].affected > 0;
	asq_batch_free(&batch);
	zend_string_release(table);
	asq_store_forget_pauses();
	return status;
}

asq_status asq_store_resume(asq_site *site, const char *kind, const zend_string *name, bool *changed, asq_error *error)
{
	zend_string *table = asq_site_table(site, "asq_pauses");
	asq_batch batch;
	asq_status status = ASQ_OK;
	smart_str *sql;

	asq_batch_init(&batch, false);
	if (asq_store_may_read(site, table)) {
		sql = asq_batch_add(&batch);
		smart_str_append_printf(sql, "DELETE FROM %s WHERE kind='%s' AND name=", ZSTR_VAL(table), kind);
		asq_sql_string(&site->link, sql, name);
		status = asq_link_run(&site->link, &batch, error);
	}
	if (status == ASQ_FAILED && asq_error_is_no_table(error)) {
		*error = (asq_error) {0};
		status = ASQ_OK;
	}
	*changed = status == ASQ_OK && batch.count && batch.result[0].affected > 0;
	asq_batch_free(&batch);
	zend_string_release(table);
	asq_store_forget_pauses();
	return status;
}
