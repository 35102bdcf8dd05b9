/*
 * link.c: batches, and the rule by which a failed one is tried again.
 */
#include "link.h"
#include "php_asq.h"
#include "monotonic.h"

#include <time.h>
#include <unistd.h>

#define ASQ_RETRIES 12    /* of a deadlock */
#define ASQ_LOSSES  5     /* of the connection, in one batch */
#define ASQ_MOMENT  0.2   /* seconds */

void asq_batch_init(asq_batch *batch, bool transactional)
{
	memset(batch, 0, sizeof(*batch));
	batch->transactional = transactional;
}

void asq_batch_clear(asq_batch *batch)
{
	for (unsigned i = 0; i < batch->count; i++) {
		zval_ptr_dtor(&batch->result[i].rows);
		memset(&batch->result[i], 0, sizeof(batch->result[i]));
	}
	batch->done = 0;
}

void asq_batch_forget_values(asq_batch *batch)
{
	for (unsigned i = 0; i < batch->values; i++) {
		if (batch->value[i].text) {
			zend_string_release(batch->value[i].text);
		}
	}
	batch->values = 0;
}

void asq_batch_free(asq_batch *batch)
{
	asq_batch_clear(batch);
	for (unsigned i = 0; i < batch->count; i++) {
		smart_str_free(&batch->sql[i]);
	}
	asq_batch_forget_values(batch);
	batch->count = 0;
}

smart_str *asq_batch_add(asq_batch *batch)
{
	ZEND_ASSERT(batch->count < ASQ_BATCH_MAX);
	return &batch->sql[batch->count++];
}

/*
 * Sleeps 1 to 2 ms, doubled with each try up to a quarter of a second. The part that is chance keeps rivals
 * from meeting again; it comes from the clock and the process id, since PHP's generator is the caller's.
 */
static void asq_backoff(unsigned attempt)
{
	long unit = 1000000L << (attempt < 7 ? attempt : 7);
	struct timespec pause;

	clock_gettime(CLOCK_MONOTONIC, &pause);
	pause.tv_nsec = unit + (long) (((uint64_t) pause.tv_nsec * 2654435761u ^ (uint64_t) getpid() * 40503u) % (uint64_t) unit);
	pause.tv_sec = 0;
	nanosleep(&pause, NULL);
}

/*
 * A batch is sent again over a new connection if that does no harm: it only reads, or to do it twice is the same as once. Of
 * what was sent all may have been committed, even if no answer came: the server keeps answers back until it has many, or
 * is through. So for other batches the caller looks at the rows, see store/.
 */
static bool asq_may_reopen(const asq_batch *batch)
{
	return !batch->once && (!batch->transactional || batch->repeatable || batch->done == 0);
}

bool asq_link_reopen(asq_link *link, unsigned patience, asq_error *error)
{
	double until = asq_monotonic() + (patience ? patience : ASQ_MOMENT);
	unsigned attempt = 0;

	do {
		asq_backoff(attempt++);
		if (link->vtable->reopen(link, error) == ASQ_OK) {
			return true;
		}
	} while (asq_monotonic() < until && link->vtable->reopens && asq_error_is_gone(error));
	return false;
}

/* What may be tried again, and how often: a deadlock soon, a lock wait once, since it has taken its time. */
static bool asq_may_retry(const asq_link *link, const asq_error *error, unsigned attempt)
{
	if (link->in_transaction || !asq_error_is_lock(error)) {
		return false;
	}
	return attempt < (asq_error_is_wait(error) ? 1 : ASQ_RETRIES);
}

static void asq_batch_terminate(asq_batch *batch)
{
	for (unsigned i = 0; i < batch->count; i++) {
		smart_str_0(&batch->sql[i]);
	}
}

asq_status asq_link_run(asq_link *link, asq_batch *batch, asq_error *error)
{
	asq_status status;
	unsigned locks = 0, losses = 0;

	asq_batch_terminate(batch);
	for (;;) {
		*error = (asq_error) {0};
		status = link->vtable->run(link, batch, error);
		if (status != ASQ_FAILED) {
			return status;
		}
		if (asq_may_retry(link, error, locks)) {
			asq_backoff(locks++);
		} else if (!link->in_transaction && asq_error_is_gone(error) && asq_may_reopen(batch) && losses++ < ASQ_LOSSES
				&& asq_link_reopen(link, batch->patience, error)) {
			batch->retried = true;
		} else {
			return status;
		}
		asq_batch_clear(batch);
	}
}

