/*
 * workers.c: the table of supervisors and their workers: who is there, who has a pulse, and what becomes of what the dead
 * have claimed. Times in it are the server's, so that hosts whose clocks differ agree on who is dead.
 */
#include "workers.h"
#include "failures.h"
#include "pause.h"
#include "statement.h"
#include "tables.h"
#include "php_asq.h"

/* ---- Coming --------------------------------------------------------------------------------------- */

asq_status asq_store_register(asq_site *site, const char *host, zend_long pid, const char *token, const zend_string *options, const zend_string *now_gmt,
	uint64_t *supervisor_id, uint64_t *claim_id, asq_error *error)
{
	zend_string *workers = asq_site_table(site, "asq_workers");
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	asq_batch_init(&batch, true);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "INSERT INTO %s (date_created_gmt) VALUES (", ZSTR_VAL(site->claims));
	asq_sql_string(&site->link, sql, now_gmt);
	smart_str_appendc(sql, ')');
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "INSERT INTO %s (host, pid, token, state, started_gmt, heartbeat_gmt, claim_id, options) VALUES (", ZSTR_VAL(workers));
	asq_sql_chars(&site->link, sql, host, MIN(strlen(host), 191));
	smart_str_append_printf(sql, "," ZEND_LONG_FMT ",'%s','running',UTC_TIMESTAMP(3),UTC_TIMESTAMP(3),LAST_INSERT_ID(),", pid, token);
	asq_sql_string(&site->link, sql, options);
	smart_str_appendc(sql, ')');
	status = asq_site_run(site, &batch, error);
	if (status == ASQ_OK) {
		*claim_id = batch.result[0].insert_id;
		*supervisor_id = batch.result[1].insert_id;
	}
	asq_batch_free(&batch);
	zend_string_release(workers);
	return status;
}

asq_status asq_store_knows(asq_site *site, uint64_t supervisor_id, const char *token, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	uint64_t known;
	smart_str *sql = asq_statement_begin(site, &batch, "asq_workers", "SELECT 1 FROM %s");

	smart_str_append_printf(sql, " WHERE worker_id=" ZEND_ULONG_FMT " AND supervisor_id=0", (zend_ulong) supervisor_id);
	if (token) {
		smart_str_appends(sql, " AND token=");
		asq_sql_chars(&site->link, sql, token, strlen(token));
	}
	status = asq_statement_number(site, &batch, &known, error);
	return status == ASQ_OK && !known ? ASQ_NOT_FOUND : status;
}

/* ---- Being there ---------------------------------------------------------------------------------- */

static void asq_heartbeat_pulse(smart_str *sql, const zend_string *workers, uint64_t supervisor_id, const char *state, uint64_t claim_id)
{
	smart_str_append_printf(sql, "UPDATE %s SET heartbeat_gmt=UTC_TIMESTAMP(3), state=IF(worker_id=" ZEND_ULONG_FMT ",'%s',state), claim_id=IF(worker_id="
		ZEND_ULONG_FMT "," ZEND_ULONG_FMT ",0) WHERE worker_id=" ZEND_ULONG_FMT " OR supervisor_id=" ZEND_ULONG_FMT, ZSTR_VAL(workers), (zend_ulong) supervisor_id,
		state, (zend_ulong) supervisor_id, (zend_ulong) claim_id, (zend_ulong) supervisor_id, (zend_ulong) supervisor_id);
}

static void asq_heartbeat_worker(asq_site *site, smart_str *sql, uint64_t supervisor_id, const asq_worker_row *worker)
{
	char host[256] = "";

	gethostname(host, sizeof(host) - 1);
	smart_str_append_printf(sql, "(" ZEND_ULONG_FMT "," ZEND_ULONG_FMT ",", (zend_ulong) worker->worker_id, (zend_ulong) supervisor_id);
	asq_sql_chars(&site->link, sql, host, MIN(strlen(host), 191));
	smart_str_append_printf(sql, "," ZEND_LONG_FMT ",'%s',UTC_TIMESTAMP(3),UTC_TIMESTAMP(3)," ZEND_ULONG_FMT ",", worker->pid, worker->state,
		(zend_ulong) worker->action_id);
	if (worker->hook) {
		asq_sql_chars(&site->link, sql, worker->hook, strlen(worker->hook));
	} else {
		smart_str_appends(sql, "''");
	}
	if (worker->action_started) {
		smart_str_append_printf(sql, ",DATE_ADD('1970-01-01', INTERVAL " ZEND_LONG_FMT " MICROSECOND)", (zend_long) worker->action_started);
	} else {
		smart_str_appends(sql, ",NULL");
	}
	smart_str_append_printf(sql, "," ZEND_ULONG_FMT "," ZEND_ULONG_FMT "," ZEND_ULONG_FMT ",'')", (zend_ulong) worker->succeeded, (zend_ulong) worker->failed,
		(zend_ulong) worker->memory);
}

