/*
 * failures.c: what becomes of an action that has failed under a retry policy: pending again, or failed for good, with a dead letter.
 */
#include "failing.h"
#include "tables.h"
#include "wake.h"

/* Runs a batch; makes the tables, once, where one is missing. In a caller's transaction that is reported. */
asq_status asq_failures_write(asq_site *site, asq_batch *batch, asq_error *error)
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
asq_status asq_failures_look(asq_site *site, asq_batch *batch, bool *there, asq_error *error)
{
	asq_status status = asq_link_run(&site->link, batch, error);

	*there = status == ASQ_OK;
	if (status == ASQ_FAILED && asq_store_is_missing(error)) {
		*error = (asq_error) {0};
		status = ASQ_OK;
	}
	return status;
}

/* The attempt as a fence: what a process that has died has still sent may arrive late, when it is another attempt's turn. */
static void asq_letters_fence(smart_str *sql, uint64_t action_id, uint64_t claim_id, zend_long attempt)
{
	smart_str_append_printf(sql, " WHERE action_id=" ZEND_ULONG_FMT " AND claim_id=" ZEND_ULONG_FMT " AND status IN ('" ASQ_STATUS_PENDING "','" ASQ_STATUS_RUNNING "')",
		(zend_ulong) action_id, (zend_ulong) claim_id);
	if (attempt > 0) {
		smart_str_append_printf(sql, " AND attempts+(status='" ASQ_STATUS_PENDING "')=" ZEND_LONG_FMT, attempt);
	}
}

/* When it first failed is remembered until it has ended. */
static void asq_letters_remember(asq_site *site, smart_str *sql, uint64_t action_id, const zend_string *now_gmt)
{
	zend_string *retries = asq_site_table(site, "asq_retries");

	smart_str_append_printf(sql, "INSERT INTO %s (action_id, first_failure_gmt) SELECT " ZEND_ULONG_FMT ",", ZSTR_VAL(retries), (zend_ulong) action_id);
	asq_sql_string(&site->link, sql, now_gmt);
	smart_str_appends(sql, " FROM DUAL WHERE ");
	asq_sql_if_changed(sql);
	smart_str_append_printf(sql, " ON DUPLICATE KEY UPDATE first_failure_gmt=COALESCE(%s.first_failure_gmt, VALUES(first_failure_gmt))", ZSTR_VAL(retries));
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

	asq_batch_init_patient(&batch, true);
	batch.repeatable = true;
	asq_letters_retry_sql(site, asq_batch_add(&batch), retry);
	if (retry->log) {
		asq_store_log_changed(site, asq_batch_add(&batch), retry->action_id, retry->log);
	}
	if (!retry->spare) {
		asq_letters_remember(site, asq_batch_add(&batch), retry->action_id, retry->now_gmt);
	}
	last = batch.count;
	asq_letters_is_retried(site, asq_batch_add(&batch), retry);
	status = asq_failures_write(site, &batch, error);
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
void asq_letters_insert(asq_site *site, smart_str *sql)
{
	zend_string *letters = asq_site_table(site, "asq_dead_letters");

	smart_str_append_printf(sql, "INSERT INTO %s (action_id, hook, args, group_slug, priority, schedule, scheduled_gmt, attempts, first_failure_gmt, last_failure_gmt,"
		" reason, error_class, error_message, error_code, error_trace, metadata) SELECT a.action_id, a.hook, COALESCE(NULLIF(a.extended_args, ''), a.args, '[]'),"
		" COALESCE(LEFT(g.slug, 191), ''), a.priority, a.schedule, NULLIF(a.scheduled_date_gmt, '0000-00-00 00:00:00'), a.attempts, ", ZSTR_VAL(letters));
	zend_string_release(letters);
}

void asq_letters_from(asq_site *site, smart_str *sql)
{
	zend_string *retries = asq_site_table(site, "asq_retries");

	smart_str_append_printf(sql, " FROM %s a LEFT JOIN %s g ON g.group_id=a.group_id LEFT JOIN %s r ON r.action_id=a.action_id WHERE ", ZSTR_VAL(site->actions),
		ZSTR_VAL(site->groups), ZSTR_VAL(retries));
	zend_string_release(retries);
}

void asq_letters_or_null(asq_site *site, smart_str *sql, const zend_string *text)
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
	smart_str_append_printf(sql, "a.action_id=" ZEND_ULONG_FMT " AND ", (zend_ulong) letter->action_id);
	asq_sql_if_changed(sql);
}

asq_status asq_store_bury_action(asq_site *site, asq_letter *letter, asq_error *error)
{
	zend_string *letters = asq_site_table(site, "asq_dead_letters"), *cell;
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	asq_batch_init_patient(&batch, true);
	batch.repeatable = true;
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "UPDATE %s FORCE INDEX (PRIMARY) SET " ASQ_COUNT_ATTEMPT "status='" ASQ_STATUS_FAILED "'", ZSTR_VAL(site->actions));
	asq_letters_fence(sql, letter->action_id, letter->claim_id, letter->attempt);
	asq_letters_insert_one(site, asq_batch_add(&batch), letter);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "SELECT letter_id FROM %s WHERE action_id=" ZEND_ULONG_FMT " AND last_failure_gmt=", ZSTR_VAL(letters), (zend_ulong) letter->action_id);
	asq_sql_string(&site->link, sql, letter->now_gmt);
	smart_str_appends(sql, " ORDER BY letter_id DESC LIMIT 1");
	status = asq_failures_write(site, &batch, error);
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

	asq_batch_init_patient(&batch, false);
	smart_str_append_printf(asq_batch_add(&batch), "SELECT attempts, status FROM %s WHERE action_id=" ZEND_ULONG_FMT, ZSTR_VAL(site->actions), (zend_ulong) action_id);
	status = asq_site_run(site, &batch, error);
	rows = status == ASQ_OK ? asq_result_rows(&batch.result[0]) : NULL;
	row = rows ? zend_hash_index_find(rows, 0) : NULL;
	if (row && asq_row_get(row, 0) && asq_row_get(row, 1)) {
		*attempts = asq_row_long(row, 0);
		*running = zend_string_equals_literal(asq_row_get(row, 1), ASQ_STATUS_RUNNING);
	} else if (status == ASQ_OK) {
		status = ASQ_NOT_FOUND;
	}
	asq_batch_free(&batch);
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
