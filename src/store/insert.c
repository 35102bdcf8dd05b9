/*
 * insert.c: storing one action with its log row.
 *
 * A unique insert looks and writes in one statement. Under REPEATABLE READ (a serial batch) the look takes shared locks, so of two
 * at once one waits or meets a deadlock, is tried again and finds the other's row.
 */
#include "inserting.h"
#include "statement.h"
#include "wake.h"
#include "php_asq.h"

#include <inttypes.h>

#define ASQ_ER_BAD_NULL  1048

/* ---- One action ------------------------------------------------------------------------------- */

void asq_insert_columns(asq_site *site, smart_str *sql, bool extended)
{
	smart_str_append_printf(sql, "INSERT INTO %s (hook, status, scheduled_date_gmt, scheduled_date_local, schedule, priority, args%s, group_id)",
		ZSTR_VAL(site->actions), extended ? ", extended_args" : "");
}

void asq_insert_alike(asq_site *site, smart_str *sql, const asq_action_row *row)
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
}

void asq_insert_args(asq_site *site, smart_str *sql, const zend_string *args, const zend_string *extended_args, bool extended)
{
	asq_sql_string(&site->link, sql, args);
	smart_str_appendc(sql, ',');
	if (extended && extended_args) {
		asq_sql_string(&site->link, sql, extended_args);
		smart_str_appendc(sql, ',');
	} else if (extended) {
		smart_str_appends(sql, "NULL,");
	}
}

