/*
 * statement.c: what the statements of store/ have in common.
 */
#include "statement.h"
#include "php_asq.h"

void asq_batch_init_patient(asq_batch *batch, bool transactional)
{
	asq_batch_init(batch, transactional);
	batch->patience = ASQ_RUN_PATIENCE;
}

smart_str *asq_statement_begin(asq_site *site, asq_batch *batch, const char *table, const char *format)
{
	zend_string *name = asq_site_table(site, table);
	smart_str *sql;

	asq_batch_init(batch, false);
	sql = asq_batch_add(batch);
	smart_str_append_printf(sql, format, ZSTR_VAL(name));
	zend_string_release(name);
	return sql;
}

asq_status asq_statement_number(asq_site *site, asq_batch *batch, uint64_t *number, asq_error *error)
{
	asq_status status = asq_site_run(site, batch, error);
	zend_string *cell = status == ASQ_OK ? asq_result_cell(&batch->result[0]) : NULL;

	*number = cell ? ZEND_STRTOUL(ZSTR_VAL(cell), NULL, 10) : 0;
	asq_batch_free(batch);
	return status;
}

asq_status asq_statement_change(asq_site *site, asq_batch *batch, asq_error *error)
{
	asq_status status = asq_site_run(site, batch, error);

	if (status == ASQ_OK && batch->result[0].affected < 1) {
		status = ASQ_NOT_FOUND;
	}
	asq_batch_free(batch);
	return status;
}

void asq_result_take(const asq_result *result, zval *rows)
{
	if (result && asq_result_rows(result)) {
		ZVAL_COPY(rows, &result->rows);
	} else {
		ZVAL_EMPTY_ARRAY(rows);
	}
}

zval *asq_result_row(const asq_result *result)
{
	HashTable *rows = asq_result_rows(result);

	return rows ? zend_hash_index_find(rows, 0) : NULL;
}

void asq_sql_if_changed(smart_str *sql)
{
	smart_str_appends(sql, "ROW_COUNT() > IF(ROW_COUNT() < 0, (SELECT 1 UNION ALL SELECT 2), 0)");
}

void asq_sql_attempted(asq_site *site, smart_str *sql, const zend_string *gmt, const zend_string *local)
{
	smart_str_appends(sql, "last_attempt_gmt=");
	asq_sql_string(&site->link, sql, gmt);
	smart_str_appends(sql, ", last_attempt_local=");
	asq_sql_string(&site->link, sql, local);
}

#define ASQ_RANGE_LEAST 8

static int asq_ids_compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *) a, right = *(const uint64_t *) b;

	return left < right ? -1 : left > right;
}

/* So many ids from there on follow one another. */
static size_t asq_ids_run(const uint64_t *ids, size_t count)
{
	size_t run = 1;

	while (run < count && ids[run] == ids[run - 1] + 1) {
		run++;
	}
	return run;
}

/* A range ends before the run's last id, which stands in the list: so whoever reads it to its end meets no row that is not meant. */
static void asq_sql_sorted_ids(smart_str *sql, const uint64_t *ids, size_t count)
{
	smart_str list = {0};

	smart_str_appendc(sql, '(');
	for (size_t at = 0, run; at < count; at += run) {
		run = asq_ids_run(ids + at, count - at);
		if (run >= ASQ_RANGE_LEAST) {
			smart_str_append_printf(sql, "action_id BETWEEN " ZEND_ULONG_FMT " AND " ZEND_ULONG_FMT " OR ", (zend_ulong) ids[at], (zend_ulong) ids[at + run - 2]);
		} else {
			run = 1;
		}
		smart_str_appends(&list, list.s ? "," : "");
		smart_str_append_unsigned(&list, ids[at + run - 1]);
	}
	smart_str_appends(sql, "action_id IN (");
	smart_str_append_smart_str(sql, &list);
	smart_str_appends(sql, "))");
	smart_str_free(&list);
}

void asq_sql_ids(smart_str *sql, const uint64_t *ids, size_t count)
{
	uint64_t *sorted = safe_emalloc(count, sizeof(*sorted), 0);

	memcpy(sorted, ids, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), asq_ids_compare);
	asq_sql_sorted_ids(sql, sorted, count);
	efree(sorted);
}

void asq_sql_column(smart_str *sql, HashTable *rows, uint32_t column)
{
	bool first = true;
	zval *row;

	ZEND_HASH_FOREACH_VAL(rows, row) {
		if (!first) {
			smart_str_appendc(sql, ',');
		}
		smart_str_append(sql, asq_row_get(row, column));
		first = false;
	} ZEND_HASH_FOREACH_END();
}
