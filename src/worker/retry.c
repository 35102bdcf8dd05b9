/*
 * retry.c: what becomes of an action that fails under a retry policy. It is pending again, as the same action, at a later time; or
 * it has failed for good, and gets a dead letter. Either is one commit, with its log row, fenced by the claim and by the number
 * of the attempt.
 */
#include "worker.h"
#include "member.h"
#include "php_asq.h"
#include "src/action/schedule.h"
#include "src/store/letters.h"
#include "src/wordpress/clock.h"
#include "src/wordpress/failure.h"
#include "src/wordpress/hooks.h"
#include "src/wordpress/letter.h"
#include "src/wordpress/policy.h"
#include "Zend/zend_exceptions.h"

#include <openssl/rand.h>
#include <time.h>

#define ASQ_TEXT_MAX 8000     /* bytes of a message that are kept */
#define ASQ_INTERVAL_MAX 31536000000   /* seconds; a thousand years: what comes so seldom needs no time kept */

/* ---- The policy ---------------------------------------------------------------------------------- */

static const zval *asq_retry_row(const asq_run *run, uint64_t id)
{
	return Z_TYPE(run->rows) == IS_ARRAY ? zend_hash_index_find(Z_ARRVAL(run->rows), id) : NULL;
}

static zend_string *asq_or_empty_string(zend_string *text)
{
	return text ? text : ZSTR_EMPTY_ALLOC();
}

static asq_status asq_retry_find(asq_run *run, uint64_t id, const zval *row)
{
	zval policy;
	asq_status status = asq_policy_find(asq_or_empty_string(asq_row_get(row, ASQ_COL_HOOK)), asq_or_empty_string(asq_row_get(row, ASQ_COL_GROUP)), id, NULL, &policy);

	zval_ptr_dtor(&run->policy);
	ZVAL_COPY_VALUE(&run->policy, &policy);
	return status;
}

/* Seconds, by 64 bits from the system's random source. */
static zend_long asq_retry_backoff(const asq_policy *policy, zend_long attempt)
{
	uint64_t random = 0;

	if (RAND_bytes((unsigned char *) &random, sizeof(random)) != 1) {
		random = (uint64_t) asq_clock_now() * 2654435761u;
	}
	return (zend_long) asq_backoff_jittered(&policy->backoff, (uint64_t) attempt, random);
}

static void asq_retry_log_line(const char *line, zend_string *more)
{
	zend_string *text = strpprintf(0, "asq: %s%s%s", line, more ? ": " : "", more ? ZSTR_VAL(more) : "");

	php_log_err(ZSTR_VAL(text));
	zend_string_release(text);
}

/* The policy's own callable; what it throws, or returns that is no delay, is for the log, and the backoff decides. */
asq_status asq_retry_ask_delay(const asq_policy *policy, uint64_t id, zend_long attempt, zval *thrown, zend_long *delay)
{
	zval args[3], result, caught;
	zend_string *message;

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
		if (!EG(exception) || zend_is_unwind_exit(EG(exception))) {
			return EG(exception) ? ASQ_THROWN : ASQ_OK;
		}
		asq_catch(&caught);
		message = asq_exception_message(&caught);
		asq_retry_log_line("a retry policy's delay threw, and is ignored", message);
		zend_string_release(message);
		zval_ptr_dtor(&caught);
		return ASQ_OK;
	}
	if ((Z_TYPE(result) == IS_LONG || Z_TYPE(result) == IS_DOUBLE) && zval_get_double(&result) >= 0) {
		*delay = zval_get_double(&result) > ASQ_DELAY_MAX ? ASQ_DELAY_MAX : zval_get_long(&result);
	} else {
		asq_retry_log_line("a retry policy's delay returned no number of seconds, and is ignored", NULL);
	}
	zval_ptr_dtor(&result);
	return ASQ_OK;
}

/* For the supervisor, should this worker die. It is told before anybody hears of the action. */
static asq_status asq_retry_tell_slot(asq_run *run, uint64_t id, const asq_policy *policy)
{
	asq_slot *slot = run->slot;
	zend_long delay = 0;
	asq_status status = ASQ_OK;

	run->attempt = (zend_long) slot->attempts + 1;
	slot->timeout = (uint32_t) policy->timeout;
	slot->max_attempts = (uint32_t) policy->max_attempts;
	slot->crash_retry = policy->crash_retry && run->attempt < policy->max_attempts;
	if (slot->crash_retry) {
		status = asq_retry_ask_delay(policy, id, run->attempt, NULL, &delay);
	}
	slot->crash_delay = (uint32_t) delay;
	slot->policy = 1;
	return status;
}

