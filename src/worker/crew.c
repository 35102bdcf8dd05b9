/*
 * crew.c: the supervisor's children: starting workers, seeing them end, and ending those that hang. A worker is this very
 * command line once more, in a process of its own: it boots WordPress anew and shares no connection with anybody.
 */
#include "supervisor.h"
#include "process.h"
#include "php_asq.h"
#include "src/store/workers.h"

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define ASQ_CREW_GIVE_UP     10         /* starts in a row that come to nothing */
#define ASQ_CREW_PATIENCE    5000000    /* microseconds between asking a worker that hangs to end its action, and killing it */
#define ASQ_CREW_START       60000000   /* ... that a worker may take to boot */
#define ASQ_CREW_LOOK        1500000    /* ... between two looks at them: more is a time at which this process stood still */

/* The slot that a worker is at; one that it has told about may be another's already. */
static asq_slot *asq_crew_slot(const asq_pool *pool, unsigned index)
{
	uint32_t at = atomic_load(&pool->memory->member[index].slot);
	asq_slot *slot = at && at <= ASQ_POOL_SLOTS ? &pool->memory->slot[at - 1] : NULL;

	return slot && asq_slot_worker_of(atomic_load(&slot->word)) == index ? slot : NULL;
}

static asq_slot *asq_crew_current(asq_supervisor *s, unsigned index)
{
	return asq_crew_slot(&s->pool, index);
}

/* ---- Starting --------------------------------------------------------------------------------- */

/* No signal is blocked or ignored in it that is not so by default. */
static void asq_crew_attributes(const asq_supervisor *s, posix_spawnattr_t *attributes)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGCHLD };
	sigset_t defaults;

	sigemptyset(&defaults);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		sigaddset(&defaults, signals[i]);
	}
	posix_spawnattr_init(attributes);
	posix_spawnattr_setsigdefault(attributes, &defaults);
	posix_spawnattr_setsigmask(attributes, &s->mask);
	posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

