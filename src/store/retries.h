/*
 * retries.h: {prefix}asq_retries: of an action that is to be tried again, its own policy, and when it first failed.
 */
#ifndef ASQ_STORE_RETRIES_H
#define ASQ_STORE_RETRIES_H

#include "store.h"

/* Remembers an action's own policy, as JSON (NULL: none), if the action is pending or running; *known: it is. */
asq_status asq_store_set_policy(asq_site *site, uint64_t action_id, const zend_string *json, bool *known, asq_error *error);

/* The policy, or NULL, and when the action first failed, or NULL; the caller's to release. */
asq_status asq_store_get_policy(asq_site *site, uint64_t action_id, zend_string **json, zend_string **first_failure_gmt, asq_error *error);

/*
 * Deletes up to so many rows of actions that are gone, or that ended an hour ago: by then a series' next instance is made. Looks from
 * behind action *after (0: from the first), and sets that; *more: there may be more.
 */
asq_status asq_store_forget_retries(asq_site *site, uint64_t *after, unsigned limit, bool *more, asq_error *error);

#endif
