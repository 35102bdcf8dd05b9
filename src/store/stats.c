/*
 * stats.c: what the queue looks like, for an operator: made to stay cheap with millions of rows. Whatever is counted is
 * counted in an index; rows themselves are looked at only as many as a sample needs.
 */
#include "stats.h"
#include "pause.h"
#include "statement.h"
#include "tables.h"
#include "workers.h"
#include "php_asq.h"

/* The oldest due rows that are looked at for one that is not paused; then one in so many of all. */
#define ASQ_STATS_OLDEST  1000
#define ASQ_STATS_ONE_OF  101

#define ASQ_OLDEST " ORDER BY scheduled_date_gmt LIMIT 1"

/* Runs a batch of one statement; its rows are the batch's, and may be none. */
static asq_status asq_stats_ask(asq_site *site, asq_batch *batch, HashTable **rows, asq_error *error)
{
	asq_status status = asq_site_run(site, batch, error);

	*rows = status == ASQ_OK ? asq_result_rows(&batch->result[0]) : NULL;
	return status;
}

/* ---- The oldest due ----------------------------------------------------------------------------- */

/* WHERE the action is due. A date of zeros is as old as none. */
static void asq_stats_due(asq_site *site, smart_str *sql, const asq_stats_wish *wish)
{
	smart_str_appends(sql, " WHERE status='" ASQ_STATUS_PENDING "' AND scheduled_date_gmt>='1970-01-01' AND scheduled_date_gmt<=");
	asq_sql_string(&site->link, sql, wish->now_gmt);
}

static void asq_oldest_select(asq_site *site, smart_str *sql, const asq_stats_wish *wish)
{
	smart_str_appends(sql, "SELECT scheduled_date_gmt, TIMESTAMPDIFF(SECOND, scheduled_date_gmt, ");
	asq_sql_string(&site->link, sql, wish->now_gmt);
	smart_str_appends(sql, ") FROM ");
}

/* Key status_scheduled_date_gmt, its first entry: no sort. With pauses, its first thousand at most. */
static void asq_oldest_first(asq_site *site, smart_str *sql, const asq_stats_wish *wish, const smart_str *paused)
{
	asq_oldest_select(site, sql, wish);
	if (!paused->s) {
		smart_str_append(sql, site->actions);
		asq_stats_due(site, sql, wish);
	} else {
		smart_str_append_printf(sql, "(SELECT scheduled_date_gmt, hook, group_id FROM %s", ZSTR_VAL(site->actions));
		asq_stats_due(site, sql, wish);
		smart_str_append_printf(sql, " ORDER BY scheduled_date_gmt LIMIT %d) a WHERE 1=1", ASQ_STATS_OLDEST);
		smart_str_append_smart_str(sql, paused);
	}
	smart_str_appends(sql, ASQ_OLDEST);
}

/* Of one in a hundred: found by the same key alone, so that only these rows are looked up. */
static void asq_oldest_sampled(asq_site *site, smart_str *sql, const asq_stats_wish *wish, const smart_str *paused)
{
	asq_oldest_select(site, sql, wish);
	smart_str_append_printf(sql, "%s a JOIN (SELECT action_id FROM %s", ZSTR_VAL(site->actions), ZSTR_VAL(site->actions));
	asq_stats_due(site, sql, wish);
	smart_str_append_printf(sql, " AND CRC32(action_id)%%%d=0) s ON s.action_id=a.action_id WHERE 1=1", ASQ_STATS_ONE_OF);
	smart_str_append_smart_str(sql, paused);
	smart_str_appends(sql, ASQ_OLDEST);
}

static asq_status asq_oldest_ask(asq_site *site, const asq_stats_wish *wish, const smart_str *paused, bool sampled, zval *stats,
	bool *found, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	HashTable *rows;
	zval *row;

	asq_batch_init(&batch, false);
	(sampled ? asq_oldest_sampled : asq_oldest_first)(site, asq_batch_add(&batch), wish, paused);
	status = asq_stats_ask(site, &batch, &rows, error);
	row = rows ? zend_hash_index_find(rows, 0) : NULL;
	*found = row && asq_row_get(row, 0);
	if (*found) {
		add_assoc_str(stats, "oldest_due_gmt", zend_string_copy(asq_row_get(row, 0)));
		add_assoc_long(stats, "oldest_due_age", asq_row_long(row, 1));
	} else {
		add_assoc_null(stats, "oldest_due_gmt");
		add_assoc_null(stats, "oldest_due_age");
	}
	asq_batch_free(&batch);
	return status;
}

