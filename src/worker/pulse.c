/*
 * pulse.c: signs of life: the supervisor's own, those of others, which it looks for, and what becomes of the dead: of other
 * hosts by the tables, of this host by the memory that they have left.
 */
#include "supervisor.h"
#include "retry.h"
#include "php_asq.h"
#include "src/store/claim_due.h"
#include "src/store/flush.h"
#include "src/store/workers.h"
#include "src/wordpress/policy.h"
#include "Zend/zend_exceptions.h"

#ifdef __linux__

#include <unistd.h>

#define ASQ_BURY_US (3 * ASQ_SECOND)   /* between two looks for the dead, if there were some, or there was no answer */

/* ---- The pulse -------------------------------------------------------------------------------- */

/* Who lives gives a sign of it once in ASQ_HEARTBEAT_SECONDS, and a second for its turn. */
void asq_supervisor_unsteady(asq_supervisor *s)
{
	s->steady = MAX(s->steady, asq_uptime() - (ASQ_LEASE_SECONDS - ASQ_HEARTBEAT_SECONDS - 1) * ASQ_SECOND);
}

/* As others will see it: the sign of life is given between the question and its answer. */
static void asq_supervisor_lease(asq_supervisor *s, int64_t asked)
{
	if (s->demoted) {
		/* Our own connection has been made anew. WordPress's are not: callbacks would write to a server that is no primary any more. */
		s->demoted = false;
		asq_supervisor_say(s, true, "The database can be written to again: the workers are replaced, for they may be connected to one that cannot.");
		asq_crew_leave(s);
	}
	atomic_store(&s->pool.memory->lease, asked + (ASQ_LEASE_SECONDS - 1) * ASQ_SECOND);
}

