/*
 * create.c: creating one action, straight into the tables where everything is as it usually is, else by
 * ActionScheduler::factory()->create(), whose answer to odd values is then Action Scheduler's own.
 */
#include "api.h"
#include "src/action/args.h"
#include "src/action/cron.h"
#include "src/action/schedule.h"
#include "src/wordpress/clock.h"
#include "main/php_main.h"
#include "src/store/insert.h"
#include "Zend/zend_exceptions.h"
#include "ext/spl/spl_exceptions.h"

/* ---- The plan: what is to be stored ------------------------------------------------------------- */

/* An action that native code can store, with all that it owns. */
typedef struct {
	asq_action_row row;
	asq_args args;
	zend_string *schedule, *gmt, *local;
	bool has_args;
} asq_plan;

static void asq_plan_free(asq_plan *plan)
{
	zend_string *owned[] = { plan->schedule, plan->gmt, plan->local };

	if (plan->has_args) {
		asq_args_free(&plan->args);
	}
	for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++) {
		if (owned[i]) {
			zend_string_release(owned[i]);
		}
	}
}

static asq_status asq_plan_cron(asq_plan *plan, const zval *pattern, int64_t from, int64_t *due)
{
	asq_cron cron;
	char error[128];
	asq_status status = ASQ_DECLINED;

	if (Z_TYPE_P(pattern) != IS_STRING
			|| asq_cron_parse(&cron, Z_STRVAL_P(pattern), Z_STRLEN_P(pattern), error, sizeof(error)) != ASQ_CRON_OK) {
		return ASQ_DECLINED;
	}
	if (asq_cron_next(&cron, from, true, due) == ASQ_CRON_OK) {
		/* The library floors the date that it is given, and so the first date, to its minute. */
		int64_t second = ((from % 60) + 60) % 60;
		plan->schedule = asq_schedule_cron(*due, from - second, &cron);
		status = ASQ_OK;
	}
	asq_cron_free(&cron);
	return status;
}

/* The schedule's blob, and when the action is due. */
static asq_status asq_plan_schedule(asq_plan *plan, const asq_creation *creation)
{
	int64_t from, due;
	asq_kind kind = creation->kind;
	asq_status status = ASQ_OK;

	if (kind == ASQ_ASYNC) {
		due = asq_clock_now();
		plan->schedule = asq_schedule_null();
		plan->gmt = asq_clock_gmt(due);
		plan->local = asq_clock_default(due);
		return ASQ_OK;
	}
	if (!asq_clock_plain(creation->when, &from)) {
		return ASQ_DECLINED;
	}
	due = from;
	if (kind != ASQ_SINGLE && !zend_is_true(creation->pattern)) {
		kind = ASQ_SINGLE;
	}
	if (kind == ASQ_SINGLE) {
		plan->schedule = asq_schedule_simple(due);
	} else if (kind == ASQ_RECURRING) {
		plan->schedule = asq_schedule_interval(due, due, creation->pattern);
	} else {
		status = asq_plan_cron(plan, creation->pattern, from, &due);
	}
	if (status == ASQ_OK) {
		plan->gmt = asq_clock_gmt(due);
		status = asq_clock_local(due, &plan->local);
	}
	return status;
}

static bool asq_is_group(const zval *group)
{
	return Z_TYPE_P(group) == IS_STRING || Z_TYPE_P(group) == IS_NULL;
}

static asq_status asq_plan_make(asq_plan *plan, const asq_creation *creation)
{
	zend_string *json;
	asq_status status;
	zend_long priority;

	memset(plan, 0, sizeof(*plan));
	if (Z_TYPE_P(creation->hook) != IS_STRING || Z_TYPE_P(creation->args) != IS_ARRAY || !asq_is_group(creation->group)
			|| Z_TYPE_P(creation->priority) != IS_LONG) {
		return ASQ_DECLINED;
	}
	status = asq_plan_schedule(plan, creation);
	if (status == ASQ_OK) {
		status = asq_encode_args(creation->args, &json);
	}
	if (status != ASQ_OK) {
		return status;
	}
	asq_args_from_json(&plan->args, json);
	plan->has_args = true;
	if (ZSTR_LEN(json) > ASQ_ARGS_MAX) {
		return ASQ_DECLINED;
	}
	priority = Z_LVAL_P(creation->priority);
	plan->row = (asq_action_row) {
		.hook = Z_STR_P(creation->hook), .status = ASQ_STATUS_PENDING,
		.date_gmt = plan->gmt, .date_local = plan->local, .schedule = plan->schedule,
		.args = plan->args.args, .extended_args = plan->args.extended,
		.group = Z_TYPE_P(creation->group) == IS_STRING ? Z_STR_P(creation->group) : NULL,
		.priority = priority < 0 ? 0 : priority > 255 ? 255 : priority,
	};
	return ASQ_OK;
}

/* ---- Storing ---------------------------------------------------------------------------------- */

