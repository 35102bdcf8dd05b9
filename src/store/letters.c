/*
 * letters.c: failures under a retry policy: the retry, the dead letter, and what is asked of both tables.
 */
#include "letters.h"
#include "wake.h"
#include "php_asq.h"
#include "src/db/schema.h"

/* ---- The tables --------------------------------------------------------------------------------- */

asq_status asq_store_letter_tables(asq_site *site, asq_error *error)
{
	zend_string *letters = asq_site_table(site, "asq_dead_letters"), *retries = asq_site_table(site, "asq_retries");
	asq_status status = asq_schema_create_letters(&site->link, letters, retries, error);

	zend_string_release(letters);
	zend_string_release(retries);
	return status;
}

/* Runs a batch; makes the tables, once, where one is missing. In a caller's transaction that is reported. */
static asq_status asq_letters_write(asq_site *site, asq_batch *batch, asq_error *error)
{
	asq_status status = asq_link_run(&site->link, batch, error);

	if (status != ASQ_FAILED || !asq_error_is_no_table(error)) {
		return status;
	}
	if (site->link.in_transaction) {
		return asq_error_set(error, error->code, "A table for retries is not there, and cannot be made in a transaction: make it before by `wp asq schema --upgrade`.");
	}
	status = asq_store_letter_tables(site, error);
	if (status == ASQ_OK) {
		asq_batch_clear(batch);
		status = asq_link_run(&site->link, batch, error);
	}
	return status;
}

/* Runs statements that read or delete; *there: the tables are. */
static asq_status asq_letters_look(asq_site *site, asq_batch *batch, bool *there, asq_error *error)
{
	asq_status status = asq_link_run(&site->link, batch, error);

	*there = status == ASQ_OK;
	if (status == ASQ_FAILED && asq_store_is_missing(error)) {
		*error = (asq_error) {0};
		status = ASQ_OK;
	}
	return status;
}

/* A new batch, with the first statement begun by a format of the table's name. */
static smart_str *asq_letters_begin(asq_site *site, asq_batch *batch, const char *table, const char *format)
{
	zend_string *name = asq_site_table(site, table);
	smart_str *sql;

	asq_batch_init(batch, false);
	sql = asq_batch_add(batch);
	smart_str_append_printf(sql, format, ZSTR_VAL(name));
	zend_string_release(name);
	return sql;
}

/* ---- What a failure changes ----------------------------------------------------------------------- */

/* An attempt that was still to begin has been counted by nobody; one that is only postponed is not to count. */
#define ASQ_COUNT_ATTEMPT "attempts=attempts+(status='" ASQ_STATUS_PENDING "'), "
#define ASQ_SPARE_ATTEMPT "attempts=attempts-(status='" ASQ_STATUS_RUNNING "' AND attempts>0), "

/* In a format. A row that runs once is due at its schedule's time, which as_next_scheduled_action() tells; a series keeps its own. */
#define ASQ_RUNS_ONCE "schedule LIKE 'O:28:\"ActionScheduler_NullSchedule\"%%' OR schedule LIKE 'O:30:\"ActionScheduler_SimpleSchedule\"%%'"

/* The attempt as a fence: what a process that has died has still sent may arrive late, when it is another attempt's turn. */
static void asq_letters_fence(smart_str *sql, uint64_t action_id, uint64_t claim_id, zend_long attempt)
{
	smart_str_append_printf(sql, " WHERE action_id=" ZEND_ULONG_FMT " AND claim_id=" ZEND_ULONG_FMT " AND status IN ('" ASQ_STATUS_PENDING "','" ASQ_STATUS_RUNNING "')",
		(zend_ulong) action_id, (zend_ulong) claim_id);
	if (attempt > 0) {
		smart_str_append_printf(sql, " AND attempts+(status='" ASQ_STATUS_PENDING "')=" ZEND_LONG_FMT, attempt);
	}
}

