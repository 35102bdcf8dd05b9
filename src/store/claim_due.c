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
#include "store.h"
#include "php_asq.h"
#include "src/db/monotonic.h"

#define ASQ_LOOK_SECONDS  0.25   /* a full look as often as this */
#define ASQ_LOOK_SHARE    50     /* ... but for one part in so many of the time at most */
#define ASQ_INDEX_SECONDS 60.0   /* how long the index is taken for missing before it is asked for again */
#define ASQ_CALM_SECONDS  2      /* rows dated later than so long ago may still be coming */
#define ASQ_FOUND_SECONDS 0.25   /* how long ids that were found are used */
#define ASQ_SCAN_SECONDS  1.0    /* ... where there is no index */
#define ASQ_CHEAP_SECONDS 0.002  /* a full look that takes less says that nothing is in the way between the pairs either */
#define ASQ_FOUND_CLAIMS  4      /* for so many claims */
#define ASQ_FOUND_LEAST   400
#define ASQ_FOUND_MOST    2000   /* where there is no index */
#define ASQ_EXAMINE       10000  /* rows that one statement goes through where some may not be claimed: some 20 ms */
#define ASQ_CLAIM_SECONDS 0.1    /* ... and how long a claim goes on with that */
#define ASQ_NEXT_DUE_ROWS 1000
#define ASQ_CLAIM_TRIES   5

#define ASQ_ORDER "priority, attempts, scheduled_date_gmt, action_id"
#define ASQ_FREE  "status='" ASQ_STATUS_PENDING "' AND claim_id=0"

/* Where ids are looked for: in pairs that are due; in all, from their positions; or before these. */
typedef enum { ASQ_FIND_LIVE, ASQ_FIND_ALL, ASQ_FIND_BEFORE } asq_find;

typedef struct {
	asq_site *site;
	const asq_claim_filter *filter;
	uint64_t claim_id;
	asq_claim_cursor *cursor;
	zend_string *pauses;     /* the table's name */
	zval *rows;
	char calm[20];           /* what is dated before it has been committed, as a rule; "": it is midnight */
	bool again;              /* what it went by has changed meanwhile */
	bool looked, swept;      /* in this call: the full look, and all pairs from their positions */
	bool found;              /* without an index: in this call */
	double until;            /* when to give up crossing what may not be claimed */
} asq_claiming;

/* How many more are to be claimed. */
static zend_long asq_claim_wanted(const asq_claiming *claiming)
{
	return claiming->filter->limit - (zend_long) zend_hash_num_elements(Z_ARRVAL_P(claiming->rows));
}

/* Another order than Action Scheduler's own has no index. */
static bool asq_claim_by_index(const asq_claiming *claiming)
{
	return claiming->cursor->index == ASQ_INDEX_THERE && !claiming->filter->order_by;
}

/* ---- The cursor --------------------------------------------------------------------------------- */

void asq_claim_cursor_init(asq_claim_cursor *cursor)
{
	memset(cursor, 0, sizeof(*cursor));
	cursor->look = true;
}

static void asq_claim_forget_found(asq_claim_cursor *cursor)
{
	if (cursor->found) {
		zend_array_destroy(cursor->found);
		cursor->found = NULL;
	}
}

void asq_claim_cursor_free(asq_claim_cursor *cursor)
{
	if (cursor->paused) {
		zend_string_release(cursor->paused);
	}
	smart_str_free(&cursor->doubt);
	asq_claim_forget_found(cursor);
	asq_claim_cursor_init(cursor);
}

void asq_claim_cursor_look(asq_claim_cursor *cursor)
{
	cursor->look = true;
	cursor->count = 0;
	cursor->sweep.set = false;
	asq_claim_forget_found(cursor);
}

static int asq_pair_compare(const asq_claim_position *a, zend_long priority, zend_long attempts)
{
	if (a->priority != priority) {
		return a->priority < priority ? -1 : 1;
	}
	return a->attempts < attempts ? -1 : a->attempts > attempts;
}

