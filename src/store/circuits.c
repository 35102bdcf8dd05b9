/*
 * circuits.c: circuit breakers. The times of the last failures are kept in a text of 13 digits (milliseconds) each, as many as
 * the threshold: so the window slides, and one statement adds a failure, forgets the oldest, and knows the count.
 */
#include "circuits.h"
#include "statement.h"
#include "php_asq.h"

#define ASQ_STAMP 13
#define ASQ_NOW "UTC_TIMESTAMP(3)"
#define ASQ_NOW_MS "(TIMESTAMPDIFF(MICROSECOND,'1970-01-01'," ASQ_NOW ") DIV 1000)"

static void asq_circuit_where(smart_str *sql, const zend_string *name)
{
	smart_str_appends(sql, " WHERE name=");
	asq_sql_bytes(sql, ZSTR_VAL(name), ZSTR_LEN(name));
}

static void asq_circuit_micros(smart_str *sql, const char *before, int64_t micros)
{
	smart_str_append_printf(sql, "%s+INTERVAL ", before);
	asq_sql_long(sql, micros);
	smart_str_appends(sql, " MICROSECOND");
}

static asq_circuit_state asq_circuit_state_of(const zend_string *name)
{
	if (name && zend_string_equals_literal(name, "open")) {
		return ASQ_CIRCUIT_OPEN;
	}
	return name && zend_string_equals_literal(name, "half-open") ? ASQ_CIRCUIT_HALF_OPEN : ASQ_CIRCUIT_CLOSED;
}

static bool asq_circuit_is(const zval *row, uint32_t column, const char *text)
{
	zend_string *cell = row ? asq_row_get(row, column) : NULL;

	return cell && zend_string_equals_cstr(cell, text, strlen(text));
}

/* ---- Reading ------------------------------------------------------------------------------------ */

static void asq_circuit_take(asq_circuit_seen *seen, const zval *row)
{
	zend_string *token = asq_row_get(row, 1), *owner = asq_row_get(row, 2), *wait = asq_row_get(row, 4);
	bool over = asq_circuit_is(row, 3, "1");

	seen->state = asq_circuit_state_of(asq_row_get(row, 0));
	seen->wait = wait && !over ? (double) strtoll(ZSTR_VAL(wait), NULL, 10) / 1e6 : 0;
	snprintf(seen->token, sizeof(seen->token), "%s", token ? ZSTR_VAL(token) : "");
	if (seen->state == ASQ_CIRCUIT_OPEN) {
		seen->may_probe = over;
	} else if (seen->state == ASQ_CIRCUIT_HALF_OPEN) {
		seen->may_probe = over || !seen->token[0] || asq_owner_look(owner ? ZSTR_VAL(owner) : "") == ASQ_OWNER_DEAD;
	}
}

asq_status asq_store_read_circuit(asq_site *site, const zend_string *name, asq_circuit_seen *seen, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql = asq_statement_begin(site, &batch, "asq_circuits",
		"SELECT state, token, owner, until_gmt<=" ASQ_NOW ", TIMESTAMPDIFF(MICROSECOND, " ASQ_NOW ", until_gmt) FROM %s");
	zval *row;

	memset(seen, 0, sizeof(*seen));
	asq_circuit_where(sql, name);
	status = asq_link_run(&site->link, &batch, error);
	if (status == ASQ_OK && (row = asq_result_row(&batch.result[0])) != NULL) {
		asq_circuit_take(seen, row);
	} else if (status == ASQ_FAILED && asq_error_is_no_table(error)) {
		*error = (asq_error) {0};
		status = ASQ_OK;
	}
	asq_batch_free(&batch);
	return status;
}

/* ---- Probes ------------------------------------------------------------------------------------- */

