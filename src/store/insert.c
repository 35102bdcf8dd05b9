/*
 * insert.c: storing actions: one with its log row, or many in multi-row statements, and making groups.
 *
 * A unique insert looks and writes in one statement. Under REPEATABLE READ (a serial batch) the look takes shared locks, so of two at once one waits or meets a deadlock, is tried again and finds the other's row.
 */
#include "insert.h"
#include "wake.h"
#include "php_asq.h"

#define ASQ_ER_BAD_NULL  1048
#define ASQ_MANY_ROWS    500
#define ASQ_INSERT_TRIES 5      /* after a lost connection */
#define ASQ_MANY_BYTES   (512 * 1024)   /* well below the smallest max_allowed_packet there is */

/* ---- Groups ----------------------------------------------------------------------------------- */

static asq_status asq_group_find(asq_site *site, const zend_string *slug, uint64_t *id, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql;
	zend_string *cell;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "SELECT group_id FROM %s WHERE slug=", ZSTR_VAL(site->groups));
	asq_sql_string(&site->link, sql, slug);
	smart_str_appends(sql, " LIMIT 1");
	status = asq_site_run(site, &batch, error);
	cell = status == ASQ_OK ? asq_result_cell(&batch.result[0]) : NULL;
	*id = cell ? ZEND_STRTOUL(ZSTR_VAL(cell), NULL, 10) : 0;
	asq_batch_free(&batch);
	return status;
}

/*
 * A slug that wpdb would refuse (too long, or not UTF-8) is declined. The look and the insert are one
 * statement, for the same reason as in a unique action.
 */
asq_status asq_group_make(asq_site *site, const zend_string *slug, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	if (ZSTR_LEN(slug) > 255 || !asq_link_can_store(&site->link, slug)) {
		return ASQ_DECLINED;
	}
	asq_batch_init(&batch, true);
	batch.serial = true;
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "INSERT INTO %s (slug) SELECT ", ZSTR_VAL(site->groups));
	asq_sql_string(&site->link, sql, slug);
	smart_str_append_printf(sql, " FROM DUAL WHERE NOT EXISTS (SELECT group_id FROM %s WHERE slug=", ZSTR_VAL(site->groups));
	asq_sql_string(&site->link, sql, slug);
	smart_str_appendc(sql, ')');
	status = asq_site_run(site, &batch, error);
	asq_batch_free(&batch);
	return status;
}

static asq_status asq_group_find_or_make(asq_site *site, const zend_string *slug, uint64_t *id, asq_error *error)
{
	asq_status status = asq_group_find(site, slug, id, error);

	if (status == ASQ_OK && *id == 0) {
		status = asq_group_make(site, slug, error);
		if (status == ASQ_OK) {
			status = asq_group_find(site, slug, id, error);
		}
	}
	return status;
}

/* ---- One action ------------------------------------------------------------------------------- */

void asq_insert_columns(asq_site *site, smart_str *sql, bool extended)
{
	smart_str_append_printf(sql, "INSERT INTO %s (hook, status, scheduled_date_gmt, scheduled_date_local, schedule, priority, args%s, group_id)",
		ZSTR_VAL(site->actions), extended ? ", extended_args" : "");
}

void asq_insert_values(asq_site *site, smart_str *sql, const asq_action_row *row)
{
	const zend_string *strings[] = { row->date_gmt, row->date_local, row->schedule };

	asq_sql_string(&site->link, sql, row->hook);
	smart_str_appendc(sql, ',');
	asq_sql_chars(&site->link, sql, row->status, strlen(row->status));
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		smart_str_appendc(sql, ',');
		asq_sql_string(&site->link, sql, strings[i]);
	}
	smart_str_appendc(sql, ',');
	asq_sql_long(sql, row->priority);
	smart_str_appendc(sql, ',');
	asq_sql_string(&site->link, sql, row->args);
	if (row->extended_args) {
		smart_str_appendc(sql, ',');
		asq_sql_string(&site->link, sql, row->extended_args);
	}
	smart_str_appendc(sql, ',');
}

