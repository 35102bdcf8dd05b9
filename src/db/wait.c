/*
 * wait.c: waiting awake. A server on the same machine, or next to it, answers a short question in some 50 microseconds, and
 * commits to a fast disk in 200. To go to sleep for that, and be woken up, takes 50 more. So we look for the answer for a moment
 * first, and let others that want the processor have it: as soon as somebody does, we go to sleep. Where that was of no use, say since
 * the server is far away, it is left for a while, each time for longer.
 */
#include "wait.h"
#include "monotonic.h"
#include "php_asq.h"

#if ASQ_CLIENT_IS_MARIADB && !defined(PHP_WIN32)

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#define ASQ_SPIN_LOOKS   4       /* between two looks at the clock */
#define ASQ_SPIN_CROWDED 20e-6   /* seconds; these looks take two microseconds: if they took so long, somebody else was at work */
#define ASQ_SPIN_REST    6       /* at most so many times doubled is what is left out after a useless one: 64 waits */

/* 1: there is something; 0: there was nothing for so long, or others want the processor. */
static int asq_spin(struct pollfd *fd, zend_long microseconds)
{
	double now = asq_monotonic(), until = now + (double) microseconds / 1e6, before;

	do {
		for (unsigned i = 0; i < ASQ_SPIN_LOOKS; i++) {
			int ready = poll(fd, 1, 0);
			if (ready > 0) {
				return ready;
			}
			sched_yield();
		}
		before = now;
		now = asq_monotonic();
	} while (now < until && now - before < ASQ_SPIN_CROWDED);
	return 0;
}

/* Whether it is worth the trying, by how it went the last times. */
static bool asq_spin_is_due(void)
{
	if (!ASQ_G(spin)) {
		return false;
	}
	if (ASQ_G(spin_rest)) {
		ASQ_G(spin_rest)--;
		return false;
	}
	return true;
}

static int asq_spin_and_learn(struct pollfd *fd)
{
	int ready = asq_spin(fd, ASQ_G(spin));

	if (ready) {
		ASQ_G(spin_misses) = 0;
	} else {
		ASQ_G(spin_misses) = MIN(ASQ_G(spin_misses) + 1, ASQ_SPIN_REST);
		ASQ_G(spin_rest) = 1u << ASQ_G(spin_misses);
	}
	return ready;
}

/* The library's own waiting, but for the looking. timeout: milliseconds, or -1. */
static int asq_wait(my_socket socket, my_bool is_read, int timeout)
{
	struct pollfd fd = { socket, is_read ? POLLIN : POLLOUT, 0 };
	int ready = 0;

	if (is_read && timeout != 0 && asq_spin_is_due()) {
		ready = asq_spin_and_learn(&fd);
	}
	if (ready) {
		return ready;
	}
	do {
		ready = poll(&fd, 1, timeout);
	} while (ready < 0 && errno == EINTR);
	if (!ready) {
		errno = ETIMEDOUT;
	}
	return ready;
}

void asq_client_wait_awake(MYSQL *conn)
{
	/* With one processor the server cannot answer while we look. */
	if (sysconf(_SC_NPROCESSORS_ONLN) > 1) {
		mysql_optionsv(conn, MARIADB_OPT_IO_WAIT, asq_wait);
	}
}

#else

void asq_client_wait_awake(MYSQL *conn)
{
	(void) conn;
}

#endif
