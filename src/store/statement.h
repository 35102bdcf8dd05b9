/*
 * statement.h: what the statements of store/ have in common: how a batch of one begins and what its answer is, and the pieces
 * of SQL that stand in many.
 */
#ifndef ASQ_STORE_STATEMENT_H
#define ASQ_STORE_STATEMENT_H

#include "store.h"

/* A batch that waits for a server that is being restarted. */
void asq_batch_init_patient(asq_batch *batch, bool transactional);

/* A new batch, and its first statement, begun by a format of the name of a table of the extension's own. */
smart_str *asq_statement_begin(asq_site *site, asq_batch *batch, const char *table, const char *format);

/* Runs a batch, and frees it. *number: what its first cell says; 0 where there is none. */
asq_status asq_statement_number(asq_site *site, asq_batch *batch, uint64_t *number, asq_error *error);

/* Runs a batch, and frees it. ASQ_NOT_FOUND: its first statement has changed nothing. */
asq_status asq_statement_change(asq_site *site, asq_batch *batch, asq_error *error);

/* *rows: all rows of a statement's result; an empty list where there are none, or no result (NULL). */
void asq_result_take(const asq_result *result, zval *rows);

/* The first row of a statement's result, or NULL. */
zval *asq_result_row(const asq_result *result);

/* Appends "last_attempt_gmt='...', last_attempt_local='...'". */
void asq_sql_attempted(asq_site *site, smart_str *sql, const zend_string *gmt, const zend_string *local);

/*
 * Appends a condition: the statement before has changed something. A server whose client has gone says -1 to that, and would go on, to
 * the commit at last: there it is an error (1242), which ends the batch, so that it is rolled back.
 */
void asq_sql_if_changed(smart_str *sql);

/*
 * Appends a condition: action_id is one of these, of which there is at least one. Ids that follow one another, as those of an import
 * do, are said as a range, which spares the server looking up each by itself.
 */
void asq_sql_ids(smart_str *sql, const uint64_t *ids, size_t count);

/* Appends a column of some rows, with commas in between: numbers, as they came. */
void asq_sql_column(smart_str *sql, HashTable *rows, uint32_t column);

#endif
