/*
 * insert.h: storing actions: one, or many that are alike.
 */
#ifndef ASQ_STORE_INSERT_H
#define ASQ_STORE_INSERT_H

#include "log.h"

typedef enum { ASQ_UNIQUE_NO, ASQ_UNIQUE_GROUP, ASQ_UNIQUE_ARGS } asq_unique;

/* An action as it is stored. The strings are the caller's. */
typedef struct {
	const zend_string *hook, *date_gmt, *date_local, *schedule, *args;
	const zend_string *extended_args;   /* NULL: args is all there is */
	const zend_string *group;           /* NULL: group id 0 */
	const char *status;
	zend_long priority;
} asq_action_row;

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

#endif
