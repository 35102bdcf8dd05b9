/*
 * tables.c: what the extension adds to Action Scheduler's tables: tables of its own, and the index by which the
 * worker pool claims. That one holds what the order of actions is made of, in that order, so that a claim reads
 * only the rows that it takes.
 */
#include "tables.h"
#include "statement.h"
#include "webhooks.h"
#include "php_asq.h"
#include "src/db/schema.h"

#define ASQ_ER_TABLE_ACCESS_DENIED 1142

#define ASQ_INDEX "asq_claim"

/* Seconds for which other statements on the table may have to wait behind ours, and how often that is tried. */
#define ASQ_LOCK_SECONDS 2
#define ASQ_LOCK_TRIES   2

static const char *const asq_index_columns[] = { "status", "claim_id", "priority", "attempts", "scheduled_date_gmt", "action_id" };
#define ASQ_INDEX_COLUMNS (sizeof(asq_index_columns) / sizeof(asq_index_columns[0]))

/* Two at a time: each of the extension's parts has as many. */
static asq_status asq_tables_make(asq_site *site, const char *first, const char *second,
	asq_status (*make)(asq_link *, const zend_string *, const zend_string *, asq_error *), asq_error *error)
{
	zend_string *one = asq_site_table(site, first), *other = asq_site_table(site, second);
	asq_status status = make(&site->link, one, other, error);

	zend_string_release(one);
	zend_string_release(other);
	return status;
}

asq_status asq_store_letter_tables(asq_site *site, asq_error *error)
{
	return asq_tables_make(site, "asq_dead_letters", "asq_retries", asq_schema_create_letters, error);
}

asq_status asq_store_make_keys(asq_site *site, asq_error *error)
{
	return asq_tables_make(site, "asq_keys", "asq_circuits", asq_schema_create_keys, error);
}

asq_status asq_store_own_tables(asq_site *site, asq_error *error)
{
	asq_status status = asq_tables_make(site, "asq_workers", "asq_pauses", asq_schema_create_own, error);

	status = status == ASQ_OK ? asq_store_make_keys(site, error) : status;
	status = status == ASQ_OK ? asq_store_letter_tables(site, error) : status;
	return status == ASQ_OK ? asq_store_make_events(site, error) : status;
}

/* "`shop`.`wp_x`" as the text that information_schema knows it by: without what quotes it. */
static void asq_append_bare(asq_site *site, smart_str *sql, const zend_string *table)
{
	smart_str bare = {0};
	const char *at = ZSTR_VAL(table), *end = at + ZSTR_LEN(table);
	bool quoted = *at == '`';

	for (at += quoted; at < end - quoted; at++) {
		smart_str_appendc(&bare, *at);
		at += quoted && *at == '`';
	}
	smart_str_0(&bare);
	asq_sql_string(&site->link, sql, bare.s);
	smart_str_free(&bare);
}

void asq_store_table_sql(asq_site *site, smart_str *sql, const zend_string *table)
{
	smart_str_appends(sql, "SELECT 1 FROM information_schema.tables WHERE table_schema=DATABASE() AND table_name=");
	asq_append_bare(site, sql, table);
}

bool asq_store_has_table(asq_site *site, const zend_string *table)
{
	asq_batch batch;
	asq_error ignored;
	bool found;

	asq_batch_init(&batch, false);
	asq_store_table_sql(site, asq_batch_add(&batch), table);
	found = asq_link_run(&site->link, &batch, &ignored) == ASQ_OK && asq_result_cell(&batch.result[0]);
	asq_batch_free(&batch);
	return found;
}

bool asq_store_undoes(asq_site *site)
{
	const zend_string *tables[] = { site->actions, site->logs };
	asq_batch batch;
	asq_error ignored;
	bool undoes;

	asq_batch_init(&batch, false);
	for (size_t i = 0; i < 2; i++) {
		smart_str *sql = asq_batch_add(&batch);
		asq_store_table_sql(site, sql, tables[i]);
		smart_str_appends(sql, " AND engine='InnoDB'");
	}
	undoes = asq_link_run(&site->link, &batch, &ignored) == ASQ_OK && asq_result_cell(&batch.result[0]) && asq_result_cell(&batch.result[1]);
	asq_batch_free(&batch);
	return undoes;
}

/* A link whose errors have no numbers, and are shown to people, must not be sent to a table that may not be there. */
bool asq_store_may_read(asq_site *site, const zend_string *table)
{
	return site->link.vtable->codes || asq_store_has_table(site, table);
}

bool asq_store_is_missing(const asq_error *error)
{
	return asq_error_is_no_table(error) || error->code == ASQ_ER_TABLE_ACCESS_DENIED;
}

/* ---- The index ---------------------------------------------------------------------------------- */

/* Whether SHOW INDEX's rows are those of our columns, whole and in order. */
static bool asq_index_is_right(HashTable *rows)
{
	enum { COLUMN_NAME = 4, SUB_PART = 7 };

	if (!rows || zend_hash_num_elements(rows) != ASQ_INDEX_COLUMNS) {
		return false;
	}
	for (uint32_t i = 0; i < ASQ_INDEX_COLUMNS; i++) {
		zval *row = zend_hash_index_find(rows, i);
		zend_string *column = asq_row_get(row, COLUMN_NAME);
		if (!column || strcasecmp(ZSTR_VAL(column), asq_index_columns[i]) != 0 || asq_row_get(row, SUB_PART)) {
			return false;
		}
	}
	return true;
}