/* Where the pair is in the cursor, or where it would have to go. */
static unsigned asq_pair_place(const asq_claim_cursor *cursor, zend_long priority, zend_long attempts, bool *known)
{
	unsigned i = 0;

	while (i < cursor->count && asq_pair_compare(&cursor->pairs[i], priority, attempts) < 0) {
		i++;
	}
	*known = i < cursor->count && asq_pair_compare(&cursor->pairs[i], priority, attempts) == 0;
	return i;
}

/* NULL: there is no room for another one, and it stays part of what lies between. */
static asq_claim_position *asq_pair_get(asq_claim_cursor *cursor, zend_long priority, zend_long attempts)
{
	bool known;
	unsigned i = asq_pair_place(cursor, priority, attempts, &known);

	if (!known) {
		if (cursor->count == ASQ_CLAIM_PAIRS) {
			return NULL;
		}
		memmove(&cursor->pairs[i + 1], &cursor->pairs[i], (cursor->count - i) * sizeof(cursor->pairs[0]));
		cursor->count++;
		cursor->pairs[i] = (asq_claim_position) { .priority = priority, .attempts = attempts };
	}
	return &cursor->pairs[i];
}

static void asq_position_set(asq_claim_position *position, const char *date, uint64_t id)
{
	snprintf(position->date, sizeof(position->date), "%.19s", date);
	position->id = id;
	position->set = true;
}

/* The moment ASQ_CALM_SECONDS before that, but for the first ones of a day. */
static void asq_claim_calm(const zend_string *due, char *calm)
{
	unsigned hour, minute, second, total;

	*calm = '\0';
	if (ZSTR_LEN(due) != 19 || sscanf(ZSTR_VAL(due) + 11, "%2u:%2u:%2u", &hour, &minute, &second) != 3) {
		return;
	}
	total = hour * 3600 + minute * 60 + second;
	if (hour < 24 && minute < 60 && second < 60 && total >= ASQ_CALM_SECONDS) {
		total -= ASQ_CALM_SECONDS;
		snprintf(calm, 20, "%.11s%02u:%02u:%02u", ZSTR_VAL(due), total / 3600, total / 60 % 60, total % 60);
	}
}

/* Nothing more to claim in the pair: it goes on from where rows may still be coming. Never back. */
static void asq_position_rest(asq_claim_position *position, const char *calm)
{
	position->live = false;
	if (*calm && (!position->set || strcmp(position->date, calm) < 0)) {
		asq_position_set(position, calm, 0);
	}
}

/* ---- Pauses ------------------------------------------------------------------------------------- */

/* Takes what is paused; false: it was the same before. */
static bool asq_pauses_take(asq_claiming *claiming, const asq_result *result)
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

static asq_status asq_pauses_read(asq_claiming *claiming, asq_error *error)
{
	asq_batch batch;
	asq_status status;

	asq_batch_init(&batch, false);
	asq_store_pauses_select(asq_batch_add(&batch), claiming->pauses);
	status = asq_site_run(claiming->site, &batch, error);
	if (status == ASQ_OK) {
		asq_pauses_take(claiming, &batch.result[0]);
	}
	asq_batch_free(&batch);
	return status;
}

/* ---- Statements --------------------------------------------------------------------------------- */

/* The filter, and what is paused. */
static void asq_claim_conditions(asq_claiming *claiming, smart_str *sql)
{
	asq_store_filter_sql(claiming->site, sql, claiming->filter);
	smart_str_append(sql, claiming->cursor->paused);
}

static bool asq_claim_is_filtered(asq_claiming *claiming)
{
	const asq_claim_filter *filter = claiming->filter;

	return ZSTR_LEN(claiming->cursor->paused) || (filter->hooks && zend_hash_num_elements(filter->hooks))
		|| (filter->group_ids && zend_hash_num_elements(filter->group_ids));
}

/* The columns of a claimed row. The slug by a subquery: what is joined would be locked, and its rivals skip the row. */
static void asq_claim_columns(asq_claiming *claiming, smart_str *sql)
{
	smart_str_append_printf(sql, "SELECT a.action_id, a.hook, a.status, a.args, a.extended_args, a.schedule, a.priority,"
		" (SELECT g.slug FROM %s g WHERE g.group_id=a.group_id), a.attempts, a.scheduled_date_gmt FROM %s a",
		ZSTR_VAL(claiming->site->groups), ZSTR_VAL(claiming->site->actions));
}

