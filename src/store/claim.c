/*
 * claim.c: claiming due actions, looking at a claim, and giving it back.
 *
 * A claim is made by the ids that a SELECT ... FOR UPDATE SKIP LOCKED finds, under READ COMMITTED: rivals get
 * other rows instead of a deadlock. Servers without it get Action Scheduler's own UPDATE ... LIMIT.
 */
#include "claim.h"
#include "pause.h"
#include "statement.h"
#include "php_asq.h"

#define ASQ_ORDER_BY "ORDER BY priority ASC, attempts ASC, scheduled_date_gmt ASC, action_id ASC"

static void asq_claim_row(asq_site *site, smart_str *sql, const zend_string *now_gmt)
{
	smart_str_append_printf(sql, "INSERT INTO %s (date_created_gmt) VALUES (", ZSTR_VAL(site->claims));
	asq_sql_string(&site->link, sql, now_gmt);
	smart_str_appendc(sql, ')');
}

asq_status asq_store_new_claim(asq_site *site, const zend_string *now_gmt, uint64_t *claim_id, asq_error *error)
{
	asq_batch batch;
	asq_status status;

	asq_batch_init(&batch, false);
	asq_claim_row(site, asq_batch_add(&batch), now_gmt);
	status = asq_site_run(site, &batch, error);
	*claim_id = status == ASQ_OK ? batch.result[0].insert_id : 0;
	asq_batch_free(&batch);
	return status;
}

/* "'a','b'" or "1,2" */
static void asq_append_list(asq_site *site, smart_str *sql, HashTable *list)
{
	bool first = true;
	zval *value;

	ZEND_HASH_FOREACH_VAL(list, value) {
		ZVAL_DEREF(value);
		if (!first) {
			smart_str_appendc(sql, ',');
		}
		first = false;
		if (Z_TYPE_P(value) == IS_STRING) {
			asq_sql_string(&site->link, sql, Z_STR_P(value));
		} else {
			asq_sql_long(sql, zval_get_long(value));
		}
	} ZEND_HASH_FOREACH_END();
}

void asq_store_filter_sql(asq_site *site, smart_str *sql, const asq_claim_filter *filter)
{
	if (filter->hooks && zend_hash_num_elements(filter->hooks)) {
		smart_str_appends(sql, " AND hook IN (");
		asq_append_list(site, sql, filter->hooks);
		smart_str_appendc(sql, ')');
	}
	if (filter->group_ids && zend_hash_num_elements(filter->group_ids)) {
		smart_str_appends(sql, filter->exclude_groups ? " AND group_id NOT IN (" : " AND group_id IN (");
		asq_append_list(site, sql, filter->group_ids);
		smart_str_appendc(sql, ')');
	}
}

/* `paused` is what asq_store_pause_condition() has said; where nothing is paused this is Action Scheduler's own WHERE. */
static void asq_claim_where(asq_site *site, smart_str *sql, const asq_claim_filter *filter, const smart_str *paused)
{
	smart_str_appends(sql, " WHERE claim_id=0 AND scheduled_date_gmt<=");
	asq_sql_string(&site->link, sql, filter->due);
	smart_str_appends(sql, " AND status='" ASQ_STATUS_PENDING "'");
	asq_store_filter_sql(site, sql, filter);
	smart_str_append_smart_str(sql, paused);
	smart_str_appendc(sql, ' ');
	if (filter->order_by) {
		smart_str_append(sql, filter->order_by);
	} else {
		smart_str_appends(sql, ASQ_ORDER_BY);
	}
	smart_str_append_printf(sql, " LIMIT " ZEND_LONG_FMT, filter->limit);
}

static void asq_claim_set(asq_site *site, smart_str *sql, const asq_claim_filter *filter, const char *claim)
{
	smart_str_append_printf(sql, " SET claim_id=%s, ", claim);
	asq_sql_attempted(site, sql, filter->now_gmt, filter->now_local);
}

