/*
 * flush.c: the group commit: what has become of many actions since the last one, in one transaction. As a rule all of them
 * are still ours, so it is written first, by statements that would not touch others, and counted. If the count is not right, all
 * is undone, and done again with care: the rows are locked and looked at, in the order of their ids; of those that are not
 * ours any more nothing is written.
 */
#include "failures.h"
#include "statement.h"
#include "tables.h"
#include "php_asq.h"

typedef struct {
	asq_site *site;
	asq_flush *flush;
} asq_flushing;

static int asq_flush_compare(const void *a, const void *b)
{
	uint64_t left = ((const asq_flush_entry *) a)->action_id, right = ((const asq_flush_entry *) b)->action_id;

	return left < right ? -1 : left > right;
}

static void asq_flush_look(asq_site *site, smart_str *sql, const asq_flush *flush)
{
	uint64_t *id = safe_emalloc(flush->count, sizeof(*id), 0);

	smart_str_append_printf(sql, "SELECT action_id, claim_id, status, attempts, scheduled_date_gmt FROM %s FORCE INDEX (PRIMARY) WHERE ", ZSTR_VAL(site->actions));
	for (size_t i = 0; i < flush->count; i++) {
		id[i] = flush->entry[i].action_id;
	}
	asq_sql_ids(sql, id, flush->count);
	efree(id);
	smart_str_appends(sql, " ORDER BY action_id FOR UPDATE");
}

/* What an entry makes of its row, by the status that it finds. `again`: an earlier commit of the same may have gone through. */
static void asq_flush_decide(asq_flush_entry *entry, const zval *row, bool again)
{
	const zend_string *status = asq_row_get(row, 2);
	const zend_string *date = asq_row_get(row, 4);
	zend_long attempts = asq_row_long(row, 3);
	bool pending = zend_string_equals_literal(status, ASQ_STATUS_PENDING), running = zend_string_equals_literal(status, ASQ_STATUS_RUNNING);

	entry->begins = entry->start && !entry->start_written && pending;
	switch (entry->end) {
		case ASQ_END_NONE:
			entry->lost = !entry->begins && !(running && (again || entry->start_written));
			break;
		case ASQ_END_COMPLETE:
			entry->lost = !entry->begins && !running && !((again || entry->claimless) && zend_string_equals_literal(status, ASQ_STATUS_COMPLETE));
			entry->ends = entry->begins || running;
			break;
		case ASQ_END_FAILED:
			entry->lost = !pending && !running && !(again && zend_string_equals_literal(status, ASQ_STATUS_FAILED));
			entry->ends = pending || running;
			break;
		case ASQ_END_BACK:
			entry->lost = !pending;
			entry->ends = pending;
			break;
		case ASQ_END_RETRY:
		case ASQ_END_POSTPONED:
		case ASQ_END_BURIED:
			/* Its worker may have written that itself, and it may be another attempt's turn by now; which of one that is postponed its time tells. */
			entry->ends = (pending || running) && (!entry->attempt || attempts + pending == entry->attempt)
				&& (entry->end != ASQ_END_POSTPONED || (date && strcmp(ZSTR_VAL(date), ZSTR_VAL(entry->due_gmt)) < 0));
			entry->begins = entry->begins && entry->ends;
			entry->lost = !entry->ends && !(again && entry->end == ASQ_END_BURIED && zend_string_equals_literal(status, ASQ_STATUS_FAILED));
			break;
	}
}

static void asq_flush_decide_all(asq_flush *flush, HashTable *rows, bool again)
{
	size_t at = 0;
	zval *row;

	for (size_t i = 0; i < flush->count; i++) {
		flush->entry[i].begins = flush->entry[i].ends = false;
		flush->entry[i].lost = true;
	}
	/* Both are in the order of the ids. */
	ZEND_HASH_FOREACH_VAL(rows, row) {
		uint64_t id = asq_row_number(row, 0);
		while (at < flush->count && flush->entry[at].action_id < id) {
			at++;
		}
		for (; at < flush->count && flush->entry[at].action_id == id; at++) {
			if (asq_row_number(row, 1) == flush->entry[at].claim_id) {
				asq_flush_decide(&flush->entry[at], row, again);
			}
		}
	} ZEND_HASH_FOREACH_END();
}

