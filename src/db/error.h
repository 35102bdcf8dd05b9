/*
 * error.h: how a failure travels inside the module. A function that can fail returns an asq_status and,
 * where the caller gave one, fills an asq_error. Only the files in api/ turn either into PHP's errors.
 */
#ifndef ASQ_DB_ERROR_H
#define ASQ_DB_ERROR_H

#include "php.h"

typedef enum {
	ASQ_OK,
	ASQ_DECLINED,    /* not a case for native code: let Action Scheduler's own answer; nothing was done */
	ASQ_NOT_FOUND,   /* no such row, or no row changed */
	ASQ_FAILED,      /* the server refused, or cannot be reached: see the asq_error */
	ASQ_THROWN       /* userland threw: EG(exception) is set */
} asq_status;

typedef struct {
	unsigned code;       /* the server's or client library's error number, 0 if none */
	char message[512];
} asq_error;

/* Formats a message, cut to fit; returns ASQ_FAILED so that a caller can say it in one line. */
asq_status asq_error_set(asq_error *error, unsigned code, const char *format, ...)
	ZEND_ATTRIBUTE_FORMAT(printf, 3, 4);

/* The same of what the client library says of a connection that was open. */
asq_status asq_error_take(asq_error *error, unsigned code, const char *message);

/* A deadlock or a lock wait: the transaction is gone, and may be tried again. */
bool asq_error_is_lock(const asq_error *error);

/* Of these, a lock wait: it has taken the server's innodb_lock_wait_timeout already. */
bool asq_error_is_wait(const asq_error *error);

/* The connection is gone, or the server cannot be reached. */
bool asq_error_is_gone(const asq_error *error);

/* After these nothing of a transaction is done. After others, also that somebody has ended the statement, it may be, up to the commit. */
bool asq_error_is_undone(const asq_error *error);

/* It takes no writes, say since another one has become the primary: a new connection may lead there. */
bool asq_error_is_read_only(const asq_error *error);

/* The server's binary log cannot hold what READ COMMITTED does. */
bool asq_error_is_binlog(const asq_error *error);

/* A table is not there. */
bool asq_error_is_no_table(const asq_error *error);

/* An index that the statement names is not there. */
bool asq_error_is_no_index(const asq_error *error);

/* The server cannot change the table in the way that was asked for. */
bool asq_error_is_no_way(const asq_error *error);

/* The account may not do that. */
bool asq_error_is_denied(const asq_error *error);

#endif