static void asq_heartbeat_insert(smart_str *sql, const zend_string *workers)
{
	smart_str_append_printf(sql, "INSERT INTO %s (worker_id, supervisor_id, host, pid, state, started_gmt, heartbeat_gmt, action_id, action_hook, action_started_gmt,"
		" succeeded, failed, memory, options) VALUES ", ZSTR_VAL(workers));
}

/* Workers that have a row already, in one statement. */
static void asq_heartbeat_known(asq_site *site, asq_batch *batch, const zend_string *workers, uint64_t supervisor_id, const asq_worker_row *worker, size_t count)
{
	smart_str *sql = NULL;

	for (size_t i = 0; i < count; i++) {
		if (!worker[i].worker_id) {
			continue;
		}
		if (!sql) {
			sql = asq_batch_add(batch);
			asq_heartbeat_insert(sql, workers);
		} else {
			smart_str_appendc(sql, ',');
		}
		asq_heartbeat_worker(site, sql, supervisor_id, &worker[i]);
	}
	if (sql) {
		smart_str_appends(sql, " ON DUPLICATE KEY UPDATE pid=VALUES(pid), state=VALUES(state), action_id=VALUES(action_id), action_hook=VALUES(action_hook),"
			" action_started_gmt=VALUES(action_started_gmt), succeeded=VALUES(succeeded), failed=VALUES(failed), memory=VALUES(memory)");
	}
}

/* A worker that is new is rare: its row is made alone, to learn its id. */
static asq_status asq_heartbeat_new(asq_site *site, const zend_string *workers, uint64_t supervisor_id, asq_worker_row *worker, asq_error *error)
{
	asq_batch batch;
	asq_status status;

	asq_batch_init(&batch, false);
	asq_heartbeat_insert(asq_batch_add(&batch), workers);
	asq_heartbeat_worker(site, &batch.sql[0], supervisor_id, worker);
	status = asq_site_run(site, &batch, error);
	worker->worker_id = status == ASQ_OK ? batch.result[0].insert_id : 0;
	asq_batch_free(&batch);
	return status;
}

static void asq_heartbeat_undo(asq_site *site, const zend_string *workers, uint64_t supervisor_id)
{
	asq_error ignored;
	asq_batch batch;

	asq_batch_init(&batch, false);
	smart_str_append_printf(asq_batch_add(&batch), "DELETE FROM %s WHERE supervisor_id=" ZEND_ULONG_FMT, ZSTR_VAL(workers), (zend_ulong) supervisor_id);
	asq_site_run(site, &batch, &ignored);
	asq_batch_free(&batch);
}

asq_status asq_store_heartbeat(asq_site *site, uint64_t supervisor_id, const char *state, uint64_t claim_id, asq_worker_row *workers, size_t count,
	asq_error *error)
{
	zend_string *table = asq_site_table(site, "asq_workers");
	asq_batch batch;
	asq_status status;

	asq_batch_init(&batch, false);
	asq_heartbeat_pulse(asq_batch_add(&batch), table, supervisor_id, state, claim_id);
	asq_heartbeat_known(site, &batch, table, supervisor_id, workers, count);
	status = asq_site_run(site, &batch, error);
	if (status == ASQ_OK && batch.result[0].affected < 1) {
		/* One that changed nothing may have come twice in a millisecond, say for a deadlock in between: only who is not there is gone. */
		status = asq_store_knows(site, supervisor_id, NULL, error);
	}
	asq_batch_free(&batch);
	if (status == ASQ_NOT_FOUND) {
		/* Its workers' rows went with its own, and have just been made again. */
		asq_heartbeat_undo(site, table, supervisor_id);
	}
	for (size_t i = 0; status == ASQ_OK && i < count; i++) {
		if (!workers[i].worker_id) {
			status = asq_heartbeat_new(site, table, supervisor_id, &workers[i], error);
		}
	}
	zend_string_release(table);
	return status;
}

