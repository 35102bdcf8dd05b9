/*
 * run.c: the queue runner's step: the end of one action and the start of the next in one commit. Each change
 * is fenced by the claim that allows it; a log row is written only with its change.
 */
#include "store.h"
#include "php_asq.h"

static void asq_step_update(asq_site *site, smart_str *sql, const asq_step *step, uint64_t id, const char *set, const char *from, const char *to)
{
	smart_str_append_printf(sql, "UPDATE %s SET %sstatus='%s', last_attempt_gmt=", ZSTR_VAL(site->actions), set, to);
	asq_sql_string(&site->link, sql, step->now_gmt);
	smart_str_appends(sql, ", last_attempt_local=");
	asq_sql_string(&site->link, sql, step->now_local);
	smart_str_append_printf(sql, " WHERE action_id=" ZEND_ULONG_FMT " AND claim_id=" ZEND_ULONG_FMT " AND status='%s'",
		(zend_ulong) id, (zend_ulong) step->claim_id, from);
}

static void asq_step_log(asq_site *site, smart_str *sql, uint64_t id, const asq_log_row *log)
{
	smart_str_append_printf(sql, "INSERT INTO %s (action_id, message, log_date_gmt, log_date_local) SELECT " ZEND_ULONG_FMT ",", ZSTR_VAL(site->logs), (zend_ulong) id);
	asq_sql_string(&site->link, sql, log->message);
	smart_str_appendc(sql, ',');
	asq_sql_string(&site->link, sql, log->date_gmt);
	smart_str_appendc(sql, ',');
	asq_sql_string(&site->link, sql, log->date_local);
	smart_str_appends(sql, " FROM DUAL WHERE ROW_COUNT() > 0");
}

asq_status asq_store_step(asq_site *site, asq_step *step, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	unsigned started = 0;
	HashTable *rows;
	zval *row;

	asq_batch_init(&batch, true);
	batch.read_committed = true;
	if (step->finished) {
		asq_step_update(site, asq_batch_add(&batch), step, step->finished, "", ASQ_STATUS_RUNNING, ASQ_STATUS_COMPLETE);
		asq_step_log(site, asq_batch_add(&batch), step->finished, step->finished_log);
	}
	if (step->started) {
		/* Read before it is changed: an action that is fetched as in-progress counts as finished, and does nothing. */
		asq_store_select_action(site, asq_batch_add(&batch));
		smart_str_append_printf(&batch.sql[batch.count - 1], " WHERE a.action_id=" ZEND_ULONG_FMT, (zend_ulong) step->started);
		started = batch.count;
		asq_step_update(site, asq_batch_add(&batch), step, step->started, "attempts=attempts+1, ", ASQ_STATUS_PENDING, ASQ_STATUS_RUNNING);
		asq_step_log(site, asq_batch_add(&batch), step->started, step->started_log);
	}
	status = asq_site_run(site, &batch, error);
	if (status == ASQ_OK) {
		step->was_finished = step->finished && batch.result[0].affected > 0;
		step->has_started = step->started && batch.result[started].affected > 0;
		rows = step->has_started ? asq_result_rows(&batch.result[started - 1]) : NULL;
		row = rows ? zend_hash_index_find(rows, 0) : NULL;
		if (row) {
			ZVAL_COPY(&step->row, row);
		}
	}
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_fenced(asq_site *site, uint64_t id, uint64_t claim_id, const char *to, const zend_string *gmt,
	const zend_string *local, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "UPDATE %s SET status='%s'", ZSTR_VAL(site->actions), to);
	if (strcmp(to, ASQ_STATUS_COMPLETE) == 0) {
		smart_str_appends(sql, ", last_attempt_gmt=");
		asq_sql_string(&site->link, sql, gmt);
		smart_str_appends(sql, ", last_attempt_local=");
		asq_sql_string(&site->link, sql, local);
	}
	smart_str_append_printf(sql, " WHERE action_id=" ZEND_ULONG_FMT " AND claim_id=" ZEND_ULONG_FMT " AND status IN ('"
		ASQ_STATUS_PENDING "','" ASQ_STATUS_RUNNING "')", (zend_ulong) id, (zend_ulong) claim_id);
	/* Where the connection was lost on the way, the first try may have changed it already. */
	smart_str_append_printf(asq_batch_add(&batch), "SELECT status FROM %s WHERE action_id=" ZEND_ULONG_FMT " AND claim_id=" ZEND_ULONG_FMT,
		ZSTR_VAL(site->actions), (zend_ulong) id, (zend_ulong) claim_id);
	status = asq_site_run(site, &batch, error);
	if (status == ASQ_OK && batch.result[0].affected < 1) {
		zend_string *now = batch.retried ? asq_result_cell(&batch.result[1]) : NULL;
		status = now && zend_string_equals_cstr(now, to, strlen(to)) ? ASQ_OK : ASQ_NOT_FOUND;
	}
	asq_batch_free(&batch);
	return status;
}