static void asq_claim_order(asq_claiming *claiming, smart_str *sql)
{
	smart_str_appendc(sql, ' ');
	if (claiming->filter->order_by) {
		smart_str_append(sql, claiming->filter->order_by);
	} else {
		smart_str_appends(sql, "ORDER BY " ASQ_ORDER);
	}
}

/* What is free and due, and allowed by the filter. */
static void asq_claim_where(asq_claiming *claiming, smart_str *sql)
{
	smart_str_appends(sql, ASQ_FREE " AND scheduled_date_gmt<=");
	asq_sql_string(&claiming->site->link, sql, claiming->filter->due);
	asq_claim_conditions(claiming, sql);
}

/* The rows of these ids that are still free. */
static void asq_claim_select(asq_claiming *claiming, smart_str *sql, const smart_str *ids)
{
	asq_claim_columns(claiming, sql);
	smart_str_appends(sql, " FORCE INDEX (PRIMARY) WHERE a.action_id IN (");
	smart_str_append_smart_str(sql, ids);
	smart_str_appends(sql, ") AND ");
	asq_claim_where(claiming, sql);
	asq_claim_order(claiming, sql);
	smart_str_appends(sql, claiming->site->link.skip_locked ? " FOR UPDATE SKIP LOCKED" : " FOR UPDATE");
}

static void asq_claim_write(asq_claiming *claiming, smart_str *sql, const smart_str *ids)
{
	smart_str_append_printf(sql, "UPDATE %s FORCE INDEX (PRIMARY) SET claim_id=" ZEND_ULONG_FMT ", last_attempt_gmt=",
		ZSTR_VAL(claiming->site->actions), (zend_ulong) claiming->claim_id);
	asq_sql_string(&claiming->site->link, sql, claiming->filter->now_gmt);
	smart_str_appends(sql, ", last_attempt_local=");
	asq_sql_string(&claiming->site->link, sql, claiming->filter->now_local);
	smart_str_appends(sql, " WHERE action_id IN (");
	smart_str_append_smart_str(sql, ids);
	smart_str_appends(sql, ") AND " ASQ_FREE);
}

/* ---- The transaction ---------------------------------------------------------------------------- */

static void asq_claim_ids(HashTable *rows, smart_str *ids)
{
	zval *row;

	ZEND_HASH_FOREACH_VAL(rows, row) {
		smart_str_appends(ids, ids->s ? "," : "");
		smart_str_append(ids, asq_row_get(row, ASQ_COL_ID));
	} ZEND_HASH_FOREACH_END();
	smart_str_0(ids);
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
	if (asq_pauses_take(claiming, &look->result[0])) {
		claiming->again = true;
		return ASQ_OK;
	}
	if (rows && zend_hash_num_elements(rows)) {
		asq_claim_ids(rows, &cursor->doubt);
		cursor->doubt_claim = claiming->claim_id;
		asq_claim_write(claiming, asq_batch_add(write), &cursor->doubt);
	}
	return ASQ_OK;
}

/* Adds rows to those that are handed out. */
static void asq_claim_take(asq_claiming *claiming, const asq_result *result)
{
	HashTable *rows = asq_result_rows(result);
	zval *row;

	if (rows) {
		ZEND_HASH_FOREACH_VAL(rows, row) {
			Z_TRY_ADDREF_P(row);
			zend_hash_next_index_insert_new(Z_ARRVAL_P(claiming->rows), row);
		} ZEND_HASH_FOREACH_END();
	}
}

