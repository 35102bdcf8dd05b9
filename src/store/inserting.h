/*
 * inserting.h: what the files share that store actions: insert.c (one), insert_many.c with insert_beside.c and insert_prepared.c, groups.c,
 * webhooks.c.
 */
#ifndef ASQ_STORE_INSERTING_H
#define ASQ_STORE_INSERTING_H

#include "insert.h"

#define ASQ_INSERT_TRIES 5      /* after a lost connection */
#define ASQ_MANY_ROWS    500    /* in a chunk, at most */

/* ---- groups.c ----------------------------------------------------------------------------------- */

/* Makes a group where there is none. A slug that wpdb would refuse (too long, or not UTF-8) is declined. */
asq_status asq_group_make(asq_site *site, const zend_string *slug, asq_error *error);

/* A group's id; makes it where there is none. */
asq_status asq_group_find_or_make(asq_site *site, const zend_string *slug, uint64_t *id, asq_error *error);

/* ---- insert.c ----------------------------------------------------------------------------------- */

/* INSERT INTO ... (...), up to the values. */
void asq_insert_columns(asq_site *site, smart_str *sql, bool extended);

/* All values but the group's, each followed by a comma; with extended_args, if there are any. */
void asq_insert_values(asq_site *site, smart_str *sql, const asq_action_row *row);

/*
 * The same in parts, each followed by a comma: up to the args, in which actions may be alike; and the args. extended: with that column, whether
 * it is used or not.
 */
void asq_insert_alike(asq_site *site, smart_str *sql, const asq_action_row *row);
void asq_insert_args(asq_site *site, smart_str *sql, const zend_string *args, const zend_string *extended_args, bool extended);

/* The highest id that is known to be there. */
void asq_insert_remember(const asq_site *site, uint64_t id);

/* It is committed: what this process remembers of it, and those who wait are told. */
void asq_insert_stored(asq_site *site, const asq_action_row *row, uint64_t id);

/* Whether a row is there after all, when the answer to its commit was lost: see there. */
asq_status asq_insert_look(asq_site *site, const asq_action_row *row, const asq_log_row *log, uint64_t *id, uint64_t *log_id, asq_error *error);

/* ---- insert_many.c ------------------------------------------------------------------------------ */

/* What is being stored, and what its chunks have in common. */
typedef struct {
	asq_site *site;
	const asq_action_row *like;
	const asq_log_row *log;      /* or NULL */
	uint64_t step;               /* the ids of a multi-row insert follow one another by this */
	smart_str before, after;     /* the values before and after the args of each row */
} asq_many_insert;

/* How many rows the next chunk takes. */
size_t asq_many_size(const asq_many_row *rows, size_t left);

/* Appends the INSERT of a chunk's actions; no rows: with a place for each one's args, and no extended ones. */
void asq_many_actions(const asq_many_insert *many, smart_str *sql, const asq_many_row *rows, size_t count);

/* Appends that of its log rows. Their ids follow from the first one's, which only the server knows yet: first is SQL for it, says what they say. */
void asq_many_logs(const asq_many_insert *many, smart_str *sql, size_t count, const char *first, const char *says);

/* The statements that store a chunk. */
void asq_many_build(const asq_many_insert *many, asq_batch *batch, const asq_many_row *rows, size_t count);

/* A chunk is committed; this is its first id. */
void asq_many_stored(const asq_many_insert *many, asq_many_row *rows, size_t count, uint64_t first);

/* All of a chunk is there or nothing: its first row tells, by its id, where that is known. ASQ_NOT_FOUND: nothing. */
asq_status asq_many_look(const asq_many_insert *many, const asq_many_row *row, uint64_t *first, asq_error *error);

/* ---- insert_prepared.c -------------------------------------------------------------------------- */

/* The statements that prepare those of a whole chunk on a connection, and that make it forget them. */
void asq_many_prepare(const asq_many_insert *many, asq_batch *batch);
void asq_many_unprepare(const asq_many_insert *many, asq_batch *batch);

/* Whether a chunk is of the kind that has been prepared; and the statements that store it then. */
bool asq_many_fits(const asq_many_row *rows, size_t count);
void asq_many_execute(const asq_many_insert *many, asq_batch *batch, const asq_many_row *rows, size_t count);

/* ---- insert_beside.c ---------------------------------------------------------------------------- */

#define ASQ_BESIDE_LEAST 2000   /* rows: for fewer, another connection is not worth its while */

/*
 * Stores as many as it can over two links. *done: so many, from the first on. What is left, if anything was in the way, is to
 * be stored over one; ASQ_FAILED: whether it is there already cannot be told.
 */
asq_status asq_many_beside(const asq_many_insert *many, asq_many_row *rows, size_t count, size_t *done, asq_error *error);

#endif
