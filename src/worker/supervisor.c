/*
 * supervisor.c: the loop: wait for something to happen, see who has died, write what has been told, claim, hand out, give
 * a sign of life. No step waits for a worker, and none for a database that is away: it is tried again by and by.
 */
#include "supervisor.h"
#include "php_asq.h"
#include "src/wordpress/hooks.h"
#include "Zend/zend_exceptions.h"

#ifdef __linux__

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define ASQ_SECOND        1000000ll
#define ASQ_FLUSH_US      5000          /* between two flushes, while there is something to write */
#define ASQ_CLAIM_US      2000          /* between two claims */
#define ASQ_CHECK_US      100000        /* between two looks whether what is offered is still ours */
#define ASQ_SOON_US       50000         /* after a claim that has emptied the queue: when to look what is next */
#define ASQ_STALE_US      (2 * ASQ_SECOND)   /* what has been on offer for so long, and is more than is needed, goes back */
#define ASQ_SHOW_US       500000
#define ASQ_TOUCH_US      (60 * ASQ_SECOND)
#define ASQ_CLEAN_US      (60 * ASQ_SECOND)
#define ASQ_GROUPS_US     (5 * ASQ_SECOND)
#define ASQ_AHEAD_SECONDS 0.3           /* so much work is claimed ahead */

/* ---- Saying ----------------------------------------------------------------------------------- */

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
static void asq_supervisor_show(asq_supervisor *s, int64_t now)
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

static void asq_supervisor_status(asq_supervisor *s)
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

/* ---- The database ----------------------------------------------------------------------------- */

asq_status asq_supervisor_open(asq_supervisor *s, asq_site *site, asq_error *error)
{
	asq_status status;

	ASQ_G(client_down_until) = 0;
	status = asq_site_open_own(site, 0, error);
	if (status == ASQ_FAILED) {
		asq_supervisor_noted(s, status, error, "The database cannot be reached");
	}
	return status;
}

asq_status asq_supervisor_noted(asq_supervisor *s, asq_status status, const asq_error *error, const char *what)
{
	if (status == ASQ_FAILED) {
		s->down_until = asq_microtime() + ASQ_SECOND / 4;
		if (!s->down) {
			asq_supervisor_say(s, false, "%s: %s. It is tried again until it works.", what, error->message);
		}
		s->down = true;
	} else if (s->down && status == ASQ_OK) {
		s->down = false;
		asq_supervisor_say(s, false, "The database is back.");
	}
	return status;
}

static bool asq_is_down(const asq_supervisor *s)
{
	return s->down && asq_microtime() < s->down_until;
}

/* ---- Claiming --------------------------------------------------------------------------------- */

/* The groups by name may be made at any time: their ids are looked up now and then. False: there are none to run. */
static bool asq_supervisor_groups(asq_supervisor *s, asq_site *site)
{
	asq_error error;
	zval ids;

	if (!zend_hash_num_elements(s->options->groups)) {
		return true;
	}
	if (Z_TYPE(s->group_ids) == IS_UNDEF || asq_microtime() - s->last_groups > ASQ_GROUPS_US) {
		if (asq_store_group_ids(site, s->options->groups, &ids, &error) == ASQ_OK) {
			zval_ptr_dtor(&s->group_ids);
			ZVAL_COPY_VALUE(&s->group_ids, &ids);
			s->last_groups = asq_microtime();
		}
	}
	return s->options->exclude_groups || (Z_TYPE(s->group_ids) == IS_ARRAY && zend_hash_num_elements(Z_ARRVAL(s->group_ids)) > 0);
}

static asq_claim_filter asq_supervisor_filter(asq_supervisor *s, zend_long limit)
{
	return (asq_claim_filter) {
		.limit = limit, .due = s->now_gmt, .now_gmt = s->now_gmt, .now_local = s->now_local,
		.hooks = zend_hash_num_elements(s->options->hooks) ? s->options->hooks : NULL,
		.group_ids = Z_TYPE(s->group_ids) == IS_ARRAY && zend_hash_num_elements(Z_ARRVAL(s->group_ids)) ? Z_ARRVAL(s->group_ids) : NULL,
		.exclude_groups = s->options->exclude_groups
	};
}