asq_status asq_store_touch(asq_site *site, const uint64_t *ids, size_t count, uint64_t claim_id, const zend_string *now_gmt,
	const zend_string *now_local, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "UPDATE %s FORCE INDEX (PRIMARY) SET ", ZSTR_VAL(site->actions));
	asq_sql_attempted(site, sql, now_gmt, now_local);
	smart_str_appends(sql, " WHERE ");
	asq_sql_ids(sql, ids, count);
	smart_str_append_printf(sql, " AND claim_id=" ZEND_ULONG_FMT " AND status IN ('" ASQ_STATUS_PENDING "','" ASQ_STATUS_RUNNING "')", (zend_ulong) claim_id);
	status = asq_site_run(site, &batch, error);
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_still_pending(asq_site *site, const uint64_t *ids, size_t count, uint64_t claim_id, const zend_string *due, zval *held,
	asq_error *error)
{
	smart_str paused = {0};
	asq_batch batch;
	asq_status status = asq_store_pause_condition(site, &paused, error);
	smart_str *sql;
	HashTable *rows;
	zval *row;

	if (status != ASQ_OK) {
		return status;
	}
	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "SELECT action_id FROM %s FORCE INDEX (PRIMARY) WHERE ", ZSTR_VAL(site->actions));
	asq_sql_ids(sql, ids, count);
	smart_str_append_printf(sql, " AND claim_id=" ZEND_ULONG_FMT " AND status='" ASQ_STATUS_PENDING "' AND scheduled_date_gmt<=", (zend_ulong) claim_id);
	asq_sql_string(&site->link, sql, due);
	smart_str_append_smart_str(sql, &paused);
	smart_str_free(&paused);
	status = asq_site_run(site, &batch, error);
	rows = status == ASQ_OK ? asq_result_rows(&batch.result[0]) : NULL;
	if (status == ASQ_OK) {
		array_init(held);
	}
	if (rows) {
		ZEND_HASH_FOREACH_VAL(rows, row) {
			zend_hash_index_add_empty_element(Z_ARRVAL_P(held), asq_row_number(row, 0));
		} ZEND_HASH_FOREACH_END();
	}
	asq_batch_free(&batch);
	return status;
}

/* ---- Going ---------------------------------------------------------------------------------------- */

/* The end of a claim, and of those who held it. What it held is given back; what it was running has failed. */
typedef struct {
	asq_site *site;
	zend_string *workers;
	uint64_t supervisor_id, claim_id;   /* claim_id 0: the one that the supervisor's row names */
	bool dead_only;                     /* only if the supervisor has no pulse */
	const asq_log_row *log;             /* for what it was running; NULL: leave that alone */
	asq_flush *by_policy;               /* what is to become of some of that, or NULL */
	zval *failed;
	bool found;
} asq_ending;

static void asq_ending_look(asq_ending *e, asq_batch *look)
{
	smart_str *sql = asq_batch_add(look);
	char claim[32];

	smart_str_append_printf(sql, "SELECT claim_id FROM %s WHERE worker_id=" ZEND_ULONG_FMT " AND supervisor_id=0", ZSTR_VAL(e->workers), (zend_ulong) e->supervisor_id);
	if (e->dead_only) {
		smart_str_append_printf(sql, " AND heartbeat_gmt < UTC_TIMESTAMP(3) - INTERVAL %d SECOND", ASQ_LEASE_SECONDS);
	}
	smart_str_appends(sql, " FOR UPDATE");
	sql = asq_batch_add(look);
	smart_str_append_printf(sql, "SELECT action_id, status, attempts FROM %s WHERE claim_id=", ZSTR_VAL(e->site->actions));
	if (e->claim_id) {
		snprintf(claim, sizeof(claim), ZEND_ULONG_FMT, (zend_ulong) e->claim_id);
		smart_str_appends(sql, claim);
	} else {
		smart_str_append_printf(sql, "(SELECT claim_id FROM %s WHERE worker_id=" ZEND_ULONG_FMT " AND supervisor_id=0)", ZSTR_VAL(e->workers), (zend_ulong) e->supervisor_id);
	}
	smart_str_append_printf(sql, " AND claim_id>0 AND status IN ('" ASQ_STATUS_PENDING "'%s) ORDER BY action_id FOR UPDATE", e->log ? ",'" ASQ_STATUS_RUNNING "'" : "");
}

