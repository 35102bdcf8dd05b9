/*
 * claim_due.c: claims of the worker pool, whose time does not grow with the backlog. Ids are found without locks, a
 * few hundred at a time, by a range scan over the index asq_claim, which is Action Scheduler's order, from where the last
 * one ended; then the rows of some are locked and claimed by primary key.
 *
 * Not by one locking scan over the index: that one cannot pass quickly over what an old snapshot keeps there, and would do
 * so at each range's end. And one range for each (priority, attempts), since the date comes after those in the order, so
 * that future actions stand in the middle of it. A full look finds the pairs that there are, and rows that came late.
 *
 * Invariant: what is found is only a hint. A position never hides a row for longer than to the next full look.
 */
#include "claiming.h"
#include "pause.h"
#include "statement.h"
#include "tables.h"
#include "src/db/monotonic.h"

#define ASQ_INDEX_SECONDS 60.0   /* how long the index is taken for missing before it is asked for again */
#define ASQ_CHEAP_SECONDS 0.002  /* a full look that takes less says that nothing is in the way between the pairs either */
#define ASQ_CLAIM_TRIES   5

/* ---- Pauses ------------------------------------------------------------------------------------- */

/* Takes what is paused; false: it was the same before. */
bool asq_claiming_take_pauses(asq_claiming *claiming, const asq_result *result)
{
	asq_claim_cursor *cursor = claiming->cursor;
	HashTable *rows = asq_result_rows(result);
	smart_str condition = {0};
	zend_string *text;
	bool changed, paused_all = asq_store_paused_all(rows);

	asq_store_paused_sql(claiming->site, rows, &condition);
	text = smart_str_extract(&condition);
	changed = !cursor->paused || cursor->paused_all != paused_all || !zend_string_equals(cursor->paused, text);
	if (cursor->paused) {
		zend_string_release(cursor->paused);
	}
	cursor->paused = text;
	cursor->paused_all = paused_all;
	if (changed) {
		asq_claim_cursor_look(cursor);
	}
	return changed;
}

asq_status asq_claiming_read_pauses(asq_claiming *claiming, asq_error *error)
{
	asq_batch batch;
	asq_status status;

	asq_batch_init(&batch, false);
	asq_store_pauses_select(asq_batch_add(&batch), claiming->pauses);
	status = asq_site_run(claiming->site, &batch, error);
	if (status == ASQ_OK) {
		asq_claiming_take_pauses(claiming, &batch.result[0]);
	}
	asq_batch_free(&batch);
	return status;
}

/* The filter, and what is paused. */
void asq_claiming_conditions(asq_claiming *claiming, smart_str *sql)
{
	asq_store_filter_sql(claiming->site, sql, claiming->filter);
	smart_str_append(sql, claiming->cursor->paused);
}

bool asq_claiming_is_filtered(asq_claiming *claiming)
{
	const asq_claim_filter *filter = claiming->filter;

	return ZSTR_LEN(claiming->cursor->paused) || (filter->hooks && zend_hash_num_elements(filter->hooks))
		|| (filter->group_ids && zend_hash_num_elements(filter->group_ids));
}

void asq_claiming_order(asq_claiming *claiming, smart_str *sql)
{
	smart_str_appendc(sql, ' ');
	if (claiming->filter->order_by) {
		smart_str_append(sql, claiming->filter->order_by);
	} else {
		smart_str_appends(sql, "ORDER BY " ASQ_ORDER);
	}
}

/* What is free and due, and allowed by the filter. */
void asq_claiming_where(asq_claiming *claiming, smart_str *sql)
{
	smart_str_appends(sql, ASQ_FREE " AND scheduled_date_gmt<=");
	asq_sql_string(&claiming->site->link, sql, claiming->filter->due);
	asq_claiming_conditions(claiming, sql);
}

/* ---- Statements --------------------------------------------------------------------------------- */

