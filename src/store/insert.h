/*
 * insert.h: the parts of an action's insert, for those who store more along with it: webhooks.c.
 */
#ifndef ASQ_STORE_INSERT_H
#define ASQ_STORE_INSERT_H

#include "store.h"

/* Makes a group, if it is not there. ASQ_DECLINED: its name cannot be stored. */
asq_status asq_group_make(asq_site *site, const zend_string *slug, asq_error *error);

/* "INSERT INTO actions (...)"; extended: with extended_args. */
void asq_insert_columns(asq_site *site, smart_str *sql, bool extended);
/* All values but the group's, each followed by a comma. */
void asq_insert_values(asq_site *site, smart_str *sql, const asq_action_row *row);
/* The log row of LAST_INSERT_ID(); conditional: if the statement before has changed a row. */
void asq_insert_log(asq_site *site, smart_str *sql, const asq_log_row *log, bool conditional);

/* It is committed: what this process remembers of it, and those who wait are told. */
void asq_insert_stored(asq_site *site, const asq_action_row *row, uint64_t id);

#endif
