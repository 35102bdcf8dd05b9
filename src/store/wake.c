/*
 * wake.c: the datagrams between those who enqueue and those who run.
 */
#include "wake.h"
#include "php_asq.h"

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ASQ_WAKE_PLACES 8     /* supervisors of one site on one host */

/* FNV-1a. A collision wakes somebody for nothing. */
static uint64_t asq_wake_hash(uint64_t hash, const char *text)
{
	do {
		hash = (hash ^ (unsigned char) *text) * 0x100000001b3ull;
	} while (*text++);
	return hash;
}

uint64_t asq_wake_key(const asq_site *site)
{
	return asq_wake_hash(asq_wake_hash(0xcbf29ce484222325ull, site->database ? ZSTR_VAL(site->database) : ""), ZSTR_VAL(site->actions));
}

static socklen_t asq_wake_address(struct sockaddr_un *address, uint64_t key, unsigned place)
{
	int length;

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	/* The first byte is zero: a name, not a path. */
	length = snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1, "asq-%016" PRIx64 ".%u", key, place);
	return (socklen_t) (offsetof(struct sockaddr_un, sun_path) + 1 + (size_t) length);
}

static int asq_wake_socket(void)
{
	return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static void asq_wake_to(int fd, uint64_t key, unsigned place, int64_t due)
{
	struct sockaddr_un address;
	socklen_t length = asq_wake_address(&address, key, place);

	/* Whatever becomes of it: who is not there, or has no room, will look by himself. */
	(void) sendto(fd, &due, sizeof(due), MSG_NOSIGNAL, (struct sockaddr *) &address, length);
}

/* Days from 1970-01-01 on, by Howard Hinnant's days_from_civil(). */
static int64_t asq_wake_days(int64_t year, int month, int day)
{
	int64_t era, in_era, in_year;

	year -= month <= 2;
	era = (year >= 0 ? year : year - 399) / 400;
	in_era = year - era * 400;
	in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

/* 0 for what is no date: that is looked after at once. */
int64_t asq_wake_time(const char *gmt)
{
	int year, month, day, hour, minute, second;

	if (sscanf(gmt, "%d-%d-%d %d:%d:%d", &year, &month, &day, &hour, &minute, &second) != 6) {
		return 0;
	}
	return asq_wake_days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
}

void asq_wake_send(const asq_site *site, const zend_string *due)
{
	if (ASQ_G(wake_fd) <= 0) {
		int fd = asq_wake_socket();
		if (fd < 0) {
			return;
		}
		ASQ_G(wake_fd) = fd;
	}
	asq_wake_to(ASQ_G(wake_fd), asq_wake_key(site), 0, due ? asq_wake_time(ZSTR_VAL(due)) : 0);
	if (site->link.in_transaction) {
		ASQ_G(wake_again) = asq_wake_key(site);
	}
}

void asq_wake_again(void)
{
	if (ASQ_G(wake_again) && ASQ_G(wake_fd) > 0) {
		asq_wake_to(ASQ_G(wake_fd), ASQ_G(wake_again), 0, 0);
	}
	ASQ_G(wake_again) = 0;
}

int asq_wake_listen(uint64_t key, unsigned *place)
{
	int fd = asq_wake_socket();

	for (*place = 0; fd >= 0 && *place < ASQ_WAKE_PLACES; (*place)++) {
		struct sockaddr_un address;
		socklen_t length = asq_wake_address(&address, key, *place);
		if (bind(fd, (struct sockaddr *) &address, length) == 0) {
			return fd;
		}
		if (errno != EADDRINUSE) {
			break;
		}
	}
	if (fd >= 0) {
		close(fd);
	}
	return -1;
}

void asq_wake_move_up(uint64_t key, int *fd, unsigned *place)
{
	unsigned free_place;
	int better;

	if (*fd >= 0 && *place == 0) {
		return;
	}
	better = asq_wake_listen(key, &free_place);
	if (better >= 0 && *fd >= 0 && free_place > *place) {
		close(better);
	} else if (better >= 0) {
		if (*fd >= 0) {
			close(*fd);
		}
		*fd = better;
		*place = free_place;
	}
}

bool asq_wake_receive(int fd, uint64_t key, unsigned place, int64_t *due)
{
	int64_t when, earliest = INT64_MAX;

	while (recv(fd, &when, sizeof(when), 0) == sizeof(when)) {
		earliest = MIN(earliest, when);
	}
	if (earliest == INT64_MAX) {
		return false;
	}
	for (unsigned other = 1; place == 0 && other < ASQ_WAKE_PLACES; other++) {
		asq_wake_to(fd, key, other, earliest);
	}
	*due = earliest;
	return true;
}

#else

uint64_t asq_wake_key(const asq_site *site)
{
	(void) site;
	return 0;
}

void asq_wake_send(const asq_site *site, const zend_string *due)
{
	(void) site;
	(void) due;
}

void asq_wake_again(void)
{
}

#endif