static void asq_supervisor_offer(asq_supervisor *s, const zval *row)
{
	asq_slot *slot = asq_pool_free_slot(&s->pool, &s->slot_next);
	zend_string *id = asq_row_get(row, ASQ_COL_ID), *hook = asq_row_get(row, ASQ_COL_HOOK);

	ZEND_ASSERT(slot);
	slot->task = ASQ_TASK_ACTION;
	slot->action_id = ZEND_STRTOUL(ZSTR_VAL(id), NULL, 10);
	slot->claim_id = atomic_load(&s->pool.memory->claim_id);
	snprintf(slot->hook, sizeof(slot->hook), "%s", hook ? ZSTR_VAL(hook) : "");
	asq_slot_pack(slot, row);
	asq_pool_offer(&s->pool, slot);
}

static asq_status asq_supervisor_claim(asq_supervisor *s, unsigned wanted)
{
	asq_site site;
	asq_error error = {0};
	asq_status status;
	zval rows, *row;

	asq_ledger_now(s);
	ZVAL_UNDEF(&rows);
	status = asq_supervisor_open(s, &site, &error);
	if (status != ASQ_OK) {
		return status;
	}
	if (asq_supervisor_groups(s, &site)) {
		asq_claim_filter filter = asq_supervisor_filter(s, wanted);
		status = asq_store_claim_due(&site, &filter, atomic_load(&s->pool.memory->claim_id), &s->cursor, &rows, &error);
	}
	asq_site_close(&site);
	status = asq_supervisor_noted(s, status, &error, "No actions could be claimed");
	s->last_claim = asq_microtime();
	s->more = false;
	if (status == ASQ_OK && Z_TYPE(rows) == IS_ARRAY) {
		unsigned found = zend_hash_num_elements(Z_ARRVAL(rows));
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL(rows), row) {
			asq_supervisor_offer(s, row);
		} ZEND_HASH_FOREACH_END();
		s->more = found >= wanted || s->cursor.unfinished;
		s->totals.claims++;
		if (!s->more) {
			/* When is the next one due? */
			s->last_poll = MIN(s->last_poll, s->last_claim - s->options->poll * 1000 + ASQ_SOON_US);
		}
		if (found) {
			asq_pool_ring_workers(&s->pool, found);
		}
		zval_ptr_dtor(&rows);
	} else if (status == ASQ_FAILED) {
		s->more = true;
	}
	return status;
}

/* How much is claimed ahead: what is done in a moment; more, if workers ran out of it. */
static void asq_supervisor_pace(asq_supervisor *s, int64_t now)
{
	uint64_t done;

	if (now - s->last_rate < ASQ_SECOND / 2) {
		return;
	}
	asq_crew_count(s);
	done = s->totals.succeeded + s->totals.failed + s->totals.lost;
	s->rate = (double) (done - s->rate_seen) * 1e6 / (double) (now - s->last_rate);
	s->rate_seen = done;
	s->last_rate = now;
	s->ahead = MIN((unsigned) (s->rate * ASQ_AHEAD_SECONDS), (unsigned) s->options->batch_size);
}

/*
 * How many to claim now: for who is idle, and what will be done in a moment. Where actions take long that is none ahead: what
 * comes meanwhile and is more urgent, and other hosts that are idle, have their turn. A supervisor without a pulse may have
 * been taken for dead: it claims nothing.
 */
static unsigned asq_supervisor_wants(asq_supervisor *s, int64_t now)
{
	unsigned ready = asq_pool_ready(&s->pool), wanted = MIN(s->ahead + asq_crew_idle(s), (unsigned) s->options->batch_size);

	if (!s->more || s->stopping || asq_is_down(s) || !s->id || now - s->pulse > (ASQ_LEASE_SECONDS - 2) * ASQ_SECOND) {
		return 0;
	}
	return 2 * ready < wanted ? wanted : 0;
}

static void asq_supervisor_feed(asq_supervisor *s, int64_t now)
{
	unsigned wanted = asq_supervisor_wants(s, now), room;

	if (!wanted || now - s->last_claim < ASQ_CLAIM_US) {
		return;
	}
	if (!asq_pool_ready(&s->pool) && now - s->last_claim < ASQ_SOON_US) {
		/* They have run out of it within moments. */
		s->ahead = wanted = MIN(wanted * 2, (unsigned) s->options->batch_size);
	}
	room = asq_pool_room(&s->pool);
	room = room > ASQ_POOL_WORKERS ? room - ASQ_POOL_WORKERS : 0;
	if (room) {
		asq_supervisor_claim(s, MIN(wanted, room));
	}
}

