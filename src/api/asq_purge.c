/*
 * asq_purge.c: asq_purge(): what is to be deleted, by the options and by Action Scheduler's filters; then step after step of
 * store/'s purge, and between them, with nothing held, listeners and pauses.
 */
#include "api.h"
#include "src/wordpress/clock.h"
#include "Zend/zend_exceptions.h"
#include "ext/date/php_date.h"
#include "ext/spl/spl_exceptions.h"

#include <time.h>

#define ASQ_MONTH            2678400   /* 31 days, as Action Scheduler has it */
#define ASQ_PURGE_BREATH     0.5       /* of the time that a batch took, if no pause is given */
#define ASQ_PURGE_BREATH_MAX 0.1      /* seconds */

typedef struct {
	asq_purge_options what;
	zend_string *before[ASQ_PURGE_KINDS];    /* owned */
	zend_long pause;                         /* milliseconds; -1: by the time that a batch took */
	zval *on_progress;
	bool has_before;
	int64_t given_before, now;
	int64_t kept[ASQ_PURGE_KINDS];           /* seconds for which actions of a kind are kept */
	unsigned kind;                           /* the kind that the step is about */

	asq_site site;
	bool open;
	zend_string *table;                      /* the site's actions, to notice when it is another's */
	asq_purge_cursor cursor;
	asq_purge_counts counts;
	uint64_t total;
	double began;
	asq_error error;
} asq_purge;

static double asq_purge_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

/* ---- What is to be deleted ---------------------------------------------------------------------- */

/* An ended status by its name, as a constant; NULL: it is none. */
static const char *asq_purge_status(const zval *name)
{
	static const char *const ended[ASQ_PURGE_KINDS] = { ASQ_STATUS_COMPLETE, ASQ_STATUS_CANCELED, ASQ_STATUS_FAILED };

	for (size_t i = 0; Z_TYPE_P(name) == IS_STRING && i < ASQ_PURGE_KINDS; i++) {
		if (zend_string_equals_cstr(Z_STR_P(name), ended[i], strlen(ended[i]))) {
			return ended[i];
		}
	}
	return NULL;
}

static bool asq_purge_includes(const asq_purge_options *what, const char *status)
{
	for (unsigned i = 0; i < what->count; i++) {
		if (strcmp(what->kinds[i].status, status) == 0) {
			return true;
		}
	}
	return false;
}

static void asq_purge_add(asq_purge_options *what, const char *status)
{
	if (!asq_purge_includes(what, status)) {
		what->kinds[what->count++].status = status;
	}
}

/* A filter's seconds; what is no number counts as the default, as in Action Scheduler 4. */
static asq_status asq_purge_seconds(const char *filter, zend_long fallback, int64_t *seconds)
{
	zval value;
	asq_status status;

	ZVAL_LONG(&value, fallback);
	status = asq_wp_apply_filters(filter, &value, 0, NULL);
	*seconds = fallback;
	if (status == ASQ_OK && (Z_TYPE(value) == IS_LONG || Z_TYPE(value) == IS_DOUBLE
			|| (Z_TYPE(value) == IS_STRING && is_numeric_string(Z_STRVAL(value), Z_STRLEN(value), NULL, NULL, false)))) {
		*seconds = MAX(0, zval_get_long(&value));
	}
	zval_ptr_dtor(&value);
	return status;
}

/* The statuses that Action Scheduler's cleaner deletes. Of a filter's list those that have ended; running ones never. */
static asq_status asq_purge_filtered(asq_purge_options *what)
{
	zval list, *name;
	asq_status status;

	array_init(&list);
	add_next_index_string(&list, ASQ_STATUS_COMPLETE);
	add_next_index_string(&list, ASQ_STATUS_CANCELED);
	status = asq_wp_apply_filters("action_scheduler_default_cleaner_statuses", &list, 0, NULL);
	if (status == ASQ_OK && Z_TYPE(list) == IS_ARRAY) {
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL(list), name) {
			ZVAL_DEREF(name);
			if (asq_purge_status(name)) {
				asq_purge_add(what, asq_purge_status(name));
			}
		} ZEND_HASH_FOREACH_END();
	} else if (status == ASQ_OK) {
		asq_purge_add(what, ASQ_STATUS_COMPLETE);
		asq_purge_add(what, ASQ_STATUS_CANCELED);
	}
	zval_ptr_dtor(&list);
	return status;
}

