/*
 * letters.h: what becomes of an action that has failed under a retry policy: pending again, or failed for good with a row in
 * {prefix}asq_dead_letters. {prefix}asq_retries remembers, of an action that is to be tried again, its own policy and when it
 * first failed. Both tables are made when they are first needed; where they are not there, they are empty.
 */
#ifndef ASQ_STORE_LETTERS_H
#define ASQ_STORE_LETTERS_H

#include "store.h"

/* ---- Failures --------------------------------------------------------------------------------- */

/* An action that is to be tried again. */
typedef struct {
	uint64_t action_id, claim_id;
	zend_long attempt;                          /* the one that failed, as a fence; 0: unknown */
	bool spare;                                 /* it is only postponed: that is no failure, and does not count as an attempt */
	const zend_string *due_gmt, *due_local;
	const zend_string *schedule;                /* of an action that runs once, at that time; others keep theirs */
	const zend_string *now_gmt;
	const asq_log_row *log;                     /* or NULL */
} asq_retry;

/*
 * Sets it to pending, free and due then, with its log row, in one commit. ASQ_NOT_FOUND: the claim does not hold it any more,
 * or it is not pending or running.
 */
asq_status asq_store_retry(asq_site *site, const asq_retry *retry, asq_error *error);

/* An action that has failed for good. What it was is copied from its row. */
typedef struct {
	uint64_t action_id, claim_id;
	zend_long attempt;
	const char *reason;                         /* ASQ_LETTER_* */
	const zend_string *error_class, *message, *code, *trace, *metadata;   /* valid for the database; trace may be NULL */
	const zend_string *now_gmt;
	uint64_t id;                                /* out */
} asq_letter;

#define ASQ_LETTER_EXHAUSTED "exhausted"        /* its attempts are used up */
#define ASQ_LETTER_PERMANENT "permanent"        /* to try again would be of no use */
#define ASQ_LETTER_CRASHED   "crashed"          /* its process died, and the policy says not to try again */

/* Sets it to failed, and stores the letter, in one commit. ASQ_NOT_FOUND as above. */
asq_status asq_store_bury_action(asq_site *site, asq_letter *letter, asq_error *error);

/* The statements of a flush for its entries that end so; to be added behind those that look at `attempts`. */
void asq_letters_flush(asq_site *site, asq_batch *write, const asq_flush *flush);

/* What a row says of its attempts. ASQ_NOT_FOUND: there is none. */
asq_status asq_store_attempts(asq_site *site, uint64_t action_id, zend_long *attempts, bool *running, asq_error *error);

/* Makes the two tables. Not in a caller's transaction. */
asq_status asq_store_letter_tables(asq_site *site, asq_error *error);

/* ---- asq_retries -------------------------------------------------------------------------------- */

/* Remembers an action's own policy, as JSON (NULL: none), if the action is pending or running; *known: it is. */
asq_status asq_store_set_policy(asq_site *site, uint64_t action_id, const zend_string *json, bool *known, asq_error *error);

/* The policy, or NULL, and when the action first failed, or NULL; the caller's to release. */
asq_status asq_store_get_policy(asq_site *site, uint64_t action_id, zend_string **json, zend_string **first_failure_gmt, asq_error *error);

/* Deletes up to so many rows of actions that are gone, or that ended an hour ago: by then a series' next instance is made. */
asq_status asq_store_forget_retries(asq_site *site, unsigned limit, asq_error *error);

/* A pending, unclaimed action is to be due at another time. */
asq_status asq_store_move(asq_site *site, uint64_t action_id, const zend_string *gmt, const zend_string *local, const zend_string *schedule, asq_error *error);

/* ---- asq_dead_letters ----------------------------------------------------------------------------- */

typedef enum { ASQ_LETTERS_BY_ID, ASQ_LETTERS_BY_LAST_FAILURE, ASQ_LETTERS_BY_FIRST_FAILURE, ASQ_LETTERS_BY_HOOK, ASQ_LETTERS_BY_GROUP,
	ASQ_LETTERS_BY_CLASS, ASQ_LETTERS_BY_ATTEMPTS, ASQ_LETTERS_BY_RETRIES, ASQ_LETTERS_ORDERS } asq_letters_order;

/* Which letters. The strings are the caller's; NULL: any. */
typedef struct {
	const zend_string *hook, *group, *error_class, *reason, *search, *after_gmt, *before_gmt;
	HashTable *ids;                 /* a list of numbers, or NULL */
	uint64_t action_id;             /* 0: any */
	int retried;                    /* -1: any */
	asq_letters_order order;
	bool ascending;
	zend_long limit, offset;        /* limit 0: none */
	bool whole;                     /* with the trace */
	bool only_ids;                  /* rows of one column, the id */
} asq_letters_query;

/* The columns of a letter's row. */
enum { ASQ_LETTER_ID, ASQ_LETTER_ACTION_ID, ASQ_LETTER_HOOK, ASQ_LETTER_ARGS, ASQ_LETTER_GROUP, ASQ_LETTER_PRIORITY, ASQ_LETTER_SCHEDULE,
	ASQ_LETTER_DATE, ASQ_LETTER_REASON, ASQ_LETTER_CLASS, ASQ_LETTER_MESSAGE, ASQ_LETTER_CODE, ASQ_LETTER_ATTEMPTS, ASQ_LETTER_FIRST,
	ASQ_LETTER_LAST, ASQ_LETTER_RETRIES, ASQ_LETTER_RETRIED, ASQ_LETTER_NEW_ID, ASQ_LETTER_METADATA, ASQ_LETTER_TRACE };

asq_status asq_store_letters(asq_site *site, const asq_letters_query *query, zval *rows, asq_error *error);
asq_status asq_store_count_letters(asq_site *site, const asq_letters_query *query, zend_long *count, asq_error *error);
/* total, retried, last_24_hours, oldest_gmt, hooks, error_classes: the `top` most frequent of each. */
asq_status asq_store_letter_stats(asq_site *site, zend_long top, zval *stats, asq_error *error);

/* One more retry of a letter, if it has had as many so far as the caller has seen: *taken. */
asq_status asq_store_take_letter(asq_site *site, uint64_t letter_id, zend_long seen, bool *taken, asq_error *error);
/* What has come of that: the new action; 0: none, and it does not count. */
asq_status asq_store_letter_retried(asq_site *site, uint64_t letter_id, uint64_t new_action_id, asq_error *error);

/* Deletes letters by their ids; *deleted of them were there. */
asq_status asq_store_delete_letters(asq_site *site, HashTable *ids, zend_long *deleted, asq_error *error);

#endif
