/*
 * asq_api.c: the functions that are ours: asq_enqueue_many() and asq_worker_run().
 */
#include "api.h"
#include "options.h"
#include "src/action/args.h"
#include "src/action/schedule.h"
#include "src/db/monotonic.h"
#include "src/store/insert.h"
#include "src/worker/worker.h"
#include "src/wordpress/clock.h"
#include "Zend/zend_exceptions.h"
#include "Zend/zend_interfaces.h"
#include "ext/spl/spl_exceptions.h"
#include "ext/spl/spl_iterators.h"

/* What DATETIME can hold: anything else would be due at once. */
#define ASQ_TIME_LEAST (-62135596800)
#define ASQ_TIME_MOST  253402300799

/* ---- asq_enqueue_many() ------------------------------------------------------------------------- */

typedef struct {
	asq_many_row *rows;
	size_t count, room;
} asq_many;

static void asq_many_free(asq_many *many)
{
	for (size_t i = 0; i < many->count; i++) {
		zend_string_release(many->rows[i].args);
		if (many->rows[i].extended_args) {
			zend_string_release(many->rows[i].extended_args);
		}
	}
	if (many->rows) {
		efree(many->rows);
	}
}

/* One element of the list; false: an exception says which one is wrong, and how. */
static bool asq_many_add(asq_many *many, zval *value)
{
	asq_args args;
	zend_string *json;

	ZVAL_DEREF(value);
	if (Z_TYPE_P(value) != IS_ARRAY) {
		zend_argument_type_error(2, "must be a list of arrays, but element %zu is of type %s", many->count, zend_zval_type_name(value));
		return false;
	}
	switch (asq_encode_args(value, &json)) {
		case ASQ_OK:
			break;
		case ASQ_THROWN:
			return false;
		default:
			json = ZSTR_EMPTY_ALLOC();
	}
	if (ZSTR_LEN(json) > ASQ_ARGS_MAX || !ZSTR_LEN(json)) {
		zend_argument_value_error(2, "must be a list of arrays of at most %d bytes of JSON, but element %zu %s", ASQ_ARGS_MAX, many->count,
			ZSTR_LEN(json) ? "is longer" : "cannot be made JSON");
		zend_string_release(json);
		return false;
	}
	if (many->count == many->room) {
		many->room = many->room ? many->room * 2 : 64;
		many->rows = safe_erealloc(many->rows, many->room, sizeof(*many->rows), 0);
	}
	asq_args_from_json(&args, json);
	many->rows[many->count++] = (asq_many_row) { args.args, args.extended, 0 };
	return true;
}

static int asq_many_step(zend_object_iterator *iterator, void *many)
{
	zval *value = iterator->funcs->get_current_data(iterator);

	return !EG(exception) && value && asq_many_add(many, value) ? ZEND_HASH_APPLY_KEEP : ZEND_HASH_APPLY_STOP;
}

static void asq_many_read(asq_many *many, zval *list)
{
	zval *value;

	if (Z_TYPE_P(list) == IS_OBJECT) {
		spl_iterator_apply(list, asq_many_step, many);
		return;
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(list), value) {
		if (!asq_many_add(many, value)) {
			return;
		}
	} ZEND_HASH_FOREACH_END();
}

/* Stores them, with their log rows unless somebody must hear of each action first. */
static asq_status asq_many_store(asq_many *many, asq_action_row *like, bool unique, bool *logged, asq_error *error)
{
	asq_log_text text;
	asq_site site;
	asq_status status = asq_log_text_init(&text, asq_wp_translate("action created"));

	*logged = asq_scheduler_now() == ASQ_OUTSIDE || asq_logger_hears_first();
	if (status != ASQ_OK) {
		return status;
	}
	status = asq_site_open(&site, error);
	if (status == ASQ_OK) {
		status = asq_store_insert_many(&site, like, many->rows, many->count, unique ? asq_scheduler_unique() : ASQ_UNIQUE_NO,
			*logged ? &text.row : NULL, error);
		asq_site_close(&site);
	}
	asq_log_text_free(&text);
	return status;
}

