/*
 * supervisor.c: the loop: wait for something to happen, see who has died, write what has been told, claim, hand out, give
 * a sign of life. No step waits for a worker, and none for a database that is away: it is tried again by and by.
 */
#include "supervisor.h"
#include "php_asq.h"
#include "src/db/client.h"
#include "src/store/claim_due.h"
#include "src/store/tables.h"
#include "src/store/wake.h"
#include "src/store/workers.h"
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

#define ASQ_FLUSH_US      5000          /* between two flushes, while there is something to write */
#define ASQ_FLUSH_FAST_US 12000         /* the same, where so much happens that a flush is worth more for taking more along */
#define ASQ_FAST          2000          /* actions a second */
#define ASQ_BURY_LATE_US  (3 * ASQ_SECOND / 2)   /* at most so long a look for the dead waits for its turn */
#define ASQ_CALM_US       (10 * ASQ_SECOND)
#define ASQ_CLEAN_US      (60 * ASQ_SECOND)
#define ASQ_DAY           (86400 * ASQ_SECOND)
/*
 * Seconds: a host that vanishes in the midst of a transaction closes no connection, and what it has locked would keep others from
 * taking over. Who lives says something once in ASQ_HEARTBEAT_SECONDS, and a second for its turn.
 */
#define ASQ_SILENCE (ASQ_HEARTBEAT_SECONDS + 2)

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
	if (status == ASQ_FAILED && asq_error_is_lock(error)) {
		/* The database is there, and goes on with all that does not need that row or table. */
		if (!s->blocked) {
			asq_supervisor_say(s, false, "%s: %s. Somebody holds a lock on it, perhaps an action that is running; it is tried again until it works.", what, error->message);
		}
		s->blocked = true;
	} else if (status == ASQ_FAILED) {
		s->down_until = asq_uptime() + ASQ_SECOND / 4;
		if (!s->down) {
			asq_supervisor_say(s, false, "%s: %s. It is tried again until it works.", what, error->message);
		}
		s->down = true;
		if (asq_error_is_read_only(error)) {
			/* Nothing is begun until it can be written that it was. */
			atomic_store(&s->pool.memory->lease, 0);
			s->demoted = true;
		}
	} else if (s->down && status == ASQ_OK) {
		s->down = false;
		s->start_failures = 0;
		s->respawn_at = 0;
		asq_supervisor_say(s, false, "The database is back.");
	}
	return status;
}