/* Begun and ended since the last flush is one change of the row, not two. */
typedef struct {
	const char *set;
	bool begins;
	asq_flush_end end;
	bool dated;
	const char *from;     /* the status that is expected */
} asq_flush_change;

static const asq_flush_change asq_flush_changes[] = {
	{ "status='" ASQ_STATUS_RUNNING "', attempts=attempts+1", true, ASQ_END_NONE, true, ASQ_STATUS_PENDING },
	{ "status='" ASQ_STATUS_COMPLETE "', attempts=attempts+1", true, ASQ_END_COMPLETE, true, ASQ_STATUS_PENDING },
	{ "status='" ASQ_STATUS_COMPLETE "'", false, ASQ_END_COMPLETE, true, ASQ_STATUS_RUNNING },
	{ "status='" ASQ_STATUS_FAILED "', attempts=attempts+1", true, ASQ_END_FAILED, true, NULL },
	{ "status='" ASQ_STATUS_FAILED "'", false, ASQ_END_FAILED, false, NULL },
	{ "claim_id=0", false, ASQ_END_BACK, false, NULL },
};

static bool asq_flush_is(const asq_flush_entry *entry, const asq_flush_change *change)
{
	return entry->begins == change->begins && entry->end == change->end && (entry->ends || change->end == ASQ_END_NONE);
}

/* The number of rows that it is for; 0: no statement is added. fenced: only those that are as they are expected to be. */
static size_t asq_flush_update(asq_site *site, asq_batch *write, const asq_flush *flush, const asq_flush_change *change, bool fenced)
{
	uint64_t *id = safe_emalloc(flush->count, sizeof(*id), 0);
	size_t rows = 0;
	smart_str *sql;

	for (size_t i = 0; i < flush->count; i++) {
		if (asq_flush_is(&flush->entry[i], change)) {
			id[rows++] = flush->entry[i].action_id;
		}
	}
	if (rows) {
		sql = asq_batch_add(write);
		smart_str_append_printf(sql, "UPDATE %s FORCE INDEX (PRIMARY) SET %s", ZSTR_VAL(site->actions), change->set);
		if (change->dated) {
			smart_str_appends(sql, ", ");
			asq_sql_attempted(site, sql, flush->now_gmt, flush->now_local);
		}
		smart_str_appends(sql, " WHERE ");
		asq_sql_ids(sql, id, rows);
		if (fenced) {
			smart_str_append_printf(sql, " AND claim_id=" ZEND_ULONG_FMT " AND status='%s'", (zend_ulong) flush->entry[0].claim_id, change->from);
		}
	}
	efree(id);
	return rows;
}

static void asq_flush_log_row(asq_site *site, asq_log_many *many, uint64_t id, const asq_log_row *row)
{
	if (row->message) {
		asq_store_log_many(site, many, id, row);
	}
}

static void asq_flush_log(asq_site *site, asq_batch *write, const asq_flush *flush)
{
	asq_log_many many = {0};

	for (size_t i = 0; i < flush->count; i++) {
		const asq_flush_entry *entry = &flush->entry[i];
		if (entry->begins) {
			asq_flush_log_row(site, &many, entry->action_id, &entry->start_log);
		}
		if (entry->ends) {
			asq_flush_log_row(site, &many, entry->action_id, &entry->end_log);
		}
	}
	asq_store_log_many_end(site, write, &many);
}

