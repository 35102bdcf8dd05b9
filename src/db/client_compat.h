/*
 * client_compat.h: where libmariadb and libmysqlclient differ.
 */
#ifndef ASQ_DB_CLIENT_COMPAT_H
#define ASQ_DB_CLIENT_COMPAT_H

#include <mysql.h>
#include <stdbool.h>

#if defined(MARIADB_BASE_VERSION) || defined(MARIADB_VERSION_ID) || defined(MARIADB_CLIENT_STMT_BULK_OPERATIONS)
# define ASQ_CLIENT_IS_MARIADB 1
# define ASQ_CLIENT_NAME "MariaDB Connector/C"
typedef my_bool asq_bool;
#else
# define ASQ_CLIENT_IS_MARIADB 0
# define ASQ_CLIENT_NAME "libmysqlclient"
typedef bool asq_bool;
#endif

#ifndef CLIENT_SSL
# define CLIENT_SSL 2048
#endif

/* Escapes what is to stand between single quotes. MySQL's own refuses to do it by the function of old where a backslash is a letter. */
static inline unsigned long asq_client_escape_text(MYSQL *conn, char *to, const char *from, size_t length)
{
#if ASQ_CLIENT_IS_MARIADB
	return mysql_real_escape_string(conn, to, from, length);
#else
	return mysql_real_escape_string_quote(conn, to, from, length, '\'');
#endif
}

/* Asks for TLS; with verify, a server whose certificate does not fit is refused. */
static inline void asq_client_ask_tls(MYSQL *conn, bool verify)
{
#if ASQ_CLIENT_IS_MARIADB
	asq_bool on = 1, check = verify;
	mysql_optionsv(conn, MYSQL_OPT_SSL_ENFORCE, &on);
	mysql_optionsv(conn, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &check);
#else
	unsigned mode = verify ? SSL_MODE_VERIFY_IDENTITY : SSL_MODE_REQUIRED;
	mysql_options(conn, MYSQL_OPT_SSL_MODE, &mode);
#endif
}

#endif
