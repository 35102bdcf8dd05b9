/*
 * site.h: the site that a call is for: its tables and a link to its database. Looked up anew for each call,
 * since switch_to_blog(), a fork or a transaction may have come in between.
 */
#ifndef ASQ_WORDPRESS_SITE_H
#define ASQ_WORDPRESS_SITE_H

#include "src/db/link.h"

typedef struct {
	asq_link link;
	zend_string *actions, *claims, *groups, *logs;   /* table names, ready for SQL */
	zend_string *database;
	bool wordpress;       /* false: the asq.* settings */
	bool own_tables;      /* no Action Scheduler plugin: the tables are ours to make */
} asq_site;

/*
 * Opens the site: WordPress's where it is loaded, else the one of the asq.* settings. ASQ_FAILED with a
 * message that says what to set where there is neither.
 */
asq_status asq_site_open(asq_site *site, asq_error *error);

/*
 * As above, but never on $wpdb's connection: for the queue runner's own transactions. A server that cannot be
 * reached is tried again for so many seconds: it may be being restarted.
 */
asq_status asq_site_open_own(asq_site *site, unsigned patience, asq_error *error);

void asq_site_close(asq_site *site);

/* The name of a table of the extension's own, such as "asq_workers", for this site; the caller's to release. */
zend_string *asq_site_table(const asq_site *site, const char *table);

/* The server's name, as it is configured. */
const char *asq_site_server(void);

/* Runs a batch; in own_tables mode a missing table is made, and the batch tried once more. */
asq_status asq_site_run(asq_site *site, asq_batch *batch, asq_error *error);

/* Makes the site's tables where they are not there. */
asq_status asq_site_create_tables(asq_site *site, asq_error *error);

/* Whether $wpdb's connection is in a transaction, or has autocommit off. */
bool asq_site_in_transaction(void);

#endif