/* The oldest due action that is not paused: one that is paused is not late. */
static asq_status asq_stats_oldest(asq_site *site, const asq_stats_wish *wish, zval *stats, asq_error *error)
{
	smart_str paused = {0};
	bool found = false;
	asq_status status = asq_store_pause_condition(site, &paused, error);

	if (paused.s && !ZSTR_LEN(paused.s)) {
		smart_str_free(&paused);
	}
	if (status == ASQ_OK) {
		status = asq_oldest_ask(site, wish, &paused, false, stats, &found, error);
	}
	if (status == ASQ_OK && !found && paused.s) {
		status = asq_oldest_ask(site, wish, &paused, true, stats, &found, error);
	}
	smart_str_free(&paused);
	return status;
}

/* ---- The last minute ---------------------------------------------------------------------------- */

/* Key status_last_attempt_gmt; before Action Scheduler 3.9 last_attempt_gmt, and the rows of that minute. */
static asq_status asq_stats_throughput(asq_site *site, const asq_stats_wish *wish, zval *stats, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	HashTable *rows;
	zend_long complete = 0, failed = 0;
	zval *row, minute;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "SELECT status, COUNT(*) FROM %s WHERE status IN ('" ASQ_STATUS_COMPLETE "','" ASQ_STATUS_FAILED
		"') AND last_attempt_gmt>DATE_SUB(", ZSTR_VAL(site->actions));
	asq_sql_string(&site->link, sql, wish->now_gmt);
	smart_str_appends(sql, ", INTERVAL 60 SECOND) GROUP BY status");
	status = asq_stats_ask(site, &batch, &rows, error);
	if (rows) {
		ZEND_HASH_FOREACH_VAL(rows, row) {
			bool done = zend_string_equals_literal(asq_row_get(row, 0), ASQ_STATUS_COMPLETE);
			*(done ? &complete : &failed) = asq_row_long(row, 1);
		} ZEND_HASH_FOREACH_END();
	}
	array_init(&minute);
	add_assoc_long(&minute, "complete", complete);
	add_assoc_long(&minute, "failed", failed);
	add_assoc_zval(stats, "last_minute", &minute);
	asq_batch_free(&batch);
	return status;
}

/* ---- Counts by status --------------------------------------------------------------------------- */

typedef struct {
	zend_long due, future, running, complete, failed, canceled;
} asq_counts_by_status;

static void asq_counts_add(asq_counts_by_status *counts, const zval *row)
{
	zend_string *name = asq_row_get(row, 0);
	zend_long count = asq_row_long(row, 1);

	if (!name) {
		return;
	}
	if (zend_string_equals_literal(name, ASQ_STATUS_PENDING)) {
		counts->due = asq_row_long(row, 2);
		counts->future = count - counts->due;
	} else if (zend_string_equals_literal(name, ASQ_STATUS_RUNNING)) {
		counts->running = count;
	} else if (zend_string_equals_literal(name, ASQ_STATUS_COMPLETE)) {
		counts->complete = count;
	} else if (zend_string_equals_literal(name, ASQ_STATUS_FAILED)) {
		counts->failed = count;
	} else if (zend_string_equals_literal(name, ASQ_STATUS_CANCELED)) {
		counts->canceled = count;
	}
}

/* One pass over the key status_scheduled_date_gmt, from end to end, without the rows. */
static asq_status asq_stats_by_status(asq_site *site, const asq_stats_wish *wish, asq_counts_by_status *counts, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	HashTable *rows;
	zval *row;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_appends(sql, "SELECT status, COUNT(*), SUM(scheduled_date_gmt<=");
	asq_sql_string(&site->link, sql, wish->now_gmt);
	smart_str_append_printf(sql, ") FROM %s GROUP BY status", ZSTR_VAL(site->actions));
	status = asq_stats_ask(site, &batch, &rows, error);
	if (rows) {
		ZEND_HASH_FOREACH_VAL(rows, row) {
			asq_counts_add(counts, row);
		} ZEND_HASH_FOREACH_END();
	}
	asq_batch_free(&batch);
	return status;
}

static void asq_counts_show(const asq_counts_by_status *counts, zval *stats)
{
	zval list;

	array_init(&list);
	add_assoc_long(&list, "due", counts->due);
	add_assoc_long(&list, "future", counts->future);
	add_assoc_long(&list, ASQ_STATUS_RUNNING, counts->running);
	add_assoc_long(&list, ASQ_STATUS_COMPLETE, counts->complete);
	add_assoc_long(&list, ASQ_STATUS_FAILED, counts->failed);
	add_assoc_long(&list, ASQ_STATUS_CANCELED, counts->canceled);
	add_assoc_zval(stats, "counts", &list);
}

