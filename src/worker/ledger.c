/*
 * ledger.c: what the supervisor writes: it gathers from the slots what has happened since the last time, has the store
 * write that in one commit, and moves the slots on. Until that has succeeded the slots stay as they are, so that nothing is
 * lost where the database is away, or this process dies.
 *
 * Where much is going on that goes over a second connection, and the supervisor claims meanwhile: the server does both at once.
 * Nothing but a claim comes in between, since a claim touches no slot that is in use.
 */
#include "supervisor.h"
#include "retry.h"
#include "php_asq.h"
#include "src/action/schedule.h"
#include "src/store/failures.h"
#include "src/wordpress/clock.h"
#include "src/wordpress/failure.h"
#include "Zend/zend_exceptions.h"

#ifdef __linux__

/* Until the second connection is asked for again after it was refused, or something failed there; and until it is ended when idle. */
#define ASQ_BESIDE_REFUSED_US (60 * ASQ_SECOND)
#define ASQ_BESIDE_FAILED_US  (10 * ASQ_SECOND)
#define ASQ_BESIDE_IDLE_US    (4 * ASQ_SECOND)

/* ---- Times ------------------------------------------------------------------------------------ */

static void asq_moment_free(asq_moment *moment)
{
	if (moment->gmt) {
		zend_string_release(moment->gmt);
		zend_string_release(moment->local);
		moment->gmt = moment->local = NULL;
	}
}

/* By the site's clock; where that throws, by UTC. */
static const asq_moment *asq_ledger_moment(asq_supervisor *s, int64_t microseconds)
{
	int64_t second = microseconds / 1000000;
	asq_moment *moment;

	for (unsigned i = 0; i < sizeof(s->moment) / sizeof(s->moment[0]); i++) {
		if (s->moment[i].gmt && s->moment[i].second == second) {
			return &s->moment[i];
		}
	}
	moment = &s->moment[s->moment_next++ % (sizeof(s->moment) / sizeof(s->moment[0]))];
	asq_moment_free(moment);
	moment->second = second;
	moment->gmt = asq_clock_gmt(second);
	if (asq_clock_local(second, &moment->local) != ASQ_OK) {
		zend_clear_exception();
		moment->local = zend_string_copy(moment->gmt);
	}
	return moment;
}

void asq_ledger_now(asq_supervisor *s)
{
	int64_t second = asq_microtime() / 1000000;

	if (s->now_gmt && s->now_second == second) {
		return;
	}
	if (s->now_gmt) {
		zend_string_release(s->now_gmt);
		zend_string_release(s->now_local);
	}
	s->now_second = second;
	s->now_gmt = asq_clock_gmt(second);
	if (asq_clock_current(&s->now_local) != ASQ_OK) {
		zend_clear_exception();
		s->now_local = zend_string_copy(s->now_gmt);
	}
}

/* ---- Gathering -------------------------------------------------------------------------------- */

/* The state is read once: the next moment it may be another. */
static bool asq_slot_has_news(const asq_slot *slot, asq_slot_state state)
{
	switch (state) {
		case ASQ_SLOT_RUNNING:
			return !slot->start_written;
		case ASQ_SLOT_COMPLETE:
		case ASQ_SLOT_BLAMED:
		case ASQ_SLOT_BACK:
		case ASQ_SLOT_DONE:
			return true;
		default:
			return false;
	}
}

bool asq_ledger_is_asked(const asq_pool *pool)
{
	for (unsigned i = 0; i < ASQ_POOL_WORKERS; i++) {
		const asq_member *member = &pool->memory->member[i];
		if (atomic_load(&member->sync_wanted) != atomic_load(&member->sync_done)) {
			return true;
		}
	}
	return false;
}

bool asq_ledger_has_news(const asq_pool *pool)
{
	ASQ_EACH_SLOT(pool, slot) {
		if (asq_slot_has_news(slot, asq_slot_state_of(atomic_load(&slot->word)))) {
			return true;
		}
	}
	return asq_ledger_is_asked(pool);
}

