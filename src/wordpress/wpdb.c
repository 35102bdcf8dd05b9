/*
 * wpdb.c: the link over $wpdb's connection. Where that is a mysqli, mysqlnd's own interface is used: no
 * userland, and the transaction state is read from memory. Any other (a db.php drop-in) is asked by
 * $wpdb->query(), and is taken to be in a transaction always, since nobody can say.
 */
#include "wpdb.h"
#include "call.h"
#include "php_asq.h"

#include <dlfcn.h>
#include "ext/mysqlnd/mysqlnd.h"
#include "ext/mysqlnd/mysqlnd_reverse_api.h"

zend_object *asq_wpdb(void)
{
	zval *wpdb = asq_global("wpdb", sizeof("wpdb") - 1);

	return wpdb && Z_TYPE_P(wpdb) == IS_OBJECT ? Z_OBJ_P(wpdb) : NULL;
}

/* ---- mysqli ----------------------------------------------------------------------------------- */

/*
 * mysqlnd may be a shared extension that is loaded after this one, or not at all: its function is looked up
 * when it is first needed.
 */
static MYSQLND *asq_mysqlnd_of(zval *dbh)
{
	typedef MYSQLND *(*convert)(zval *, const unsigned int, unsigned int *);
	unsigned int saved;

	if (!ASQ_G(zval_to_mysqlnd)) {
		ASQ_G(zval_to_mysqlnd) = dlsym(RTLD_DEFAULT, "zval_to_mysqlnd");
	}
	return ASQ_G(zval_to_mysqlnd) ? ((convert) ASQ_G(zval_to_mysqlnd))(dbh, 0, &saved) : NULL;
}

static MYSQLND *asq_wpdb_mysqlnd(zend_object *wpdb)
{
	zval *dbh = asq_property(wpdb, "dbh", sizeof("dbh") - 1);
	zend_class_entry *mysqli;

	/* HyperDB and its kin have several, and choose one for each query. */
	if (asq_property(wpdb, "dbhs", sizeof("dbhs") - 1)) {
		return NULL;
	}
	mysqli = dbh && Z_TYPE_P(dbh) == IS_OBJECT ? zend_hash_str_find_ptr(EG(class_table), "mysqli", sizeof("mysqli") - 1) : NULL;
	if (!mysqli || !instanceof_function(Z_OBJCE_P(dbh), mysqli)) {
		return NULL;
	}
	return asq_mysqlnd_of(dbh);
}

bool asq_wpdb_is_mysqli(zend_object *wpdb, bool *in_transaction)
{
	MYSQLND *conn = asq_wpdb_mysqlnd(wpdb);
	unsigned status;

	if (!conn) {
		return false;
	}
	status = mysqlnd_get_server_status(conn);
	*in_transaction = (status & SERVER_STATUS_IN_TRANS) || !(status & SERVER_STATUS_AUTOCOMMIT);
	return true;
}

static void asq_mysqlnd_escape(asq_link *link, smart_str *to, const char *value, size_t length)
{
	MYSQLND *conn = asq_wpdb_mysqlnd(link->handle);
	char *start = smart_str_extend(to, length * 2 + 1);
	zend_ulong written = conn ? mysqlnd_real_escape_string(conn, start, value, length) : 0;

	ZSTR_LEN(to->s) -= length * 2 + 1 - written;
}

static asq_status asq_mysqlnd_fail(MYSQLND *conn, asq_error *error)
{
	return asq_error_set(error, mysqlnd_errno(conn), "%s", mysqlnd_error(conn));
}

static asq_status asq_mysqlnd_rows(MYSQLND *conn, asq_result *result, asq_error *error)
{
	MYSQLND_RES *rows = mysqlnd_store_result(conn);

	if (!rows) {
		return asq_mysqlnd_fail(conn, error);
	}
	array_init(&result->rows);
	for (;;) {
		zval row;
		ZVAL_NULL(&row);
		mysqlnd_fetch_into(rows, MYSQLND_FETCH_NUM, &row);
		if (Z_TYPE(row) != IS_ARRAY) {
			break;
		}
		zend_hash_next_index_insert_new(Z_ARRVAL(result->rows), &row);
	}
	mysqlnd_free_result(rows, false);
	return ASQ_OK;
}

static asq_status asq_mysqlnd_statement(MYSQLND *conn, const char *sql, size_t length, asq_result *result, asq_error *error)
{
	if (mysqlnd_query(conn, sql, length) == FAIL) {
		return asq_mysqlnd_fail(conn, error);
	}
	if (mysqlnd_field_count(conn) > 0) {
		asq_result ignored = {0};
		asq_status status = asq_mysqlnd_rows(conn, result ? result : &ignored, error);
		zval_ptr_dtor(&ignored.rows);
		return status;
	}
	if (result) {
		result->affected = (int64_t) mysqlnd_affected_rows(conn);
		result->insert_id = mysqlnd_insert_id(conn);
	}
	return ASQ_OK;
}

