/*
 * insert_many.c: storing many actions that are alike, in multi-row statements.
 */
#include "inserting.h"
#include "statement.h"
#include "wake.h"

#define ASQ_HOOK_MAX     191            /* characters */
#define ASQ_BESIDE_STOPS 3              /* so often a second link may turn out not to have been worth it */
#define ASQ_MANY_BYTES   (512 * 1024)   /* well below the smallest max_allowed_packet there is */

/* The row of one action of many. */
static asq_action_row asq_many_row_of(const asq_action_row *like, const asq_many_row *row)
{
	asq_action_row one = *like;

	one.args = row->args;
	one.extended_args = row->extended_args;
	return one;
}

/* ---- Chunks --------------------------------------------------------------------------------------- */

size_t asq_many_size(const asq_many_row *rows, size_t left)
{
	size_t bytes = 0, count = 0;

	while (count < left && count < ASQ_MANY_ROWS && bytes < ASQ_MANY_BYTES) {
		bytes += 512 + 2 * ZSTR_LEN(rows[count].args) + (rows[count].extended_args ? 2 * ZSTR_LEN(rows[count].extended_args) : 0);
		count++;
	}
	return count;
}

void asq_many_actions(const asq_many_insert *many, smart_str *sql, const asq_many_row *rows, size_t count)
{
	asq_insert_columns(many->site, sql, rows != NULL);
	smart_str_appends(sql, " VALUES ");
	for (size_t i = 0; i < count; i++) {
		if (i) {
			smart_str_appendc(sql, ',');
		}
		smart_str_append_smart_str(sql, &many->before);
		if (rows) {
			asq_insert_args(many->site, sql, rows[i].args, rows[i].extended_args, true);
		} else {
			smart_str_appends(sql, "?,");
		}
		smart_str_append_smart_str(sql, &many->after);
	}
}

void asq_many_logs(const asq_many_insert *many, smart_str *sql, size_t count, const char *first, const char *says)
{
	asq_store_log_into(many->site, sql);
	smart_str_appends(sql, "VALUES ");
	for (size_t i = 0; i < count; i++) {
		smart_str_append_printf(sql, "%s(%s+" ZEND_ULONG_FMT ",%s)", i ? "," : "", first, (zend_ulong) (i * many->step), says);
	}
}

/* Of the log rows, the first id is kept and what they say is said once. */
static void asq_many_log_variables(const asq_many_insert *many, smart_str *sql)
{
	asq_link *link = &many->site->link;

	smart_str_appends(sql, "SET @asq_first=LAST_INSERT_ID(),@asq_m0=");
	asq_sql_string(link, sql, many->log->message);
	smart_str_appends(sql, ",@asq_g0=");
	asq_sql_string(link, sql, many->log->date_gmt);
	smart_str_appends(sql, ",@asq_l0=");
	asq_sql_string(link, sql, many->log->date_local);
}

void asq_many_build(const asq_many_insert *many, asq_batch *batch, const asq_many_row *rows, size_t count)
{
	asq_many_actions(many, asq_batch_add(batch), rows, count);
	if (many->log) {
		asq_many_log_variables(many, asq_batch_add(batch));
		asq_many_logs(many, asq_batch_add(batch), count, "@asq_first", "@asq_m0,@asq_g0,@asq_l0");
	}
}

/* One multi-row insert. *first is its first row's id, if it is known; *lost: it failed, but may have been committed. */
static asq_status asq_many_try(const asq_many_insert *many, const asq_many_row *rows, size_t count, uint64_t *first, bool *lost, asq_error *error)
{
	asq_site *site = many->site;
	asq_batch batch;
	asq_status status;

	asq_batch_init(&batch, true);
	batch.once = true;
	asq_many_build(many, &batch, rows, count);
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

asq_status asq_many_look(const asq_many_insert *many, const asq_many_row *row, uint64_t *first, asq_error *error)
{
	asq_action_row one = asq_many_row_of(many->like, row);
	uint64_t log_id;

	return asq_insert_look(many->site, &one, many->log, first, &log_id, error);
}

void asq_many_stored(const asq_many_insert *many, asq_many_row *rows, size_t count, uint64_t first)
{
	for (size_t i = 0; i < count; i++) {
		rows[i].id = first + i * many->step;
	}
	asq_insert_remember(many->site, rows[count - 1].id);
	asq_wake_send(many->site, many->like->date_gmt);
}

static asq_status asq_many_chunk(const asq_many_insert *many, asq_many_row *rows, size_t count, asq_error *error)
{
	asq_status status;
	uint64_t first;
	bool lost;

	for (unsigned tries = 0; ; tries++) {
		asq_status found;
		status = asq_many_try(many, rows, count, &first, &lost, error);
		if (!lost || tries >= ASQ_INSERT_TRIES) {
			break;
		}
		found = asq_many_look(many, &rows[0], &first, error);
		if (found != ASQ_NOT_FOUND) {
			status = found;
			break;
		}
	}
	if (status == ASQ_OK) {
		asq_many_stored(many, rows, count, first);
	}
	return status;
}

/*
 * All of them, over two links as long as that gets on. A chunk that has met something is stored over one link, which knows what to do
 * about it, and after that both are tried again.
 */
static asq_status asq_many_chunks(const asq_many_insert *many, asq_many_row *rows, size_t count, asq_error *error)
{
	asq_status status = ASQ_OK;
	size_t done = 0, size;
	bool beside = true;
	unsigned stops = 0;

	while (status == ASQ_OK && done < count) {
		if (beside) {
			status = asq_many_beside(many, rows + done, count - done, &size, error);
			done += size;
			stops += size < ASQ_BESIDE_LEAST;
			beside = size > 0 && stops < ASQ_BESIDE_STOPS;
		}
		if (status == ASQ_OK && done < count) {
			size = asq_many_size(rows + done, count - done);
			status = asq_many_chunk(many, rows + done, size, error);
			done += size;
		}
	}
	return status;
}

/* ---- All ------------------------------------------------------------------------------------------ */

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
	asq_many_insert many = { .site = site, .like = like, .log = log };
	asq_status status = ASQ_OK;
	uint64_t group = 0;

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
		status = asq_many_step(site, &many.step, error);
	}
	if (status != ASQ_OK) {
		return status;
	}
	smart_str_appendc(&many.before, '(');
	asq_insert_alike(site, &many.before, like);
	smart_str_append_unsigned(&many.after, group);
	smart_str_appendc(&many.after, ')');
	status = asq_many_chunks(&many, rows, count, error);
	smart_str_free(&many.before);
	smart_str_free(&many.after);
	return status;
}