static void asq_insert_plain(asq_site *site, smart_str *sql, const asq_action_row *row)
{
	asq_insert_columns(site, sql, row->extended_args != NULL);
	smart_str_appends(sql, " VALUES (");
	asq_insert_values(site, sql, row);
	if (row->group) {
		/* Where there is no such group this is NULL, and the server says so: error 1048. */
		smart_str_append_printf(sql, "(SELECT group_id FROM %s WHERE slug=", ZSTR_VAL(site->groups));
		asq_sql_string(&site->link, sql, row->group);
		smart_str_appends(sql, " LIMIT 1))");
	} else {
		smart_str_appends(sql, "0)");
	}
}

/* The condition by which an active action is the same one, for a table named a. */
static void asq_insert_same(asq_site *site, smart_str *sql, const asq_action_row *row, asq_unique unique)
{
	smart_str_appends(sql, "a.status IN ('" ASQ_STATUS_PENDING "','" ASQ_STATUS_RUNNING "') AND a.hook=");
	asq_sql_string(&site->link, sql, row->hook);
	if (unique == ASQ_UNIQUE_ARGS) {
		smart_str_appends(sql, " AND a.args=");
		asq_sql_string(&site->link, sql, row->args);
	}
}

static void asq_insert_unique(asq_site *site, smart_str *sql, const asq_action_row *row, asq_unique unique)
{
	asq_insert_columns(site, sql, row->extended_args != NULL);
	smart_str_appends(sql, " SELECT ");
	asq_insert_values(site, sql, row);
	if (row->group) {
		/* There may be two of a name; AS takes the first. */
		smart_str_append_printf(sql, "g.group_id FROM (SELECT group_id FROM %s WHERE slug=", ZSTR_VAL(site->groups));
		asq_sql_string(&site->link, sql, row->group);
		smart_str_appends(sql, " LIMIT 1) g");
	} else {
		smart_str_appends(sql, "g.group_id FROM (SELECT 0 AS group_id) g");
	}
	smart_str_append_printf(sql, " WHERE NOT EXISTS (SELECT action_id FROM %s a WHERE a.group_id=g.group_id AND ", ZSTR_VAL(site->actions));
	asq_insert_same(site, sql, row, unique);
	smart_str_appends(sql, ") LIMIT 1");
}

void asq_insert_log(asq_site *site, smart_str *sql, const asq_log_row *log, bool unique)
{
	smart_str_append_printf(sql, "INSERT INTO %s (action_id, message, log_date_gmt, log_date_local) %s", ZSTR_VAL(site->logs),
		unique ? "SELECT LAST_INSERT_ID()," : "VALUES (LAST_INSERT_ID(),");
	asq_sql_string(&site->link, sql, log->message);
	smart_str_appendc(sql, ',');
	asq_sql_string(&site->link, sql, log->date_gmt);
	smart_str_appendc(sql, ',');
	asq_sql_string(&site->link, sql, log->date_local);
	smart_str_appends(sql, unique ? " FROM DUAL WHERE ROW_COUNT() > 0" : ")");
}

/* ---- After a lost answer ---- */

/* The highest id that is known to have been there before: ours comes after it. Of the table that the last insert was for. */
static uint64_t asq_insert_known(const asq_site *site)
{
	return ASQ_G(inserted_table) == zend_string_hash_val(site->actions) ? ASQ_G(inserted_id) : 0;
}

static void asq_insert_remember(const asq_site *site, uint64_t id)
{
	ASQ_G(inserted_table) = zend_string_hash_val(site->actions);
	ASQ_G(inserted_id) = id;
}

void asq_insert_stored(asq_site *site, const asq_action_row *row, uint64_t id)
{
	if (!ASQ_G(last_stored)) {
		ASQ_G(last_stored) = id;
	}
	asq_insert_remember(site, id);
	asq_wake_send(site, row->date_gmt);
}

