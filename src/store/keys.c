/*
 * keys.c: idempotency keys. Every change is one statement that names what it expects to find: the token under which the
 * row was claimed, and its state. No row is locked between two statements, and no clock but the server's is asked.
 */
#include "keys.h"
#include "statement.h"
#include "tables.h"
#include "php_asq.h"
#include "src/db/schema.h"

#include <openssl/evp.h>

#define ASQ_KEY_HASHED  "sha256:"
#define ASQ_PURGE_KEYS  500
#define ASQ_TIDY_CHANCE "00"   /* a token that begins so: one of 256 */

enum { ASQ_KEY_COL_STATE, ASQ_KEY_COL_TOKEN, ASQ_KEY_COL_REQUEST, ASQ_KEY_COL_OWNER, ASQ_KEY_COL_RESULT, ASQ_KEY_COL_EXPIRED, ASQ_KEY_COL_LEASE,
	ASQ_KEY_COL_RUNNING };

static const struct {
	const char *name;
	asq_key_state state;
} asq_key_states[] = {
	{ "running", ASQ_KEY_RUNNING }, { "done", ASQ_KEY_DONE }, { "failed", ASQ_KEY_FAILED }, { "unstorable", ASQ_KEY_UNSTORABLE }
};

static const char *asq_key_state_name(asq_key_state state)
{
	for (size_t i = 0; i < sizeof(asq_key_states) / sizeof(asq_key_states[0]); i++) {
		if (asq_key_states[i].state == state) {
			return asq_key_states[i].name;
		}
	}
	return "";
}

static asq_key_state asq_key_state_of(const zend_string *name)
{
	for (size_t i = 0; name && i < sizeof(asq_key_states) / sizeof(asq_key_states[0]); i++) {
		if (zend_string_equals_cstr(name, asq_key_states[i].name, strlen(asq_key_states[i].name))) {
			return asq_key_states[i].state;
		}
	}
	return ASQ_KEY_DONE;
}

/* ---- Bytes -------------------------------------------------------------------------------------- */

void asq_sha256_hex(const char *bytes, size_t length, char hex[65])
{
	unsigned char digest[EVP_MAX_MD_SIZE] = {0};
	unsigned size = 0;

	EVP_Digest(bytes, length, digest, &size, EVP_sha256(), NULL);
	for (size_t i = 0; i < 32; i++) {
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	}
}

void asq_sql_bytes(smart_str *sql, const char *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";

	smart_str_appendl(sql, "x'", 2);
	for (size_t i = 0; i < length; i++) {
		smart_str_appendc(sql, digits[(unsigned char) bytes[i] >> 4]);
		smart_str_appendc(sql, digits[(unsigned char) bytes[i] & 15]);
	}
	smart_str_appendc(sql, '\'');
}

/* What looks like a hash is hashed as well: so no short key is another's hash. */
void asq_key_part(smart_str *sql, const zend_string *text)
{
	static const char hashed[] = ASQ_KEY_HASHED;
	char stored[sizeof(hashed) + 64];

	if (ZSTR_LEN(text) <= ASQ_KEY_MAX && strncmp(ZSTR_VAL(text), hashed, sizeof(hashed) - 1) != 0) {
		asq_sql_bytes(sql, ZSTR_VAL(text), ZSTR_LEN(text));
		return;
	}
	memcpy(stored, hashed, sizeof(hashed) - 1);
	asq_sha256_hex(ZSTR_VAL(text), ZSTR_LEN(text), stored + sizeof(hashed) - 1);
	asq_sql_bytes(sql, stored, strlen(stored));
}

void asq_key_condition(smart_str *sql, const asq_key *key)
{
	smart_str_appends(sql, " scope=");
	asq_key_part(sql, key->scope);
	smart_str_appends(sql, " AND name=");
	asq_key_part(sql, key->name);
}

/* ---- The table ---------------------------------------------------------------------------------- */

/* A CREATE TABLE would commit a caller's transaction. */
static asq_status asq_keys_make(asq_site *site, asq_error *error)
{
	if (site->link.in_transaction && site->link.vtable->codes) {
		return asq_error_set(error, error->code, "The extension's own tables are not there, and cannot be made in a transaction: make them before by `wp asq schema --upgrade`.");
	}
	return asq_store_make_keys(site, error);
}

