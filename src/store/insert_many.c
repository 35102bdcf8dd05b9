/*
 * insert_many.c: storing many actions that are alike, in multi-row statements.
 */
#include "inserting.h"
#include "statement.h"
#include "wake.h"

#define ASQ_HOOK_MAX     191            /* characters */
#define ASQ_MANY_ROWS    500
#define ASQ_MANY_BYTES   (512 * 1024)   /* well below the smallest max_allowed_packet there is */

/* The row of one action of many. */
static asq_action_row asq_many_row_of(const asq_action_row *like, const asq_many_row *row)
{
	asq_action_row one = *like;

	one.args = row->args;
	one.extended_args = row->extended_args;
	return one;
}

static void asq_many_values(asq_site *site, smart_str *sql, const asq_action_row *like, const asq_many_row *row, uint64_t group)
{
	asq_action_row one = asq_many_row_of(like, row);

	smart_str_appendc(sql, '(');
	asq_insert_values(site, sql, &one, true);
	smart_str_append_unsigned(sql, group);
	smart_str_appendc(sql, ')');
}

/* A log row per action: the ids of a multi-row insert follow one another by the server's increment. */
static void asq_many_logs(asq_site *site, smart_str *sql, const asq_log_row *log, size_t count)
{
	smart_str tail = {0};

	smart_str_appendc(&tail, ',');
	asq_store_log_parts(site, &tail, log);
	smart_str_appendc(&tail, ')');
	asq_store_log_into(site, sql);
	smart_str_appends(sql, "VALUES ");
	for (size_t i = 0; i < count; i++) {
		smart_str_append_printf(sql, "%s(@asq_first+" ZEND_ULONG_FMT "*@@auto_increment_increment", i ? "," : "", (zend_ulong) i);
		smart_str_append_smart_str(sql, &tail);
	}
	smart_str_free(&tail);
}

/* One multi-row insert. *first is its first row's id, if it is known; *lost: it failed, but may have been committed. */
static asq_status asq_many_try(asq_site *site, const asq_action_row *like, asq_many_row **rows, size_t count, uint64_t group,
	const asq_log_row *log, uint64_t *first, bool *lost, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	asq_batch_init(&batch, true);
	batch.once = true;
	sql = asq_batch_add(&batch);
	asq_insert_columns(site, sql, true);
	smart_str_appends(sql, " VALUES ");
	for (size_t i = 0; i < count; i++) {
		if (i) {
			smart_str_appendc(sql, ',');
		}
		asq_many_values(site, sql, like, rows[i], group);
	}
	smart_str_appends(asq_batch_add(&batch), "SET @asq_first=LAST_INSERT_ID()");
	if (log) {
		asq_many_logs(site, asq_batch_add(&batch), log, count);
	}
	status = asq_site_run(site, &batch, error);
	*lost = status == ASQ_FAILED && asq_error_is_gone(error) && !site->link.in_transaction && site->link.vtable->reopens;
	*first = batch.done > 0 ? batch.result[0].insert_id : 0;
	asq_batch_free(&batch);
	return status;
}

/* The ids of a multi-row insert follow one another by this. */
static asq_status asq_many_step(asq_site *site, uint64_t *step, asq_error *error)
{
	asq_batch batch;
	asq_status status;

	asq_batch_init(&batch, false);
	smart_str_appends(asq_batch_add(&batch), "SELECT @@auto_increment_increment");
	status = asq_statement_number(site, &batch, step, error);
	*step = MAX(*step, 1);
	return status;
}

/* All of a chunk is there or nothing: its first row tells. */
static asq_status asq_many_look(asq_site *site, const asq_action_row *like, const asq_many_row *row, const asq_log_row *log, uint64_t *first, asq_error *error)
{
	asq_action_row one = asq_many_row_of(like, row);
	uint64_t log_id;

	return asq_insert_look(site, &one, log, first, &log_id, error);
}