static void asq_insert_equals(asq_site *site, smart_str *sql, const char *column, const zend_string *value)
{
	smart_str_append_printf(sql, " AND a.%s=", column);
	asq_sql_string(&site->link, sql, value);
}

/* The row by all that it says, and by the time at which it was logged to be created. */
static void asq_insert_look_sql(asq_site *site, smart_str *sql, const asq_action_row *row, const asq_log_row *log, uint64_t id)
{
	smart_str_append_printf(sql, "SELECT a.action_id, (SELECT MIN(l.log_id) FROM %s l WHERE l.action_id=a.action_id) FROM %s a WHERE a.action_id%s" ZEND_ULONG_FMT,
		ZSTR_VAL(site->logs), ZSTR_VAL(site->actions), id ? "=" : ">", (zend_ulong) (id ? id : asq_insert_known(site)));
	asq_insert_equals(site, sql, "hook", row->hook);
	asq_insert_equals(site, sql, "args", row->args);
	asq_insert_equals(site, sql, "schedule", row->schedule);
	asq_insert_equals(site, sql, "scheduled_date_gmt", row->date_gmt);
	if (log) {
		smart_str_append_printf(sql, " AND EXISTS (SELECT 1 FROM %s l WHERE l.action_id=a.action_id AND l.message=", ZSTR_VAL(site->logs));
		asq_sql_string(&site->link, sql, log->message);
		smart_str_appends(sql, " AND l.log_date_gmt=");
		asq_sql_string(&site->link, sql, log->date_gmt);
		smart_str_appendc(sql, ')');
	}
	smart_str_appends(sql, " ORDER BY a.action_id LIMIT 1");
}

/*
 * The connection was lost, and the transaction may have been committed nevertheless: whether the row is there tells. Its id
 * is known if the insert's own answer came (id), else it is the first row behind those that were there before which says all
 * the same and was created in the same second. A rival's row that is the very same would be taken for ours: of two actions
 * that nothing tells from each other one is stored then. ASQ_NOT_FOUND: it is not there, and may be inserted again.
 */
static asq_status asq_insert_look(asq_site *site, const asq_action_row *row, const asq_log_row *log, uint64_t *id, uint64_t *log_id, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	HashTable *rows;
	zval *found;

	if (!*id && !log && !asq_insert_known(site)) {
		return ASQ_NOT_FOUND;
	}
	asq_batch_init(&batch, false);
	asq_insert_look_sql(site, asq_batch_add(&batch), row, log, *id);
	status = asq_site_run(site, &batch, error);
	rows = status == ASQ_OK ? asq_result_rows(&batch.result[0]) : NULL;
	found = rows ? zend_hash_index_find(rows, 0) : NULL;
	if (status == ASQ_OK && !found) {
		status = ASQ_NOT_FOUND;
	} else if (found) {
		zend_string *log_cell = asq_row_get(found, 1);
		*id = ZEND_STRTOUL(ZSTR_VAL(asq_row_get(found, 0)), NULL, 10);
		*log_id = log && log_cell ? ZEND_STRTOUL(ZSTR_VAL(log_cell), NULL, 10) : 0;
	}
	asq_batch_free(&batch);
	return status;
}

/* ---- One action ---- */