/* Failed actions, which have a retention of their own. Before version 4 Action Scheduler keeps them, unless told not to. */
static asq_status asq_purge_filtered_failed(asq_purge_options *what)
{
	zval enabled;
	asq_status status;

	ZVAL_BOOL(&enabled, asq_scheduler_version() >= 40000);
	status = asq_wp_apply_filters("action_scheduler_enable_failed_action_cleanup", &enabled, 0, NULL);
	if (status == ASQ_OK && zend_is_true(&enabled)) {
		asq_purge_add(what, ASQ_STATUS_FAILED);
	}
	zval_ptr_dtor(&enabled);
	return status;
}

/* Until when each of them is deleted: by the caller's date, or by the filters. */
static asq_status asq_purge_dates(asq_purge *purge, bool failed_as_others)
{
	int64_t retention = 0, retention_failed = 0;
	asq_status status = ASQ_OK;

	if (!purge->has_before) {
		status = asq_purge_seconds("action_scheduler_retention_period", ASQ_MONTH, &retention);
	}
	if (!purge->has_before && status == ASQ_OK) {
		status = asq_purge_seconds("action_scheduler_retention_period_for_failed", 3 * ASQ_MONTH, &retention_failed);
	}
	for (unsigned i = 0; status == ASQ_OK && i < purge->what.count; i++) {
		bool failed = !failed_as_others && strcmp(purge->what.kinds[i].status, ASQ_STATUS_FAILED) == 0;
		purge->kept[i] = purge->has_before ? purge->now - purge->given_before : MIN(failed ? retention_failed : retention, purge->now);
		purge->before[i] = asq_clock_gmt(purge->now - purge->kept[i]);
		purge->what.kinds[i].before = purge->before[i];
	}
	return status;
}

/*
 * The statuses that are asked for, or those of the filters. Failed actions are among the latter if the list of statuses has
 * them, or if they are deleted by their own retention, which a caller's date is not.
 */
static asq_status asq_purge_plan(asq_purge *purge)
{
	asq_purge_options filtered = { .count = 0 };
	bool asked = purge->what.count > 0, failed_as_others;
	asq_status status = ASQ_OK;

	purge->now = asq_clock_now();
	if (!asked || !purge->has_before) {
		status = asq_purge_filtered(&filtered);
	}
	failed_as_others = purge->has_before || asq_purge_includes(&filtered, ASQ_STATUS_FAILED);
	if (status == ASQ_OK && !asked && !purge->has_before) {
		status = asq_purge_filtered_failed(&filtered);
	}
	if (!asked) {
		purge->what.count = filtered.count;
		memcpy(purge->what.kinds, filtered.kinds, sizeof(filtered.kinds));
	}
	return status == ASQ_OK ? asq_purge_dates(purge, failed_as_others) : status;
}

/* ---- The options -------------------------------------------------------------------------------- */

static bool asq_purge_read_statuses(asq_purge *purge, HashTable *options)
{
	zval *list = NULL, *name;

	if (!asq_option_array(options, "statuses", &list)) {
		return false;
	}
	if (!list) {
		return true;
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(list), name) {
		ZVAL_DEREF(name);
		if (!asq_purge_status(name)) {
			zend_argument_value_error(1, "must have only \"complete\", \"canceled\" and \"failed\" as \"statuses\": other actions have not ended");
			return false;
		}
		asq_purge_add(&purge->what, asq_purge_status(name));
	} ZEND_HASH_FOREACH_END();
	if (!purge->what.count) {
		zend_argument_value_error(1, "must have at least one status as \"statuses\"");
		return false;
	}
	return true;
}

static bool asq_purge_read_before(asq_purge *purge, HashTable *options)
{
	zval *value = asq_option(options, "before"), timestamp;

	if (!value) {
		return true;
	}
	purge->has_before = true;
	if (Z_TYPE_P(value) == IS_OBJECT && instanceof_function(Z_OBJCE_P(value), php_date_get_interface_ce())) {
		if (asq_call_method(&timestamp, Z_OBJ_P(value), "gettimestamp", 0, NULL) != ASQ_OK) {
			return false;
		}
		purge->given_before = zval_get_long(&timestamp);
		zval_ptr_dtor(&timestamp);
	} else if (Z_TYPE_P(value) == IS_LONG) {
		purge->given_before = Z_LVAL_P(value);
	} else {
		zend_argument_type_error(1, "must have a timestamp or a DateTimeInterface as \"before\"");
		return false;
	}
	if (purge->given_before < 0 || purge->given_before > 253402300799) {
		zend_argument_value_error(1, "must have a time from 1970 to 9999 as \"before\"");
		return false;
	}
	return true;
}

