/*
 * log.h: the log table.
 */
#ifndef ASQ_STORE_LOG_H
#define ASQ_STORE_LOG_H

#include "store.h"

/* A log row, as it is stored. The strings are the caller's. */
typedef struct {
	const zend_string *message, *date_gmt, *date_local;
} asq_log_row;

/* Appends "INSERT INTO ... (...) ", up to the rows. */
void asq_store_log_into(asq_site *site, smart_str *sql);

/* Appends a row's "message,gmt,local" as values. */
void asq_store_log_parts(asq_site *site, smart_str *sql, const asq_log_row *row);

/* Appends (action_id, message, dates) to an INSERT's values. */
void asq_store_log_values(asq_site *site, smart_str *sql, uint64_t action_id, const asq_log_row *row);

/* Adds a row to a batch's statement of many; *sql: that statement, or NULL before the first. */
void asq_store_log_add(asq_site *site, asq_batch *batch, smart_str **sql, uint64_t action_id, const asq_log_row *row);

/*
 * Rows of which many say the same, in one statement: texts that come again are variables of the session, so that the server need
 * not read them each time. What is gathered becomes two statements of the batch, or none.
 */
#define ASQ_LOG_KINDS 8

typedef struct {
	unsigned kinds;
	const asq_log_row *kind[ASQ_LOG_KINDS];
	smart_str rows;
} asq_log_many;

void asq_store_log_many(asq_site *site, asq_log_many *many, uint64_t action_id, const asq_log_row *row);
void asq_store_log_many_end(asq_site *site, asq_batch *batch, asq_log_many *many);

/* The INSERT of a row, if the statement before it has changed something. */
void asq_store_log_changed(asq_site *site, smart_str *sql, uint64_t action_id, const asq_log_row *row);

asq_status asq_store_log(asq_site *site, uint64_t action_id, const asq_log_row *row, uint64_t *id, asq_error *error);
asq_status asq_store_log_all(asq_site *site, HashTable *action_ids, const asq_log_row *row, asq_error *error);
/* The rows (action_id, message, log_date_gmt) of an action, or the one of a log id. */
asq_status asq_store_logs(asq_site *site, uint64_t action_id, uint64_t log_id, zval *rows, asq_error *error);
asq_status asq_store_clear_logs(asq_site *site, uint64_t action_id, asq_error *error);

#endif