static asq_status asq_flush_fill(asq_batch *look, asq_batch *write, void *context, asq_error *error)
{
	asq_flushing *flushing = context;

	(void) error;
	asq_flush_decide_all(flushing->flush, asq_result_rows(&look->result[0]), write->retried);
	for (size_t i = 0; i < sizeof(asq_flush_changes) / sizeof(asq_flush_changes[0]); i++) {
		asq_flush_update(flushing->site, write, flushing->flush, &asq_flush_changes[i], false);
	}
	asq_letters_flush(flushing->site, write, flushing->flush);
	asq_flush_log(flushing->site, write, flushing->flush);
	return ASQ_OK;
}

/* ---- In hope ------------------------------------------------------------------------------------ */

/* Only of what begins and completes under one claim, and has not been tried before. */
static bool asq_flush_may_hope(const asq_flush *flush)
{
	for (size_t i = 0; i < flush->count; i++) {
		const asq_flush_entry *entry = &flush->entry[i];
		if ((entry->end != ASQ_END_NONE && entry->end != ASQ_END_COMPLETE) || entry->claimless || !entry->start || entry->claim_id != flush->entry[0].claim_id) {
			return false;
		}
	}
	return !flush->again && !flush->hopeless;
}

/* Statements that change so many rows in all, none more than it should: if the sum is right, each is. */
static void asq_flush_hope(asq_site *site, asq_flush *flush, asq_batch *update)
{
	flush->expected = 0;
	for (size_t i = 0; i < flush->count; i++) {
		asq_flush_entry *entry = &flush->entry[i];
		entry->begins = !entry->start_written;
		entry->ends = entry->end == ASQ_END_COMPLETE;
		entry->lost = false;
	}
	for (size_t i = 0; i < sizeof(asq_flush_changes) / sizeof(asq_flush_changes[0]); i++) {
		flush->expected += asq_flush_changes[i].from ? asq_flush_update(site, update, flush, &asq_flush_changes[i], true) : 0;
	}
}

static asq_status asq_flush_hope_fill(asq_batch *update, asq_batch *write, void *context, asq_error *error)
{
	asq_flushing *hope = context;
	int64_t changed = 0;

	(void) error;
	for (unsigned i = 0; i < update->count; i++) {
		changed += update->result[i].affected;
	}
	if (changed != (int64_t) hope->flush->expected) {
		hope->flush->again = hope->flush->again || write->retried;
		return ASQ_DECLINED;
	}
	asq_flush_log(hope->site, write, hope->flush);
	return ASQ_OK;
}

/* ASQ_DECLINED: not all was as expected, and nothing is written. */
static asq_status asq_flush_in_hope(asq_site *site, asq_flush *flush, asq_error *error)
{
	asq_flushing hope = { site, flush };
	asq_batch update, write;
	asq_status status;

	asq_batch_init(&update, false);
	asq_batch_init(&write, false);
	update.patience = flush->patience;
	asq_flush_hope(site, flush, &update);
	status = asq_link_transact(&site->link, &update, &write, asq_flush_hope_fill, &hope, error);
	flush->again = flush->again || (status == ASQ_FAILED && asq_error_is_gone(error));
	asq_batch_free(&update);
	asq_batch_free(&write);
	return status;
}

/* ---- With care ---------------------------------------------------------------------------------- */

static asq_status asq_flush_with_care(asq_site *site, asq_flush *flush, asq_error *error)
{
	asq_flushing flushing = { site, flush };
	asq_batch look, write;
	asq_status status;

	asq_batch_init(&look, false);
	asq_batch_init(&write, false);
	look.patience = flush->patience;
	write.retried = flush->again;
	asq_flush_look(site, asq_batch_add(&look), flush);
	status = asq_link_transact(&site->link, &look, &write, asq_flush_fill, &flushing, error);
	flush->again = flush->again || (status == ASQ_FAILED && asq_error_is_gone(error));
	asq_batch_free(&look);
	asq_batch_free(&write);
	return status;
}

/* ---- Beside -------------------------------------------------------------------------------------- */

static void asq_flush_sort(asq_flush *flush)
{
	qsort(flush->entry, flush->count, sizeof(*flush->entry), asq_flush_compare);
}