/* ---- Looking ---------------------------------------------------------------------------------- */

/* When the next one is due; and whether others have added some that are due already. */
static void asq_supervisor_poll(asq_supervisor *s)
{
	asq_site site;
	asq_error error = {0};
	zend_string *date = NULL;
	asq_status status;

	asq_ledger_now(s);
	status = asq_supervisor_open(s, &site, &error);
	if (status != ASQ_OK) {
		return;
	}
	if (asq_supervisor_groups(s, &site)) {
		asq_claim_filter filter = asq_supervisor_filter(s, 1);
		status = asq_store_next_due(&site, &filter, &date, &error);
	}
	asq_site_close(&site);
	asq_supervisor_noted(s, status, &error, "The queue could not be looked at");
	s->next_due = INT64_MAX;
	if (date) {
		s->next_due = asq_wake_time(ZSTR_VAL(date));
		zend_string_release(date);
	}
	if (s->options->drain && status == ASQ_OK && s->next_due > asq_microtime() / ASQ_SECOND && !s->more && !asq_ledger_open(&s->pool)) {
		s->stopping = true;
	}
}

/* Another host's supervisor that has no pulse: what it had claimed goes back, what it was running has failed. */
static void asq_supervisor_bury(asq_supervisor *s)
{
	asq_site site;
	asq_error error = {0};
	asq_log_row log;
	uint64_t dead = 0;
	zval failed, *id;
	asq_status status = asq_supervisor_open(s, &site, &error);

	if (status != ASQ_OK) {
		return;
	}
	array_init(&failed);
	status = asq_store_find_dead(&site, &dead, &error);
	if (status == ASQ_OK) {
		asq_ledger_now(s);
		log = (asq_log_row) { strpprintf(0, "%s: The supervisor that ran it gave no sign of life for %d seconds.", ZSTR_VAL(s->text_failed), ASQ_LEASE_SECONDS),
			s->now_gmt, s->now_local };
		status = asq_store_bury(&site, dead, &log, &failed, &error);
		zend_string_release((zend_string *) log.message);
	}
	asq_site_close(&site);
	if (status == ASQ_OK) {
		asq_supervisor_say(s, false, "Supervisor %" PRIu64 " gave no sign of life: its %u running actions have failed, the others are in the queue again.", dead,
			zend_hash_num_elements(Z_ARRVAL(failed)));
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL(failed), id) {
			asq_ledger_task(s, ASQ_TASK_MOURN, (uint64_t) Z_LVAL_P(id), "The supervisor that ran it gave no sign of life.");
		} ZEND_HASH_FOREACH_END();
		s->more = true;
	}
	zval_ptr_dtor(&failed);
}

/* What has been on offer for long may have been cancelled, deleted or paused meanwhile. */
static void asq_supervisor_check_offers(asq_supervisor *s, int64_t now)
{
	uint64_t ids[ASQ_POOL_SLOTS], claim_id = atomic_load(&s->pool.memory->claim_id);
	size_t count = 0;
	unsigned ready = asq_pool_ready(&s->pool);
	asq_site site;
	asq_error error = {0};
	zval held;

	if (now - s->last_check < ASQ_CHECK_US || asq_is_down(s)) {
		return;
	}
	s->last_check = now;
	ASQ_EACH_SLOT(&s->pool, slot) {
		if (asq_slot_state_of(atomic_load(&slot->word)) == ASQ_SLOT_READY && slot->task == ASQ_TASK_ACTION && slot->claim_id == claim_id
				&& now - slot->offered >= ASQ_CHECK_US) {
			ids[count++] = slot->action_id;
		}
	}
	if (!count || asq_supervisor_open(s, &site, &error) != ASQ_OK) {
		return;
	}
	if (asq_store_still_pending(&site, ids, count, claim_id, &held, &error) == ASQ_OK) {
		ASQ_EACH_SLOT(&s->pool, slot) {
			if (asq_slot_state_of(atomic_load(&slot->word)) != ASQ_SLOT_READY || slot->task != ASQ_TASK_ACTION || now - slot->offered < ASQ_CHECK_US) {
				continue;
			}
			if (!zend_hash_index_exists(Z_ARRVAL(held), slot->action_id)) {
				/* Whether it is paused, or not ours any more: the flush finds out which. */
				asq_pool_withdraw(slot, ASQ_SLOT_BACK);
			} else if (now - slot->claimed >= ASQ_STALE_US && ready > s->ahead && asq_pool_withdraw(slot, ASQ_SLOT_BACK)) {
				/* Claimed when actions were short; now others may have time for it. */
				ready--;
				s->more = true;
			} else {
				slot->offered = now;
			}
		}
		zval_ptr_dtor(&held);
	}
	asq_site_close(&site);
}

