/*
 * client.c: the own connection: opening, character set and SQL mode as wpdb's, fork safety, and running a
 * batch as one multi-statement. All errors are mysql_error()'s, none is swallowed.
 */
#include "client.h"
#include "client_compat.h"
#include "prepared.h"
#include "wait.h"
#include "php_asq.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#define ASQ_DOWN_SECONDS   5    /* how long a failed connect is not tried again */
#define ASQ_BESIDE_SECONDS 1    /* how long the second connection may take */
#define ASQ_END_TRIES      250  /* of 20 ms: how long the end of a lost connection is waited for */
#define ASQ_ER_NO_SUCH_THREAD 1094
#define ASQ_IDLE_SECONDS   2    /* idle for longer: see whether the server is still there */

struct asq_client {
	MYSQL *conn;             /* NULL: closed */
	asq_prepared *prepared;  /* its prepared statements */
	pid_t owner;             /* who opened it: after a fork the child must not touch it */
	time_t used;
	bool dirty;              /* a batch failed midway: roll back before the next */
	bool stale;              /* its server has become read-only, or is gone: the next use opens another one */
	bool waiting;            /* an answer has not been asked for: nothing else may be said, and who was broken off never will */
	unsigned long like;      /* of a second one: the first's thread that it was compared with */
	unsigned long thread;    /* the server's name for the connection */
	char *key;               /* the target in one string, to see whether it is the same */
	char *host, *socket, *user, *password, *database, *charset, *collate;
	unsigned port;
	unsigned long flags;
};

/* Handles that a fork has copied, and that can neither be closed nor freed; kept so that they are not taken for a leak. */
typedef struct asq_forgotten {
	MYSQL *conn;
	asq_prepared *prepared;
	struct asq_forgotten *next;
} asq_forgotten;

static char *asq_dup(const zend_string *s)
{
	return s && ZSTR_LEN(s) ? pestrndup(ZSTR_VAL(s), ZSTR_LEN(s), 1) : NULL;
}

static char *asq_copy(const char *s)
{
	return s ? pestrdup(s, 1) : NULL;
}

static void asq_client_free(asq_client *client)
{
	if (client->password) {
		ZEND_SECURE_ZERO(client->password, strlen(client->password));
	}
	char **all[] = { &client->key, &client->host, &client->socket, &client->user, &client->password,
		&client->database, &client->charset, &client->collate };
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (*all[i]) {
			pefree(*all[i], 1);
		}
	}
	pefree(client, 1);
}

/*
 * Lets go of a handle that a fork has copied: closing it would end the parent's session, so only the file
 * descriptor is closed. The handle's memory is given up; it is the parent's copy on write.
 */
static void asq_client_forget(asq_client *client)
{
	asq_forgotten *forgotten = pemalloc(sizeof(*forgotten), 1);
	int fd = (int) mysql_get_socket(client->conn);

	if (fd >= 0) {
		close(fd);
	}
	*forgotten = (asq_forgotten) { client->conn, client->prepared, ASQ_G(forgotten) };
	ASQ_G(forgotten) = forgotten;
	client->conn = NULL;
	client->prepared = NULL;
}

static void asq_client_disconnect(asq_client *client)
{
	if (!client->conn) {
		return;
	}
	if (client->owner != getpid()) {
		asq_client_forget(client);
		return;
	}
	mysql_close(client->conn);
	client->conn = NULL;
	asq_prepared_free(client->prepared);
	client->prepared = NULL;
}

static void asq_client_end(asq_client *client)
{
	if (client) {
		asq_client_disconnect(client);
		asq_client_free(client);
	}
}

static void asq_client_end_beside(void)
{
	asq_client_end(ASQ_G(beside));
	ASQ_G(beside) = NULL;
}

void asq_client_close(void)
{
	asq_client_end_beside();
	asq_client_end(ASQ_G(client));
	ASQ_G(client) = NULL;
}

/* ---- The address ------------------------------------------------------------------------------ */