/* action_scheduler_stored_action for each, if anybody but the logger, whose rows are written, listens. */
static asq_status asq_many_announce(asq_many *many, bool logged)
{
	asq_status status = ASQ_OK;

	if (logged && !asq_stored_action_is_watched()) {
		return ASQ_OK;
	}
	for (size_t i = 0; status == ASQ_OK && i < many->count; i++) {
		if (many->rows[i].id) {
			status = asq_announce_stored(many->rows[i].id, logged ? 1 : 0);
		}
	}
	return status;
}

/* When they are due, and the schedule's blob. */
static asq_status asq_many_schedule(asq_action_row *like, zend_long timestamp, bool scheduled, zend_string **owned)
{
	int64_t due = scheduled ? (int64_t) timestamp : asq_clock_now();
	asq_status status = ASQ_OK;

	owned[0] = scheduled ? asq_schedule_simple(due) : asq_schedule_null();
	owned[1] = asq_clock_gmt(due);
	if (scheduled) {
		status = asq_clock_local(due, &owned[2]);
	} else {
		owned[2] = asq_clock_default(due);
	}
	like->schedule = owned[0];
	like->date_gmt = owned[1];
	like->date_local = owned[2];
	return status;
}

static void asq_enqueue_many(asq_many *many, asq_action_row *like, bool unique, zend_long timestamp, bool scheduled, zval *return_value)
{
	zend_string *owned[3] = {0};
	asq_error error = {0};
	bool logged = false;
	size_t stored = 0;
	asq_status status = asq_many_schedule(like, timestamp, scheduled, owned);

	if (status == ASQ_OK) {
		status = asq_many_store(many, like, unique, &logged, &error);
	}
	array_init_size(return_value, (uint32_t) many->count);
	for (size_t i = 0; i < many->count; i++) {
		add_next_index_long(return_value, (zend_long) many->rows[i].id);
		stored += many->rows[i].id != 0;
	}
	if (status == ASQ_FAILED || status == ASQ_DECLINED) {
		zend_throw_exception_ex(spl_ce_RuntimeException, (zend_long) error.code,
			"asq_enqueue_many() has stored %zu of %zu actions, and then: %s", stored, many->count,
			asq_error_text(&error));
	} else if (status == ASQ_OK) {
		asq_many_announce(many, logged);
	}
	for (size_t i = 0; i < 3; i++) {
		if (owned[i]) {
			zend_string_release(owned[i]);
		}
	}
}

ZEND_FUNCTION(asq_enqueue_many)
{
	zend_string *hook, *group = NULL;
	zval *list;
	bool unique = false, no_timestamp = true;
	zend_long priority = 10, timestamp = 0;
	asq_many many = {0};

	ZEND_PARSE_PARAMETERS_START(2, 6)
		Z_PARAM_STR(hook)
		Z_PARAM_ITERABLE(list)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR(group)
		Z_PARAM_BOOL(unique)
		Z_PARAM_LONG(priority)
		Z_PARAM_LONG_OR_NULL(timestamp, no_timestamp)
	ZEND_PARSE_PARAMETERS_END();

	if (asq_scheduler_ready("asq_enqueue_many") != ASQ_OK) {
		if (!EG(exception)) {
			RETURN_EMPTY_ARRAY();
		}
		RETURN_THROWS();
	}
	if (!asq_scheduler_is_direct(false)) {
		zend_throw_exception(spl_ce_RuntimeException, "asq_enqueue_many() writes Action Scheduler's tables, but another plugin has replaced Action Scheduler's store.", 0);
		RETURN_THROWS();
	}
	if (!no_timestamp && (timestamp < ASQ_TIME_LEAST || timestamp > ASQ_TIME_MOST)) {
		zend_argument_value_error(6, "must be a time from the year 1 to 9999");
		RETURN_THROWS();
	}
	asq_many_read(&many, list);
	if (!EG(exception)) {
		asq_action_row like = {
			.hook = hook, .status = ASQ_STATUS_PENDING, .group = group ? group : ZSTR_EMPTY_ALLOC(),
			.priority = priority < 0 ? 0 : priority > 255 ? 255 : priority,
		};
		asq_enqueue_many(&many, &like, unique, timestamp, !no_timestamp, return_value);
	}
	asq_many_free(&many);
}

