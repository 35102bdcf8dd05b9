/*
 * transition.c: changes of one action's state that callers ask for by its id alone, as Action Scheduler's
 * store does. The queue runner's own, which are fenced by the claim, are in run.c.
 */
#include "transition.h"
#include "query.h"
#include "statement.h"
#include "php_asq.h"

static smart_str *asq_change_begin(asq_site *site, asq_batch *batch)
{
	smart_str *sql;

	asq_batch_init(batch, false);
	sql = asq_batch_add(batch);
	smart_str_append_printf(sql, "UPDATE %s SET ", ZSTR_VAL(site->actions));
	return sql;
}

static void asq_change_attempt(asq_site *site, smart_str *sql, const char *status, const zend_string *gmt, const zend_string *local, uint64_t id)
{
	smart_str_append_printf(sql, "status='%s', ", status);
	asq_sql_attempted(site, sql, gmt, local);
	smart_str_append_printf(sql, " WHERE action_id=" ZEND_ULONG_FMT, (zend_ulong) id);
}

asq_status asq_store_start(asq_site *site, uint64_t id, const zend_string *gmt, const zend_string *local, asq_error *error)
{
	asq_batch batch;
	smart_str *sql = asq_change_begin(site, &batch);

	smart_str_appends(sql, "attempts=attempts+1, ");
	asq_change_attempt(site, sql, ASQ_STATUS_RUNNING, gmt, local, id);
	return asq_statement_change(site, &batch, error);
}

asq_status asq_store_complete(asq_site *site, uint64_t id, const zend_string *gmt, const zend_string *local, asq_error *error)
{
	asq_batch batch;
	smart_str *sql = asq_change_begin(site, &batch);

	asq_change_attempt(site, sql, ASQ_STATUS_COMPLETE, gmt, local, id);
	return asq_statement_change(site, &batch, error);
}

asq_status asq_store_set_status(asq_site *site, uint64_t id, const char *status, asq_error *error)
{
	asq_batch batch;
	smart_str *sql = asq_change_begin(site, &batch);

	smart_str_append_printf(sql, "status='%s' WHERE action_id=" ZEND_ULONG_FMT, status, (zend_ulong) id);
	return asq_statement_change(site, &batch, error);
}

asq_status asq_store_unclaim(asq_site *site, uint64_t id, asq_error *error)
{
	asq_batch batch;
	smart_str *sql = asq_change_begin(site, &batch);

	smart_str_append_printf(sql, "claim_id=0 WHERE action_id=" ZEND_ULONG_FMT, (zend_ulong) id);
	return asq_statement_change(site, &batch, error);
}

asq_status asq_store_delete(asq_site *site, uint64_t id, asq_error *error)
{
	asq_batch batch;

	asq_batch_init(&batch, false);
	smart_str_append_printf(asq_batch_add(&batch), "DELETE FROM %s WHERE action_id=" ZEND_ULONG_FMT, ZSTR_VAL(site->actions), (zend_ulong) id);
	return asq_statement_change(site, &batch, error);
}

/* The ids first and then the change by primary key: so it locks the rows that it changes, and no gap. */
asq_status asq_store_cancel_some(asq_site *site, const zend_string *hook, const zend_string *group, zval *ids, asq_error *error)
{
	zval query;
	asq_batch batch;
	asq_status status;
	smart_str *sql;
	zval *id;
	bool first = true;

	array_init(&query);
	add_assoc_str(&query, hook ? "hook" : "group", zend_string_copy((zend_string *) (hook ? hook : group)));
	add_assoc_string(&query, "status", ASQ_STATUS_PENDING);
	add_assoc_long(&query, "per_page", 1000);
	add_assoc_string(&query, "orderby", "none");
	status = asq_store_query(site, Z_ARRVAL(query), false, ids, error);
	zval_ptr_dtor(&query);
	if (status != ASQ_OK || zend_hash_num_elements(Z_ARRVAL_P(ids)) == 0) {
		return status;
	}
	sql = asq_change_begin(site, &batch);
	smart_str_appends(sql, "status='" ASQ_STATUS_CANCELED "' WHERE action_id IN (");
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(ids), id) {
		if (!first) {
			smart_str_appendc(sql, ',');
		}
		first = false;
		smart_str_append(sql, Z_STR_P(id));
	} ZEND_HASH_FOREACH_END();
	smart_str_appendc(sql, ')');
	status = asq_site_run(site, &batch, error);
	asq_batch_free(&batch);
	if (status != ASQ_OK) {
		zval_ptr_dtor(ids);
		ZVAL_UNDEF(ids);
	}
	return status;
}
