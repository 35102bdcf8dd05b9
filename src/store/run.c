/*
 * run.c: the queue runner's step: the end of one action and the start of the next in one commit. Each change
 * is fenced by the claim that allows it; a log row is written only with its change.
 */
#include "run.h"
#include "fetch.h"
#include "statement.h"
#include "php_asq.h"

/* What the finished row may say: somebody may have set it back to pending by hand, under a claim that nobody else shares. */
static const char *asq_step_unfinished(const asq_step *step)
{
	return step->claim_is_shared ? "'" ASQ_STATUS_RUNNING "'" : "'" ASQ_STATUS_RUNNING "','" ASQ_STATUS_PENDING "'";
}

/* attempts: what the row must say; negative: anything. */
static void asq_step_update(asq_site *site, smart_str *sql, const asq_step *step, uint64_t id, zend_long attempts, const char *set, const char *from, const char *to)
{
	smart_str_append_printf(sql, "UPDATE %s FORCE INDEX (PRIMARY) SET %sstatus='%s', ", ZSTR_VAL(site->actions), set, to);
	asq_sql_attempted(site, sql, step->now_gmt, step->now_local);
	smart_str_append_printf(sql, " WHERE action_id=" ZEND_ULONG_FMT " AND claim_id=" ZEND_ULONG_FMT " AND status IN (%s)",
		(zend_ulong) id, (zend_ulong) step->claim_id, from);
	if (attempts >= 0) {
		smart_str_append_printf(sql, " AND attempts=" ZEND_LONG_FMT, attempts);
	}
}

/* What has been put off since it was claimed is not to start: the run ends its batch, and so releases it. */
static void asq_step_is_due(asq_site *site, smart_str *sql, const asq_step *step)
{
	if (!step->claim_is_shared) {
		smart_str_appends(sql, " AND scheduled_date_gmt<=");
		asq_sql_string(&site->link, sql, step->now_gmt);
	}
}

/* Whether an action is where the step was to bring it, and still ours: for a step whose answer was lost. */
static bool asq_step_is(const asq_result *states, uint64_t id, const char *to)
{
	HashTable *rows = asq_result_rows(states);
	zval *row;

	ZEND_HASH_FOREACH_VAL(rows, row) {
		zend_string *status = asq_row_get(row, 1);
		if (status && asq_row_number(row, 0) == id && zend_string_equals_cstr(status, to, strlen(to))) {
			return true;
		}
	} ZEND_HASH_FOREACH_END();
	return false;
}

static void asq_step_states(asq_site *site, smart_str *sql, const asq_step *step)
{
	smart_str_append_printf(sql, "SELECT action_id, status FROM %s WHERE action_id IN (" ZEND_ULONG_FMT "," ZEND_ULONG_FMT ") AND claim_id=" ZEND_ULONG_FMT,
		ZSTR_VAL(site->actions), (zend_ulong) step->finished, (zend_ulong) step->started, (zend_ulong) step->claim_id);
}

/* The row as it was read before the change. After a lost answer it may say in-progress, which is our own doing. */
static void asq_step_take_row(asq_step *step, const asq_result *result)
{
	HashTable *rows = asq_result_rows(result);
	zval *row = rows ? zend_hash_index_find(rows, 0) : NULL, pending;

	if (row) {
		ZVAL_ARR(&step->row, zend_array_dup(Z_ARRVAL_P(row)));
		ZVAL_STRING(&pending, ASQ_STATUS_PENDING);
		zend_hash_index_update(Z_ARRVAL(step->row), ASQ_COL_STATUS, &pending);
	}
}

static void asq_step_build(asq_site *site, asq_batch *batch, const asq_step *step, unsigned *started)
{
	if (step->finished) {
		asq_step_update(site, asq_batch_add(batch), step, step->finished, step->finished_attempt ? step->finished_attempt : -1, "", asq_step_unfinished(step), ASQ_STATUS_COMPLETE);
		asq_store_log_changed(site, asq_batch_add(batch), step->finished, step->finished_log);
	}
	if (step->started) {
		/* Read before it is changed: an action that is fetched as in-progress counts as finished, and does nothing. */
		asq_store_select_action(site, asq_batch_add(batch));
		smart_str_append_printf(&batch->sql[batch->count - 1], " WHERE a.action_id=" ZEND_ULONG_FMT, (zend_ulong) step->started);
		*started = batch->count;
		asq_step_update(site, asq_batch_add(batch), step, step->started, step->started_attempt ? step->started_attempt - 1 : -1, "attempts=attempts+1, ", "'" ASQ_STATUS_PENDING "'", ASQ_STATUS_RUNNING);
		asq_step_is_due(site, &batch->sql[batch->count - 1], step);
		asq_store_log_changed(site, asq_batch_add(batch), step->started, step->started_log);
	}
}

/* ---- At once: both changes by one statement, both log rows by another, one answer ------------------ */

/* One of the two: it is where it was left, and the attempt is the one that is thought. */
static void asq_at_once_is(asq_site *site, smart_str *sql, uint64_t id, const char *status, zend_long attempts)
{
	smart_str_append_printf(sql, "status='%s' AND action_id=", status);
	asq_sql_number(&site->link, sql, id);
	if (attempts >= 0) {
		smart_str_appends(sql, " AND attempts=");
		asq_sql_number(&site->link, sql, (uint64_t) attempts);
	}
}

