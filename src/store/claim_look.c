/*
 * claim_look.c: the full look of the worker pool's claims: which (priority, attempts) there are, and what came late, before
 * the positions in them.
 */
#include "claiming.h"
#include "src/db/monotonic.h"

#define ASQ_LOOK_SECONDS 0.25   /* a full look as often as this */
#define ASQ_LOOK_SHARE   50     /* ... but for one part in so many of the time at most */

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
		asq_position_set(pair, ZSTR_VAL(date), asq_row_number(row, 3) - 1);
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
		after->priority = asq_row_long(row, 0);
		after->attempts = asq_row_long(row, 1);
		asq_pair_place(cursor, after->priority, after->attempts, &known);
		pair = asq_pair_get(cursor, after->priority, after->attempts);
		cursor->more = !pair;
		*at = pair != NULL;
		if (pair && !(known && asq_claiming_is_filtered(claiming))) {
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
	for (unsigned i = 0; i < cursor->count && !asq_claiming_is_filtered(claiming); i++) {
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
asq_status asq_claim_look(asq_claiming *claiming, asq_error *error)
{
	asq_claim_cursor *cursor = claiming->cursor;
	double began = asq_monotonic();
	asq_status status = cursor->paused ? ASQ_OK : asq_claiming_read_pauses(claiming, error);

	claiming->looked = true;
	asq_claim_forget_found(cursor);
	status = status == ASQ_OK ? asq_look_all(claiming, error) : status;
	if (status == ASQ_OK && cursor->more) {
		/* From scratch, so that those that are known are the first ones, and the others behind them. */
		cursor->count = 0;
		status = asq_look_all(claiming, error);
	}
	if (status == ASQ_OK && asq_claiming_is_filtered(claiming)) {
		status = asq_found_make(claiming, ASQ_FIND_BEFORE, error);
	}
	cursor->looked = asq_monotonic();
	cursor->look_cost = cursor->looked - began;
	claiming->until = cursor->looked + ASQ_CLAIM_SECONDS;
	cursor->look = status != ASQ_OK;
	return status;
}

/* Whether a full look would take its share of the time only; four times a second unless there is nothing else to do. */
bool asq_claim_may_look(const asq_claim_cursor *cursor, bool idle)
{
	double pause = cursor->look_cost * ASQ_LOOK_SHARE;

	if (cursor->look) {
		return true;
	}
	return asq_monotonic() - cursor->looked >= (idle || pause > ASQ_LOOK_SECONDS ? pause : ASQ_LOOK_SECONDS);
}
