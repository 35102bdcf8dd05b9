/*
 * wpdb.h: the link over $wpdb's own connection, for calls that must be part of the caller's transaction.
 */
#ifndef ASQ_WORDPRESS_WPDB_H
#define ASQ_WORDPRESS_WPDB_H

#include "src/db/link.h"

/* $wpdb, or NULL. */
zend_object *asq_wpdb(void);

/* Its connection is a mysqli that we can see through; *in_transaction: it is in one, or autocommit is off. */
bool asq_wpdb_is_mysqli(zend_object *wpdb, bool *in_transaction);

/* Makes *link a link over it. */
void asq_wpdb_link(asq_link *link, zend_object *wpdb);

#endif