/* Claims those of the ids that nobody else has. */
static asq_status asq_claim_these(asq_claiming *claiming, const smart_str *ids, asq_error *error)
{
	asq_batch look, write;
	asq_status status;

	asq_batch_init(&look, false);
	asq_batch_init(&write, false);
	asq_store_pauses_select(asq_batch_add(&look), claiming->pauses);
	asq_claim_select(claiming, asq_batch_add(&look), ids);
	look.patience = ASQ_RUN_PATIENCE;
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

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	asq_claim_columns(claiming, sql);
	smart_str_appends(sql, " WHERE a.action_id IN (");
	smart_str_append_smart_str(sql, &cursor->doubt);
	smart_str_append_printf(sql, ") AND claim_id=" ZEND_ULONG_FMT " AND status='" ASQ_STATUS_PENDING "' ORDER BY " ASQ_ORDER, (zend_ulong) claiming->claim_id);
	batch.patience = ASQ_RUN_PATIENCE;
	status = asq_site_run(claiming->site, &batch, error);
	if (status == ASQ_OK) {
		asq_claim_take(claiming, &batch.result[0]);
		smart_str_free(&cursor->doubt);
	}
	asq_batch_free(&batch);
	return status;
}

/* ---- Finding ids -------------------------------------------------------------------------------- */

static void asq_pair_range(smart_str *sql, const asq_claim_position *pair)
{
	smart_str_append_printf(sql, "priority=" ZEND_LONG_FMT " AND attempts=" ZEND_LONG_FMT, pair->priority, pair->attempts);
	if (pair->set) {
		smart_str_append_printf(sql, " AND (scheduled_date_gmt='%s' AND action_id>" ZEND_ULONG_FMT " OR scheduled_date_gmt>'%s')",
			pair->date, (zend_ulong) pair->id, pair->date);
	}
}

/* What comes after a pair. */
static void asq_rest_range(smart_str *sql, const asq_claim_position *after)
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
	return asq_claim_by_index(claiming) ? MAX(claiming->filter->limit * ASQ_FOUND_CLAIMS, ASQ_FOUND_LEAST) : MAX(claiming->filter->limit, ASQ_FOUND_MOST);
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

	if (!asq_claim_by_index(claiming)) {
		smart_str_append_printf(sql, "SELECT action_id, priority, attempts, scheduled_date_gmt FROM %s WHERE ", ZSTR_VAL(claiming->site->actions));
		asq_claim_where(claiming, sql);
		asq_claim_order(claiming, sql);
		smart_str_append_printf(sql, " LIMIT " ZEND_LONG_FMT, limit);
	} else if (!asq_claim_is_filtered(claiming)) {
		asq_found_scan(claiming, sql, find, "");
		smart_str_append_printf(sql, " LIMIT " ZEND_LONG_FMT, limit);
	} else {
		smart_str_appends(sql, "SELECT action_id, priority, attempts, scheduled_date_gmt FROM (");
		asq_found_scan(claiming, sql, find, ", hook, group_id");
		smart_str_append_printf(sql, " LIMIT %d) t WHERE TRUE", ASQ_EXAMINE);
		asq_claim_conditions(claiming, sql);
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

static void asq_position_behind(asq_claim_position *position, const zval *row)
{
	asq_position_set(position, ZSTR_VAL(asq_row_get(row, 3)), ZEND_STRTOUL(ZSTR_VAL(asq_row_get(row, 0)), NULL, 10));
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
		end = asq_pair_place(cursor, ZEND_STRTOL(ZSTR_VAL(asq_row_get(last, 1)), NULL, 10), ZEND_STRTOL(ZSTR_VAL(asq_row_get(last, 2)), NULL, 10), &known);
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
		cursor->sweep.priority = ZEND_STRTOL(ZSTR_VAL(asq_row_get(last, 1)), NULL, 10);
		cursor->sweep.attempts = ZEND_STRTOL(ZSTR_VAL(asq_row_get(last, 2)), NULL, 10);
		asq_position_behind(&cursor->sweep, last);
	}
}