/* Splits WordPress's DB_HOST as wpdb does: host, host:port, host:/socket, host:port:/socket, [v6]:port. */
static void asq_client_parse_host(asq_client *client, const char *text)
{
	const char *rest;
	size_t length;

	if (*text == '[') {
		const char *end = strchr(text, ']');
		if (!end) {
			client->host = pestrdup(text, 1);
			return;
		}
		client->host = pestrndup(text + 1, end - text - 1, 1);
		rest = end + 1;
	} else if ((rest = strchr(text, ':')) != NULL && strchr(rest + 1, ':') != NULL && !strstr(rest, ":/")) {
		client->host = pestrdup(text, 1);   /* a bare IPv6 address */
		return;
	} else {
		length = rest ? (size_t) (rest - text) : strlen(text);
		client->host = length ? pestrndup(text, length, 1) : NULL;
		if (!rest) {
			return;
		}
	}
	while (*rest == ':') {
		rest++;
		if (*rest == '/') {
			client->socket = pestrdup(rest, 1);
			return;
		}
		client->port = (unsigned) strtoul(rest, (char **) &rest, 10);
	}
}

/* What of a target makes the string by which it is known, beside its flags. */
#define ASQ_TARGET_PARTS(target) { (target)->host, (target)->user, (target)->password, (target)->database, (target)->charset, (target)->collate }

/* The target in one string; two calls with the same one may share the connection. */
static char *asq_client_key(const asq_target *target)
{
	smart_str key = {0};
	const zend_string *parts[] = ASQ_TARGET_PARTS(target);
	char *copy;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i]) {
			smart_str_append(&key, parts[i]);
		}
		smart_str_appendc(&key, '\n');
	}
	smart_str_append_long(&key, (zend_long) target->flags);
	smart_str_0(&key);
	copy = pestrndup(ZSTR_VAL(key.s), ZSTR_LEN(key.s), 1);
	smart_str_free(&key);
	return copy;
}

/* Whether that string is the target's, without making another: this is asked with each call. */
static bool asq_client_is_for(const asq_client *client, const asq_target *target)
{
	const zend_string *parts[] = ASQ_TARGET_PARTS(target);
	const char *key = client->key;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		size_t length = parts[i] ? ZSTR_LEN(parts[i]) : 0;
		if (length && strncmp(key, ZSTR_VAL(parts[i]), length) != 0) {
			return false;
		}
		key += length;
		if (*key++ != '\n') {
			return false;
		}
	}
	return ZEND_STRTOUL(key, NULL, 10) == target->flags;
}

/* ---- Opening ---------------------------------------------------------------------------------- */

static asq_status asq_client_fail(asq_client *client, asq_error *error)
{
	return asq_error_take(error, mysql_errno(client->conn), mysql_error(client->conn));
}

static void asq_client_options(asq_client *client)
{
	unsigned connect_timeout = (unsigned) ASQ_G(connect_timeout), timeout = (unsigned) ASQ_G(timeout);

	if (client == ASQ_G(beside)) {
		/* All goes without it, too. */
		connect_timeout = ASQ_BESIDE_SECONDS;
	}
	if (connect_timeout) {
		mysql_options(client->conn, MYSQL_OPT_CONNECT_TIMEOUT, &connect_timeout);
	}
	if (timeout) {
		mysql_options(client->conn, MYSQL_OPT_READ_TIMEOUT, &timeout);
		mysql_options(client->conn, MYSQL_OPT_WRITE_TIMEOUT, &timeout);
	}
	asq_client_wait_awake(client->conn);
	mysql_options(client->conn, MYSQL_SET_CHARSET_NAME, client->charset ? client->charset : "utf8mb4");
	if (*ASQ_G(ssl_ca) || *ASQ_G(ssl_cert) || (client->flags & CLIENT_SSL)) {
		/* A library that is given an authority verifies by it, wanted or not. */
		bool verify = *ASQ_G(ssl_ca) && ASQ_G(ssl_verify);
		mysql_ssl_set(client->conn, *ASQ_G(ssl_key) ? ASQ_G(ssl_key) : NULL, *ASQ_G(ssl_cert) ? ASQ_G(ssl_cert) : NULL,
			verify ? ASQ_G(ssl_ca) : NULL, NULL, NULL);
		asq_client_ask_tls(client->conn, verify);
	}
}

