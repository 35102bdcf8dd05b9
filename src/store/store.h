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
 * Claims due actions. *claim_id 0: makes the claim's row, too. *ids becomes the list of the claimed ids, in the
 * order in which they are to be run.
 */
asq_status asq_store_claim(asq_site *site, const asq_claim_filter *filter, uint64_t *claim_id, zval *ids, asq_error *error);

/* The ids that a claim holds, in order, of those due by then. */
asq_status asq_store_claimed(asq_site *site, uint64_t claim_id, const zend_string *due, zval *ids, asq_error *error);

asq_status asq_store_claim_count(asq_site *site, zend_long *count, asq_error *error);

/* Gives back what the claim holds (with pending_only: only what has not run), and ends it. */
asq_status asq_store_release(asq_site *site, uint64_t claim_id, bool pending_only, asq_error *error);

/* The ids of the groups with these slugs; those that are not there are left out. */
asq_status asq_store_group_ids(asq_site *site, HashTable *slugs, zval *ids, asq_error *error);

/* Appends " AND hook IN (...)" and the like for the filter's hooks and groups. */
void asq_store_filter_sql(asq_site *site, smart_str *sql, const asq_claim_filter *filter);

/* ---- claim_due.c: claims of the worker pool ----------------------------------------------------- */

/*
 * Where in a (priority, attempts) of the order to go on: behind this date and id. Before it lie index entries that are of
 * no use: those of actions that ran, which stay as long as an old snapshot is open, and paused ones.
 */
typedef struct {
	bool set;                /* false: at the beginning */
	bool live;               /* more of it is due, as far as is known */
	zend_long priority, attempts;
	char date[20];
	uint64_t id;
} asq_claim_position;

#define ASQ_CLAIM_PAIRS 64

/* What one claim leaves for the next of the same filter. Opaque to all but claim_due.c. */
typedef struct {
	enum { ASQ_INDEX_UNKNOWN, ASQ_INDEX_THERE, ASQ_INDEX_MISSING } index;
	double index_asked;
	unsigned count;
	asq_claim_position pairs[ASQ_CLAIM_PAIRS];   /* in order */
	bool more;                                   /* there are others behind them */
	double looked, look_cost;                    /* when all was looked at from the beginning, and for how long, in seconds */
	bool look;                                   /* do it with the next claim */
	asq_claim_position sweep;                    /* with a filter: how far rows before the positions were looked through again */
	bool unfinished;                             /* the claim has not got to the end of what is due: claim again at once */
	bool paused_all;
	zend_string *paused;                         /* the condition that leaves out what is paused */
	HashTable *found;                            /* ids to be claimed next, and how many of them were */
	uint32_t found_used;
	double found_at, found_cost;
	uint64_t doubt_claim;                        /* ids that may have been claimed by a commit whose answer was lost */
	smart_str doubt;
} asq_claim_cursor;

/*
 * One cursor for each filter, kept for as long as claims are made by it (request memory). Where many due actions are paused
 * or not allowed by the filter, a claim gives up after a tenth of a second, perhaps with nothing, and sets `unfinished`.
 */
void asq_claim_cursor_init(asq_claim_cursor *cursor);
void asq_claim_cursor_free(asq_claim_cursor *cursor);

/*
 * Has the next claim begin at the very beginning: after claims of others were given back, or on HUP. By itself that
 * happens four times a second, or so seldom that it takes 2 % of the time at most; with a filter it goes through 10,000 rows at a time.
 */
void asq_claim_cursor_look(asq_claim_cursor *cursor);

/* Columns of a claimed row, behind those of fetch.c. */
enum { ASQ_COL_ATTEMPTS = ASQ_COL_GROUP + 1, ASQ_COL_DATE, ASQ_CLAIMED_COLUMNS };

/*
 * Claims up to filter->limit due actions under claim_id, which exists already and may hold others, leaving out what is
 * paused (now: a pause that is committed counts). *rows becomes the list of the actions' rows in the order in which they
 * are to be run: ASQ_COL_*, the strings and nulls of the table, and the two above; the status is still said to be pending.
 *
 * On the extension's own link only (asq_site_open_own()). Each row is handed out once: if the connection is lost at the
 * commit, and after ASQ_FAILED for that reason at the next call with the same cursor and claim id, the rows of that
 * commit are looked for first, and handed out if it went through. So after an error: call again, with the same cursor,
 * or give the whole claim back (asq_store_release()) and use another id.
 */
asq_status asq_store_claim_due(asq_site *site, const asq_claim_filter *filter, uint64_t claim_id, asq_claim_cursor *cursor, zval *rows, asq_error *error);

/*
 * When to claim again: the earliest date (GMT; to be released) of a pending, unclaimed, unpaused action that the filter
 * allows, or NULL. One cheap query, whatever the backlog. It may err to the early side: where more than a thousand actions
 * that cannot be claimed stand in a row, it is the last one's date; of due ones only those among the first thousand, or
 * due since about filter->due (the last claim's), are seen; the others wait for a claim's own full look.
 */
