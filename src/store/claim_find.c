/*
 * claim_find.c: finding the ids that the worker pool may claim, without locks: a range of the index for each (priority,
 * attempts), from where the last one ended.
 */
#include "claiming.h"
#include "pause.h"
#include "statement.h"
#include "src/db/monotonic.h"

#define ASQ_FOUND_SECONDS 0.25   /* how long ids that were found are used */
#define ASQ_SCAN_SECONDS  1.0    /* ... where there is no index */
#define ASQ_FOUND_CLAIMS  4      /* for so many claims */
#define ASQ_FOUND_LEAST   400
#define ASQ_FOUND_MOST    2000   /* where there is no index */
#define ASQ_EXAMINE       10000  /* rows that one statement goes through where some may not be claimed: some 20 ms */

static void asq_pair_range(smart_str *sql, const asq_claim_position *pair)
{
	smart_str_append_printf(sql, "priority=" ZEND_LONG_FMT " AND attempts=" ZEND_LONG_FMT, pair->priority, pair->attempts);
	if (pair->set) {
		smart_str_append_printf(sql, " AND (scheduled_date_gmt='%s' AND action_id>" ZEND_ULONG_FMT " OR scheduled_date_gmt>'%s')",
			pair->date, (zend_ulong) pair->id, pair->date);
	}
}

/* What comes after a pair. */
void asq_rest_range(smart_str *sql, const asq_claim_position *after)
{
	smart_str_append_printf(sql, "priority=" ZEND_LONG_FMT " AND attempts>" ZEND_LONG_FMT " OR priority>" ZEND_LONG_FMT,
		after->priority, after->attempts, after->priority);
}

/* What comes before a pair's position, from where the sweep is. */
static void asq_before_range(smart_str *sql, const asq_claim_position *pair, const asq_claim_position *sweep)
{
	asq_claim_position from = *pair;

	from.set = sweep->set && asq_pair_compare(sweep, pair->priority, pair->attempts) == 0;
	if (from.set) {
		asq_position_set(&from, sweep->date, sweep->id);
	}
	asq_pair_range(sql, &from);
	smart_str_append_printf(sql, " AND (scheduled_date_gmt='%s' AND action_id<=" ZEND_ULONG_FMT " OR scheduled_date_gmt<'%s')",
		pair->date, (zend_ulong) pair->id, pair->date);
}

static bool asq_pair_takes_part(const asq_claim_cursor *cursor, const asq_claim_position *pair, asq_find find)
{
	if (find == ASQ_FIND_BEFORE) {
		return pair->set && (!cursor->sweep.set || asq_pair_compare(&cursor->sweep, pair->priority, pair->attempts) <= 0);
	}
	return find == ASQ_FIND_ALL || pair->live;
}

/* One range for each pair: the optimizer takes them as they are, and reads them in their order. */
static void asq_pair_ranges(const asq_claim_cursor *cursor, smart_str *sql, asq_find find)
{
	bool first = true;

	for (unsigned i = 0; i < cursor->count; i++) {
		const asq_claim_position *pair = &cursor->pairs[i];
		if (!asq_pair_takes_part(cursor, pair, find)) {
			continue;
		}
		smart_str_appends(sql, first ? " AND (" : " OR ");
		if (find == ASQ_FIND_BEFORE) {
			asq_before_range(sql, pair, &cursor->sweep);
		} else {
			asq_pair_range(sql, pair);
		}
		first = false;
	}
	if (find != ASQ_FIND_BEFORE && cursor->more && cursor->count) {
		smart_str_appends(sql, first ? " AND (" : " OR ");
		asq_rest_range(sql, &cursor->pairs[cursor->count - 1]);
		first = false;
	}
	smart_str_appends(sql, first ? " AND FALSE" : ")");
}