/* ---- Options ------------------------------------------------------------------------------------ */

static bool asq_worker_options_read(HashTable *options, asq_worker_options *worker)
{
	zval *value;

	if (!asq_option_long(options, "batch_size", &worker->batch_size)) {
		return false;
	}
	worker->cleanup_batch_size = worker->batch_size;
	if ((value = asq_option(options, "group")) != NULL) {
		worker->group = value;
	}
	if ((value = asq_option(options, "context")) != NULL) {
		worker->context = value;
	}
	value = asq_option(options, "force");
	worker->force = value && zend_is_true(value);
	return asq_option_long(options, "batches", &worker->batches)
		&& asq_option_long(options, "cleanup_batch_size", &worker->cleanup_batch_size)
		&& asq_option_long(options, "free_memory_on", &worker->free_memory_on)
		&& asq_option_long(options, "pause", &worker->pause)
		&& asq_option_array(options, "hooks", &worker->hooks)
		&& asq_option_array(options, "exclude_groups", &worker->exclude_groups)
		&& asq_option_callable(options, "on_batch", &worker->on_batch)
		&& asq_option_callable(options, "on_tick", &worker->on_tick)
		&& asq_option_callable(options, "on_warning", &worker->on_warning)
		&& asq_option_callable(options, "on_start", &worker->on_start)
		&& asq_option_callable(options, "on_complete", &worker->on_complete)
		&& asq_option_callable(options, "on_failure", &worker->on_failure);
}

static void asq_counts_show(const asq_counts *counts, double seconds, zval *shown)
{
	array_init(shown);
	add_assoc_long(shown, "claimed", counts->claimed);
	add_assoc_long(shown, "succeeded", counts->succeeded);
	add_assoc_long(shown, "failed", counts->failed);
	add_assoc_long(shown, "retried", counts->retried);
	add_assoc_long(shown, "ignored", counts->ignored);
	add_assoc_long(shown, "lost", counts->lost);
	add_assoc_long(shown, "batches", counts->batches);
	add_assoc_double(shown, "seconds", seconds);
}

ZEND_FUNCTION(asq_worker_run)
{
	HashTable *options = NULL;
	asq_worker_options worker = { .batch_size = 100, .free_memory_on = 50 };
	asq_counts *counts;
	zval none, no_group, context;
	double start = asq_monotonic();
	asq_status status;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(options)
	ZEND_PARSE_PARAMETERS_END();

	ZVAL_EMPTY_ARRAY(&none);
	ZVAL_EMPTY_STRING(&no_group);
	ZVAL_STRING(&context, "WP CLI");
	worker.hooks = worker.exclude_groups = &none;
	worker.group = &no_group;
	worker.context = &context;
	if (!asq_worker_options_read(options, &worker)) {
		zval_ptr_dtor(&context);
		RETURN_THROWS();
	}
	status = asq_scheduler_ready("asq_worker_run");
	if (status == ASQ_OK && asq_scheduler_now() == ASQ_OUTSIDE) {
		zend_throw_exception(spl_ce_RuntimeException, "asq_worker_run() needs WordPress: load it first.", 0);
		status = ASQ_THROWN;
	}
	counts = ecalloc(1, sizeof(*counts));
	if (status == ASQ_OK) {
		asq_resume_counts(counts);
		status = asq_worker_run(&worker, counts);
	}
	zval_ptr_dtor(&context);
	if (asq_run_is_dying()) {
		/* The counts are still needed. */
		RETURN_THROWS();
	}
	if (status != ASQ_OK && !EG(exception)) {
		zend_throw_exception(spl_ce_RuntimeException, "The queue cannot be run: Action Scheduler is not set up.", 0);
	}
	asq_counts_show(counts, asq_monotonic() - start, return_value);
	efree(counts);
}