/* The two rows that are to change. That the started one still says what was claimed is part of the question. */
static void asq_at_once_where(asq_site *site, smart_str *sql, const asq_step *step)
{
	smart_str_appends(sql, " WHERE action_id IN (");
	asq_sql_number(&site->link, sql, step->finished);
	smart_str_appendc(sql, ',');
	asq_sql_number(&site->link, sql, step->started);
	smart_str_appends(sql, ") AND claim_id=");
	asq_sql_number(&site->link, sql, step->claim_id);
	smart_str_appends(sql, " AND (");
	asq_at_once_is(site, sql, step->finished, ASQ_STATUS_RUNNING, step->finished_attempt ? step->finished_attempt : -1);
	smart_str_appends(sql, " OR ");
	asq_at_once_is(site, sql, step->started, ASQ_STATUS_PENDING, step->started_attempt ? step->started_attempt - 1 : -1);
	smart_str_appends(sql, " AND hook=");
	asq_sql_string(&site->link, sql, step->hook);
	smart_str_appends(sql, " AND args=");
	asq_sql_string(&site->link, sql, step->args);
	asq_step_is_due(site, sql, step);
	smart_str_appendc(sql, ')');
}

/* All that differs from step to step is a value, so that the server need not parse this a thousand times. */
static void asq_at_once_sql(asq_site *site, asq_batch *batch, const asq_step *step)
{
	smart_str *sql = asq_batch_add(batch);

	asq_sql_collect(&site->link, batch);
	smart_str_append_printf(sql, "BEGIN NOT ATOMIC START TRANSACTION; UPDATE %s FORCE INDEX (PRIMARY) SET attempts=attempts+(status='" ASQ_STATUS_PENDING
		"'), status=IF(status='" ASQ_STATUS_PENDING "','" ASQ_STATUS_RUNNING "','" ASQ_STATUS_COMPLETE "'), ", ZSTR_VAL(site->actions));
	asq_sql_attempted(site, sql, step->now_gmt, step->now_local);
	asq_at_once_where(site, sql, step);
	smart_str_appends(sql, "; IF ROW_COUNT()=2 THEN ");
	asq_store_log_into(site, sql);
	smart_str_appends(sql, "VALUES ");
	asq_store_log_values(site, sql, step->finished, step->finished_log);
	smart_str_appendc(sql, ',');
	asq_store_log_values(site, sql, step->started, step->started_log);
	smart_str_appends(sql, "; COMMIT; ELSE ROLLBACK; SELECT 0; END IF; END");
	asq_sql_collect(&site->link, NULL);
}

/* *done: both have changed; else nothing has, and which of them can is found out one by one. */
static asq_status asq_step_at_once(asq_site *site, asq_step *step, bool *done, bool *retried, asq_error *error)
{
	asq_batch batch;
	asq_status status;

	asq_batch_init_patient(&batch, false);
	asq_at_once_sql(site, &batch, step);
	status = asq_site_run(site, &batch, error);
	*done = status == ASQ_OK && !asq_result_rows(&batch.result[0]);
	*retried = batch.retried;
	asq_batch_free(&batch);
	return status;
}

/* ---- The step ------------------------------------------------------------------------------------- */

/* What a step whose answer was lost has come to. */
static asq_status asq_step_look(asq_site *site, asq_step *step, asq_error *error)
{
	asq_batch states;
	asq_status status;

	asq_batch_init_patient(&states, false);
	asq_step_states(site, asq_batch_add(&states), step);
	status = asq_site_run(site, &states, error);
	if (status == ASQ_OK) {
		step->was_finished = step->was_finished || (step->finished && asq_step_is(&states.result[0], step->finished, ASQ_STATUS_COMPLETE));
		step->has_started = step->has_started || (step->started && asq_step_is(&states.result[0], step->started, ASQ_STATUS_RUNNING));
	}
	asq_batch_free(&states);
	return status;
}

static asq_status asq_step_one_by_one(asq_site *site, asq_step *step, bool retried, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	unsigned started = 0;

	asq_batch_init_patient(&batch, true);
	batch.repeatable = true;
	asq_step_build(site, &batch, step, &started);
	status = asq_site_run(site, &batch, error);
	if (status == ASQ_OK) {
		step->was_finished = step->finished && batch.result[0].affected > 0;
		step->has_started = step->started && batch.result[started].affected > 0;
		if (retried || batch.retried) {
			status = asq_step_look(site, step, error);
		}
	}
	if (status == ASQ_OK && step->has_started) {
		asq_step_take_row(step, &batch.result[started - 1]);
	}
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_step(asq_site *site, asq_step *step, asq_error *error)
{
	bool done = false, retried = false;

	if (step->finished && step->started && site->link.compound) {
		asq_status status = asq_step_at_once(site, step, &done, &retried, error);
		if (status != ASQ_OK || done) {
			step->was_finished = step->has_started = done;
			return status;
		}
	}
	return asq_step_one_by_one(site, step, retried, error);
}

asq_status asq_store_fenced(asq_site *site, uint64_t id, uint64_t claim_id, zend_long attempt, const char *to, const zend_string *gmt,
	const zend_string *local, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	asq_batch_init_patient(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "UPDATE %s SET status='%s'", ZSTR_VAL(site->actions), to);
	if (strcmp(to, ASQ_STATUS_COMPLETE) == 0) {
		smart_str_appends(sql, ", ");
		asq_sql_attempted(site, sql, gmt, local);
	}
	smart_str_append_printf(sql, " WHERE action_id=" ZEND_ULONG_FMT " AND claim_id=" ZEND_ULONG_FMT " AND status IN ('"
		ASQ_STATUS_PENDING "','" ASQ_STATUS_RUNNING "')", (zend_ulong) id, (zend_ulong) claim_id);
	if (attempt > 0) {
		smart_str_append_printf(sql, " AND attempts+(status='" ASQ_STATUS_PENDING "')=" ZEND_LONG_FMT, attempt);
	}
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