void asq_insert_values(asq_site *site, smart_str *sql, const asq_action_row *row)
{
	asq_insert_alike(site, sql, row);
	asq_insert_args(site, sql, row->args, row->extended_args, row->extended_args != NULL);
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

/* The log row of the action that the statement before has inserted, if it has. */
static void asq_insert_log(asq_site *site, smart_str *sql, const asq_log_row *log, bool unique)
{
	asq_store_log_into(site, sql);
	smart_str_appends(sql, unique ? "SELECT LAST_INSERT_ID()," : "VALUES (LAST_INSERT_ID(),");
	asq_store_log_parts(site, sql, log);
	smart_str_appends(sql, unique ? " FROM DUAL WHERE " : ")");
	if (unique) {
		asq_sql_if_changed(sql);
	}
}

/* ---- After a lost answer ------------------------------------------------------------------------ */

/* The highest id that is known to have been there before: ours comes after it. Of the table that the last insert was for. */
static uint64_t asq_insert_known(const asq_site *site)
{
	return ASQ_G(inserted_table) == zend_string_hash_val(site->actions) ? ASQ_G(inserted_id) : 0;
}

void asq_insert_remember(const asq_site *site, uint64_t id)
{
	ASQ_G(inserted_table) = zend_string_hash_val(site->actions);
	ASQ_G(inserted_id) = id;
}

void asq_insert_stored(asq_site *site, const asq_action_row *row, uint64_t id)
{
	if (!ASQ_G(last_stored)) {
		ASQ_G(last_stored) = id;
		if (ASQ_G(stored_told)) {
			*ASQ_G(stored_told) = 1;
		}
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
	if (!id) {
		/* By its id it is known also if somebody has put it off since. */
		asq_insert_equals(site, sql, "schedule", row->schedule);
		asq_insert_equals(site, sql, "scheduled_date_gmt", row->date_gmt);
	}
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
asq_status asq_insert_look(asq_site *site, const asq_action_row *row, const asq_log_row *log, uint64_t *id, uint64_t *log_id, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	HashTable *rows;
	zval *found;

	if (!*id && !log && !asq_insert_known(site)) {
		return ASQ_NOT_FOUND;
	}
	/* Without an answer to this one the action would be stored again: a server that is being restarted is waited for. */
	asq_batch_init_patient(&batch, false);
	asq_insert_look_sql(site, asq_batch_add(&batch), row, log, *id);
	status = asq_site_run(site, &batch, error);
	rows = status == ASQ_OK ? asq_result_rows(&batch.result[0]) : NULL;
	found = rows ? zend_hash_index_find(rows, 0) : NULL;
	if (status == ASQ_OK && !found) {
		status = ASQ_NOT_FOUND;
	} else if (found) {
		*id = asq_row_number(found, 0);
		*log_id = log ? asq_row_number(found, 1) : 0;
	}
	asq_batch_free(&batch);
	return status;
}

/* ---- One action ---- */

/* The action and its log row, each a statement. */
static void asq_insert_build(asq_site *site, asq_batch *batch, const asq_action_row *row, asq_unique unique, const asq_log_row *log)
{
	/* A statement that stands alone needs no transaction of its own. */
	batch->transactional = log != NULL || unique != ASQ_UNIQUE_NO;
	batch->serial = unique != ASQ_UNIQUE_NO;
	if (unique == ASQ_UNIQUE_NO) {
		asq_insert_plain(site, asq_batch_add(batch), row);
	} else {
		asq_insert_unique(site, asq_batch_add(batch), row, unique);
	}
	if (log) {
		asq_insert_log(site, asq_batch_add(batch), log, unique != ASQ_UNIQUE_NO);
	}
}

/* Both in one compound statement, which may be prepared; its answer is both ids. */
static void asq_insert_build_at_once(asq_site *site, asq_batch *batch, const asq_action_row *row, const asq_log_row *log)
{
	smart_str *sql = asq_batch_add(batch);

	asq_sql_collect(&site->link, batch);
	smart_str_appends(sql, "BEGIN NOT ATOMIC DECLARE asq_id BIGINT UNSIGNED; START TRANSACTION; ");
	asq_insert_plain(site, sql, row);
	smart_str_appends(sql, "; SET asq_id=LAST_INSERT_ID(); ");
	asq_insert_log(site, sql, log, false);
	smart_str_appends(sql, "; COMMIT; SELECT CONCAT(asq_id,' ',LAST_INSERT_ID()); END");
	asq_sql_collect(&site->link, NULL);
}

/* The ids, as far as the answers came. */
static void asq_insert_ids(const asq_batch *batch, bool at_once, bool logged, uint64_t *id, uint64_t *log_id)
{
	if (at_once) {
		const zend_string *cell = asq_result_cell(&batch->result[0]);
		if (cell && sscanf(ZSTR_VAL(cell), "%" SCNu64 " %" SCNu64, id, log_id) != 2) {
			*id = *log_id = 0;
		}
	} else {
		*id = batch->result[0].affected > 0 ? batch->result[0].insert_id : 0;
		*log_id = logged && *id ? batch->result[1].insert_id : 0;
	}
}

/* One try. *lost: it failed, but may have been committed. */
static asq_status asq_insert_try(asq_site *site, const asq_action_row *row, asq_unique unique, const asq_log_row *log,
	uint64_t *id, uint64_t *log_id, bool *lost, asq_error *error)
{
	bool at_once = log && unique == ASQ_UNIQUE_NO && site->link.compound;
	asq_batch batch;
	asq_status status;

	asq_batch_init(&batch, false);
	batch.once = true;
	if (at_once) {
		asq_insert_build_at_once(site, &batch, row, log);
	} else {
		asq_insert_build(site, &batch, row, unique, log);
	}
	status = asq_site_run(site, &batch, error);
	*lost = status == ASQ_FAILED && asq_error_is_gone(error) && !site->link.in_transaction && site->link.vtable->reopens;
	if (status == ASQ_OK || (*lost && batch.done > 0)) {
		asq_insert_ids(&batch, at_once, status == ASQ_OK && log, id, log_id);
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
	uint64_t id;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "SELECT a.action_id FROM %s a WHERE ", ZSTR_VAL(site->actions));
	asq_insert_same(site, sql, row, unique);
	smart_str_append_printf(sql, " AND a.group_id=(SELECT group_id FROM %s WHERE slug=", ZSTR_VAL(site->groups));
	asq_sql_string(&site->link, sql, row->group);
	smart_str_appends(sql, " LIMIT 1) LIMIT 1");
	status = asq_statement_number(site, &batch, &id, error);
	*found = id != 0;
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
