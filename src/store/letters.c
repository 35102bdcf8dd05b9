/*
 * letters.c: {prefix}asq_dead_letters: what is asked of it, and what people do with letters.
 */
#include "letters.h"
#include "failing.h"
#include "owner.h"
#include "tables.h"
#include "php_asq.h"

/*
 * Who retries a letter puts a token where the new action's id is to be, and the time: nobody else takes it then, for so many minutes.
 * No id is as high. retry_count counts what has come to an end, so that a letter whose process has died there is one that was not retried.
 */
#define ASQ_LETTER_TOKEN UINT64_C(0x8000000000000000)
#define ASQ_LETTER_LEASE "5"
#define ASQ_LETTER_IS_TAKEN "(new_action_id>=9223372036854775808 AND retried_gmt>UTC_TIMESTAMP()-INTERVAL " ASQ_LETTER_LEASE " MINUTE)"

/* A retry under way is shown as one, less the token. */
static const char asq_letters_columns[] = "letter_id, action_id, hook, args, group_slug, priority, schedule, scheduled_gmt, reason, error_class, error_message, error_code,"
	" attempts, first_failure_gmt, last_failure_gmt, retry_count+IFNULL(" ASQ_LETTER_IS_TAKEN ",0), IF(retry_count OR " ASQ_LETTER_IS_TAKEN ",retried_gmt,NULL),"
	" IF(new_action_id<9223372036854775808,new_action_id,0), metadata, ";

static void asq_letters_equal(asq_site *site, smart_str *sql, const char *column, const char *operator, const zend_string *value)
{
	if (value) {
		smart_str_append_printf(sql, " AND %s%s", column, operator);
		asq_sql_string(&site->link, sql, value);
	}
}

/* A search is for text as it is: what LIKE would take for a pattern is escaped, by a letter that no server mode touches. */
static void asq_letters_like(asq_site *site, smart_str *sql, const char *column, const zend_string *text)
{
	smart_str pattern = {0};

	smart_str_appendc(&pattern, '%');
	for (size_t i = 0; i < ZSTR_LEN(text); i++) {
		char c = ZSTR_VAL(text)[i];
		if (c == '%' || c == '_' || c == '|') {
			smart_str_appendc(&pattern, '|');
		}
		smart_str_appendc(&pattern, c);
	}
	smart_str_appendc(&pattern, '%');
	smart_str_0(&pattern);
	smart_str_append_printf(sql, "%s LIKE ", column);
	asq_sql_string(&site->link, sql, pattern.s);
	smart_str_appends(sql, " ESCAPE '|'");
	smart_str_free(&pattern);
}

/* Args are JSON, where a URL's slashes and all letters beyond ASCII are escaped: who looks for such text means it as it is. */
static void asq_letters_search(asq_site *site, smart_str *sql, const asq_letters_query *query)
{
	static const char *const columns[] = { "hook", "args", "group_slug", "error_class", "error_message" };

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		smart_str_appends(sql, i ? " OR " : " AND (");
		asq_letters_like(site, sql, columns[i], query->search);
	}
	if (query->search_json) {
		smart_str_appends(sql, " OR ");
		asq_letters_like(site, sql, "args", query->search_json);
	}
	smart_str_appendc(sql, ')');
}

static void asq_letters_id_list(smart_str *sql, HashTable *ids)
{
	const char *before = "letter_id IN (";
	zval *id;

	ZEND_HASH_FOREACH_VAL(ids, id) {
		smart_str_appends(sql, before);
		asq_sql_long(sql, zval_get_long(id));
		before = ",";
	} ZEND_HASH_FOREACH_END();
	smart_str_appends(sql, *before == ',' ? ")" : "1=0");
}

static void asq_letters_newest(asq_site *site, smart_str *sql, zend_long newest)
{
	zend_string *letters;

	if (newest) {
		letters = asq_site_table(site, "asq_dead_letters");
		smart_str_append_printf(sql, " AND letter_id>COALESCE((SELECT n.letter_id FROM %s n ORDER BY n.letter_id DESC LIMIT 1 OFFSET " ZEND_LONG_FMT "), 0)",
			ZSTR_VAL(letters), newest);
		zend_string_release(letters);
	}
}

static void asq_letters_range(asq_site *site, smart_str *sql, const asq_letters_query *query)
{
	if (query->above) {
		smart_str_append_printf(sql, " AND letter_id>" ZEND_LONG_FMT, query->above);
	}
	if (query->up_to) {
		smart_str_append_printf(sql, " AND letter_id<=" ZEND_LONG_FMT, query->up_to);
	}
	asq_letters_newest(site, sql, query->newest);
}