unsigned asq_ledger_open(const asq_pool *pool)
{
	unsigned open = 0;

	ASQ_EACH_SLOT(pool, slot) {
		open += asq_slot_state_of(atomic_load(&slot->word)) != ASQ_SLOT_FREE;
	}
	return open;
}

unsigned asq_ledger_tasks(const asq_pool *pool)
{
	unsigned tasks = 0;

	ASQ_EACH_SLOT(pool, slot) {
		tasks += asq_slot_state_of(atomic_load(&slot->word)) == ASQ_SLOT_READY && slot->task != ASQ_TASK_ACTION;
	}
	return tasks;
}

asq_flush_entry *asq_ledger_add(asq_supervisor *s, uint64_t action_id, uint64_t claim_id)
{
	asq_flush_entry *entry;

	if (s->flush.count == s->flush_room) {
		s->flush_room = s->flush_room ? 2 * s->flush_room : 256;
		s->flush.entry = safe_erealloc(s->flush.entry, s->flush_room, sizeof(asq_flush_entry), 0);
	}
	entry = &s->flush.entry[s->flush.count++];
	memset(entry, 0, sizeof(*entry));
	entry->action_id = action_id;
	entry->claim_id = claim_id;
	return entry;
}

static asq_flush_entry *asq_ledger_entry(asq_supervisor *s, asq_slot *slot)
{
	asq_flush_entry *entry = asq_ledger_add(s, slot->action_id, slot->claim_id);

	entry->start_written = slot->start_written;
	entry->owner = slot;
	return entry;
}

static void asq_ledger_log(asq_supervisor *s, asq_log_row *log, const zend_string *message, int64_t when)
{
	const asq_moment *moment = asq_ledger_moment(s, when ? when : asq_microtime());

	*log = (asq_log_row) { message, zend_string_copy(moment->gmt), zend_string_copy(moment->local) };
}

/* "action failed via WP CLI: ...": made for this entry; its strings are let go after the flush. */
static zend_string *asq_ledger_failure(const asq_supervisor *s, const char *why)
{
	return strpprintf(65000, "%s: %s", ZSTR_VAL(s->text_failed), why);
}

static void asq_ledger_due(asq_supervisor *s, asq_flush_entry *entry, int64_t due)
{
	const asq_moment *moment = asq_ledger_moment(s, due * 1000000);

	entry->due_gmt = zend_string_copy(moment->gmt);
	entry->due_local = zend_string_copy(moment->local);
	entry->due_schedule = asq_schedule_simple(due);
}

/* It had met an open circuit, and was to say so itself. */
static void asq_ledger_postponed(asq_supervisor *s, asq_slot *slot, asq_flush_entry *entry)
{
	entry->end = ASQ_END_POSTPONED;
	entry->attempt = slot->policy ? (zend_long) slot->attempts + 1 : 0;
	asq_ledger_due(s, entry, slot->due);
	asq_ledger_log(s, &entry->end_log, asq_postpone_text(slot->circuit, slot->crash_delay), 0);
}

void asq_ledger_crashed(asq_supervisor *s, asq_flush_entry *entry, const asq_verdict *verdict, const char *why)
{
	zend_string *raw = zend_string_init(why, strlen(why), 0), *text = asq_failure_text(raw, ASQ_SLOT_TEXT, false);
	asq_flush_letter *letter;

	entry->attempt = verdict->attempt;
	if (verdict->retry) {
		entry->end = ASQ_END_RETRY;
		asq_ledger_due(s, entry, asq_microtime() / 1000000 + verdict->delay);
		asq_ledger_log(s, &entry->end_log, asq_retry_text(verdict, ZSTR_VAL(text)), 0);
		zend_string_release(text);
	} else {
		entry->end = ASQ_END_BURIED;
		asq_ledger_log(s, &entry->end_log, asq_ledger_failure(s, why), 0);
		letter = emalloc(sizeof(*letter));
		letter->reason = verdict->reason;
		letter->error_class = zend_string_copy(asq_crash_exception->name);
		letter->message = text;
		letter->metadata = strpprintf(0, "{\"context\":\"WP CLI\",\"supervisor\":%d}", (int) getpid());
		entry->letter = letter;
	}
	zend_string_release(raw);
}