/* Runs what is in the batch, and the look at who has changed the row: *ours: the state is that one now, by this token. */
static asq_status asq_circuit_run(asq_site *site, asq_batch *batch, const zend_string *table, const zend_string *name, const char *token,
	const char *state, bool *ours, bool *there, asq_error *error)
{
	smart_str *sql = asq_batch_add(batch);
	asq_status status;
	zval *row;

	smart_str_append_printf(sql, "SELECT state, token FROM %s", ZSTR_VAL(table));
	asq_circuit_where(sql, name);
	status = asq_store_run_keys(site, batch, error);
	row = status == ASQ_OK ? asq_result_row(&batch->result[batch->count - 1]) : NULL;
	*ours = row && asq_circuit_is(row, 0, state) && asq_circuit_is(row, 1, token);
	*there = row != NULL;
	asq_batch_free(batch);
	return status;
}

asq_status asq_store_probe_circuit(asq_site *site, const asq_circuit_rule *rule, const asq_circuit_seen *seen, const char *token, bool *ours,
	asq_error *error)
{
	zend_string *table = asq_site_table(site, "asq_circuits");
	char owner[ASQ_OWNER_MAX];
	asq_batch batch;
	asq_status status;
	smart_str *sql;
	bool there;

	asq_owner_self(owner);
	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "UPDATE %s SET successes=IF(state='open',0,successes), state='half-open', token='%s', owner='%s', until_gmt=", ZSTR_VAL(table), token, owner);
	asq_circuit_micros(sql, ASQ_NOW, rule->lease);
	asq_circuit_where(sql, rule->name);
	smart_str_append_printf(sql, " AND state='%s' AND token='%s'", seen->state == ASQ_CIRCUIT_OPEN ? "open" : "half-open", seen->token);
	status = asq_circuit_run(site, &batch, table, rule->name, token, "half-open", ours, &there, error);
	zend_string_release(table);
	return status;
}

/* A closed or open circuit keeps the token: so it is known who has made it so, even if the statement was sent twice. */
static void asq_probe_end_sql(smart_str *sql, const zend_string *table, const asq_circuit_rule *rule, const char *token, asq_probe_end end)
{
	smart_str_append_printf(sql, "UPDATE %s SET ", ZSTR_VAL(table));
	if (end == ASQ_PROBE_SUCCEEDED) {
		smart_str_append_printf(sql, "token=IF(successes+1>=" ZEND_LONG_FMT ",token,''), state=IF(successes+1>=" ZEND_LONG_FMT ",'closed','half-open'), failures='', "
			"successes=successes+1, until_gmt=NULL", rule->success_threshold, rule->success_threshold);
	} else if (end == ASQ_PROBE_FAILED) {
		asq_circuit_micros(sql, "state='open', opened=opened+1, opened_gmt=" ASQ_NOW ", failed_gmt=" ASQ_NOW ", until_gmt=" ASQ_NOW, rule->cooldown);
	} else {
		smart_str_appends(sql, "token='', until_gmt=NULL");
	}
	smart_str_appends(sql, ", owner=''");
	asq_circuit_where(sql, rule->name);
	smart_str_append_printf(sql, " AND state='half-open' AND token='%s'", token);
}

asq_status asq_store_end_probe(asq_site *site, const asq_circuit_rule *rule, const char *token, asq_probe_end end, bool *changed, asq_error *error)
{
	zend_string *table = asq_site_table(site, "asq_circuits");
	asq_batch batch;
	asq_status status;
	bool there;

	asq_batch_init(&batch, false);
	asq_probe_end_sql(asq_batch_add(&batch), table, rule, token, end);
	status = asq_circuit_run(site, &batch, table, rule->name, token, end == ASQ_PROBE_SUCCEEDED ? "closed" : "open", changed, &there, error);
	zend_string_release(table);
	return status;
}

/* ---- Failures ----------------------------------------------------------------------------------- */

