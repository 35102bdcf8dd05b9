/*
 * flush.h: what became of many actions, in one commit.
 */
#ifndef ASQ_STORE_FLUSH_H
#define ASQ_STORE_FLUSH_H

#include "log.h"

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
	zend_string *due_gmt, *due_local, *due_schedule;   /* RETRY, POSTPONED: see failures.h */
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
	bool no_letters;         /* out: the tables of failures.h are not there and cannot be made: the statuses alone were written */
	bool again;              /* in and out: the connection was lost in an earlier try of the same entries */
	bool hopeless;           /* in and out: it was tried in hope, and not all was as expected */
	asq_batch *under_way;    /* see asq_store_flush_begin() */
	size_t expected;
} asq_flush;

/*
 * Writes the beginning and the end of actions, with their log rows, each only where the claim still holds the
 * action. ASQ_FAILED: nothing was written, unless flush->again.
 */
asq_status asq_store_flush(asq_site *site, asq_flush *flush, asq_error *error);

/*
 * The same in two halves, over a link of its own: in between, the server writes. Of what may be written so (_can_begin) all or nothing is: if
 * it cannot be sent (_begin false), or was not written, asq_store_flush() is to do it. ASQ_DECLINED: not all was as expected;
 * ASQ_FAILED: an error.
 */
bool asq_store_flush_can_begin(const asq_site *site, const asq_flush *flush);
bool asq_store_flush_begin(asq_site *site, asq_link *beside, asq_flush *flush);
asq_status asq_store_flush_finish(asq_link *beside, asq_flush *flush);

#endif