/* What its worker has told of its retry policy: it is tried again, or gets a dead letter. */
static void asq_ledger_by_policy(asq_supervisor *s, asq_slot *slot, asq_flush_entry *entry)
{
	asq_verdict verdict = { .retry = slot->crash_retry, .delay = slot->crash_delay, .attempt = (zend_long) slot->attempts + 1, .most = slot->max_attempts };

	verdict.reason = slot->spent ? ASQ_LETTER_EXHAUSTED : ASQ_LETTER_CRASHED;
	asq_ledger_crashed(s, entry, &verdict, slot->text);
}

static void asq_ledger_gather_slot(asq_supervisor *s, asq_slot *slot)
{
	asq_slot_state state = asq_slot_state_of(atomic_load(&slot->word));
	asq_flush_entry *entry;

	if (state == ASQ_SLOT_DONE) {
		asq_slot_set(slot, ASQ_SLOT_FREE, 0);
		return;
	}
	if (!asq_slot_has_news(slot, state) || atomic_load(&slot->lost)) {
		if (state == ASQ_SLOT_COMPLETE || state == ASQ_SLOT_BLAMED) {
			/* It is not ours to write about any more. */
			asq_slot_set(slot, atomic_load(&slot->hold) && state == ASQ_SLOT_COMPLETE ? ASQ_SLOT_WRITTEN : ASQ_SLOT_FREE, asq_slot_worker_of(atomic_load(&slot->word)));
		}
		return;
	}
	entry = asq_ledger_entry(s, slot);
	switch (state) {
		case ASQ_SLOT_RUNNING: entry->start = true; break;
		case ASQ_SLOT_COMPLETE: entry->start = true; entry->end = ASQ_END_COMPLETE; break;
		case ASQ_SLOT_BLAMED: entry->end = ASQ_END_FAILED; entry->start = !slot->unsure; break;
		default: entry->end = ASQ_END_BACK; break;
	}
	entry->claimless = slot->unsure;
	if (entry->start && !entry->start_written) {
		asq_ledger_log(s, &entry->start_log, s->text_started, atomic_load(&slot->started));
	}
	if (entry->end == ASQ_END_COMPLETE) {
		asq_ledger_log(s, &entry->end_log, s->text_complete, atomic_load(&slot->ended));
	} else if (entry->end == ASQ_END_FAILED && slot->postponed) {
		asq_ledger_postponed(s, slot, entry);
	} else if (entry->end == ASQ_END_FAILED && slot->policy) {
		asq_ledger_by_policy(s, slot, entry);
	} else if (entry->end == ASQ_END_FAILED) {
		asq_ledger_log(s, &entry->end_log, asq_ledger_failure(s, slot->text), 0);
	}
}

static void asq_ledger_release_policy(asq_flush_entry *entry)
{
	if (entry->due_gmt) {
		zend_string_release(entry->due_gmt);
		zend_string_release(entry->due_local);
		zend_string_release(entry->due_schedule);
	}
	if (entry->letter) {
		zend_string_release(entry->letter->error_class);
		zend_string_release(entry->letter->message);
		zend_string_release(entry->letter->metadata);
		efree((void *) entry->letter);
	}
}

