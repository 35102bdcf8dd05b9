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