static void asq_letters_log(asq_site *site, smart_str *sql, uint64_t action_id, const asq_log_row *log)
{
	smart_str_append_printf(sql, "INSERT INTO %s (action_id, message, log_date_gmt, log_date_local) SELECT " ZEND_ULONG_FMT ",", ZSTR_VAL(site->logs), (zend_ulong) action_id);
	asq_sql_string(&site->link, sql, log->message);
	smart_str_appendc(sql, ',');
	asq_sql_string(&site->link, sql, log->date_gmt);
	smart_str_appendc(sql, ',');
	asq_sql_string(&site->link, sql, log->date_local);
	smart_str_appends(sql, " FROM DUAL WHERE ROW_COUNT() > 0");
}

/* When it first failed is remembered until it has ended. */
static void asq_letters_remember(asq_site *site, smart_str *sql, uint64_t action_id, const zend_string *now_gmt)
{
	zend_string *retries = asq_site_table(site, "asq_retries");

	smart_str_append_printf(sql, "INSERT INTO %s (action_id, first_failure_gmt) SELECT " ZEND_ULONG_FMT ",", ZSTR_VAL(retries), (zend_ulong) action_id);
	asq_sql_string(&site->link, sql, now_gmt);
	smart_str_append_printf(sql, " FROM DUAL WHERE ROW_COUNT() > 0 ON DUPLICATE KEY UPDATE first_failure_gmt=COALESCE(%s.first_failure_gmt, VALUES(first_failure_gmt))", ZSTR_VAL(retries));
	zend_string_release(retries);
}

/* For a commit whose answer was lost: is the row as it was to become? */
static void asq_letters_is_retried(asq_site *site, smart_str *sql, const asq_retry *retry)
{
	smart_str_append_printf(sql, "SELECT 1 FROM %s WHERE action_id=" ZEND_ULONG_FMT " AND scheduled_date_gmt=", ZSTR_VAL(site->actions), (zend_ulong) retry->action_id);
	asq_sql_string(&site->link, sql, retry->due_gmt);
	if (retry->log) {
		smart_str_append_printf(sql, " AND EXISTS (SELECT 1 FROM %s WHERE action_id=" ZEND_ULONG_FMT " AND message=", ZSTR_VAL(site->logs), (zend_ulong) retry->action_id);
		asq_sql_string(&site->link, sql, retry->log->message);
		smart_str_appends(sql, " AND log_date_gmt=");
		asq_sql_string(&site->link, sql, retry->log->date_gmt);
		smart_str_appendc(sql, ')');
	}
}

static void asq_letters_retry_sql(asq_site *site, smart_str *sql, const asq_retry *retry)
{
	smart_str_append_printf(sql, "UPDATE %s FORCE INDEX (PRIMARY) SET %sstatus='" ASQ_STATUS_PENDING "', claim_id=0, schedule=IF(" ASQ_RUNS_ONCE ", ", ZSTR_VAL(site->actions),
		retry->spare ? ASQ_SPARE_ATTEMPT : ASQ_COUNT_ATTEMPT);
	asq_sql_string(&site->link, sql, retry->schedule);
	smart_str_appends(sql, ", schedule), scheduled_date_gmt=");
	asq_sql_string(&site->link, sql, retry->due_gmt);
	smart_str_appends(sql, ", scheduled_date_local=");
	asq_sql_string(&site->link, sql, retry->due_local);
	asq_letters_fence(sql, retry->action_id, retry->claim_id, retry->attempt);
	/* Where the attempts do not grow, the time does: one that is due so late has been postponed already, maybe by this very statement. */
	if (retry->spare && retry->claim_id) {
		smart_str_appends(sql, " AND scheduled_date_gmt<");
		asq_sql_string(&site->link, sql, retry->due_gmt);
	}
}

asq_status asq_store_retry(asq_site *site, const asq_retry *retry, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	unsigned last;

	asq_batch_init(&batch, true);
	batch.repeatable = true;
	batch.patience = ASQ_RUN_PATIENCE;
	asq_letters_retry_sql(site, asq_batch_add(&batch), retry);
	if (retry->log) {
		asq_letters_log(site, asq_batch_add(&batch), retry->action_id, retry->log);
	}
	if (!retry->spare) {
		asq_letters_remember(site, asq_batch_add(&batch), retry->action_id, retry->now_gmt);
	}
	last = batch.count;
	asq_letters_is_retried(site, asq_batch_add(&batch), retry);
	status = asq_letters_write(site, &batch, error);
	if (status == ASQ_OK && batch.result[0].affected < 1 && !(batch.retried && asq_result_cell(&batch.result[last]))) {
		status = ASQ_NOT_FOUND;
	}
	asq_batch_free(&batch);
	if (status == ASQ_OK) {
		asq_wake_send(site, retry->due_gmt);
	}
	return status;
}