static void asq_letters_where(asq_site *site, smart_str *sql, const asq_letters_query *query)
{
	smart_str_appends(sql, " WHERE 1=1");
	asq_letters_equal(site, sql, "hook", "=", query->hook);
	asq_letters_equal(site, sql, "group_slug", "=", query->group);
	asq_letters_equal(site, sql, "error_class", "=", query->error_class);
	asq_letters_equal(site, sql, "reason", "=", query->reason);
	asq_letters_equal(site, sql, "last_failure_gmt", ">=", query->after_gmt);
	asq_letters_equal(site, sql, "last_failure_gmt", "<", query->before_gmt);
	if (query->search && ZSTR_LEN(query->search)) {
		asq_letters_search(site, sql, query);
	}
	if (query->ids) {
		smart_str_appends(sql, " AND ");
		asq_letters_id_list(sql, query->ids);
	}
	if (query->action_id) {
		smart_str_append_printf(sql, " AND action_id=" ZEND_ULONG_FMT, (zend_ulong) query->action_id);
	}
	if (query->retried >= 0) {
		smart_str_append_printf(sql, " AND retry_count%s0", query->retried ? ">" : "=");
	}
	asq_letters_range(site, sql, query);
}

/* By an index, if it is not asked for more than that: a series of equal ones is by the last failure. */
static void asq_letters_order_by(smart_str *sql, const asq_letters_query *query)
{
	static const char *const orders[ASQ_LETTERS_ORDERS] = { "", "last_failure_gmt", "first_failure_gmt", "hook", "group_slug", "error_class", "attempts", "retry_count" };
	const char *direction = query->ascending ? "ASC" : "DESC";

	smart_str_appends(sql, " ORDER BY ");
	if (query->order != ASQ_LETTERS_BY_ID) {
		smart_str_append_printf(sql, "%s %s, ", orders[query->order], direction);
	}
	if (query->order > ASQ_LETTERS_BY_FIRST_FAILURE) {
		smart_str_append_printf(sql, "last_failure_gmt %s, ", direction);
	}
	smart_str_append_printf(sql, "letter_id %s", direction);
}

static void asq_letters_page(asq_site *site, smart_str *sql, const zend_string *letters, const asq_letters_query *query)
{
	smart_str_append_printf(sql, "SELECT letter_id FROM %s", ZSTR_VAL(letters));
	asq_letters_where(site, sql, query);
	asq_letters_order_by(sql, query);
	if (query->limit) {
		smart_str_append_printf(sql, " LIMIT " ZEND_LONG_FMT " OFFSET " ZEND_LONG_FMT, query->limit, query->offset);
	}
}

/* What a page is not to show is passed by in an index alone: the rows are read of what it shows. */
static void asq_letters_select(asq_site *site, smart_str *sql, const zend_string *letters, const asq_letters_query *query)
{
	if (query->only_ids) {
		asq_letters_page(site, sql, letters, query);
		return;
	}
	smart_str_append_printf(sql, "SELECT %s%s FROM %s", asq_letters_columns, query->whole ? "error_trace" : "NULL", ZSTR_VAL(letters));
	if (query->offset) {
		smart_str_appends(sql, " JOIN (");
		asq_letters_page(site, sql, letters, query);
		smart_str_appends(sql, ") page USING (letter_id)");
		asq_letters_order_by(sql, query);
		return;
	}
	asq_letters_where(site, sql, query);
	asq_letters_order_by(sql, query);
	if (query->limit) {
		smart_str_append_printf(sql, " LIMIT " ZEND_LONG_FMT, query->limit);
	}
}

asq_status asq_store_letters(asq_site *site, const asq_letters_query *query, zval *rows, asq_error *error)
{
	zend_string *letters = asq_site_table(site, "asq_dead_letters");
	asq_batch batch;
	asq_status status;
	bool there;

	asq_batch_init(&batch, false);
	asq_letters_select(site, asq_batch_add(&batch), letters, query);
	status = asq_failures_look(site, &batch, &there, error);
	asq_result_take(there ? &batch.result[0] : NULL, rows);
	asq_batch_free(&batch);
	zend_string_release(letters);
	return status;
}

asq_status asq_store_count_letters(asq_site *site, const asq_letters_query *query, zend_long *count, asq_error *error)
{
	asq_batch batch;
	bool there;
	smart_str *sql = asq_statement_begin(site, &batch, "asq_dead_letters", query->limit ? "SELECT COUNT(*) FROM (SELECT 1 FROM %s" : "SELECT COUNT(*) FROM %s");
	asq_status status;
	zend_string *cell;

	asq_letters_where(site, sql, query);
	if (query->limit) {
		smart_str_append_printf(sql, " LIMIT " ZEND_LONG_FMT ") some", query->limit);
	}
	status = asq_failures_look(site, &batch, &there, error);
	cell = there ? asq_result_cell(&batch.result[0]) : NULL;
	*count = cell ? ZEND_STRTOL(ZSTR_VAL(cell), NULL, 10) : 0;
	asq_batch_free(&batch);
	return status;
}

