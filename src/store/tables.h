/*
 * tables.h: what the extension adds to Action Scheduler's tables: tables of its own, and an index.
 */
#ifndef ASQ_STORE_TABLES_H
#define ASQ_STORE_TABLES_H

#include "store.h"

/* Makes the extension's own tables where they are not there. */
asq_status asq_store_own_tables(asq_site *site, asq_error *error);

/* Those of retries and dead letters alone; and asq_keys and asq_circuits. Not in a caller's transaction. */
asq_status asq_store_letter_tables(asq_site *site, asq_error *error);
asq_status asq_store_make_keys(asq_site *site, asq_error *error);

/* "SELECT 1 ...": a row, if the database has that table. */
void asq_store_table_sql(asq_site *site, smart_str *sql, const zend_string *table);
bool asq_store_has_table(asq_site *site, const zend_string *table);

/*
 * The extension's own tables may be missing (or be nothing that the account may read), which means that they are empty.
 * may_read() is false where it is better not to try; is_missing() tells by the error.
 */
bool asq_store_may_read(asq_site *site, const zend_string *table);
bool asq_store_is_missing(const asq_error *error);

/* Whether the index that claims go by is there, with the columns that it must have. */
asq_status asq_store_has_claim_index(asq_site *site, bool *there, asq_error *error);

/* Whether actions and log rows that were written in a transaction can be undone: the tables are InnoDB's. */
bool asq_store_undoes(asq_site *site);

/* How many actions there are, roughly: the server's estimate, which costs nothing. */
asq_status asq_store_estimate(asq_site *site, zend_long *rows, asq_error *error);

/* A table of fewer rows gets the index without being asked for it: it takes seconds at most. */
#define ASQ_SMALL_TABLE 200000

/* Ways to make the index, to be tried in this order as long as the server refuses them. */
enum { ASQ_INDEX_ONLINE, ASQ_INDEX_IN_PLACE, ASQ_INDEX_ANYHOW, ASQ_INDEX_WAYS };

/* The statement. replace: there is an index of that name, with other columns. */
void asq_store_claim_index_sql(asq_site *site, smart_str *sql, int way, bool replace);

/* Makes the index, online where the server can. Waits for others' transactions for some seconds only. */
asq_status asq_store_make_claim_index(asq_site *site, asq_error *error);

#endif
