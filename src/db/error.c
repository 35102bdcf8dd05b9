/*
 * error.c: the error struct, and the few kinds of error that the module treats on their own.
 */
#include "error.h"

#include <stdarg.h>

/* The numbers are the protocol's and the same in both client libraries. */
#define ASQ_ER_NO_SUCH_TABLE        1146
#define ASQ_ER_NO_SUCH_KEY          1176
#define ASQ_ER_LOCK_WAIT_TIMEOUT    1205
#define ASQ_ER_LOCK_DEADLOCK        1213
#define ASQ_ER_AUTOINC_READ_FAILED  1467   /* InnoDB's word for a deadlock on the auto-increment lock */
#define ASQ_ER_BINLOG_NEEDS_ROWS    1665
#define ASQ_ER_CONNECTION_KILLED    1927
#define ASQ_ER_SERVER_SHUTDOWN      1053
#define ASQ_CR_CONNECTION           2002
#define ASQ_CR_CONN_HOST            2003
#define ASQ_CR_SERVER_GONE          2006
#define ASQ_CR_SERVER_LOST          2013
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
	return error->code == ASQ_ER_NO_SUCH_KEY;
}
