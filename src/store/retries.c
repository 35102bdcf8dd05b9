/*
 * retries.c: {prefix}asq_retries: of an action that is to be tried again, its own policy, and when it first failed.
 */
#include "failing.h"
#include "retries.h"

asq_status asq_store_set_policy(asq_site *site, uint64_t action_id, const zend_string *json, bool *known, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql = asq_statement_begin(site, &batch, "asq_retries", "INSERT INTO %s (action_id, policy) SELECT action_id, ");

	asq_letters_or_null(site, sql, json);
	smart_str_append_printf(sql, " FROM %s WHERE action_id=" ZEND_ULONG_FMT " AND status IN ('" ASQ_STATUS_PENDING "','" ASQ_STATUS_RUNNING "')"
		" ON DUPLICATE KEY UPDATE policy=VALUES(policy)", ZSTR_VAL(site->actions), (zend_ulong) action_id);
	smart_str_append_printf(asq_batch_add(&batch), "SELECT 1 FROM %s WHERE action_id=" ZEND_ULONG_FMT " AND status IN ('" ASQ_STATUS_PENDING "','" ASQ_STATUS_RUNNING "')",
		ZSTR_VAL(site->actions), (zend_ulong) action_id);
	status = asq_failures_write(site, &batch, error);
	*known = status == ASQ_OK && asq_result_cell(&batch.result[1]);
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_get_policy(asq_site *site, uint64_t action_id, zend_string **json, zend_string **first_failure_gmt, asq_error *error)
{
	asq_batch batch;
	bool there;
	HashTable *rows;
	zval *row;
	smart_str *sql = asq_statement_begin(site, &batch, "asq_retries", "SELECT policy, first_failure_gmt FROM %s");
	asq_status status;

	*json = *first_failure_gmt = NULL;
	smart_str_append_printf(sql, " WHERE action_id=" ZEND_ULONG_FMT, (zend_ulong) action_id);
	status = asq_failures_look(site, &batch, &there, error);
	rows = there ? asq_result_rows(&batch.result[0]) : NULL;
	row = rows ? zend_hash_index_find(rows, 0) : NULL;
	if (row) {
		*json = asq_row_get(row, 0) ? zend_string_copy(asq_row_get(row, 0)) : NULL;
		*first_failure_gmt = asq_row_get(row, 1) ? zend_string_copy(asq_row_get(row, 1)) : NULL;
	}
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_forget_retries(asq_site *site, uint64_t *after, unsigned limit, bool *more, asq_error *error)
{
	asq_batch look, batch;
	bool there;
	smart_str *sql = asq_statement_begin(site, &look, "asq_retries", "SELECT r.action_id FROM %s r");
	zend_string *letters = asq_site_table(site, "asq_dead_letters");
	asq_status status;
	HashTable *rows;

	*more = false;
	smart_str_append_printf(sql, " LEFT JOIN %s a ON a.action_id=r.action_id WHERE r.action_id>" ZEND_ULONG_FMT " AND (a.action_id IS NULL"
		" OR (a.status NOT IN ('" ASQ_STATUS_PENDING "','" ASQ_STATUS_RUNNING "') AND a.last_attempt_gmt < UTC_TIMESTAMP() - INTERVAL 1 HOUR))"
		/* A letter may be retried for as long as it is there: the new action gets the policy. */
		" AND (r.policy IS NULL OR NOT EXISTS (SELECT 1 FROM %s l WHERE l.action_id=r.action_id))"
		" ORDER BY r.action_id LIMIT %u", ZSTR_VAL(site->actions), (zend_ulong) *after, ZSTR_VAL(letters), limit);
	zend_string_release(letters);
	status = asq_failures_look(site, &look, &there, error);
	rows = there ? asq_result_rows(&look.result[0]) : NULL;
	if (rows && zend_hash_num_elements(rows)) {
		*more = zend_hash_num_elements(rows) == limit;
		*after = asq_row_number(zend_hash_index_find(rows, zend_hash_num_elements(rows) - 1), 0);
		sql = asq_statement_begin(site, &batch, "asq_retries", "DELETE FROM %s WHERE action_id IN (");
		asq_sql_column(sql, rows, 0);
		smart_str_appendc(sql, ')');
		status = asq_failures_look(site, &batch, &there, error);
		asq_batch_free(&batch);
	}
	asq_batch_free(&look);
	return status;
}
