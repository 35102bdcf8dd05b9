/*
 * query.h: finding and counting actions, as Action Scheduler's query_actions() does.
 */
#ifndef ASQ_STORE_QUERY_H
#define ASQ_STORE_QUERY_H

#include "store.h"

/*
 * Finds (a list of ids, as strings) or counts (a string) actions by the keys of Action Scheduler's
 * query_actions(). ASQ_DECLINED where a key holds what only PHP can make sense of.
 */
asq_status asq_store_query(asq_site *site, HashTable *query, bool count, zval *result, asq_error *error);

/* status => count, for the statuses that Action Scheduler knows. */
asq_status asq_store_counts(asq_site *site, zval *counts, asq_error *error);

#endif
