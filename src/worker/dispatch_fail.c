/*
 * dispatch_fail.c: what becomes of an action that failed: of an exception, an exit(), an open circuit.
 */
#include "dispatching.h"
#include "retry.h"
#include "member.h"
#include "src/store/claim.h"
#include "src/wordpress/failure.h"
#include "src/wordpress/hooks.h"
#include "src/wordpress/policy.h"
#include "Zend/zend_exceptions.h"

/* new Exception( $e->getMessage(), $e->getCode(), $e ), as AS makes of every Throwable. */
static asq_status asq_wrap(zval *thrown, zval *wrapped)
{
	zval args[3];
	asq_status status;

	status = asq_call_method(&args[0], Z_OBJ_P(thrown), "getmessage", 0, NULL);
	if (status != ASQ_OK) {
		return status;
	}
	status = asq_call_method(&args[1], Z_OBJ_P(thrown), "getcode", 0, NULL);
	if (status == ASQ_OK) {
		/* PDO's is text, "HY000", which Action Scheduler's own way dies of. A policy is to hear of the error. */
		if (Z_TYPE(args[1]) == IS_STRING && asq_policy_any()) {
			convert_to_long(&args[1]);
		}
		ZVAL_COPY_VALUE(&args[2], thrown);
		status = asq_new(wrapped, zend_ce_exception, 3, args);
		zval_ptr_dtor(&args[1]);
	}
	zval_ptr_dtor(&args[0]);
	return status;
}

/*
 * The worker writes this itself. Should it die before that, what it was about to say is in the shared memory. A listener
 * that throws before the start has the action failed, too: given back it would come again at once, and for ever.
 */
static asq_status asq_failed_in_pool(asq_dispatching *d, zval *exception)
{
	zend_string *message = asq_exception_message(exception);
	asq_status status = asq_dispatch_flush(d->run);

	if (status == ASQ_OK) {
		status = asq_member_take_over(d->run, ZSTR_VAL(message));
	}
	zend_string_release(message);
	if (status == ASQ_NOT_FOUND) {
		d->outcome = ASQ_OUTCOME_LOST;
		return ASQ_OK;
	}
	d->valid = true;
	return status;
}

/* Its row says pending again. Should this process die from here on, say of a listener, it must not be failed for that. */
static asq_status asq_put_it_back(asq_dispatching *d)
{
	d->outcome = ASQ_OUTCOME_RETRIED;
	d->run->put_back = true;
	if (d->run->monitor && asq_call_method(NULL, d->run->monitor, "untrack_action", 0, NULL) == ASQ_THROWN) {
		return ASQ_THROWN;
	}
	return ASQ_OK;
}

/* By the retry policy; ASQ_DECLINED: it cannot be written so, and the action fails as it does without one. */
static asq_status asq_failed_by_policy(asq_dispatching *d, zval *thrown, const asq_verdict *verdict)
{
	asq_status status = asq_retry_write(d->run, d->id, thrown, verdict, &d->letter);

	if (status == ASQ_NOT_FOUND) {
		if (d->run->touched) {
			/* It has been cancelled or ended by its own callback: so AS would have it fail. */
			return ASQ_DECLINED;
		}
		d->outcome = ASQ_OUTCOME_LOST;
		return ASQ_OK;
	}
	if (status == ASQ_OK && verdict->retry) {
		status = asq_put_it_back(d);
		status = status == ASQ_OK ? asq_retry_tell(d->id, thrown, verdict) : status;
	}
	return status;
}

/* Its callback has met an open circuit. ASQ_DECLINED: it cannot be written so, and has failed. */
static asq_status asq_postponed(asq_dispatching *d, zval *exception, zval *thrown, const asq_postponement *postponement)
{
	asq_status status = d->run->slot ? asq_failed_in_pool(d, exception) : asq_dispatch_flush(d->run);

	if (status != ASQ_OK || d->outcome == ASQ_OUTCOME_LOST) {
		return status;
	}
	status = asq_postpone_write(d->run, d->id, postponement);
	if (status == ASQ_NOT_FOUND) {
		d->outcome = ASQ_OUTCOME_LOST;
		return d->run->touched ? ASQ_DECLINED : ASQ_OK;
	}
	if (status == ASQ_OK) {
		status = asq_put_it_back(d);
		status = status == ASQ_OK ? asq_postpone_tell(d->id, thrown, postponement->delay) : status;
	}
	return status;
}

/* Before the worker takes the action over: should it die from here on, the supervisor knows what was decided. */
static asq_status asq_failed_decide(asq_dispatching *d, zval *thrown, asq_verdict *verdict)
{
	asq_status status;

	if (!d->valid && !d->run->slot) {
		return ASQ_OK;
	}
	status = asq_retry_has_policy(d->run, d->id, &d->action, &d->retries);
	if (status == ASQ_OK && d->retries) {
		status = asq_dispatch_flush(d->run);
		if (status == ASQ_OK) {
			status = asq_retry_decide(d->run, d->id, thrown, verdict);
		}
		d->retries = status == ASQ_OK;
	}
	return status == ASQ_THROWN ? status : ASQ_OK;
}

