/*
 * console.c: what the supervisor says to its operator, on stderr.
 */
#include "supervisor.h"
#include "php_asq.h"

#ifdef __linux__

#include <time.h>
#include <unistd.h>

#define ASQ_SHOW_US 500000      /* between two lines of how it goes */

void asq_supervisor_say(const asq_supervisor *s, bool notice, const char *format, ...)
{
	char text[1024], when[32];
	bool colour = isatty(STDERR_FILENO) && !getenv("NO_COLOR");
	time_t now = time(NULL);
	struct tm local;
	va_list args;

	if (notice && s->options->quiet) {
		return;
	}
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	localtime_r(&now, &local);
	strftime(when, sizeof(when), "%H:%M:%S", &local);
	/* The terminal's last line is asq_supervisor_show()'s. */
	fprintf(stderr, "%s%s%s%s %s%s%s\n", isatty(STDERR_FILENO) ? "\r\033[K" : "", colour ? "\033[2m" : "", when, colour ? "\033[0m" : "", colour && !notice ? "\033[33m" : "", text, colour && !notice ? "\033[0m" : "");
	fflush(stderr);
}

/* On a terminal: what goes on, in one line that is written over and over. */
void asq_supervisor_show(asq_supervisor *s, int64_t now)
{
	if (s->options->quiet || !isatty(STDERR_FILENO) || now - s->last_show < ASQ_SHOW_US) {
		return;
	}
	s->last_show = now;
	asq_crew_count(s);
	fprintf(stderr, "\r\033[K%" PRIu64 " succeeded, %" PRIu64 " failed; %.0f a second; %u of %u workers busy%s", s->totals.succeeded, s->totals.failed,
		s->rate, asq_crew_alive(s) - asq_crew_idle(s), asq_crew_alive(s), s->down ? "; the database is away" : "");
	fflush(stderr);
}

void asq_supervisor_status(asq_supervisor *s)
{
	int64_t now = asq_microtime();

	asq_crew_count(s);
	asq_supervisor_say(s, false, "Supervisor %d: %u workers, %u actions at hand, %.0f actions a second; %" PRIu64 " succeeded, %" PRIu64 " failed (%" PRIu64
		" of them took their worker along), %" PRIu64 " lost%s%s", (int) getpid(), asq_crew_alive(s), asq_ledger_open(&s->pool), s->rate, s->totals.succeeded, s->totals.failed,
		s->totals.killed, s->totals.lost, s->down ? "; the database is away" : "", s->stopping ? "; stopping" : "");
	for (unsigned i = 0; i < ASQ_POOL_WORKERS; i++) {
		asq_member *member = &s->pool.memory->member[i];
		uint32_t at = atomic_load(&member->slot);
		const asq_slot *slot = at ? &s->pool.memory->slot[at - 1] : NULL;
		if (!s->child[i].pid) {
			continue;
		}
		if (slot && slot->task == ASQ_TASK_ACTION) {
			asq_supervisor_say(s, false, "  Worker %u (process %d): action %" PRIu64 " (%s) for %.1f s", i + 1, (int) s->child[i].pid, slot->action_id, slot->hook,
				(double) (now - atomic_load(&slot->started)) / 1e6);
		} else {
			asq_supervisor_say(s, false, "  Worker %u (process %d): %s", i + 1, (int) s->child[i].pid, s->child[i].started ? "waiting" : "starting");
		}
	}
}

#endif