/* What is done in hope, in one statement that undoes itself if the count is not right. Its answer is the count. */
static void asq_flush_at_once(asq_site *site, asq_flush *flush, asq_batch *batch)
{
	smart_str *sql = asq_batch_add(batch);
	asq_batch update, write;

	asq_batch_init(&update, false);
	asq_batch_init(&write, false);
	asq_flush_hope(site, flush, &update);
	asq_flush_log(site, &write, flush);
	smart_str_appends(sql, "BEGIN NOT ATOMIC DECLARE asq_rows BIGINT DEFAULT 0; START TRANSACTION; ");
	for (unsigned i = 0; i < update.count; i++) {
		smart_str_append_smart_str(sql, &update.sql[i]);
		smart_str_appends(sql, "; SET asq_rows=asq_rows+ROW_COUNT(); ");
	}
	smart_str_append_printf(sql, "IF asq_rows=" ZEND_ULONG_FMT " THEN ", (zend_ulong) flush->expected);
	for (unsigned i = 0; i < write.count; i++) {
		smart_str_append_smart_str(sql, &write.sql[i]);
		smart_str_appends(sql, "; ");
	}
	smart_str_appends(sql, "COMMIT; ELSE ROLLBACK; END IF; SELECT asq_rows; END");
	asq_batch_free(&update);
	asq_batch_free(&write);
}

static void asq_flush_forget_batch(asq_flush *flush)
{
	asq_batch_free(flush->under_way);
	efree(flush->under_way);
	flush->under_way = NULL;
}

bool asq_store_flush_can_begin(const asq_site *site, const asq_flush *flush)
{
	return flush->count && site->link.compound && asq_flush_may_hope(flush);
}

bool asq_store_flush_begin(asq_site *site, asq_link *beside, asq_flush *flush)
{
	asq_error ignored;

	asq_flush_sort(flush);
	flush->under_way = emalloc(sizeof(*flush->under_way));
	asq_batch_init(flush->under_way, false);
	asq_flush_at_once(site, flush, flush->under_way);
	if (asq_link_begin(beside, flush->under_way, &ignored) == ASQ_OK) {
		return true;
	}
	/* It may have arrived all the same. */
	flush->again = true;
	asq_flush_forget_batch(flush);
	return false;
}

asq_status asq_store_flush_finish(asq_link *beside, asq_flush *flush)
{
	asq_batch *batch = flush->under_way;
	asq_error error;
	asq_status status = asq_link_finish(beside, batch, &error);
	const zend_string *changed = status == ASQ_OK ? asq_result_cell(&batch->result[0]) : NULL;

	if (changed) {
		flush->hopeless = ZEND_STRTOUL(ZSTR_VAL(changed), NULL, 10) != flush->expected;
		status = flush->hopeless ? ASQ_DECLINED : ASQ_OK;
	} else {
		flush->again = flush->again || status == ASQ_OK || !asq_error_is_undone(&error);
		status = ASQ_FAILED;
	}
	asq_flush_forget_batch(flush);
	return status;
}

asq_status asq_store_flush(asq_site *site, asq_flush *flush, asq_error *error)
{
	asq_error ignored;
	asq_status status = ASQ_DECLINED;

	if (!flush->count) {
		return ASQ_OK;
	}
	asq_flush_sort(flush);
	flush->no_letters = false;
	if (asq_flush_may_hope(flush)) {
		status = asq_flush_in_hope(site, flush, error);
	}
	if (status == ASQ_DECLINED) {
		status = asq_flush_with_care(site, flush, error);
	}
	/* The first failure under a policy on this site: its tables are made when they are needed. An account that may not must not stop the pool. */
	if (status == ASQ_FAILED && asq_store_is_missing(error)) {
		flush->no_letters = asq_store_letter_tables(site, &ignored) != ASQ_OK;
		status = asq_flush_with_care(site, flush, error);
	}
	return status;
}