/* How many ids: for more than one claim, which costs next to nothing. */
static zend_long asq_found_limit(asq_claiming *claiming)
{
	return asq_claiming_by_index(claiming) ? MAX(claiming->filter->limit * ASQ_FOUND_CLAIMS, ASQ_FOUND_LEAST) : MAX(claiming->filter->limit, ASQ_FOUND_MOST);
}

/* By the index, filter or not. */
static void asq_found_scan(asq_claiming *claiming, smart_str *sql, asq_find find, const char *more_columns)
{
	smart_str_append_printf(sql, "SELECT action_id, priority, attempts, scheduled_date_gmt%s FROM %s FORCE INDEX (asq_claim) WHERE " ASQ_FREE
		" AND scheduled_date_gmt<=", more_columns, ZSTR_VAL(claiming->site->actions));
	asq_sql_string(&claiming->site->link, sql, claiming->filter->due);
	asq_pair_ranges(claiming->cursor, sql, find);
	smart_str_appends(sql, " ORDER BY " ASQ_ORDER);
}

/*
 * The ids. Where not all may be claimed, those among the next ten thousand rows, and after them, as the batch's last
 * statement, how far these go.
 */
static void asq_found_select(asq_claiming *claiming, asq_batch *batch, asq_find find, zend_long limit)
{
	smart_str *sql = asq_batch_add(batch);

	if (!asq_claiming_by_index(claiming)) {
		smart_str_append_printf(sql, "SELECT action_id, priority, attempts, scheduled_date_gmt FROM %s WHERE ", ZSTR_VAL(claiming->site->actions));
		asq_claiming_where(claiming, sql);
		asq_claiming_order(claiming, sql);
		smart_str_append_printf(sql, " LIMIT " ZEND_LONG_FMT, limit);
	} else if (!asq_claiming_is_filtered(claiming)) {
		asq_found_scan(claiming, sql, find, "");
		smart_str_append_printf(sql, " LIMIT " ZEND_LONG_FMT, limit);
	} else {
		smart_str_appends(sql, "SELECT action_id, priority, attempts, scheduled_date_gmt FROM (");
		asq_found_scan(claiming, sql, find, ", hook, group_id");
		smart_str_append_printf(sql, " LIMIT %d) t WHERE TRUE", ASQ_EXAMINE);
		asq_claiming_conditions(claiming, sql);
		smart_str_append_printf(sql, " ORDER BY " ASQ_ORDER " LIMIT " ZEND_LONG_FMT, limit);
		sql = asq_batch_add(batch);
		asq_found_scan(claiming, sql, find, "");
		smart_str_append_printf(sql, " LIMIT 1 OFFSET %d", ASQ_EXAMINE - 1);
	}
}

/* The last row that was looked at, if there may be more. */
static const zval *asq_found_last(const asq_batch *batch, zend_long limit)
{
	HashTable *rows = asq_result_rows(&batch->result[1]), *bounds = batch->count > 2 ? asq_result_rows(&batch->result[2]) : NULL;
	uint32_t count = zend_hash_num_elements(rows);

	if ((zend_long) count >= limit) {
		return zend_hash_index_find(rows, count - 1);
	}
	return bounds ? zend_hash_index_find(bounds, 0) : NULL;
}

/*
 * Moves the positions. last: behind it, if there may be more, its pair goes on, and those before it are at their end. NULL:
 * all that took part are.
 */
static void asq_found_advance(asq_claiming *claiming, const zval *last, bool all)
{
	asq_claim_cursor *cursor = claiming->cursor;
	unsigned end = cursor->count;
	bool known;

	if (last) {
		end = asq_pair_place(cursor, asq_row_long(last, 1), asq_row_long(last, 2), &known);
		if (known) {
			asq_position_behind(&cursor->pairs[end], last);
		}
		for (unsigned i = end; i < cursor->count; i++) {
			cursor->pairs[i].live = cursor->pairs[i].live || all;
		}
	}
	for (unsigned i = 0; i < end; i++) {
		if (all || cursor->pairs[i].live) {
			asq_position_rest(&cursor->pairs[i], claiming->calm);
		}
	}
}