static bool asq_crew_spawn(asq_supervisor *s, unsigned index)
{
	extern char **environ;
	asq_command_line command;
	char where[400];
	posix_spawnattr_t attributes;
	posix_spawn_file_actions_t files;
	pid_t pid;
	int failed;

	if (!asq_command_line_read(&command)) {
		asq_supervisor_say(s, false, "No worker can be started: /proc/self/cmdline cannot be read.");
		return false;
	}
	snprintf(where, sizeof(where), "%s:%u:%d:%d:%d", s->pool.path, index, s->bell, (int) getpid(), s->pool.fd);
	setenv(ASQ_WORKER_VARIABLE, where, 1);
	asq_crew_attributes(s, &attributes);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	failed = posix_spawn(&pid, "/proc/self/exe", &files, &attributes, command.argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	unsetenv(ASQ_WORKER_VARIABLE);
	if (failed) {
		asq_supervisor_say(s, false, "No worker can be started: %s.", strerror(failed));
		return false;
	}
	s->child[index] = (asq_child) { .pid = pid, .born = asq_uptime(), .row_id = s->child[index].row_id,
		.succeeded = s->child[index].succeeded, .failed = s->child[index].failed };
	return true;
}

static void asq_crew_start(asq_supervisor *s, unsigned index)
{
	asq_member *member = &s->pool.memory->member[index];

	memset(member, 0, sizeof(*member));
	atomic_store(&member->state, ASQ_MEMBER_STARTING);
	if (!asq_crew_spawn(s, index)) {
		atomic_store(&member->state, ASQ_MEMBER_NONE);
		s->start_failures++;
		s->respawn_at = asq_uptime() + 1000000;
	}
}

/* Without a database they do not get as far as to wait for work. */
void asq_crew_fill(asq_supervisor *s)
{
	for (unsigned i = 0; i < (unsigned) s->options->workers && !s->stopping && !s->down; i++) {
		if (!s->child[i].pid && asq_uptime() >= s->respawn_at) {
			asq_crew_start(s, i);
		}
	}
}

unsigned asq_crew_alive(const asq_supervisor *s)
{
	unsigned alive = 0;

	for (unsigned i = 0; i < ASQ_POOL_WORKERS; i++) {
		alive += s->child[i].pid != 0;
	}
	return alive;
}

/* By their own counting: those of today and those before them. */
void asq_crew_count(asq_supervisor *s)
{
	uint64_t succeeded = 0, failed = 0;

	for (unsigned i = 0; i < ASQ_POOL_WORKERS; i++) {
		const asq_member *member = &s->pool.memory->member[i];
		succeeded += s->child[i].succeeded + (s->child[i].pid ? atomic_load(&member->succeeded) : 0);
		failed += s->child[i].failed + (s->child[i].pid ? atomic_load(&member->failed) : 0);
	}
	s->totals.succeeded = succeeded > s->totals.lost ? succeeded - s->totals.lost : 0;
	s->totals.failed = failed + s->totals.killed;
}

unsigned asq_crew_idle(const asq_supervisor *s)
{
	unsigned idle = 0;

	for (unsigned i = 0; i < ASQ_POOL_WORKERS; i++) {
		idle += s->child[i].started && s->child[i].pid && !s->child[i].told && !atomic_load(&s->pool.memory->member[i].slot);
	}
	return idle;
}

/* ---- Ending ----------------------------------------------------------------------------------- */

static void asq_crew_how(char *how, size_t size, pid_t pid, int status)
{
	time_t now = time(NULL);
	struct tm utc;
	char when[32];

	gmtime_r(&now, &utc);
	strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S UTC", &utc);
	if (WIFSIGNALED(status)) {
		snprintf(how, size, "The worker (process %d) was killed by signal %d (%s) at %s.", (int) pid, WTERMSIG(status), strsignal(WTERMSIG(status)), when);
	} else if (WEXITSTATUS(status) == ASQ_QUIT_STATUS) {
		snprintf(how, size, "The worker (process %d) was told to quit (signal %d) at %s.", (int) pid, SIGQUIT, when);
	} else {
		snprintf(how, size, "The worker (process %d) ended with exit code %d at %s.", (int) pid, WEXITSTATUS(status), when);
	}
}

/* A worker that never got as far as to wait for work: the next one is started later, and later still. */
static void asq_crew_failed_to_start(asq_supervisor *s, const char *how)
{
	unsigned seconds = s->start_failures < 5 ? 1u << s->start_failures : 30;

	s->start_failures++;
	s->respawn_at = asq_uptime() + (int64_t) seconds * 1000000;
	asq_supervisor_say(s, false, "A worker did not start. %s The next try is in %u s.", how, seconds);
	if (s->start_failures >= ASQ_CREW_GIVE_UP && !asq_crew_alive(s)) {
		asq_supervisor_say(s, false, "%u workers in a row did not start: giving up. Try `wp eval 'echo 1;'` to see why.", s->start_failures);
		s->stopping = true;
		s->totals.ended = ASQ_ENDED_CREWLESS;
	}
}

static void asq_crew_ended(asq_supervisor *s, unsigned index, int status)
{
	asq_child *child = &s->child[index];
	asq_member *member = &s->pool.memory->member[index];
	bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	const asq_slot *slot = asq_crew_current(s, index);
	char how[ASQ_SLOT_TEXT];

	asq_crew_how(how, sizeof(how), child->pid, status);
	child->pid = 0;
	child->succeeded += atomic_load(&member->succeeded);
	child->failed += atomic_load(&member->failed);
	if (slot && slot->killed_for) {
		asq_crew_overdue(slot, how, sizeof(how));
	}
	if (!well && child->started) {
		asq_supervisor_say(s, false, "Worker %u: %s%s", index + 1, how, !slot || slot->task != ASQ_TASK_ACTION ? ""
			: slot->postponed || (slot->policy && slot->crash_retry) ? " It was running an action, which will be tried again." : " It was running an action, which has failed.");
	}
	asq_ledger_worker_died(s, &s->pool, index, how);
	if (!child->started && !s->stopping) {
		asq_crew_failed_to_start(s, how);
	}
}

void asq_crew_reap(asq_supervisor *s)
{
	for (unsigned i = 0; i < ASQ_POOL_WORKERS; i++) {
		asq_child *child = &s->child[i];
		int status;
		bool ended;
		if (!child->pid) {
			continue;
		}
		/* First whether it has ended: it may come to its work, and die of that, between two looks. */
		ended = waitpid(child->pid, &status, WNOHANG) == child->pid;
		if (!child->started && atomic_load(&s->pool.memory->member[i].state) > ASQ_MEMBER_STARTING) {
			child->started = true;
			s->start_failures = 0;
		}
		if (ended) {
			asq_crew_ended(s, i, status);
		}
	}
}

/* ---- Hanging ---------------------------------------------------------------------------------- */

void asq_crew_overdue(const asq_slot *slot, char *how, size_t size)
{
	snprintf(how, size, "The action did not end after %u seconds (%s), and its worker was killed.", slot->killed_for,
		slot->timeout ? "its retry policy's timeout" : "--job-timeout");
}

static bool asq_crew_is_overdue(const asq_supervisor *s, const asq_slot *slot, int64_t now, zend_long *timeout)
{
	int64_t since = atomic_load(&slot->since);
	asq_slot_state state = asq_slot_state_of(atomic_load(&slot->word));

	/* Its policy's own is told before it begins. */
	*timeout = state >= ASQ_SLOT_ENTERED && slot->timeout ? (zend_long) slot->timeout : s->options->job_timeout;
	return *timeout && since && now - since >= *timeout * 1000000 && (state == ASQ_SLOT_ENTERED || state == ASQ_SLOT_RUNNING || state == ASQ_SLOT_OWN
		|| state == ASQ_SLOT_WRITTEN);
}

static void asq_crew_watch_action(asq_supervisor *s, asq_slot *slot, pid_t pid, int64_t *warned)
{
	int64_t now = asq_uptime();
	zend_long timeout;

	if (!asq_crew_is_overdue(s, slot, now, &timeout)) {
		*warned = 0;
	} else if (!slot->killed_for) {
		slot->killed_for = (uint32_t) timeout;
		*warned = s->watch;
		kill(pid, SIGXCPU);
	} else if (*warned && s->watch - *warned >= ASQ_CREW_PATIENCE) {
		*warned = s->watch;
		kill(pid, SIGKILL);
	}
}

/* Whose supervisor has died. It may have asked them to end already. */
static void asq_crew_watch_orphans(asq_supervisor *s)
{
	for (unsigned i = 0; i < ASQ_POOL_WORKERS; i++) {
		asq_slot *slot = asq_crew_slot(&s->heritage, i);
		int64_t now = asq_uptime();
		zend_long timeout;
		pid_t pid;

		if (!slot || !asq_crew_is_overdue(s, slot, now, &timeout) || (pid = asq_pool_process(&s->heritage, i)) == 0) {
			continue;
		}
		if (slot->killed_for && !s->orphan_warned[i]) {
			s->orphan_warned[i] = s->watch;
		}
		asq_crew_watch_action(s, slot, pid, &s->orphan_warned[i]);
	}
}

/*
 * Whoever is warned has so much time to answer as passes under our eyes: while this process stands still, all of the machine may, and nobody
 * has time for anything then.
 */
void asq_crew_watch(asq_supervisor *s)
{
	int64_t now = asq_uptime();

	s->watch += MIN(MAX(now - s->watched, 0), ASQ_CREW_LOOK);
	s->watched = now;
	for (unsigned i = 0; i < ASQ_POOL_WORKERS; i++) {
		asq_slot *slot = s->child[i].pid ? asq_crew_current(s, i) : NULL;
		if (!slot) {
			s->child[i].warned = 0;
		}
		if (slot) {
			asq_crew_watch_action(s, slot, s->child[i].pid, &s->child[i].warned);
		} else if (s->child[i].pid && !s->child[i].started && asq_uptime() - s->child[i].born > ASQ_CREW_START) {
			kill(s->child[i].pid, SIGKILL);
		}
	}
	if (s->heritage.memory) {
		asq_crew_watch_orphans(s);
	}
}

/* ---- Leaving ---------------------------------------------------------------------------------- */

static void asq_crew_ask(asq_supervisor *s, unsigned index)
{
	atomic_store(&s->pool.memory->member[index].leave, 1);
	s->child[index].told = true;
	/* One that has not come as far as to look at that knows signals only. */
	if (!s->child[index].started) {
		kill(s->child[index].pid, SIGTERM);
	}
}

void asq_crew_leave(asq_supervisor *s)
{
	for (unsigned i = 0; i < ASQ_POOL_WORKERS; i++) {
		if (s->child[i].pid && !s->child[i].told) {
			asq_crew_ask(s, i);
		}
	}
	asq_pool_ring_workers(&s->pool, ASQ_POOL_WORKERS);
}

void asq_crew_kill(asq_supervisor *s, int signal)
{
	for (unsigned i = 0; i < ASQ_POOL_WORKERS; i++) {
		if (s->child[i].pid) {
			kill(s->child[i].pid, signal);
		}
	}
}

void asq_crew_restart(asq_supervisor *s)
{
	unsigned index = s->restart_next;

	if (!s->restarting || s->stopping) {
		return;
	}
	if (index >= (unsigned) s->options->workers) {
		s->restarting = false;
		asq_supervisor_say(s, true, "All workers have been restarted.");
		return;
	}
	if (s->child[index].pid && !s->child[index].told && s->child[index].started && s->child[index].born < s->restart_since) {
		asq_crew_ask(s, index);
		asq_pool_ring_workers(&s->pool, ASQ_POOL_WORKERS);
	} else if (s->child[index].pid && s->child[index].started && s->child[index].born >= s->restart_since) {
		s->restart_next++;
	}
}

/* ---- For the heartbeat ------------------------------------------------------------------------ */

static const char *asq_crew_state(const asq_member *member, const asq_child *child)
{
	static const char *const names[] = { "starting", "starting", "idle", "busy", "leaving" };
	uint32_t state = atomic_load(&member->state);

	return child->told ? "leaving" : state < sizeof(names) / sizeof(names[0]) ? names[state] : "starting";
}

size_t asq_crew_rows(asq_supervisor *s, asq_worker_row *rows, unsigned *index)
{
	size_t count = 0;

	for (unsigned i = 0; i < ASQ_POOL_WORKERS; i++) {
		asq_member *member = &s->pool.memory->member[i];
		asq_slot *slot = s->child[i].pid ? asq_crew_current(s, i) : NULL;
		if (!s->child[i].pid) {
			continue;
		}
		rows[count] = (asq_worker_row) { .worker_id = s->child[i].row_id, .pid = s->child[i].pid, .state = asq_crew_state(member, &s->child[i]),
			.succeeded = s->child[i].succeeded + atomic_load(&member->succeeded), .failed = s->child[i].failed + atomic_load(&member->failed),
			.memory = atomic_load(&member->memory) };
		if (slot && slot->task == ASQ_TASK_ACTION) {
			rows[count].action_id = slot->action_id;
			rows[count].action_started = atomic_load(&slot->started);
			rows[count].hook = slot->hook;
		}
		index[count++] = i;
	}
	return count;
}

#endif
