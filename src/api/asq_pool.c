/*
 * asq_pool.c: what `wp action-scheduler work` calls: the supervisor or, in a process that a supervisor has started, a worker.
 */
#include "api.h"
#include "options.h"
#include "src/worker/supervisor.h"
#include "Zend/zend_exceptions.h"
#include "ext/json/php_json.h"
#include "ext/spl/spl_exceptions.h"

#define ASQ_POOL_BATCH_MAX 1000

static void asq_pool_worker(const char *where, const asq_member_limits *limits, zval *context, zval *return_value)
{
	char *copy = estrdup(where);
	asq_error error = {0};
	zend_long done = 0;
	asq_status status;

	/* A callback's own children are no workers. */
	unsetenv(ASQ_WORKER_VARIABLE);
	status = asq_member_run(copy, limits, context, &done, &error);
	efree(copy);
	if (status == ASQ_FAILED) {
		zend_throw_exception(spl_ce_RuntimeException, error.message, (zend_long) error.code);
	} else if (status != ASQ_OK && !EG(exception)) {
		zend_throw_exception(spl_ce_RuntimeException, "The queue cannot be run: Action Scheduler is not set up.", 0);
	}
	array_init(return_value);
	add_assoc_long(return_value, "done", done);
}

static void asq_pool_supervisor(const asq_pool_options *options, zval *return_value)
{
	asq_pool_totals totals = {0};
	asq_error error = {0};
	asq_status status = asq_supervisor_run(options, &totals, &error);

	if (status == ASQ_FAILED) {
		zend_throw_exception(spl_ce_RuntimeException, error.message, (zend_long) error.code);
		return;
	}
	array_init(return_value);
	add_assoc_long(return_value, "succeeded", (zend_long) totals.succeeded);
	add_assoc_long(return_value, "failed", (zend_long) totals.failed);
	add_assoc_long(return_value, "killed", (zend_long) totals.killed);
	add_assoc_long(return_value, "lost", (zend_long) totals.lost);
	add_assoc_long(return_value, "exit_code", (zend_long) totals.ended);
}

static bool asq_pool_at_least(const char *name, zend_long value, zend_long least, zend_long most)
{
	if (value < least || value > most) {
		zend_argument_value_error(1, "must have " ZEND_LONG_FMT " to " ZEND_LONG_FMT " as \"%s\"", least, most, name);
		return false;
	}
	return true;
}

/* Ten years are as good as for ever, and are counted in microseconds without an overflow. */
static void asq_pool_at_most_ever(zend_long *seconds)
{
	*seconds = MIN(*seconds, 3650 * 86400);
}

static bool asq_pool_read(HashTable *options, asq_pool_options *pool, asq_member_limits *limits, zval **hooks, zval **groups)
{
	zval *value;

	if (!asq_option_long(options, "workers", &pool->workers) || !asq_option_long(options, "batch_size", &pool->batch_size)
			|| !asq_option_long(options, "job_timeout", &pool->job_timeout) || !asq_option_long(options, "grace", &pool->grace)
			|| !asq_option_long(options, "poll", &pool->poll) || !asq_option_long(options, "memory_limit", &limits->memory)
			|| !asq_option_long(options, "max_actions", &limits->actions) || !asq_option_long(options, "max_time", &limits->seconds)
			|| !asq_option_array(options, "hooks", hooks) || !asq_option_array(options, "groups", groups)
			|| !asq_pool_at_least("workers", pool->workers, 1, ASQ_POOL_WORKERS) || !asq_pool_at_least("batch_size", pool->batch_size, 1, ASQ_POOL_BATCH_MAX)
			|| !asq_pool_at_least("poll", pool->poll, 100, 60000)) {
		return false;
	}
	asq_pool_at_most_ever(&pool->job_timeout);
	asq_pool_at_most_ever(&pool->grace);
	asq_pool_at_most_ever(&limits->seconds);
	value = asq_option(options, "exclude_groups");
	pool->exclude_groups = value && zend_is_true(value);
	value = asq_option(options, "commit_each");
	pool->commit_each = value && zend_is_true(value);
	value = asq_option(options, "drain");
	pool->drain = value && zend_is_true(value);
	value = asq_option(options, "quiet");
	pool->quiet = value && zend_is_true(value);
	return true;
}

/* The options as they are shown by those who list supervisors. */
static zend_string *asq_pool_shown(HashTable *options)
{
	smart_str json = {0};
	zval array;

	ZVAL_ARR(&array, options);
	php_json_encode(&json, &array, 0);
	return json.s ? smart_str_extract(&json) : ZSTR_EMPTY_ALLOC();
}

ZEND_FUNCTION(Asq_Native_work)
{
	HashTable *given;
	asq_pool_options options = { .workers = 2, .batch_size = 500, .job_timeout = 300, .grace = 30, .poll = 1000 };
	asq_member_limits limits = {0};
	const char *where = getenv(ASQ_WORKER_VARIABLE);
	zval none, context, *hooks = &none, *groups = &none, *value;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ARRAY_HT(given)
	ZEND_PARSE_PARAMETERS_END();

	ZVAL_EMPTY_ARRAY(&none);
	if (!asq_pool_read(given, &options, &limits, &hooks, &groups)) {
		RETURN_THROWS();
	}
	if (asq_scheduler_ready("work") != ASQ_OK || asq_scheduler_now() == ASQ_OUTSIDE || !asq_scheduler_is_direct(false)) {
		if (!EG(exception)) {
			zend_throw_exception(spl_ce_RuntimeException, "The worker pool needs WordPress, and Action Scheduler's own tables: another plugin has replaced the store.", 0);
		}
		RETURN_THROWS();
	}
	value = asq_option(given, "context");
	if (value) {
		ZVAL_COPY(&context, value);
	} else {
		ZVAL_STRING(&context, "WP CLI");
	}
	options.context = &context;
	options.hooks = Z_ARRVAL_P(hooks);
	options.groups = Z_ARRVAL_P(groups);
	if (where) {
		asq_pool_worker(where, &limits, &context, return_value);
	} else {
		zend_string *shown = asq_pool_shown(given);
		options.shown = shown;
		asq_pool_supervisor(&options, return_value);
		zend_string_release(shown);
	}
	if (!asq_run_is_dying()) {
		zval_ptr_dtor(&context);
	}
}

ZEND_FUNCTION(Asq_Native_worker_shutdown)
{
	ZEND_PARSE_PARAMETERS_NONE();
	asq_member_shutdown();
}
