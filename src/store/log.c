/*
 * log.c: the log table.
 */
#include "log.h"
#include "statement.h"
#include "php_asq.h"

void asq_store_log_into(asq_site *site, smart_str *sql)
{
	smart_str_append_printf(sql, "INSERT INTO %s (action_id, message, log_date_gmt, log_date_local) ", ZSTR_VAL(site->logs));
}

void asq_store_log_parts(asq_site *site, smart_str *sql, const asq_log_row *row)
{
	asq_sql_string(&site->link, sql, row->message);
	smart_str_appendc(sql, ',');
	asq_sql_string(&site->link, sql, row->date_gmt);
	smart_str_appendc(sql, ',');
	asq_sql_string(&site->link, sql, row->date_local);
}

void asq_store_log_values(asq_site *site, smart_str *sql, uint64_t action_id, const asq_log_row *row)
{
	smart_str_appendc(sql, '(');
	asq_sql_number(&site->link, sql, action_id);
	smart_str_appendc(sql, ',');
	asq_store_log_parts(site, sql, row);
	smart_str_appendc(sql, ')');
}

void asq_store_log_add(asq_site *site, asq_batch *batch, smart_str **sql, uint64_t action_id, const asq_log_row *row)
{
	if (!*sql) {
		*sql = asq_batch_add(batch);
		asq_store_log_into(site, *sql);
		smart_str_appends(*sql, "VALUES ");
	} else {
		smart_str_appendc(*sql, ',');
	}
	asq_store_log_values(site, *sql, action_id, row);
}

static bool asq_log_is_like(const asq_log_row *one, const asq_log_row *other)
{
	return zend_string_equals(one->message, other->message) && zend_string_equals(one->date_gmt, other->date_gmt)
		&& zend_string_equals(one->date_local, other->date_local);
}

/* The kind of a row; `kinds`, if there is no place for another one. */
static unsigned asq_log_kind(asq_log_many *many, const asq_log_row *row)
{
	for (unsigned i = 0; i < many->kinds; i++) {
		if (asq_log_is_like(many->kind[i], row)) {
			return i;
		}
	}
	if (many->kinds < ASQ_LOG_KINDS) {
		many->kind[many->kinds] = row;
		return many->kinds++;
	}
	return ASQ_LOG_KINDS;
}

void asq_store_log_many(asq_site *site, asq_log_many *many, uint64_t action_id, const asq_log_row *row)
{
	unsigned kind = asq_log_kind(many, row);

	smart_str_appends(&many->rows, many->rows.s ? "," : "");
	if (kind == ASQ_LOG_KINDS) {
		asq_store_log_values(site, &many->rows, action_id, row);
	} else {
		smart_str_append_printf(&many->rows, "(" ZEND_ULONG_FMT ",@asq_m%u,@asq_g%u,@asq_l%u)", (zend_ulong) action_id, kind, kind, kind);
	}
}

static void asq_log_variable(asq_site *site, smart_str *sql, char name, unsigned kind, const zend_string *value)
{
	smart_str_append_printf(sql, "%s@asq_%c%u=", sql->s ? "," : "SET ", name, kind);
	asq_sql_string(&site->link, sql, value);
}

void asq_store_log_many_end(asq_site *site, asq_batch *batch, asq_log_many *many)
{
	smart_str *sql;

	if (many->rows.s) {
		sql = asq_batch_add(batch);
		for (unsigned i = 0; i < many->kinds; i++) {
			asq_log_variable(site, sql, 'm', i, many->kind[i]->message);
			asq_log_variable(site, sql, 'g', i, many->kind[i]->date_gmt);
			asq_log_variable(site, sql, 'l', i, many->kind[i]->date_local);
		}
		sql = asq_batch_add(batch);
		asq_store_log_into(site, sql);
		smart_str_appends(sql, "VALUES ");
		smart_str_append_smart_str(sql, &many->rows);
	}
	smart_str_free(&many->rows);
}

void asq_store_log_changed(asq_site *site, smart_str *sql, uint64_t action_id, const asq_log_row *log)
{
	asq_store_log_into(site, sql);
	smart_str_append_printf(sql, "SELECT " ZEND_ULONG_FMT ",", (zend_ulong) action_id);
	asq_store_log_parts(site, sql, log);
	smart_str_appends(sql, " FROM DUAL WHERE ");
	asq_sql_if_changed(sql);
}

static smart_str *asq_log_insert(asq_site *site, asq_batch *batch)
{
	smart_str *sql;

	asq_batch_init(batch, false);
	sql = asq_batch_add(batch);
	asq_store_log_into(site, sql);
	smart_str_appends(sql, "VALUES ");
	return sql;
}

/* A message that wpdb would refuse or cut is declined. */
static bool asq_log_fits(asq_site *site, const asq_log_row *row)
{
	return ZSTR_LEN(row->message) <= 65535 && asq_link_can_store(&site->link, row->message);
}

asq_status asq_store_log(asq_site *site, uint64_t action_id, const asq_log_row *row, uint64_t *id, asq_error *error)
{
	asq_batch batch;
	asq_status status;

	if (!asq_log_fits(site, row)) {
		return ASQ_DECLINED;
	}
	asq_store_log_values(site, asq_log_insert(site, &batch), action_id, row);
	status = asq_site_run(site, &batch, error);
	*id = status == ASQ_OK ? batch.result[0].insert_id : 0;
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_log_all(asq_site *site, HashTable *action_ids, const asq_log_row *row, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql;
	bool first = true;
	zval *id;

	if (!asq_log_fits(site, row)) {
		return ASQ_DECLINED;
	}
	sql = asq_log_insert(site, &batch);
	ZEND_HASH_FOREACH_VAL(action_ids, id) {
		if (!first) {
			smart_str_appendc(sql, ',');
		}
		first = false;
		asq_store_log_values(site, sql, (uint64_t) zval_get_long(id), row);
	} ZEND_HASH_FOREACH_END();
	status = asq_site_run(site, &batch, error);
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_logs(asq_site *site, uint64_t action_id, uint64_t log_id, zval *rows, asq_error *error)
{
	asq_batch batch;
	asq_status status;

	asq_batch_init(&batch, false);
	smart_str_append_printf(asq_batch_add(&batch), "SELECT action_id, message, log_date_gmt FROM %s WHERE %s=" ZEND_ULONG_FMT, ZSTR_VAL(site->logs),
		log_id ? "log_id" : "action_id", (zend_ulong) (log_id ? log_id : action_id));
	status = asq_site_run(site, &batch, error);
	if (status == ASQ_OK) {
		ZVAL_COPY(rows, &batch.result[0].rows);
	}
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_clear_logs(asq_site *site, uint64_t action_id, asq_error *error)
{
	asq_batch batch;
	asq_status status;

	asq_batch_init(&batch, false);
	smart_str_append_printf(asq_batch_add(&batch), "DELETE FROM %s WHERE action_id=" ZEND_ULONG_FMT, ZSTR_VAL(site->logs), (zend_ulong) action_id);
	status = asq_site_run(site, &batch, error);
	asq_batch_free(&batch);
	return status;
}