static asq_status asq_many_chunk(asq_site *site, const asq_action_row *like, asq_many_row **rows, size_t count, uint64_t group, uint64_t step,
	const asq_log_row *log, asq_error *error)
{
	asq_status status;
	uint64_t first;
	bool lost;

	for (unsigned tries = 0; ; tries++) {
		asq_status found;
		status = asq_many_try(site, like, rows, count, group, log, &first, &lost, error);
		if (!lost || tries >= ASQ_INSERT_TRIES) {
			break;
		}
		found = asq_many_look(site, like, rows[0], log, &first, error);
		if (found != ASQ_NOT_FOUND) {
			status = found;
			break;
		}
	}
	if (status != ASQ_OK) {
		return status;
	}
	for (size_t i = 0; i < count; i++) {
		rows[i]->id = first + i * step;
	}
	asq_insert_remember(site, rows[count - 1]->id);
	asq_wake_send(site, like->date_gmt);
	return ASQ_OK;
}

/* How many rows the next chunk takes. */
static size_t asq_many_size(asq_many_row **rows, size_t left)
{
	size_t bytes = 0, count = 0;

	while (count < left && count < ASQ_MANY_ROWS && bytes < ASQ_MANY_BYTES) {
		bytes += 512 + 2 * ZSTR_LEN(rows[count]->args) + (rows[count]->extended_args ? 2 * ZSTR_LEN(rows[count]->extended_args) : 0);
		count++;
	}
	return count;
}

/* Each for itself, where each has to look whether it is alone. */
static asq_status asq_many_unique(asq_site *site, const asq_action_row *like, asq_many_row *rows, size_t count,
	asq_unique unique, const asq_log_row *log, asq_error *error)
{
	for (size_t i = 0; i < count; i++) {
		asq_action_row row = asq_many_row_of(like, &rows[i]);
		uint64_t log_id;
		asq_status status;

		status = asq_store_insert(site, &row, unique, log, &rows[i].id, &log_id, error);
		if (status != ASQ_OK) {
			return status;
		}
	}
	return ASQ_OK;
}

/* What is longer than the column is cut by most servers, and is another hook's then. */
static bool asq_many_hook_fits(const zend_string *hook)
{
	size_t characters = 0;

	for (size_t i = 0; i < ZSTR_LEN(hook); i++) {
		characters += ((unsigned char) ZSTR_VAL(hook)[i] & 0xc0) != 0x80;
	}
	return characters <= ASQ_HOOK_MAX;
}

asq_status asq_store_insert_many(asq_site *site, const asq_action_row *like, asq_many_row *rows, size_t count,
	asq_unique unique, const asq_log_row *log, asq_error *error)
{
	asq_many_row **all;
	asq_status status = ASQ_OK;
	uint64_t group = 0, step = 1;

	if (!asq_link_can_store(&site->link, like->hook) || (like->group && !asq_link_can_store(&site->link, like->group))) {
		return asq_error_set(error, 0, "The hook or the group is not valid UTF-8.");
	}
	if (!asq_many_hook_fits(like->hook)) {
		return asq_error_set(error, 0, "The hook's name is longer than %d characters.", ASQ_HOOK_MAX);
	}
	if (unique != ASQ_UNIQUE_NO) {
		return asq_many_unique(site, like, rows, count, unique, log, error);
	}
	if (like->group) {
		status = asq_group_find_or_make(site, like->group, &group, error);
		if (status != ASQ_OK) {
			return status == ASQ_DECLINED ? asq_error_set(error, 0, "The group's name is longer than 255 bytes or not valid UTF-8.") : status;
		}
	}
	if (status == ASQ_OK) {
		status = asq_many_step(site, &step, error);
	}
	all = safe_emalloc(count, sizeof(*all), 0);
	for (size_t i = 0; i < count; i++) {
		all[i] = &rows[i];
	}
	for (size_t at = 0, size; status == ASQ_OK && at < count; at += size) {
		size = asq_many_size(all + at, count - at);
		status = asq_many_chunk(site, like, all + at, size, group, step, log, error);
	}
	efree(all);
	return status;
}
