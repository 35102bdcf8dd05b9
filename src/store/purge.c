/*
 * purge.c: deleting what ended long ago, in small batches by primary key: actions with their logs, log rows whose
 * action is gone, claims that nothing refers to. One step is one look, without a lock, and at most one short
 * transaction. The looks go forward from where the last one ended, never over what has been deleted already.
 */
#include "purge.h"
#include "php_asq.h"
#include "src/db/monotonic.h"

#define ASQ_PURGE_WINDOW 2000    /* rows or ids that a look passes at most, where it cannot go straight to what it looks for */
#define ASQ_PURGE_FIRST  100     /* rows of the first batch */
#define ASQ_PURGE_LEAST  10
#define ASQ_PURGE_TARGET 0.05    /* seconds that a batch may take */

enum { ASQ_PURGE_ACTIONS, ASQ_PURGE_ORPHANS, ASQ_PURGE_CLAIMS, ASQ_PURGE_DONE };

/* A batch: ids of actions, log rows or claims. */
typedef struct {
	unsigned count;
	uint64_t id[ASQ_PURGE_BATCH];
} asq_purge_ids;

static uint64_t asq_purge_number(const zval *row, uint32_t column)
{
	zend_string *cell = asq_row_get(row, column);

	return cell ? (uint64_t) ZEND_STRTOUL(ZSTR_VAL(cell), NULL, 10) : 0;
}

static unsigned asq_purge_most(const asq_purge_options *options)
{
	return options->batch && options->batch < ASQ_PURGE_BATCH ? options->batch : ASQ_PURGE_BATCH;
}

static void asq_purge_list(smart_str *sql, const char *column, const asq_purge_ids *ids)
{
	smart_str_append_printf(sql, "%s IN (", column);
	for (unsigned i = 0; i < ids->count; i++) {
		smart_str_append_printf(sql, i ? "," ZEND_ULONG_FMT : ZEND_ULONG_FMT, (zend_ulong) ids->id[i]);
	}
	smart_str_appendc(sql, ')');
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
 * Begins a DELETE: who waits for a row here holds up a purge, or the supervisor that does it, so it is one second at most, where
 * the server lets a statement say so. The index hint matters: of a small table the server would else read, and
 * lock, all rows. The multi-table form is the one that takes it.
 */
static void asq_purge_delete_from(asq_site *site, smart_str *sql, const zend_string *table, const char *index)
{
	smart_str_append_printf(sql, "%sDELETE t FROM %s t FORCE INDEX (%s) WHERE ", site->link.compound ? "SET STATEMENT innodb_lock_wait_timeout=1 FOR " : "",
		ZSTR_VAL(table), index);
}

/* Somebody holds a row of the batch: it is left to the next purge. */
static asq_status asq_purge_pass_over(asq_status status, const asq_error *error)
{
	return status == ASQ_FAILED && asq_error_is_wait(error) ? ASQ_OK : status;
}

/* Runs one statement; *rows (the caller's to free) becomes what it has read, *affected what it has changed. */
static asq_status asq_purge_run(asq_site *site, const asq_purge_options *options, smart_str *sql, zval *rows, uint64_t *affected, asq_error *error)
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

/* The number that a statement reads; 0 for none. */
static asq_status asq_purge_cell(asq_site *site, const asq_purge_options *options, smart_str *sql, uint64_t *number, asq_error *error)
{
	zval rows, *row;
	asq_status status = asq_purge_run(site, options, sql, &rows, NULL, error);

	*number = 0;
	if (status == ASQ_OK) {
		row = zend_hash_index_find(Z_ARRVAL(rows), 0);
		*number = row ? asq_purge_number(row, 0) : 0;
		zval_ptr_dtor(&rows);
	}
	return status;
}

/* ---- The pace --------------------------------------------------------------------------------- */

/* A batch that was quick is followed by a larger one, one that took too long by a smaller one. */
static void asq_purge_pace(asq_purge_cursor *cursor, const asq_purge_options *options, asq_purge_counts *counts, unsigned rows, double seconds)
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

/* How many rows the next batch may have. */
static unsigned asq_purge_size(asq_purge_cursor *cursor, const asq_purge_options *options)
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

/* Goes on to the next kind of actions, or from the actions to the logs, or from these to the claims. */
static void asq_purge_advance(asq_purge_cursor *cursor, const asq_purge_options *options)
{
	if (cursor->phase != ASQ_PURGE_ACTIONS || ++cursor->kind >= options->count) {
		cursor->phase = options->actions_only ? ASQ_PURGE_DONE : cursor->phase + 1;
	}
	cursor->date[0] = '\0';
	cursor->id = cursor->log_id = 0;
	cursor->passed = 0;
	cursor->last_try = false;
}

/* ---- Actions: the look -------------------------------------------------------------------------- */

static void asq_purge_condition(asq_site *site, smart_str *sql, const asq_purge_kind *kind)
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
		ids->id[ids->count++] = cursor->id = asq_purge_number(row, 0);
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
		if (asq_purge_number(row, 1)) {
			next = asq_purge_number(row, 0);
		} else {
			ids->id[ids->count++] = cursor->id = asq_purge_number(row, 0);
		}
	} ZEND_HASH_FOREACH_END();
	zval_ptr_dtor(&rows);
	*end = ids->count < want && !next;
	if (ids->count < want && next) {
		cursor->id = next - 1;
	}
	return ASQ_OK;
}

