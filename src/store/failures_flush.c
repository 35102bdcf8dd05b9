/*
 * failures_flush.c: the same of many actions at once, in a supervisor's flush.
 */
#include "failing.h"

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