asq_status asq_link_begin(asq_link *link, asq_batch *batch, asq_error *error)
{
	*error = (asq_error) {0};
	asq_batch_terminate(batch);
	return link->vtable->begin(link, batch, error);
}

asq_status asq_link_finish(asq_link *link, asq_batch *batch, asq_error *error)
{
	*error = (asq_error) {0};
	return link->vtable->finish(link, batch, error);
}

asq_status asq_link_beside(asq_link *link, asq_link *beside, asq_error *error)
{
	*error = (asq_error) {0};
	if (!link->vtable->beside || link->in_transaction) {
		return ASQ_DECLINED;
	}
	return link->vtable->beside(link, beside, error);
}

void asq_link_part(asq_link *beside)
{
	beside->vtable->part(beside);
}

/* Nothing to write: what the look has locked is let go. */
static asq_status asq_transact_end(asq_link *link, asq_error *error)
{
	asq_batch end;
	asq_status status;

	asq_batch_init(&end, false);
	smart_str_appends(asq_batch_add(&end), "ROLLBACK");
	asq_batch_terminate(&end);
	status = link->vtable->run(link, &end, error);
	asq_batch_free(&end);
	return status;
}

/* Once through it. *unsure: the connection was lost while it was being committed. */
static asq_status asq_transact_once(asq_link *link, asq_batch *look, asq_batch *write, asq_fill fill, void *context, bool *unsure, asq_error *error)
{
	asq_error ignored;
	asq_status status = link->vtable->run(link, look, error);

	*unsure = false;
	if (status != ASQ_OK) {
		return status;
	}
	status = fill(look, write, context, error);
	if (status != ASQ_OK || !write->count) {
		asq_status ended = asq_transact_end(link, &ignored);
		return status == ASQ_OK && ended != ASQ_OK && !asq_error_is_gone(&ignored) ? ended : status;
	}
	asq_batch_terminate(write);
	status = link->vtable->run(link, write, error);
	*unsure = status != ASQ_OK && asq_error_is_gone(error);
	return status;
}

asq_status asq_link_transact(asq_link *link, asq_batch *look, asq_batch *write, asq_fill fill, void *context, asq_error *error)
{
	asq_status status;
	unsigned locks = 0, losses = 0;
	bool unsure, other_level = false;

	look->begins = write->ends = true;
	asq_batch_terminate(look);
	for (;;) {
		*error = (asq_error) {0};
		status = asq_transact_once(link, look, write, fill, context, &unsure, error);
		if (status != ASQ_FAILED) {
			return status;
		}
		if (asq_may_retry(link, error, locks)) {
			asq_backoff(locks++);
		} else if (asq_error_is_gone(error) && losses++ < ASQ_LOSSES && asq_link_reopen(link, look->patience, error)) {
			write->retried = write->retried || unsure;
		} else if (asq_error_is_binlog(error) && !other_level) {
			/* The link has gone over to REPEATABLE READ. */
			other_level = true;
		} else {
			return status;
		}
		asq_batch_clear(look);
		asq_batch_free(write);
	}
}

HashTable *asq_result_rows(const asq_result *result)
{
	return Z_TYPE(result->rows) == IS_ARRAY ? Z_ARRVAL(result->rows) : NULL;
}

zend_string *asq_row_get(const zval *row, uint32_t column)
{
	zval *cell = zend_hash_index_find(Z_ARRVAL_P(row), column);

	return cell && Z_TYPE_P(cell) == IS_STRING ? Z_STR_P(cell) : NULL;
}

uint64_t asq_row_number(const zval *row, uint32_t column)
{
	zend_string *cell = asq_row_get(row, column);

	return cell ? ZEND_STRTOUL(ZSTR_VAL(cell), NULL, 10) : 0;
}

