/*
 * store.h: the door of store/: every statement on Action Scheduler's tables. Plain data in and out; nothing
 * here calls into userland. Odd values are the callers' concern: what comes in here is what is stored.
 */
#ifndef ASQ_STORE_STORE_H
#define ASQ_STORE_STORE_H

#include "src/wordpress/site.h"

#define ASQ_STATUS_PENDING  "pending"
#define ASQ_STATUS_RUNNING  "in-progress"
#define ASQ_STATUS_COMPLETE "complete"
#define ASQ_STATUS_FAILED   "failed"
#define ASQ_STATUS_CANCELED "canceled"

/* ---- insert.c --------------------------------------------------------------------------------- */

typedef enum { ASQ_UNIQUE_NO, ASQ_UNIQUE_GROUP, ASQ_UNIQUE_ARGS } asq_unique;

/* An action as it is stored. The strings are the caller's. */
typedef struct {
	const zend_string *hook, *date_gmt, *date_local, *schedule, *args;
	const zend_string *extended_args;   /* NULL: args is all there is */
	const zend_string *group;           /* NULL: group id 0 */
	const char *status;
	zend_long priority;
} asq_action_row;

/* A log row to be written with it. */
typedef struct {
	const zend_string *message, *date_gmt, *date_local;
} asq_log_row;

/*
 * Stores an action, and its log row if one is given, in one round trip and one commit; makes the group where
 * there is none. *id is 0 where unique asks for no second one and there is one already.
 */
asq_status asq_store_insert(asq_site *site, const asq_action_row *row, asq_unique unique, const asq_log_row *log,
	uint64_t *id, uint64_t *log_id, asq_error *error);

/* One action of many that share all but their args. */
typedef struct {
	zend_string *args, *extended_args;
	uint64_t id;     /* out; 0: a duplicate */
} asq_many_row;

/*
 * Stores many actions that are alike, each with its log row, in multi-row statements of some hundred, each of which is
 * stored whole or not at all. After an error the ids of those that are stored are set.
 */
asq_status asq_store_insert_many(asq_site *site, const asq_action_row *like, asq_many_row *rows, size_t count,
	asq_unique unique, const asq_log_row *log, asq_error *error);

/* ---- query.c ---------------------------------------------------------------------------------- */

/*
 * Finds (a list of ids, as strings) or counts (a string) actions by the keys of Action Scheduler's
 * query_actions(). ASQ_DECLINED where a key holds what only PHP can make sense of.
 */
asq_status asq_store_query(asq_site *site, HashTable *query, bool count, zval *result, asq_error *error);

/* status => count, for the statuses that Action Scheduler knows. */
asq_status asq_store_counts(asq_site *site, zval *counts, asq_error *error);

/* ---- fetch.c ---------------------------------------------------------------------------------- */

/* The columns of a fetched action, in this order. */
enum { ASQ_COL_ID, ASQ_COL_HOOK, ASQ_COL_STATUS, ASQ_COL_ARGS, ASQ_COL_EXTENDED_ARGS, ASQ_COL_SCHEDULE,
	ASQ_COL_PRIORITY, ASQ_COL_GROUP };

/* SELECT of those columns, up to its WHERE. */
void asq_store_select_action(asq_site *site, smart_str *sql);

/* The rows of the given ids (a list of numbers or numeric strings), in no order. */
asq_status asq_store_fetch(asq_site *site, HashTable *ids, zval *rows, asq_error *error);

asq_status asq_store_status(asq_site *site, uint64_t id, zend_string **status, asq_error *error);
asq_status asq_store_claim_id(asq_site *site, uint64_t id, zend_long *claim_id, asq_error *error);

/* ---- transition.c: each ASQ_NOT_FOUND if no row changed ----------------------------------------- */

asq_status asq_store_start(asq_site *site, uint64_t id, const zend_string *gmt, const zend_string *local, asq_error *error);
asq_status asq_store_complete(asq_site *site, uint64_t id, const zend_string *gmt, const zend_string *local, asq_error *error);
asq_status asq_store_set_status(asq_site *site, uint64_t id, const char *status, asq_error *error);
asq_status asq_store_unclaim(asq_site *site, uint64_t id, asq_error *error);
asq_status asq_store_delete(asq_site *site, uint64_t id, asq_error *error);

