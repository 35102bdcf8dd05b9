/*
 * dispatch_finish.c: an action's end, if all went well, by the fast way or the plain one, see dispatch.c.
 */
#include "dispatching.h"
#include "member.h"
#include "src/store/store.h"
#include "src/wordpress/hooks.h"

/* The row says complete by now, and that is our doing: should a listener throw, it may yet say failed. */
static asq_status asq_fire_completed(asq_dispatching *d)
{
	zval arg;

	d->run->touched = true;
	ZVAL_LONG(&arg, (zend_long) d->id);
	return asq_wp_do_action("action_scheduler_completed_action", 1, &arg);
}

/* Told to the pool; where there is more to do about it once it is written, it must not be forgotten until then. */
static asq_status asq_tell_complete_to_pool(asq_dispatching *d, bool listened)
{
	asq_status status = ASQ_OK;

	if (d->run->grouped) {
		status = asq_dispatch_recurs(&d->action, &d->recurs);
		d->looked = status == ASQ_OK;
	}
	asq_member_complete(d->run, listened || d->recurs);
	return status;
}

/* The completion waits for the next start, and its log row with it. */
static asq_status asq_finish_fast(asq_dispatching *d)
{
	bool ignored, listened = asq_dispatch_is_foreign(d->run, "action_scheduler_completed_action", NULL, &ignored);
	asq_status status = ASQ_OK;

	if (d->run->monitor) {
		status = asq_call_method(NULL, d->run->monitor, "untrack_action", 0, NULL);
	}
	asq_wp_count_action("action_scheduler_after_execute");
	d->run->unwritten = d->id;
	d->run->unwritten_attempt = d->run->attempt;
	if (status == ASQ_OK && d->run->slot) {
		status = asq_tell_complete_to_pool(d, listened);
	}
	if (status != ASQ_OK || !listened) {
		asq_wp_count_action("action_scheduler_completed_action");
		return status;
	}
	status = asq_dispatch_flush(d->run);
	return status == ASQ_OK && d->run->lost != d->id ? asq_fire_completed(d) : status;
}

static asq_status asq_finish_plain(asq_dispatching *d)
{
	bool fenced;
	asq_status status = asq_member_take_over(d->run, NULL);

	if (status == ASQ_NOT_FOUND) {
		d->outcome = ASQ_OUTCOME_LOST;
		return ASQ_OK;
	}
	if (status == ASQ_OK) {
		status = asq_dispatch_fire(d, "action_scheduler_after_execute", &d->action);
	}
	if (status != ASQ_OK) {
		return status;
	}
	status = asq_dispatch_end(d, ASQ_STATUS_COMPLETE, "mark_complete", &fenced);
	if (status == ASQ_OK && d->outcome != ASQ_OUTCOME_LOST) {
		asq_member_wrote(d->run);
	}
	return fenced ? asq_fire_completed(d) : status;
}

asq_status asq_dispatch_finish(asq_dispatching *d)
{
	bool logged = false;
	bool fast = d->fast && !d->run->touched && !asq_site_in_transaction() && !asq_wp_translations_filtered()
		&& !asq_dispatch_is_foreign(d->run, "action_scheduler_after_execute", "log_completed_action", &logged) && logged;

	return fast ? asq_finish_fast(d) : asq_finish_plain(d);
}