asq_status asq_store_run_keys(asq_site *site, asq_batch *batch, asq_error *error)
{
	asq_status status;
	zend_string *keys;

	if (!site->link.vtable->codes) {
		/* Errors have no numbers here, and are shown to people. */
		keys = asq_site_table(site, "asq_keys");
		status = asq_store_may_read(site, keys) ? ASQ_OK : asq_keys_make(site, error);
		zend_string_release(keys);
		return status == ASQ_OK ? asq_site_run(site, batch, error) : status;
	}
	status = asq_site_run(site, batch, error);
	if (status == ASQ_FAILED && asq_error_is_no_table(error)) {
		status = asq_keys_make(site, error);
		if (status == ASQ_OK) {
			asq_batch_clear(batch);
			status = asq_site_run(site, batch, error);
		}
	}
	return status;
}

/* ---- Claiming ----------------------------------------------------------------------------------- */

/* The columns that a claim sets, and their values, which hold no quote. */
static void asq_key_claim_row(smart_str *sql, const asq_key_claim *claim, const char *owner)
{
	smart_str_append_printf(sql, "'%s','running','%s','%s',UTC_TIMESTAMP(3),UTC_TIMESTAMP(3)+INTERVAL " ZEND_LONG_FMT " SECOND,UTC_TIMESTAMP(3)+INTERVAL " ZEND_LONG_FMT " SECOND)",
		claim->request_hash, claim->token, owner, claim->lease, claim->lease + ASQ_KEY_ABANDONED);
}

static void asq_key_insert_sql(smart_str *sql, const zend_string *table, const asq_key_claim *claim, const char *owner)
{
	smart_str_append_printf(sql, "INSERT IGNORE INTO %s (scope, name, request_hash, state, token, owner, started_gmt, lease_gmt, expires_gmt) VALUES (", ZSTR_VAL(table));
	asq_key_part(sql, claim->key.scope);
	smart_str_appendc(sql, ',');
	asq_key_part(sql, claim->key.name);
	smart_str_appendc(sql, ',');
	asq_key_claim_row(sql, claim, owner);
}

static void asq_key_select_sql(smart_str *sql, const zend_string *table, const asq_key *key)
{
	smart_str_append_printf(sql, "SELECT state, token, request_hash, owner, result, expires_gmt<=UTC_TIMESTAMP(3), lease_gmt<=UTC_TIMESTAMP(3), "
		"TIMESTAMPDIFF(MICROSECOND, started_gmt, UTC_TIMESTAMP(3)) FROM %s WHERE", ZSTR_VAL(table));
	asq_key_condition(sql, key);
}

/* From whoever had it as it was seen; if it has changed since, nothing happens. */
static void asq_key_take_sql(smart_str *sql, const zend_string *table, const asq_key_claim *claim, const char *owner, const zval *seen)
{
	smart_str_append_printf(sql, "UPDATE %s SET request_hash='%s', state='running', token='%s', owner='%s', attempts=attempts+1, result=NULL, started_gmt=UTC_TIMESTAMP(3), "
		"lease_gmt=UTC_TIMESTAMP(3)+INTERVAL " ZEND_LONG_FMT " SECOND, expires_gmt=UTC_TIMESTAMP(3)+INTERVAL " ZEND_LONG_FMT " SECOND WHERE",
		ZSTR_VAL(table), claim->request_hash, claim->token, owner, claim->lease, claim->lease + ASQ_KEY_ABANDONED);
	asq_key_condition(sql, &claim->key);
	smart_str_appends(sql, " AND token=");
	asq_sql_bytes(sql, ZSTR_VAL(asq_row_get(seen, ASQ_KEY_COL_TOKEN)), ZSTR_LEN(asq_row_get(seen, ASQ_KEY_COL_TOKEN)));
	smart_str_appends(sql, " AND state=");
	asq_sql_bytes(sql, ZSTR_VAL(asq_row_get(seen, ASQ_KEY_COL_STATE)), ZSTR_LEN(asq_row_get(seen, ASQ_KEY_COL_STATE)));
}