static void asq_claim_update(asq_site *site, smart_str *sql, const asq_claim_filter *filter, const smart_str *paused, const char *claim)
{
	smart_str_append_printf(sql, "UPDATE %s", ZSTR_VAL(site->actions));
	if (!site->link.skip_locked) {
		asq_claim_set(site, sql, filter, claim);
		asq_claim_where(site, sql, filter, paused);
		return;
	}
	smart_str_append_printf(sql, " t JOIN (SELECT action_id FROM %s", ZSTR_VAL(site->actions));
	asq_claim_where(site, sql, filter, paused);
	smart_str_appends(sql, " FOR UPDATE SKIP LOCKED) ids ON t.action_id=ids.action_id");
	asq_claim_set(site, sql, filter, claim);
}

static void asq_claimed_select(asq_site *site, smart_str *sql, const char *claim)
{
	smart_str_append_printf(sql, "SELECT action_id, scheduled_date_gmt FROM %s WHERE claim_id=%s " ASQ_ORDER_BY, ZSTR_VAL(site->actions), claim);
}

/* The ids, of those rows whose date is not past the cut-off, as numbers. */
static void asq_claimed_ids(const asq_result *result, const zend_string *due, zval *ids)
{
	HashTable *rows = asq_result_rows(result);
	zval *row;

	array_init(ids);
	if (!rows) {
		return;
	}
	ZEND_HASH_FOREACH_VAL(rows, row) {
		zend_string *id = asq_row_get(row, 0), *date = asq_row_get(row, 1);
		if (id && (!date || zend_binary_strcmp(ZSTR_VAL(date), ZSTR_LEN(date), ZSTR_VAL(due), ZSTR_LEN(due)) <= 0)) {
			add_next_index_long(ids, ZEND_STRTOL(ZSTR_VAL(id), NULL, 10));
		}
	} ZEND_HASH_FOREACH_END();
}

static void asq_claim_undo(asq_site *site, uint64_t claim_id)
{
	asq_error ignored;
	asq_batch batch;

	asq_batch_init(&batch, false);
	smart_str_append_printf(asq_batch_add(&batch), "DELETE FROM %s WHERE claim_id=" ZEND_ULONG_FMT, ZSTR_VAL(site->claims), (zend_ulong) claim_id);
	asq_site_run(site, &batch, &ignored);
	asq_batch_free(&batch);
}

/*
 * The claim's row is a commit of its own, as it is Action Scheduler's: with a claim id that is known, the claiming can be
 * sent again after a lost answer without leaving actions behind in a claim that nobody knows of.
 */
