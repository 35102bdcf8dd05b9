/*
 * postpone.c: actions that have met an open circuit. What they were to do has not even been tried: so they are pending again, as the
 * same action, when the circuit says, and that is no attempt, with a retry policy or without.
 */
#include "retry.h"
#include "member.h"
#include "php_asq.h"
#include "src/action/backoff.h"
#include "src/wordpress/exceptions.h"
#include "src/store/failures.h"
#include "src/wordpress/clock.h"
#include "src/wordpress/failure.h"
#include "src/wordpress/hooks.h"
#include "Zend/zend_exceptions.h"

#define ASQ_POSTPONE_FILTER "asq_postpone_delay"

/* ---- Deciding ------------------------------------------------------------------------------------- */

/* The outermost that says anything decides, as with retries: one that is permanent, or has a time of its own, is not for this. */
static zend_object *asq_postpone_find(zend_object *exception)
{
	for (unsigned i = 0; exception && i < ASQ_FAILURE_CHAIN; i++) {
		if (instanceof_function(exception->ce, asq_circuit_open_exception)) {
			return exception;
		}
		if (instanceof_function(exception->ce, asq_permanent_exception) || instanceof_function(exception->ce, asq_retry_after_exception)) {
			return NULL;
		}
		exception = asq_failure_previous(exception);
	}
	return NULL;
}

static zend_long asq_postpone_seconds(const zval *value)
{
	double seconds = Z_TYPE_P(value) == IS_LONG || Z_TYPE_P(value) == IS_DOUBLE ? zval_get_double((zval *) value) : 1;

	/* Also what is no number at all. */
	return !(seconds > 1) ? 1 : seconds > ASQ_DELAY_MAX ? ASQ_DELAY_MAX : (zend_long) seconds;
}

/* $exception->getRetryAfter(), which a class of its own may have changed. */
static asq_status asq_postpone_ask(zend_object *open, zend_long *delay)
{
	zval result;

	*delay = 1;
	if (asq_call_method(&result, open, "getretryafter", 0, NULL) != ASQ_OK) {
		return EG(exception) ? asq_ignore_thrown("getRetryAfter()") : ASQ_OK;
	}
	*delay = asq_postpone_seconds(&result);
	zval_ptr_dtor(&result);
	return ASQ_OK;
}

/* The filter may have another time, or, by false, none. */
static asq_status asq_postpone_filter(uint64_t id, asq_postponement *postponement)
{
	zval args[2], value;
	asq_status status;

	if (!asq_wp_callbacks(ASQ_POSTPONE_FILTER, sizeof(ASQ_POSTPONE_FILTER) - 1)) {
		return ASQ_OK;
	}
	ZVAL_LONG(&value, postponement->delay);
	ZVAL_LONG(&args[0], (zend_long) id);
	ZVAL_OBJ(&args[1], postponement->open);
	status = asq_wp_apply_filters(ASQ_POSTPONE_FILTER, &value, 2, args);
	if (status == ASQ_THROWN) {
		status = asq_ignore_thrown("the filter " ASQ_POSTPONE_FILTER);
	} else if (Z_TYPE(value) == IS_FALSE) {
		postponement->open = NULL;
	} else if (Z_TYPE(value) == IS_LONG || Z_TYPE(value) == IS_DOUBLE) {
		postponement->delay = asq_postpone_seconds(&value);
	}
	zval_ptr_dtor(&value);
	return status;
}

/* For the log and the shared memory: text that a table takes. */
static zend_string *asq_postpone_circuit(zend_object *open)
{
	zval *name = asq_property(open, "circuit", sizeof("circuit") - 1);

	return name && Z_TYPE_P(name) == IS_STRING ? asq_failure_text(Z_STR_P(name), sizeof(((asq_slot *) NULL)->circuit) - 1, false) : ZSTR_EMPTY_ALLOC();
}

/* Should this worker die before it has written that, the supervisor does: nothing is told before all of it is there. */
static void asq_postpone_tell_slot(asq_slot *slot, const asq_postponement *postponement)
{
	slot->crash_delay = (uint32_t) postponement->delay;
	slot->due = postponement->due;
	snprintf(slot->circuit, sizeof(slot->circuit), "%s", ZSTR_VAL(postponement->circuit));
	atomic_thread_fence(memory_order_release);
	slot->postponed = 1;
}

