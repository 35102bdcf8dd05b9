/*
 * purge_orphans.c: the purge of what nothing refers to any more: log rows whose action is gone, and old claims.
 */
#include "purging.h"

/* Deletes, or counts, rows by their primary key. */
static asq_status asq_purge_rows(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, asq_purge_counts *counts,
	const zend_string *table, const char *key, const asq_purge_ids *ids, uint64_t *count, asq_error *error)
{
	smart_str sql = {0};
	uint64_t affected = 0;
	double began = asq_monotonic();
	asq_status status;

	if (options->dry_run || !ids->count) {
		*count += ids->count;
		return ASQ_OK;
	}
	asq_purge_delete_from(site, &sql, table, "PRIMARY");
	asq_purge_list(&sql, key, ids);
	status = asq_purge_pass_over(asq_purge_run(site, options, &sql, NULL, &affected, error), error);
	if (status == ASQ_OK) {
		*count += affected;
		asq_purge_pace(cursor, options, counts, ids->count, asq_monotonic() - began);
	}
	return status;
}

/* ---- Log rows ----------------------------------------------------------------------------------- */

/*
 * Walks the logs' index of actions. A log row and its action become visible together, so that in one look a log without
 * an action is one whose action was deleted; by its own id it cannot be taken for another's.
 */
static void asq_purge_orphans_sql(asq_site *site, smart_str *sql, const asq_purge_cursor *cursor, unsigned window)
{
	smart_str_append_printf(sql, "SELECT l.action_id, l.log_id, a.action_id IS NULL FROM (SELECT action_id, log_id FROM %s FORCE INDEX (action_id) WHERE action_id="
		ZEND_ULONG_FMT " AND log_id>" ZEND_ULONG_FMT " OR action_id>" ZEND_ULONG_FMT " ORDER BY action_id, log_id LIMIT %u) l LEFT JOIN %s a ON a.action_id=l.action_id"
		" ORDER BY l.action_id, l.log_id",
		ZSTR_VAL(site->logs), (zend_ulong) cursor->id, (zend_ulong) cursor->log_id, (zend_ulong) cursor->id, window, ZSTR_VAL(site->actions));
}

/*
 * Goes on through rows whose last column says whether they are to go, and the one before by which id: those make the batch.
 * The first one is where the cursor is then. False: the batch is full before the rows' end.
 */
static bool asq_purge_walk(HashTable *rows, asq_purge_cursor *cursor, uint64_t *mark, unsigned want, asq_purge_ids *ids)
{
	zval *row;

	ZEND_HASH_FOREACH_VAL(rows, row) {
		uint32_t last = zend_hash_num_elements(Z_ARRVAL_P(row)) - 1;
		if (ids->count == want) {
			return false;
		}
		cursor->id = asq_row_number(row, 0);
		*mark = asq_row_number(row, last - 1);
		if (asq_row_number(row, last)) {
			ids->id[ids->count++] = *mark;
		}
	} ZEND_HASH_FOREACH_END();
	return true;
}

asq_status asq_purge_orphans(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, asq_purge_counts *counts, asq_error *error)
{
	asq_purge_ids ids = { .count = 0 };
	unsigned want = asq_purge_size(cursor, options), window = cursor->dense ? want : ASQ_PURGE_WINDOW;
	smart_str sql = {0};
	asq_status status;
	zval rows;
	bool end;

	asq_purge_orphans_sql(site, &sql, cursor, window);
	status = asq_purge_run(site, options, &sql, &rows, NULL, error);
	if (status != ASQ_OK) {
		return status;
	}
	end = asq_purge_walk(Z_ARRVAL(rows), cursor, &cursor->log_id, want, &ids) && zend_hash_num_elements(Z_ARRVAL(rows)) < window;
	zval_ptr_dtor(&rows);
	/* Where most are orphans, the next look passes no more rows than a batch can have. */
	cursor->dense = ids.count > want / 2;
	status = asq_purge_rows(site, cursor, options, counts, site->logs, "log_id", &ids, &counts->orphan_logs, error);
	if (status == ASQ_OK && end) {
		asq_purge_advance(cursor, options);
	}
	return status;
}

/* ---- Claims ------------------------------------------------------------------------------------- */

/* The claim of a supervisor that is idle holds nothing either, and may be old: it is in the table of workers, where there is one. */
static void asq_purge_claims_sql(asq_site *site, smart_str *sql, const asq_purge_cursor *cursor)
{
	smart_str_append_printf(sql, "SELECT c.claim_id, c.date_created_gmt<UTC_TIMESTAMP() - INTERVAL 1 DAY AND NOT EXISTS (SELECT 1 FROM %s a WHERE a.claim_id=c.claim_id"
		" AND a.status IN ('" ASQ_STATUS_PENDING "','" ASQ_STATUS_RUNNING "'))", ZSTR_VAL(site->actions));
	if (!cursor->no_workers) {
		zend_string *workers = asq_site_table(site, "asq_workers");
		smart_str_append_printf(sql, " AND NOT EXISTS (SELECT 1 FROM %s w WHERE w.claim_id=c.claim_id)", ZSTR_VAL(workers));
		zend_string_release(workers);
	}
	smart_str_append_printf(sql, " FROM %s c WHERE c.claim_id>" ZEND_ULONG_FMT " ORDER BY c.claim_id LIMIT %u", ZSTR_VAL(site->claims),
		(zend_ulong) cursor->id, ASQ_PURGE_BATCH);
}

static asq_status asq_purge_claims_look(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, zval *rows, asq_error *error)
{
	smart_str sql = {0};
	asq_status status;

	asq_purge_claims_sql(site, &sql, cursor);
	status = asq_purge_run(site, options, &sql, rows, NULL, error);
	if (status == ASQ_FAILED && !cursor->no_workers && asq_error_is_no_table(error)) {
		cursor->no_workers = true;
		return asq_purge_claims_look(site, cursor, options, rows, error);
	}
	return status;
}

asq_status asq_purge_claims(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, asq_purge_counts *counts, asq_error *error)
{
	asq_purge_ids ids = { .count = 0 };
	unsigned want = asq_purge_size(cursor, options);
	asq_status status;
	zval rows;
	bool end;

	status = asq_purge_claims_look(site, cursor, options, &rows, error);
	if (status != ASQ_OK) {
		return status;
	}
	end = asq_purge_walk(Z_ARRVAL(rows), cursor, &cursor->id, want, &ids) && zend_hash_num_elements(Z_ARRVAL(rows)) < ASQ_PURGE_BATCH;
	zval_ptr_dtor(&rows);
	status = asq_purge_rows(site, cursor, options, counts, site->claims, "claim_id", &ids, &counts->claims, error);
	if (status == ASQ_OK && end) {
		asq_purge_advance(cursor, options);
	}
	return status;
}