/* INSERT INTO letters ... SELECT, up to where the error's columns come; what follows is the values of those. */
static void asq_letters_insert(asq_site *site, smart_str *sql)
{
	zend_string *letters = asq_site_table(site, "asq_dead_letters");

	smart_str_append_printf(sql, "INSERT INTO %s (action_id, hook, args, group_slug, priority, schedule, scheduled_gmt, attempts, first_failure_gmt, last_failure_gmt,"
		" reason, error_class, error_message, error_code, error_trace, metadata) SELECT a.action_id, a.hook, COALESCE(NULLIF(a.extended_args, ''), a.args, '[]'),"
		" COALESCE(LEFT(g.slug, 191), ''), a.priority, a.schedule, NULLIF(a.scheduled_date_gmt, '0000-00-00 00:00:00'), a.attempts, ", ZSTR_VAL(letters));
	zend_string_release(letters);
}

static void asq_letters_from(asq_site *site, smart_str *sql)
{
	zend_string *retries = asq_site_table(site, "asq_retries");

	smart_str_append_printf(sql, " FROM %s a LEFT JOIN %s g ON g.group_id=a.group_id LEFT JOIN %s r ON r.action_id=a.action_id WHERE ", ZSTR_VAL(site->actions),
		ZSTR_VAL(site->groups), ZSTR_VAL(retries));
	zend_string_release(retries);
}

static void asq_letters_or_null(asq_site *site, smart_str *sql, const zend_string *text)
{
	if (text) {
		asq_sql_string(&site->link, sql, text);
	} else {
		smart_str_appends(sql, "NULL");
	}
}

static void asq_letters_insert_one(asq_site *site, smart_str *sql, const asq_letter *letter)
{
	const zend_string *const texts[] = { letter->error_class, letter->message, letter->code, letter->trace, letter->metadata };

	asq_letters_insert(site, sql);
	smart_str_appends(sql, "COALESCE(r.first_failure_gmt, ");
	asq_sql_string(&site->link, sql, letter->now_gmt);
	smart_str_appends(sql, "), ");
	asq_sql_string(&site->link, sql, letter->now_gmt);
	smart_str_append_printf(sql, ", '%s'", letter->reason);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		smart_str_appendc(sql, ',');
		asq_letters_or_null(site, sql, texts[i]);
	}
	asq_letters_from(site, sql);
	smart_str_append_printf(sql, "a.action_id=" ZEND_ULONG_FMT " AND ROW_COUNT() > 0", (zend_ulong) letter->action_id);
}

asq_status asq_store_bury_action(asq_site *site, asq_letter *letter, asq_error *error)
{
	zend_string *letters = asq_site_table(site, "asq_dead_letters"), *cell;
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	asq_batch_init(&batch, true);
	batch.repeatable = true;
	batch.patience = ASQ_RUN_PATIENCE;
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "UPDATE %s FORCE INDEX (PRIMARY) SET " ASQ_COUNT_ATTEMPT "status='" ASQ_STATUS_FAILED "'", ZSTR_VAL(site->actions));
	asq_letters_fence(sql, letter->action_id, letter->claim_id, letter->attempt);
	asq_letters_insert_one(site, asq_batch_add(&batch), letter);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "SELECT letter_id FROM %s WHERE action_id=" ZEND_ULONG_FMT " AND last_failure_gmt=", ZSTR_VAL(letters), (zend_ulong) letter->action_id);
	asq_sql_string(&site->link, sql, letter->now_gmt);
	smart_str_appends(sql, " ORDER BY letter_id DESC LIMIT 1");
	status = asq_letters_write(site, &batch, error);
	cell = status == ASQ_OK ? asq_result_cell(&batch.result[2]) : NULL;
	letter->id = cell ? ZEND_STRTOUL(ZSTR_VAL(cell), NULL, 10) : 0;
	if (status == ASQ_OK && batch.result[0].affected < 1 && !(batch.retried && cell)) {
		status = ASQ_NOT_FOUND;
	}
	asq_batch_free(&batch);
	zend_string_release(letters);
	return status;
}

