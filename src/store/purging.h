/*
 * purging.h: what the files of the purge share: purge.c (the steps and their pace), purge_actions.c (actions and their logs),
 * purge_orphans.c (log rows and claims that nothing refers to).
 */
#ifndef ASQ_STORE_PURGING_H
#define ASQ_STORE_PURGING_H

#include "purge.h"
#include "php_asq.h"
#include "src/db/monotonic.h"

#define ASQ_PURGE_WINDOW 2000    /* rows or ids that a look passes at most, where it cannot go straight to what it looks for */

enum { ASQ_PURGE_ACTIONS, ASQ_PURGE_ORPHANS, ASQ_PURGE_CLAIMS, ASQ_PURGE_DONE };

/* A batch: ids of actions, log rows or claims. */
typedef struct {
	unsigned count;
	uint64_t id[ASQ_PURGE_BATCH];
} asq_purge_ids;

/* ---- Steps: one look, and one batch -------------------------------------------------------------- */

asq_status asq_purge_actions(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, asq_purge_counts *counts,
	zval *deleted, asq_error *error);
asq_status asq_purge_orphans(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, asq_purge_counts *counts, asq_error *error);
asq_status asq_purge_claims(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, asq_purge_counts *counts, asq_error *error);

/* ---- Of any step ---------------------------------------------------------------------------------- */

/* How many rows the next batch may have; and what one that had so many, and took so long, means for that. */
unsigned asq_purge_size(asq_purge_cursor *cursor, const asq_purge_options *options);
void asq_purge_pace(asq_purge_cursor *cursor, const asq_purge_options *options, asq_purge_counts *counts, unsigned rows, double seconds);

/* Goes on to the next kind of actions, or from the actions to the logs, or from these to the claims. */
void asq_purge_advance(asq_purge_cursor *cursor, const asq_purge_options *options);

/* Runs one statement; *rows (the caller's to free) becomes what it has read, *affected what it has changed. Either may be NULL. */
asq_status asq_purge_run(asq_site *site, const asq_purge_options *options, smart_str *sql, zval *rows, uint64_t *affected, asq_error *error);
/* The number that a statement reads; 0 for none. */
asq_status asq_purge_cell(asq_site *site, const asq_purge_options *options, smart_str *sql, uint64_t *number, asq_error *error);
/* Somebody holds a row of the batch: ASQ_OK, as it is left to the next purge. */
asq_status asq_purge_pass_over(asq_status status, const asq_error *error);

/* ---- SQL ------------------------------------------------------------------------------------------ */

/* status and last_attempt_gmt are such that the kind is to be deleted. */
void asq_purge_condition(asq_site *site, smart_str *sql, const asq_purge_kind *kind);
/* column IN (...) */
void asq_purge_list(smart_str *sql, const char *column, const asq_purge_ids *ids);
/* Begins a DELETE of the table `t`, by an index. */
void asq_purge_delete_from(asq_site *site, smart_str *sql, const zend_string *table, const char *index);

#endif
