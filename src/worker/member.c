/*
 * member.c: what a worker tells its supervisor of the action at hand, through the shared memory, and what it waits for.
 */
#include "membership.h"
#include "php_asq.h"
#include "Zend/zend_exceptions.h"
#include "ext/spl/spl_exceptions.h"

#ifdef __linux__

#include <unistd.h>

/* ---- The supervisor --------------------------------------------------------------------------- */

bool asq_supervisor_lives(const asq_membership *member)
{
	return getppid() == member->supervisor;
}

void asq_ring_supervisor(asq_membership *member)
{
	uint64_t one = 1;

	if (write(member->bell, &one, sizeof(one)) < 0) {
		/* It looks by itself before long. */
		return;
	}
}

void asq_ring_if_asleep(asq_membership *member)
{
	if (atomic_load(&member->pool.memory->asleep)) {
		asq_ring_supervisor(member);
	}
}

static bool asq_member_wait_written(asq_membership *member)
{
	uint32_t wanted = atomic_fetch_add(&member->self->sync_wanted, 1) + 1, done;

	asq_ring_supervisor(member);
	while ((int32_t) ((done = atomic_load(&member->self->sync_done)) - wanted) < 0) {
		if (!asq_supervisor_lives(member)) {
			return false;
		}
		asq_pool_wait(&member->self->sync_done, done, ASQ_IDLE_MS);
	}
	return true;
}

asq_status asq_member_sync(asq_run *run)
{
	if (asq_member_wait_written(ASQ_G(member))) {
		return ASQ_OK;
	}
	/* What was told is in the shared memory: the next supervisor writes it. */
	run->broken = true;
	zend_throw_exception(spl_ce_RuntimeException, "The worker's supervisor is gone.", 0);
	return ASQ_THROWN;
}

/* ---- The action at hand ----------------------------------------------------------------------- */

/* A callback that forks and has the child return, too, would run the queue twice: the child ends here. */
static void asq_member_no_child(const asq_membership *member)
{
	if (getpid() != member->pid) {
		php_log_err("A callback has forked, and its child did not end: it is ended here. Let it call exit().");
		_exit(1);
	}
}

void asq_member_set(const asq_run *run, asq_slot_state state)
{
	asq_member_no_child(ASQ_G(member));
	asq_slot_set(run->slot, state, ASQ_G(member)->index);
}

asq_slot_state asq_member_state_of(const asq_run *run)
{
	return asq_slot_state_of(atomic_load(&run->slot->word));
}

void asq_member_enter(const asq_run *run)
{
	if (run->slot) {
		atomic_store(&run->slot->started, asq_microtime());
		atomic_store(&run->slot->since, asq_uptime());
		asq_member_set(run, ASQ_SLOT_ENTERED);
	}
}

void asq_member_begin(const asq_run *run)
{
	if (run->slot) {
		asq_member_set(run, ASQ_SLOT_RUNNING);
		asq_ring_if_asleep(ASQ_G(member));
	}
}

asq_status asq_member_take_over(const asq_run *run, const char *reason)
{
	if (!run->slot || ASQ_G(member)->gone) {
		return ASQ_OK;
	}
	if (reason) {
		snprintf(run->slot->text, ASQ_SLOT_TEXT, "%s", reason);
	}
	if (asq_member_state_of(run) == ASQ_SLOT_WRITTEN) {
		/* It is ours since it was written: whoever finds us dead is to see to its series, not to write it again. */
		return ASQ_OK;
	}
	if (asq_member_state_of(run) == ASQ_SLOT_RUNNING) {
		asq_status status = asq_member_sync((asq_run *) run);
		if (status != ASQ_OK) {
			return status;
		}
		if (atomic_load(&run->slot->lost)) {
			return ASQ_NOT_FOUND;
		}
	}
	asq_member_set(run, ASQ_SLOT_OWN);
	return ASQ_OK;
}