zend_long asq_row_long(const zval *row, uint32_t column)
{
	zend_string *cell = asq_row_get(row, column);

	return cell ? ZEND_STRTOL(ZSTR_VAL(cell), NULL, 10) : 0;
}

zend_string *asq_result_cell(const asq_result *result)
{
	HashTable *rows = asq_result_rows(result);
	zval *row = rows ? zend_hash_index_find(rows, 0) : NULL;

	return row ? asq_row_get(row, 0) : NULL;
}

/* ---- Building SQL ----------------------------------------------------------------------------- */

void asq_sql_chars(asq_link *link, smart_str *sql, const char *value, size_t length)
{
	smart_str_appendc(sql, '\'');
	link->vtable->escape(link, sql, value, length);
	smart_str_appendc(sql, '\'');
}

void asq_sql_value(asq_link *link, asq_batch *batch, const zend_string *value)
{
	smart_str *sql = &batch->sql[batch->count - 1];
	size_t from = smart_str_get_len(sql);

	ZEND_ASSERT(batch->values < ASQ_VALUES_MAX);
	asq_sql_chars(link, sql, ZSTR_VAL(value), ZSTR_LEN(value));
	batch->value[batch->values++] = (asq_value) { .text = zend_string_copy((zend_string *) value), .from = from, .to = smart_str_get_len(sql) };
}

void asq_sql_collect(asq_link *link, asq_batch *batch)
{
	link->collects = batch;
}

/* The batch, if what is appended to this text is to be remembered. */
static asq_batch *asq_sql_collects(const asq_link *link, const smart_str *sql)
{
	asq_batch *batch = link->collects;

	return batch && sql == &batch->sql[batch->count - 1] ? batch : NULL;
}

void asq_sql_string(asq_link *link, smart_str *sql, const zend_string *value)
{
	asq_batch *batch = asq_sql_collects(link, sql);

	if (batch) {
		asq_sql_value(link, batch, value);
	} else {
		asq_sql_chars(link, sql, ZSTR_VAL(value), ZSTR_LEN(value));
	}
}

void asq_sql_number(asq_link *link, smart_str *sql, uint64_t value)
{
	asq_batch *batch = asq_sql_collects(link, sql);
	size_t from = smart_str_get_len(sql);

	asq_sql_long(sql, (int64_t) value);
	if (batch) {
		ZEND_ASSERT(batch->values < ASQ_VALUES_MAX);
		batch->value[batch->values++] = (asq_value) { .number = (int64_t) value, .from = from, .to = smart_str_get_len(sql) };
	}
}

void asq_sql_long(smart_str *sql, int64_t value)
{
	smart_str_append_long(sql, (zend_long) value);
}

bool asq_server_skips_locked(const char *version)
{
	int major = 0, minor = 0, patch = 0;

	/* MariaDB's replication prefix, for clients of old. */
	if (strncmp(version, "5.5.5-", 6) == 0) {
		version += 6;
	}
	if (sscanf(version, "%d.%d.%d", &major, &minor, &patch) < 2) {
		return false;
	}
	if (strstr(version, "MariaDB")) {
		return major > 10 || (major == 10 && minor >= 6);
	}
	return major > 8 || (major == 8 && (minor > 0 || patch >= 1));
}

bool asq_server_has_compound(const char *version)
{
	return strstr(version, "MariaDB") != NULL;
}

/* The length of the UTF-8 letter at s, 0 if it is none. */
static size_t asq_utf8_letter(const unsigned char *s, size_t left)
{
	size_t length = *s < 0xc2 ? 0 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : *s < 0xf5 ? 4 : 0;

	if (length == 0 || length > left) {
		return 0;
	}
	if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) || (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f)) {
		return 0;
	}
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80) {
			return 0;
		}
	}
	return length;
}

bool asq_link_can_store(const asq_link *link, const zend_string *text)
{
	const unsigned char *s = (const unsigned char *) ZSTR_VAL(text), *end = s + ZSTR_LEN(text);

	while (s < end) {
		if (*s < 0x80) {
			s++;
			continue;
		}
		size_t length = asq_utf8_letter(s, (size_t) (end - s));
		if (length == 0 || (length == 4 && link->utf8mb3)) {
			return false;
		}
		s += length;
	}
	return true;
}
