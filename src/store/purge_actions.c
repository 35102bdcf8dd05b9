/*
 * purge_actions.c: the purge of actions: the look for those that ended long ago, by the index of status and date or, without
 * one, by primary key; and their deletion, with their logs, as far as they still are what the look has found.
 */
#include "purging.h"

/* ---- The look ----------------------------------------------------------------------------------- */

void asq_purge_condition(asq_site *site, smart_str *sql, const asq_purge_kind *kind)
{
	smart_str_append_printf(sql, "status='%s' AND last_attempt_gmt<=", kind->status);
	asq_sql_string(&site->link, sql, kind->before);
}

/* In the order of the index, from the position on: two ranges of it, so that what lies before is not passed again. */
static void asq_purge_find_sql(asq_site *site, smart_str *sql, const asq_purge_cursor *cursor, const asq_purge_kind *kind, unsigned want)
{
	smart_str_append_printf(sql, "SELECT action_id, last_attempt_gmt FROM %s FORCE INDEX (status_last_attempt_gmt) WHERE ", ZSTR_VAL(site->actions));
	if (cursor->date[0]) {
		smart_str_append_printf(sql, "status='%s' AND (last_attempt_gmt='%s' AND action_id>" ZEND_ULONG_FMT " OR last_attempt_gmt>'%s' AND last_attempt_gmt<=",
			kind->status, cursor->date, (zend_ulong) cursor->id, cursor->date);
		asq_sql_string(&site->link, sql, kind->before);
		smart_str_appendc(sql, ')');
	} else {
		asq_purge_condition(site, sql, kind);
	}
	smart_str_append_printf(sql, " ORDER BY last_attempt_gmt, action_id LIMIT %u", want);
}

static asq_status asq_purge_find(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, unsigned want,
	asq_purge_ids *ids, bool *end, asq_error *error)
{
	smart_str sql = {0};
	asq_status status;
	zval rows, *row;

	asq_purge_find_sql(site, &sql, cursor, &options->kinds[cursor->kind], want);
	status = asq_purge_run(site, options, &sql, &rows, NULL, error);
	if (status != ASQ_OK) {
		return status;
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL(rows), row) {
		ids->id[ids->count++] = cursor->id = asq_row_number(row, 0);
		snprintf(cursor->date, sizeof(cursor->date), "%s", ZSTR_VAL(asq_row_get(row, 1)));
	} ZEND_HASH_FOREACH_END();
	*end = ids->count < want;
	zval_ptr_dtor(&rows);
	return ASQ_OK;
}

/*
 * Without that index (before Action Scheduler 3.9.3): by primary key, some ids at a time. The last row, marked by a 1, is the
 * next id that there is after those, over a gap of whatever size; NULL: there is none.
 */
static void asq_purge_find_by_id_sql(asq_site *site, smart_str *sql, const asq_purge_cursor *cursor, const asq_purge_kind *kind, unsigned want)
{
	const zend_ulong end = (zend_ulong) cursor->id + ASQ_PURGE_WINDOW;

	smart_str_append_printf(sql, "(SELECT action_id, 0 FROM %s FORCE INDEX (PRIMARY) WHERE action_id>" ZEND_ULONG_FMT " AND action_id<=" ZEND_ULONG_FMT " AND ",
		ZSTR_VAL(site->actions), (zend_ulong) cursor->id, end);
	asq_purge_condition(site, sql, kind);
	smart_str_append_printf(sql, " ORDER BY action_id LIMIT %u) UNION ALL (SELECT MIN(action_id), 1 FROM %s WHERE action_id>" ZEND_ULONG_FMT ")", want,
		ZSTR_VAL(site->actions), end);
}

static asq_status asq_purge_find_by_id(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, unsigned want,
	asq_purge_ids *ids, bool *end, asq_error *error)
{
	smart_str sql = {0};
	asq_status status;
	uint64_t next = 0;
	zval rows, *row;

	asq_purge_find_by_id_sql(site, &sql, cursor, &options->kinds[cursor->kind], want);
	status = asq_purge_run(site, options, &sql, &rows, NULL, error);
	if (status != ASQ_OK) {
		return status;
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL(rows), row) {
		if (asq_row_number(row, 1)) {
			next = asq_row_number(row, 0);
		} else {
			ids->id[ids->count++] = cursor->id = asq_row_number(row, 0);
		}
	} ZEND_HASH_FOREACH_END();
	zval_ptr_dtor(&rows);
	*end = ids->count < want && !next;
	if (ids->count < want && next) {
		cursor->id = next - 1;
	}
	return ASQ_OK;
}