asq_status asq_store_attempts(asq_site *site, uint64_t action_id, zend_long *attempts, bool *running, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	HashTable *rows;
	zval *row;

	asq_batch_init(&batch, false);
	batch.patience = ASQ_RUN_PATIENCE;
	smart_str_append_printf(asq_batch_add(&batch), "SELECT attempts, status FROM %s WHERE action_id=" ZEND_ULONG_FMT, ZSTR_VAL(site->actions), (zend_ulong) action_id);
	status = asq_site_run(site, &batch, error);
	rows = status == ASQ_OK ? asq_result_rows(&batch.result[0]) : NULL;
	row = rows ? zend_hash_index_find(rows, 0) : NULL;
	if (row && asq_row_get(row, 0) && asq_row_get(row, 1)) {
		*attempts = ZEND_STRTOL(ZSTR_VAL(asq_row_get(row, 0)), NULL, 10);
		*running = zend_string_equals_literal(asq_row_get(row, 1), ASQ_STATUS_RUNNING);
	} else if (status == ASQ_OK) {
		status = ASQ_NOT_FOUND;
	}
	asq_batch_free(&batch);
	return status;
}

/* ---- A flush ------------------------------------------------------------------------------------ */

static bool asq_letters_is(const asq_flush_entry *entry, asq_flush_end end)
{
	return entry->ends && entry->end == end;
}

static bool asq_letters_ids(smart_str *sql, const asq_flush *flush, asq_flush_end end)
{
	bool first = true;

	for (size_t i = 0; i < flush->count; i++) {
		if (asq_letters_is(&flush->entry[i], end)) {
			if (!first) {
				smart_str_appendc(sql, ',');
			}
			asq_sql_long(sql, (int64_t) flush->entry[i].action_id);
			first = false;
		}
	}
	return !first;
}

static const zend_string *asq_entry_due_gmt(const asq_flush_entry *entry) { return entry->due_gmt; }
static const zend_string *asq_entry_due_local(const asq_flush_entry *entry) { return entry->due_local; }
static const zend_string *asq_entry_due_schedule(const asq_flush_entry *entry) { return entry->due_schedule; }
static const zend_string *asq_entry_class(const asq_flush_entry *entry) { return entry->letter->error_class; }
static const zend_string *asq_entry_message(const asq_flush_entry *entry) { return entry->letter->message; }
static const zend_string *asq_entry_metadata(const asq_flush_entry *entry) { return entry->letter->metadata; }

/* CASE column WHEN 41 THEN 'this' WHEN 42 THEN 'that' END */
static void asq_letters_case(asq_site *site, smart_str *sql, const char *column, const asq_flush *flush, asq_flush_end end, const zend_string *(*of)(const asq_flush_entry *))
{
	smart_str_append_printf(sql, "CASE %s", column);
	for (size_t i = 0; i < flush->count; i++) {
		if (asq_letters_is(&flush->entry[i], end)) {
			smart_str_append_printf(sql, " WHEN " ZEND_ULONG_FMT " THEN ", (zend_ulong) flush->entry[i].action_id);
			asq_sql_string(&site->link, sql, of(&flush->entry[i]));
		}
	}
	smart_str_appends(sql, " END");
}