static bool asq_key_cell_true(const zval *row, uint32_t column)
{
	zend_string *cell = asq_row_get(row, column);

	return cell && zend_string_equals_literal(cell, "1");
}

static bool asq_key_is_ours(const zval *row, const asq_key_claim *claim)
{
	zend_string *token = asq_row_get(row, ASQ_KEY_COL_TOKEN);

	return token && zend_string_equals_cstr(token, claim->token, ASQ_TOKEN_LENGTH);
}

/*
 * Whether a row may be taken over: it has expired; or its process has died; or that cannot be seen, and its lease is over.
 * A process that is seen to live keeps it beyond its lease, but not for ever: it may have gone on to other things.
 */
static bool asq_key_is_free(const zval *row)
{
	zend_string *owner = asq_row_get(row, ASQ_KEY_COL_OWNER);

	if (asq_key_cell_true(row, ASQ_KEY_COL_EXPIRED)) {
		return true;
	}
	if (asq_key_state_of(asq_row_get(row, ASQ_KEY_COL_STATE)) != ASQ_KEY_RUNNING) {
		return false;
	}
	switch (asq_owner_look(owner ? ZSTR_VAL(owner) : "")) {
		case ASQ_OWNER_ALIVE: return false;
		case ASQ_OWNER_DEAD: return true;
		default: return asq_key_cell_true(row, ASQ_KEY_COL_LEASE);
	}
}

/* What another's row means to the claim. */
static void asq_key_read(asq_key_claim *claim, const zval *row)
{
	zend_string *request = asq_row_get(row, ASQ_KEY_COL_REQUEST), *running = asq_row_get(row, ASQ_KEY_COL_RUNNING);

	claim->state = asq_key_state_of(asq_row_get(row, ASQ_KEY_COL_STATE));
	claim->running = running ? (double) strtoll(ZSTR_VAL(running), NULL, 10) / 1e6 : 0;
	if (!request || !zend_string_equals_cstr(request, claim->request_hash, strlen(claim->request_hash))) {
		claim->state = ASQ_KEY_CONFLICT;
	} else if (claim->state != ASQ_KEY_RUNNING && asq_row_get(row, ASQ_KEY_COL_RESULT)) {
		claim->result = zend_string_copy(asq_row_get(row, ASQ_KEY_COL_RESULT));
	}
}

