/*
 * claim_cursor.c: what the worker pool's claims leave for the next: where in each (priority, attempts) to go on. Plain data.
 */
#include "claiming.h"

#define ASQ_CALM_SECONDS 2      /* rows dated later than so long ago may still be coming */

void asq_claim_cursor_init(asq_claim_cursor *cursor)
{
	memset(cursor, 0, sizeof(*cursor));
	cursor->look = true;
}

void asq_claim_forget_found(asq_claim_cursor *cursor)
{
	if (cursor->found) {
		zend_array_destroy(cursor->found);
		cursor->found = NULL;
	}
}

void asq_claim_cursor_free(asq_claim_cursor *cursor)
{
	if (cursor->paused) {
		zend_string_release(cursor->paused);
	}
	smart_str_free(&cursor->doubt);
	asq_claim_forget_found(cursor);
	asq_claim_cursor_init(cursor);
}

void asq_claim_cursor_look(asq_claim_cursor *cursor)
{
	cursor->look = true;
	cursor->count = 0;
	cursor->sweep.set = false;
	asq_claim_forget_found(cursor);
}

int asq_pair_compare(const asq_claim_position *a, zend_long priority, zend_long attempts)
{
	if (a->priority != priority) {
		return a->priority < priority ? -1 : 1;
	}
	return a->attempts < attempts ? -1 : a->attempts > attempts;
}

/* Where the pair is in the cursor, or where it would have to go. */
unsigned asq_pair_place(const asq_claim_cursor *cursor, zend_long priority, zend_long attempts, bool *known)
{
	unsigned i = 0;

	while (i < cursor->count && asq_pair_compare(&cursor->pairs[i], priority, attempts) < 0) {
		i++;
	}
	*known = i < cursor->count && asq_pair_compare(&cursor->pairs[i], priority, attempts) == 0;
	return i;
}

/* NULL: there is no room for another one, and it stays part of what lies between. */
asq_claim_position *asq_pair_get(asq_claim_cursor *cursor, zend_long priority, zend_long attempts)
{
	bool known;
	unsigned i = asq_pair_place(cursor, priority, attempts, &known);

	if (!known) {
		if (cursor->count == ASQ_CLAIM_PAIRS) {
			return NULL;
		}
		memmove(&cursor->pairs[i + 1], &cursor->pairs[i], (cursor->count - i) * sizeof(cursor->pairs[0]));
		cursor->count++;
		cursor->pairs[i] = (asq_claim_position) { .priority = priority, .attempts = attempts };
	}
	return &cursor->pairs[i];
}

void asq_position_set(asq_claim_position *position, const char *date, uint64_t id)
{
	snprintf(position->date, sizeof(position->date), "%.19s", date);
	position->id = id;
	position->set = true;
}

/* The moment ASQ_CALM_SECONDS before that, but for the first ones of a day. */
void asq_claim_calm(const zend_string *due, char *calm)
{
	unsigned hour, minute, second, total;

	*calm = '\0';
	if (ZSTR_LEN(due) != 19 || sscanf(ZSTR_VAL(due) + 11, "%2u:%2u:%2u", &hour, &minute, &second) != 3) {
		return;
	}
	total = hour * 3600 + minute * 60 + second;
	if (hour < 24 && minute < 60 && second < 60 && total >= ASQ_CALM_SECONDS) {
		total -= ASQ_CALM_SECONDS;
		snprintf(calm, 20, "%.11s%02u:%02u:%02u", ZSTR_VAL(due), total / 3600, total / 60 % 60, total % 60);
	}
}

/* Nothing more to claim in the pair: it goes on from where rows may still be coming. Never back. */
void asq_position_rest(asq_claim_position *position, const char *calm)
{
	position->live = false;
	if (*calm && (!position->set || strcmp(position->date, calm) < 0)) {
		asq_position_set(position, calm, 0);
	}
}

void asq_position_behind(asq_claim_position *position, const zval *row)
{
	asq_position_set(position, ZSTR_VAL(asq_row_get(row, 3)), asq_row_number(row, 0));
}
