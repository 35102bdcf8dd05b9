/*
 * owner.c: processes by a name that is theirs alone. A process id is used again before long; together with the time at
 * which the process began, its namespace and the boot of the machine it is not. The kernel's word is worth more than a
 * lock of the database, which is lost with a connection while its owner goes on.
 */
#include "owner.h"

#include <openssl/rand.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

bool asq_token_make(char token[ASQ_TOKEN_LENGTH + 1])
{
	unsigned char bytes[ASQ_TOKEN_LENGTH / 2];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1) {
		return false;
	}
	for (size_t i = 0; i < sizeof(bytes); i++) {
		snprintf(token + 2 * i, 3, "%02x", bytes[i]);
	}
	return true;
}

#ifdef __linux__

typedef struct {
	char boot[37];
	unsigned long long space;
	long pid;
	unsigned long long began;   /* clock ticks since the boot */
} asq_process;

static size_t asq_read_file(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t length = file ? fread(text, 1, size - 1, file) : 0;

	if (file) {
		fclose(file);
	}
	text[length] = '\0';
	return length;
}

/* A process's state letter, its threads and when it began: the fields 3, 20 and 22, behind a name that may hold anything. */
static bool asq_process_stat(long pid, char *state, long *threads, unsigned long long *began)
{
	char path[64], text[1024];
	const char *rest;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	rest = asq_read_file(path, text, sizeof(text)) ? strrchr(text, ')') : NULL;
	return rest && sscanf(rest + 1, " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %ld %*s %llu", state, threads, began) == 3;
}

static bool asq_process_here(asq_process *here)
{
	struct stat about;
	char state;
	long threads;

	here->pid = (long) getpid();
	if (asq_read_file("/proc/sys/kernel/random/boot_id", here->boot, sizeof(here->boot)) != sizeof(here->boot) - 1
			|| stat("/proc/self/ns/pid", &about) != 0) {
		return false;
	}
	here->space = (unsigned long long) about.st_ino;
	return asq_process_stat(here->pid, &state, &threads, &here->began);
}

void asq_owner_self(char owner[ASQ_OWNER_MAX])
{
	asq_process here;

	owner[0] = '\0';
	if (asq_process_here(&here)) {
		snprintf(owner, ASQ_OWNER_MAX, "%s %llu %ld %llu", here.boot, here.space, here.pid, here.began);
	}
}

asq_owner_state asq_owner_look(const char *owner)
{
	asq_process here, there;
	unsigned long long began;
	long threads;
	char state;

	if (sscanf(owner, "%36s %llu %ld %llu", there.boot, &there.space, &there.pid, &there.began) != 4 || !asq_process_here(&here)
			|| strcmp(there.boot, here.boot) != 0 || there.space != here.space) {
		return ASQ_OWNER_UNKNOWN;
	}
	if (kill((pid_t) there.pid, 0) != 0 && errno == ESRCH) {
		return ASQ_OWNER_DEAD;
	}
	/* One that is there and cannot be looked at is another user's; who it is, nobody says. */
	if (!asq_process_stat(there.pid, &state, &threads, &began)) {
		return ASQ_OWNER_UNKNOWN;
	}
	/* Killed, and its parent has not taken notice yet: it does nothing any more. */
	if (began != there.began || ((state == 'Z' || state == 'X') && threads <= 1)) {
		return ASQ_OWNER_DEAD;
	}
	return ASQ_OWNER_ALIVE;
}

#else

void asq_owner_self(char owner[ASQ_OWNER_MAX])
{
	owner[0] = '\0';
}

asq_owner_state asq_owner_look(const char *owner)
{
	return ASQ_OWNER_UNKNOWN;
}

#endif
