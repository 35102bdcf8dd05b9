/*
 * claim_next.c: when the worker pool is to claim again: the date of the next action that it may.
 */
#include "claiming.h"
#include "pause.h"
#include "tables.h"

#define ASQ_NEXT_DUE_ROWS 1000

/* Rows t (scheduled_date_gmt, claim_id, hook, group_id) that are free, allowed and not paused. */
static void asq_next_condition(asq_site *site, smart_str *sql, const asq_claim_filter *filter, const zend_string *pauses)
{
	smart_str_appends(sql, "claim_id=0");
	asq_store_filter_sql(site, sql, filter);
	asq_store_unpaused_sql(site, sql, pauses);
}

/* The first thousand pending rows from a date on. */
static void asq_next_rows(asq_site *site, smart_str *sql, const char *from, bool hint)
{
	smart_str_append_printf(sql, "(SELECT scheduled_date_gmt, claim_id, hook, group_id FROM %s%s WHERE status='" ASQ_STATUS_PENDING
		"' AND scheduled_date_gmt>='%s' ORDER BY scheduled_date_gmt LIMIT %d) t",
		ZSTR_VAL(site->actions), hint ? " FORCE INDEX (status_scheduled_date_gmt)" : "", from, ASQ_NEXT_DUE_ROWS);
}

/* What is free from the last claim's time on, or the date up to which nothing is; and what is free at the beginning. */
static void asq_next_select(asq_site *site, smart_str *sql, const asq_claim_filter *filter, const zend_string *pauses, bool hint)
{
	char calm[20] = "";
	smart_str condition = {0};

	if (filter->due) {
		asq_claim_calm(filter->due, calm);
	}
	asq_next_condition(site, &condition, filter, pauses);
	smart_str_0(&condition);
	smart_str_append_printf(sql, "SELECT COALESCE(MIN(IF(%s, scheduled_date_gmt, NULL)), IF(COUNT(*)<%d, NULL, MAX(scheduled_date_gmt))) FROM ",
		ZSTR_VAL(condition.s), ASQ_NEXT_DUE_ROWS);
	asq_next_rows(site, sql, *calm ? calm : "0000-00-00 00:00:00", hint);
	if (*calm) {
		smart_str_append_printf(sql, " UNION ALL SELECT MIN(IF(%s, scheduled_date_gmt, NULL)) FROM ", ZSTR_VAL(condition.s));
		asq_next_rows(site, sql, "0000-00-00 00:00:00", hint);
	}
	smart_str_free(&condition);
}

/* The earlier one of the rows, which may be null. */
static zend_string *asq_next_earlier(const asq_result *result)
{
	HashTable *rows = asq_result_rows(result);
	zend_string *earliest = NULL;
	zval *row;

	if (rows) {
		ZEND_HASH_FOREACH_VAL(rows, row) {
			zend_string *date = asq_row_get(row, 0);
			if (date && (!earliest || strcmp(ZSTR_VAL(date), ZSTR_VAL(earliest)) < 0)) {
				earliest = date;
			}
		} ZEND_HASH_FOREACH_END();
	}
	return earliest ? zend_string_copy(earliest) : NULL;
}

static asq_status asq_next_run(asq_site *site, const asq_claim_filter *filter, const zend_string *pauses, bool hint, zend_string **date, asq_error *error)
{
	asq_batch batch;
	asq_status status;

	asq_batch_init(&batch, false);
	asq_next_select(site, asq_batch_add(&batch), filter, pauses, hint);
	status = asq_site_run(site, &batch, error);
	*date = status == ASQ_OK ? asq_next_earlier(&batch.result[0]) : NULL;
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_next_due(asq_site *site, const asq_claim_filter *filter, zend_string **date, asq_error *error)
{
	zend_string *pauses = asq_site_table(site, "asq_pauses");
	asq_error ignored;
	asq_status status = asq_next_run(site, filter, pauses, true, date, error);

	if (status == ASQ_FAILED && asq_error_is_no_table(error) && asq_store_own_tables(site, &ignored) == ASQ_OK) {
		status = asq_next_run(site, filter, pauses, true, date, error);
	}
	/* Action Scheduler's tables of old have other indexes. */
	if (status == ASQ_FAILED && asq_error_is_no_index(error)) {
		status = asq_next_run(site, filter, pauses, false, date, error);
	}
	zend_string_release(pauses);
	return status;
}