/* ---- By hook and by group ----------------------------------------------------------------------- */

/* What is counted by hook and group: what is still to be done, and what has failed. */
enum { ASQ_PART_DUE, ASQ_PART_FUTURE, ASQ_PART_RUNNING, ASQ_PART_FAILED, ASQ_PARTS };

typedef struct {
	zend_string *name;
	zend_long count[ASQ_PARTS];
} asq_part_counts;

static const char *const asq_part_names[ASQ_PARTS] = { "due", "future", ASQ_STATUS_RUNNING, ASQ_STATUS_FAILED };

/* One in how many rows is looked at, for each. */
static void asq_sampling_choose(zend_long *one_of, const asq_stats_wish *wish, const asq_counts_by_status *counts)
{
	const zend_long there[ASQ_PARTS] = { counts->due, counts->future, counts->running, counts->failed };

	for (int i = 0; i < ASQ_PARTS; i++) {
		one_of[i] = wish->sample > 0 ? MAX(1, there[i] / wish->sample) : 1;
	}
}

/* Which of the numbers are estimates. */
static void asq_sampling_show(const zend_long *one_of, zval *stats)
{
	zval list;

	array_init(&list);
	for (int i = 0; i < ASQ_PARTS; i++) {
		if (one_of[i] > 1) {
			add_next_index_string(&list, asq_part_names[i]);
		}
	}
	add_assoc_zval(stats, "approximate", &list);
}

/*
 * The ids of the sample, by the key status_scheduled_date_gmt alone (it ends with the primary key). By CRC32, since ids may
 * follow a pattern: two hooks in turn, or auto_increment_increment.
 */
static void asq_sample_ids(asq_site *site, smart_str *sql, int part, zend_long one_of, const zend_string *now_gmt)
{
	static const char *const status[ASQ_PARTS] = { ASQ_STATUS_PENDING, ASQ_STATUS_PENDING, ASQ_STATUS_RUNNING, ASQ_STATUS_FAILED };

	smart_str_append_printf(sql, "SELECT %d AS part, action_id FROM %s WHERE status='%s'", part, ZSTR_VAL(site->actions), status[part]);
	if (part == ASQ_PART_DUE || part == ASQ_PART_FUTURE) {
		smart_str_appends(sql, part == ASQ_PART_DUE ? " AND scheduled_date_gmt<=" : " AND scheduled_date_gmt>");
		asq_sql_string(&site->link, sql, now_gmt);
	}
	if (one_of > 1) {
		smart_str_append_printf(sql, " AND CRC32(action_id)%%" ZEND_LONG_FMT "=0", one_of);
	}
}

static void asq_sample_sql(asq_site *site, smart_str *sql, const zend_long *one_of, const zend_string *now_gmt)
{
	smart_str_appends(sql, "SELECT s.part, a.hook, g.slug, COUNT(*) FROM (");
	for (int i = 0; i < ASQ_PARTS; i++) {
		smart_str_appends(sql, i ? " UNION ALL " : "");
		asq_sample_ids(site, sql, i, one_of[i], now_gmt);
	}
	smart_str_append_printf(sql, ") s STRAIGHT_JOIN %s a ON a.action_id=s.action_id LEFT JOIN %s g ON g.group_id=a.group_id"
		" GROUP BY s.part, a.hook, g.slug", ZSTR_VAL(site->actions), ZSTR_VAL(site->groups));
}

static void asq_part_free(zval *value)
{
	asq_part_counts *counts = Z_PTR_P(value);

	zend_string_release(counts->name);
	efree(counts);
}

static void asq_part_add(HashTable *by_name, zend_string *name, zend_long part, zend_long count)
{
	asq_part_counts *counts;

	name = name ? name : ZSTR_EMPTY_ALLOC();
	counts = zend_hash_find_ptr(by_name, name);
	if (!counts) {
		counts = ecalloc(1, sizeof(*counts));
		counts->name = zend_string_copy(name);
		zend_hash_add_new_ptr(by_name, name, counts);
	}
	counts->count[part] += count;
}