/* ActionScheduler_Abstract_QueueRunner::handle_action_error() */
static asq_status asq_failed_for_good(asq_dispatching *d, zval *exception, zval *thrown)
{
	asq_verdict verdict = {0};
	asq_status status = asq_failed_decide(d, thrown, &verdict);

	if (status != ASQ_OK) {
		return status;
	}
	d->outcome = ASQ_OUTCOME_FAILED;
	if (d->run->slot) {
		status = asq_failed_in_pool(d, exception);
		if (status != ASQ_OK || d->outcome == ASQ_OUTCOME_LOST) {
			return status;
		}
	}
	if (!d->valid) {
		return asq_dispatch_fire_open(d, "action_scheduler_failed_validation", exception);
	}
	status = d->retries ? asq_failed_by_policy(d, thrown, &verdict) : ASQ_DECLINED;
	if (status == ASQ_DECLINED) {
		bool fenced;
		status = asq_dispatch_end(d, ASQ_STATUS_FAILED, "mark_failure", &fenced);
	}
	if (status == ASQ_OK && d->outcome == ASQ_OUTCOME_FAILED) {
		asq_member_wrote(d->run);
		status = asq_dispatch_fire(d, "action_scheduler_failed_execution", exception);
	}
	if (status == ASQ_OK && d->letter) {
		status = asq_retry_tell_letter(d->letter);
	}
	return status;
}

/* thrown is what `exception` was made of */
static asq_status asq_failed(asq_dispatching *d, zval *exception, zval *thrown)
{
	asq_postponement postponement;
	asq_status status = ASQ_DECLINED;

	if (d->called) {
		status = asq_postpone_decide(d->run, d->id, thrown, &postponement);
		if (status == ASQ_OK) {
			status = postponement.open ? asq_postponed(d, exception, thrown, &postponement) : ASQ_DECLINED;
			asq_postpone_free(&postponement);
		}
	}
	return status == ASQ_DECLINED ? asq_failed_for_good(d, exception, thrown) : status;
}

/* A callback's exit(): its own failure, where the run is to survive it. */
static bool asq_was_exit(zval *thrown)
{
	zval message;

	if (!zend_is_unwind_exit(EG(exception))) {
		return false;
	}
	zend_clear_exception();
	EG(exit_status) = 0;
	ZVAL_STR(&message, asq_wp_translate("The callback ended the process with exit() or die()."));
	if (asq_new(thrown, zend_ce_exception, 1, &message) != ASQ_OK) {
		ZVAL_UNDEF(thrown);
	}
	zval_ptr_dtor(&message);
	return true;
}

/* The rest of the claim would be held until the next cleaning: nobody is there any more to run it. */
static void asq_give_back_rest(asq_run *run)
{
	asq_site site;
	asq_error error;

	if (run->claim_id && asq_site_open(&site, &error) == ASQ_OK) {
		asq_store_release(&site, run->claim_id, true, &error);
		asq_site_close(&site);
	}
}

/*
 * In the web's runner an exit() goes on, and Action Scheduler leaves the action running. With a policy the action has failed
 * first, as it has elsewhere.
 */
static asq_status asq_recover_from_exit(asq_dispatching *d)
{
	asq_pending pending;
	zend_string *message;
	zval thrown;
	bool has = false;

	if (!asq_policy_any()) {
		return ASQ_THROWN;
	}
	pending = asq_put_aside();
	if (asq_retry_has_policy(d->run, d->id, &d->action, &has) == ASQ_OK && has && d->valid) {
		message = asq_wp_translate("The callback ended the process with exit() or die().");
		asq_failure_new(&thrown, zend_ce_exception, message);
		if (asq_failed(d, &thrown, &thrown) == ASQ_OK) {
			asq_give_back_rest(d->run);
		}
		zval_ptr_dtor(&thrown);
		zend_string_release(message);
	}
	asq_put_back(pending);
	return ASQ_THROWN;
}

/* What was thrown on the way becomes the action's failure; what cannot is left in EG(exception). */
asq_status asq_dispatch_recover(asq_dispatching *d)
{
	zval thrown, wrapped;
	asq_status status;

	/* A fiber that is let go in the middle of a callback leaves its action running, as it does in AS. */
	if (d->run->broken || asq_run_is_fork(d->run) || asq_run_is_dying() || zend_is_graceful_exit(EG(exception))) {
		return ASQ_THROWN;
	}
	if (zend_is_unwind_exit(EG(exception)) && !d->run->survive_exit) {
		return asq_recover_from_exit(d);
	}
	if (!asq_was_exit(&thrown)) {
		asq_catch(&thrown);
	}
	if (Z_TYPE(thrown) != IS_OBJECT) {
		return ASQ_THROWN;
	}
	asq_dispatch_end_transaction(d);
	status = EG(exception) ? ASQ_THROWN : asq_wrap(&thrown, &wrapped);
	if (status != ASQ_OK) {
		zval_ptr_dtor(&thrown);
		return status;
	}
	status = asq_failed(d, &wrapped, &thrown);
	zval_ptr_dtor(&thrown);
	if (status == ASQ_OK && d->run->on_failure) {
		zval args[2];
		ZVAL_LONG(&args[0], (zend_long) d->id);
		ZVAL_STR(&args[1], asq_exception_message(&wrapped));
		status = asq_call_callable(NULL, d->run->on_failure, 2, args);
		zval_ptr_dtor(&args[1]);
	}
	zval_ptr_dtor(&wrapped);
	return status;
}
