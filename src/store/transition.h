/*
 * transition.h: changes of one action's state, by its id alone. Each is ASQ_NOT_FOUND if no row changed.
 */
#ifndef ASQ_STORE_TRANSITION_H
#define ASQ_STORE_TRANSITION_H

#include "store.h"

asq_status asq_store_start(asq_site *site, uint64_t id, const zend_string *gmt, const zend_string *local, asq_error *error);
asq_status asq_store_complete(asq_site *site, uint64_t id, const zend_string *gmt, const zend_string *local, asq_error *error);
asq_status asq_store_set_status(asq_site *site, uint64_t id, const char *status, asq_error *error);
asq_status asq_store_unclaim(asq_site *site, uint64_t id, asq_error *error);
asq_status asq_store_delete(asq_site *site, uint64_t id, asq_error *error);

/* Cancels up to 1000 pending actions of a hook, or of a group; *ids becomes the list of their ids. */
asq_status asq_store_cancel_some(asq_site *site, const zend_string *hook, const zend_string *group, zval *ids, asq_error *error);

#endif
