/*
 * fetch.c: reading actions' rows.
 */
#include "fetch.h"
#include "php_asq.h"

void asq_store_select_action(asq_site *site, smart_str *sql)
{
	smart_str_append_printf(sql, "SELECT a.action_id, a.hook, a.status, a.args, a.extended_args, a.schedule, a.priority, g.slug"
		" FROM %s a LEFT JOIN %s g ON a.group_id=g.group_id", ZSTR_VAL(site->actions), ZSTR_VAL(site->groups));
}

asq_status asq_store_fetch(asq_site *site, HashTable *ids, zval *rows, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql;
	zval *id;
	bool first = true;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	asq_store_select_action(site, sql);
	smart_str_appends(sql, " WHERE a.action_id IN (");
	ZEND_HASH_FOREACH_VAL(ids, id) {
		if (!first) {
			smart_str_appendc(sql, ',');
		}
		first = false;
		asq_sql_long(sql, zval_get_long(id));
	} ZEND_HASH_FOREACH_END();
	smart_str_appends(sql, first ? "0)" : ")");
	status = asq_site_run(site, &batch, error);
	if (status == ASQ_OK) {
		ZVAL_COPY(rows, &batch.result[0].rows);
	}
	asq_batch_free(&batch);
	return status;
}

/* One cell of an action's row. */
static asq_status asq_store_cell(asq_site *site, const char *column, uint64_t id, zend_string **cell, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	zend_string *found;

	asq_batch_init(&batch, false);
	smart_str_append_printf(asq_batch_add(&batch), "SELECT %s FROM %s WHERE action_id=" ZEND_ULONG_FMT, column, ZSTR_VAL(site->actions), (zend_ulong) id);
	status = asq_site_run(site, &batch, error);
	found = status == ASQ_OK ? asq_result_cell(&batch.result[0]) : NULL;
	if (status == ASQ_OK && !found) {
		status = ASQ_NOT_FOUND;
	} else if (found) {
		*cell = zend_string_copy(found);
	}
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_status(asq_site *site, uint64_t id, zend_string **status, asq_error *error)
{
	return asq_store_cell(site, "status", id, status, error);
}

asq_status asq_store_claim_id(asq_site *site, uint64_t id, zend_long *claim_id, asq_error *error)
{
	zend_string *cell;
	asq_status status = asq_store_cell(site, "claim_id", id, &cell, error);

	if (status == ASQ_OK) {
		*claim_id = ZEND_STRTOL(ZSTR_VAL(cell), NULL, 10);
		zend_string_release(cell);
	}
	return status;
}