/* The columns of a claimed row. The slug by a subquery: what is joined would be locked, and its rivals skip the row. */
static void asq_claim_columns(asq_claiming *claiming, smart_str *sql)
{
	smart_str_append_printf(sql, "SELECT a.action_id, a.hook, a.status, a.args, a.extended_args, a.schedule, a.priority,"
		" (SELECT g.slug FROM %s g WHERE g.group_id=a.group_id), a.attempts, a.scheduled_date_gmt FROM %s a",
		ZSTR_VAL(claiming->site->groups), ZSTR_VAL(claiming->site->actions));
}

/* The rows of these ids that are still free, as they come: that is, by their ids. */
static void asq_claim_select(asq_claiming *claiming, smart_str *sql)
{
	asq_claim_columns(claiming, sql);
	smart_str_appends(sql, " FORCE INDEX (PRIMARY) WHERE ");
	asq_sql_ids(sql, claiming->ids, claiming->count);
	smart_str_appends(sql, " AND ");
	asq_claiming_where(claiming, sql);
	smart_str_appends(sql, claiming->site->link.skip_locked ? " FOR UPDATE SKIP LOCKED" : " FOR UPDATE");
}

static void asq_claim_write(asq_claiming *claiming, smart_str *sql, const smart_str *condition)
{
	smart_str_append_printf(sql, "UPDATE %s FORCE INDEX (PRIMARY) SET claim_id=" ZEND_ULONG_FMT ", ",
		ZSTR_VAL(claiming->site->actions), (zend_ulong) claiming->claim_id);
	asq_sql_attempted(claiming->site, sql, claiming->filter->now_gmt, claiming->filter->now_local);
	smart_str_appends(sql, " WHERE ");
	smart_str_append_smart_str(sql, condition);
	smart_str_appends(sql, " AND " ASQ_FREE);
}

/* ---- The transaction ---------------------------------------------------------------------------- */

/* The condition for the rows. */
static void asq_claim_rows(HashTable *rows, smart_str *sql)
{
	uint64_t *ids = safe_emalloc(zend_hash_num_elements(rows), sizeof(*ids), 0);
	size_t count = 0;
	zval *row;

	ZEND_HASH_FOREACH_VAL(rows, row) {
		ids[count++] = asq_row_number(row, ASQ_COL_ID);
	} ZEND_HASH_FOREACH_END();
	asq_sql_ids(sql, ids, count);
	smart_str_0(sql);
	efree(ids);
}

/*
 * Makes the change of what was found. The ids are noted before: should the answer to the commit be lost, they are looked
 * for in asq_claim_recover(). Nothing is changed where that has to be done first, or where the pauses are not those
 * that the rows were chosen by.
 */
static asq_status asq_claim_fill(asq_batch *look, asq_batch *write, void *context, asq_error *error)
{
	asq_claiming *claiming = context;
	asq_claim_cursor *cursor = claiming->cursor;
	HashTable *rows = asq_result_rows(&look->result[1]);

	if (write->retried) {
		claiming->again = true;
		return ASQ_OK;
	}
	smart_str_free(&cursor->doubt);
	if (asq_claiming_take_pauses(claiming, &look->result[0])) {
		claiming->again = true;
		return ASQ_OK;
	}
	if (rows && zend_hash_num_elements(rows)) {
		asq_claim_rows(rows, &cursor->doubt);
		cursor->doubt_claim = claiming->claim_id;
		asq_claim_write(claiming, asq_batch_add(write), &cursor->doubt);
	}
	return ASQ_OK;
}

static void asq_claim_take_row(asq_claiming *claiming, zval *row)
{
	Z_TRY_ADDREF_P(row);
	zend_hash_next_index_insert_new(Z_ARRVAL_P(claiming->rows), row);
}

/* Adds rows to those that are handed out, in the order in which their ids were found: to sort them the server takes as long as to read them. */
static void asq_claim_take(asq_claiming *claiming, const asq_result *result)
{
	HashTable *rows = asq_result_rows(result), by_id;
	zval *row;

	if (!rows) {
		return;
	}
	zend_hash_init(&by_id, zend_hash_num_elements(rows), NULL, NULL, 0);
	ZEND_HASH_FOREACH_VAL(rows, row) {
		zval at;
		ZVAL_PTR(&at, row);
		zend_hash_index_update(&by_id, asq_row_number(row, ASQ_COL_ID), &at);
	} ZEND_HASH_FOREACH_END();
	for (size_t i = 0; i < claiming->count; i++) {
		row = zend_hash_index_find_ptr(&by_id, claiming->ids[i]);
		if (row) {
			asq_claim_take_row(claiming, row);
		}
	}
	zend_hash_destroy(&by_id);
}

