/*
 * pause.h: what an operator has paused.
 */
#ifndef ASQ_STORE_PAUSE_H
#define ASQ_STORE_PAUSE_H

#include "store.h"

#define ASQ_PAUSE_ALL   "all"
#define ASQ_PAUSE_HOOK  "hook"
#define ASQ_PAUSE_GROUP "group"

/* Adds or removes a pause. *changed: there was none, or one, before. The name is "" for all. */
asq_status asq_store_pause(asq_site *site, const char *kind, const zend_string *name, bool *changed, asq_error *error);
asq_status asq_store_resume(asq_site *site, const char *kind, const zend_string *name, bool *changed, asq_error *error);

/* *pauses becomes a list of arrays (kind, name, paused_gmt), empty where the table is not there. Set in any case. */
asq_status asq_store_pauses(asq_site *site, zval *pauses, asq_error *error);

/* The statement that reads what is paused, for batches of others; the table's name is ready for SQL. */
void asq_store_pauses_select(smart_str *sql, const zend_string *table);

/* Of the rows that it has read: whether all is paused. */
bool asq_store_paused_all(HashTable *rows);

/*
 * Appends " AND ..." for each hook and group that is paused, for a statement that locks no more than it says. A group's id is
 * looked up by the statement, since the group may be made only after it was paused.
 */
void asq_store_paused_sql(asq_site *site, HashTable *rows, smart_str *sql);

/* Appends " AND ..." for rows t (hook, group_id) of a query that reads the pauses itself. */
void asq_store_unpaused_sql(asq_site *site, smart_str *sql, const zend_string *table);

/*
 * Appends " AND ..." to the WHERE of a statement on the actions' table: nothing that is paused; "" where nothing is. What
 * it has read it remembers for a second, so that a claim costs no look of its own.
 */
asq_status asq_store_pause_condition(asq_site *site, smart_str *sql, asq_error *error);
void asq_store_forget_pauses(void);

#endif