void asq_ledger_release(asq_supervisor *s)
{
	for (size_t i = 0; i < s->flush.count; i++) {
		asq_flush_entry *entry = &s->flush.entry[i];
		asq_log_row *logs[] = { &entry->start_log, &entry->end_log };
		for (unsigned j = 0; j < 2; j++) {
			if (logs[j]->date_gmt) {
				zend_string_release((zend_string *) logs[j]->date_gmt);
				zend_string_release((zend_string *) logs[j]->date_local);
			}
		}
		if ((entry->end == ASQ_END_FAILED || entry->end == ASQ_END_RETRY || entry->end == ASQ_END_POSTPONED || entry->end == ASQ_END_BURIED) && entry->end_log.message) {
			zend_string_release((zend_string *) entry->end_log.message);
		}
		asq_ledger_release_policy(entry);
	}
	s->flush.count = 0;
}

/* ---- Moving on -------------------------------------------------------------------------------- */

/* False: there is no room, which there will be once workers have taken some of what is on offer. */
static bool asq_ledger_offer_task(asq_supervisor *s, const asq_errand *errand)
{
	asq_slot *slot = asq_pool_ready(&s->pool) < ASQ_POOL_SLOTS ? asq_pool_free_slot(&s->pool, &s->slot_next) : NULL;

	if (!slot) {
		return false;
	}
	slot->task = errand->task;
	slot->action_id = errand->action_id;
	slot->claim_id = 0;
	memcpy(slot->text, errand->text, sizeof(slot->text));
	asq_pool_offer(&s->pool, slot);
	asq_pool_ring_workers(&s->pool, 1);
	return true;
}

/* It is in the shared memory at once, whoever is to do it: should this process die, its heir knows of it. */
void asq_ledger_task(asq_supervisor *s, asq_task task, uint64_t action_id, const char *text)
{
	asq_errand errand = { .task = task, .action_id = action_id };

	snprintf(errand.text, sizeof(errand.text), "%s", text ? text : "");
	if (asq_ledger_offer_task(s, &errand)) {
		return;
	}
	if (s->errands == s->errand_room) {
		s->errand_room = s->errand_room ? 2 * s->errand_room : 16;
		s->errand = safe_erealloc(s->errand, s->errand_room, sizeof(*s->errand), 0);
	}
	s->errand[s->errands++] = errand;
}

void asq_ledger_hand_on(asq_supervisor *s)
{
	unsigned handed = 0;

	while (handed < s->errands && asq_ledger_offer_task(s, &s->errand[handed])) {
		handed++;
	}
	if (handed) {
		s->errands -= handed;
		memmove(s->errand, s->errand + handed, s->errands * sizeof(*s->errand));
	}
}

/* The supervisor has written the completion; the worker may have let go of it in this moment. */
static void asq_ledger_completed(asq_slot *slot)
{
	unsigned worker = asq_slot_worker_of(atomic_load(&slot->word));
	uint32_t written = asq_slot_word(ASQ_SLOT_WRITTEN, worker);

	if (!atomic_load(&slot->hold)) {
		asq_slot_set(slot, ASQ_SLOT_FREE, 0);
		return;
	}
	atomic_store(&slot->word, written);
	if (!atomic_load(&slot->hold)) {
		atomic_compare_exchange_strong(&slot->word, &written, asq_slot_word(ASQ_SLOT_DONE, worker));
	}
}

void asq_ledger_tell_retry(asq_supervisor *s, uint64_t action_id, unsigned attempt, unsigned most, unsigned delay, const char *why)
{
	char text[ASQ_SLOT_TEXT];

	snprintf(text, sizeof(text), "%u %u %u %.440s", attempt, most, delay, why);
	asq_ledger_task(s, ASQ_TASK_RETRIED, action_id, text);
}

/* See asq_postpone_tell_crash(). */
static void asq_ledger_tell_postponed(asq_supervisor *s, const asq_slot *slot)
{
	char text[ASQ_SLOT_TEXT];

	snprintf(text, sizeof(text), "%u %u %s%s", slot->crash_delay, (unsigned) strlen(slot->circuit), slot->circuit, slot->text);
	asq_ledger_task(s, ASQ_TASK_POSTPONED, slot->action_id, text);
}