/* RETRY or POSTPONED */
static void asq_letters_flush_pending(asq_site *site, asq_batch *write, const asq_flush *flush, asq_flush_end end, const zend_string *ids)
{
	smart_str *sql = asq_batch_add(write);

	smart_str_append_printf(sql, "UPDATE %s FORCE INDEX (PRIMARY) SET %sstatus='" ASQ_STATUS_PENDING "', claim_id=0, schedule=IF(" ASQ_RUNS_ONCE ", ", ZSTR_VAL(site->actions),
		end == ASQ_END_POSTPONED ? ASQ_SPARE_ATTEMPT : ASQ_COUNT_ATTEMPT);
	asq_letters_case(site, sql, "action_id", flush, end, asq_entry_due_schedule);
	smart_str_appends(sql, ", schedule), scheduled_date_gmt=");
	asq_letters_case(site, sql, "action_id", flush, end, asq_entry_due_gmt);
	smart_str_appends(sql, ", scheduled_date_local=");
	asq_letters_case(site, sql, "action_id", flush, end, asq_entry_due_local);
	smart_str_append_printf(sql, " WHERE action_id IN (%s)", ZSTR_VAL(ids));
}

static void asq_letters_flush_retries(asq_site *site, asq_batch *write, const asq_flush *flush, const zend_string *ids)
{
	zend_string *retries;
	smart_str *sql;
	bool first = true;

	asq_letters_flush_pending(site, write, flush, ASQ_END_RETRY, ids);
	if (flush->no_letters) {
		return;
	}
	retries = asq_site_table(site, "asq_retries");
	sql = asq_batch_add(write);
	smart_str_append_printf(sql, "INSERT INTO %s (action_id, first_failure_gmt) VALUES ", ZSTR_VAL(retries));
	for (size_t i = 0; i < flush->count; i++) {
		if (asq_letters_is(&flush->entry[i], ASQ_END_RETRY)) {
			smart_str_append_printf(sql, "%s(" ZEND_ULONG_FMT ",", first ? "" : ",", (zend_ulong) flush->entry[i].action_id);
			asq_sql_string(&site->link, sql, flush->now_gmt);
			smart_str_appendc(sql, ')');
			first = false;
		}
	}
	smart_str_appends(sql, " ON DUPLICATE KEY UPDATE first_failure_gmt=COALESCE(first_failure_gmt, VALUES(first_failure_gmt))");
	zend_string_release(retries);
}

static void asq_letters_flush_letters(asq_site *site, asq_batch *write, const asq_flush *flush, const zend_string *ids)
{
	smart_str *sql = asq_batch_add(write);

	smart_str_append_printf(sql, "UPDATE %s FORCE INDEX (PRIMARY) SET " ASQ_COUNT_ATTEMPT "status='" ASQ_STATUS_FAILED "' WHERE action_id IN (%s)", ZSTR_VAL(site->actions), ZSTR_VAL(ids));
	if (flush->no_letters) {
		return;
	}
	sql = asq_batch_add(write);
	asq_letters_insert(site, sql);
	smart_str_appends(sql, "COALESCE(r.first_failure_gmt, ");
	asq_sql_string(&site->link, sql, flush->now_gmt);
	smart_str_appends(sql, "), ");
	asq_sql_string(&site->link, sql, flush->now_gmt);
	smart_str_appends(sql, ", CASE a.action_id");
	for (size_t i = 0; i < flush->count; i++) {
		if (asq_letters_is(&flush->entry[i], ASQ_END_BURIED)) {
			smart_str_append_printf(sql, " WHEN " ZEND_ULONG_FMT " THEN '%s'", (zend_ulong) flush->entry[i].action_id, flush->entry[i].letter->reason);
		}
	}
	smart_str_appends(sql, " END, ");
	asq_letters_case(site, sql, "a.action_id", flush, ASQ_END_BURIED, asq_entry_class);
	smart_str_appends(sql, ", ");
	asq_letters_case(site, sql, "a.action_id", flush, ASQ_END_BURIED, asq_entry_message);
	smart_str_appends(sql, ", '0', NULL, ");
	asq_letters_case(site, sql, "a.action_id", flush, ASQ_END_BURIED, asq_entry_metadata);
	asq_letters_from(site, sql);
	smart_str_append_printf(sql, "a.action_id IN (%s)", ZSTR_VAL(ids));
}

