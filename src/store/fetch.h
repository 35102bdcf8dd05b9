/*
 * fetch.h: reading actions by their ids.
 */
#ifndef ASQ_STORE_FETCH_H
#define ASQ_STORE_FETCH_H

#include "store.h"

/* The columns of a fetched action, in this order. */
enum { ASQ_COL_ID, ASQ_COL_HOOK, ASQ_COL_STATUS, ASQ_COL_ARGS, ASQ_COL_EXTENDED_ARGS, ASQ_COL_SCHEDULE,
	ASQ_COL_PRIORITY, ASQ_COL_GROUP };

/* SELECT of those columns, up to its WHERE. */
void asq_store_select_action(asq_site *site, smart_str *sql);

/* The rows of the given ids (a list of numbers or numeric strings), in no order. */
asq_status asq_store_fetch(asq_site *site, HashTable *ids, zval *rows, asq_error *error);

asq_status asq_store_status(asq_site *site, uint64_t id, zend_string **status, asq_error *error);
asq_status asq_store_claim_id(asq_site *site, uint64_t id, zend_long *claim_id, asq_error *error);

#endif
