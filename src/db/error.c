/*
 * error.c: the error struct, and the few kinds of error that the module treats on their own.
 */
#include "error.h"

#include <stdarg.h>

/* The numbers are the protocol's and the same in both client libraries. */
#define ASQ_ER_DB_ACCESS_DENIED     1044
#define ASQ_ER_NODE_NOT_READY       1047   /* of a Galera cluster */
#define ASQ_ER_TABLE_ACCESS_DENIED  1142
#define ASQ_ER_NO_SUCH_TABLE        1146
#define ASQ_ER_KEY_DOES_NOT_EXIST   1176
#define ASQ_ER_LOCK_WAIT_TIMEOUT    1205
#define ASQ_ER_LOCK_DEADLOCK        1213
#define ASQ_ER_AUTOINC_READ_FAILED  1467   /* InnoDB's word for a deadlock on the auto-increment lock */
#define ASQ_ER_OPTION_PREVENTS      1290   /* --read-only, mostly */
#define ASQ_ER_BINLOG_NEEDS_ROWS    1665
#define ASQ_ER_READ_ONLY_TRANSACTION 1792
#define ASQ_ER_READ_ONLY_MODE       1836
#define ASQ_ER_ALTER_NOT_SUPPORTED  1845
#define ASQ_ER_ALTER_NOT_SUPPORTED_REASON 1846
#define ASQ_ER_CONNECTION_KILLED    1927
#define ASQ_ER_SERVER_SHUTDOWN      1053
#define ASQ_CR_CONNECTION           2002
#define ASQ_CR_CONN_HOST            2003
#define ASQ_CR_SERVER_GONE          2006
#define ASQ_CR_SERVER_LOST          2013
#define ASQ_CR_SSL_CONNECTION       2026
#define ASQ_CR_SERVER_LOST_EXTENDED 2055

asq_status asq_error_set(asq_error *error, unsigned code, const char *format, ...)
{
	va_list args;

	if (error) {
		error->code = code;
		va_start(args, format);
		vsnprintf(error->message, sizeof(error->message), format, args);
		va_end(args);
	}
	return ASQ_FAILED;
}

asq_status asq_error_take(asq_error *error, unsigned code, const char *message)
{
	/* TLS has one number for all that can befall it, and of a connection that is open that is its loss. */
	return asq_error_set(error, code == ASQ_CR_SSL_CONNECTION ? ASQ_CR_SERVER_LOST : code, "%s", message);
}

bool asq_error_is_lock(const asq_error *error)
{
	return error->code == ASQ_ER_LOCK_DEADLOCK || error->code == ASQ_ER_LOCK_WAIT_TIMEOUT || error->code == ASQ_ER_AUTOINC_READ_FAILED;
}

bool asq_error_is_wait(const asq_error *error)
{
	return error->code == ASQ_ER_LOCK_WAIT_TIMEOUT;
}

bool asq_error_is_gone(const asq_error *error)
{
	return error->code == ASQ_CR_SERVER_GONE || error->code == ASQ_CR_SERVER_LOST || error->code == ASQ_CR_CONNECTION
		|| error->code == ASQ_CR_CONN_HOST
		|| error->code == ASQ_CR_SERVER_LOST_EXTENDED || error->code == ASQ_ER_SERVER_SHUTDOWN
		|| error->code == ASQ_ER_CONNECTION_KILLED;
}

bool asq_error_is_undone(const asq_error *error)
{
	return asq_error_is_lock(error) || asq_error_is_binlog(error) || asq_error_is_read_only(error);
}

bool asq_error_is_read_only(const asq_error *error)
{
	return error->code == ASQ_ER_OPTION_PREVENTS || error->code == ASQ_ER_READ_ONLY_TRANSACTION || error->code == ASQ_ER_READ_ONLY_MODE
		|| error->code == ASQ_ER_NODE_NOT_READY;
}

bool asq_error_is_binlog(const asq_error *error)
{
	return error->code == ASQ_ER_BINLOG_NEEDS_ROWS;
}

bool asq_error_is_no_table(const asq_error *error)
{
	return error->code == ASQ_ER_NO_SUCH_TABLE;
}

bool asq_error_is_no_index(const asq_error *error)
{
	return error->code == ASQ_ER_KEY_DOES_NOT_EXIST;
}

bool asq_error_is_no_way(const asq_error *error)
{
	return error->code == ASQ_ER_ALTER_NOT_SUPPORTED || error->code == ASQ_ER_ALTER_NOT_SUPPORTED_REASON;
}

bool asq_error_is_denied(const asq_error *error)
{
	return error->code == ASQ_ER_DB_ACCESS_DENIED || error->code == ASQ_ER_TABLE_ACCESS_DENIED;
}