static void asq_letters_top(asq_site *site, smart_str *sql, const char *column, zend_long top, zend_long newest)
{
	zend_string *letters = asq_site_table(site, "asq_dead_letters");

	smart_str_append_printf(sql, "SELECT %s, COUNT(*) AS n, SUM(retry_count=0), MAX(last_failure_gmt) FROM %s WHERE 1=1", column, ZSTR_VAL(letters));
	asq_letters_newest(site, sql, newest);
	smart_str_append_printf(sql, " GROUP BY %s ORDER BY n DESC, %s LIMIT " ZEND_LONG_FMT, column, column, top);
	zend_string_release(letters);
}

static zend_long asq_letters_number(const zval *row, uint32_t column)
{
	return row ? asq_row_long(row, column) : 0;
}

static void asq_letters_add_top(zval *stats, const char *key, const char *name, HashTable *rows)
{
	zval list, one, *row;

	array_init(&list);
	if (rows) {
		ZEND_HASH_FOREACH_VAL(rows, row) {
			array_init(&one);
			add_assoc_str(&one, name, asq_row_get(row, 0) ? zend_string_copy(asq_row_get(row, 0)) : ZSTR_EMPTY_ALLOC());
			add_assoc_long(&one, "count", asq_letters_number(row, 1));
			add_assoc_long(&one, "not_retried", asq_letters_number(row, 2));
			add_assoc_str(&one, "last_failure_gmt", asq_row_get(row, 3) ? zend_string_copy(asq_row_get(row, 3)) : ZSTR_EMPTY_ALLOC());
			add_next_index_zval(&list, &one);
		} ZEND_HASH_FOREACH_END();
	}
	add_assoc_zval(stats, key, &list);
}

asq_status asq_store_letter_stats(asq_site *site, zend_long top, zend_long newest, zval *stats, asq_error *error)
{
	asq_batch batch;
	bool there;
	HashTable *rows;
	zval *row;
	zend_string *oldest;
	asq_status status;
	smart_str *sql = asq_statement_begin(site, &batch, "asq_dead_letters",
		"SELECT COUNT(*), SUM(retry_count > 0), SUM(last_failure_gmt >= UTC_TIMESTAMP() - INTERVAL 1 DAY), MIN(last_failure_gmt) FROM %s WHERE 1=1");

	asq_letters_newest(site, sql, newest);
	asq_letters_top(site, asq_batch_add(&batch), "hook", top, newest);
	asq_letters_top(site, asq_batch_add(&batch), "group_slug", top, newest);
	asq_letters_top(site, asq_batch_add(&batch), "error_class", top, newest);
	status = asq_failures_look(site, &batch, &there, error);
	rows = there ? asq_result_rows(&batch.result[0]) : NULL;
	row = rows ? zend_hash_index_find(rows, 0) : NULL;
	oldest = row ? asq_row_get(row, 3) : NULL;
	array_init(stats);
	add_assoc_long(stats, "total", asq_letters_number(row, 0));
	add_assoc_long(stats, "retried", asq_letters_number(row, 1));
	add_assoc_long(stats, "last_24_hours", asq_letters_number(row, 2));
	if (oldest) {
		add_assoc_str(stats, "oldest_gmt", zend_string_copy(oldest));
	} else {
		add_assoc_null(stats, "oldest_gmt");
	}
	asq_letters_add_top(stats, "hooks", "hook", there ? asq_result_rows(&batch.result[1]) : NULL);
	asq_letters_add_top(stats, "groups", "group", there ? asq_result_rows(&batch.result[2]) : NULL);
	asq_letters_add_top(stats, "error_classes", "error_class", there ? asq_result_rows(&batch.result[3]) : NULL);
	asq_batch_free(&batch);
	return status;
}

/* ---- Retrying ----------------------------------------------------------------------------------- */

static bool asq_letter_token(uint64_t *token)
{
	char digits[ASQ_TOKEN_LENGTH + 1];

	if (!asq_token_make(digits)) {
		return false;
	}
	digits[16] = '\0';
	*token = strtoull(digits, NULL, 16) | ASQ_LETTER_TOKEN;
	return true;
}