void asq_letters_flush(asq_site *site, asq_batch *write, const asq_flush *flush)
{
	smart_str ids = {0};

	if (asq_letters_ids(&ids, flush, ASQ_END_RETRY)) {
		smart_str_0(&ids);
		asq_letters_flush_retries(site, write, flush, ids.s);
	}
	smart_str_free(&ids);
	if (asq_letters_ids(&ids, flush, ASQ_END_POSTPONED)) {
		smart_str_0(&ids);
		asq_letters_flush_pending(site, write, flush, ASQ_END_POSTPONED, ids.s);
	}
	smart_str_free(&ids);
	if (asq_letters_ids(&ids, flush, ASQ_END_BURIED)) {
		smart_str_0(&ids);
		asq_letters_flush_letters(site, write, flush, ids.s);
	}
	smart_str_free(&ids);
}

/* ---- asq_retries ---------------------------------------------------------------------------------- */

asq_status asq_store_set_policy(asq_site *site, uint64_t action_id, const zend_string *json, bool *known, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql = asq_letters_begin(site, &batch, "asq_retries", "INSERT INTO %s (action_id, policy) SELECT action_id, ");

	asq_letters_or_null(site, sql, json);
	smart_str_append_printf(sql, " FROM %s WHERE action_id=" ZEND_ULONG_FMT " AND status IN ('" ASQ_STATUS_PENDING "','" ASQ_STATUS_RUNNING "')"
		" ON DUPLICATE KEY UPDATE policy=VALUES(policy)", ZSTR_VAL(site->actions), (zend_ulong) action_id);
	smart_str_append_printf(asq_batch_add(&batch), "SELECT 1 FROM %s WHERE action_id=" ZEND_ULONG_FMT " AND status IN ('" ASQ_STATUS_PENDING "','" ASQ_STATUS_RUNNING "')",
		ZSTR_VAL(site->actions), (zend_ulong) action_id);
	status = asq_letters_write(site, &batch, error);
	*known = status == ASQ_OK && asq_result_cell(&batch.result[1]);
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_get_policy(asq_site *site, uint64_t action_id, zend_string **json, zend_string **first_failure_gmt, asq_error *error)
{
	asq_batch batch;
	bool there;
	HashTable *rows;
	zval *row;
	smart_str *sql = asq_letters_begin(site, &batch, "asq_retries", "SELECT policy, first_failure_gmt FROM %s");
	asq_status status;

	*json = *first_failure_gmt = NULL;
	smart_str_append_printf(sql, " WHERE action_id=" ZEND_ULONG_FMT, (zend_ulong) action_id);
	status = asq_letters_look(site, &batch, &there, error);
	rows = there ? asq_result_rows(&batch.result[0]) : NULL;
	row = rows ? zend_hash_index_find(rows, 0) : NULL;
	if (row) {
		*json = asq_row_get(row, 0) ? zend_string_copy(asq_row_get(row, 0)) : NULL;
		*first_failure_gmt = asq_row_get(row, 1) ? zend_string_copy(asq_row_get(row, 1)) : NULL;
	}
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_forget_retries(asq_site *site, unsigned limit, asq_error *error)
{
	asq_batch look, batch;
	bool there, first = true;
	smart_str *sql = asq_letters_begin(site, &look, "asq_retries", "SELECT r.action_id FROM %s r");
	asq_status status;
	HashTable *rows;
	zval *row;

	smart_str_append_printf(sql, " LEFT JOIN %s a ON a.action_id=r.action_id WHERE a.action_id IS NULL OR (a.status NOT IN ('" ASQ_STATUS_PENDING "','" ASQ_STATUS_RUNNING "')"
		" AND a.last_attempt_gmt < UTC_TIMESTAMP() - INTERVAL 1 HOUR) LIMIT %u", ZSTR_VAL(site->actions), limit);
	status = asq_letters_look(site, &look, &there, error);
	rows = there ? asq_result_rows(&look.result[0]) : NULL;
	if (rows && zend_hash_num_elements(rows)) {
		sql = asq_letters_begin(site, &batch, "asq_retries", "DELETE FROM %s WHERE action_id IN (");
		ZEND_HASH_FOREACH_VAL(rows, row) {
			if (!first) {
				smart_str_appendc(sql, ',');
			}
			smart_str_append(sql, asq_row_get(row, 0));
			first = false;
		} ZEND_HASH_FOREACH_END();
		smart_str_appendc(sql, ')');
		status = asq_letters_look(site, &batch, &there, error);
		asq_batch_free(&batch);
	}
	asq_batch_free(&look);
	return status;
}

asq_status asq_store_move(asq_site *site, uint64_t action_id, const zend_string *gmt, const zend_string *local, const zend_string *schedule, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "UPDATE %s FORCE INDEX (PRIMARY) SET schedule=", ZSTR_VAL(site->actions));
	asq_sql_string(&site->link, sql, schedule);
	smart_str_appends(sql, ", scheduled_date_gmt=");
	asq_sql_string(&site->link, sql, gmt);
	smart_str_appends(sql, ", scheduled_date_local=");
	asq_sql_string(&site->link, sql, local);
	smart_str_append_printf(sql, " WHERE action_id=" ZEND_ULONG_FMT " AND claim_id=0 AND status='" ASQ_STATUS_PENDING "'", (zend_ulong) action_id);
	status = asq_site_run(site, &batch, error);
	asq_batch_free(&batch);
	return status;
}

/* ---- asq_dead_letters ------------------------------------------------------------------------------- */

static const char asq_letters_columns[] = "letter_id, action_id, hook, args, group_slug, priority, schedule, scheduled_gmt, reason, error_class, error_message, error_code,"
	" attempts, first_failure_gmt, last_failure_gmt, retry_count, retried_gmt, new_action_id, metadata, ";

static void asq_letters_equal(asq_site *site, smart_str *sql, const char *column, const char *operator, const zend_string *value)
{
	if (value) {
		smart_str_append_printf(sql, " AND %s%s", column, operator);
		asq_sql_string(&site->link, sql, value);
	}
}

/* A search is for text as it is: what LIKE would take for a pattern is escaped, by a letter that no server mode touches. */
static void asq_letters_search(asq_site *site, smart_str *sql, const zend_string *text)
{
	static const char *const columns[] = { "hook", "args", "group_slug", "error_class", "error_message" };
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
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		smart_str_append_printf(sql, "%s%s LIKE ", i ? " OR " : " AND (", columns[i]);
		asq_sql_string(&site->link, sql, pattern.s);
		smart_str_appends(sql, " ESCAPE '|'");
	}
	smart_str_appendc(sql, ')');
	smart_str_free(&pattern);
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
		asq_letters_search(site, sql, query->search);
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
}

