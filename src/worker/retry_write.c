/*
 * retry_write.c: writes what was decided of an action that failed under a retry policy, and tells listeners; also of one whose process is
 * dying of it. Either is one commit, with its log row, fenced by the claim and by the number of the attempt.
 */
#include "retry.h"
#include "dispatching.h"
#include "php_asq.h"
#include "src/action/schedule.h"
#include "src/store/failures.h"
#include "src/store/tables.h"
#include "src/wordpress/clock.h"
#include "src/wordpress/failure.h"
#include "src/wordpress/hooks.h"
#include "src/wordpress/letter.h"

#define ASQ_TEXT_MAX 8000     /* bytes of a message that are kept */

zend_string *asq_retry_text(const asq_verdict *verdict, const char *message)
{
	return strpprintf(0, "action failed, retry " ZEND_LONG_FMT " of " ZEND_LONG_FMT " in " ZEND_LONG_FMT " seconds: %s", verdict->attempt, verdict->most - 1,
		verdict->delay, message);
}

asq_status asq_retry_times_of(int64_t now, int64_t due, asq_retry_times *times)
{
	memset(times, 0, sizeof(*times));
	if (asq_clock_local(now, &times->now_local) != ASQ_OK || asq_clock_local(due, &times->due_local) != ASQ_OK) {
		if (times->now_local) {
			zend_string_release(times->now_local);
		}
		return ASQ_THROWN;
	}
	times->now_gmt = asq_clock_gmt(now);
	times->due_gmt = asq_clock_gmt(due);
	times->schedule = asq_schedule_simple(due);
	return ASQ_OK;
}

void asq_retry_times_free(asq_retry_times *times)
{
	zend_string_release(times->now_gmt);
	zend_string_release(times->now_local);
	zend_string_release(times->due_gmt);
	zend_string_release(times->due_local);
	zend_string_release(times->schedule);
}

asq_status asq_retry_store(const asq_retry *retry, asq_letter *letter, asq_error *error)
{
	asq_site site;
	asq_status status = ASQ_FAILED;

	for (int i = 0; i < 2 && status == ASQ_FAILED; i++) {
		status = asq_site_open(&site, error);
		if (status == ASQ_OK) {
			status = retry ? asq_store_retry(&site, retry, error) : asq_store_bury_action(&site, letter, error);
			asq_site_close(&site);
		}
		if (status != ASQ_FAILED || i || !asq_error_is_no_table(error) || asq_site_open_own(&site, ASQ_RUN_PATIENCE, error) != ASQ_OK) {
			break;
		}
		asq_store_letter_tables(&site, error);
		asq_site_close(&site);
	}
	return status;
}

/* Only what the server refuses is for AS's own way: a server that is away would come back in time for that, and it had failed for good. */
asq_status asq_retry_declined(asq_run *run, asq_status status, const asq_error *error)
{
	if (status != ASQ_FAILED) {
		return status;
	}
	return asq_error_is_gone(error) ? asq_dispatch_throw(run, error) : ASQ_DECLINED;
}

static asq_status asq_retry_write_letter(asq_run *run, uint64_t id, zval *thrown, const asq_verdict *verdict, const zend_string *message, const asq_retry_times *times, uint64_t *letter_id)
{
	asq_error error = {0};
	asq_letter letter = { .action_id = id, .claim_id = run->claim_id, .attempt = run->attempt, .reason = verdict->reason, .message = message, .now_gmt = times->now_gmt };
	zend_string *class_name = asq_failure_text(Z_OBJCE_P(thrown)->name, 191, false), *metadata = NULL;
	asq_status status = asq_letter_metadata(id, thrown, &run->context, &metadata);

	if (status == ASQ_OK) {
		letter.error_class = class_name;
		letter.code = asq_failure_code(thrown);
		letter.trace = asq_failure_trace(thrown);
		letter.metadata = metadata;
		status = asq_retry_store(NULL, &letter, &error);
		*letter_id = letter.id;
		zend_string_release((zend_string *) letter.code);
		zend_string_release((zend_string *) letter.trace);
		zend_string_release(metadata);
	}
	zend_string_release(class_name);
	return asq_retry_declined(run, status, &error);
}

asq_status asq_retry_write(asq_run *run, uint64_t id, zval *thrown, const asq_verdict *verdict, uint64_t *letter)
{
	int64_t now = asq_clock_now();
	zend_string *raw = asq_exception_message(thrown), *message = asq_failure_text(raw, ASQ_TEXT_MAX, false);
	asq_retry_times times;
	asq_error error = {0};
	asq_status status = asq_retry_times_of(now, now + (verdict->retry ? verdict->delay : 0), &times);

	*letter = 0;
	zend_string_release(raw);
	if (status == ASQ_OK && verdict->retry) {
		asq_log_row log = { asq_retry_text(verdict, ZSTR_VAL(message)), times.now_gmt, times.now_local };
		asq_retry retry = { .action_id = id, .claim_id = run->claim_id, .attempt = run->attempt, .due_gmt = times.due_gmt, .due_local = times.due_local,
			.schedule = times.schedule, .now_gmt = times.now_gmt, .log = &log };
		status = asq_retry_store(&retry, NULL, &error);
		zend_string_release((zend_string *) log.message);
		status = asq_retry_declined(run, status, &error);
	} else if (status == ASQ_OK) {
		status = asq_retry_write_letter(run, id, thrown, verdict, message, &times, letter);
	}
	if (times.now_gmt) {
		asq_retry_times_free(&times);
	}
	zend_string_release(message);
	return status;
}