/* Cancels up to 1000 pending actions of a hook, or of a group; *ids becomes the list of their ids. */
asq_status asq_store_cancel_some(asq_site *site, const zend_string *hook, const zend_string *group, zval *ids, asq_error *error);

/* ---- claim.c ---------------------------------------------------------------------------------- */

typedef struct {
	zend_long limit;
	const zend_string *due;         /* claim what is due by then */
	const zend_string *now_gmt, *now_local;
	HashTable *hooks;               /* a list of strings, or NULL for any */
	HashTable *group_ids;           /* a list of numbers, or NULL for any */
	bool exclude_groups;
	const zend_string *order_by;    /* NULL: Action Scheduler's order */
} asq_claim_filter;

/* Makes a claim's row, and claims nothing yet. */
asq_status asq_store_new_claim(asq_site *site, const zend_string *now_gmt, uint64_t *claim_id, asq_error *error);

/*
 * Claims due actions. *claim_id 0: makes the claim's row, too, in the same transaction. *ids becomes the list
 * of the claimed ids, in the order in which they are to be run.
 */
asq_status asq_store_claim(asq_site *site, const asq_claim_filter *filter, uint64_t *claim_id, zval *ids, asq_error *error);

/* The ids that a claim holds, in order, of those due by then. */
asq_status asq_store_claimed(asq_site *site, uint64_t claim_id, const zend_string *due, zval *ids, asq_error *error);

asq_status asq_store_claim_count(asq_site *site, zend_long *count, asq_error *error);

/* Gives back what the claim holds (with pending_only: only what has not run), and ends it. */
asq_status asq_store_release(asq_site *site, uint64_t claim_id, bool pending_only, asq_error *error);

/* The ids of the groups with these slugs; those that are not there are left out. */
asq_status asq_store_group_ids(asq_site *site, HashTable *slugs, zval *ids, asq_error *error);

/* ---- log.c ------------------------------------------------------------------------------------ */

/* Appends (action_id, message, dates) to an INSERT's values. */
void asq_store_log_values(asq_site *site, smart_str *sql, uint64_t action_id, const asq_log_row *row);

asq_status asq_store_log(asq_site *site, uint64_t action_id, const asq_log_row *row, uint64_t *id, asq_error *error);
asq_status asq_store_log_all(asq_site *site, HashTable *action_ids, const asq_log_row *row, asq_error *error);
/* The rows (action_id, message, log_date_gmt) of an action, or the one of a log id. */
asq_status asq_store_logs(asq_site *site, uint64_t action_id, uint64_t log_id, zval *rows, asq_error *error);
asq_status asq_store_clear_logs(asq_site *site, uint64_t action_id, asq_error *error);

/* ---- run.c: what the queue runner does in one commit -------------------------------------------- */

/* Seconds for which the queue runner waits for a server that is being restarted. */
#define ASQ_RUN_PATIENCE 30

/* The end of one action, and the start of another. Either may be missing (id 0). */
typedef struct {
	uint64_t claim_id;
	uint64_t finished;                  /* this one is complete */
	const asq_log_row *finished_log;
	uint64_t started;                   /* this one begins */
	const asq_log_row *started_log;
	const zend_string *hook, *args;     /* what the started row said when it was claimed */
	const zend_string *now_gmt, *now_local;
	bool was_finished, has_started;     /* out: the claim still held, and the row changed */
	zval row;                           /* out: the started action's columns, see fetch.c; IS_UNDEF: as they were */
} asq_step;

/*
 * Writes both in one round trip and one commit, each only where the claim still holds the action and its
 * status is the expected one; its log row goes with it or not at all.
 */
asq_status asq_store_step(asq_site *site, asq_step *step, asq_error *error);

/*
 * Sets the status of an action that the claim holds and that has not ended: complete (with its time) or
 * failed. ASQ_NOT_FOUND if the claim does not hold it any more.
 */
asq_status asq_store_fenced(asq_site *site, uint64_t id, uint64_t claim_id, const char *to, const zend_string *gmt,
	const zend_string *local, asq_error *error);

/* ---- purge.c: deleting what ended long ago ------------------------------------------------------ */

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
	bool by_id;                    /* the tables have no index by status and date */
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