/* By that index, if there is one. If there is none, this process finds that out once: as a rule it stays so while it lives. */
static asq_status asq_purge_look(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, unsigned want,
	asq_purge_ids *ids, bool *end, asq_error *error)
{
	zend_ulong table = zend_inline_hash_func(ZSTR_VAL(site->actions), ZSTR_LEN(site->actions));

	if (ASQ_G(purge_by_id) != table) {
		asq_status status = asq_purge_find(site, cursor, options, want, ids, end, error);
		if (status != ASQ_FAILED || !asq_error_is_no_index(error)) {
			return status;
		}
		ASQ_G(purge_by_id) = table;
	}
	return asq_purge_find_by_id(site, cursor, options, want, ids, end, error);
}

/* ---- The deletion ------------------------------------------------------------------------------- */

typedef struct {
	asq_site *site;
	const asq_purge_kind *kind;
	asq_purge_ids gone;     /* those that are deleted */
} asq_purge_deletion;

/* Locks those that still are what the look has found; what others are changing is passed over. */
static void asq_purge_fence(asq_site *site, smart_str *sql, const asq_purge_kind *kind, const asq_purge_ids *ids)
{
	smart_str_append_printf(sql, "SELECT action_id FROM %s FORCE INDEX (PRIMARY) WHERE ", ZSTR_VAL(site->actions));
	asq_purge_list(sql, "action_id", ids);
	smart_str_appends(sql, " AND ");
	asq_purge_condition(site, sql, kind);
	smart_str_appends(sql, site->link.skip_locked ? " FOR UPDATE SKIP LOCKED" : " FOR UPDATE");
}

static bool asq_purge_has(const asq_purge_ids *ids, uint64_t id)
{
	for (unsigned i = 0; i < ids->count; i++) {
		if (ids->id[i] == id) {
			return true;
		}
	}
	return false;
}

/*
 * Takes the ids that are locked now. If the answer to an earlier commit was lost, and what it was to delete is not
 * there any more, it went through: those count, too.
 */
static void asq_purge_take(asq_purge_deletion *deletion, const asq_purge_ids *locked, bool unsure)
{
	asq_purge_ids *gone = &deletion->gone;

	if (!unsure || !gone->count || asq_purge_has(locked, gone->id[0])) {
		*gone = *locked;
		return;
	}
	for (unsigned i = 0; i < locked->count; i++) {
		if (!asq_purge_has(gone, locked->id[i])) {
			gone->id[gone->count++] = locked->id[i];
		}
	}
}

/* The deletion of those that are locked now. */
static asq_status asq_purge_fill(asq_batch *look, asq_batch *write, void *context, asq_error *error)
{
	asq_purge_deletion *deletion = context;
	asq_purge_ids locked = { .count = 0 };
	HashTable *rows = asq_result_rows(&look->result[0]);
	smart_str *sql;
	zval *row;

	(void) error;
	ZEND_HASH_FOREACH_VAL(rows, row) {
		locked.id[locked.count++] = asq_row_number(row, 0);
	} ZEND_HASH_FOREACH_END();
	asq_purge_take(deletion, &locked, write->retried);
	if (!locked.count) {
		return ASQ_OK;
	}
	sql = asq_batch_add(write);
	asq_purge_delete_from(deletion->site, sql, deletion->site->logs, "action_id");
	asq_purge_list(sql, "t.action_id", &locked);
	sql = asq_batch_add(write);
	asq_purge_delete_from(deletion->site, sql, deletion->site->actions, "PRIMARY");
	asq_purge_list(sql, "t.action_id", &locked);
	smart_str_append_printf(sql, " AND t.status='%s'", deletion->kind->status);
	return ASQ_OK;
}

/* Deletes a batch of actions and their logs in one commit. */
static asq_status asq_purge_delete(asq_site *site, const asq_purge_options *options, const asq_purge_kind *kind, const asq_purge_ids *ids,
	asq_purge_deletion *deletion, uint64_t *logs, asq_error *error)
{
	asq_batch look, write;
	asq_status status;

	deletion->site = site;
	deletion->kind = kind;
	deletion->gone.count = 0;
	asq_batch_init(&look, false);
	asq_batch_init(&write, false);
	look.patience = options->patience;
	asq_purge_fence(site, asq_batch_add(&look), kind, ids);
	status = asq_link_transact(&site->link, &look, &write, asq_purge_fill, deletion, error);
	if (status == ASQ_OK && write.count) {
		*logs = (uint64_t) write.result[0].affected;
	} else if (status != ASQ_OK) {
		deletion->gone.count = 0;
		status = asq_purge_pass_over(status, error);
	}
	asq_batch_free(&look);
	asq_batch_free(&write);
	return status;
}