/* AS's cleaner takes what was not touched for five minutes for abandoned. */
static void asq_supervisor_touch(asq_supervisor *s, int64_t now)
{
	uint64_t ids[ASQ_POOL_SLOTS];
	size_t count = 0;
	asq_site site;
	asq_error error = {0};

	if (now - s->last_touch < ASQ_TOUCH_US || asq_is_down(s)) {
		return;
	}
	s->last_touch = now;
	ASQ_EACH_SLOT(&s->pool, slot) {
		asq_slot_state state = asq_slot_state_of(atomic_load(&slot->word));
		if (state >= ASQ_SLOT_READY && state <= ASQ_SLOT_OWN && slot->task == ASQ_TASK_ACTION) {
			ids[count++] = slot->action_id;
		}
	}
	if (count && asq_supervisor_open(s, &site, &error) == ASQ_OK) {
		asq_ledger_now(s);
		asq_store_touch(&site, ids, count, atomic_load(&s->pool.memory->claim_id), s->now_gmt, s->now_local, &error);
		asq_site_close(&site);
	}
}

/* ---- The pulse -------------------------------------------------------------------------------- */

static asq_status asq_supervisor_register(asq_supervisor *s)
{
	asq_site site;
	asq_error error = {0};
	uint64_t claim_id = 0;
	asq_status status;

	asq_ledger_now(s);
	status = asq_supervisor_open(s, &site, &error);
	if (status == ASQ_OK) {
		status = asq_store_register(&site, s->host, getpid(), s->options->shown, s->now_gmt, &s->id, &claim_id, &error);
		asq_site_close(&site);
	}
	if (asq_supervisor_noted(s, status, &error, "The supervisor could not be registered") == ASQ_OK) {
		atomic_store(&s->pool.memory->supervisor_id, s->id);
		atomic_store(&s->pool.memory->claim_id, claim_id);
		s->pulse = asq_microtime();
		for (unsigned i = 0; i < ASQ_POOL_WORKERS; i++) {
			s->child[i].row_id = 0;
		}
	}
	return status;
}

/* Others have taken us for dead, and given back what we held. What runs is theirs to fail; what was on offer is void. */
static void asq_supervisor_resurrect(asq_supervisor *s)
{
	asq_supervisor_say(s, false, "Another supervisor has taken this one for dead, and given its actions back: it starts anew.");
	asq_ledger_withdraw_all(s, &s->pool, ASQ_SLOT_DONE);
	asq_claim_cursor_free(&s->cursor);
	asq_claim_cursor_init(&s->cursor);
	s->id = 0;
	asq_supervisor_register(s);
}

static void asq_supervisor_heartbeat(asq_supervisor *s)
{
	asq_worker_row rows[ASQ_POOL_WORKERS];
	unsigned index[ASQ_POOL_WORKERS];
	size_t count = asq_crew_rows(s, rows, index);
	int64_t asked = asq_microtime();
	asq_site site;
	asq_error error = {0};
	asq_status status = asq_supervisor_open(s, &site, &error);

	s->last_heartbeat = asked;
	if (status != ASQ_OK) {
		return;
	}
	status = asq_store_heartbeat(&site, s->id, s->stopping ? "stopping" : "running", atomic_load(&s->pool.memory->claim_id), rows, count, &error);
	if (status == ASQ_OK && s->heritage.memory) {
		/* Nobody else is to give back what its orphans are still running. */
		asq_store_heartbeat(&site, atomic_load(&s->heritage.memory->supervisor_id), "stopping", atomic_load(&s->heritage.memory->claim_id), NULL, 0, &error);
	}
	asq_site_close(&site);
	asq_supervisor_noted(s, status == ASQ_NOT_FOUND ? ASQ_OK : status, &error, "No sign of life could be given");
	if (status == ASQ_NOT_FOUND) {
		asq_supervisor_resurrect(s);
	} else if (status == ASQ_OK) {
		s->pulse = asked;
		for (size_t i = 0; i < count; i++) {
			s->child[index[i]].row_id = rows[i].worker_id;
		}
	}
}

/* ---- Of those before us ----------------------------------------------------------------------- */

