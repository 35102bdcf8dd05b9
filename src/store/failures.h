/*
 * failures.h: what becomes of an action that has failed under a retry policy: pending again, or failed for good with a row in
 * {prefix}asq_dead_letters. {prefix}asq_retries remembers when it first failed. Both tables are made when they are first needed;
 * where they are not there, they are empty.
 */
#ifndef ASQ_STORE_FAILURES_H
#define ASQ_STORE_FAILURES_H

#include "flush.h"

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

/* A pending, unclaimed action is to be due at another time. */
asq_status asq_store_move(asq_site *site, uint64_t action_id, const zend_string *gmt, const zend_string *local, const zend_string *schedule, asq_error *error);

#endif