/* Finds the ids to be claimed next. */
static asq_status asq_found_make(asq_claiming *claiming, asq_find find, asq_error *error)
{
	asq_claim_cursor *cursor = claiming->cursor;
	zend_long limit = asq_found_limit(claiming);
	double began = asq_monotonic();
	asq_batch batch;
	asq_status status;

	asq_batch_init(&batch, false);
	asq_store_pauses_select(asq_batch_add(&batch), claiming->pauses);
	asq_found_select(claiming, &batch, find, limit);
	batch.patience = ASQ_RUN_PATIENCE;
	status = asq_site_run(claiming->site, &batch, error);
	if (status == ASQ_OK && asq_pauses_take(claiming, &batch.result[0])) {
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
		unsigned place = asq_pair_place(cursor, ZEND_STRTOL(ZSTR_VAL(asq_row_get(row, 1)), NULL, 10), ZEND_STRTOL(ZSTR_VAL(asq_row_get(row, 2)), NULL, 10), &known);
		if (known && &cursor->pairs[place] != last) {
			asq_position_set(&cursor->pairs[place], ZSTR_VAL(asq_row_get(row, 3)), ZEND_STRTOUL(ZSTR_VAL(asq_row_get(row, 0)), NULL, 10) - 1);
			cursor->pairs[place].live = true;
			last = &cursor->pairs[place];
		}
	}
	asq_claim_forget_found(cursor);
}

/* The next ids that were found; false: there are none, or they are too old. */
static bool asq_found_next(asq_claiming *claiming, smart_str *ids)
{
	asq_claim_cursor *cursor = claiming->cursor;
	double longest = asq_claim_by_index(claiming) ? ASQ_FOUND_SECONDS : ASQ_SCAN_SECONDS;
	uint32_t count = cursor->found ? zend_hash_num_elements(cursor->found) : 0, end;

	if (cursor->found_used >= count) {
		return false;
	}
	if (asq_monotonic() - cursor->found_at > MAX(cursor->found_cost, longest)) {
		asq_found_return(cursor);
		return false;
	}
	end = cursor->found_used + (uint32_t) MIN((uint32_t) asq_claim_wanted(claiming), count - cursor->found_used);
	while (cursor->found_used < end) {
		smart_str_appends(ids, ids->s ? "," : "");
		smart_str_append(ids, asq_row_get(zend_hash_index_find(cursor->found, cursor->found_used++), 0));
	}
	return true;
}

/* ---- The full look ------------------------------------------------------------------------------ */

/* The first row after a pair, of any pair and date: one dive into the index. */
static void asq_look_select(asq_claiming *claiming, smart_str *sql, const asq_claim_position *after)
{
	smart_str_append_printf(sql, "SELECT " ASQ_ORDER " FROM %s FORCE INDEX (asq_claim) WHERE " ASQ_FREE " AND scheduled_date_gmt IS NOT NULL",
		ZSTR_VAL(claiming->site->actions));
	if (after) {
		smart_str_appends(sql, " AND (");
		asq_rest_range(sql, after);
		smart_str_appendc(sql, ')');
	}
	smart_str_appends(sql, " ORDER BY " ASQ_ORDER " LIMIT 1");
}

/* The pair goes on at this row, or rests if that is not due. */
static void asq_look_place(asq_claiming *claiming, asq_claim_position *pair, const zval *row)
{
	zend_string *date = row ? asq_row_get(row, 2) : NULL;

	pair->set = false;
	if (date && strcmp(ZSTR_VAL(date), ZSTR_VAL(claiming->filter->due)) <= 0) {
		asq_position_set(pair, ZSTR_VAL(date), ZEND_STRTOUL(ZSTR_VAL(asq_row_get(row, 3)), NULL, 10) - 1);
		pair->live = true;
	} else {
		asq_position_rest(pair, claiming->calm);
	}
}

/* Runs one of these selects; *row: its one row, or NULL. The batch is the caller's to free. */
static asq_status asq_look_run(asq_claiming *claiming, asq_batch *batch, zval **row, asq_error *error)
{
	asq_status status = asq_site_run(claiming->site, batch, error);
	HashTable *rows = status == ASQ_OK ? asq_result_rows(&batch->result[0]) : NULL;

	*row = rows ? zend_hash_index_find(rows, 0) : NULL;
	return status;
}