bool asq_is_down(const asq_supervisor *s)
{
	return s->down && asq_uptime() < s->down_until;
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
			s->restart_since = asq_uptime();
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

/* When to write next: at once if a worker waits for it, else when the interval is over; INT64_MAX: there is nothing. */
static int64_t asq_supervisor_flush_at(const asq_supervisor *s)
{
	if (asq_ledger_is_asked(&s->pool)) {
		return 0;
	}
	if (!asq_ledger_has_news(&s->pool)) {
		return INT64_MAX;
	}
	return s->last_flush + (s->rate > ASQ_FAST ? ASQ_FLUSH_FAST_US : ASQ_FLUSH_US);
}

/* ---- Waiting ---------------------------------------------------------------------------------- */

static bool asq_supervisor_is_calm(const asq_supervisor *s, int64_t now)
{
	return now - s->last_claim > ASQ_CALM_US && s->rate == 0;
}

/*
 * An idle supervisor asks the database one question at a time: what is due (polls), who is dead, and it says that it lives
 * itself. After a while a little less often than it is to poll, so that it is one a second also where these do not fall into step,
 * and with the workers' clean-ups.
 */
static int64_t asq_supervisor_poll_interval(const asq_supervisor *s, int64_t now)
{
	int64_t interval = s->options->poll * 1000;

	if (s->options->drain) {
		return ASQ_SOON_US;
	}
	return asq_supervisor_is_calm(s, now) ? interval + interval / 5 : interval;
}

static int64_t asq_supervisor_poll_at(const asq_supervisor *s, int64_t now)
{
	return s->last_poll + asq_supervisor_poll_interval(s, now);
}

/* When another question than a poll may be asked: after a pause, and after a poll, if the last one was none. */
static int64_t asq_supervisor_other_at(const asq_supervisor *s, int64_t now)
{
	int64_t rest = MIN(asq_supervisor_poll_interval(s, now), ASQ_SECOND + ASQ_SECOND / 5);

	return s->asked_other ? MAX(s->last_ask + rest, asq_supervisor_poll_at(s, now)) : s->last_ask + rest;
}

/* So what other hosts enqueue waits for one of the others at most. The heartbeat itself waits for a second at most. */
static int64_t asq_supervisor_heartbeat_at(const asq_supervisor *s, int64_t now)
{
	int64_t at = s->last_heartbeat + ASQ_HEARTBEAT_SECONDS * ASQ_SECOND;

	return s->stopping ? at : MAX(at, MIN(asq_supervisor_other_at(s, now), at + ASQ_SECOND));
}

/* The dead are looked for in any case in time, whatever else is asked meanwhile: when somebody may be dead, and not before. */
static int64_t asq_supervisor_bury_at(const asq_supervisor *s, int64_t now)
{
	int64_t due = s->last_bury + s->bury_after, at = MAX(due, asq_supervisor_other_at(s, now));

	return MAX(MIN(at, due + ASQ_BURY_LATE_US), s->steady + ASQ_LEASE_SECONDS * ASQ_SECOND);
}

/* Microseconds until there is something to do, if nothing happens. */
static int64_t asq_supervisor_idle_time(asq_supervisor *s, int64_t now)
{
	int64_t until = asq_supervisor_heartbeat_at(s, now);

	if (!s->stopping) {
		until = MIN(until, MIN(asq_supervisor_poll_at(s, now), asq_supervisor_bury_at(s, now)));
	}
	if (s->look_at && !s->stopping) {
		until = MIN(until, s->look_at);
	}
	if (s->next_due < INT64_MAX / ASQ_SECOND && !s->stopping) {
		/* A date: by the clock that tells dates, as it goes now. */
		until = MIN(until, now + s->next_due * ASQ_SECOND - asq_microtime());
	}
	if (asq_supervisor_wants(s, now)) {
		until = MIN(until, s->last_claim + ASQ_CLAIM_US);
	} else if (s->down) {
		until = MIN(until, MAX(s->down_until, now));
	}
	for (unsigned i = 0; i < (unsigned) s->options->workers; i++) {
		if (!s->child[i].pid && !s->stopping) {
			until = MIN(until, MAX(s->respawn_at, now));
		} else if (s->child[i].warned) {
			until = MIN(until, now + ASQ_SECOND);
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
	until = MIN(until, s->down ? MAX(s->down_until, now) : asq_supervisor_flush_at(s));
	if (asq_is_down(s)) {
		/* What waits for the database waits for that. */
		until = MAX(until, MIN(s->down_until, now + ASQ_SECOND / 20));
	}
	return MAX(until - now, 0);
}

/* Since the last time, but for what was slept on purpose, there should have passed next to nothing. */
static void asq_supervisor_tick(asq_supervisor *s, int64_t slept)
{
	int64_t now = asq_uptime();

	if (s->tick && now - s->tick - slept > ASQ_STALL_US) {
		asq_supervisor_unsteady(s);
	}
	s->tick = now;
}

/*
 * While workers have plenty to do they are not to wake us for each action: we look every few milliseconds. Only when we
 * mean to sleep for longer do they ring.
 */
static void asq_supervisor_wait(asq_supervisor *s)
{
	struct pollfd fds[] = { { s->signals, POLLIN, 0 }, { s->bell, POLLIN, 0 }, { s->wake, POLLIN, 0 } };
	/* Never for long: who sleeps does not notice that all stand still. */
	int64_t now = asq_uptime(), microseconds = MIN(asq_supervisor_idle_time(s, now), ASQ_SECOND);
	bool busy = !s->stopping && asq_pool_ready(&s->pool) > 0 && microseconds > ASQ_FLUSH_US;
	uint64_t rung;
	int64_t due;

	if (busy) {
		microseconds = ASQ_FLUSH_US;
	}
	if (microseconds > ASQ_FLUSH_FAST_US) {
		atomic_store(&s->pool.memory->asleep, 1);
		/* What came before they could know that we sleep. */
		microseconds = MIN(microseconds, asq_supervisor_idle_time(s, now));
	}
	asq_supervisor_tick(s, 0);
	if (poll(fds, s->wake >= 0 ? 3 : 2, (int) ((microseconds + 999) / 1000)) > 0 && (fds[1].revents & POLLIN)) {
		(void) !read(s->bell, &rung, sizeof(rung));
	}
	atomic_store(&s->pool.memory->asleep, 0);
	asq_supervisor_tick(s, microseconds);
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

/* Where one polls each second, or more often, another question takes the place of a poll. */
static void asq_supervisor_asked(asq_supervisor *s, int64_t now)
{
	s->last_ask = now;
	/* With a long --poll nobody is to wait for a poll. */
	s->asked_other = s->options->poll * 1000 <= ASQ_SECOND;
	if (s->asked_other) {
		s->last_poll = now;
	}
}

static void asq_supervisor_ask(asq_supervisor *s, int64_t now)
{
	s->last_poll = s->last_ask = now;
	s->asked_other = false;
	if (!s->more || s->look_at) {
		s->look_at = 0;
		asq_supervisor_poll(s);
	}
}

/* A day's first cleaning, by UTC, also looks for what deleted actions have left behind. */
static bool asq_supervisor_new_day(asq_supervisor *s)
{
	int64_t day = asq_microtime() / ASQ_DAY;
	bool is_new = day != s->last_day;

	s->last_day = day;
	return is_new;
}

/* Once a turn: what is due by the clock. Of the queries that an idle supervisor makes, there is one in each turn. */
static void asq_supervisor_clock(asq_supervisor *s, int64_t now)
{
	if (s->next_due <= asq_microtime() / ASQ_SECOND) {
		s->more = true;
		s->next_due = INT64_MAX;
	}
	if (asq_is_down(s)) {
		return;
	}
	if (!s->id) {
		asq_supervisor_register(s);
	} else if (!s->stopping && ((s->look_at && now >= s->look_at) || (s->asked_other && now >= asq_supervisor_poll_at(s, now)))) {
		asq_supervisor_ask(s, now);
	} else if (now >= asq_supervisor_heartbeat_at(s, now)) {
		asq_supervisor_heartbeat(s);
		asq_supervisor_asked(s, now);
	} else if (!s->stopping && now >= asq_supervisor_bury_at(s, now)) {
		s->last_bury = now;
		asq_supervisor_bury(s);
		asq_supervisor_asked(s, now);
	} else if (!s->stopping && now >= asq_supervisor_poll_at(s, now)) {
		asq_supervisor_ask(s, now);
	}
	if (now >= s->clean_at && !s->stopping) {
		/* While there is nothing to run, what others have left can wait a little longer. */
		s->clean_at = now + (asq_supervisor_is_calm(s, now) ? 2 : 1) * ASQ_CLEAN_US;
		asq_ledger_task(s, ASQ_TASK_CLEAN, asq_supervisor_new_day(s), NULL);
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

static bool asq_supervisor_is_to_flush(asq_supervisor *s, int64_t now)
{
	return !asq_is_down(s) && now >= asq_supervisor_flush_at(s);
}

/*
 * Writes and claims, both at once where there is much of either: the server has more than one processor. Who waits for what is written
 * does not wait for a claim.
 */
static void asq_supervisor_work(asq_supervisor *s, int64_t now)
{
	bool under_way = false;

	if (asq_supervisor_is_to_flush(s, now)) {
		if (asq_supervisor_feeds_much(s, now) && !asq_ledger_is_asked(&s->pool) && now >= s->beside_not_before) {
			under_way = asq_ledger_flush_begin(s);
		} else {
			asq_ledger_flush(s, &s->pool);
		}
	}
	asq_supervisor_feed(s, now);
	if (under_way) {
		asq_ledger_flush_finish(s);
	}
	asq_ledger_part(s);
}

static void asq_supervisor_turn(asq_supervisor *s)
{
	int64_t now;

	asq_supervisor_wait(s);
	asq_crew_reap(s);
	now = asq_uptime();
	if (s->stopping) {
		asq_supervisor_shut(s, now);
	}
	if (s->errands) {
		asq_ledger_hand_on(s);
	}
	asq_crew_fill(s);
	asq_crew_watch(s);
	asq_crew_restart(s);
	asq_supervisor_tick(s, 0);
	now = asq_uptime();
	asq_supervisor_clock(s, now);
	asq_supervisor_pace(s, now);
	asq_supervisor_show(s, now);
	asq_supervisor_work(s, now);
	asq_supervisor_check_offers(s, now);
	asq_supervisor_touch(s, now);
	asq_supervisor_wind_up(s);
}

/* ---- Beginning and end ------------------------------------------------------------------------ */

static asq_status asq_supervisor_open_descriptors(asq_supervisor *s, asq_error *error)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGCHLD };
	struct sigaction heard = { .sa_handler = SIG_DFL };
	sigset_t set;

	/* Who starts us may ignore it, and that is inherited: then children vanish without a word. */
	sigaction(SIGCHLD, &heard, NULL);
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
	/* A new connection, for one that is patient. Who waits for a lock gives no sign of life, and hears no signal. */
	ASQ_G(lock_patience) = (unsigned) ASQ_G(lock_wait);
	ASQ_G(silence) = ASQ_SILENCE;
	asq_client_close();
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

static asq_status asq_supervisor_unregister(asq_supervisor *s)
{
	asq_site site;
	asq_error error = {0};
	asq_status status;

	if (!s->id) {
		return ASQ_OK;
	}
	status = asq_supervisor_open(s, &site, &error);
	if (status == ASQ_OK) {
		status = asq_store_unregister(&site, s->id, atomic_load(&s->pool.memory->claim_id), &error);
		asq_site_close(&site);
	}
	return asq_supervisor_noted(s, status, &error, "The supervisor's end could not be written");
}

/* It does what a worker does with a slot, so that an heir goes on with the next one, should a listener be the end of this process. */
static void asq_supervisor_run_tasks(asq_supervisor *s, zend_object *store, zend_object *runner)
{
	ASQ_EACH_SLOT(&s->pool, slot) {
		if (slot->task == ASQ_TASK_ACTION || !asq_pool_withdraw(slot, ASQ_SLOT_OWN)) {
			continue;
		}
		if (slot->task != ASQ_TASK_CLEAN) {
			asq_member_errand(store, runner, slot->task, slot->action_id, slot->text);
			zend_clear_exception();
		}
		asq_slot_set(slot, ASQ_SLOT_FREE, 0);
	}
}

/*
 * The last workers may have died of something, and nobody is there to tell listeners of it: the supervisor does it itself.
 * False: it cannot, and leaves that to its heir.
 */
static bool asq_supervisor_errands(asq_supervisor *s)
{
	asq_pool_memory *memory = s->pool.memory;
	zval store, runner;
	bool able = !s->errands && !asq_ledger_tasks(&s->pool);

	if (!able && asq_scheduler_get(&store, "store") == ASQ_OK) {
		able = asq_scheduler_get(&runner, "runner") == ASQ_OK;
		while (able && (s->errands || asq_ledger_tasks(&s->pool))) {
			asq_supervisor_run_tasks(s, Z_OBJ(store), Z_OBJ(runner));
			/* Nobody takes from the queue any more: there is room in it. */
			atomic_store(&memory->head, atomic_load(&memory->tail));
			asq_ledger_hand_on(s);
		}
		if (able) {
			zval_ptr_dtor(&runner);
		}
		zval_ptr_dtor(&store);
	}
	zend_clear_exception();
	return able;
}

/* A database that is away may come back within the grace. */
static bool asq_supervisor_may_wait(asq_supervisor *s)
{
	const struct timespec pause = { 0, 50 * 1000 * 1000 };

	asq_supervisor_signals(s);
	if (s->at_once || asq_uptime() >= s->stop_at) {
		return false;
	}
	nanosleep(&pause, NULL);
	return true;
}

/* What is not written for want of a database, or not told, stays in the memory, for who comes next. */
static void asq_supervisor_end(asq_supervisor *s)
{
	bool clean = false;

	if (s->pool.memory) {
		for (unsigned i = 0; !clean && (i == 0 || (s->down || s->blocked ? asq_supervisor_may_wait(s) : i < 20)); i++) {
			s->down_until = 0;
			clean = asq_ledger_flush(s, &s->pool) == ASQ_OK && asq_ledger_flush(s, &s->pool) == ASQ_OK && asq_ledger_open(&s->pool) == asq_ledger_tasks(&s->pool);
		}
		clean = clean && asq_supervisor_errands(s);
		while (clean && asq_supervisor_unregister(s) != ASQ_OK) {
			clean = asq_supervisor_may_wait(s);
		}
		if (!clean) {
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

/* Nobody has touched what orphans are running since their supervisor died. */
static void asq_supervisor_succeed(asq_supervisor *s)
{
	asq_supervisor_inherit(s);
	if (s->heritage.memory) {
		memset(s->orphan_warned, 0, sizeof(s->orphan_warned));
		s->last_touch = 0;
	}
}

static void asq_supervisor_loop(asq_supervisor *s)
{
	s->more = true;
	s->next_due = INT64_MAX;
	s->clean_at = asq_uptime() + 5 * ASQ_SECOND;
	s->last_day = asq_microtime() / ASQ_DAY;
	s->last_poll = s->last_heartbeat = s->last_touch = s->last_rate = asq_uptime();
	asq_supervisor_succeed(s);
	asq_supervisor_say(s, true, "%ld workers for %s; supervisor %d.", (long) s->options->workers, s->host, (int) getpid());
	while (!s->stopping || asq_crew_alive(s)) {
		asq_supervisor_turn(s);
		if (!s->heritage.memory && asq_uptime() - s->last_listen > ASQ_SECOND) {
			s->last_listen = asq_uptime();
			asq_supervisor_succeed(s);
			asq_wake_move_up(s->key, &s->wake, &s->wake_place);
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
