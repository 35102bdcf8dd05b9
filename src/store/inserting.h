/*
 * inserting.h: what the files share that store actions: insert.c (one), insert_many.c, groups.c, webhooks.c.
 */
#ifndef ASQ_STORE_INSERTING_H
#define ASQ_STORE_INSERTING_H

#include "insert.h"

#define ASQ_INSERT_TRIES 5      /* after a lost connection */

/* ---- groups.c ----------------------------------------------------------------------------------- */

/* Makes a group where there is none. A slug that wpdb would refuse (too long, or not UTF-8) is declined. */
asq_status asq_group_make(asq_site *site, const zend_string *slug, asq_error *error);

/* A group's id; makes it where there is none. */
asq_status asq_group_find_or_make(asq_site *site, const zend_string *slug, uint64_t *id, asq_error *error);

/* ---- insert.c ----------------------------------------------------------------------------------- */

/* INSERT INTO ... (...), up to the values. */
void asq_insert_columns(asq_site *site, smart_str *sql, bool extended);

/* All values but the group's, each followed by a comma. extended: with that column, whether it is used or not. */
void asq_insert_values(asq_site *site, smart_str *sql, const asq_action_row *row, bool extended);

/* The highest id that is known to be there. */
void asq_insert_remember(const asq_site *site, uint64_t id);

/* It is committed: what this process remembers of it, and those who wait are told. */
void asq_insert_stored(asq_site *site, const asq_action_row *row, uint64_t id);

/* Whether a row is there after all, when the answer to its commit was lost: see there. */
asq_status asq_insert_look(asq_site *site, const asq_action_row *row, const asq_log_row *log, uint64_t *id, uint64_t *log_id, asq_error *error);

#endif