static bool asq_purge_read(asq_purge *purge, HashTable *options)
{
	zend_long limit = 0, batch = 0;
	zval *dry_run = asq_option(options, "dry_run");

	if (!asq_purge_read_statuses(purge, options) || !asq_purge_read_before(purge, options) || !asq_option_long(options, "limit", &limit)
			|| !asq_option_long(options, "batch", &batch) || !asq_option_long(options, "pause", &purge->pause)
			|| !asq_option_callable(options, "on_progress", &purge->on_progress)) {
		return false;
	}
	purge->what.limit = (uint64_t) limit;
	purge->what.batch = (unsigned) MIN(batch, ASQ_PURGE_BATCH);
	purge->what.patience = ASQ_RUN_PATIENCE;
	purge->what.dry_run = dry_run && zend_is_true(dry_run);
	return true;
}

/* ---- Listeners ---------------------------------------------------------------------------------- */

static void asq_purge_report(const asq_purge *purge, zval *report)
{
	array_init(report);
	add_assoc_long(report, "actions", (zend_long) purge->counts.actions);
	add_assoc_long(report, "logs", (zend_long) purge->counts.logs);
	add_assoc_long(report, "orphan_logs", (zend_long) purge->counts.orphan_logs);
	add_assoc_long(report, "claims", (zend_long) purge->counts.claims);
	add_assoc_long(report, "batches", (zend_long) purge->counts.batches);
	add_assoc_double(report, "seconds", asq_purge_clock() - purge->began);
	add_assoc_double(report, "longest_batch_seconds", purge->counts.longest);
}

static asq_status asq_purge_tell(asq_purge *purge)
{
	zval report;
	asq_status status;

	asq_purge_report(purge, &report);
	add_assoc_long(&report, "total", (zend_long) purge->total);
	status = asq_call_callable(NULL, purge->on_progress, 1, &report);
	zval_ptr_dtor(&report);
	return status == ASQ_THROWN ? status : ASQ_OK;
}

/* A listener that throws an Exception: the cleaner of Action Scheduler tells of it, and goes on. */
static asq_status asq_purge_listener_failed(asq_purge *purge, zval *id, unsigned count)
{
	zval args[4];
	asq_status status;

	if (!EG(exception) || !instanceof_function(EG(exception)->ce, zend_ce_exception)) {
		return ASQ_THROWN;
	}
	ZVAL_COPY_VALUE(&args[0], id);
	asq_catch(&args[1]);
	ZVAL_LONG(&args[2], (zend_long) purge->kept[purge->kind]);
	ZVAL_LONG(&args[3], count);
	status = asq_wp_do_action("action_scheduler_failed_old_action_deletion", 4, args);
	zval_ptr_dtor(&args[1]);
	return status;
}

/* action_scheduler_deleted_action for each, after the commit; ids are strings, as Action Scheduler's cleaner has them. */
static asq_status asq_purge_announce(asq_purge *purge, HashTable *deleted)
{
	asq_status status = ASQ_OK;
	zval *number, id;

	ZEND_HASH_FOREACH_VAL(deleted, number) {
		ZVAL_STR(&id, zval_get_string(number));
		status = asq_wp_do_action("action_scheduler_deleted_action", 1, &id);
		if (status != ASQ_OK) {
			status = asq_purge_listener_failed(purge, &id, zend_hash_num_elements(deleted));
		}
		zval_ptr_dtor(&id);
		if (status != ASQ_OK) {
			break;
		}
	} ZEND_HASH_FOREACH_END();
	return status;
}

/* ---- The purge ---------------------------------------------------------------------------------- */

static void asq_purge_close(asq_purge *purge)
{
	if (purge->open) {
		asq_site_close(&purge->site);
		purge->open = false;
	}
}

/* The site, which has to be looked up anew where userland has been called. */
static asq_status asq_purge_open(asq_purge *purge)
{
	asq_status status;

	if (purge->open) {
		return ASQ_OK;
	}
	status = asq_site_open_own(&purge->site, purge->what.patience, &purge->error);
	purge->open = status == ASQ_OK;
	if (status != ASQ_OK) {
		return status;
	}
	if (!purge->table) {
		purge->table = zend_string_copy(purge->site.actions);
	} else if (!zend_string_equals(purge->table, purge->site.actions)) {
		return asq_error_set(&purge->error, 0, "A listener has switched to another blog.");
	}
	return ASQ_OK;
}