/* One try. *lost: it failed, but may have been committed. */
static asq_status asq_insert_try(asq_site *site, const asq_action_row *row, asq_unique unique, const asq_log_row *log,
	uint64_t *id, uint64_t *log_id, bool *lost, asq_error *error)
{
	asq_batch batch;
	asq_status status;

	/* A statement that stands alone needs no transaction of its own. */
	asq_batch_init(&batch, log != NULL || unique != ASQ_UNIQUE_NO);
	batch.serial = unique != ASQ_UNIQUE_NO;
	batch.once = true;
	if (unique == ASQ_UNIQUE_NO) {
		asq_insert_plain(site, asq_batch_add(&batch), row);
	} else {
		asq_insert_unique(site, asq_batch_add(&batch), row, unique);
	}
	if (log) {
		asq_insert_log(site, asq_batch_add(&batch), log, unique != ASQ_UNIQUE_NO);
	}
	status = asq_site_run(site, &batch, error);
	*lost = status == ASQ_FAILED && asq_error_is_gone(error) && !site->link.in_transaction && site->link.vtable->reopens;
	if (status == ASQ_OK || (*lost && batch.done > 0)) {
		*id = batch.result[0].affected > 0 ? batch.result[0].insert_id : 0;
		*log_id = status == ASQ_OK && log && *id ? batch.result[1].insert_id : 0;
	}
	asq_batch_free(&batch);
	return status;
}

static asq_status asq_insert_once(asq_site *site, const asq_action_row *row, asq_unique unique, const asq_log_row *log,
	uint64_t *id, uint64_t *log_id, asq_error *error)
{
	asq_status status;
	bool lost;

	for (unsigned tries = 0; ; tries++) {
		asq_status found;
		*id = *log_id = 0;
		status = asq_insert_try(site, row, unique, log, id, log_id, &lost, error);
		if (!lost || tries >= ASQ_INSERT_TRIES) {
			break;
		}
		/* The look makes the connection anew. */
		found = asq_insert_look(site, row, log, id, log_id, error);
		if (found != ASQ_NOT_FOUND) {
			status = found;
			break;
		}
	}
	if (status != ASQ_OK) {
		*id = 0;
	} else if (*id) {
		asq_insert_stored(site, row, *id);
	}
	return status;
}

/* Whether there is one: nothing was inserted, and this is the reason, or the group was not there. */
static asq_status asq_insert_find_same(asq_site *site, const asq_action_row *row, asq_unique unique, bool *found, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "SELECT a.action_id FROM %s a WHERE ", ZSTR_VAL(site->actions));
	asq_insert_same(site, sql, row, unique);
	smart_str_append_printf(sql, " AND a.group_id=(SELECT group_id FROM %s WHERE slug=", ZSTR_VAL(site->groups));
	asq_sql_string(&site->link, sql, row->group);
	smart_str_appends(sql, " LIMIT 1) LIMIT 1");
	status = asq_site_run(site, &batch, error);
	*found = status == ASQ_OK && asq_result_cell(&batch.result[0]);
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_insert(asq_site *site, const asq_action_row *row, asq_unique unique, const asq_log_row *log,
	uint64_t *id, uint64_t *log_id, asq_error *error)
{
	asq_status status;
	bool same = false;

	if (!asq_link_can_store(&site->link, row->hook) || !asq_link_can_store(&site->link, row->schedule)
			|| (row->group && !asq_link_can_store(&site->link, row->group))) {
		return ASQ_DECLINED;
	}
	*id = *log_id = 0;
	if (row->group && !site->link.vtable->codes) {
		/* The error that says that there is no such group could not be told from others. */
		uint64_t group;
		status = asq_group_find_or_make(site, row->group, &group, error);
		if (status != ASQ_OK) {
			return status;
		}
	}
	status = asq_insert_once(site, row, unique, log, id, log_id, error);
	if (status == ASQ_OK && (*id || unique == ASQ_UNIQUE_NO || !row->group)) {
		return status;
	}
	if (status == ASQ_OK) {
		status = asq_insert_find_same(site, row, unique, &same, error);
		if (status != ASQ_OK || same) {
			return status;
		}
	} else if (!row->group || error->code != ASQ_ER_BAD_NULL) {
		return status;
	}
	/* The group was not there; if a rival has just made it, nothing is made here. */
	status = asq_group_make(site, row->group, error);
	return status == ASQ_OK ? asq_insert_once(site, row, unique, log, id, log_id, error) : status;
}

/* ---- Many actions ----------------------------------------------------------------------------- */