/* *named: there is one of that name; *right: and it is the one that is wanted. */
static asq_status asq_index_look(asq_site *site, bool *named, bool *right, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	HashTable *rows;

	asq_batch_init(&batch, false);
	smart_str_append_printf(asq_batch_add(&batch), "SHOW INDEX FROM %s WHERE Key_name='" ASQ_INDEX "'", ZSTR_VAL(site->actions));
	status = asq_site_run(site, &batch, error);
	rows = status == ASQ_OK ? asq_result_rows(&batch.result[0]) : NULL;
	*named = rows && zend_hash_num_elements(rows);
	*right = asq_index_is_right(rows);
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_has_claim_index(asq_site *site, bool *there, asq_error *error)
{
	bool named;

	return asq_index_look(site, &named, there, error);
}

asq_status asq_store_estimate(asq_site *site, zend_long *rows, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	uint64_t number;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_appends(sql, "SELECT table_rows FROM information_schema.tables WHERE table_schema=DATABASE() AND table_name=");
	asq_append_bare(site, sql, site->actions);
	status = asq_statement_number(site, &batch, &number, error);
	*rows = (zend_long) number;
	return status;
}

void asq_store_claim_index_sql(asq_site *site, smart_str *sql, int way, bool replace)
{
	static const char *const ways[ASQ_INDEX_WAYS] = { ", ALGORITHM=INPLACE, LOCK=NONE", ", ALGORITHM=INPLACE", "" };

	smart_str_append_printf(sql, "ALTER TABLE %s %sADD INDEX " ASQ_INDEX " (", ZSTR_VAL(site->actions), replace ? "DROP INDEX " ASQ_INDEX ", " : "");
	for (size_t i = 0; i < ASQ_INDEX_COLUMNS; i++) {
		smart_str_appends(sql, i ? ", " : "");
		smart_str_appends(sql, asq_index_columns[i]);
	}
	smart_str_appendc(sql, ')');
	smart_str_appends(sql, ways[way]);
}

static asq_status asq_index_run(asq_site *site, const char *statement, asq_error *error)
{
	asq_batch batch;
	asq_status status;

	asq_batch_init(&batch, false);
	smart_str_appends(asq_batch_add(&batch), statement);
	status = asq_link_run(&site->link, &batch, error);
	asq_batch_free(&batch);
	return status;
}

/* One way, some times: a transaction that has used the table makes the change wait, and all that come behind it. */
static asq_status asq_index_make(asq_site *site, int way, bool replace, asq_error *error)
{
	smart_str sql = {0};
	asq_status status = ASQ_FAILED;

	asq_store_claim_index_sql(site, &sql, way, replace);
	smart_str_0(&sql);
	for (int i = 0; i < ASQ_LOCK_TRIES && status == ASQ_FAILED && (i == 0 || asq_error_is_wait(error)); i++) {
		status = asq_index_run(site, ZSTR_VAL(sql.s), error);
	}
	smart_str_free(&sql);
	return status;
}

/* What to do about it, before what the server says. */
static asq_status asq_index_explain(asq_error *error)
{
	asq_error said = *error;

	if (asq_error_is_wait(error)) {
		return asq_error_set(error, said.code, "The index " ASQ_INDEX " could not be made: other transactions that have used the table stay open (a backup, perhaps). Try again when they have ended. (%.200s)", said.message);
	}
	if (asq_error_is_denied(error)) {
		return asq_error_set(error, said.code, "The index " ASQ_INDEX " could not be made: the database's user needs the privileges ALTER and INDEX. (%.200s)", said.message);
	}
	return asq_error_set(error, said.code, "The index " ASQ_INDEX " could not be made: %.300s", said.message);
}

asq_status asq_store_make_claim_index(asq_site *site, asq_error *error)
{
	char wait[64];
	bool named, right, again;
	asq_error ignored;
	asq_status status = asq_index_look(site, &named, &right, error);

	if (status != ASQ_OK || right) {
		return status;
	}
	snprintf(wait, sizeof(wait), "SET SESSION lock_wait_timeout=%d", ASQ_LOCK_SECONDS);
	status = asq_index_run(site, wait, error);
	for (int way = ASQ_INDEX_ONLINE; status == ASQ_OK && way < ASQ_INDEX_WAYS; way++) {
		status = asq_index_make(site, way, named, error);
		if (status == ASQ_OK || way == ASQ_INDEX_ANYHOW || !asq_error_is_no_way(error)) {
			break;
		}
		status = ASQ_OK;
	}
	asq_index_run(site, "SET SESSION lock_wait_timeout=DEFAULT", &ignored);
	if (status == ASQ_OK) {
		return ASQ_OK;
	}
	/* Somebody else may have made it meanwhile. */
	again = asq_index_look(site, &named, &right, &ignored) == ASQ_OK && right;
	return again ? ASQ_OK : asq_index_explain(error);
}