asq_status asq_store_letters(asq_site *site, const asq_letters_query *query, zval *rows, asq_error *error)
{
	static const char *const orders[ASQ_LETTERS_ORDERS] = { "letter_id", "last_failure_gmt", "first_failure_gmt", "hook", "group_slug", "error_class", "attempts", "retry_count" };
	zend_string *letters = asq_site_table(site, "asq_dead_letters");
	asq_batch batch;
	asq_status status;
	bool there;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "SELECT %s%s FROM %s", query->only_ids ? "" : asq_letters_columns, query->only_ids ? "letter_id" : query->whole ? "error_trace" : "NULL",
		ZSTR_VAL(letters));
	asq_letters_where(site, sql, query);
	smart_str_append_printf(sql, " ORDER BY %s %s", orders[query->order], query->ascending ? "ASC" : "DESC");
	if (query->order != ASQ_LETTERS_BY_ID) {
		smart_str_append_printf(sql, ", letter_id %s", query->ascending ? "ASC" : "DESC");
	}
	if (query->limit) {
		smart_str_append_printf(sql, " LIMIT " ZEND_LONG_FMT " OFFSET " ZEND_LONG_FMT, query->limit, query->offset);
	}
	status = asq_letters_look(site, &batch, &there, error);
	if (there && Z_TYPE(batch.result[0].rows) == IS_ARRAY) {
		ZVAL_COPY(rows, &batch.result[0].rows);
	} else {
		ZVAL_EMPTY_ARRAY(rows);
	}
	asq_batch_free(&batch);
	zend_string_release(letters);
	return status;
}