static void asq_many_values(asq_site *site, smart_str *sql, const asq_action_row *like, const asq_many_row *row, uint64_t group)
{
	const zend_string *strings[] = { like->date_gmt, like->date_local, like->schedule };

	smart_str_appendc(sql, '(');
	asq_sql_string(&site->link, sql, like->hook);
	smart_str_appendc(sql, ',');
	asq_sql_chars(&site->link, sql, like->status, strlen(like->status));
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		smart_str_appendc(sql, ',');
		asq_sql_string(&site->link, sql, strings[i]);
	}
	smart_str_appendc(sql, ',');
	asq_sql_long(sql, like->priority);
	smart_str_appendc(sql, ',');
	asq_sql_string(&site->link, sql, row->args);
	smart_str_appendc(sql, ',');
	if (row->extended_args) {
		asq_sql_string(&site->link, sql, row->extended_args);
	} else {
		smart_str_appends(sql, "NULL");
	}
	smart_str_appendc(sql, ',');
	smart_str_append_unsigned(sql, group);
	smart_str_appendc(sql, ')');
}

/* A log row per action: the ids of a multi-row insert follow one another by the server's increment. */
static void asq_many_logs(asq_site *site, smart_str *sql, const asq_log_row *log, size_t count)
{
	smart_str tail = {0};

	smart_str_appendc(&tail, ',');
	asq_sql_string(&site->link, &tail, log->message);
	smart_str_appendc(&tail, ',');
	asq_sql_string(&site->link, &tail, log->date_gmt);
	smart_str_appendc(&tail, ',');
	asq_sql_string(&site->link, &tail, log->date_local);
	smart_str_appendc(&tail, ')');
	smart_str_append_printf(sql, "INSERT INTO %s (action_id, message, log_date_gmt, log_date_local) VALUES ", ZSTR_VAL(site->logs));
	for (size_t i = 0; i < count; i++) {
		smart_str_append_printf(sql, "%s(@asq_first+" ZEND_ULONG_FMT "*@@auto_increment_increment", i ? "," : "", (zend_ulong) i);
		smart_str_append_smart_str(sql, &tail);
	}
	smart_str_free(&tail);
}

/* One multi-row insert. *first is its first row's id, if it is known; *lost: it failed, but may have been committed. */
static asq_status asq_many_try(asq_site *site, const asq_action_row *like, asq_many_row **rows, size_t count, uint64_t group,
	const asq_log_row *log, uint64_t *first, bool *lost, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	asq_batch_init(&batch, true);
	batch.once = true;
	sql = asq_batch_add(&batch);
	asq_insert_columns(site, sql, true);
	smart_str_appends(sql, " VALUES ");
	for (size_t i = 0; i < count; i++) {
		if (i) {
			smart_str_appendc(sql, ',');
		}
		asq_many_values(site, sql, like, rows[i], group);
	}
	smart_str_appends(asq_batch_add(&batch), "SET @asq_first=LAST_INSERT_ID()");
	if (log) {
		asq_many_logs(site, asq_batch_add(&batch), log, count);
	}
	status = asq_site_run(site, &batch, error);
	*lost = status == ASQ_FAILED && asq_error_is_gone(error) && !site->link.in_transaction && site->link.vtable->reopens;
	*first = batch.done > 0 ? batch.result[0].insert_id : 0;
	asq_batch_free(&batch);
	return status;
}

/* The ids of a multi-row insert follow one another by this. */
static asq_status asq_many_step(asq_site *site, uint64_t *step, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	zend_string *cell;

	asq_batch_init(&batch, false);
	smart_str_appends(asq_batch_add(&batch), "SELECT @@auto_increment_increment");
	status = asq_site_run(site, &batch, error);
	cell = status == ASQ_OK ? asq_result_cell(&batch.result[0]) : NULL;
	*step = cell ? ZEND_STRTOUL(ZSTR_VAL(cell), NULL, 10) : 1;
	asq_batch_free(&batch);
	return status;
}