/* The longest backlog first. */
static int asq_part_compare(Bucket *a, Bucket *b)
{
	static const int order[] = { ASQ_PART_DUE, ASQ_PART_RUNNING, ASQ_PART_FUTURE, ASQ_PART_FAILED };
	const asq_part_counts *x = Z_PTR(a->val), *y = Z_PTR(b->val);

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		zend_long left = x->count[order[i]], right = y->count[order[i]];
		if (left != right) {
			return left < right ? 1 : -1;
		}
	}
	return zend_binary_strcmp(ZSTR_VAL(x->name), ZSTR_LEN(x->name), ZSTR_VAL(y->name), ZSTR_LEN(y->name));
}

/* A list of (key => name, and the counts), of the first `top`. */
static void asq_part_show(HashTable *by_name, const char *key, zend_long top, zval *stats, const char *as)
{
	asq_part_counts *counts;
	zval list, one;

	array_init(&list);
	zend_hash_sort(by_name, asq_part_compare, true);
	ZEND_HASH_FOREACH_PTR(by_name, counts) {
		if (top-- <= 0) {
			break;
		}
		array_init(&one);
		add_assoc_str(&one, key, zend_string_copy(counts->name));
		for (int i = 0; i < ASQ_PARTS; i++) {
			add_assoc_long(&one, asq_part_names[i], counts->count[i]);
		}
		add_next_index_zval(&list, &one);
	} ZEND_HASH_FOREACH_END();
	add_assoc_zval(stats, as, &list);
}

static asq_status asq_stats_by_name(asq_site *site, const asq_stats_wish *wish, const asq_counts_by_status *counts, zval *stats, asq_error *error)
{
	HashTable hooks, groups, *rows;
	zend_long one_of[ASQ_PARTS];
	asq_batch batch;
	asq_status status;
	zval *row;

	asq_sampling_choose(one_of, wish, counts);
	zend_hash_init(&hooks, 16, NULL, asq_part_free, false);
	zend_hash_init(&groups, 16, NULL, asq_part_free, false);
	asq_batch_init(&batch, false);
	asq_sample_sql(site, asq_batch_add(&batch), one_of, wish->now_gmt);
	status = asq_stats_ask(site, &batch, &rows, error);
	if (rows) {
		ZEND_HASH_FOREACH_VAL(rows, row) {
			zend_long part = asq_row_long(row, 0), count = asq_row_long(row, 3);
			if (part >= 0 && part < ASQ_PARTS) {
				asq_part_add(&hooks, asq_row_get(row, 1), part, count * one_of[part]);
				asq_part_add(&groups, asq_row_get(row, 2), part, count * one_of[part]);
			}
		} ZEND_HASH_FOREACH_END();
	}
	asq_sampling_show(one_of, stats);
	asq_part_show(&groups, "group", wish->top, stats, "groups");
	asq_part_show(&hooks, "hook", wish->top, stats, "hooks");
	asq_batch_free(&batch);
	zend_hash_destroy(&hooks);
	zend_hash_destroy(&groups);
	return status;
}

asq_status asq_store_stats(asq_site *site, const asq_stats_wish *wish, zval *stats, asq_error *error)
{
	asq_counts_by_status counts = {0};
	asq_status status;

	array_init(stats);
	add_assoc_str(stats, "now_gmt", zend_string_init(ZSTR_VAL(wish->now_gmt), ZSTR_LEN(wish->now_gmt), 0));
	status = asq_stats_oldest(site, wish, stats, error);
	if (status == ASQ_OK) {
		status = asq_stats_throughput(site, wish, stats, error);
	}
	if (status == ASQ_OK && wish->counts) {
		status = asq_stats_by_status(site, wish, &counts, error);
		asq_counts_show(&counts, stats);
	}
	if (status == ASQ_OK && wish->counts && wish->top > 0) {
		status = asq_stats_by_name(site, wish, &counts, stats, error);
	}
	return status;
}

/* ---- Workers ------------------------------------------------------------------------------------ */

/* The columns of asq_workers as they are asked for, ages by the server's clock, which wrote the dates. */
enum { ASQ_WORKER_ID, ASQ_WORKER_SUPERVISOR, ASQ_WORKER_HOST, ASQ_WORKER_PID, ASQ_WORKER_STATE, ASQ_WORKER_STARTED, ASQ_WORKER_UPTIME,
	ASQ_WORKER_BEAT, ASQ_WORKER_ACTION, ASQ_WORKER_HOOK, ASQ_WORKER_ACTION_AGE, ASQ_WORKER_SUCCEEDED, ASQ_WORKER_FAILED,
	ASQ_WORKER_MEMORY, ASQ_WORKER_CLAIM, ASQ_WORKER_OPTIONS };

