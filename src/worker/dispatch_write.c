/*
 * dispatch_write.c: what running an action writes, fenced by its claim: the end of one and the start of the next, and single states.
 */
#include "dispatching.h"
#include "member.h"
#include "src/store/run.h"
#include "src/wordpress/clock.h"
#include "src/wordpress/hooks.h"
#include "Zend/zend_exceptions.h"

/* An error of a fenced write; the run cannot go on without its database. */
asq_status asq_dispatch_throw(asq_run *run, const asq_error *error)
{
	run->broken = true;
	zend_throw_exception_ex(zend_ce_exception, (zend_long) error->code, "The action's state could not be written: %s", error->message);
	return ASQ_THROWN;
}

/* Changes whenever a callback may have changed the site's time zone. */
static zend_long asq_option_changes(void)
{
	return asq_wp_did_action("updated_option") + asq_wp_did_action("added_option") + asq_wp_did_action("deleted_option")
		+ asq_wp_did_action("switch_blog");
}

/* The times of this second, by the site's clocks; they are asked once a second only, unless an option has changed. */
static asq_status asq_run_times(asq_run *run)
{
	int64_t now = asq_clock_now();
	zend_long options = asq_option_changes();
	zend_string *log_local, *local;
	asq_status status;

	if (run->second == now && run->options == options) {
		return ASQ_OK;
	}
	status = asq_clock_local(now, &log_local);
	if (status != ASQ_OK) {
		return status;
	}
	status = asq_clock_current(&local);
	if (status != ASQ_OK) {
		zend_string_release(log_local);
		return status;
	}
	asq_run_forget_times(run);
	run->second = now;
	run->options = options;
	run->gmt = asq_clock_gmt(now);
	run->log_local = log_local;
	run->local = local;
	return ASQ_OK;
}

asq_status asq_dispatch_step(asq_run *run, asq_step *step)
{
	asq_site site;
	asq_error error;
	asq_log_row finished_log, started_log;
	asq_status status = asq_run_times(run);

	if (status != ASQ_OK) {
		return status;
	}
	finished_log = (asq_log_row) { run->text_complete, run->gmt, run->log_local };
	started_log = (asq_log_row) { run->text_started, run->gmt, run->log_local };
	step->claim_id = run->claim_id;
	step->claim_is_shared = run->pooled;
	step->finished_log = &finished_log;
	step->started_log = &started_log;
	step->now_gmt = run->gmt;
	step->now_local = run->local;
	status = asq_site_open_own(&site, ASQ_RUN_PATIENCE, &error);
	if (status == ASQ_OK) {
		status = asq_store_step(&site, step, &error);
		asq_site_close(&site);
	}
	if (status == ASQ_FAILED && asq_error_is_gone(&error)) {
		return asq_dispatch_throw(run, &error);
	}
	return status;
}

void asq_dispatch_count_finished(asq_run *run, const asq_step *step)
{
	if (!step->finished || step->was_finished) {
		return;
	}
	if (run->counts) {
		run->counts->succeeded--;
		run->counts->lost++;
	} else if (run->current != step->finished) {
		asq_member_discount(run);
	}
}

/* The completion by way of the logger's and the store's methods: they know what to say where a table is missing. */
static asq_status asq_finish_by_methods(asq_run *run, uint64_t id)
{
	zval args[2];
	zend_object *logger = asq_dispatch_logger();
	asq_status status;

	ZVAL_LONG(&args[0], (zend_long) id);
	ZVAL_STR(&args[1], run->text_complete);
	status = logger ? asq_call_method(NULL, logger, "log", 2, args) : ASQ_OK;
	return status == ASQ_OK ? asq_call_method(NULL, run->store, "mark_complete", 1, args) : status;
}

asq_status asq_dispatch_flush(asq_run *run)
{
	asq_step step = { .finished = run->unwritten, .finished_attempt = run->unwritten_attempt };
	asq_status status;

	if (!run->unwritten) {
		return ASQ_OK;
	}
	run->unwritten = 0;
	if (run->grouped) {
		status = asq_member_sync(run);
		run->lost = status == ASQ_OK && asq_member_has_lost(run) ? step.finished : run->lost;
		return status;
	}
	status = asq_dispatch_step(run, &step);
	if (status == ASQ_FAILED) {
		status = asq_finish_by_methods(run, step.finished);
	} else {
		asq_dispatch_count_finished(run, &step);
		run->lost = status == ASQ_OK && run->pooled && !step.was_finished ? step.finished : run->lost;
	}
	if (status == ASQ_OK) {
		asq_member_wrote_end(run);
	}
	return status;
}

/* A status by the fence of the claim: ASQ_NOT_FOUND if the claim is gone. */
static asq_status asq_dispatch_status(asq_run *run, uint64_t id, const char *to)
{
	asq_site site;
	asq_error error;
	/* The clocks are userland's: they are asked before the site is open. */
	asq_status status = asq_run_times(run);

	if (status != ASQ_OK) {
		return status;
	}
	status = asq_site_open(&site, &error);
	if (status == ASQ_OK) {
		status = asq_store_fenced(&site, id, run->claim_id, run->attempt, to, run->gmt, run->local, &error);
		asq_site_close(&site);
	}
	if (status == ASQ_FAILED && asq_error_is_gone(&error)) {
		return asq_dispatch_throw(run, &error);
	}
	return status;
}

asq_status asq_dispatch_fail(asq_run *run, uint64_t id)
{
	asq_status status = asq_dispatch_status(run, id, ASQ_STATUS_FAILED);

	return status == ASQ_NOT_FOUND ? ASQ_OK : status;
}

asq_status asq_dispatch_end(asq_dispatching *d, const char *to, const char *method, bool *fenced)
{
	asq_status status = ASQ_FAILED;

	if (d->run->claim_id && !d->run->touched && asq_scheduler_is_direct(false)) {
		status = asq_dispatch_status(d->run, d->id, to);
	}
	*fenced = status == ASQ_OK;
	if (status == ASQ_FAILED) {
		return asq_dispatch_call(d, method, NULL);
	}
	if (status == ASQ_NOT_FOUND) {
		d->outcome = ASQ_OUTCOME_LOST;
		return ASQ_OK;
	}
	return status;
}
