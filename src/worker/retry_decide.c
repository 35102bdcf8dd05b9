/*
 * retry_decide.c: whether and when an action that has failed under a retry policy is tried again.
 */
#include "retry.h"
#include "member.h"
#include "src/store/failures.h"
#include "src/wordpress/clock.h"
#include "src/wordpress/failure.h"
#include "src/wordpress/policy.h"
#include "Zend/zend_exceptions.h"

#include <openssl/rand.h>

/* Seconds, by 64 bits from the system's random source. */
static zend_long asq_retry_backoff(const asq_policy *policy, zend_long attempt)
{
	uint64_t random = 0;

	if (RAND_bytes((unsigned char *) &random, sizeof(random)) != 1) {
		random = (uint64_t) asq_clock_now() * 2654435761u;
	}
	return (zend_long) asq_backoff_jittered(&policy->backoff, (uint64_t) attempt, random);
}

/* The policy's own callable; what it throws, or returns that is no delay, is for the log, and the backoff decides. */
asq_status asq_retry_ask_delay(const asq_policy *policy, uint64_t id, zend_long attempt, zval *thrown, zend_long *delay)
{
	zval args[3], result;

	*delay = asq_retry_backoff(policy, attempt);
	if (!policy->delay) {
		return ASQ_OK;
	}
	ZVAL_LONG(&args[0], attempt);
	if (thrown) {
		ZVAL_COPY_VALUE(&args[1], thrown);
	} else {
		ZVAL_NULL(&args[1]);
	}
	ZVAL_LONG(&args[2], (zend_long) id);
	if (asq_call_callable(&result, policy->delay, 3, args) != ASQ_OK) {
		return EG(exception) ? asq_ignore_thrown("a retry policy's delay") : ASQ_OK;
	}
	if ((Z_TYPE(result) == IS_LONG || Z_TYPE(result) == IS_DOUBLE) && zval_get_double(&result) >= 0) {
		*delay = zval_get_double(&result) > ASQ_DELAY_MAX ? ASQ_DELAY_MAX : zval_get_long(&result);
	} else {
		php_log_err("asq: a retry policy's delay returned no number of seconds, and is ignored");
	}
	zval_ptr_dtor(&result);
	return ASQ_OK;
}

/* The first in the chain that is one of ours; NULL: none. */
static zend_object *asq_retry_said(zend_object *exception)
{
	for (unsigned i = 0; exception && i < ASQ_FAILURE_CHAIN; i++) {
		if (instanceof_function(exception->ce, asq_transient_exception) || instanceof_function(exception->ce, asq_permanent_exception)) {
			return exception;
		}
		exception = asq_failure_previous(exception);
	}
	return NULL;
}

static bool asq_retry_is_listed(const zend_object *exception, HashTable *classes)
{
	zval *name;

	ZEND_HASH_FOREACH_VAL(classes, name) {
		zend_class_entry *ce = zend_lookup_class_ex(Z_STR_P(name), NULL, ZEND_FETCH_CLASS_NO_AUTOLOAD);
		if (ce && instanceof_function(exception->ce, ce)) {
			return true;
		}
	} ZEND_HASH_FOREACH_END();
	return false;
}

/* Whether it is worth another attempt, all other things apart; *after: when, or -1. */
static asq_status asq_retry_is_worth(const asq_policy *policy, zval *thrown, bool *worth, zend_long *after)
{
	zend_object *exception = Z_OBJ_P(thrown), *said = asq_retry_said(exception);
	asq_failure_kind kind = ASQ_FAILURE_UNKNOWN;
	asq_status status = ASQ_OK;

	*after = -1;
	if (said) {
		*worth = !instanceof_function(said->ce, asq_permanent_exception);
		if (instanceof_function(said->ce, asq_retry_after_exception)) {
			*after = asq_failure_seconds(said);
		}
	} else if (asq_retry_is_listed(exception, policy->give_up_on)) {
		*worth = false;
	} else if (zend_hash_num_elements(policy->retry_on)) {
		*worth = asq_retry_is_listed(exception, policy->retry_on);
	} else if (instanceof_function(exception->ce, asq_crash_exception)) {
		*worth = policy->crash_retry;
	} else {
		status = asq_failure_classify_filtered(thrown, &kind);
		if (status == ASQ_THROWN && !asq_is_exit(EG(exception))) {
			php_log_err("asq: the filter asq_classify_failure threw, and is ignored");
			zend_clear_exception();
			status = ASQ_OK;
		}
		*worth = kind != ASQ_FAILURE_PERMANENT;
	}
	return status;
}

/* Which attempt this was: in a pool that is known, elsewhere the row tells. */
static asq_status asq_retry_attempt(asq_run *run, uint64_t id, zend_long *attempt)
{
	asq_site site;
	asq_error error = {0};
	bool running = false;
	asq_status status;

	*attempt = run->attempt;
	if (run->attempt) {
		return ASQ_OK;
	}
	status = asq_site_open(&site, &error);
	if (status == ASQ_OK) {
		status = asq_store_attempts(&site, id, attempt, &running, &error);
		asq_site_close(&site);
	}
	*attempt += !running;
	return status == ASQ_NOT_FOUND ? ASQ_DECLINED : asq_retry_declined(run, status, &error);
}

asq_status asq_retry_decide(asq_run *run, uint64_t id, zval *thrown, asq_verdict *verdict)
{
	asq_policy policy;
	zend_long after = -1;
	bool worth = false, crash = instanceof_function(Z_OBJCE_P(thrown), asq_crash_exception);
	asq_status status = asq_retry_attempt(run, id, &verdict->attempt);

	if (status != ASQ_OK) {
		return status;
	}
	asq_policy_read(&run->policy, &policy);
	if (crash) {
		worth = policy.crash_retry;
	} else {
		status = asq_retry_is_worth(&policy, thrown, &worth, &after);
	}
	verdict->most = policy.max_attempts;
	verdict->retry = worth && verdict->attempt < policy.max_attempts;
	verdict->reason = worth ? ASQ_LETTER_EXHAUSTED : crash ? ASQ_LETTER_CRASHED : ASQ_LETTER_PERMANENT;
	verdict->delay = after;
	if (status == ASQ_OK && verdict->retry && after < 0) {
		status = asq_retry_ask_delay(&policy, id, verdict->attempt, thrown, &verdict->delay);
	}
	if (run->slot && status == ASQ_OK) {
		/* Should it die before it has written that, the supervisor does. */
		run->slot->crash_retry = verdict->retry;
		run->slot->spent = worth && !verdict->retry;
		run->slot->crash_delay = (uint32_t) (verdict->retry ? verdict->delay : 0);
	}
	return status;
}