/* What a failure leads to, now that it is written. */
static void asq_ledger_failed(asq_supervisor *s, const asq_flush_entry *entry)
{
	const asq_slot *slot = entry->owner;

	switch (entry->end) {
		case ASQ_END_FAILED:
			s->totals.killed++;
			asq_ledger_task(s, ASQ_TASK_MOURN, entry->action_id, slot->text);
			break;
		case ASQ_END_RETRY:
			s->next_due = MIN(s->next_due, asq_microtime() / 1000000 + slot->crash_delay);
			asq_ledger_tell_retry(s, slot->action_id, slot->attempts + 1, slot->max_attempts, slot->crash_delay, slot->text);
			break;
		case ASQ_END_POSTPONED:
			s->next_due = MIN(s->next_due, slot->due);
			asq_ledger_tell_postponed(s, slot);
			break;
		case ASQ_END_BURIED:
			s->totals.killed++;
			asq_ledger_task(s, ASQ_TASK_BURIED, entry->action_id, slot->text);
			break;
		default:
			break;
	}
}

static void asq_ledger_written(asq_supervisor *s, asq_flush_entry *entry)
{
	asq_slot *slot = entry->owner;

	if (entry->lost) {
		atomic_store(&slot->lost, 1);
		s->totals.lost += entry->end == ASQ_END_COMPLETE;
	}
	switch (entry->end) {
		case ASQ_END_NONE:
			slot->start_written = 1;
			break;
		case ASQ_END_COMPLETE:
			slot->start_written = 1;
			if (slot->repeat && !entry->lost) {
				asq_ledger_task(s, ASQ_TASK_REPEAT, entry->action_id, NULL);
			}
			asq_ledger_completed(slot);
			break;
		default:
			if (!entry->lost) {
				asq_ledger_failed(s, entry);
			}
			asq_slot_set(slot, ASQ_SLOT_FREE, 0);
			break;
	}
}

/* A worker that waits for its barrier goes on once all that it had told before is written. */
static void asq_ledger_answer(asq_pool *pool, const uint32_t *wanted)
{
	for (unsigned i = 0; i < ASQ_POOL_WORKERS; i++) {
		asq_member *member = &pool->memory->member[i];
		if (atomic_load(&member->sync_done) != wanted[i]) {
			atomic_store(&member->sync_done, wanted[i]);
			asq_pool_wake(&member->sync_done, 1);
		}
	}
}

/* What there is to write; false: nothing, and who waits for that has been told. */
static bool asq_ledger_gather(asq_supervisor *s, asq_pool *pool)
{
	for (unsigned i = 0; i < ASQ_POOL_WORKERS; i++) {
		s->wanted[i] = atomic_load(&pool->memory->member[i].sync_wanted);
	}
	asq_ledger_now(s);
	ASQ_EACH_SLOT(pool, slot) {
		asq_ledger_gather_slot(s, slot);
	}
	asq_pool_shrink(pool);
	s->last_flush = asq_uptime();
	if (!s->flush.count) {
		asq_ledger_answer(pool, s->wanted);
		return false;
	}
	/* Of a supervisor that is killed between the commit and the slots, its heir must know that, too. */
	s->flush.again = atomic_exchange(&pool->memory->writing, 1) != 0;
	s->flush.hopeless = false;
	return true;
}

/* It is written. */
static void asq_ledger_move_on(asq_supervisor *s, asq_pool *pool)
{
	if (s->blocked) {
		s->blocked = false;
		asq_supervisor_say(s, true, "The lock is gone.");
	}
	for (size_t i = 0; i < s->flush.count; i++) {
		asq_ledger_written(s, &s->flush.entry[i]);
	}
	atomic_store(&pool->memory->writing, 0);
	asq_ledger_answer(pool, s->wanted);
}

