/*
 * claim.h: claiming due actions, looking at a claim, and giving it back.
 */
#ifndef ASQ_STORE_CLAIM_H
#define ASQ_STORE_CLAIM_H

#include "store.h"

typedef struct {
	zend_long limit;
	const zend_string *due;         /* claim what is due by then */
	const zend_string *now_gmt, *now_local;
	HashTable *hooks;               /* a list of strings, or NULL for any */
	HashTable *group_ids;           /* a list of numbers, or NULL for any */
	bool exclude_groups;
	const zend_string *order_by;    /* NULL: Action Scheduler's order */
} asq_claim_filter;

/* Makes a claim's row, and claims nothing yet. */
asq_status asq_store_new_claim(asq_site *site, const zend_string *now_gmt, uint64_t *claim_id, asq_error *error);

/*
 * Claims due actions. *claim_id 0: makes the claim's row, too. *ids becomes the list of the claimed ids, in the
 * order in which they are to be run.
 */
asq_status asq_store_claim(asq_site *site, const asq_claim_filter *filter, uint64_t *claim_id, zval *ids, asq_error *error);

/* The ids that a claim holds, in order, of those due by then. */
asq_status asq_store_claimed(asq_site *site, uint64_t claim_id, const zend_string *due, zval *ids, asq_error *error);

asq_status asq_store_claim_count(asq_site *site, zend_long *count, asq_error *error);

/* Gives back what the claim holds (with pending_only: only what has not run), and ends it. */
asq_status asq_store_release(asq_site *site, uint64_t claim_id, bool pending_only, asq_error *error);

/* The ids of the groups with these slugs; those that are not there are left out. */
asq_status asq_store_group_ids(asq_site *site, HashTable *slugs, zval *ids, asq_error *error);

/* Appends " AND hook IN (...)" and the like for the filter's hooks and groups. */
void asq_store_filter_sql(asq_site *site, smart_str *sql, const asq_claim_filter *filter);

#endif