/* One try. ASQ_NOT_FOUND: somebody was faster, or has just let go of it: look again. */
static asq_status asq_key_try(asq_site *site, const zend_string *table, asq_key_claim *claim, const char *owner, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	HashTable *rows;
	zval *row;

	asq_batch_init(&batch, false);
	asq_key_insert_sql(asq_batch_add(&batch), table, claim, owner);
	asq_key_select_sql(asq_batch_add(&batch), table, &claim->key);
	status = asq_store_run_keys(site, &batch, error);
	rows = status == ASQ_OK ? asq_result_rows(&batch.result[1]) : NULL;
	row = rows ? zend_hash_index_find(rows, 0) : NULL;
	if (status == ASQ_OK && !row) {
		status = ASQ_NOT_FOUND;
	} else if (status == ASQ_OK && asq_key_is_ours(row, claim)) {
		/* By the token, not by the rows that the insert counts: it may have been sent twice. */
		claim->state = ASQ_KEY_OURS;
	} else if (status == ASQ_OK && asq_key_is_free(row)) {
		asq_batch take;
		asq_batch_init(&take, false);
		asq_key_take_sql(asq_batch_add(&take), table, claim, owner, row);
		status = asq_site_run(site, &take, error);
		/* Whether it was this one is seen by looking again. */
		claim->taken_over = true;
		status = status == ASQ_OK ? ASQ_NOT_FOUND : status;
		asq_batch_free(&take);
	} else if (status == ASQ_OK) {
		asq_key_read(claim, row);
	}
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_claim_key(asq_site *site, asq_key_claim *claim, asq_error *error)
{
	zend_string *table = asq_site_table(site, "asq_keys");
	char owner[ASQ_OWNER_MAX];
	asq_status status;

	asq_owner_self(owner);
	claim->taken_over = false;
	for (int tries = 0; (status = asq_key_try(site, table, claim, owner, error)) == ASQ_NOT_FOUND && tries < 100; tries++) {
		/* Each time somebody else has got on with it. */
	}
	zend_string_release(table);
	if (status == ASQ_NOT_FOUND) {
		claim->state = ASQ_KEY_RUNNING;
		claim->running = 0;
		status = ASQ_OK;
	}
	return status;
}

/* ---- Ending ------------------------------------------------------------------------------------- */

asq_status asq_store_finish_key(asq_site *site, const asq_key_claim *claim, asq_key_state state, const zend_string *result, zend_long ttl,
	unsigned patience, bool *held, asq_error *error)
{
	zend_string *table = asq_site_table(site, "asq_keys");
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	asq_batch_init(&batch, false);
	batch.patience = patience;
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "UPDATE %s SET state='%s', result=_binary", ZSTR_VAL(table), asq_key_state_name(state));
	asq_sql_string(&site->link, sql, result);
	smart_str_append_printf(sql, ", expires_gmt=UTC_TIMESTAMP(3)+INTERVAL " ZEND_LONG_FMT " SECOND WHERE", ttl);
	asq_key_condition(sql, &claim->key);
	smart_str_append_printf(sql, " AND token='%s' AND state='running'", claim->token);
	/* The statement before may have been sent twice: the row tells what came of it. */
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "SELECT 1 FROM %s WHERE", ZSTR_VAL(table));
	asq_key_condition(sql, &claim->key);
	smart_str_append_printf(sql, " AND token='%s' AND state='%s'", claim->token, asq_key_state_name(state));
	status = asq_link_run(&site->link, &batch, error);
	*held = status == ASQ_OK && asq_result_cell(&batch.result[1]);
	asq_batch_free(&batch);
	zend_string_release(table);
	return status;
}

asq_status asq_store_release_key(asq_site *site, const asq_key *key, const char *token, unsigned patience, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql = asq_statement_begin(site, &batch, "asq_keys", "DELETE FROM %s WHERE");

	batch.patience = patience;
	asq_key_condition(sql, key);
	smart_str_append_printf(sql, " AND token='%s' AND state='running'", token);
	status = asq_link_run(&site->link, &batch, error);
	asq_batch_free(&batch);
	return status;
}

asq_status asq_store_purge_keys(asq_site *site, uint64_t limit, uint64_t *deleted, asq_error *error)
{
	zend_string *table = asq_site_table(site, "asq_keys");
	asq_status status = ASQ_OK;
	bool more = asq_store_may_read(site, table);

	*deleted = 0;
	while (more) {
		uint64_t size = limit ? MIN(limit - *deleted, ASQ_PURGE_KEYS) : ASQ_PURGE_KEYS;
		asq_batch batch;

		asq_batch_init(&batch, false);
		smart_str_append_printf(asq_batch_add(&batch), "DELETE FROM %s WHERE expires_gmt<=UTC_TIMESTAMP(3) ORDER BY expires_gmt LIMIT " ZEND_ULONG_FMT,
			ZSTR_VAL(table), (zend_ulong) size);
		status = asq_link_run(&site->link, &batch, error);
		if (status == ASQ_OK) {
			*deleted += (uint64_t) MAX(batch.result[0].affected, 0);
		}
		more = status == ASQ_OK && batch.result[0].affected == (int64_t) size && *deleted != limit;
		asq_batch_free(&batch);
	}
	if (status == ASQ_FAILED && asq_error_is_no_table(error)) {
		*error = (asq_error) {0};
		status = ASQ_OK;
	}
	zend_string_release(table);
	return status;
}

void asq_store_tidy_keys(asq_site *site, const char *token)
{
	uint64_t deleted;
	asq_error ignored;

	if (!site->link.in_transaction && strncmp(token, ASQ_TIDY_CHANCE, sizeof(ASQ_TIDY_CHANCE) - 1) == 0) {
		asq_store_purge_keys(site, ASQ_PURGE_KEYS, &deleted, &ignored);
	}
}