/* `same` is the token of one that was open before. */
static void asq_circuit_open_sql(smart_str *sql, const zend_string *table, const asq_circuit_rule *rule, const char *token, const char *same)
{
	smart_str_append_printf(sql, "UPDATE %s SET token=IF(state='open','%s','%s'), state='open', owner='', successes=0, opened=opened+1, opened_gmt=" ASQ_NOW ", ",
		ZSTR_VAL(table), same, token);
	asq_circuit_micros(sql, "until_gmt=" ASQ_NOW, rule->cooldown);
	asq_circuit_where(sql, rule->name);
}

static asq_status asq_circuit_fail_once(asq_site *site, const asq_circuit_rule *rule, const zend_string *table, const char *token, bool *opened, bool *there,
	asq_error *error)
{
	const zend_long length = rule->threshold * ASQ_STAMP;
	asq_batch batch;
	smart_str *sql;

	asq_batch_init(&batch, true);
	/* The worst of sending it twice is a failure that is counted twice. */
	batch.repeatable = true;
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "UPDATE %s SET failures=RIGHT(CONCAT(failures," ASQ_NOW_MS ")," ZEND_LONG_FMT "), failed_gmt=" ASQ_NOW ", window_ms=", ZSTR_VAL(table), length);
	asq_sql_long(sql, rule->window / 1000);
	asq_circuit_where(sql, rule->name);
	smart_str_appends(sql, " AND state='closed'");
	sql = asq_batch_add(&batch);
	asq_circuit_open_sql(sql, table, rule, token, token);
	smart_str_append_printf(sql, " AND state='closed' AND LENGTH(failures)>=" ZEND_LONG_FMT " AND LEFT(failures,13)>=" ASQ_NOW_MS "-", length);
	asq_sql_long(sql, rule->window / 1000);
	return asq_circuit_run(site, &batch, table, rule->name, token, "open", opened, there, error);
}

/* The row of a circuit that has never failed. */
static asq_status asq_circuit_make(asq_site *site, const zend_string *table, const zend_string *name, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "INSERT IGNORE INTO %s (name, state, failures) VALUES (", ZSTR_VAL(table));
	asq_sql_bytes(sql, ZSTR_VAL(name), ZSTR_LEN(name));
	smart_str_appends(sql, ",'closed','')");
	status = asq_store_run_keys(site, &batch, error);
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_fail_circuit(asq_site *site, const asq_circuit_rule *rule, bool *opened, asq_error *error)
{
	zend_string *table = asq_site_table(site, "asq_circuits");
	char token[ASQ_TOKEN_LENGTH + 1];
	asq_status status = asq_token_make(token) ? ASQ_OK : asq_error_set(error, 0, "There is no randomness to be had.");
	bool there = false;

	if (status == ASQ_OK) {
		status = asq_circuit_fail_once(site, rule, table, token, opened, &there, error);
	}
	if (status == ASQ_OK && !there) {
		status = asq_circuit_make(site, table, rule->name, error);
		status = status == ASQ_OK ? asq_circuit_fail_once(site, rule, table, token, opened, &there, error) : status;
	}
	zend_string_release(table);
	return status;
}

/* ---- By hand ------------------------------------------------------------------------------------ */

/* By one of two tokens, which say whether it was so before. What has been sent already is not done again. */
static asq_status asq_circuit_set(asq_site *site, const asq_circuit_rule *rule, const zend_string *table, bool open, const char *token, const char *same,
	bool *changed, asq_error *error)
{
	asq_batch batch;
	smart_str *sql;
	bool there;

	asq_batch_init(&batch, true);
	batch.repeatable = true;
	sql = asq_batch_add(&batch);
	if (open) {
		asq_circuit_open_sql(sql, table, rule, token, same);
	} else {
		smart_str_append_printf(sql, "UPDATE %s SET token=IF(state='closed','%s','%s'), state='closed', owner='', successes=0, failures='', until_gmt=NULL",
			ZSTR_VAL(table), same, token);
		asq_circuit_where(sql, rule->name);
	}
	smart_str_append_printf(sql, " AND token NOT IN ('%s','%s')", token, same);
	return asq_circuit_run(site, &batch, table, rule->name, token, open ? "open" : "closed", changed, &there, error);
}

