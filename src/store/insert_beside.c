/*
 * insert_beside.c: storing many actions over two links, by turns: while the server works on a chunk for one of them, it works on
 * the next one for the other.
 *
 * Invariants: a chunk is committed after the one before, so that what is stored is always the first so many; and only if its ids
 * come after that one's, so that ids ascend.
 */
#include "inserting.h"
#include "tables.h"
#include "src/db/monotonic.h"

#include <time.h>

#define ASQ_PREPARED_LEAST 5000   /* rows: for fewer it is not worth while to prepare statements on both links */
#define ASQ_PAUSE_MAX      0.1    /* seconds */
#define ASQ_FIRST_TAKES    0.02   /* seconds, of a chunk, while none has been stored */

typedef struct {
	asq_link *link;
	bool prepared;      /* the statements of a whole chunk are */
} asq_lane;

/* A chunk on its way. */
typedef struct {
	asq_lane *lane;
	asq_batch batch;
	asq_many_row *rows;
	size_t count;
	uint64_t first;     /* id */
	double begun;       /* when */
	bool sent;          /* and its answers have not been read */
	bool reopened;      /* its link was lost, and is a new connection */
} asq_chunk;

/* The rows that are still to be taken. */
typedef struct {
	asq_many_row *rows;
	size_t count;
} asq_many_rest;

/* ---- A lane --------------------------------------------------------------------------------------- */

/* Nothing is tried again over a new connection: that one would know of no chunk, and might lead to another server. */
static asq_status asq_lane_run(asq_lane *lane, asq_batch *batch, asq_error *error)
{
	asq_status status = asq_link_begin(lane->link, batch, error);

	return status == ASQ_OK ? asq_link_finish(lane->link, batch, error) : status;
}

static asq_status asq_lane_say(asq_lane *lane, const char *statement, asq_error *error)
{
	asq_batch batch;
	asq_status status;

	asq_batch_init(&batch, false);
	smart_str_appends(asq_batch_add(&batch), statement);
	status = asq_lane_run(lane, &batch, error);
	asq_batch_free(&batch);
	return status;
}

static void asq_lane_forget(const asq_many_insert *many, asq_lane *lane)
{
	asq_batch batch;
	asq_error ignored;

	asq_batch_init(&batch, false);
	asq_many_unprepare(many, &batch);
	asq_lane_run(lane, &batch, &ignored);
	asq_batch_free(&batch);
	lane->prepared = false;
}

/* Where the server does not prepare them, say since it has too many, whole statements do. */
static void asq_lane_prepare(const asq_many_insert *many, asq_lane *lane)
{
	asq_batch batch;
	asq_error ignored;

	asq_batch_init(&batch, false);
	asq_many_prepare(many, &batch);
	lane->prepared = asq_lane_run(lane, &batch, &ignored) == ASQ_OK;
	if (!lane->prepared && batch.done > 0) {
		asq_lane_forget(many, lane);
	}
	asq_batch_free(&batch);
}

/* ---- A chunk -------------------------------------------------------------------------------------- */

/* Takes the next rows, if there are any, and builds their statements. */
static asq_chunk asq_chunk_take(const asq_many_insert *many, asq_lane *lane, asq_many_rest *rest)
{
	asq_chunk chunk = { .lane = lane, .rows = rest->rows, .count = asq_many_size(rest->rows, rest->count) };

	asq_batch_init(&chunk.batch, false);
	if (chunk.count) {
		chunk.batch.begins = true;
		if (lane->prepared && asq_many_fits(chunk.rows, chunk.count)) {
			asq_many_execute(many, &chunk.batch, chunk.rows, chunk.count);
		} else {
			asq_many_build(many, &chunk.batch, chunk.rows, chunk.count);
		}
		rest->rows += chunk.count;
		rest->count -= chunk.count;
	}
	return chunk;
}

/*
 * Begins it, but not too soon after the one before: that one takes its ids when the server has read it, which is a tenth of what it
 * takes in all.
 */
static void asq_chunk_begin(asq_chunk *chunk, const asq_chunk *before, double takes)
{
	double early = before && chunk->count ? before->begun + MIN(takes / 4, ASQ_PAUSE_MAX) - asq_monotonic() : 0;
	struct timespec pause = { 0, (long) (early * 1e9) };
	asq_error ignored;

	if (early > 0) {
		nanosleep(&pause, NULL);
	}
	chunk->begun = asq_monotonic();
	chunk->sent = chunk->count && asq_link_begin(chunk->lane->link, &chunk->batch, &ignored) == ASQ_OK;
}

/* Afterwards it is stored, but not committed; or nothing of it is. */
static asq_status asq_chunk_finish(asq_chunk *chunk, asq_error *error)
{
	asq_status status = asq_link_finish(chunk->lane->link, &chunk->batch, error);

	chunk->first = chunk->batch.result[0].insert_id;
	chunk->sent = false;
	return status;
}