asq_status asq_supervisor_register(asq_supervisor *s)
{
	asq_site site;
	asq_error error = {0};
	uint64_t claim_id = 0;
	int64_t asked = asq_uptime();
	asq_status status;

	asq_ledger_now(s);
	status = asq_supervisor_open(s, &site, &error);
	if (status == ASQ_OK) {
		status = asq_store_register(&site, s->host, getpid(), s->pool.memory->token, s->options->shown, s->now_gmt, &s->id, &claim_id, &error);
		asq_site_close(&site);
	}
	if (asq_supervisor_noted(s, status, &error, "The supervisor could not be registered") == ASQ_OK) {
		atomic_store(&s->pool.memory->supervisor_id, s->id);
		atomic_store(&s->pool.memory->claim_id, claim_id);
		/* A sign of life, too. One more in the same millisecond would change nothing in the row, and seem to find none. */
		s->pulse = s->last_heartbeat = asq_uptime();
		asq_supervisor_unsteady(s);
		asq_supervisor_lease(s, asked);
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
	/* What was claimed since then is still under that claim. */
	asq_ledger_withdraw_all(s, &s->pool, ASQ_SLOT_BACK);
	asq_claim_cursor_free(&s->cursor);
	asq_claim_cursor_init(&s->cursor);
	s->id = s->rows_told = 0;
	asq_supervisor_register(s);
}

/* Of what the rows say: where it is as it was, it is not written again. */
static uint64_t asq_rows_digest(const asq_worker_row *rows, size_t count)
{
	uint64_t digest = count;

	for (size_t i = 0; i < count; i++) {
		const uint64_t facts[] = { rows[i].worker_id, (uint64_t) rows[i].pid, (uint64_t) rows[i].state[0], rows[i].action_id, (uint64_t) rows[i].action_started,
			rows[i].succeeded, rows[i].failed, rows[i].memory };
		for (size_t j = 0; j < sizeof(facts) / sizeof(facts[0]); j++) {
			digest = (digest ^ facts[j]) * 0x100000001b3ull;
		}
	}
	return digest;
}

/* After a long silence somebody may have given back what is on offer, though nobody has taken us for dead: AS's cleaner does. */
static void asq_supervisor_renew(asq_supervisor *s, int64_t asked)
{
	bool over = !asq_pool_is_leased(&s->pool);

	if (over) {
		s->last_check = 0;
		asq_supervisor_check_offers(s, asq_uptime());
	}
	asq_supervisor_lease(s, asked);
	if (over) {
		asq_pool_ring_workers(&s->pool, ASQ_POOL_WORKERS);
	}
}

void asq_supervisor_heartbeat(asq_supervisor *s)
{
	asq_worker_row rows[ASQ_POOL_WORKERS];
	unsigned index[ASQ_POOL_WORKERS];
	size_t count = asq_crew_rows(s, rows, index);
	uint64_t news = asq_rows_digest(rows, count);
	int64_t asked = asq_uptime();
	asq_site site;
	asq_error error = {0};
	asq_status status = asq_supervisor_open(s, &site, &error);

	if (status != ASQ_OK) {
		return;
	}
	status = asq_store_heartbeat(&site, s->id, s->stopping ? "stopping" : "running", atomic_load(&s->pool.memory->claim_id), rows,
		news == s->rows_told ? 0 : count, &error);
	if (status == ASQ_OK && s->heritage.memory) {
		/* Nobody else is to give back what its orphans are still running. */
		asq_store_heartbeat(&site, atomic_load(&s->heritage.memory->supervisor_id), "stopping", atomic_load(&s->heritage.memory->claim_id), NULL, 0, &error);
	}
	asq_site_close(&site);
	asq_supervisor_noted(s, status == ASQ_NOT_FOUND ? ASQ_OK : status, &error, "No sign of life could be given");
	if (status == ASQ_NOT_FOUND) {
		asq_supervisor_resurrect(s);
	} else if (status == ASQ_OK) {
		if (asked - s->pulse > 2 * ASQ_HEARTBEAT_SECONDS * ASQ_SECOND) {
			s->steady = asked;
		}
		s->pulse = s->last_heartbeat = asked;
		asq_supervisor_renew(s, asked);
		for (size_t i = 0; i < count; i++) {
			s->child[index[i]].row_id = rows[i].worker_id;
		}
		s->rows_told = asq_rows_digest(rows, count);
	}
}

#define ASQ_NO_LIFE "The supervisor that ran it gave no sign of life"

/* What the dead supervisor was running, where there are policies. Workers see sooner than this process that there are some now. */
static asq_status asq_supervisor_running(asq_supervisor *s, uint64_t dead, zval *rows, asq_error *error)
{
	asq_site site;
	asq_status status;

	ZVAL_UNDEF(rows);
	if (atomic_load(&s->pool.memory->policies)) {
		asq_call(NULL, "wp_cache_flush_runtime", 0, NULL);
		zend_clear_exception();
	}
	if (!asq_policy_any()) {
		return ASQ_OK;
	}
	status = asq_supervisor_open(s, &site, error);
	if (status == ASQ_OK) {
		status = asq_store_running(&site, dead, NULL, rows, error);
		asq_site_close(&site);
	}
	return status;
}

/* What has a policy becomes an entry, whose owner is the verdict. Userland is asked: no transaction is open. */
static asq_verdict *asq_supervisor_ask_policies(asq_supervisor *s, zval *rows)
{
	asq_verdict *verdicts, *verdict;
	char why[128];
	zval *row;

	if (Z_TYPE_P(rows) != IS_ARRAY) {
		return NULL;
	}
	snprintf(why, sizeof(why), ASQ_NO_LIFE " for %d seconds.", ASQ_LEASE_SECONDS);
	verdict = verdicts = safe_emalloc(zend_hash_num_elements(Z_ARRVAL_P(rows)) + 1, sizeof(*verdicts), 0);
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(rows), row) {
		if (asq_orphan_ask(row, verdict) == ASQ_OK) {
			asq_flush_entry *entry = asq_ledger_add(s, asq_row_number(row, ASQ_RUNNING_ID), 0);
			asq_ledger_crashed(s, entry, verdict, why);
			entry->owner = verdict++;
		}
		if (EG(exception)) {
			/* An exit() must not end the supervisor. */
			zend_clear_exception();
			EG(exit_status) = 0;
		}
	} ZEND_HASH_FOREACH_END();
	return verdicts;
}

/* Listeners are told by workers. */
static void asq_supervisor_tell_buried(asq_supervisor *s, uint64_t dead, HashTable *failed)
{
	unsigned gone = zend_hash_num_elements(failed), retried = 0;
	char again[64] = "";
	zval *id;

	ZEND_HASH_FOREACH_VAL(failed, id) {
		asq_ledger_task(s, ASQ_TASK_MOURN, (uint64_t) Z_LVAL_P(id), ASQ_NO_LIFE ".");
	} ZEND_HASH_FOREACH_END();
	for (size_t i = 0; i < s->flush.count; i++) {
		const asq_flush_entry *entry = &s->flush.entry[i];
		const asq_verdict *verdict = entry->owner;
		if (entry->ends && entry->end == ASQ_END_RETRY) {
			asq_ledger_tell_retry(s, entry->action_id, (unsigned) verdict->attempt, (unsigned) verdict->most, (unsigned) verdict->delay, ASQ_NO_LIFE ".");
			retried++;
		} else if (entry->ends) {
			asq_ledger_task(s, ASQ_TASK_BURIED, entry->action_id, ASQ_NO_LIFE ".");
			gone++;
		}
	}
	if (retried) {
		snprintf(again, sizeof(again), "%u will be tried again, ", retried);
	}
	asq_supervisor_say(s, false, "Supervisor %" PRIu64 " gave no sign of life: its %u running actions have failed, %sthe others are in the queue again.", dead, gone, again);
}

