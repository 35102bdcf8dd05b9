/*
 * prepared.h: the statements that the server keeps parsed for the own connection. For what is asked again and
 * again with other values: an action to be stored, as_has_scheduled_action()'s question, the queue runner's step.
 */
#ifndef ASQ_DB_PREPARED_H
#define ASQ_DB_PREPARED_H

#include "link.h"
#include "client_compat.h"

/* A connection's statements; NULL before the first. */
typedef struct asq_prepared asq_prepared;

typedef enum {
	ASQ_PREPARED_NOT,      /* nothing has happened: it has no values, or has not been asked for often enough, or preparing does not work here */
	ASQ_PREPARED_DONE,
	ASQ_PREPARED_FAILED,   /* as the text would have, too */
	ASQ_PREPARED_UNREAD    /* it was done, but the answer could not be read */
} asq_prepared_end;

/* Answers a batch that has values by a prepared statement. */
asq_prepared_end asq_prepared_run(asq_prepared **prepared, MYSQL *conn, asq_batch *batch, asq_error *error);

/* Frees the handles, after the connection's mysql_close(), so that nothing is sent. */
void asq_prepared_free(asq_prepared *prepared);

#endif
