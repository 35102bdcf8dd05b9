/*
 * prepared.h: the statements that the server keeps parsed for the own connection. For what is asked again and
 * again with other values: as_has_scheduled_action()'s question, the queue runner's step.
 */
#ifndef ASQ_DB_PREPARED_H
#define ASQ_DB_PREPARED_H

#include "link.h"
#include "client_compat.h"

/* A connection's statements; NULL before the first. */
typedef struct asq_prepared asq_prepared;

/*
 * Answers a batch that has values by a prepared statement. ASQ_DECLINED: it is to be sent as text, since it has none, or has not
 * been asked for often enough. ASQ_FAILED: so it is, after a ROLLBACK; the text meets the same error, or does not.
 */
asq_status asq_prepared_run(asq_prepared **prepared, MYSQL *conn, asq_batch *batch);

/* Frees the handles, after the connection's mysql_close(), so that nothing is sent. */
void asq_prepared_free(asq_prepared *prepared);

#endif