asq_status asq_store_count_letters(asq_site *site, const asq_letters_query *query, zend_long *count, asq_error *error)
{
	asq_batch batch;
	bool there;
	smart_str *sql = asq_letters_begin(site, &batch, "asq_dead_letters", "SELECT COUNT(*) FROM %s");
	asq_status status;
	zend_string *cell;

	asq_letters_where(site, sql, query);
	status = asq_letters_look(site, &batch, &there, error);
	cell = there ? asq_result_cell(&batch.result[0]) : NULL;
	*count = cell ? ZEND_STRTOL(ZSTR_VAL(cell), NULL, 10) : 0;
	asq_batch_free(&batch);
	return status;
}

static void asq_letters_top(asq_site *site, smart_str *sql, const char *column, zend_long top)
{
	zend_string *letters = asq_site_table(site, "asq_dead_letters");

	smart_str_append_printf(sql, "SELECT %s, COUNT(*) AS n, SUM(retry_count=0), MAX(last_failure_gmt) FROM %s GROUP BY %s ORDER BY n DESC, %s LIMIT " ZEND_LONG_FMT, column,
		ZSTR_VAL(letters), column, column, top);
	zend_string_release(letters);
}

static zend_long asq_letters_number(const zval *row, uint32_t column)
{
	zend_string *cell = row ? asq_row_get(row, column) : NULL;

	return cell ? ZEND_STRTOL(ZSTR_VAL(cell), NULL, 10) : 0;
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

asq_status asq_store_letter_stats(asq_site *site, zend_long top, zval *stats, asq_error *error)
{
	asq_batch batch;
	bool there;
	HashTable *rows;
	zval *row;
	zend_string *oldest;
	asq_status status;

	asq_letters_begin(site, &batch, "asq_dead_letters",
		"SELECT COUNT(*), SUM(retry_count > 0), SUM(last_failure_gmt >= UTC_TIMESTAMP() - INTERVAL 1 DAY), MIN(last_failure_gmt) FROM %s");
	asq_letters_top(site, asq_batch_add(&batch), "hook", top);
	asq_letters_top(site, asq_batch_add(&batch), "group_slug", top);
	asq_letters_top(site, asq_batch_add(&batch), "error_class", top);
	status = asq_letters_look(site, &batch, &there, error);
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

asq_status asq_store_take_letter(asq_site *site, uint64_t letter_id, zend_long seen, bool *taken, asq_error *error)
{
	asq_batch batch;
	bool there;
	smart_str *sql = asq_letters_begin(site, &batch, "asq_dead_letters", "UPDATE %s SET retry_count=retry_count+1, retried_gmt=UTC_TIMESTAMP(), new_action_id=0");
	asq_status status;

	smart_str_append_printf(sql, " WHERE letter_id=" ZEND_ULONG_FMT " AND retry_count=" ZEND_LONG_FMT, (zend_ulong) letter_id, seen);
	status = asq_letters_look(site, &batch, &there, error);
	*taken = there && batch.result[0].affected > 0;
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_letter_retried(asq_site *site, uint64_t letter_id, uint64_t new_action_id, asq_error *error)
{
	asq_batch batch;
	bool there;
	smart_str *sql = asq_letters_begin(site, &batch, "asq_dead_letters", "UPDATE %s SET ");
	asq_status status;

	if (new_action_id) {
		smart_str_append_printf(sql, "new_action_id=" ZEND_ULONG_FMT, (zend_ulong) new_action_id);
	} else {
		smart_str_appends(sql, "retried_gmt=IF(retry_count>1, retried_gmt, NULL), retry_count=retry_count-(retry_count>0)");
	}
	smart_str_append_printf(sql, " WHERE letter_id=" ZEND_ULONG_FMT, (zend_ulong) letter_id);
	status = asq_letters_look(site, &batch, &there, error);
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_delete_letters(asq_site *site, HashTable *ids, zend_long *deleted, asq_error *error)
{
	asq_batch batch;
	bool there;
	smart_str *sql = asq_letters_begin(site, &batch, "asq_dead_letters", "DELETE FROM %s WHERE ");
	asq_status status;

	asq_letters_id_list(sql, ids);
	status = asq_letters_look(site, &batch, &there, error);
	*deleted = there ? (zend_long) batch.result[0].affected : 0;
	asq_batch_free(&batch);
	return status;
}