void asq_member_complete(const asq_run *run, bool hold)
{
	asq_membership *member = ASQ_G(member);

	if (!run->slot) {
		return;
	}
	atomic_store(&run->slot->ended, asq_microtime());
	if (run->grouped) {
		atomic_store(&run->slot->hold, hold);
		asq_member_set(run, ASQ_SLOT_COMPLETE);
		member->held = hold;
		member->gone = !hold;
		asq_ring_if_asleep(member);
	} else {
		asq_member_set(run, ASQ_SLOT_ENDED);
		member->ended = run->slot;
	}
}

bool asq_member_has_lost(const asq_run *run)
{
	return run->slot && ASQ_G(member)->held && atomic_load(&run->slot->lost);
}

void asq_member_discount(const asq_run *run)
{
	if (run->pooled) {
		atomic_fetch_sub(&ASQ_G(member)->self->succeeded, 1);
		atomic_fetch_add(&ASQ_G(member)->self->lost, 1);
	}
}

void asq_member_repeats(const asq_run *run, bool now)
{
	bool ours = run->slot && !ASQ_G(member)->gone;

	ASQ_G(stored_told) = now && ours ? &run->slot->repeated : NULL;
}

void asq_member_wrote(const asq_run *run)
{
	asq_membership *member = ASQ_G(member);

	if (run->slot && !member->gone) {
		atomic_store(&run->slot->hold, 1);
		asq_member_set(run, ASQ_SLOT_WRITTEN);
		member->held = true;
	}
}

void asq_member_wrote_end(const asq_run *run)
{
	asq_membership *member = ASQ_G(member);
	asq_slot *ended = run->pooled ? member->ended : NULL;

	if (!ended) {
		return;
	}
	member->ended = NULL;
	if (ended == run->slot && run->lost != ended->action_id) {
		asq_member_wrote(run);
	} else {
		asq_slot_set(ended, ASQ_SLOT_DONE, member->index);
	}
}

void asq_member_let_go(const asq_run *run)
{
	uint32_t written;

	if (!run->slot || !ASQ_G(member)->held) {
		return;
	}
	ASQ_G(member)->held = false;
	written = asq_slot_word(ASQ_SLOT_WRITTEN, ASQ_G(member)->index);
	atomic_store(&run->slot->hold, 0);
	/* If it is being written at this moment, the supervisor looks again whether it is still held. */
	atomic_compare_exchange_strong(&run->slot->word, &written, asq_slot_word(ASQ_SLOT_DONE, ASQ_G(member)->index));
}

/* dispatch.c is through with it: what the supervisor has not to write is done with. */
void asq_member_end_slot(const asq_run *run)
{
	if (ASQ_G(member)->gone) {
		return;
	}
	if (ASQ_G(member)->held) {
		asq_member_let_go(run);
		return;
	}
	switch (asq_member_state_of(run)) {
		case ASQ_SLOT_TAKEN:
		case ASQ_SLOT_ENTERED:
		case ASQ_SLOT_OWN:
			asq_member_set(run, ASQ_SLOT_DONE);
			break;
		case ASQ_SLOT_RUNNING:
			/* The claim on it was lost: so the supervisor has found when it wrote. */
			if (atomic_load(&run->slot->lost)) {
				asq_member_set(run, ASQ_SLOT_DONE);
			}
			break;
		default:
			break;
	}
}

#else

/* There is no pool here: see supervisor.c. */

void asq_member_enter(const asq_run *run)
{
	(void) run;
}

void asq_member_begin(const asq_run *run)
{
	(void) run;
}

asq_status asq_member_take_over(const asq_run *run, const char *reason)
{
	(void) run;
	(void) reason;
	return ASQ_OK;
}

void asq_member_complete(const asq_run *run, bool hold)
{
	(void) run;
	(void) hold;
}

bool asq_member_has_lost(const asq_run *run)
{
	(void) run;
	return false;
}

void asq_member_discount(const asq_run *run)
{
	(void) run;
}

void asq_member_repeats(const asq_run *run, bool now)
{
	(void) run;
	(void) now;
}

void asq_member_let_go(const asq_run *run)
{
	(void) run;
}

void asq_member_wrote(const asq_run *run)
{
	(void) run;
}

void asq_member_wrote_end(const asq_run *run)
{
	(void) run;
}

asq_status asq_member_sync(asq_run *run)
{
	(void) run;
	return ASQ_OK;
}

#endif