/* Once in a request, before Action Scheduler's monitor, which has no policies. */
static void asq_retry_listen(void)
{
	if (!ASQ_G(crash_hooked) && asq_wp_is_loaded()) {
		ASQ_G(crash_hooked) = true;
		asq_wp_add_action("shutdown", "Asq\\Native\\retry_shutdown", 0, 0);
	}
}

asq_status asq_retry_prepare(asq_run *run, uint64_t id)
{
	const zval *row;
	asq_policy policy;
	asq_status status;

	zval_ptr_dtor(&run->policy);
	ZVAL_NULL(&run->policy);
	run->attempt = 0;
	run->put_back = false;
	if (!asq_policy_any()) {
		return ASQ_OK;
	}
	if (!run->pooled) {
		asq_retry_listen();
	}
	if (run->slot) {
		atomic_store(&ASQ_G(member)->pool.memory->policies, 1);
	}
	row = asq_retry_row(run, id);
	status = row ? asq_retry_find(run, id, row) : ASQ_OK;
	if (status == ASQ_OK && Z_TYPE(run->policy) == IS_ARRAY && run->slot) {
		asq_policy_read(&run->policy, &policy);
		status = asq_retry_tell_slot(run, id, &policy);
	}
	return status;
}

/* $action->get_hook() or get_group() */
static zend_string *asq_retry_part(zval *action, const char *method)
{
	zval result;
	zend_string *text;

	if (!action || Z_TYPE_P(action) != IS_OBJECT || asq_call_method(&result, Z_OBJ_P(action), method, 0, NULL) != ASQ_OK) {
		zend_clear_exception();
		return ZSTR_EMPTY_ALLOC();
	}
	text = zval_get_string(&result);
	zval_ptr_dtor(&result);
	return text;
}

asq_status asq_retry_has_policy(asq_run *run, uint64_t id, zval *action, bool *has)
{
	zend_string *hook, *group;
	asq_status status = ASQ_OK;
	zval policy;

	*has = Z_TYPE(run->policy) == IS_ARRAY;
	if (*has || !asq_scheduler_is_direct(false) || !asq_policy_any()) {
		*has = *has && asq_scheduler_is_direct(false);
		return ASQ_OK;
	}
	hook = asq_retry_part(action, "get_hook");
	group = asq_retry_part(action, "get_group");
	if (ZSTR_LEN(hook)) {
		status = asq_policy_find(hook, group, id, action, &policy);
		zval_ptr_dtor(&run->policy);
		ZVAL_COPY_VALUE(&run->policy, &policy);
		*has = Z_TYPE(run->policy) == IS_ARRAY;
	}
	zend_string_release(hook);
	zend_string_release(group);
	return status;
}

/* ---- Deciding ------------------------------------------------------------------------------------- */

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
		if (status == ASQ_THROWN && !zend_is_unwind_exit(EG(exception))) {
			asq_retry_log_line("the filter asq_classify_failure threw, and is ignored", NULL);
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
	asq_error error;
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
	return status == ASQ_OK ? ASQ_OK : ASQ_DECLINED;
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
		run->slot->crash_delay = (uint32_t) (verdict->retry ? verdict->delay : 0);
	}
	return status;
}

/* ---- Writing -------------------------------------------------------------------------------------- */

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
	return status == ASQ_FAILED ? ASQ_DECLINED : status;
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
		status = status == ASQ_FAILED ? ASQ_DECLINED : status;
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

/* ---- A series ------------------------------------------------------------------------------------- */

/* The recurrence of an interval, in seconds; 0: it is another schedule. */
static zend_long asq_retry_interval(const zval *row)
{
	zend_string *blob = asq_row_get(row, ASQ_COL_SCHEDULE);
	const char *at = blob ? strstr(ZSTR_VAL(blob), "ActionScheduler_IntervalSchedule") : NULL;
	static const char name[] = "\0*\0recurrence\";";
	zend_long seconds = 0;

	if (!at || !(at = zend_memnstr(ZSTR_VAL(blob), name, sizeof(name) - 1, ZSTR_VAL(blob) + ZSTR_LEN(blob)))) {
		return 0;
	}
	at += sizeof(name) - 1;
	if (sscanf(at, "i:" ZEND_LONG_FMT ";", &seconds) != 1) {
		sscanf(at, "s:%*d:\"" ZEND_LONG_FMT "\"", &seconds);
	}
	return seconds;
}