/* All of a chunk is there or nothing: its first row tells. */
static asq_status asq_many_look(asq_site *site, const asq_action_row *like, const asq_many_row *row, const asq_log_row *log, uint64_t *first, asq_error *error)
{
	asq_action_row one = *like;
	uint64_t log_id;

	one.args = row->args;
	one.extended_args = row->extended_args;
	return asq_insert_look(site, &one, log, first, &log_id, error);
}

static asq_status asq_many_chunk(asq_site *site, const asq_action_row *like, asq_many_row **rows, size_t count, uint64_t group, uint64_t step,
	const asq_log_row *log, asq_error *error)
{
	asq_status status;
	uint64_t first;
	bool lost;

	for (unsigned tries = 0; ; tries++) {
		asq_status found;
		status = asq_many_try(site, like, rows, count, group, log, &first, &lost, error);
		if (!lost || tries >= ASQ_INSERT_TRIES) {
			break;
		}
		found = asq_many_look(site, like, rows[0], log, &first, error);
		if (found != ASQ_NOT_FOUND) {
			status = found;
			break;
		}
	}
	if (status != ASQ_OK) {
		return status;
	}
	for (size_t i = 0; i < count; i++) {
		rows[i]->id = first + i * step;
	}
	asq_insert_remember(site, rows[count - 1]->id);
	asq_wake_send(site, like->date_gmt);
	return ASQ_OK;
}

/* How many rows the next chunk takes. */
static size_t asq_many_size(asq_many_row **rows, size_t left)
{
	size_t bytes = 0, count = 0;

	while (count < left && count < ASQ_MANY_ROWS && bytes < ASQ_MANY_BYTES) {
		bytes += 512 + 2 * ZSTR_LEN(rows[count]->args) + (rows[count]->extended_args ? 2 * ZSTR_LEN(rows[count]->extended_args) : 0);
		count++;
	}
	return count;
}

/* Each for itself, where each has to look whether it is alone. */
static asq_status asq_many_unique(asq_site *site, const asq_action_row *like, asq_many_row *rows, size_t count,
	asq_unique unique, const asq_log_row *log, asq_error *error)
{
	for (size_t i = 0; i < count; i++) {
		asq_action_row row = *like;
		uint64_t log_id;
		asq_status status;

		row.args = rows[i].args;
		row.extended_args = rows[i].extended_args;
		status = asq_store_insert(site, &row, unique, log, &rows[i].id, &log_id, error);
		if (status != ASQ_OK) {
			return status;
		}
	}
	return ASQ_OK;
}

asq_status asq_store_insert_many(asq_site *site, const asq_action_row *like, asq_many_row *rows, size_t count,
	asq_unique unique, const asq_log_row *log, asq_error *error)
{
	asq_many_row **all;
	asq_status status = ASQ_OK;
	uint64_t group = 0, step = 1;

	if (!asq_link_can_store(&site->link, like->hook) || (like->group && !asq_link_can_store(&site->link, like->group))) {
		return asq_error_set(error, 0, "The hook or the group is not valid UTF-8.");
	}
	if (unique != ASQ_UNIQUE_NO) {
		return asq_many_unique(site, like, rows, count, unique, log, error);
	}
	if (like->group) {
		status = asq_group_find_or_make(site, like->group, &group, error);
		if (status != ASQ_OK) {
			return status == ASQ_DECLINED ? asq_error_set(error, 0, "The group's name is longer than 255 bytes or not valid UTF-8.") : status;
		}
	}
	if (status == ASQ_OK) {
		status = asq_many_step(site, &step, error);
	}
	all = safe_emalloc(count, sizeof(*all), 0);
	for (size_t i = 0; i < count; i++) {
		all[i] = &rows[i];
	}
	for (size_t at = 0, size; status == ASQ_OK && at < count; at += size) {
		size = asq_many_size(all + at, count - at);
		status = asq_many_chunk(site, like, all + at, size, group, step, log, error);
	}
	efree(all);
	return status;
}