/* By the token, not by the rows that the update counts: it may have been sent twice. Whether there is a table of events is asked on the way. */
static void asq_letter_taken_sql(asq_site *site, smart_str *sql, const asq_letter_retry *retry)
{
	zend_string *letters = asq_site_table(site, "asq_dead_letters"), *events = asq_site_table(site, "asq_webhook_events");

	smart_str_appends(sql, "SELECT (");
	asq_store_table_sql(site, sql, events);
	smart_str_append_printf(sql, ") FROM %s WHERE letter_id=" ZEND_ULONG_FMT " AND new_action_id=%" PRIu64, ZSTR_VAL(letters), (zend_ulong) retry->letter_id, retry->token);
	zend_string_release(events);
	zend_string_release(letters);
}

asq_status asq_store_take_letter(asq_site *site, asq_letter_retry *retry, zend_long seen, bool *taken, asq_error *error)
{
	asq_batch batch;
	bool there;
	zval *row;
	smart_str *sql;
	asq_status status;

	*taken = false;
	if (!asq_letter_token(&retry->token)) {
		return asq_error_set(error, 0, "There is no randomness to be had.");
	}
	sql = asq_statement_begin(site, &batch, "asq_dead_letters", "UPDATE %s SET ");
	smart_str_append_printf(sql, "new_action_id=%" PRIu64 ", retried_gmt=UTC_TIMESTAMP() WHERE letter_id=" ZEND_ULONG_FMT " AND retry_count=" ZEND_LONG_FMT
		" AND NOT " ASQ_LETTER_IS_TAKEN, retry->token, (zend_ulong) retry->letter_id, seen);
	asq_letter_taken_sql(site, asq_batch_add(&batch), retry);
	status = asq_failures_look(site, &batch, &there, error);
	row = there ? asq_result_row(&batch.result[1]) : NULL;
	*taken = row != NULL;
	retry->has_events = row && asq_row_get(row, 0);
	asq_batch_free(&batch);
	return status;
}

/* A webhook's event goes with its action: its body is kept for as long as that is to run. */
static void asq_letter_event_sql(asq_site *site, smart_str *sql, const asq_letter_retry *retry, uint64_t new_action_id)
{
	zend_string *events = asq_site_table(site, "asq_webhook_events");

	smart_str_append_printf(sql, "UPDATE %s SET action_id=" ZEND_ULONG_FMT " WHERE action_id IN (" ZEND_ULONG_FMT, ZSTR_VAL(events), (zend_ulong) new_action_id, (zend_ulong) retry->action_id);
	if (retry->last_id) {
		smart_str_append_printf(sql, "," ZEND_ULONG_FMT, (zend_ulong) retry->last_id);
	}
	smart_str_appendc(sql, ')');
	zend_string_release(events);
}

asq_status asq_store_letter_retried(asq_site *site, const asq_letter_retry *retry, uint64_t new_action_id, asq_error *error)
{
	asq_batch batch;
	bool there;
	smart_str *sql = asq_statement_begin(site, &batch, "asq_dead_letters", "UPDATE %s SET ");
	asq_status status;

	if (new_action_id) {
		smart_str_append_printf(sql, "retry_count=retry_count+1, retried_gmt=UTC_TIMESTAMP(), new_action_id=" ZEND_ULONG_FMT, (zend_ulong) new_action_id);
	} else {
		/* The action of the retry before stays the letter's: a webhook's event may be that one's. */
		smart_str_append_printf(sql, "retried_gmt=IF(retry_count>0, retried_gmt, NULL), new_action_id=" ZEND_ULONG_FMT, (zend_ulong) retry->last_id);
	}
	smart_str_append_printf(sql, " WHERE letter_id=" ZEND_ULONG_FMT " AND new_action_id=%" PRIu64, (zend_ulong) retry->letter_id, retry->token);
	if (new_action_id && retry->action_id && retry->has_events) {
		asq_letter_event_sql(site, asq_batch_add(&batch), retry, new_action_id);
	}
	status = asq_failures_look(site, &batch, &there, error);
	asq_batch_free(&batch);
	return status;
}

/* ---- Deleting ----------------------------------------------------------------------------------- */

asq_status asq_store_delete_letters(asq_site *site, HashTable *ids, zend_long *deleted, asq_error *error)
{
	asq_batch batch;
	bool there;
	smart_str *sql = asq_statement_begin(site, &batch, "asq_dead_letters", "DELETE FROM %s WHERE ");
	asq_status status;

	asq_letters_id_list(sql, ids);
	status = asq_failures_look(site, &batch, &there, error);
	*deleted = there ? (zend_long) batch.result[0].affected : 0;
	asq_batch_free(&batch);
	return status;
}