/* The first time after now of first_failure + n * interval. */
static int64_t asq_retry_next_time(int64_t first, zend_long interval, int64_t now)
{
	int64_t next = first + interval;

	return next > now ? next : next + ((now - next) / interval + 1) * interval;
}

/* 'Y-m-d H:i:s' in UTC */
static int64_t asq_retry_time_of(const zend_string *gmt)
{
	struct tm utc = {0};

	if (sscanf(ZSTR_VAL(gmt), "%d-%d-%d %d:%d:%d", &utc.tm_year, &utc.tm_mon, &utc.tm_mday, &utc.tm_hour, &utc.tm_min, &utc.tm_sec) != 6) {
		return 0;
	}
	utc.tm_year -= 1900;
	utc.tm_mon--;
	return (int64_t) timegm(&utc);
}

/* The schedule of the next instance, with its own first time and recurrence, at another time; NULL: it is no interval. */
static zend_string *asq_retry_reschedule(const zval *row, const zend_string *first_gmt, int64_t *next)
{
	static const char name[] = "\0*\0first_timestamp\";i:";
	zend_string *blob = asq_row_get(row, ASQ_COL_SCHEDULE), *text, *made;
	zend_long interval = asq_retry_interval(row);
	const char *at = blob ? zend_memnstr(ZSTR_VAL(blob), name, sizeof(name) - 1, ZSTR_VAL(blob) + ZSTR_LEN(blob)) : NULL;
	zval recurrence;

	if (interval <= 0 || interval > ASQ_INTERVAL_MAX || !at) {
		return NULL;
	}
	*next = asq_retry_next_time(asq_retry_time_of(first_gmt), interval, asq_clock_now());
	/* In the type that it was given in. */
	text = zend_long_to_str(interval);
	if (zend_memnstr(ZSTR_VAL(blob), "recurrence\";s:", sizeof("recurrence\";s:") - 1, ZSTR_VAL(blob) + ZSTR_LEN(blob))) {
		ZVAL_STR(&recurrence, text);
	} else {
		ZVAL_LONG(&recurrence, interval);
	}
	made = asq_schedule_interval(*next, ZEND_STRTOL(at + sizeof(name) - 1, NULL, 10), &recurrence);
	zend_string_release(text);
	return made;
}

/* Reads the next instance's row, and when the one before first failed (NULL: it has not). */
static asq_status asq_retry_look(uint64_t id, uint64_t next_id, zval *rows, zend_string **first_gmt)
{
	asq_site site;
	asq_error error;
	zend_string *json = NULL;
	zval ids;
	asq_status status = asq_site_open(&site, &error);

	*first_gmt = NULL;
	ZVAL_UNDEF(rows);
	if (status != ASQ_OK) {
		return status;
	}
	status = asq_store_get_policy(&site, id, &json, first_gmt, &error);
	if (json) {
		zend_string_release(json);
	}
	if (status == ASQ_OK && *first_gmt) {
		array_init(&ids);
		add_next_index_long(&ids, (zend_long) next_id);
		status = asq_store_fetch(&site, Z_ARRVAL(ids), rows, &error);
		zval_ptr_dtor(&ids);
	}
	asq_site_close(&site);
	return status;
}

asq_status asq_retry_keep_time(uint64_t id, uint64_t next_id)
{
	zend_string *first = NULL, *schedule = NULL, *gmt, *local;
	int64_t next = 0;
	zval rows, *row;
	asq_site site;
	asq_error error;
	asq_status status = asq_retry_look(id, next_id, &rows, &first);

	row = status == ASQ_OK && Z_TYPE(rows) == IS_ARRAY ? zend_hash_index_find(Z_ARRVAL(rows), 0) : NULL;
	schedule = row ? asq_retry_reschedule(row, first, &next) : NULL;
	status = schedule ? asq_clock_local(next, &local) : ASQ_DECLINED;
	if (status == ASQ_OK) {
		gmt = asq_clock_gmt(next);
		if (asq_site_open(&site, &error) == ASQ_OK) {
			asq_store_move(&site, next_id, gmt, local, schedule, &error);
			asq_site_close(&site);
		}
		zend_string_release(gmt);
		zend_string_release(local);
	}
	if (schedule) {
		zend_string_release(schedule);
	}
	if (first) {
		zend_string_release(first);
	}
	zval_ptr_dtor(&rows);
	return status == ASQ_THROWN ? ASQ_THROWN : ASQ_OK;
}