/*
 * The session as wpdb sets it up: without the SQL modes that WordPress's tables cannot stand. READ COMMITTED has no
 * gap locks, so that claims, steps and enqueues do not meet; a batch that needs more says so (serial).
 */
static asq_status asq_client_session(asq_client *client, asq_error *error)
{
	smart_str sql = {0};
	int failed;

	if (client->collate) {
		char collate[128];
		mysql_real_escape_string(client->conn, collate, client->collate, MIN(strlen(client->collate), 63));
		smart_str_appends(&sql, "SET NAMES ");
		smart_str_appends(&sql, mysql_character_set_name(client->conn));
		smart_str_append_printf(&sql, " COLLATE '%s'; ", collate);
	}
	smart_str_appends(&sql, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; SET SESSION autocommit=1, sql_mode=TRIM(BOTH ',' FROM REPLACE(");
	static const char *const modes[] = { "NO_ZERO_DATE", "ONLY_FULL_GROUP_BY", "STRICT_TRANS_TABLES",
		"STRICT_ALL_TABLES", "TRADITIONAL", "ANSI_QUOTES", "ANSI" };
	const size_t count = sizeof(modes) / sizeof(modes[0]);
	/* REPLACE(',a,b,', ',mode,', ','): whole names only, so that ANSI does not cut ANSI_QUOTES. */
	for (size_t i = 0; i < count; i++) {
		smart_str_appends(&sql, "REPLACE(");
	}
	smart_str_appends(&sql, "CONCAT(',', REPLACE(@@SESSION.sql_mode, ',', ',,'), ',')");
	for (size_t i = 0; i < count; i++) {
		smart_str_append_printf(&sql, ", ',%s,', '')", modes[i]);
	}
	smart_str_appends(&sql, ", ',,', ','))");
	if (ASQ_G(lock_patience)) {
		smart_str_append_printf(&sql, ", innodb_lock_wait_timeout=%u, lock_wait_timeout=%u", ASQ_G(lock_patience), ASQ_G(lock_patience));
	}
	if (ASQ_G(silence)) {
		smart_str_append_printf(&sql, ", wait_timeout=%u", ASQ_G(silence));
	}
	smart_str_0(&sql);
	failed = mysql_real_query(client->conn, ZSTR_VAL(sql.s), ZSTR_LEN(sql.s));
	while (!failed && mysql_more_results(client->conn)) {
		failed = mysql_next_result(client->conn) > 0;
	}
	smart_str_free(&sql);
	return failed ? asq_client_fail(client, error) : ASQ_OK;
}

static asq_status asq_client_open(asq_client *client, asq_error *error)
{
	asq_status status = ASQ_OK;
	int fd;

	asq_client_disconnect(client);
	client->conn = mysql_init(NULL);
	if (!client->conn) {
		return asq_error_set(error, 0, "Out of memory for a database connection.");
	}
	client->owner = getpid();
	client->dirty = client->stale = client->waiting = false;
	asq_client_options(client);
	if (!mysql_real_connect(client->conn, client->host, client->user, client->password, client->database,
			client->port, client->socket, client->flags | CLIENT_MULTI_STATEMENTS)) {
		/* As it is: TLS that cannot be had is not a connection that is lost. */
		status = asq_error_set(error, mysql_errno(client->conn), "%s", mysql_error(client->conn));
	} else if (asq_client_session(client, error) != ASQ_OK) {
		status = ASQ_FAILED;
	}
	if (status != ASQ_OK) {
		mysql_close(client->conn);
		client->conn = NULL;
		return status;
	}
	fd = (int) mysql_get_socket(client->conn);
	if (fd >= 0) {
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	client->thread = mysql_thread_id(client->conn);
	client->used = time(NULL);
	return ASQ_OK;
}

static asq_client *asq_client_new(const asq_target *target)
{
	asq_client *client = pecalloc(1, sizeof(*client), 1);

	client->key = asq_client_key(target);
	asq_client_parse_host(client, target->host ? ZSTR_VAL(target->host) : "localhost");
	client->user = asq_dup(target->user);
	client->password = asq_dup(target->password);
	client->database = asq_dup(target->database);
	client->charset = asq_dup(target->charset);
	client->collate = asq_dup(target->collate);
	client->flags = target->flags & ~(unsigned long) (CLIENT_MULTI_STATEMENTS | CLIENT_FOUND_ROWS);
	return client;
}

/* Another one to the same place. */
static asq_client *asq_client_twin(const asq_client *first)
{
	asq_client *client = pecalloc(1, sizeof(*client), 1);

	client->key = pestrdup(first->key, 1);
	client->host = asq_copy(first->host);
	client->socket = asq_copy(first->socket);
	client->user = asq_copy(first->user);
	client->password = asq_copy(first->password);
	client->database = asq_copy(first->database);
	client->charset = asq_copy(first->charset);
	client->collate = asq_copy(first->collate);
	client->port = first->port;
	client->flags = first->flags;
	return client;
}

/* Whether the connection is there and ours; one that has been idle is asked. */
static bool asq_client_alive(asq_client *client)
{
	if (!client->conn || client->owner != getpid() || client->stale || client->waiting) {
		return false;
	}
	return time(NULL) - client->used < ASQ_IDLE_SECONDS || mysql_ping(client->conn) == 0;
}

/* ---- The link --------------------------------------------------------------------------------- */

static void asq_client_escape(asq_link *link, smart_str *to, const char *value, size_t length)
{
	asq_client *client = link->handle;
	char *start = smart_str_extend(to, length * 2 + 1);
	unsigned long written = asq_client_escape_text(client->conn, start, value, length);

	ZSTR_LEN(to->s) -= length * 2 + 1 - written;
}

static void asq_client_fetch(MYSQL_RES *rows, zval *list)
{
	unsigned columns = mysql_num_fields(rows);
	MYSQL_ROW row;

	array_init_size(list, (uint32_t) mysql_num_rows(rows));
	zend_hash_real_init_packed(Z_ARRVAL_P(list));
	while ((row = mysql_fetch_row(rows)) != NULL) {
		unsigned long *lengths = mysql_fetch_lengths(rows);
		zval cells;
		array_init_size(&cells, columns);
		zend_hash_real_init_packed(Z_ARRVAL(cells));
		for (unsigned i = 0; i < columns; i++) {
			zval cell;
			if (row[i]) {
				ZVAL_STRINGL_FAST(&cell, row[i], lengths[i]);
			} else {
				ZVAL_NULL(&cell);
			}
			zend_hash_next_index_insert_new(Z_ARRVAL(cells), &cell);
		}
		zend_hash_next_index_insert_new(Z_ARRVAL_P(list), &cells);
	}
}

/* Takes the answer that has just arrived. */
static asq_status asq_client_take(asq_client *client, asq_result *result, asq_error *error)
{
	MYSQL_RES *rows = mysql_store_result(client->conn);

	if (!rows && mysql_field_count(client->conn)) {
		return asq_client_fail(client, error);
	}
	if (!result) {
		mysql_free_result(rows);
		return ASQ_OK;
	}
	if (rows) {
		asq_client_fetch(rows, &result->rows);
		mysql_free_result(rows);
	}
	result->affected = (int64_t) mysql_affected_rows(client->conn);
	result->insert_id = mysql_insert_id(client->conn);
	return ASQ_OK;
}

/* Reads all answers: what comes before, each statement's, COMMIT's. */
static asq_status asq_client_answers(asq_client *client, asq_batch *batch, asq_error *error)
{
	unsigned first = batch->transactional ? 1 + batch->serial : batch->begins;
	unsigned total = first + batch->count + (batch->transactional || batch->ends);

	for (unsigned i = 0; i < total; i++) {
		bool own = i >= first && i - first < batch->count;
		if (i > 0 && mysql_next_result(client->conn) != 0) {
			return asq_client_fail(client, error);
		}
		if (asq_client_take(client, own ? &batch->result[i - first] : NULL, error) != ASQ_OK) {
			return ASQ_FAILED;
		}
		batch->done = own ? i - first + 1 : batch->done;
	}
	return ASQ_OK;
}

/* Answers that nobody has asked for: a compound statement that selects has its own after that. */
static void asq_client_drain(asq_client *client)
{
	while (mysql_more_results(client->conn) && mysql_next_result(client->conn) == 0) {
		mysql_free_result(mysql_store_result(client->conn));
	}
}

/* Leaves the connection as if the failed batch had never been sent. */
static void asq_client_roll_back(asq_client *client)
{
	asq_client_drain(client);
	client->dirty = mysql_real_query(client->conn, "ROLLBACK", sizeof("ROLLBACK") - 1) != 0;
}

static void asq_client_join(const asq_batch *batch, smart_str *sql)
{
	bool begins = batch->transactional || batch->begins, ends = batch->transactional || batch->ends;

	if (begins) {
		smart_str_appends(sql, batch->serial ? "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;BEGIN;" : "BEGIN;");
	}
	for (unsigned i = 0; i < batch->count; i++) {
		smart_str_append_smart_str(sql, &batch->sql[i]);
		if (i + 1 < batch->count || ends) {
			smart_str_appendc(sql, ';');
		}
	}
	if (ends) {
		smart_str_appends(sql, "COMMIT");
	}
	smart_str_0(sql);
}

static asq_status asq_client_send(asq_client *client, const asq_batch *batch, asq_error *error)
{
	smart_str sql = {0};
	asq_status status = ASQ_OK;

	if (!client->conn) {
		return asq_error_set(error, 2006, "The database connection is closed.");
	}
	asq_client_join(batch, &sql);
	if (mysql_send_query(client->conn, ZSTR_VAL(sql.s), ZSTR_LEN(sql.s)) != 0) {
		status = asq_client_fail(client, error);
	}
	smart_str_free(&sql);
	return status;
}

/* The answers to what has been sent. */
static asq_status asq_client_receive(asq_client *client, asq_batch *batch, asq_error *error)
{
	asq_status status = mysql_read_query_result(client->conn) != 0 ? asq_client_fail(client, error) : asq_client_answers(client, batch, error);

	client->waiting = false;
	if (status == ASQ_OK) {
		asq_client_drain(client);
	} else if (!asq_error_is_gone(error)) {
		asq_client_roll_back(client);
	}
	client->used = time(NULL);
	return status;
}

static asq_status asq_client_query(asq_client *client, asq_batch *batch, asq_error *error)
{
	asq_status status = asq_client_send(client, batch, error);

	return status == ASQ_OK ? asq_client_receive(client, batch, error) : status;
}

/* ASQ_DECLINED: it is to be sent as text. */
static asq_status asq_client_prepared(asq_client *client, asq_batch *batch, asq_error *error)
{
	asq_prepared_end end = client->conn ? asq_prepared_run(&client->prepared, client->conn, batch, error) : ASQ_PREPARED_NOT;

	if (end == ASQ_PREPARED_NOT) {
		return ASQ_DECLINED;
	}
	client->used = time(NULL);
	switch (end) {
		case ASQ_PREPARED_DONE:
			return ASQ_OK;
		case ASQ_PREPARED_FAILED:
			if (!asq_error_is_gone(error)) {
				asq_client_roll_back(client);
			}
			return ASQ_FAILED;
		case ASQ_PREPARED_UNREAD:
			batch->retried = true;
			/* As if the answer had been lost on its way. */
			return batch->once ? asq_error_set(error, 2013, "The answer to a prepared statement could not be read.") : ASQ_DECLINED;
		default:
			return ASQ_DECLINED;
	}
}

static asq_status asq_client_run(asq_link *link, asq_batch *batch, asq_error *error)
{
	static const char repeatable[] = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ";
	asq_client *client = link->handle;
	asq_status status = asq_client_prepared(client, batch, error);

	if (status == ASQ_DECLINED) {
		status = asq_client_query(client, batch, error);
	}
	/* A server that logs statements cannot log those of READ COMMITTED. */
	if (status == ASQ_FAILED && asq_error_is_binlog(error) && mysql_real_query(client->conn, repeatable, sizeof(repeatable) - 1) == 0) {
		/* The second half of a transaction is nothing without the first: asq_link_transact() sends both again. */
		if (batch->ends) {
			return status;
		}
		asq_batch_clear(batch);
		status = asq_client_query(client, batch, error);
	}
	client->stale = client->stale || (status == ASQ_FAILED && asq_error_is_read_only(error));
	return status;
}

/*
 * The connection that was lost may live on at the server, say because only our patience ended: what it was told to do
 * must not happen beside its repetition, so it is ended, and its end waited for. False: it is still there.
 */
static bool asq_client_end_thread(asq_client *client, unsigned long thread)
{
	const struct timespec pause = { 0, 20 * 1000 * 1000 };
	char sql[128];
	bool there = true;

	snprintf(sql, sizeof(sql), "KILL %lu", thread);
	if (mysql_real_query(client->conn, sql, strlen(sql)) != 0) {
		return mysql_errno(client->conn) == ASQ_ER_NO_SUCH_THREAD;
	}
	snprintf(sql, sizeof(sql), "SELECT 1 FROM information_schema.processlist WHERE id=%lu", thread);
	for (int i = 0; there && i < ASQ_END_TRIES; i++) {
		MYSQL_RES *rows;
		nanosleep(&pause, NULL);
		rows = mysql_real_query(client->conn, sql, strlen(sql)) == 0 ? mysql_store_result(client->conn) : NULL;
		there = rows && mysql_num_rows(rows) > 0;
		mysql_free_result(rows);
	}
	return !there;
}

static asq_status asq_client_reopen(asq_link *link, asq_error *error)
{
	asq_client *client = link->handle;
	unsigned long lost = client->owner == getpid() ? client->thread : 0;
	asq_status status = asq_client_open(client, error);

	if (status == ASQ_OK && lost && !asq_client_end_thread(client, lost)) {
		/* Not one of the errors after which a batch is sent again. */
		return asq_error_set(error, 0, "The database did not answer in time (asq.timeout), and goes on with what it was told to do.");
	}
	return status;
}

static asq_status asq_client_begin(asq_link *link, asq_batch *batch, asq_error *error)
{
	asq_client *client = link->handle;
	asq_status status = asq_client_send(client, batch, error);

	client->waiting = status == ASQ_OK;
	client->stale = client->stale || (status == ASQ_FAILED && asq_error_is_gone(error));
	return status;
}

static asq_status asq_client_finish(asq_link *link, asq_batch *batch, asq_error *error)
{
	asq_client *client = link->handle;
	asq_status status = asq_client_receive(client, batch, error);

	client->stale = client->stale || (status == ASQ_FAILED && (asq_error_is_read_only(error) || asq_error_is_gone(error)));
	return status;
}

static asq_status asq_client_beside(asq_link *link, asq_link *beside, asq_error *error);

static void asq_client_part(asq_link *beside)
{
	(void) beside;
	asq_client_end_beside();
}

static const asq_link_vtable asq_client_vtable = {
	asq_client_escape, asq_client_run, asq_client_reopen, asq_client_begin, asq_client_finish, asq_client_beside, asq_client_part, true, true
};

static void asq_client_fill(asq_link *link, asq_client *client)
{
	link->vtable = &asq_client_vtable;
	link->collects = NULL;
	link->in_transaction = false;
	link->utf8mb3 = strncmp(mysql_character_set_name(client->conn), "utf8mb4", 7) != 0;
	link->skip_locked = asq_server_skips_locked(mysql_get_server_info(client->conn));
	link->compound = asq_server_has_compound(mysql_get_server_info(client->conn));
	link->handle = client;
}

/* What is to be the same on both, as text to be freed; NULL: it cannot be had. */
static char *asq_client_identity(asq_client *client)
{
	static const char sql[] = "SELECT CONCAT_WS(' ',@@hostname,@@port,@@server_id,@@auto_increment_increment,@@sql_mode)";
	MYSQL_RES *rows = mysql_real_query(client->conn, sql, sizeof(sql) - 1) == 0 ? mysql_store_result(client->conn) : NULL;
	MYSQL_ROW row = rows ? mysql_fetch_row(rows) : NULL;
	char *identity = row && row[0] ? pestrdup(row[0], 1) : NULL;

	mysql_free_result(rows);
	return identity;
}

/*
 * Behind a name there may be several servers: what one has committed another may not know yet, and ids of two do not follow one another.
 * And what is escaped for one connection is to be right on the other: the server's mode may have been changed in between.
 */
static bool asq_client_is_like(asq_client *second, asq_client *first)
{
	char *one, *other;
	bool same;

	if (second->like == first->thread) {
		return true;
	}
	one = asq_client_identity(first);
	other = one ? asq_client_identity(second) : NULL;
	same = one && other && strcmp(one, other) == 0;
	if (one) {
		pefree(one, 1);
	}
	if (other) {
		pefree(other, 1);
	}
	second->like = same ? first->thread : 0;
	return same;
}

static asq_status asq_client_beside(asq_link *link, asq_link *beside, asq_error *error)
{
	asq_client *first = link->handle;

	if (ASQ_G(beside) && ASQ_G(beside)->waiting && ASQ_G(beside)->owner == getpid()) {
		/* Somebody else is at it. */
		return ASQ_DECLINED;
	}
	if (ASQ_G(beside) && strcmp(ASQ_G(beside)->key, first->key) != 0) {
		asq_client_part(beside);
	}
	if (!ASQ_G(beside)) {
		ASQ_G(beside) = asq_client_twin(first);
	}
	if (!asq_client_alive(ASQ_G(beside))) {
		ASQ_G(beside)->like = 0;
		if (asq_client_open(ASQ_G(beside), error) != ASQ_OK) {
			return ASQ_FAILED;
		}
	}
	if (!asq_client_is_like(ASQ_G(beside), first)) {
		asq_client_part(beside);
		return asq_error_set(error, 0, "A second connection leads to another server.");
	}
	if (ASQ_G(beside)->dirty) {
		asq_client_roll_back(ASQ_G(beside));
	}
	asq_client_fill(beside, ASQ_G(beside));
	return ASQ_OK;
}

asq_status asq_client_link(asq_link *link, const asq_target *target, asq_error *error)
{
	if (!ASQ_G(client) || !asq_client_is_for(ASQ_G(client), target)) {
		/* The second one may be at work: it is known by its own target. */
		asq_client_end(ASQ_G(client));
		ASQ_G(client) = asq_client_new(target);
		ASQ_G(client_down_until) = 0;
	}
	if (!asq_client_alive(ASQ_G(client))) {
		if (time(NULL) < ASQ_G(client_down_until)) {
			return asq_error_set(error, 2002, "The database could not be reached a moment ago; it is tried again in a few seconds.");
		}
		if (asq_client_open(ASQ_G(client), error) != ASQ_OK) {
			ASQ_G(client_down_until) = time(NULL) + ASQ_DOWN_SECONDS;
			return ASQ_FAILED;
		}
	}
	if (ASQ_G(client)->dirty) {
		asq_client_roll_back(ASQ_G(client));
	}
	asq_client_fill(link, ASQ_G(client));
	return ASQ_OK;
}

bool asq_client_current(asq_link *link)
{
	asq_client *client = ASQ_G(client);

	if (!client || !client->conn || client->owner != getpid() || client->waiting) {
		return false;
	}
	if (client->dirty) {
		asq_client_roll_back(client);
	}
	asq_client_fill(link, client);
	return true;
}

void asq_client_release(void)
{
	asq_client *client = ASQ_G(client);

	asq_client_end_beside();
	if (client && client->waiting) {
		/* The request was broken off, say for want of memory: the server undoes what was under way. */
		asq_client_disconnect(client);
	}
	/* So it may have been in the middle of a transaction whose statements were answered. */
	if (client && client->conn && client->owner == getpid() && (client->dirty || (client->conn->server_status & SERVER_STATUS_IN_TRANS))) {
		asq_client_roll_back(client);
	}
}

/* ---- The library ------------------------------------------------------------------------------ */

const char *asq_client_library(void)
{
	return ASQ_CLIENT_NAME;
}

const char *asq_client_library_version(void)
{
	return mysql_get_client_info();
}

const char *asq_client_server(void)
{
	asq_client *client = ASQ_G(client);

	return client && client->conn && client->owner == getpid() ? mysql_get_server_info(client->conn) : NULL;
}

bool asq_client_library_init(void)
{
	return mysql_library_init(0, NULL, NULL) == 0;
}

void asq_client_library_end(void)
{
	mysql_library_end();
}

void asq_client_thread_end(asq_client *client, asq_client *beside)
{
	asq_client_end(client);
	asq_client_end(beside);
	mysql_thread_end();
}