/* Claims those of the ids that nobody else has. */
static asq_status asq_claim_these(asq_claiming *claiming, asq_error *error)
{
	asq_batch look, write;
	asq_status status;

	asq_batch_init_patient(&look, false);
	asq_batch_init(&write, false);
	asq_store_pauses_select(asq_batch_add(&look), claiming->pauses);
	asq_claim_select(claiming, asq_batch_add(&look));
	status = asq_link_transact(&claiming->site->link, &look, &write, asq_claim_fill, claiming, error);
	if (status == ASQ_OK && !claiming->again) {
		smart_str_free(&claiming->cursor->doubt);
		asq_claim_take(claiming, &look.result[1]);
	}
	asq_batch_free(&write);
	asq_batch_free(&look);
	return status;
}

/* The rows of a commit that may have gone through: those that the claim holds. */
static asq_status asq_claim_recover(asq_claiming *claiming, asq_error *error)
{
	asq_claim_cursor *cursor = claiming->cursor;
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	asq_batch_init_patient(&batch, false);
	sql = asq_batch_add(&batch);
	asq_claim_columns(claiming, sql);
	smart_str_appends(sql, " WHERE ");
	smart_str_append_smart_str(sql, &cursor->doubt);
	smart_str_append_printf(sql, " AND claim_id=" ZEND_ULONG_FMT " AND status='" ASQ_STATUS_PENDING "' ORDER BY " ASQ_ORDER, (zend_ulong) claiming->claim_id);
	status = asq_site_run(claiming->site, &batch, error);
	if (status == ASQ_OK && asq_result_rows(&batch.result[0])) {
		zval *row;
		ZEND_HASH_FOREACH_VAL(asq_result_rows(&batch.result[0]), row) {
			asq_claim_take_row(claiming, row);
		} ZEND_HASH_FOREACH_END();
	}
	if (status == ASQ_OK) {
		smart_str_free(&cursor->doubt);
	}
	asq_batch_free(&batch);
	return status;
}

/* ---- A claim ------------------------------------------------------------------------------------ */

static asq_status asq_claim_ask_index(asq_claiming *claiming, asq_error *error)
{
	asq_claim_cursor *cursor = claiming->cursor;
	double now = asq_monotonic();
	bool there;
	asq_status status;

	if (cursor->index == ASQ_INDEX_THERE || (cursor->index == ASQ_INDEX_MISSING && now - cursor->index_asked < ASQ_INDEX_SECONDS)) {
		return ASQ_OK;
	}
	status = asq_store_has_claim_index(claiming->site, &there, error);
	if (status == ASQ_OK) {
		cursor->index = there ? ASQ_INDEX_THERE : ASQ_INDEX_MISSING;
		cursor->index_asked = now;
	}
	return status;
}

static bool asq_claim_has_live(const asq_claim_cursor *cursor)
{
	for (unsigned i = 0; i < cursor->count; i++) {
		if (cursor->pairs[i].live) {
			return true;
		}
	}
	return false;
}