/* The sweep goes on behind this row, or begins anew. */
static void asq_sweep_advance(asq_claim_cursor *cursor, const zval *last)
{
	cursor->sweep.set = false;
	if (last) {
		cursor->sweep.priority = asq_row_long(last, 1);
		cursor->sweep.attempts = asq_row_long(last, 2);
		asq_position_behind(&cursor->sweep, last);
	}
}

/* Finds the ids to be claimed next. */
asq_status asq_found_make(asq_claiming *claiming, asq_find find, asq_error *error)
{
	asq_claim_cursor *cursor = claiming->cursor;
	zend_long limit = asq_found_limit(claiming);
	double began = asq_monotonic();
	asq_batch batch;
	asq_status status;

	asq_batch_init_patient(&batch, false);
	asq_store_pauses_select(asq_batch_add(&batch), claiming->pauses);
	asq_found_select(claiming, &batch, find, limit);
	status = asq_site_run(claiming->site, &batch, error);
	if (status == ASQ_OK && asq_claiming_take_pauses(claiming, &batch.result[0])) {
		claiming->again = true;
	} else if (status == ASQ_OK && asq_result_rows(&batch.result[1])) {
		const zval *last = asq_found_last(&batch, limit);
		if (find == ASQ_FIND_BEFORE) {
			asq_sweep_advance(cursor, last);
		} else {
			asq_found_advance(claiming, last, find == ASQ_FIND_ALL);
		}
		asq_claim_forget_found(cursor);
		cursor->found = asq_result_rows(&batch.result[1]);
		ZVAL_UNDEF(&batch.result[1].rows);
		cursor->found_used = 0;
		cursor->found_at = asq_monotonic();
		cursor->found_cost = cursor->found_at - began;
	}
	asq_batch_free(&batch);
	return status;
}

/* The ids that are left are not used any more: their pairs go on from the first of each. */
static void asq_found_return(asq_claim_cursor *cursor)
{
	uint32_t count = zend_hash_num_elements(cursor->found);
	const asq_claim_position *last = NULL;

	for (uint32_t i = cursor->found_used; i < count; i++) {
		const zval *row = zend_hash_index_find(cursor->found, i);
		bool known;
		unsigned place = asq_pair_place(cursor, asq_row_long(row, 1), asq_row_long(row, 2), &known);
		if (known && &cursor->pairs[place] != last) {
			asq_position_set(&cursor->pairs[place], ZSTR_VAL(asq_row_get(row, 3)), asq_row_number(row, 0) - 1);
			cursor->pairs[place].live = true;
			last = &cursor->pairs[place];
		}
	}
	asq_claim_forget_found(cursor);
}

/* The next ids that were found, in their order, to be freed; NULL: there are none, or they are too old. */
uint64_t *asq_found_next(asq_claiming *claiming, size_t *count)
{
	asq_claim_cursor *cursor = claiming->cursor;
	double longest = asq_claiming_by_index(claiming) ? ASQ_FOUND_SECONDS : ASQ_SCAN_SECONDS;
	uint32_t found = cursor->found ? zend_hash_num_elements(cursor->found) : 0;
	uint64_t *ids;

	if (cursor->found_used >= found) {
		return NULL;
	}
	if (asq_monotonic() - cursor->found_at > MAX(cursor->found_cost, longest)) {
		asq_found_return(cursor);
		return NULL;
	}
	*count = MIN((uint32_t) asq_claiming_wanted(claiming), found - cursor->found_used);
	ids = safe_emalloc(*count, sizeof(*ids), 0);
	for (size_t i = 0; i < *count; i++) {
		ids[i] = asq_row_number(zend_hash_index_find(cursor->found, cursor->found_used++), 0);
	}
	return ids;
}