/* Takes over the memory of a supervisor of this host that has died, if there is one. */
static void asq_supervisor_inherit(asq_supervisor *s)
{
	asq_error error = {0};

	if (!s->heritage.memory && asq_pool_inherit(&s->heritage, s->key, &error) == ASQ_OK) {
		asq_supervisor_say(s, false, "A supervisor of this host has died: what its workers had told is written, what they had not begun goes back to the queue.");
		asq_ledger_withdraw_all(s, &s->heritage, ASQ_SLOT_BACK);
	}
}

/* Its workers may still be running their last action. */
static bool asq_heritage_step(asq_supervisor *s)
{
	bool alive = false;

	for (unsigned i = 0; i < ASQ_POOL_WORKERS; i++) {
		if (asq_pool_is_alive(&s->heritage, i)) {
			alive = true;
		} else {
			asq_ledger_worker_died(s, &s->heritage, i, "The worker was killed, and its supervisor with it.");
		}
	}
	return asq_ledger_flush(s, &s->heritage) == ASQ_OK && !alive && !asq_ledger_open(&s->heritage);
}

static void asq_supervisor_wind_up(asq_supervisor *s)
{
	asq_site site;
	asq_error error = {0};
	asq_status status;

	if (!s->heritage.memory || asq_is_down(s) || !asq_heritage_step(s) || asq_supervisor_open(s, &site, &error) != ASQ_OK) {
		return;
	}
	status = atomic_load(&s->heritage.memory->claim_id) ? asq_store_unregister(&site, atomic_load(&s->heritage.memory->supervisor_id),
		atomic_load(&s->heritage.memory->claim_id), &error) : ASQ_OK;
	asq_site_close(&site);
	if (asq_supervisor_noted(s, status, &error, "A dead supervisor's claim could not be ended") == ASQ_OK) {
		asq_pool_close(&s->heritage, true);
		s->more = true;
	}
}

/* ---- Signals ---------------------------------------------------------------------------------- */

static void asq_supervisor_stop(asq_supervisor *s, int signal)
{
	if (signal == SIGQUIT || s->stopping) {
		asq_supervisor_say(s, true, "Stopping at once.");
		s->at_once = s->stopping = true;
		s->totals.ended = ASQ_ENDED_AT_ONCE;
		asq_crew_kill(s, SIGKILL);
		return;
	}
	asq_supervisor_say(s, true, "Stopping: running actions have %ld s to end.", (long) s->options->grace);
	s->stopping = true;
}

static void asq_supervisor_signal(asq_supervisor *s, int signal)
{
	switch (signal) {
		case SIGTERM:
		case SIGINT:
		case SIGQUIT:
			asq_supervisor_stop(s, signal);
			break;
		case SIGHUP:
			asq_supervisor_say(s, true, "Restarting the workers, one after the other.");
			s->restarting = true;
			s->restart_next = 0;
			s->restart_since = asq_microtime();
			asq_claim_cursor_look(&s->cursor);
			break;
		case SIGUSR1:
			asq_supervisor_status(s);
			break;
		default:
			break;
	}
}

static void asq_supervisor_signals(asq_supervisor *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == sizeof(info)) {
		asq_supervisor_signal(s, (int) info.ssi_signo);
	}
}

/* ---- Waiting ---------------------------------------------------------------------------------- */

/* Microseconds until there is something to do, if nothing happens. */
static int64_t asq_supervisor_idle_time(asq_supervisor *s, int64_t now)
{
	int64_t until = MIN(s->last_heartbeat + ASQ_HEARTBEAT_SECONDS * ASQ_SECOND, s->last_poll + s->options->poll * 1000);

	if (s->next_due < INT64_MAX / ASQ_SECOND && !s->stopping) {
		until = MIN(until, s->next_due * ASQ_SECOND);
	}
	if (asq_supervisor_wants(s, now)) {
		until = MIN(until, s->last_claim + ASQ_CLAIM_US);
	} else if (s->down) {
		until = MIN(until, MAX(s->down_until, now));
	}
	for (unsigned i = 0; i < (unsigned) s->options->workers; i++) {
		if (!s->child[i].pid && !s->stopping) {
			until = MIN(until, MAX(s->respawn_at, now));
		} else if (s->child[i].pid && !s->child[i].started) {
			until = MIN(until, now + ASQ_SECOND / 4);
		}
	}
	if (s->stopping || s->restarting || s->heritage.memory) {
		until = MIN(until, now + ASQ_SECOND / 20);
	}
	if (asq_pool_ready(&s->pool)) {
		until = MIN(until, s->last_check + ASQ_CHECK_US);
	}
	if (asq_ledger_has_news(&s->pool)) {
		until = MIN(until, s->down ? s->down_until : s->last_flush + ASQ_FLUSH_US);
	}
	return MAX(until - now, 0);
}

