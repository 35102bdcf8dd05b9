/*
 * claim.c: claiming due actions, looking at a claim, and giving it back.
 *
 * The ids are found without a lock: where no index has the order, the server sorts all that is due for that, and with locks
 * it would hold the whole backlog, of which rivals would get nothing. Then the first of them are locked by primary key,
 * under READ COMMITTED and SKIP LOCKED, so that rivals get other rows instead of a deadlock. Within the caller's transaction,
 * and on servers without SKIP LOCKED, it is one UPDATE ... LIMIT, as Action Scheduler's own.
 */
#include "claim.h"
#include "pause.h"
#include "statement.h"
#include "php_asq.h"

/* So many times what is wanted are found, since rivals take their part; and so many times more where they have taken all. */
#define ASQ_CANDIDATES    4
#define ASQ_CLAIM_AT_ONCE 10000

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

/* A claim that is being made. */
typedef struct {
	asq_site *site;
	const asq_claim_filter *filter;
	const smart_str *paused;     /* what asq_store_pause_condition() has said */
	uint64_t claim_id;
	asq_result claimed;          /* what it holds, in order */
	HashTable tried;             /* ids that were to be claimed: they are, or somebody else has them */
} asq_staking;

/* What may be claimed; where nothing is paused this is Action Scheduler's own WHERE. */
static void asq_claim_where(const asq_staking *staking, smart_str *sql)
{
	smart_str_appends(sql, " WHERE claim_id=0 AND scheduled_date_gmt<=");
	asq_sql_string(&staking->site->link, sql, staking->filter->due);
	smart_str_appends(sql, " AND status='" ASQ_STATUS_PENDING "'");
	asq_store_filter_sql(staking->site, sql, staking->filter);
	smart_str_append_smart_str(sql, staking->paused);
}

static void asq_claim_order(const asq_staking *staking, smart_str *sql, zend_long limit)
{
	smart_str_appendc(sql, ' ');
	if (staking->filter->order_by) {
		smart_str_append(sql, staking->filter->order_by);
	} else {
		smart_str_appends(sql, ASQ_ORDER_BY);
	}
	smart_str_append_printf(sql, " LIMIT " ZEND_LONG_FMT, limit);
}

static void asq_claim_set(const asq_staking *staking, smart_str *sql)
{
	smart_str_append_printf(sql, " SET claim_id=" ZEND_ULONG_FMT ", ", (zend_ulong) staking->claim_id);
	asq_sql_attempted(staking->site, sql, staking->filter->now_gmt, staking->filter->now_local);
}

static void asq_claimed_select(asq_site *site, smart_str *sql, uint64_t claim_id)
{
	smart_str_append_printf(sql, "SELECT action_id, scheduled_date_gmt FROM %s WHERE claim_id=" ZEND_ULONG_FMT " " ASQ_ORDER_BY, ZSTR_VAL(site->actions),
		(zend_ulong) claim_id);
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

/* Runs the batch, whose last statement says what the claim holds by now, and frees it. */
static asq_status asq_claim_take(asq_staking *staking, asq_batch *batch, asq_error *error)
{
	asq_status status;

	batch->repeatable = true;
	asq_claimed_select(staking->site, asq_batch_add(batch), staking->claim_id);
	status = asq_site_run(staking->site, batch, error);
	if (status == ASQ_OK) {
		zval_ptr_dtor(&staking->claimed.rows);
		staking->claimed = batch->result[batch->count - 1];
		ZVAL_UNDEF(&batch->result[batch->count - 1].rows);
	}
	asq_batch_free(batch);
	return status;
}

/* How many more are to be claimed. */
static zend_long asq_claim_wanted(const asq_staking *staking)
{
	HashTable *rows = asq_result_rows(&staking->claimed);

	return staking->filter->limit - (rows ? (zend_long) zend_hash_num_elements(rows) : 0);
}

/* By one statement, with the locks that it takes. */
static asq_status asq_claim_in_place(asq_staking *staking, asq_error *error)
{
	asq_batch batch;
	smart_str *sql;

	asq_batch_init(&batch, true);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "UPDATE %s", ZSTR_VAL(staking->site->actions));
	asq_claim_set(staking, sql);
	asq_claim_where(staking, sql);
	asq_claim_order(staking, sql, staking->filter->limit);
	return asq_claim_take(staking, &batch, error);
}

/* The first ids that may be claimed, in order: a list of rows. */
static asq_status asq_claim_candidates(asq_staking *staking, zend_long limit, zval *ids, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "SELECT action_id FROM %s", ZSTR_VAL(staking->site->actions));
	asq_claim_where(staking, sql);
	asq_claim_order(staking, sql, limit);
	status = asq_site_run(staking->site, &batch, error);
	asq_result_take(status == ASQ_OK ? &batch.result[0] : NULL, ids);
	asq_batch_free(&batch);
	return status;
}