static asq_status asq_mysqlnd_run(asq_link *link, asq_batch *batch, asq_error *error)
{
	MYSQLND *conn = asq_wpdb_mysqlnd(link->handle);
	bool own = batch->transactional && !link->in_transaction;
	asq_status status = ASQ_OK;

	if (!conn) {
		return asq_error_set(error, 2006, "WordPress's database connection is closed.");
	}
	if (own) {
		status = asq_mysqlnd_statement(conn, "START TRANSACTION", sizeof("START TRANSACTION") - 1, NULL, error);
	}
	for (unsigned i = 0; status == ASQ_OK && i < batch->count; i++) {
		zend_string *sql = batch->sql[i].s;
		status = asq_mysqlnd_statement(conn, ZSTR_VAL(sql), ZSTR_LEN(sql), &batch->result[i], error);
		batch->done = status == ASQ_OK ? i + 1 : batch->done;
	}
	if (own) {
		asq_error ignored;
		const char *end = status == ASQ_OK ? "COMMIT" : "ROLLBACK";
		asq_status ended = asq_mysqlnd_statement(conn, end, strlen(end), NULL, status == ASQ_OK ? error : &ignored);
		status = status == ASQ_OK ? ended : status;
	}
	return status;
}

/* wpdb reopens its connection itself, by its own rules; ours is only to say that it is gone. */
static asq_status asq_wpdb_reopen(asq_link *link, asq_error *error)
{
	(void) link;
	return asq_error_set(error, 2006, "WordPress's database connection is gone.");
}

static const asq_link_vtable asq_mysqlnd_vtable = {
	asq_mysqlnd_escape, asq_mysqlnd_run, asq_wpdb_reopen, NULL, NULL, NULL, NULL, false, true
};

/* ---- Any other connection --------------------------------------------------------------------- */

/* As mysql_real_escape_string() does for UTF-8, which WordPress speaks; no quotes are added. */
static void asq_query_escape(asq_link *link, smart_str *to, const char *value, size_t length)
{
	(void) link;
	for (size_t i = 0; i < length; i++) {
		switch (value[i]) {
			case '\0': smart_str_appendl(to, "\\0", 2); break;
			case '\n': smart_str_appendl(to, "\\n", 2); break;
			case '\r': smart_str_appendl(to, "\\r", 2); break;
			case '\x1a': smart_str_appendl(to, "\\Z", 2); break;
			case '\'': case '"': case '\\':
				smart_str_appendc(to, '\\');
				ZEND_FALLTHROUGH;
			default: smart_str_appendc(to, value[i]);
		}
	}
}

/* $wpdb->get_results( $sql, ARRAY_N ), or $wpdb->query( $sql ). */
static asq_status asq_query_statement(zend_object *wpdb, zend_string *sql, asq_result *result, asq_error *error)
{
	bool reads = zend_binary_strncasecmp(ZSTR_VAL(sql), ZSTR_LEN(sql), "SELECT", 6, 6) == 0;
	zval args[2], answer, *value;
	asq_status status;

	ZVAL_STR_COPY(&args[0], sql);
	ZVAL_STRING(&args[1], "ARRAY_N");
	status = asq_call_method(&answer, wpdb, reads ? "get_results" : "query", reads ? 2 : 1, args);
	zval_ptr_dtor(&args[0]);
	zval_ptr_dtor(&args[1]);
	if (status != ASQ_OK) {
		return status == ASQ_THROWN ? status : asq_error_set(error, 0, "$wpdb has no query() method.");
	}
	value = asq_property(wpdb, "last_error", sizeof("last_error") - 1);
	if (value && Z_TYPE_P(value) == IS_STRING && Z_STRLEN_P(value)) {
		zval_ptr_dtor(&answer);
		return asq_error_set(error, 0, "%s", Z_STRVAL_P(value));
	}
	if (reads && Z_TYPE(answer) == IS_ARRAY) {
		ZVAL_COPY_VALUE(&result->rows, &answer);
		return ASQ_OK;
	}
	zval_ptr_dtor(&answer);
	value = asq_property(wpdb, "rows_affected", sizeof("rows_affected") - 1);
	result->affected = value ? zval_get_long(value) : 0;
	value = asq_property(wpdb, "insert_id", sizeof("insert_id") - 1);
	result->insert_id = value ? (uint64_t) zval_get_long(value) : 0;
	return ASQ_OK;
}

static asq_status asq_query_run(asq_link *link, asq_batch *batch, asq_error *error)
{
	asq_status status = ASQ_OK;

	for (unsigned i = 0; status == ASQ_OK && i < batch->count; i++) {
		status = asq_query_statement(link->handle, batch->sql[i].s, &batch->result[i], error);
		batch->done = status == ASQ_OK ? i + 1 : batch->done;
	}
	return status;
}

static const asq_link_vtable asq_query_vtable = {
	asq_query_escape, asq_query_run, asq_wpdb_reopen, NULL, NULL, NULL, NULL, false, false
};

void asq_wpdb_link(asq_link *link, zend_object *wpdb)
{
	bool mysqli = asq_wpdb_is_mysqli(wpdb, &link->in_transaction);
	zval *charset = asq_property(wpdb, "charset", sizeof("charset") - 1);

	link->vtable = mysqli ? &asq_mysqlnd_vtable : &asq_query_vtable;
	link->in_transaction = mysqli ? link->in_transaction : true;
	link->utf8mb3 = charset && Z_TYPE_P(charset) == IS_STRING && strncmp(Z_STRVAL_P(charset), "utf8mb4", 7) != 0;
	link->handle = wpdb;
	if (mysqli) {
		link->skip_locked = asq_server_skips_locked(mysqlnd_get_server_info(asq_wpdb_mysqlnd(wpdb)));
	}
}
