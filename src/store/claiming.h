/*
 * claiming.h: what the files of the worker pool's claims share: claim_due.c (the claim), claim_find.c (the ids),
 * claim_look.c (the full look), claim_cursor.c (the positions), claim_next.c (when to claim again).
 */
#ifndef ASQ_STORE_CLAIMING_H
#define ASQ_STORE_CLAIMING_H

#include "claim_due.h"
#include "php_asq.h"

#define ASQ_CLAIM_SECONDS 0.1   /* how long a claim goes on through what may not be claimed */

#define ASQ_ORDER "priority, attempts, scheduled_date_gmt, action_id"
#define ASQ_FREE  "status='" ASQ_STATUS_PENDING "' AND claim_id=0"

/* Where ids are looked for: in pairs that are due; in all, from their positions; or before these. */
typedef enum { ASQ_FIND_LIVE, ASQ_FIND_ALL, ASQ_FIND_BEFORE } asq_find;

typedef struct {
	asq_site *site;
	const asq_claim_filter *filter;
	uint64_t claim_id;
	asq_claim_cursor *cursor;
	zend_string *pauses;     /* the table's name */
	zval *rows;
	char calm[20];           /* what is dated before it has been committed, as a rule; "": it is midnight */
	uint64_t *ids;           /* what is being claimed, in order */
	size_t count;
	bool again;              /* what it went by has changed meanwhile */
	bool looked, swept;      /* in this call: the full look, and all pairs from their positions */
	bool found;              /* without an index: in this call */
	double until;            /* when to give up crossing what may not be claimed */
} asq_claiming;

/* ---- claim_due.c -------------------------------------------------------------------------------- */

/* How many more are to be claimed. */
static inline zend_long asq_claiming_wanted(const asq_claiming *claiming)
{
	return claiming->filter->limit - (zend_long) zend_hash_num_elements(Z_ARRVAL_P(claiming->rows));
}

/* Another order than Action Scheduler's own has no index. */
static inline bool asq_claiming_by_index(const asq_claiming *claiming)
{
	return claiming->cursor->index == ASQ_INDEX_THERE && !claiming->filter->order_by;
}

/* Something may not be claimed: by the filter, or since it is paused. */
bool asq_claiming_is_filtered(asq_claiming *claiming);

/* Reads what is paused; takes it, false: it was the same before. */
asq_status asq_claiming_read_pauses(asq_claiming *claiming, asq_error *error);
bool asq_claiming_take_pauses(asq_claiming *claiming, const asq_result *result);

/* Parts of statements: the filter and what is paused; what is free and due, too; the order. */
void asq_claiming_conditions(asq_claiming *claiming, smart_str *sql);
void asq_claiming_where(asq_claiming *claiming, smart_str *sql);
void asq_claiming_order(asq_claiming *claiming, smart_str *sql);

/* ---- claim_cursor.c ----------------------------------------------------------------------------- */

/* Where the pair is in the cursor, or where it would have to go. */
unsigned asq_pair_place(const asq_claim_cursor *cursor, zend_long priority, zend_long attempts, bool *known);

/* NULL: there is no room for another one, and it stays part of what lies between. */
asq_claim_position *asq_pair_get(asq_claim_cursor *cursor, zend_long priority, zend_long attempts);

int asq_pair_compare(const asq_claim_position *a, zend_long priority, zend_long attempts);

void asq_position_set(asq_claim_position *position, const char *date, uint64_t id);
/* Behind a row (action_id, priority, attempts, scheduled_date_gmt). */
void asq_position_behind(asq_claim_position *position, const zval *row);

/* Nothing more to claim in the pair: it goes on from where rows may still be coming. Never back. */
void asq_position_rest(asq_claim_position *position, const char *calm);

/* The moment before which what is dated has been committed, as a rule; "" for the first ones of a day. */
void asq_claim_calm(const zend_string *due, char *calm);

void asq_claim_forget_found(asq_claim_cursor *cursor);

/* ---- claim_find.c, claim_look.c ----------------------------------------------------------------- */

/* What comes after a pair. */
void asq_rest_range(smart_str *sql, const asq_claim_position *after);

/* Finds the ids to be claimed next. */
asq_status asq_found_make(asq_claiming *claiming, asq_find find, asq_error *error);

/* The next ids that were found; NULL: there are none, or they are too old. */
uint64_t *asq_found_next(asq_claiming *claiming, size_t *count);

/* A full look; and whether it would take its share of the time only, four times a second unless there is nothing else to do. */
asq_status asq_claim_look(asq_claiming *claiming, asq_error *error);
bool asq_claim_may_look(const asq_claim_cursor *cursor, bool idle);

#endif