asq_status asq_store_claim(asq_site *site, const asq_claim_filter *filter, uint64_t *claim_id, zval *ids, asq_error *error)
{
	smart_str paused = {0};
	asq_batch batch;
	asq_status status = asq_store_pause_condition(site, &paused, error);
	bool made = *claim_id == 0;
	char claim[32];

	if (status == ASQ_OK && made) {
		status = asq_store_new_claim(site, filter->now_gmt, claim_id, error);
	}
	if (status != ASQ_OK) {
		smart_str_free(&paused);
		return status;
	}
	snprintf(claim, sizeof(claim), ZEND_ULONG_FMT, (zend_ulong) *claim_id);
	asq_batch_init(&batch, true);
	batch.repeatable = true;
	asq_claim_update(site, asq_batch_add(&batch), filter, &paused, claim);
	asq_claimed_select(site, asq_batch_add(&batch), claim);
	status = asq_site_run(site, &batch, error);
	if (status == ASQ_OK) {
		asq_claimed_ids(&batch.result[1], filter->due, ids);
	} else if (made && !asq_error_is_gone(error)) {
		/* Action Scheduler's own way, which comes next, makes one of its own. */
		asq_claim_undo(site, *claim_id);
		*claim_id = 0;
	}
	smart_str_free(&paused);
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_claimed(asq_site *site, uint64_t claim_id, const zend_string *due, zval *ids, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	char claim[32];

	snprintf(claim, sizeof(claim), ZEND_ULONG_FMT, (zend_ulong) claim_id);
	asq_batch_init(&batch, false);
	asq_claimed_select(site, asq_batch_add(&batch), claim);
	status = asq_site_run(site, &batch, error);
	if (status == ASQ_OK) {
		asq_claimed_ids(&batch.result[0], due, ids);
	}
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_claim_count(asq_site *site, zend_long *count, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	uint64_t number;

	asq_batch_init(&batch, false);
	smart_str_append_printf(asq_batch_add(&batch), "SELECT COUNT(DISTINCT claim_id) FROM %s WHERE claim_id != 0 AND status IN ('"
		ASQ_STATUS_PENDING "','" ASQ_STATUS_RUNNING "')", ZSTR_VAL(site->actions));
	status = asq_statement_number(site, &batch, &number, error);
	*count = (zend_long) number;
	return status;
}

/* The ids first, then the change by primary key: an UPDATE by claim_id would lock that index (AS #530). */
static asq_status asq_release_ids(asq_site *site, uint64_t claim_id, bool pending_only, smart_str *list, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	HashTable *rows;

	asq_batch_init(&batch, false);
	smart_str_append_printf(asq_batch_add(&batch), "SELECT action_id FROM %s WHERE claim_id=" ZEND_ULONG_FMT "%s", ZSTR_VAL(site->actions),
		(zend_ulong) claim_id, pending_only ? " AND status='" ASQ_STATUS_PENDING "'" : "");
	status = asq_site_run(site, &batch, error);
	rows = status == ASQ_OK ? asq_result_rows(&batch.result[0]) : NULL;
	if (rows) {
		asq_sql_column(list, rows, 0);
	}
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_release(asq_site *site, uint64_t claim_id, bool pending_only, asq_error *error)
{
	smart_str list = {0};
	asq_batch batch;
	asq_status status = asq_release_ids(site, claim_id, pending_only, &list, error);

	if (status == ASQ_OK) {
		asq_batch_init(&batch, true);
		if (list.s) {
			smart_str *sql = asq_batch_add(&batch);
			smart_str_append_printf(sql, "UPDATE %s SET claim_id=0 WHERE action_id IN (", ZSTR_VAL(site->actions));
			smart_str_append_smart_str(sql, &list);
			/* What has begun meanwhile is not to be taken from whoever runs it. */
			smart_str_append_printf(sql, ") AND claim_id=" ZEND_ULONG_FMT "%s", (zend_ulong) claim_id, pending_only ? " AND status='" ASQ_STATUS_PENDING "'" : "");
		}
		smart_str_append_printf(asq_batch_add(&batch), "DELETE FROM %s WHERE claim_id=" ZEND_ULONG_FMT, ZSTR_VAL(site->claims), (zend_ulong) claim_id);
		status = asq_site_run(site, &batch, error);
		asq_batch_free(&batch);
	}
	smart_str_free(&list);
	return status;
}

/* One look for all slugs; of slugs that are there twice, the first id. */
asq_status asq_store_group_ids(asq_site *site, HashTable *slugs, zval *ids, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql;
	HashTable *rows;
	zval *row;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "SELECT group_id FROM %s WHERE slug IN (", ZSTR_VAL(site->groups));
	asq_append_list(site, sql, slugs);
	smart_str_appendc(sql, ')');
	status = asq_site_run(site, &batch, error);
	rows = status == ASQ_OK ? asq_result_rows(&batch.result[0]) : NULL;
	if (status == ASQ_OK) {
		array_init(ids);
	}
	if (rows) {
		ZEND_HASH_FOREACH_VAL(rows, row) {
			add_next_index_long(ids, ZEND_STRTOL(ZSTR_VAL(asq_row_get(row, 0)), NULL, 10));
		} ZEND_HASH_FOREACH_END();
	}
	asq_batch_free(&batch);
	return status;
}