/* The time of the writing; a claim that comes in between may have asked for it anew. */
static void asq_ledger_date(asq_supervisor *s)
{
	s->flush.now_gmt = s->now_gmt;
	s->flush.now_local = s->now_local;
}

static asq_status asq_ledger_write(asq_supervisor *s, asq_pool *pool)
{
	asq_site site;
	asq_error error = {0};
	asq_status status = asq_supervisor_open(s, &site, &error);

	asq_ledger_date(s);
	if (status == ASQ_OK) {
		status = asq_store_flush(&site, &s->flush, &error);
		asq_site_close(&site);
		status = asq_supervisor_noted(s, status, &error, "What the workers have done could not be written");
	}
	if (status == ASQ_OK) {
		asq_ledger_move_on(s, pool);
	}
	asq_ledger_release(s);
	return status;
}

asq_status asq_ledger_flush(asq_supervisor *s, asq_pool *pool)
{
	return asq_ledger_gather(s, pool) ? asq_ledger_write(s, pool) : ASQ_OK;
}

/* ---- Beside ------------------------------------------------------------------------------------ */

/* Sends it over the second connection; where there is none to be had, that is not tried again for a while. ASQ_DECLINED: it is not sent. */
static asq_status asq_ledger_send(asq_supervisor *s)
{
	asq_site site;
	asq_error error = {0};
	bool sent = false;
	asq_status status = asq_supervisor_open(s, &site, &error);

	if (status != ASQ_OK) {
		return status;
	}
	if (!asq_store_flush_can_begin(&site, &s->flush)) {
		/* It goes over the first. */
	} else if (asq_link_beside(&site.link, &s->beside, &error) == ASQ_OK) {
		asq_ledger_date(s);
		sent = asq_store_flush_begin(&site, &s->beside, &s->flush);
		s->beside_used = asq_uptime();
	} else {
		s->beside_not_before = asq_uptime() + ASQ_BESIDE_REFUSED_US;
	}
	asq_site_close(&site);
	return sent ? ASQ_OK : ASQ_DECLINED;
}

bool asq_ledger_flush_begin(asq_supervisor *s)
{
	asq_status status;

	if (!asq_ledger_gather(s, &s->pool)) {
		return false;
	}
	status = asq_ledger_send(s);
	if (status == ASQ_DECLINED) {
		asq_ledger_write(s, &s->pool);
	} else if (status != ASQ_OK) {
		asq_ledger_release(s);
	}
	return status == ASQ_OK;
}

void asq_ledger_flush_finish(asq_supervisor *s)
{
	asq_status status = asq_store_flush_finish(&s->beside, &s->flush);

	if (status == ASQ_OK) {
		asq_ledger_move_on(s, &s->pool);
		asq_ledger_release(s);
		return;
	}
	if (status == ASQ_FAILED) {
		s->beside_not_before = asq_uptime() + ASQ_BESIDE_FAILED_US;
	}
	asq_ledger_write(s, &s->pool);
}

/* A connection that is of no use for a while is the server's to give to others. */
void asq_ledger_part(asq_supervisor *s)
{
	if (s->beside_used && asq_uptime() - s->beside_used > ASQ_BESIDE_IDLE_US) {
		asq_link_part(&s->beside);
		s->beside_used = 0;
	}
}

/* ---- Deaths ----------------------------------------------------------------------------------- */

static void asq_ledger_blame(asq_slot *slot, bool unsure, const char *how)
{
	if (!*slot->text && slot->killed_for) {
		asq_crew_overdue(slot, slot->text, sizeof(slot->text));
	} else if (!*slot->text) {
		snprintf(slot->text, ASQ_SLOT_TEXT, "%s", how);
	}
	slot->unsure = unsure;
	asq_slot_set(slot, ASQ_SLOT_BLAMED, 0);
}

/*
 * An action that is taken has begun nothing, but its retry policy's filter and delay are asked: who dies of those would do so again. By
 * chance no worker dies there more than once.
 */