/* What is to be called between two steps, with the site closed. */
static asq_status asq_purge_userland(asq_purge *purge, zval *deleted)
{
	bool announced = zend_hash_num_elements(Z_ARRVAL_P(deleted)) && asq_wp_is_loaded() && asq_deleted_action_is_watched();
	asq_status status = ASQ_OK;

	if (!announced && !purge->on_progress) {
		return ASQ_OK;
	}
	asq_purge_close(purge);
	if (announced) {
		status = asq_purge_announce(purge, Z_ARRVAL_P(deleted));
	}
	return status == ASQ_OK && purge->on_progress ? asq_purge_tell(purge) : status;
}

static void asq_purge_pause(const asq_purge *purge)
{
	double seconds = purge->pause < 0 ? MIN(purge->cursor.seconds * ASQ_PURGE_BREATH, ASQ_PURGE_BREATH_MAX) : (double) purge->pause / 1000;
	struct timespec pause = { (time_t) seconds, (long) ((seconds - (double) (time_t) seconds) * 1e9) };

	if (purge->cursor.seconds > 0 && seconds > 0) {
		nanosleep(&pause, NULL);
	}
}

static asq_status asq_purge_step(asq_purge *purge, bool *more)
{
	zval deleted;
	asq_status status = asq_purge_open(purge);

	if (status != ASQ_OK) {
		return status;
	}
	array_init(&deleted);
	purge->kind = MIN(purge->cursor.kind, ASQ_PURGE_KINDS - 1);
	status = asq_store_purge_step(&purge->site, &purge->cursor, &purge->what, &purge->counts, &deleted, more, &purge->error);
	if (status == ASQ_OK) {
		status = asq_purge_userland(purge, &deleted);
	}
	zval_ptr_dtor(&deleted);
	return status;
}

static asq_status asq_purge_run(asq_purge *purge)
{
	asq_status status = ASQ_OK;
	bool more = true;

	if (purge->on_progress) {
		status = asq_purge_open(purge);
		if (status == ASQ_OK) {
			status = asq_store_purge_total(&purge->site, &purge->what, &purge->total, &purge->error);
		}
		asq_purge_close(purge);
		status = status == ASQ_OK ? asq_purge_tell(purge) : status;
	}
	while (status == ASQ_OK && more) {
		status = asq_purge_step(purge, &more);
		if (status == ASQ_OK && more) {
			asq_purge_pause(purge);
		}
	}
	asq_purge_close(purge);
	return status;
}

static void asq_purge_free(asq_purge *purge)
{
	for (unsigned i = 0; i < ASQ_PURGE_KINDS; i++) {
		if (purge->before[i]) {
			zend_string_release(purge->before[i]);
		}
	}
	if (purge->table) {
		zend_string_release(purge->table);
	}
}

static asq_status asq_purge_ready(void)
{
	asq_status status = asq_scheduler_ready("asq_purge");

	if (status == ASQ_OK && !asq_scheduler_is_direct(false)) {
		zend_throw_exception(spl_ce_RuntimeException, "asq_purge() deletes from Action Scheduler's tables, but another plugin has replaced Action Scheduler's store.", 0);
	} else if (status != ASQ_OK && !EG(exception)) {
		zend_throw_exception(spl_ce_RuntimeException, "Nothing can be purged: Action Scheduler is not set up.", 0);
	}
	return EG(exception) ? ASQ_THROWN : ASQ_OK;
}

ZEND_FUNCTION(asq_purge)
{
	HashTable *options = NULL;
	asq_purge purge = { .pause = -1, .began = asq_purge_clock() };
	asq_status status;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(options)
	ZEND_PARSE_PARAMETERS_END();

	if (!asq_purge_read(&purge, options) || asq_purge_ready() != ASQ_OK) {
		RETURN_THROWS();
	}
	status = asq_purge_plan(&purge);
	if (status == ASQ_OK) {
		status = asq_purge_run(&purge);
	}
	if (status != ASQ_OK && !EG(exception)) {
		zend_throw_exception_ex(spl_ce_RuntimeException, (zend_long) purge.error.code, "asq_purge() has deleted " ZEND_LONG_FMT " actions, and then: %s",
			(zend_long) purge.counts.actions, purge.error.message[0] ? purge.error.message : "the database did not answer.");
	}
	asq_purge_report(&purge, return_value);
	asq_purge_free(&purge);
}