/*
 * While workers have plenty to do they are not to wake us for each action: we look every few milliseconds. Only when we
 * mean to sleep for longer do they ring.
 */
static void asq_supervisor_wait(asq_supervisor *s)
{
	struct pollfd fds[] = { { s->signals, POLLIN, 0 }, { s->bell, POLLIN, 0 }, { s->wake, POLLIN, 0 } };
	int64_t now = asq_microtime(), microseconds = asq_supervisor_idle_time(s, now);
	bool busy = asq_pool_ready(&s->pool) > 0 && microseconds > ASQ_FLUSH_US;
	uint64_t rung;
	int64_t due;

	if (busy) {
		microseconds = ASQ_FLUSH_US;
	}
	atomic_store(&s->pool.memory->asleep, microseconds > ASQ_FLUSH_US);
	/* What came before they could know that we sleep. */
	if (microseconds > ASQ_FLUSH_US && (asq_ledger_has_news(&s->pool) || asq_supervisor_wants(s, now))) {
		microseconds = 0;
	}
	if (poll(fds, s->wake >= 0 ? 3 : 2, (int) ((microseconds + 999) / 1000)) > 0 && (fds[1].revents & POLLIN)) {
		(void) !read(s->bell, &rung, sizeof(rung));
	}
	atomic_store(&s->pool.memory->asleep, 0);
	asq_supervisor_signals(s);
	if (s->wake >= 0 && asq_wake_receive(s->wake, s->key, s->wake_place, &due)) {
		if (due <= asq_microtime() / ASQ_SECOND) {
			s->more = true;
		} else {
			s->next_due = MIN(s->next_due, due);
		}
	}
}

/* ---- The loop --------------------------------------------------------------------------------- */

/* Once a turn: what is due by the clock. Of the queries that an idle supervisor makes, there is one in each turn. */
static void asq_supervisor_clock(asq_supervisor *s, int64_t now)
{
	int64_t poll = s->options->drain ? ASQ_SOON_US : s->options->poll * 1000;

	if (s->next_due <= now / ASQ_SECOND) {
		s->more = true;
		s->next_due = INT64_MAX;
	}
	if (asq_is_down(s)) {
		return;
	}
	if (!s->id) {
		asq_supervisor_register(s);
	} else if (now - s->last_heartbeat >= ASQ_HEARTBEAT_SECONDS * ASQ_SECOND) {
		asq_supervisor_heartbeat(s);
		s->last_poll = now;
	} else if (now - s->last_poll >= poll && !s->stopping) {
		s->last_poll = now;
		if (++s->turn % 3 == 0) {
			asq_supervisor_bury(s);
		} else if (!s->more) {
			asq_supervisor_poll(s);
		}
	}
	if (now - s->last_clean >= ASQ_CLEAN_US && !s->stopping) {
		s->last_clean = now;
		asq_ledger_task(s, ASQ_TASK_CLEAN, 0, NULL);
	}
}

static void asq_supervisor_shut(asq_supervisor *s, int64_t now)
{
	if (!s->stop_at) {
		s->stop_at = now + s->options->grace * ASQ_SECOND;
		if (s->at_once) {
			asq_crew_kill(s, SIGKILL);
		}
		asq_ledger_withdraw_all(s, &s->pool, ASQ_SLOT_BACK);
	}
	asq_crew_leave(s);
	if (now >= s->stop_at && !s->at_once) {
		asq_supervisor_say(s, false, "The grace is over: the actions that are still running are given up.");
		s->at_once = true;
		s->totals.ended = ASQ_ENDED_AT_ONCE;
		asq_crew_kill(s, SIGKILL);
	}
}

