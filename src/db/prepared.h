/*
 * prepared.h: the statements that the server keeps parsed for the own connection. For questions that are asked again
 * and again with other values, one of which is as_has_scheduled_action()'s.
 */
#ifndef ASQ_DB_PREPARED_H
#define ASQ_DB_PREPARED_H

#include "link.h"
#include "client_compat.h"

/* A connection's statements; NULL before the first. */
typedef struct asq_prepared asq_prepared;

/*
 * Answers a batch that has values by a prepared statement, if its statement has been asked for often enough. False:
 * nothing is answered, the batch's text has to be sent; also after a failure, which the text then meets, or does not.
 */
bool asq_prepared_run(asq_prepared **prepared, MYSQL *conn, asq_batch *batch);

/* Frees the handles, after the connection's mysql_close(), so that nothing is sent. */
void asq_prepared_free(asq_prepared *prepared);

#endif