/* The commit of a chunk may have gone through, though there was no answer: ASQ_OK, if it has. */
static asq_status asq_chunk_look(const asq_many_insert *many, asq_chunk *chunk, asq_error *error)
{
	asq_site site = *many->site;
	asq_many_insert there = *many;

	/* A server that is being restarted is waited for. */
	if (!asq_link_reopen(chunk->lane->link, ASQ_RUN_PATIENCE, error)) {
		return ASQ_FAILED;
	}
	/* Over this link: the other one may be lost, too, with a chunk that is not committed, and that must be seen. */
	chunk->reopened = true;
	site.link = *chunk->lane->link;
	there.site = &site;
	return asq_many_look(&there, &chunk->rows[0], &chunk->first, error);
}

/* ASQ_NOT_FOUND: it is not stored. ASQ_FAILED: that cannot be told. */
static asq_status asq_chunk_commit(const asq_many_insert *many, asq_chunk *chunk, asq_error *error)
{
	asq_status status = asq_lane_say(chunk->lane, "COMMIT", error);

	if (status != ASQ_OK) {
		status = asq_error_is_undone(error) ? ASQ_NOT_FOUND : asq_chunk_look(many, chunk, error);
	}
	if (status == ASQ_OK) {
		asq_many_stored(many, chunk->rows, chunk->count, chunk->first);
	}
	return status;
}

static void asq_chunk_undo(asq_chunk *chunk)
{
	asq_error ignored;

	asq_lane_say(chunk->lane, "ROLLBACK", &ignored);
}

/* What has been begun, and is not to be stored now. */
static void asq_chunk_drop(asq_chunk *chunk)
{
	asq_error ignored;

	if (chunk->sent && asq_chunk_finish(chunk, &ignored) == ASQ_OK) {
		asq_chunk_undo(chunk);
	}
	asq_batch_free(&chunk->batch);
}

/* Takes it to its end. last: the id that its own are to come after. */
static asq_status asq_chunk_store(const asq_many_insert *many, asq_chunk *chunk, uint64_t last, asq_error *error)
{
	if (asq_chunk_finish(chunk, error) != ASQ_OK) {
		return ASQ_NOT_FOUND;
	}
	if (chunk->first <= last) {
		/* The one before was begun first, but the server came to it later. */
		asq_chunk_undo(chunk);
		return ASQ_NOT_FOUND;
	}
	return asq_chunk_commit(many, chunk, error);
}

/* ---- All of them ---------------------------------------------------------------------------------- */

/* The server works on `now` and on `next`, and the statements of the one after them are built meanwhile. */
static asq_status asq_many_stream(const asq_many_insert *many, asq_lane lanes[2], asq_many_rest rest, size_t *done, asq_error *error)
{
	asq_chunk now, next, after;
	asq_status status = ASQ_OK;
	double takes = ASQ_FIRST_TAKES;
	uint64_t last = 0;
	/* Who knows compound statements knows an EXECUTE that takes values. */
	bool prepares = lanes[0].link->compound && rest.count >= ASQ_PREPARED_LEAST;

	if (prepares) {
		asq_lane_prepare(many, &lanes[0]);
	}
	now = asq_chunk_take(many, &lanes[0], &rest);
	asq_chunk_begin(&now, NULL, 0);
	if (prepares) {
		asq_lane_prepare(many, &lanes[1]);
	}
	next = asq_chunk_take(many, &lanes[1], &rest);
	asq_chunk_begin(&next, &now, takes);
	while (now.sent) {
		after = asq_chunk_take(many, now.lane, &rest);
		status = asq_chunk_store(many, &now, last, error);
		asq_batch_free(&now.batch);
		if (status == ASQ_OK) {
			*done += now.count;
			takes = asq_monotonic() - now.begun;
			last = now.first + (now.count - 1) * many->step;
		}
		if (status != ASQ_OK || now.reopened) {
			asq_batch_free(&after.batch);
			break;
		}
		if (next.sent) {
			asq_chunk_begin(&after, &next, takes);
		}
		now = next;
		next = after;
	}
	asq_batch_free(&now.batch);
	asq_chunk_drop(&next);
	return status == ASQ_FAILED ? ASQ_FAILED : ASQ_OK;
}

/* A chunk that is not to be there has to go: without transactions it would stay. */
static bool asq_many_may_beside(const asq_many_insert *many, size_t count)
{
	const asq_link *link = &many->site->link;

	return count >= ASQ_BESIDE_LEAST && link->vtable->beside && !link->in_transaction && asq_store_undoes(many->site);
}

asq_status asq_many_beside(const asq_many_insert *many, asq_many_row *rows, size_t count, size_t *done, asq_error *error)
{
	asq_link beside;
	asq_lane lanes[2] = { { &many->site->link, false }, { &beside, false } };
	asq_status status;

	*done = 0;
	if (!asq_many_may_beside(many, count) || asq_link_beside(&many->site->link, &beside, error) != ASQ_OK) {
		return ASQ_OK;
	}
	status = asq_many_stream(many, lanes, (asq_many_rest) { rows, count }, done, error);
	if (lanes[0].prepared) {
		asq_lane_forget(many, &lanes[0]);
	}
	asq_link_part(&beside);
	return status;
}