asq_status asq_store_next_due(asq_site *site, const asq_claim_filter *filter, zend_string **date, asq_error *error);

/* ---- tables.c: what the extension adds to Action Scheduler's tables ------------------------------ */

/* Makes the extension's own tables where they are not there. */
asq_status asq_store_own_tables(asq_site *site, asq_error *error);

/* Whether the index that claims go by is there, with the columns that it must have. */
asq_status asq_store_has_claim_index(asq_site *site, bool *there, asq_error *error);

/* How many actions there are, roughly: the server's estimate, which costs nothing. */
asq_status asq_store_estimate(asq_site *site, zend_long *rows, asq_error *error);

/* A table of fewer rows gets the index without being asked for it: it takes seconds at most. */
#define ASQ_SMALL_TABLE 200000

/* Ways to make the index, to be tried in this order as long as the server refuses them. */
enum { ASQ_INDEX_ONLINE, ASQ_INDEX_IN_PLACE, ASQ_INDEX_ANYHOW, ASQ_INDEX_WAYS };

/* The statement. replace: there is an index of that name, with other columns. */
void asq_store_claim_index_sql(asq_site *site, smart_str *sql, int way, bool replace);

/* Makes the index, online where the server can. Waits for others' transactions for some seconds only. */
asq_status asq_store_make_claim_index(asq_site *site, asq_error *error);

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
	zend_long finished_attempt, started_attempt;   /* which attempts these are, as a fence; 0: unknown */
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
 * failed. ASQ_NOT_FOUND if the claim does not hold it any more, or if this is not the attempt of that number (0: any).
 */
asq_status asq_store_fenced(asq_site *site, uint64_t id, uint64_t claim_id, zend_long attempt, const char *to, const zend_string *gmt,
	const zend_string *local, asq_error *error);

/* ---- flush.c: what became of many actions, in one commit ----------------------------------------- */

typedef enum {
	ASQ_END_NONE,        /* it is running */
	ASQ_END_COMPLETE,
	ASQ_END_FAILED,
	ASQ_END_BACK,        /* it has not begun, and goes back to the queue */
	ASQ_END_RETRY,       /* failed: it is tried again later */
	ASQ_END_POSTPONED,   /* ... which does not count as an attempt */
	ASQ_END_BURIED       /* failed for good, under a retry policy: it gets a dead letter */
} asq_flush_end;

typedef struct {
	uint64_t action_id, claim_id;
	bool start;              /* it has begun */
	bool start_written;      /* ... which the table says already */
	bool claimless;          /* its worker may have written the end itself */
	asq_flush_end end;
	asq_log_row start_log, end_log;   /* message NULL: none */
	zend_long attempt;       /* RETRY, POSTPONED, BURIED: the one that failed, as a fence; 0: unknown */
	zend_string *due_gmt, *due_local, *due_schedule;   /* RETRY, POSTPONED: see letters.h */
	const struct asq_flush_letter *letter;             /* BURIED */
	void *owner;             /* the caller's */
	bool begins, ends;       /* out: what was written */
	bool lost;               /* out: the claim does not hold it any more, or its status is another: nothing was */
} asq_flush_entry;

/* What the letter of a buried action says. */
typedef struct asq_flush_letter {
	const char *reason;
	zend_string *error_class, *message, *metadata;
} asq_flush_letter;

typedef struct {
	asq_flush_entry *entry;    /* is sorted by action_id; no id twice under one claim */
	size_t count;
	const zend_string *now_gmt, *now_local;
	unsigned patience;
	bool no_letters;         /* out: the tables of letters.h are not there and cannot be made: the statuses alone were written */
	bool again;              /* in and out: the connection was lost in an earlier try of the same entries */
} asq_flush;

/*
 * Writes the beginning and the end of actions, with their log rows, each only where the claim still holds the
 * action. ASQ_FAILED: nothing was written, unless flush->again.
 */
asq_status asq_store_flush(asq_site *site, asq_flush *flush, asq_error *error);

/* ---- workers.c: supervisors and their workers, by name and pulse ------------------------------------ */

/* Seconds without a heartbeat after which a supervisor is taken for dead, and how often one is to be given. */
#define ASQ_LEASE_SECONDS 10
#define ASQ_HEARTBEAT_SECONDS 4

/* Of the chance by which a supervisor's memory and its row know each other. */
#define ASQ_TOKEN_LENGTH 32

typedef struct {
	uint64_t worker_id;               /* 0: new */
	zend_long pid;
	const char *state;
	const char *hook;                 /* of the action that it runs, or NULL */
	uint64_t action_id;
	int64_t action_started;           /* microseconds; 0: none */
	uint64_t succeeded, failed, memory;
} asq_worker_row;