/* Whether this process has found already that the site's table has no such index: as a rule that stays so while it lives. */
static bool asq_purge_is_by_id(const asq_site *site)
{
	return ASQ_G(purge_by_id) == zend_inline_hash_func(ZSTR_VAL(site->actions), ZSTR_LEN(site->actions));
}

/* ---- Actions: the deletion ---------------------------------------------------------------------- */

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
		locked.id[locked.count++] = asq_purge_number(row, 0);
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

static asq_status asq_purge_actions(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, asq_purge_counts *counts,
	zval *deleted, asq_error *error)
{
	asq_purge_ids ids = { .count = 0 };
	unsigned want = asq_purge_size(cursor, options);
	const asq_purge_kind *kind = &options->kinds[cursor->kind];
	asq_status status = ASQ_FAILED;
	bool end = false;

	if (cursor->last_try) {
		return asq_purge_try_again(site, cursor, options, counts, deleted, error);
	}
	if (options->limit) {
		want = (unsigned) MIN(want, options->limit - counts->actions);
	}
	cursor->by_id = cursor->by_id || asq_purge_is_by_id(site);
	if (!cursor->by_id) {
		status = asq_purge_find(site, cursor, options, want, &ids, &end, error);
		if (status == ASQ_FAILED && asq_error_is_no_index(error)) {
			cursor->by_id = true;
			ASQ_G(purge_by_id) = zend_inline_hash_func(ZSTR_VAL(site->actions), ZSTR_LEN(site->actions));
		}
	}
	if (cursor->by_id) {
		status = asq_purge_find_by_id(site, cursor, options, want, &ids, &end, error);
	}
	if (status == ASQ_OK && ids.count) {
		status = asq_purge_batch(site, cursor, options, kind, &ids, counts, deleted, error);
	}
	cursor->last_try = status == ASQ_OK && end && cursor->passed;
	if (status == ASQ_OK && end && !cursor->last_try) {
		asq_purge_advance(cursor, options);
	}
	return status;
}

/* ---- Logs and claims that nothing refers to ------------------------------------------------------ */

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
		cursor->id = asq_purge_number(row, 0);
		*mark = asq_purge_number(row, last - 1);
		if (asq_purge_number(row, last)) {
			ids->id[ids->count++] = *mark;
		}
	} ZEND_HASH_FOREACH_END();
	return true;
}

static asq_status asq_purge_orphans(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, asq_purge_counts *counts, asq_error *error)
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

static asq_status asq_purge_claims(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, asq_purge_counts *counts, asq_error *error)
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