static asq_status asq_purge_count_logs(asq_site *site, const asq_purge_options *options, const asq_purge_ids *ids, uint64_t *logs, asq_error *error)
{
	smart_str sql = {0};

	smart_str_append_printf(&sql, "SELECT COUNT(*) FROM %s FORCE INDEX (action_id) WHERE ", ZSTR_VAL(site->logs));
	asq_purge_list(&sql, "action_id", ids);
	return asq_purge_cell(site, options, &sql, logs, error);
}

/* Remembers what was found, but is not deleted: it is held by somebody for the moment, or has changed. */
static void asq_purge_passed(asq_purge_cursor *cursor, const asq_purge_ids *found, const asq_purge_ids *gone)
{
	if (cursor->last_try || gone->count == found->count) {
		return;
	}
	for (unsigned i = 0; i < found->count && cursor->passed < ASQ_PURGE_PASSED; i++) {
		if (!asq_purge_has(gone, found->id[i])) {
			cursor->passed_id[cursor->passed++] = found->id[i];
		}
	}
}

/* What the look has found, deleted, or only counted. */
static asq_status asq_purge_batch(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, const asq_purge_kind *kind,
	const asq_purge_ids *ids, asq_purge_counts *counts, zval *deleted, asq_error *error)
{
	asq_purge_deletion deletion;
	uint64_t logs = 0;
	double began = asq_monotonic();
	asq_status status;

	if (options->dry_run) {
		status = asq_purge_count_logs(site, options, ids, &logs, error);
		counts->actions += status == ASQ_OK ? ids->count : 0;
		counts->logs += logs;
		return status;
	}
	status = asq_purge_delete(site, options, kind, ids, &deletion, &logs, error);
	if (status != ASQ_OK) {
		return status;
	}
	asq_purge_pace(cursor, options, counts, ids->count, asq_monotonic() - began);
	asq_purge_passed(cursor, ids, &deletion.gone);
	counts->actions += deletion.gone.count;
	counts->logs += logs;
	for (unsigned i = 0; deleted && i < deletion.gone.count; i++) {
		add_next_index_long(deleted, (zend_long) deletion.gone.id[i]);
	}
	return ASQ_OK;
}

/* The last batch of a kind: those that somebody held, as far as they still are what was found. */
static asq_status asq_purge_try_again(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, asq_purge_counts *counts,
	zval *deleted, asq_error *error)
{
	asq_purge_ids ids = { .count = cursor->passed };
	asq_status status;

	memcpy(ids.id, cursor->passed_id, cursor->passed * sizeof(ids.id[0]));
	if (options->limit) {
		ids.count = (unsigned) MIN(ids.count, options->limit - counts->actions);
	}
	status = asq_purge_batch(site, cursor, options, &options->kinds[cursor->kind], &ids, counts, deleted, error);
	if (status == ASQ_OK) {
		asq_purge_advance(cursor, options);
	}
	return status;
}

asq_status asq_purge_actions(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, asq_purge_counts *counts,
	zval *deleted, asq_error *error)
{
	asq_purge_ids ids = { .count = 0 };
	unsigned want = asq_purge_size(cursor, options);
	const asq_purge_kind *kind = &options->kinds[cursor->kind];
	asq_status status;
	bool end = false;

	if (cursor->last_try) {
		return asq_purge_try_again(site, cursor, options, counts, deleted, error);
	}
	if (options->limit) {
		want = (unsigned) MIN(want, options->limit - counts->actions);
	}
	status = asq_purge_look(site, cursor, options, want, &ids, &end, error);
	if (status == ASQ_OK && ids.count) {
		status = asq_purge_batch(site, cursor, options, kind, &ids, counts, deleted, error);
	}
	cursor->last_try = status == ASQ_OK && end && cursor->passed;
	if (status == ASQ_OK && end && !cursor->last_try) {
		asq_purge_advance(cursor, options);
	}
	return status;
}