/* Those of the ids that are still free and that nobody else has locked. */
static asq_status asq_claim_ids(asq_staking *staking, const smart_str *ids, asq_error *error)
{
	asq_batch batch;
	smart_str *sql;

	asq_batch_init(&batch, true);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "UPDATE %s t JOIN (SELECT action_id FROM %s FORCE INDEX (PRIMARY)", ZSTR_VAL(staking->site->actions), ZSTR_VAL(staking->site->actions));
	asq_claim_where(staking, sql);
	smart_str_appends(sql, " AND action_id IN (");
	smart_str_append_smart_str(sql, ids);
	smart_str_appends(sql, ") FOR UPDATE SKIP LOCKED) ids ON t.action_id=ids.action_id");
	asq_claim_set(staking, sql);
	return asq_claim_take(staking, &batch, error);
}

/* The next ids of a list, as many as are wanted or as one statement may have; false: there are none. */
static bool asq_claim_next_ids(asq_staking *staking, HashTable *candidates, uint32_t *at, smart_str *ids)
{
	zend_long wanted = MIN(asq_claim_wanted(staking), ASQ_CLAIM_AT_ONCE);

	for (; wanted > 0 && *at < zend_hash_num_elements(candidates); (*at)++) {
		zend_string *id = asq_row_get(zend_hash_index_find(candidates, *at), 0);
		if (zend_hash_index_add_empty_element(&staking->tried, ZEND_STRTOUL(ZSTR_VAL(id), NULL, 10))) {
			smart_str_appends(ids, ids->s ? "," : "");
			smart_str_append(ids, id);
			wanted--;
		}
	}
	return ids->s != NULL;
}

static asq_status asq_claim_of(asq_staking *staking, HashTable *candidates, asq_error *error)
{
	asq_status status = ASQ_OK;
	smart_str ids = {0};
	uint32_t at = 0;

	while (status == ASQ_OK && asq_claim_next_ids(staking, candidates, &at, &ids)) {
		status = asq_claim_ids(staking, &ids, error);
		smart_str_free(&ids);
	}
	return status;
}

static asq_status asq_claim_by_ids(asq_staking *staking, asq_error *error)
{
	zend_long limit = staking->filter->limit;
	asq_status status = ASQ_OK;
	bool more = true;

	while (status == ASQ_OK && more && asq_claim_wanted(staking) > 0) {
		zval candidates;
		limit = limit > ZEND_LONG_MAX / ASQ_CANDIDATES ? ZEND_LONG_MAX : limit * ASQ_CANDIDATES;
		status = asq_claim_candidates(staking, limit, &candidates, error);
		more = (zend_long) zend_hash_num_elements(Z_ARRVAL(candidates)) == limit;
		status = status == ASQ_OK ? asq_claim_of(staking, Z_ARRVAL(candidates), error) : status;
		zval_ptr_dtor(&candidates);
	}
	return status;
}

/* What a claim of somebody else's making holds already, where nothing more was to be claimed. */
static asq_status asq_claim_look_at(asq_staking *staking, asq_error *error)
{
	asq_batch batch;

	asq_batch_init(&batch, false);
	return asq_claim_take(staking, &batch, error);
}

static asq_status asq_claim_stake(asq_staking *staking, bool made, asq_error *error)
{
	const asq_link *link = &staking->site->link;
	asq_status status;

	if (!link->skip_locked || link->in_transaction) {
		return asq_claim_in_place(staking, error);
	}
	zend_hash_init(&staking->tried, 0, NULL, NULL, 0);
	status = asq_claim_by_ids(staking, error);
	zend_hash_destroy(&staking->tried);
	return status == ASQ_OK && !made && !asq_result_rows(&staking->claimed) ? asq_claim_look_at(staking, error) : status;
}

/*
 * The claim's row is a commit of its own, as it is Action Scheduler's: with a claim id that is known, the claiming can be
 * sent again after a lost answer without leaving actions behind in a claim that nobody knows of.
 */
asq_status asq_store_claim(asq_site *site, const asq_claim_filter *filter, uint64_t *claim_id, zval *ids, asq_error *error)
{
	smart_str paused = {0};
	asq_staking staking = { .site = site, .filter = filter, .paused = &paused };
	asq_status status = asq_store_pause_condition(site, &paused, error);
	bool made = *claim_id == 0;

	if (status == ASQ_OK && made) {
		status = asq_store_new_claim(site, filter->now_gmt, claim_id, error);
	}
	if (status == ASQ_OK) {
		staking.claim_id = *claim_id;
		status = asq_claim_stake(&staking, made, error);
		if (status == ASQ_OK) {
			asq_claimed_ids(&staking.claimed, filter->due, ids);
		} else if (made && !asq_error_is_gone(error)) {
			/* Action Scheduler's own way, which comes next, makes one of its own. */
			asq_claim_undo(site, *claim_id);
			*claim_id = 0;
		}
	}
	zval_ptr_dtor(&staking.claimed.rows);
	smart_str_free(&paused);
	return status;
}

asq_status asq_store_claimed(asq_site *site, uint64_t claim_id, const zend_string *due, zval *ids, asq_error *error)
{
	asq_batch batch;
	asq_status status;

	asq_batch_init(&batch, false);
	asq_claimed_select(site, asq_batch_add(&batch), claim_id);
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
			add_next_index_long(ids, asq_row_long(row, 0));
		} ZEND_HASH_FOREACH_END();
	}
	asq_batch_free(&batch);
	return status;
}