asq_status asq_postpone_decide(asq_run *run, uint64_t id, zval *thrown, asq_postponement *postponement)
{
	asq_status status;

	memset(postponement, 0, sizeof(*postponement));
	if (!asq_scheduler_is_direct(false) || (postponement->open = asq_postpone_find(Z_OBJ_P(thrown))) == NULL) {
		return ASQ_OK;
	}
	status = asq_postpone_ask(postponement->open, &postponement->delay);
	if (status == ASQ_OK) {
		status = asq_postpone_filter(id, postponement);
	}
	if (status != ASQ_OK || !postponement->open) {
		postponement->open = NULL;
		return status;
	}
	/* Actions are due by the second. A moment too early it would meet the same circuit once more. */
	postponement->due = asq_clock_now() + 1 + postponement->delay;
	postponement->circuit = asq_postpone_circuit(postponement->open);
	if (run->slot) {
		asq_postpone_tell_slot(run->slot, postponement);
	}
	return ASQ_OK;
}

void asq_postpone_free(asq_postponement *postponement)
{
	if (postponement->circuit) {
		zend_string_release(postponement->circuit);
		postponement->circuit = NULL;
	}
}

/* ---- Writing -------------------------------------------------------------------------------------- */

zend_string *asq_postpone_text(const char *circuit, zend_long delay)
{
	return strpprintf(0, "action postponed, %s%s is open, again in " ZEND_LONG_FMT " second%s", *circuit ? "the circuit " : "a circuit", circuit, delay, delay == 1 ? "" : "s");
}

asq_status asq_postpone_write(asq_run *run, uint64_t id, const asq_postponement *postponement)
{
	asq_retry_times times;
	asq_error error = {0};
	asq_status status = asq_retry_times_of(asq_clock_now(), postponement->due, &times);

	if (status == ASQ_OK) {
		asq_log_row log = { asq_postpone_text(ZSTR_VAL(postponement->circuit), postponement->delay), times.now_gmt, times.now_local };
		asq_retry retry = { .action_id = id, .claim_id = run->claim_id, .attempt = run->attempt, .spare = true, .due_gmt = times.due_gmt, .due_local = times.due_local,
			.schedule = times.schedule, .now_gmt = times.now_gmt, .log = &log };
		status = asq_retry_store(&retry, NULL, &error);
		zend_string_release((zend_string *) log.message);
		asq_retry_times_free(&times);
	}
	status = asq_retry_declined(run, status, &error);
	if (status == ASQ_DECLINED && run->slot) {
		run->slot->postponed = 0;
	}
	return status;
}

/* ---- Telling -------------------------------------------------------------------------------------- */

asq_status asq_postpone_tell(uint64_t id, zval *thrown, zend_long delay)
{
	zval args[3];

	ZVAL_LONG(&args[0], (zend_long) id);
	ZVAL_COPY_VALUE(&args[1], thrown);
	ZVAL_LONG(&args[2], delay);
	return asq_wp_do_action("asq_action_postponed", 3, args);
}

/* "30 11 payment-apiThe circuit ...": what ledger.c has to say of it: the delay, the length of the circuit's name, it, and the message. */
asq_status asq_postpone_tell_crash(uint64_t id, const char *text)
{
	zend_long delay, length;
	zend_string *circuit;
	zval thrown;
	int at = 0;
	asq_status status;

	if (sscanf(text, ZEND_LONG_FMT " " ZEND_LONG_FMT "%n", &delay, &length, &at) < 2 || text[at] != ' ' || length < 0 || (size_t) length > strlen(text + at + 1)) {
		return ASQ_OK;
	}
	circuit = zend_string_init(text + at + 1, (size_t) length, 0);
	asq_failure_make(&thrown, asq_circuit_open_exception, delay, circuit, "%s", text + at + 1 + length);
	status = asq_postpone_tell(id, &thrown, delay);
	zval_ptr_dtor(&thrown);
	zend_string_release(circuit);
	return status;
}
