/*
 * claim_due.h: the worker pool's claims, whose time does not grow with the backlog, and when to claim again.
 */
#ifndef ASQ_STORE_CLAIM_DUE_H
#define ASQ_STORE_CLAIM_DUE_H

#include "claim.h"
#include "fetch.h"

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

/* What one claim leaves for the next of the same filter. Opaque to all but the files of claiming.h. */
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
	uint64_t doubt_claim;                        /* of a commit whose answer was lost, */
	smart_str doubt;                             /* ... the condition for them */
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

#endif