static asq_status asq_supervisor_bury_one(asq_supervisor *s, uint64_t dead, zval *failed, asq_error *error)
{
	asq_site site;
	asq_log_row log;
	asq_status status = asq_supervisor_open(s, &site, error);

	if (status == ASQ_OK) {
		log = (asq_log_row) { strpprintf(0, "%s: " ASQ_NO_LIFE " for %d seconds.", ZSTR_VAL(s->text_failed), ASQ_LEASE_SECONDS), s->now_gmt, s->now_local };
		s->flush.now_gmt = s->now_gmt;
		status = asq_store_bury(&site, dead, &log, &s->flush, failed, error);
		zend_string_release((zend_string *) log.message);
		asq_site_close(&site);
	}
	return status;
}

/*
 * Whether the server's clock has gone on as ours has since it was last looked at. Where it was set, or another server has taken over, all look
 * dead that have not given a sign of life since then.
 */
static bool asq_supervisor_trusts_clock(asq_supervisor *s, int64_t clock)
{
	int64_t ahead = clock - asq_uptime(), before = s->clock_ahead;

	s->clock_ahead = ahead;
	return !before || (ahead - before < ASQ_CLOCK_US && before - ahead < ASQ_CLOCK_US);
}

/*
 * Another host's supervisor that has no pulse: what it had claimed goes back, what it was running has failed, or is tried again if
 * its policy says so. When the database was away for all, nobody's pulse is younger than that: they are given time to show that they live.
 */
void asq_supervisor_bury(asq_supervisor *s)
{
	asq_site site;
	asq_error error = {0};
	asq_verdict *verdicts;
	asq_oldest oldest;
	int64_t asked = asq_uptime();
	uint64_t dead;
	zval failed, running;
	asq_status status = asq_supervisor_open(s, &site, &error);

	s->bury_after = ASQ_BURY_US;
	if (status != ASQ_OK) {
		return;
	}
	status = asq_store_find_dead(&site, s->id, &oldest, &error);
	asq_site_close(&site);
	dead = oldest.supervisor_id;
	if (oldest.clock && !asq_supervisor_trusts_clock(s, oldest.clock)) {
		asq_supervisor_unsteady(s);
		return;
	}
	if (status == ASQ_NOT_FOUND) {
		/* Until then nobody can be dead who was there now, nor who comes meanwhile. */
		s->bury_after = MIN(MAX(oldest.life, ASQ_SECOND), ASQ_LEASE_SECONDS * ASQ_SECOND);
	}
	if (status != ASQ_OK || asq_uptime() - asked > ASQ_STALL_US || asq_uptime() - s->pulse > 2 * ASQ_HEARTBEAT_SECONDS * ASQ_SECOND) {
		/* If the answer has taken too long, the others may have been kept waiting, too. */
		return;
	}
	asq_ledger_now(s);
	status = asq_supervisor_running(s, dead, &running, &error);
	if (status == ASQ_OK) {
		verdicts = asq_supervisor_ask_policies(s, &running);
		array_init(&failed);
		status = asq_supervisor_bury_one(s, dead, &failed, &error);
		if (status == ASQ_OK) {
			asq_supervisor_tell_buried(s, dead, Z_ARRVAL(failed));
			s->more = true;
		}
		zval_ptr_dtor(&failed);
		asq_ledger_release(s);
		if (verdicts) {
			efree(verdicts);
		}
	}
	zval_ptr_dtor(&running);
}

/* ---- Of those before us ----------------------------------------------------------------------- */

/* Takes over the memory of a supervisor of this host that has died, if there is one, and if it is this site's. */
void asq_supervisor_inherit(asq_supervisor *s)
{
	asq_site site;
	asq_error error = {0};
	asq_status status;

	if (s->heritage.memory || asq_is_down(s) || asq_pool_inherit(&s->heritage, s->key, &s->skip, &error) != ASQ_OK) {
		return;
	}
	status = asq_supervisor_open(s, &site, &error);
	if (status == ASQ_OK) {
		status = asq_store_knows(&site, atomic_load(&s->heritage.memory->supervisor_id), s->heritage.memory->token, &error);
		if (status == ASQ_OK) {
			/* However long it has been dead: nobody, we least of all, is to take from its orphans what they run. */
			status = asq_store_heartbeat(&site, atomic_load(&s->heritage.memory->supervisor_id), "stopping", atomic_load(&s->heritage.memory->claim_id), NULL, 0, &error);
		}
		asq_site_close(&site);
	}
	if (status == ASQ_NOT_FOUND) {
		/* Another site's, or others have given back what it held. */
		asq_pool_refuse(&s->heritage, &s->skip);
	} else if (status != ASQ_OK) {
		asq_pool_close(&s->heritage, false);
	} else {
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

void asq_supervisor_wind_up(asq_supervisor *s)
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

#endif