static asq_status asq_plan_store(const asq_plan *plan, bool unique, uint64_t *id, uint64_t *log_id, asq_error *error)
{
	asq_log_text text;
	asq_site site;
	bool with_log = asq_scheduler_now() == ASQ_OUTSIDE || (asq_scheduler_is_direct(true) && asq_logger_hears_first());
	asq_status status;

	if (with_log) {
		status = asq_log_text_init(&text, asq_wp_translate("action created"));
		if (status != ASQ_OK) {
			return status;
		}
	}
	status = asq_site_open(&site, error);
	if (status == ASQ_OK) {
		status = asq_store_insert(&site, &plan->row, unique ? asq_scheduler_unique() : ASQ_UNIQUE_NO,
			with_log ? &text.row : NULL, id, log_id, error);
		asq_site_close(&site);
	}
	if (with_log) {
		asq_log_text_free(&text);
	}
	return status;
}

/* "Caught exception while enqueuing action ..." in the error log, as the factory writes it. */
static void asq_log_caught(const zend_string *hook, zval *exception)
{
	zval args[3], inner, outer;
	zend_string *reason = asq_exception_message(exception);

	ZVAL_STR(&args[0], asq_wp_translate("Error saving action: %s"));
	ZVAL_STR(&args[1], reason);
	asq_call(&inner, "sprintf", 2, args);
	zval_ptr_dtor(&args[0]);
	zval_ptr_dtor(&args[1]);
	ZVAL_STR(&args[0], asq_wp_translate("Caught exception while enqueuing action \"%1$s\": %2$s"));
	ZVAL_STR_COPY(&args[1], (zend_string *) hook);
	ZVAL_COPY_VALUE(&args[2], &inner);
	if (asq_call(&outer, "sprintf", 3, args) == ASQ_OK && Z_TYPE(outer) == IS_STRING) {
		php_log_err(Z_STRVAL(outer));
		zval_ptr_dtor(&outer);
	}
	for (int i = 0; i < 3; i++) {
		zval_ptr_dtor(&args[i]);
	}
}

/* A listener, a filter or a jsonSerialize() threw: an Exception is logged and swallowed, as the factory does; an Error goes on. */
static void asq_create_threw(const zend_string *hook, zval *return_value)
{
	zval exception;

	RETVAL_LONG(0);
	if (!EG(exception) || !instanceof_function(EG(exception)->ce, zend_ce_exception)) {
		return;
	}
	asq_catch(&exception);
	asq_log_caught(hook, &exception);
	zval_ptr_dtor(&exception);
}

static asq_status asq_create_direct(const asq_creation *creation, zval *return_value, asq_error *error)
{
	asq_plan plan;
	uint64_t id = 0, log_id = 0;
	asq_status status = asq_plan_make(&plan, creation);
	bool unique = zend_is_true(creation->unique);

	if (status == ASQ_OK) {
		status = asq_plan_store(&plan, unique, &id, &log_id, error);
	}
	if (status == ASQ_OK) {
		RETVAL_LONG((zend_long) id);
		status = id ? asq_announce_stored(id, log_id) : ASQ_OK;
	}
	if (status == ASQ_THROWN) {
		asq_create_threw(Z_STR_P(creation->hook), return_value);
	}
	asq_plan_free(&plan);
	ASQ_G(created) = id;
	return status;
}

/* ActionScheduler::factory()->create( ... ) */
static void asq_create_by_factory(const asq_creation *creation, zval *return_value)
{
	static const char *const kinds[] = { "async", "single", "recurring", "cron" };
	zval factory, options, type;

	RETVAL_LONG(0);
	if (asq_scheduler_get(&factory, "factory") != ASQ_OK) {
		return;
	}
	ZVAL_STRING(&type, kinds[creation->kind]);
	/* A NULL value is left out: an async action has no time, and a single one no pattern. */
	asq_options(&options, "type", &type, "hook", creation->hook, "arguments", creation->args, "when", creation->when,
		"pattern", creation->pattern, "group", creation->group, "unique", creation->unique, "priority", creation->priority, NULL);
	asq_call_method(return_value, Z_OBJ(factory), "create", 1, &options);
	zval_ptr_dtor(&type);
	zval_ptr_dtor(&options);
	zval_ptr_dtor(&factory);
}

void asq_create(const asq_creation *creation, zval *return_value)
{
	asq_error error = {0};
	asq_status status = ASQ_DECLINED;

	if (asq_scheduler_is_direct(false)) {
		status = asq_create_direct(creation, return_value, &error);
	}
	if (status == ASQ_OK || status == ASQ_THROWN) {
		return;
	}
	if (asq_scheduler_now() != ASQ_OUTSIDE) {
		asq_create_by_factory(creation, return_value);
		/* What listeners have enqueued meanwhile is not this one. */
		ASQ_G(created) = Z_TYPE_P(return_value) == IS_LONG && Z_LVAL_P(return_value) > 0 ? (uint64_t) Z_LVAL_P(return_value) : 0;
		return;
	}
	if (status == ASQ_DECLINED) {
		asq_error_set(&error, 0, "The action was not stored: its hook must be a string in UTF-8, its args an array of at most %d bytes of JSON, its group a string, its priority an integer, its time a Unix timestamp and its cron expression one of five or six fields.", ASQ_ARGS_MAX);
	}
	asq_warn(&error);
	RETVAL_LONG(0);
}
