/*
 * schema.h: Action Scheduler's four tables, for sites where no plugin makes them, and the extension's own.
 */
#ifndef ASQ_DB_SCHEMA_H
#define ASQ_DB_SCHEMA_H

#include "link.h"

/* Makes the tables that are not there. The names are ready for SQL. */
asq_status asq_schema_create(asq_link *link, const zend_string *actions, const zend_string *claims,
	const zend_string *groups, const zend_string *logs, asq_error *error);

/* The extension's own. */
asq_status asq_schema_create_own(asq_link *link, const zend_string *workers, const zend_string *pauses, asq_error *error);

asq_status asq_schema_create_letters(asq_link *link, const zend_string *letters, const zend_string *retries, asq_error *error);
/* Of idempotency keys, and of circuits. */
asq_status asq_schema_create_keys(asq_link *link, const zend_string *keys, const zend_string *circuits, asq_error *error);
/* Of webhooks' events. */
asq_status asq_schema_create_events(asq_link *link, const zend_string *events, asq_error *error);

#endif
