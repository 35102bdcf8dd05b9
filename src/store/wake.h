/*
 * wake.h: how an enqueue tells the supervisor of this host: a datagram to an abstract Unix socket that is named after the
 * database and the prefix. Nobody waits for anybody, and if nobody listens nothing is lost: the queue is in the tables.
 */
#ifndef ASQ_STORE_WAKE_H
#define ASQ_STORE_WAKE_H

#include "src/wordpress/site.h"

/* What the site's socket and shared memory are named after. */
uint64_t asq_wake_key(const asq_site *site);

/*
 * Says that there is something to do at that time ('Y-m-d H:i:s' in UTC; NULL: now). In a caller's transaction, which may
 * not be committed yet when the supervisor looks, it is said again when the request ends.
 */
void asq_wake_send(const asq_site *site, const zend_string *due);

/* Seconds since 1970 of such a time. */
int64_t asq_wake_time(const char *gmt);

/* At the end of the request: what was said too early is said again. */
void asq_wake_again(void);

/*
 * The supervisor's end. Several may share a host; the first has the socket that all write to, and tells the others. It
 * returns the descriptor, or -1; *place is whose turn it is, 0 the first's.
 */
int asq_wake_listen(uint64_t key, unsigned *place);

/* The place of one that has gone is taken: all write to the first. */
void asq_wake_move_up(uint64_t key, int *fd, unsigned *place);

/* Takes all that has arrived; the earliest time of it goes to *due. False if there was nothing. */
bool asq_wake_receive(int fd, uint64_t key, unsigned place, int64_t *due);

#endif