/* Which of the entries still fit what the rows say. */
static void asq_ending_match(asq_ending *e, HashTable *rows)
{
	zval *row;

	for (size_t i = 0; e->by_policy && i < e->by_policy->count; i++) {
		asq_flush_entry *entry = &e->by_policy->entry[i];
		entry->ends = false;
		ZEND_HASH_FOREACH_VAL(rows, row) {
			entry->ends = entry->ends || (asq_row_number(row, 0) == entry->action_id
				&& zend_string_equals_literal(asq_row_get(row, 1), ASQ_STATUS_RUNNING) && asq_row_long(row, 2) == entry->attempt);
		} ZEND_HASH_FOREACH_END();
	}
}

static bool asq_ending_is_apart(const asq_ending *e, const zval *row)
{
	uint64_t id = asq_row_number(row, 0);

	for (size_t i = 0; e->by_policy && i < e->by_policy->count; i++) {
		if (e->by_policy->entry[i].action_id == id) {
			return e->by_policy->entry[i].ends;
		}
	}
	return false;
}

/* UPDATE … WHERE action_id IN (…), of the rows with that status; none: no statement. */
static void asq_ending_update(asq_ending *e, asq_batch *write, HashTable *rows, const char *status, const char *set)
{
	smart_str *sql = NULL;
	zval *row;

	ZEND_HASH_FOREACH_VAL(rows, row) {
		if (!zend_string_equals_cstr(asq_row_get(row, 1), status, strlen(status)) || asq_ending_is_apart(e, row)) {
			continue;
		}
		if (!sql) {
			sql = asq_batch_add(write);
			smart_str_append_printf(sql, "UPDATE %s SET %s WHERE action_id IN (", ZSTR_VAL(e->site->actions), set);
		} else {
			smart_str_appendc(sql, ',');
		}
		smart_str_append(sql, asq_row_get(row, 0));
	} ZEND_HASH_FOREACH_END();
	if (sql) {
		smart_str_appendc(sql, ')');
	}
}

static void asq_ending_log(asq_ending *e, asq_batch *write, HashTable *rows)
{
	smart_str *sql = NULL;
	zval *row;

	ZEND_HASH_FOREACH_VAL(rows, row) {
		uint64_t id = asq_row_number(row, 0);
		if (zend_string_equals_literal(asq_row_get(row, 1), ASQ_STATUS_RUNNING) && !asq_ending_is_apart(e, row)) {
			asq_store_log_add(e->site, write, &sql, id, e->log);
			add_next_index_long(e->failed, (zend_long) id);
		}
	} ZEND_HASH_FOREACH_END();
	for (size_t i = 0; e->by_policy && i < e->by_policy->count; i++) {
		if (e->by_policy->entry[i].ends) {
			asq_store_log_add(e->site, write, &sql, e->by_policy->entry[i].action_id, &e->by_policy->entry[i].end_log);
		}
	}
}

static asq_status asq_ending_fill(asq_batch *look, asq_batch *write, void *context, asq_error *error)
{
	asq_ending *e = context;
	HashTable *supervisor = asq_result_rows(&look->result[0]), *rows = asq_result_rows(&look->result[1]);
	zend_string *claim = asq_result_cell(&look->result[0]);

	(void) error;
	e->found = supervisor && zend_hash_num_elements(supervisor) > 0;
	if (!e->found && e->dead_only) {
		return ASQ_OK;
	}
	if (e->failed) {
		zend_hash_clean(Z_ARRVAL_P(e->failed));
	}
	asq_ending_match(e, rows);
	asq_ending_update(e, write, rows, ASQ_STATUS_PENDING, "claim_id=0");
	if (e->log) {
		asq_ending_update(e, write, rows, ASQ_STATUS_RUNNING, "status='" ASQ_STATUS_FAILED "'");
		if (e->by_policy) {
			asq_letters_flush(e->site, write, e->by_policy);
		}
		asq_ending_log(e, write, rows);
	}
	smart_str_append_printf(asq_batch_add(write), "DELETE FROM %s WHERE claim_id=", ZSTR_VAL(e->site->claims));
	if (e->claim_id) {
		asq_sql_long(&write->sql[write->count - 1], (int64_t) e->claim_id);
	} else {
		smart_str_appends(&write->sql[write->count - 1], claim ? ZSTR_VAL(claim) : "0");
	}
	if (e->supervisor_id) {
		smart_str_append_printf(asq_batch_add(write), "DELETE FROM %s WHERE worker_id=" ZEND_ULONG_FMT " OR supervisor_id=" ZEND_ULONG_FMT, ZSTR_VAL(e->workers),
			(zend_ulong) e->supervisor_id, (zend_ulong) e->supervisor_id);
	}
	return ASQ_OK;
}

