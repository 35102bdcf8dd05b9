/*
 * run.h: what the queue runner does in one commit, fenced by its claim.
 */
#ifndef ASQ_STORE_RUN_H
#define ASQ_STORE_RUN_H

#include "log.h"

/* The end of one action, and the start of another. Either may be missing (id 0). */
typedef struct {
	uint64_t claim_id;
	bool claim_is_shared;               /* it outlives the run, so that a row may be claimed under it more than once */
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

#endif
