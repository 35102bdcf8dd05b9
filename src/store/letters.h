/*
 * letters.h: {prefix}asq_dead_letters: the actions that have failed for good, for people to look at, try again, and delete.
 */
#ifndef ASQ_STORE_LETTERS_H
#define ASQ_STORE_LETTERS_H

#include "store.h"

typedef enum { ASQ_LETTERS_BY_ID, ASQ_LETTERS_BY_LAST_FAILURE, ASQ_LETTERS_BY_FIRST_FAILURE, ASQ_LETTERS_BY_HOOK, ASQ_LETTERS_BY_GROUP,
	ASQ_LETTERS_BY_CLASS, ASQ_LETTERS_BY_ATTEMPTS, ASQ_LETTERS_BY_RETRIES, ASQ_LETTERS_ORDERS } asq_letters_order;

/* Which letters. The strings are the caller's; NULL: any. */
typedef struct {
	const zend_string *hook, *group, *error_class, *reason, *search, *after_gmt, *before_gmt;
	const zend_string *search_json; /* what is searched for, as JSON has it; NULL: it is the same */
	HashTable *ids;                 /* a list of numbers, or NULL */
	zend_long above, up_to;         /* only letters with higher ids than `above`, and none higher than `up_to`; 0: any */
	zend_long newest;               /* only among so many of the newest, whatever else is asked for; 0: any */
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
/* How many; query->limit, which is no page here, ends the counting. */
asq_status asq_store_count_letters(asq_site *site, const asq_letters_query *query, zend_long *count, asq_error *error);
/* total, retried, last_24_hours, oldest_gmt, hooks, error_classes: the `top` most frequent of each; of so many of the newest letters, 0: of all. */
asq_status asq_store_letter_stats(asq_site *site, zend_long top, zend_long newest, zval *stats, asq_error *error);

/* A retry, from asq_store_take_letter() to asq_store_letter_retried(). */
typedef struct {
	uint64_t letter_id;
	uint64_t action_id, last_id;    /* the letter's action, and that of the retry before, or 0: one of them is what a webhook's event knows */
	uint64_t token;                 /* asq_store_take_letter()'s */
	bool has_events;                /* as well: there is the table of webhooks' events */
} asq_letter_retry;

/* Begins a retry of a letter, if it has had as many so far as the caller has seen, and nobody is about one: *taken. */
asq_status asq_store_take_letter(asq_site *site, asq_letter_retry *retry, zend_long seen, bool *taken, asq_error *error);
/* What has come of that: the new action; 0: none, and it does not count. */
asq_status asq_store_letter_retried(asq_site *site, const asq_letter_retry *retry, uint64_t new_action_id, asq_error *error);

/* Deletes letters by their ids; *deleted of them were there. */
asq_status asq_store_delete_letters(asq_site *site, HashTable *ids, zend_long *deleted, asq_error *error);

#endif