/* The pairs that are due; then all; then, if nothing was claimed, from the very beginning. *more: something was done. */
static asq_status asq_claim_find(asq_claiming *claiming, bool *more, asq_error *error)
{
	asq_claim_cursor *cursor = claiming->cursor;
	asq_status status;

	*more = true;
	if (!asq_claiming_by_index(claiming)) {
		*more = !claiming->found;
		claiming->found = true;
		return *more ? asq_found_make(claiming, ASQ_FIND_ALL, error) : ASQ_OK;
	}
	if (!claiming->looked && asq_claim_may_look(cursor, false)) {
		return asq_claim_look(claiming, error);
	}
	if (asq_claim_has_live(cursor)) {
		return asq_found_make(claiming, cursor->look_cost < ASQ_CHEAP_SECONDS ? ASQ_FIND_ALL : ASQ_FIND_LIVE, error);
	}
	if (!claiming->swept && cursor->count) {
		claiming->swept = true;
		return asq_found_make(claiming, ASQ_FIND_ALL, error);
	}
	*more = !claiming->looked && !zend_hash_num_elements(Z_ARRVAL_P(claiming->rows)) && asq_claim_may_look(cursor, true);
	if (!*more) {
		return ASQ_OK;
	}
	status = asq_claim_look(claiming, error);
	*more = asq_claim_has_live(cursor) || cursor->found;
	return status;
}

static asq_status asq_claim_loop(asq_claiming *claiming, asq_error *error)
{
	asq_status status = ASQ_OK;
	bool more = true;

	while (status == ASQ_OK && more && !claiming->again && !claiming->cursor->paused_all && asq_claiming_wanted(claiming) > 0) {
		claiming->ids = asq_found_next(claiming, &claiming->count);
		if (claiming->ids) {
			status = asq_claim_these(claiming, error);
			efree(claiming->ids);
		} else if (asq_monotonic() > claiming->until && asq_claiming_is_filtered(claiming)) {
			claiming->cursor->unfinished = true;
			more = false;
		} else {
			status = asq_claim_find(claiming, &more, error);
		}
	}
	return status;
}

static asq_status asq_claim_once(asq_claiming *claiming, asq_error *error)
{
	asq_claim_cursor *cursor = claiming->cursor;
	asq_status status = ASQ_OK;

	claiming->again = claiming->looked = claiming->swept = claiming->found = false;
	if (cursor->doubt.s && cursor->doubt_claim == claiming->claim_id) {
		status = asq_claim_recover(claiming, error);
	}
	if (status == ASQ_OK) {
		status = asq_claim_ask_index(claiming, error);
	}
	if (status == ASQ_OK && (!cursor->paused || cursor->paused_all)) {
		status = asq_claiming_read_pauses(claiming, error);
	}
	return status == ASQ_OK ? asq_claim_loop(claiming, error) : status;
}

/* What is to be done about an error before it is tried once more; false: nothing can be. */
static bool asq_claim_mend(asq_claiming *claiming, const asq_error *error)
{
	asq_error ignored;

	if (asq_error_is_no_index(error)) {
		claiming->cursor->index = ASQ_INDEX_UNKNOWN;
		return true;
	}
	return asq_error_is_no_table(error) && asq_store_own_tables(claiming->site, &ignored) == ASQ_OK
		&& (!claiming->site->own_tables || asq_site_create_tables(claiming->site, &ignored) == ASQ_OK);
}

asq_status asq_store_claim_due(asq_site *site, const asq_claim_filter *filter, uint64_t claim_id, asq_claim_cursor *cursor, zval *rows, asq_error *error)
{
	asq_claiming claiming = { .site = site, .filter = filter, .claim_id = claim_id, .cursor = cursor, .rows = rows };
	asq_status status;
	bool mended = false;

	array_init(rows);
	claiming.pauses = asq_site_table(site, "asq_pauses");
	asq_claim_calm(filter->due, claiming.calm);
	claiming.until = asq_monotonic() + ASQ_CLAIM_SECONDS;
	cursor->unfinished = false;
	for (int i = 0; i < ASQ_CLAIM_TRIES; i++) {
		status = asq_claim_once(&claiming, error);
		if (status == ASQ_FAILED && !mended) {
			mended = claiming.again = asq_claim_mend(&claiming, error);
		}
		if (!claiming.again) {
			break;
		}
	}
	zend_string_release(claiming.pauses);
	if (status != ASQ_OK) {
		/* What it was about to claim is behind the positions, and in nobody's hands. */
		asq_claim_cursor_look(cursor);
		if (zend_hash_num_elements(Z_ARRVAL_P(rows))) {
			return ASQ_OK;
		}
		zval_ptr_dtor(rows);
		ZVAL_NULL(rows);
	}
	return status;
}
