/*
 * purge.c: deleting what ended long ago, in small batches by primary key: actions with their logs, log rows whose
 * action is gone, claims that nothing refers to. One step is one look, without a lock, and at most one short
 * transaction. The looks go forward from where the last one ended, never over what has been deleted already.
 */
#include "purging.h"
#include "statement.h"

#define ASQ_PURGE_FIRST  100     /* rows of the first batch */
#define ASQ_PURGE_LEAST  10
#define ASQ_PURGE_TARGET 0.05    /* seconds that a batch may take */

static unsigned asq_purge_most(const asq_purge_options *options)
{
	return options->batch && options->batch < ASQ_PURGE_BATCH ? options->batch : ASQ_PURGE_BATCH;
}

void asq_purge_list(smart_str *sql, const char *column, const asq_purge_ids *ids)
{
	smart_str_append_printf(sql, "%s IN (", column);
	for (unsigned i = 0; i < ids->count; i++) {
		smart_str_append_printf(sql, i ? "," ZEND_ULONG_FMT : ZEND_ULONG_FMT, (zend_ulong) ids->id[i]);
	}
	smart_str_appendc(sql, ')');
}

/*
 * Who waits for a row here holds up a purge, or the supervisor that does it, so it is one second at most, where
 * the server lets a statement say so. The index hint matters: of a small table the server would else read, and
 * lock, all rows. The multi-table form is the one that takes it.
 */
void asq_purge_delete_from(asq_site *site, smart_str *sql, const zend_string *table, const char *index)
{
	smart_str_append_printf(sql, "%sDELETE t FROM %s t FORCE INDEX (%s) WHERE ", site->link.compound ? "SET STATEMENT innodb_lock_wait_timeout=1 FOR " : "",
		ZSTR_VAL(table), index);
}

asq_status asq_purge_pass_over(asq_status status, const asq_error *error)
{
	return status == ASQ_FAILED && asq_error_is_wait(error) ? ASQ_OK : status;
}

asq_status asq_purge_run(asq_site *site, const asq_purge_options *options, smart_str *sql, zval *rows, uint64_t *affected, asq_error *error)
{
	asq_batch batch;
	asq_status status;

	asq_batch_init(&batch, false);
	batch.patience = options->patience;
	*asq_batch_add(&batch) = *sql;
	status = asq_site_run(site, &batch, error);
	if (status == ASQ_OK && rows) {
		ZVAL_COPY(rows, &batch.result[0].rows);
	}
	if (status == ASQ_OK && affected) {
		*affected = batch.result[0].affected > 0 ? (uint64_t) batch.result[0].affected : 0;
	}
	asq_batch_free(&batch);
	return status;
}

asq_status asq_purge_cell(asq_site *site, const asq_purge_options *options, smart_str *sql, uint64_t *number, asq_error *error)
{
	asq_batch batch;

	asq_batch_init(&batch, false);
	batch.patience = options->patience;
	*asq_batch_add(&batch) = *sql;
	return asq_statement_number(site, &batch, number, error);
}

/* ---- The pace --------------------------------------------------------------------------------- */

/* A batch that was quick is followed by a larger one, one that took too long by a smaller one. */
void asq_purge_pace(asq_purge_cursor *cursor, const asq_purge_options *options, asq_purge_counts *counts, unsigned rows, double seconds)
{
	unsigned most = asq_purge_most(options), least = MIN(ASQ_PURGE_LEAST, most);

	counts->batches++;
	counts->longest = MAX(counts->longest, seconds);
	cursor->seconds = seconds;
	if (seconds > ASQ_PURGE_TARGET) {
		cursor->size = (unsigned) (rows * ASQ_PURGE_TARGET / seconds);
	} else if (seconds < ASQ_PURGE_TARGET / 2 && rows >= cursor->size) {
		cursor->size *= 2;
	}
	cursor->size = MAX(least, MIN(most, cursor->size));
}

unsigned asq_purge_size(asq_purge_cursor *cursor, const asq_purge_options *options)
{
	unsigned most = asq_purge_most(options);

	if (options->dry_run) {
		return most;
	}
	if (!cursor->size) {
		cursor->size = MIN(ASQ_PURGE_FIRST, most);
	}
	return cursor->size;
}

void asq_purge_advance(asq_purge_cursor *cursor, const asq_purge_options *options)
{
	if (cursor->phase != ASQ_PURGE_ACTIONS || ++cursor->kind >= options->count) {
		cursor->phase = options->actions_only ? ASQ_PURGE_DONE : cursor->phase + 1;
	}
	cursor->date[0] = '\0';
	cursor->id = cursor->log_id = 0;
	cursor->passed = 0;
	cursor->last_try = false;
}

/* ---- The door ----------------------------------------------------------------------------------- */

asq_status asq_store_purge_step(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, asq_purge_counts *counts,
	zval *deleted, bool *more, asq_error *error)
{
	const asq_purge_cursor before = *cursor;
	asq_status status = ASQ_OK;

	cursor->seconds = 0;
	if (cursor->phase == ASQ_PURGE_ACTIONS && cursor->kind >= options->count) {
		asq_purge_advance(cursor, options);
	}
	switch (cursor->phase) {
		case ASQ_PURGE_ACTIONS:
			status = asq_purge_actions(site, cursor, options, counts, deleted, error);
			break;
		case ASQ_PURGE_ORPHANS:
			status = asq_purge_orphans(site, cursor, options, counts, error);
			break;
		case ASQ_PURGE_CLAIMS:
			status = asq_purge_claims(site, cursor, options, counts, error);
			break;
	}
	if (status != ASQ_OK) {
		*cursor = before;
	}
	*more = cursor->phase != ASQ_PURGE_DONE && !(options->limit && counts->actions >= options->limit);
	return status;
}

asq_status asq_store_purge_total(asq_site *site, const asq_purge_options *options, uint64_t *total, asq_error *error)
{
	*total = 0;
	for (unsigned i = 0; i < options->count; i++) {
		smart_str sql = {0};
		asq_status status;
		uint64_t count;

		smart_str_append_printf(&sql, "SELECT COUNT(*) FROM %s WHERE ", ZSTR_VAL(site->actions));
		asq_purge_condition(site, &sql, &options->kinds[i]);
		status = asq_purge_cell(site, options, &sql, &count, error);
		if (status != ASQ_OK) {
			return status;
		}
		*total += count;
	}
	if (options->limit) {
		*total = MIN(*total, options->limit);
	}
	return ASQ_OK;
}
