/*
 * insert_beside.c: storing many actions over two links: while one writes the log rows of a chunk and commits it, the other stores the
 * actions of the next. These are two tables, so that neither is in the other's way.
 *
 * Invariants: a chunk's actions are begun when those of the one before have their ids, so that ids ascend; and it is committed after
 * that one, so that what is stored is always the first so many.
 */
#include "inserting.h"

#define ASQ_BESIDE_LEAST 2000   /* rows: for fewer, another connection is not worth its while */

/* A chunk on its way over a link. */
typedef struct {
	asq_link *link;
	asq_batch batch;
	asq_many_row *rows;
	size_t count;
	uint64_t first;     /* id */
	bool stored;        /* its actions are, and not yet committed */
	bool sent;          /* its log rows and the commit are on their way */
} asq_chunk;

/* Takes the next rows, if there are any; *left is what comes after them. */
static bool asq_chunk_take(const asq_many_insert *many, asq_chunk *chunk, asq_many_row **rows, size_t *left)
{
	chunk->rows = *rows;
	chunk->count = asq_many_size(*rows, *left);
	chunk->stored = false;
	asq_batch_init(&chunk->batch, false);
	if (!chunk->count) {
		return false;
	}
	chunk->batch.begins = true;
	asq_many_actions(many, asq_batch_add(&chunk->batch), chunk->rows, chunk->count);
	*rows += chunk->count;
	*left -= chunk->count;
	return true;
}

static asq_status asq_chunk_finish_actions(asq_chunk *chunk, asq_error *error)
{
	asq_status status = asq_link_finish(chunk->link, &chunk->batch, error);

	chunk->stored = status == ASQ_OK;
	chunk->first = chunk->batch.result[0].insert_id;
	asq_batch_free(&chunk->batch);
	return status;
}

static void asq_chunk_begin_logs(const asq_many_insert *many, asq_chunk *chunk)
{
	asq_log_many logs = {0};
	asq_error ignored;

	asq_batch_init(&chunk->batch, false);
	chunk->batch.ends = true;
	for (size_t i = 0; i < chunk->count; i++) {
		asq_store_log_many(many->site, &logs, chunk->first + i * many->step, many->log);
	}
	asq_store_log_many_end(many->site, &chunk->batch, &logs);
	chunk->sent = asq_link_begin(chunk->link, &chunk->batch, &ignored) == ASQ_OK;
}

/* The commit of a chunk whose connection was lost may have gone through: ASQ_OK, if it has. */
static asq_status asq_chunk_look(const asq_many_insert *many, asq_chunk *chunk, asq_error *error)
{
	asq_site site = *many->site;
	asq_many_insert there = *many;

	/* A server that is being restarted is waited for. */
	if (!asq_link_reopen(chunk->link, ASQ_RUN_PATIENCE, error)) {
		return ASQ_FAILED;
	}
	/* Over this link: the other one may be lost, too, with a chunk that is not committed, and that must be seen. */
	site.link = *chunk->link;
	there.site = &site;
	return asq_many_look(&there, &chunk->rows[0], &chunk->first, error);
}

/* ASQ_NOT_FOUND: it is not stored. ASQ_FAILED: that cannot be told. */
static asq_status asq_chunk_finish_logs(const asq_many_insert *many, asq_chunk *chunk, asq_error *error)
{
	asq_status status = chunk->sent ? asq_link_finish(chunk->link, &chunk->batch, error) : ASQ_FAILED;

	asq_batch_free(&chunk->batch);
	chunk->stored = false;
	if (status != ASQ_OK) {
		status = !chunk->sent || asq_error_is_gone(error) ? asq_chunk_look(many, chunk, error) : ASQ_NOT_FOUND;
	}
	if (status == ASQ_OK) {
		asq_many_stored(many, chunk->rows, chunk->count, chunk->first);
	}
	return status;
}

static void asq_chunk_undo(asq_chunk *chunk)
{
	asq_batch batch;
	asq_error ignored;

	asq_batch_init(&batch, false);
	smart_str_appends(asq_batch_add(&batch), "ROLLBACK");
	asq_link_run(chunk->link, &batch, &ignored);
	asq_batch_free(&batch);
	chunk->stored = false;
}

/* One chunk is being committed (`before`), the actions of another stored (`now`), and the text of the next one is made meanwhile. */
static asq_status asq_many_stream(const asq_many_insert *many, asq_link *beside, asq_many_row *rows, size_t left, size_t *done, asq_error *error)
{
	asq_chunk before = { .link = beside }, now = { .link = &many->site->link }, next;
	asq_status stored, committed;
	bool more = asq_chunk_take(many, &now, &rows, &left);

	if (asq_link_begin(now.link, &now.batch, error) != ASQ_OK) {
		asq_batch_free(&now.batch);
		return ASQ_OK;
	}
	while (more) {
		next = (asq_chunk) { .link = before.link };
		more = asq_chunk_take(many, &next, &rows, &left);
		stored = asq_chunk_finish_actions(&now, error);
		committed = before.count ? asq_chunk_finish_logs(many, &before, error) : ASQ_OK;
		*done += committed == ASQ_OK ? before.count : 0;
		if (stored != ASQ_OK || committed != ASQ_OK) {
			if (now.stored) {
				asq_chunk_undo(&now);
			}
			asq_batch_free(&next.batch);
			return committed == ASQ_FAILED ? ASQ_FAILED : ASQ_OK;
		}
		if (more && asq_link_begin(next.link, &next.batch, error) != ASQ_OK) {
			asq_batch_free(&next.batch);
			more = false;
		}
		asq_chunk_begin_logs(many, &now);
		before = now;
		now = next;
	}
	committed = asq_chunk_finish_logs(many, &before, error);
	*done += committed == ASQ_OK ? before.count : 0;
	return committed == ASQ_FAILED ? ASQ_FAILED : ASQ_OK;
}

asq_status asq_many_beside(const asq_many_insert *many, asq_many_row *rows, size_t count, size_t *done, asq_error *error)
{
	asq_link beside;
	asq_status status;

	*done = 0;
	if (!many->log || count < ASQ_BESIDE_LEAST || asq_link_beside(&many->site->link, &beside, error) != ASQ_OK) {
		return ASQ_OK;
	}
	status = asq_many_stream(many, &beside, rows, count, done, error);
	asq_link_part(&beside);
	return status;
}
