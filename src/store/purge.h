/*
 * purge.h: deleting what ended long ago, in small batches.
 */
#ifndef ASQ_STORE_PURGE_H
#define ASQ_STORE_PURGE_H

#include "store.h"

/* Rows of a batch at most. MariaDB makes a join of a list of 1000. */
#define ASQ_PURGE_BATCH 900
#define ASQ_PURGE_KINDS 3
#define ASQ_PURGE_PASSED 100

typedef struct {
	const char *status;            /* of ended actions only: complete, canceled, failed */
	const zend_string *before;     /* UTC; last touched by then */
} asq_purge_kind;

/* What is to be deleted. The strings are the caller's. */
typedef struct {
	unsigned count;
	asq_purge_kind kinds[ASQ_PURGE_KINDS];
	uint64_t limit;                /* of actions; 0: all */
	unsigned batch;                /* rows of a batch at most; 0: ASQ_PURGE_BATCH */
	unsigned patience;             /* seconds for which a lost server is waited for */
	bool dry_run;                  /* count only */
	bool actions_only;             /* no log rows whose action is gone, no old claims */
} asq_purge_options;

/* How far a purge has come. All 0 to begin with; it owns nothing. */
typedef struct {
	unsigned phase, kind;
	bool no_workers;               /* the site has no table of workers */
	char date[32];                 /* the last row that was looked at */
	uint64_t id, log_id;
	unsigned passed;               /* actions that somebody held, for another try at the end of their kind */
	uint64_t passed_id[ASQ_PURGE_PASSED];
	bool last_try;
	bool dense;                    /* there are many log rows without an action here */
	unsigned size;                 /* rows of the next batch */
	double seconds;                /* that this step's batch took; 0: there was none */
} asq_purge_cursor;

typedef struct {
	uint64_t actions, logs, orphan_logs, claims, batches;
	double longest;                /* seconds of the longest batch */
} asq_purge_counts;

/*
 * One step of a purge: one look, without a lock, and at most one batch, meant to take 50 ms; the next batch's size follows
 * from the time that it took. Adds to *counts, and the deleted actions' ids to *deleted, a list, unless that is NULL.
 * *more: there may be something left. After an error the cursor is where it was: the step may be tried again.
 * Of a site of asq_site_open_own() only, which may be opened anew between steps.
 */
asq_status asq_store_purge_step(asq_site *site, asq_purge_cursor *cursor, const asq_purge_options *options, asq_purge_counts *counts,
	zval *deleted, bool *more, asq_error *error);

/* How many actions there are to delete: for a progress bar. */
asq_status asq_store_purge_total(asq_site *site, const asq_purge_options *options, uint64_t *total, asq_error *error);

#endif