static void asq_supervisor_turn(asq_supervisor *s)
{
	int64_t now;

	asq_supervisor_wait(s);
	asq_crew_reap(s);
	now = asq_microtime();
	if (s->stopping) {
		asq_supervisor_shut(s, now);
	}
	if (!asq_is_down(s) && now - s->last_flush >= ASQ_FLUSH_US && asq_ledger_has_news(&s->pool)) {
		asq_ledger_flush(s, &s->pool);
	}
	if (!s->stopping && s->errands) {
		asq_ledger_hand_on(s);
	}
	asq_crew_fill(s);
	asq_crew_watch(s);
	asq_crew_restart(s);
	now = asq_microtime();
	asq_supervisor_clock(s, now);
	asq_supervisor_pace(s, now);
	asq_supervisor_show(s, now);
	asq_supervisor_feed(s, now);
	asq_supervisor_check_offers(s, now);
	asq_supervisor_touch(s, now);
	asq_supervisor_wind_up(s);
}

/* ---- Beginning and end ------------------------------------------------------------------------ */

static asq_status asq_supervisor_open_descriptors(asq_supervisor *s, asq_error *error)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGCHLD };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		sigaddset(&set, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &set, &s->mask);
	s->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	/* The workers inherit this one. */
	s->bell = eventfd(0, EFD_NONBLOCK);
	s->wake = asq_wake_listen(s->key, &s->wake_place);
	return s->signals >= 0 && s->bell >= 0 ? ASQ_OK : asq_error_set(error, 0, "signalfd() or eventfd(): %s.", strerror(errno));
}

/* The tables and the index that the pool needs. A large table's index is the operator's decision. */
static asq_status asq_supervisor_schema(asq_supervisor *s, asq_site *site, asq_error *error)
{
	bool there = false;
	zend_long rows = 0;
	asq_status status = asq_store_own_tables(site, error);

	if (status != ASQ_OK || asq_store_has_claim_index(site, &there, error) != ASQ_OK || there) {
		return status;
	}
	if (asq_store_estimate(site, &rows, error) == ASQ_OK && rows < ASQ_SMALL_TABLE && asq_store_make_claim_index(site, error) == ASQ_OK) {
		return ASQ_OK;
	}
	asq_supervisor_say(s, false, "The index that makes claims fast is missing. `wp asq schema --upgrade` makes it, while the site goes on%s%s", *error->message ? ": " : ".", error->message);
	return ASQ_OK;
}

static asq_status asq_supervisor_prepare(asq_supervisor *s, asq_error *error)
{
	asq_site site;
	asq_status status = asq_site_open_own(&site, ASQ_RUN_PATIENCE, error);

	if (status != ASQ_OK) {
		return status;
	}
	s->key = asq_wake_key(&site);
	status = asq_supervisor_schema(s, &site, error);
	asq_site_close(&site);
	if (status == ASQ_OK) {
		status = asq_supervisor_open_descriptors(s, error);
	}
	if (status == ASQ_OK) {
		status = asq_pool_create(&s->pool, s->key, error);
	}
	if (status == ASQ_OK) {
		atomic_store(&s->pool.memory->commit_each, s->options->commit_each);
	}
	return status;
}

static bool asq_supervisor_texts(asq_supervisor *s)
{
	zval none;
	asq_run *run;

	ZVAL_NULL(&none);
	run = asq_run_begin(NULL, NULL, NULL, s->options->context, 0);
	if (asq_run_texts(run)) {
		s->text_started = zend_string_copy(run->text_started);
		s->text_complete = zend_string_copy(run->text_complete);
	}
	asq_run_end(run);
	s->text_failed = strpprintf(0, "action failed via %s", Z_TYPE_P(s->options->context) == IS_STRING ? Z_STRVAL_P(s->options->context) : "WP CLI");
	return s->text_started != NULL;
}

static void asq_supervisor_unregister(asq_supervisor *s)
{
	asq_site site;
	asq_error error = {0};

	if (s->id && asq_supervisor_open(s, &site, &error) == ASQ_OK) {
		asq_store_unregister(&site, s->id, atomic_load(&s->pool.memory->claim_id), &error);
		asq_site_close(&site);
	}
}

/* The last workers may have died of something, and nobody is there to tell listeners of it: the supervisor does it itself. */
static void asq_supervisor_errands(asq_supervisor *s)
{
	zval store, runner;

	if (!s->errands || asq_scheduler_get(&store, "store") != ASQ_OK) {
		return;
	}
	if (asq_scheduler_get(&runner, "runner") == ASQ_OK) {
		for (size_t i = 0; i < s->errands; i++) {
			if (s->errand[i].task != ASQ_TASK_CLEAN) {
				asq_member_errand(Z_OBJ(store), Z_OBJ(runner), s->errand[i].task, s->errand[i].action_id, s->errand[i].text);
				zend_clear_exception();
			}
		}
		zval_ptr_dtor(&runner);
	}
	s->errands = 0;
	zval_ptr_dtor(&store);
}

