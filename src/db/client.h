/*
 * client.h: the module's own connection, through libmariadb or libmysqlclient. One per thread, now and then two, kept open
 * between requests, and made anew after a fork.
 */
#ifndef ASQ_DB_CLIENT_H
#define ASQ_DB_CLIENT_H

#include "link.h"

/* Where to connect to, as WordPress's constants or the asq.* settings say. Strings may be NULL. */
typedef struct {
	zend_string *host;      /* host, host:port, host:/socket, [::1]:port */
	zend_string *user;
	zend_string *password;
	zend_string *database;
	zend_string *charset;
	zend_string *collate;
	unsigned long flags;    /* MYSQL_CLIENT_FLAGS */
} asq_target;

typedef struct asq_client asq_client;

/*
 * Makes *link the connection to the target: the open one where it is the same and still alive, else a new
 * one. After a failure it is not tried again for a few seconds, so that a site is slow once, not always.
 */
asq_status asq_client_link(asq_link *link, const asq_target *target, asq_error *error);

/* Makes *link the connection that is open, wherever it leads; false: there is none, or it is a parent's. */
bool asq_client_current(asq_link *link);

/* Ends the connections (module shutdown), or brings the first to a clean state (request shutdown). */
void asq_client_close(void);
void asq_client_release(void);

/* For phpinfo(): the library's name and version, and the server's if connected. */
const char *asq_client_library(void);
const char *asq_client_library_version(void);
const char *asq_client_server(void);

bool asq_client_library_init(void);
void asq_client_library_end(void);

/* The end of a thread, and of the connections that it had, or NULL. */
void asq_client_thread_end(asq_client *client, asq_client *beside);

#endif
