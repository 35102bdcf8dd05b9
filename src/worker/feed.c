/*
 * feed.c: what the supervisor claims for its workers, and when; and whether what it has claimed and nobody has taken is still
 * to be run.
 */
#include "supervisor.h"
#include "php_asq.h"
#include "src/store/claim_due.h"
#include "src/store/wake.h"
#include "src/store/workers.h"

#ifdef __linux__

#define ASQ_STALE_US      (2 * ASQ_SECOND)   /* what has been on offer for so long, and is more than is needed, goes back */
#define ASQ_TOUCH_US      (60 * ASQ_SECOND)
#define ASQ_GROUPS_US     (5 * ASQ_SECOND)
#define ASQ_MUCH          100
#define ASQ_AHEAD_SECONDS 0.3           /* so much work is claimed ahead */

/* ---- Claiming --------------------------------------------------------------------------------- */

/* The groups by name may be made at any time: their ids are looked up now and then. False: there are none to run. */
static bool asq_supervisor_groups(asq_supervisor *s, asq_site *site)
{
	asq_error error;
	zval ids;

	if (!zend_hash_num_elements(s->options->groups)) {
		return true;
	}
	if (Z_TYPE(s->group_ids) == IS_UNDEF || asq_uptime() - s->last_groups > ASQ_GROUPS_US) {
		if (asq_store_group_ids(site, s->options->groups, &ids, &error) == ASQ_OK) {
			zval_ptr_dtor(&s->group_ids);
			ZVAL_COPY_VALUE(&s->group_ids, &ids);
			s->last_groups = asq_uptime();
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
	zend_string *hook = asq_row_get(row, ASQ_COL_HOOK);

	ZEND_ASSERT(slot);
	slot->task = ASQ_TASK_ACTION;
	slot->action_id = asq_row_number(row, ASQ_COL_ID);
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
	int64_t began = asq_uptime();

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
	s->last_claim = asq_uptime();
	s->claim_took = s->last_claim - began;
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
			s->look_at = s->last_claim + ASQ_SOON_US;
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
void asq_supervisor_pace(asq_supervisor *s, int64_t now)
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
unsigned asq_supervisor_wants(asq_supervisor *s, int64_t now)
{
	unsigned ready = asq_pool_ready(&s->pool), wanted = MIN(s->ahead + asq_crew_idle(s), (unsigned) s->options->batch_size);

	if (!s->more || s->stopping || asq_is_down(s) || !s->id || now - s->pulse > (ASQ_LEASE_SECONDS - 2) * ASQ_SECOND) {
		return 0;
	}
	return 2 * ready < wanted ? wanted : 0;
}

bool asq_supervisor_feeds_much(asq_supervisor *s, int64_t now)
{
	return asq_supervisor_wants(s, now) >= ASQ_MUCH && now - s->last_claim >= ASQ_CLAIM_US && s->claim_took < ASQ_SOON_US;
}

void asq_supervisor_feed(asq_supervisor *s, int64_t now)
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
void asq_supervisor_poll(asq_supervisor *s)
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

/* What has been on offer for long may have been cancelled, deleted, paused or put off meanwhile. */
void asq_supervisor_check_offers(asq_supervisor *s, int64_t now)
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
	asq_ledger_now(s);
	ASQ_EACH_SLOT(&s->pool, slot) {
		if (asq_slot_state_of(atomic_load(&slot->word)) == ASQ_SLOT_READY && slot->task == ASQ_TASK_ACTION && slot->claim_id == claim_id
				&& now - slot->offered >= ASQ_CHECK_US) {
			ids[count++] = slot->action_id;
		}
	}
	if (!count || asq_supervisor_open(s, &site, &error) != ASQ_OK) {
		return;
	}
	if (asq_store_still_pending(&site, ids, count, claim_id, s->now_gmt, &held, &error) == ASQ_OK) {
		ASQ_EACH_SLOT(&s->pool, slot) {
			if (asq_slot_state_of(atomic_load(&slot->word)) != ASQ_SLOT_READY || slot->task != ASQ_TASK_ACTION || now - slot->offered < ASQ_CHECK_US) {
				continue;
			}
			if (!zend_hash_index_exists(Z_ARRVAL(held), slot->action_id)) {
				/* Whether it is paused, put off, or not ours any more: the flush finds out which. */
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

static void asq_supervisor_touch_pool(asq_supervisor *s, asq_pool *pool)
{
	uint64_t ids[ASQ_POOL_SLOTS];
	size_t count = 0;
	asq_site site;
	asq_error error = {0};

	ASQ_EACH_SLOT(pool, slot) {
		asq_slot_state state = asq_slot_state_of(atomic_load(&slot->word));
		if (state >= ASQ_SLOT_READY && state <= ASQ_SLOT_OWN && slot->task == ASQ_TASK_ACTION) {
			ids[count++] = slot->action_id;
		}
	}
	if (count && asq_supervisor_open(s, &site, &error) == ASQ_OK) {
		asq_ledger_now(s);
		asq_store_touch(&site, ids, count, atomic_load(&pool->memory->claim_id), s->now_gmt, s->now_local, &error);
		asq_site_close(&site);
	}
}

/* AS's cleaner takes what was not touched for five minutes for abandoned: what orphans are running, too. */
void asq_supervisor_touch(asq_supervisor *s, int64_t now)
{
	if (now - s->last_touch < ASQ_TOUCH_US || asq_is_down(s)) {
		return;
	}
	s->last_touch = now;
	asq_supervisor_touch_pool(s, &s->pool);
	if (s->heritage.memory) {
		asq_supervisor_touch_pool(s, &s->heritage);
	}
}

#endif