/* What is not written for want of a database stays in the memory, for who comes next. */
static void asq_supervisor_end(asq_supervisor *s)
{
	bool clean = false;

	if (s->pool.memory) {
		for (unsigned i = 0; i < 20 && !clean; i++) {
			s->down_until = 0;
			clean = asq_ledger_flush(s, &s->pool) == ASQ_OK && asq_ledger_flush(s, &s->pool) == ASQ_OK && !asq_ledger_open(&s->pool);
		}
		if (clean) {
			asq_supervisor_errands(s);
			asq_supervisor_unregister(s);
		} else {
			asq_supervisor_say(s, false, "Not all could be written: the supervisor that is started next on this host does it.");
		}
		asq_pool_close(&s->pool, clean);
	}
	if (s->heritage.memory) {
		asq_pool_close(&s->heritage, false);
	}
	asq_claim_cursor_free(&s->cursor);
	zval_ptr_dtor(&s->group_ids);
	for (unsigned i = 0; i < 3; i++) {
		int fd = i == 0 ? s->signals : i == 1 ? s->bell : s->wake;
		if (fd >= 0) {
			close(fd);
		}
	}
	sigprocmask(SIG_SETMASK, &s->mask, NULL);
}

static void asq_supervisor_free(asq_supervisor *s)
{
	zend_string *strings[] = { s->text_started, s->text_complete, s->text_failed, s->now_gmt, s->now_local };

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		if (strings[i]) {
			zend_string_release(strings[i]);
		}
	}
	for (size_t i = 0; i < sizeof(s->moment) / sizeof(s->moment[0]); i++) {
		if (s->moment[i].gmt) {
			zend_string_release(s->moment[i].gmt);
			zend_string_release(s->moment[i].local);
		}
	}
	if (s->flush.entry) {
		efree(s->flush.entry);
	}
	if (s->errand) {
		efree(s->errand);
	}
}

static void asq_supervisor_loop(asq_supervisor *s)
{
	s->more = true;
	s->next_due = INT64_MAX;
	s->last_clean = asq_microtime() - ASQ_CLEAN_US + 5 * ASQ_SECOND;
	s->last_poll = s->last_heartbeat = s->last_touch = s->last_rate = asq_microtime();
	asq_supervisor_say(s, true, "%ld workers for %s; supervisor %d.", (long) s->options->workers, s->host, (int) getpid());
	while (!s->stopping || asq_crew_alive(s)) {
		asq_supervisor_turn(s);
		if (!s->heritage.memory && asq_microtime() - s->last_listen > ASQ_SECOND) {
			s->last_listen = asq_microtime();
			asq_supervisor_inherit(s);
		}
	}
}

asq_status asq_supervisor_run(const asq_pool_options *options, asq_pool_totals *totals, asq_error *error)
{
	asq_supervisor *s = ecalloc(1, sizeof(*s));
	asq_status status;

	s->options = options;
	s->signals = s->bell = s->wake = -1;
	s->pool.fd = s->heritage.fd = -1;
	sigprocmask(SIG_SETMASK, NULL, &s->mask);
	gethostname(s->host, sizeof(s->host) - 1);
	asq_claim_cursor_init(&s->cursor);
	ZVAL_UNDEF(&s->group_ids);
	status = asq_supervisor_texts(s) ? asq_supervisor_prepare(s, error) : asq_error_set(error, 0, "The log's texts cannot be had.");
	if (status == ASQ_OK) {
		asq_supervisor_inherit(s);
		asq_supervisor_loop(s);
		asq_crew_count(s);
		asq_supervisor_say(s, true, "Stopped: %" PRIu64 " actions succeeded, %" PRIu64 " failed.", s->totals.succeeded, s->totals.failed);
	}
	asq_supervisor_end(s);
	*totals = s->totals;
	asq_supervisor_free(s);
	efree(s);
	return status;
}

#else

asq_status asq_supervisor_run(const asq_pool_options *options, asq_pool_totals *totals, asq_error *error)
{
	(void) options;
	(void) totals;
	return asq_error_set(error, 0, "The worker pool needs Linux. `wp action-scheduler run` runs the queue here.");
}

#endif
