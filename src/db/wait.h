/*
 * wait.h: how the own connection waits for the server's answer.
 */
#ifndef ASQ_DB_WAIT_H
#define ASQ_DB_WAIT_H

#include "client_compat.h"

/*
 * From now on the connection looks for an answer for up to asq.spin microseconds before it goes to sleep. To be called
 * before it connects. Where the library, or the system, does not have it done, nothing changes.
 */
void asq_client_wait_awake(MYSQL *conn);

#endif