static const char asq_workers_select[] =
	"SELECT worker_id, supervisor_id, host, pid, state, started_gmt,"
	" TIMESTAMPDIFF(MICROSECOND, started_gmt, UTC_TIMESTAMP(3)), TIMESTAMPDIFF(MICROSECOND, heartbeat_gmt, UTC_TIMESTAMP(3)),"
	" action_id, action_hook, TIMESTAMPDIFF(MICROSECOND, action_started_gmt, UTC_TIMESTAMP(3)),"
	" succeeded, failed, memory, claim_id, options FROM %s"
	" ORDER BY IF(supervisor_id=0, worker_id, supervisor_id), supervisor_id<>0, worker_id";

static double asq_cell_seconds(const zval *row, uint32_t column)
{
	zend_long tenths = asq_row_long(row, column) / 100000;

	return tenths < 0 ? 0.0 : (double) tenths / 10.0;
}

static void asq_worker_add_string(zval *worker, const char *key, const zval *row, uint32_t column)
{
	zend_string *cell = asq_row_get(row, column);

	add_assoc_str(worker, key, cell ? zend_string_copy(cell) : ZSTR_EMPTY_ALLOC());
}

static void asq_worker_show(const zval *row, zval *worker)
{
	bool busy = asq_row_long(row, ASQ_WORKER_ACTION) > 0;

	array_init(worker);
	add_assoc_long(worker, "worker_id", asq_row_long(row, ASQ_WORKER_ID));
	add_assoc_long(worker, "supervisor_id", asq_row_long(row, ASQ_WORKER_SUPERVISOR));
	add_assoc_string(worker, "role", asq_row_long(row, ASQ_WORKER_SUPERVISOR) ? "worker" : "supervisor");
	asq_worker_add_string(worker, "host", row, ASQ_WORKER_HOST);
	add_assoc_long(worker, "pid", asq_row_long(row, ASQ_WORKER_PID));
	asq_worker_add_string(worker, "state", row, ASQ_WORKER_STATE);
	add_assoc_bool(worker, "alive", asq_row_long(row, ASQ_WORKER_BEAT) <= ASQ_LEASE_SECONDS * 1000000L);
	add_assoc_double(worker, "heartbeat_age", asq_cell_seconds(row, ASQ_WORKER_BEAT));
	asq_worker_add_string(worker, "started_gmt", row, ASQ_WORKER_STARTED);
	add_assoc_double(worker, "uptime", asq_cell_seconds(row, ASQ_WORKER_UPTIME));
	add_assoc_long(worker, "action_id", asq_row_long(row, ASQ_WORKER_ACTION));
	asq_worker_add_string(worker, "action_hook", row, ASQ_WORKER_HOOK);
	if (busy && asq_row_get(row, ASQ_WORKER_ACTION_AGE)) {
		add_assoc_double(worker, "action_age", asq_cell_seconds(row, ASQ_WORKER_ACTION_AGE));
	} else {
		add_assoc_null(worker, "action_age");
	}
	add_assoc_long(worker, "succeeded", asq_row_long(row, ASQ_WORKER_SUCCEEDED));
	add_assoc_long(worker, "failed", asq_row_long(row, ASQ_WORKER_FAILED));
	add_assoc_long(worker, "memory", asq_row_long(row, ASQ_WORKER_MEMORY));
	add_assoc_long(worker, "claim_id", asq_row_long(row, ASQ_WORKER_CLAIM));
	asq_worker_add_string(worker, "options", row, ASQ_WORKER_OPTIONS);
}

asq_status asq_store_workers(asq_site *site, zval *workers, asq_error *error)
{
	zend_string *table = asq_site_table(site, "asq_workers");
	asq_batch batch;
	asq_status status = ASQ_OK;
	HashTable *rows;
	zval *row, worker;

	array_init(workers);
	asq_batch_init(&batch, false);
	if (asq_store_may_read(site, table)) {
		smart_str_append_printf(asq_batch_add(&batch), asq_workers_select, ZSTR_VAL(table));
		status = asq_link_run(&site->link, &batch, error);
	}
	rows = status == ASQ_OK ? asq_result_rows(&batch.result[0]) : NULL;
	if (rows) {
		ZEND_HASH_FOREACH_VAL(rows, row) {
			asq_worker_show(row, &worker);
			add_next_index_zval(workers, &worker);
		} ZEND_HASH_FOREACH_END();
	}
	if (status == ASQ_FAILED && asq_store_is_missing(error)) {
		*error = (asq_error) {0};
		status = ASQ_OK;
	}
	asq_batch_free(&batch);
	zend_string_release(table);
	return status;
}