#define ASQ_DEATHS_MOST 3

/* Its worker died before anybody had heard of it. What is no action has nobody else to do it, so it is never dropped. */
static void asq_ledger_not_begun(asq_supervisor *s, asq_pool *pool, asq_slot *slot, const char *how)
{
	bool action = slot->task == ASQ_TASK_ACTION;

	if (action && ++slot->deaths >= ASQ_DEATHS_MOST) {
		asq_ledger_blame(slot, true, how);
		return;
	}
	if (pool == &s->pool && !(action && s->stopping)) {
		asq_pool_offer(pool, slot);
		asq_pool_ring_workers(pool, 1);
		return;
	}
	if (!action) {
		asq_ledger_task(s, slot->task, slot->action_id, slot->text);
	}
	asq_slot_set(slot, action ? ASQ_SLOT_BACK : ASQ_SLOT_DONE, 0);
}

/* What a dead worker had in its hands. It is dead: nobody else changes these slots now. */
static void asq_ledger_inherit_slot(asq_supervisor *s, asq_pool *pool, asq_slot *slot, asq_slot_state state, const char *how)
{
	bool action = slot->task == ASQ_TASK_ACTION;

	switch (state) {
		case ASQ_SLOT_TAKEN:
			asq_ledger_not_begun(s, pool, slot, how);
			break;
		case ASQ_SLOT_ENTERED:
		case ASQ_SLOT_RUNNING:
		case ASQ_SLOT_OWN:
			if (action) {
				asq_ledger_blame(slot, state != ASQ_SLOT_RUNNING, how);
			} else {
				asq_slot_set(slot, ASQ_SLOT_DONE, 0);
			}
			break;
		case ASQ_SLOT_ENDED:
			slot->unsure = slot->start_written = 1;
			atomic_store(&slot->hold, 0);
			asq_slot_set(slot, ASQ_SLOT_COMPLETE, 0);
			break;
		case ASQ_SLOT_COMPLETE:
			/* It is written as it stands; what its worker still had to do is another's. */
			if (atomic_load(&slot->hold)) {
				atomic_store(&slot->hold, 0);
				slot->repeat = 1;
			}
			break;
		case ASQ_SLOT_WRITTEN:
			if (!atomic_load(&slot->lost) && !slot->repeated) {
				asq_ledger_task(s, ASQ_TASK_REPEAT, slot->action_id, NULL);
			}
			asq_slot_set(slot, ASQ_SLOT_DONE, 0);
			break;
		default:
			break;
	}
}

void asq_ledger_worker_died(asq_supervisor *s, asq_pool *pool, unsigned index, const char *how)
{
	ASQ_EACH_SLOT(pool, slot) {
		uint32_t word = atomic_load(&slot->word);
		asq_slot_state state = asq_slot_state_of(word);
		if (state >= ASQ_SLOT_TAKEN && state <= ASQ_SLOT_WRITTEN && asq_slot_worker_of(word) == index) {
			asq_ledger_inherit_slot(s, pool, slot, state, how);
		}
	}
	/* Nobody waits for an answer any more. */
	atomic_store(&pool->memory->member[index].sync_done, atomic_load(&pool->memory->member[index].sync_wanted));
	atomic_store(&pool->memory->member[index].state, ASQ_MEMBER_NONE);
	atomic_store(&pool->memory->member[index].slot, 0);
}

void asq_ledger_withdraw_all(asq_supervisor *s, asq_pool *pool, asq_slot_state to)
{
	ASQ_EACH_SLOT(pool, slot) {
		if (slot->task == ASQ_TASK_ACTION) {
			asq_pool_withdraw(slot, to);
		} else if (pool != &s->pool && asq_pool_withdraw(slot, ASQ_SLOT_DONE)) {
			asq_ledger_task(s, slot->task, slot->action_id, slot->text);
		}
	}
}

#endif