/* Whether there is a supervisor of that id and token here: ASQ_NOT_FOUND if not. */
asq_status asq_store_knows(asq_site *site, uint64_t supervisor_id, const char *token, asq_error *error);

/* Makes a supervisor's row, and the claim under which it will hold actions. */
asq_status asq_store_register(asq_site *site, const char *host, zend_long pid, const char *token, const zend_string *options, const zend_string *now_gmt,
	uint64_t *supervisor_id, uint64_t *claim_id, asq_error *error);

/*
 * A supervisor's heartbeat, and its workers' rows as they are now. ASQ_NOT_FOUND: others have taken it for dead, its
 * claim is void, and it has to register anew.
 */
asq_status asq_store_heartbeat(asq_site *site, uint64_t supervisor_id, const char *state, uint64_t claim_id, asq_worker_row *workers, size_t count,
	asq_error *error);

/* Keeps what a pool holds from being taken for abandoned by Action Scheduler's cleaner. */
asq_status asq_store_touch(asq_site *site, const uint64_t *ids, size_t count, uint64_t claim_id, const zend_string *now_gmt,
	const zend_string *now_local, asq_error *error);

/* Which of these pending actions the claim still holds, and nobody has paused: the ids, as an array's keys. */
asq_status asq_store_still_pending(asq_site *site, const uint64_t *ids, size_t count, uint64_t claim_id, zval *held, asq_error *error);

/* Ends a supervisor: its rows are gone, what its claim still holds goes back to the queue. */
asq_status asq_store_unregister(asq_site *site, uint64_t supervisor_id, uint64_t claim_id, asq_error *error);

/* A supervisor that has no pulse. */
asq_status asq_store_find_dead(asq_site *site, uint64_t *supervisor_id, asq_error *error);

/* The actions that a supervisor, or those of a list of ids that anybody, is running: rows of the columns below. */
enum { ASQ_RUNNING_ID, ASQ_RUNNING_HOOK, ASQ_RUNNING_GROUP, ASQ_RUNNING_CLAIM, ASQ_RUNNING_ATTEMPTS };
asq_status asq_store_running(asq_site *site, uint64_t supervisor_id, HashTable *ids, zval *rows, asq_error *error);

/*
 * Buries it: what it had claimed goes back to the queue; what it was running ends as an entry of `by_policy` says (RETRY or BURIED;
 * entry->ends: so it was), if there is one of that attempt. Else it has failed, by a log row with that message, and is given back as a
 * list of ids. ASQ_NOT_FOUND: it lives after all, or somebody else was faster.
 */
asq_status asq_store_bury(asq_site *site, uint64_t supervisor_id, const asq_log_row *log, asq_flush *by_policy, zval *failed, asq_error *error);

/* ---- pause.c ---------------------------------------------------------------------------------- */

#define ASQ_PAUSE_ALL   "all"
#define ASQ_PAUSE_HOOK  "hook"
#define ASQ_PAUSE_GROUP "group"

/*
 * The extension's own tables may be missing (or be nothing that the account may read), which means that they are empty.
 * may_read() is false where it is better not to try; is_missing() tells by the error.
 */
bool asq_store_may_read(asq_site *site, const zend_string *table);
bool asq_store_is_missing(const asq_error *error);

/* Adds or removes a pause. *changed: there was none, or one, before. The name is "" for all. */
asq_status asq_store_pause(asq_site *site, const char *kind, const zend_string *name, bool *changed, asq_error *error);
asq_status asq_store_resume(asq_site *site, const char *kind, const zend_string *name, bool *changed, asq_error *error);

/* *pauses becomes a list of arrays (kind, name, paused_gmt), empty where the table is not there. Set in any case. */
asq_status asq_store_pauses(asq_site *site, zval *pauses, asq_error *error);

/*
 * Appends " AND ..." to the WHERE of a statement on the actions' table: nothing that is paused; "" where nothing is. What
 * it has read it remembers for a second, so that a claim costs no look of its own.
 */
asq_status asq_store_pause_condition(asq_site *site, smart_str *sql, asq_error *error);
void asq_store_forget_pauses(void);

/* ---- stats.c ---------------------------------------------------------------------------------- */

typedef struct {
	const zend_string *now_gmt;
	bool counts;        /* count by status: a scan of an index */
	zend_long top;      /* with counts: so many hooks and groups; 0: none */
	zend_long sample;   /* of each kind of rows, look at about so many for that; 0: at all */
} asq_stats_wish;

/* *stats becomes the array that asq_queue_status() returns, but for its pauses and workers. */
asq_status asq_store_stats(asq_site *site, const asq_stats_wish *wish, zval *stats, asq_error *error);

/* *workers becomes a list of arrays, each supervisor before its workers; empty where the table is not there. Set in any case. */
asq_status asq_store_workers(asq_site *site, zval *workers, asq_error *error);
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