/* ---- Telling -------------------------------------------------------------------------------------- */

asq_status asq_retry_tell(uint64_t id, zval *thrown, const asq_verdict *verdict)
{
	zval args[5];

	ZVAL_LONG(&args[0], (zend_long) id);
	ZVAL_COPY_VALUE(&args[1], thrown);
	ZVAL_LONG(&args[2], verdict->attempt);
	ZVAL_LONG(&args[3], verdict->delay);
	ZVAL_LONG(&args[4], verdict->most);
	return asq_wp_do_action("asq_action_retried", 5, args);
}

asq_status asq_retry_tell_letter(uint64_t letter)
{
	return letter ? asq_letter_stored(letter) : ASQ_OK;
}

/* "2 5 240 text": what ledger.c has to say of it. */
asq_status asq_retry_tell_crash(uint64_t id, const char *text)
{
	asq_verdict verdict = { .retry = true };
	zend_string *message;
	zval thrown;
	int at = 0;
	asq_status status;

	if (sscanf(text, ZEND_LONG_FMT " " ZEND_LONG_FMT " " ZEND_LONG_FMT " %n", &verdict.attempt, &verdict.most, &verdict.delay, &at) < 3) {
		return ASQ_OK;
	}
	message = zend_string_init(text + at, strlen(text + at), 0);
	asq_failure_new(&thrown, asq_crash_exception, message);
	status = asq_retry_tell(id, &thrown, &verdict);
	zval_ptr_dtor(&thrown);
	zend_string_release(message);
	return status;
}

asq_status asq_retry_tell_crash_letter(uint64_t id)
{
	uint64_t letter = asq_letter_of_action(id);

	return letter ? asq_letter_stored(letter) : ASQ_OK;
}

/* ---- Dying ---------------------------------------------------------------------------------------- */

/* "PHP Fatal error ... in ... on line ...": of error_get_last() */
static void asq_retry_crash_exception(zval *last, zval *thrown)
{
	zval *message = zend_hash_str_find(Z_ARRVAL_P(last), "message", sizeof("message") - 1), *file = zend_hash_str_find(Z_ARRVAL_P(last), "file", sizeof("file") - 1),
		*line = zend_hash_str_find(Z_ARRVAL_P(last), "line", sizeof("line") - 1);
	zend_string *text = strpprintf(ASQ_TEXT_MAX, "PHP Fatal error %s in %s on line " ZEND_LONG_FMT, message && Z_TYPE_P(message) == IS_STRING ? Z_STRVAL_P(message) : "",
		file && Z_TYPE_P(file) == IS_STRING ? Z_STRVAL_P(file) : "", line ? zval_get_long(line) : 0);

	asq_failure_new(thrown, asq_crash_exception, text);
	zend_string_release(text);
}

asq_status asq_retry_crash(asq_run *run, zval *last, bool *dealt)
{
	uint64_t id = run->current, letter = 0;
	asq_verdict verdict;
	zval thrown, args[2];
	asq_status status;

	*dealt = run->put_back;
	if (run->put_back || !id || Z_TYPE(run->policy) != IS_ARRAY || !asq_scheduler_is_direct(false)) {
		return ASQ_OK;
	}
	asq_retry_crash_exception(last, &thrown);
	status = asq_retry_decide(run, id, &thrown, &verdict);
	if (status == ASQ_OK) {
		status = asq_retry_write(run, id, &thrown, &verdict, &letter);
	}
	*dealt = status == ASQ_OK || status == ASQ_NOT_FOUND;
	if (status == ASQ_OK && verdict.retry) {
		run->put_back = true;
		status = asq_retry_tell(id, &thrown, &verdict);
	} else if (status == ASQ_OK) {
		ZVAL_LONG(&args[0], (zend_long) id);
		ZVAL_COPY_VALUE(&args[1], last);
		status = asq_wp_do_action("action_scheduler_unexpected_shutdown", 2, args);
		if (status == ASQ_OK) {
			status = asq_retry_tell_letter(letter);
		}
	}
	zval_ptr_dtor(&thrown);
	return status == ASQ_THROWN ? ASQ_THROWN : ASQ_OK;
}

asq_status asq_retry_shutdown(void)
{
	asq_run *run = ASQ_G(run);
	zval last, *type;
	bool dealt = false;
	asq_status status = ASQ_OK;

	if (!run || run->pooled || !run->current || asq_call(&last, "error_get_last", 0, NULL) != ASQ_OK) {
		return ASQ_OK;
	}
	type = Z_TYPE(last) == IS_ARRAY ? zend_hash_str_find(Z_ARRVAL(last), "type", sizeof("type") - 1) : NULL;
	if (type && (zval_get_long(type) & (E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR))) {
		status = asq_retry_crash(run, &last, &dealt);
	}
	if (dealt && run->monitor && status == ASQ_OK) {
		/* It would fail the action; it has still to give back the rest of the claim. */
		status = asq_call_method(NULL, run->monitor, "untrack_action", 0, NULL);
	}
	zval_ptr_dtor(&last);
	return status;
}