static asq_status asq_ending_run(asq_ending *e, asq_error *error)
{
	asq_batch look, write;
	asq_status status;

	e->workers = asq_site_table(e->site, "asq_workers");
	asq_batch_init(&look, false);
	asq_batch_init(&write, false);
	asq_ending_look(e, &look);
	status = asq_link_transact(&e->site->link, &look, &write, asq_ending_fill, e, error);
	asq_batch_free(&look);
	asq_batch_free(&write);
	zend_string_release(e->workers);
	return status == ASQ_OK && !e->found && e->dead_only ? ASQ_NOT_FOUND : status;
}

asq_status asq_store_unregister(asq_site *site, uint64_t supervisor_id, uint64_t claim_id, asq_error *error)
{
	asq_ending ending = { .site = site, .supervisor_id = supervisor_id, .claim_id = claim_id };

	return asq_ending_run(&ending, error);
}

asq_status asq_store_bury(asq_site *site, uint64_t supervisor_id, const asq_log_row *log, asq_flush *by_policy, zval *failed, asq_error *error)
{
	asq_ending ending = { .site = site, .supervisor_id = supervisor_id, .dead_only = true, .log = log, .by_policy = by_policy, .failed = failed };
	asq_error ignored;
	asq_status status;

	by_policy->no_letters = false;
	status = asq_ending_run(&ending, error);
	if (status == ASQ_FAILED && by_policy->count && asq_store_is_missing(error)) {
		by_policy->no_letters = asq_store_letter_tables(site, &ignored) != ASQ_OK;
		status = asq_ending_run(&ending, error);
	}
	return status;
}

asq_status asq_store_running(asq_site *site, uint64_t supervisor_id, HashTable *ids, zval *rows, asq_error *error)
{
	zend_string *workers = asq_site_table(site, "asq_workers");
	asq_batch batch;
	asq_status status;
	smart_str *sql;
	zval *id;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "SELECT a.action_id, a.hook, g.slug, a.claim_id, a.attempts FROM %s a LEFT JOIN %s g ON g.group_id=a.group_id WHERE a.status='" ASQ_STATUS_RUNNING "' AND ",
		ZSTR_VAL(site->actions), ZSTR_VAL(site->groups));
	if (ids) {
		smart_str_appends(sql, "a.action_id IN (0");
		ZEND_HASH_FOREACH_VAL(ids, id) {
			smart_str_appendc(sql, ',');
			asq_sql_long(sql, zval_get_long(id));
		} ZEND_HASH_FOREACH_END();
		smart_str_appendc(sql, ')');
	} else {
		smart_str_append_printf(sql, "a.claim_id>0 AND a.claim_id=(SELECT claim_id FROM %s WHERE worker_id=" ZEND_ULONG_FMT " AND supervisor_id=0)", ZSTR_VAL(workers),
			(zend_ulong) supervisor_id);
	}
	status = asq_site_run(site, &batch, error);
	asq_result_take(status == ASQ_OK ? &batch.result[0] : NULL, rows);
	asq_batch_free(&batch);
	zend_string_release(workers);
	return status;
}

asq_status asq_store_find_dead(asq_site *site, uint64_t own_id, asq_oldest *oldest, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	zval *row;
	smart_str *sql = asq_statement_begin(site, &batch, "asq_workers",
		"SELECT worker_id, TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), heartbeat_gmt + INTERVAL " ZEND_TOSTR(ASQ_LEASE_SECONDS) " SECOND),"
		" TIMESTAMPDIFF(MICROSECOND, '2000-01-01', UTC_TIMESTAMP(3)) FROM (SELECT 1) one LEFT JOIN %s ON");

	smart_str_append_printf(sql, " supervisor_id=0 AND worker_id<>" ZEND_ULONG_FMT " ORDER BY heartbeat_gmt, worker_id LIMIT 1", (zend_ulong) own_id);
	status = asq_site_run(site, &batch, error);
	row = status == ASQ_OK ? asq_result_row(&batch.result[0]) : NULL;
	*oldest = (asq_oldest) { .life = ASQ_LEASE_SECONDS * 1000000ll };
	if (row) {
		oldest->supervisor_id = asq_row_number(row, 0);
		oldest->life = oldest->supervisor_id ? asq_row_long(row, 1) : oldest->life;
		oldest->clock = asq_row_long(row, 2);
	}
	asq_batch_free(&batch);
	return status == ASQ_OK && oldest->life >= 0 ? ASQ_NOT_FOUND : status;
}