/* One step of it: from a pair to the next. *at: false when there is none, or no room for it. */
static asq_status asq_look_step(asq_claiming *claiming, asq_claim_position *after, bool *at, asq_error *error)
{
	asq_claim_cursor *cursor = claiming->cursor;
	asq_claim_position *pair;
	asq_batch batch;
	asq_status status;
	zval *row;

	asq_batch_init(&batch, false);
	asq_look_select(claiming, asq_batch_add(&batch), *at ? after : NULL);
	status = asq_look_run(claiming, &batch, &row, error);
	*at = status == ASQ_OK && row;
	if (*at) {
		bool known;
		after->priority = ZEND_STRTOL(ZSTR_VAL(asq_row_get(row, 0)), NULL, 10);
		after->attempts = ZEND_STRTOL(ZSTR_VAL(asq_row_get(row, 1)), NULL, 10);
		asq_pair_place(cursor, after->priority, after->attempts, &known);
		pair = asq_pair_get(cursor, after->priority, after->attempts);
		cursor->more = !pair;
		*at = pair != NULL;
		if (pair && !(known && asq_claim_is_filtered(claiming))) {
			asq_look_place(claiming, pair, row);
		}
	}
	asq_batch_free(&batch);
	return status;
}

static asq_status asq_look_all(asq_claiming *claiming, asq_error *error)
{
	asq_claim_cursor *cursor = claiming->cursor;
	asq_claim_position after = {0};
	asq_status status;
	bool at = false;

	cursor->more = false;
	for (unsigned i = 0; i < cursor->count && !asq_claim_is_filtered(claiming); i++) {
		asq_position_rest(&cursor->pairs[i], claiming->calm);
	}
	do {
		status = asq_look_step(claiming, &after, &at, error);
	} while (status == ASQ_OK && at);
	return status;
}

/*
 * The full look: each pair that there is, and its first row. Pairs that are there no more are kept, since their index
 * entries may be, but for when there is no room for all. With a filter the first row says nothing, and a good many may
 * have to be passed: then pairs that are known keep their positions, and the sweep goes on through what is before them.
 */
static asq_status asq_claim_look(asq_claiming *claiming, asq_error *error)
{
	asq_claim_cursor *cursor = claiming->cursor;
	double began = asq_monotonic();
	asq_status status = cursor->paused ? ASQ_OK : asq_pauses_read(claiming, error);

	claiming->looked = true;
	asq_claim_forget_found(cursor);
	status = status == ASQ_OK ? asq_look_all(claiming, error) : status;
	if (status == ASQ_OK && cursor->more) {
		/* From scratch, so that those that are known are the first ones, and the others behind them. */
		cursor->count = 0;
		status = asq_look_all(claiming, error);
	}
	if (status == ASQ_OK && asq_claim_is_filtered(claiming)) {
		status = asq_found_make(claiming, ASQ_FIND_BEFORE, error);
	}
	cursor->looked = asq_monotonic();
	cursor->look_cost = cursor->looked - began;
	claiming->until = cursor->looked + ASQ_CLAIM_SECONDS;
	cursor->look = status != ASQ_OK;
	return status;
}

/* Whether a full look would take its share of the time only; four times a second unless there is nothing else to do. */
static bool asq_claim_may_look(const asq_claim_cursor *cursor, bool idle)
{
	double pause = cursor->look_cost * ASQ_LOOK_SHARE;

	if (cursor->look) {
		return true;
	}
	return asq_monotonic() - cursor->looked >= (idle || pause > ASQ_LOOK_SECONDS ? pause : ASQ_LOOK_SECONDS);
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
	if (!asq_claim_by_index(claiming)) {
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

	while (status == ASQ_OK && more && !claiming->again && !claiming->cursor->paused_all && asq_claim_wanted(claiming) > 0) {
		smart_str ids = {0};
		if (asq_found_next(claiming, &ids)) {
			status = asq_claim_these(claiming, &ids, error);
		} else if (asq_monotonic() > claiming->until && asq_claim_is_filtered(claiming)) {
			claiming->cursor->unfinished = true;
			more = false;
		} else {
			status = asq_claim_find(claiming, &more, error);
		}
		smart_str_free(&ids);
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
		status = asq_pauses_read(claiming, error);
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

/* ---- When to claim again ------------------------------------------------------------------------ */

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