asq_status asq_store_set_circuit(asq_site *site, const asq_circuit_rule *rule, bool open, bool *changed, asq_error *error)
{
	zend_string *table = asq_site_table(site, "asq_circuits");
	char token[ASQ_TOKEN_LENGTH + 1], same[ASQ_TOKEN_LENGTH + 1];
	asq_status status = asq_token_make(token) && asq_token_make(same) ? ASQ_OK : asq_error_set(error, 0, "There is no randomness to be had.");

	*changed = false;
	if (status == ASQ_OK && open) {
		status = asq_circuit_make(site, table, rule->name, error);
	}
	if (status == ASQ_OK) {
		status = asq_circuit_set(site, rule, table, open, token, same, changed, error);
	}
	zend_string_release(table);
	return status;
}

/* ---- All of them -------------------------------------------------------------------------------- */

/* How many of the failures are within the window. */
static zend_long asq_circuit_count(const zend_string *failures, int64_t since)
{
	zend_long count = 0;

	for (size_t at = 0; failures && at + ASQ_STAMP <= ZSTR_LEN(failures); at += ASQ_STAMP) {
		char stamp[ASQ_STAMP + 1];
		memcpy(stamp, ZSTR_VAL(failures) + at, ASQ_STAMP);
		stamp[ASQ_STAMP] = '\0';
		count += strtoll(stamp, NULL, 10) >= since;
	}
	return count;
}

static void asq_circuit_add_text(zval *circuit, const char *key, const zval *row, uint32_t column)
{
	zend_string *cell = asq_row_get(row, column);

	if (cell) {
		add_assoc_str(circuit, key, zend_string_copy(cell));
	} else {
		add_assoc_null(circuit, key);
	}
}

static void asq_circuit_add(zval *list, const zval *row)
{
	enum { NAME, STATE, FAILURES, WINDOW, NOW, OPENED, FAILED_GMT, OPENED_GMT, UNTIL_GMT, WAIT };
	zval circuit;

	array_init(&circuit);
	asq_circuit_add_text(&circuit, "name", row, NAME);
	asq_circuit_add_text(&circuit, "state", row, STATE);
	add_assoc_long(&circuit, "failures", asq_circuit_count(asq_row_get(row, FAILURES), asq_row_long(row, NOW) - asq_row_long(row, WINDOW)));
	add_assoc_long(&circuit, "opened", asq_row_long(row, OPENED));
	asq_circuit_add_text(&circuit, "failed_gmt", row, FAILED_GMT);
	asq_circuit_add_text(&circuit, "opened_gmt", row, OPENED_GMT);
	asq_circuit_add_text(&circuit, "until_gmt", row, UNTIL_GMT);
	add_assoc_double(&circuit, "wait", MAX(0, (double) asq_row_long(row, WAIT) / 1e6));
	add_next_index_zval(list, &circuit);
}

asq_status asq_store_circuits(asq_site *site, zval *list, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	HashTable *rows;
	zval *row;

	array_init(list);
	asq_statement_begin(site, &batch, "asq_circuits", "SELECT name, state, failures, window_ms, " ASQ_NOW_MS ", opened, failed_gmt, opened_gmt, until_gmt, "
		"TIMESTAMPDIFF(MICROSECOND, " ASQ_NOW ", until_gmt) FROM %s ORDER BY name");
	status = asq_link_run(&site->link, &batch, error);
	rows = status == ASQ_OK ? asq_result_rows(&batch.result[0]) : NULL;
	if (rows) {
		ZEND_HASH_FOREACH_VAL(rows, row) {
			asq_circuit_add(list, row);
		} ZEND_HASH_FOREACH_END();
	} else if (status == ASQ_FAILED && asq_error_is_no_table(error)) {
		*error = (asq_error) {0};
		status = ASQ_OK;
	}
	asq_batch_free(&batch);
	return status;
}
