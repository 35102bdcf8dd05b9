/*
 * asq_purge.c: asq_purge(): its options; then step after step of store/'s purge, and between them, with nothing held,
 * listeners and pauses.
 */
#include "api.h"
#include "options.h"
#include "src/db/monotonic.h"
#include "src/store/purge.h"
#include "src/store/retries.h"
#include "src/wordpress/clock.h"
#include "src/wordpress/retention.h"
#include "Zend/zend_exceptions.h"
#include "ext/date/php_date.h"
#include "ext/spl/spl_exceptions.h"

#include <time.h>

#define ASQ_PURGE_BREATH     0.5      /* of the time that a batch took, if no pause is given */
#define ASQ_PURGE_BREATH_MAX 0.1      /* seconds */
#define ASQ_PURGE_RETRIES_EVERY 3600  /* seconds from one look at what is remembered of retries to the next */

typedef struct {
	asq_purge_options what;
	asq_retention retention;
	zend_long pause;                         /* milliseconds; -1: by the time that a batch took */
	zval *on_progress;
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
		if (!asq_retention_status(name)) {
			zend_argument_value_error(1, "must have only \"complete\", \"canceled\" and \"failed\" as \"statuses\": other actions have not ended");
			return false;
		}
		asq_retention_add(&purge->what, asq_retention_status(name));
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
	purge->retention.has_before = true;
	if (Z_TYPE_P(value) == IS_OBJECT && instanceof_function(Z_OBJCE_P(value), php_date_get_interface_ce())) {
		if (asq_call_method(&timestamp, Z_OBJ_P(value), "gettimestamp", 0, NULL) != ASQ_OK) {
			return false;
		}
		purge->retention.before = zval_get_long(&timestamp);
		zval_ptr_dtor(&timestamp);
	} else if (Z_TYPE_P(value) == IS_LONG) {
		purge->retention.before = Z_LVAL_P(value);
	} else {
		zend_argument_type_error(1, "must have a timestamp or a DateTimeInterface as \"before\"");
		return false;
	}
	if (purge->retention.before < 0 || purge->retention.before > 253402300799) {
		zend_argument_value_error(1, "must have a time from 1970 to 9999 as \"before\"");
		return false;
	}
	return true;
}

static bool asq_purge_read(asq_purge *purge, HashTable *options)
{
	static const char *const names[] = { "statuses", "before", "limit", "orphans", "dry_run", "batch", "pause", "on_progress", NULL };
	zend_long limit = 0, batch = 0;
	zval *dry_run = asq_option(options, "dry_run"), *orphans = asq_option(options, "orphans");

	if (asq_options_unknown(options, 1, names) || !asq_purge_read_statuses(purge, options) || !asq_purge_read_before(purge, options) || !asq_option_long(options, "limit", &limit)
			|| !asq_option_long(options, "batch", &batch) || !asq_option_long(options, "pause", &purge->pause)
			|| !asq_option_callable(options, "on_progress", &purge->on_progress)) {
		return false;
	}
	purge->what.limit = (uint64_t) limit;
	purge->what.batch = (unsigned) MIN(batch, ASQ_PURGE_BATCH);
	purge->what.patience = ASQ_RUN_PATIENCE;
	purge->what.dry_run = dry_run && zend_is_true(dry_run);
	purge->what.actions_only = orphans && !zend_is_true(orphans);
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
	add_assoc_double(report, "seconds", asq_monotonic() - purge->began);
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
	ZVAL_LONG(&args[2], (zend_long) purge->retention.kept[purge->kind]);
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

/*
 * What asq_retries remembers of actions that have ended, or are gone. That reads all that is remembered: a purge of actions only, as workers
 * have one a minute, does it once an hour.
 */
static asq_status asq_purge_retries(asq_purge *purge)
{
	uint64_t after = 0;
	bool more = !purge->what.dry_run && (!purge->what.actions_only || asq_clock_now() - ASQ_G(retries_forgotten_at) >= ASQ_PURGE_RETRIES_EVERY);
	asq_status status = more ? asq_purge_open(purge) : ASQ_OK;
	double began;

	if (more && status == ASQ_OK) {
		ASQ_G(retries_forgotten_at) = asq_clock_now();
	}
	while (more && status == ASQ_OK) {
		began = asq_monotonic();
		status = asq_store_forget_retries(&purge->site, &after, ASQ_PURGE_BATCH, &more, &purge->error);
		purge->cursor.seconds = asq_monotonic() - began;
		if (status == ASQ_OK && more) {
			asq_purge_pause(purge);
		}
	}
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
	status = status == ASQ_OK ? asq_purge_retries(purge) : status;
	asq_purge_close(purge);
	return status;
}

static void asq_purge_free(asq_purge *purge, HashTable *options)
{
	asq_retention_free(&purge->retention);
	if (purge->table) {
		zend_string_release(purge->table);
	}
	if (options) {
		zend_array_release(options);
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
	asq_purge purge = { .pause = -1, .began = asq_monotonic() };
	asq_status status;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(options)
	ZEND_PARSE_PARAMETERS_END();

	/* What is called may change what a reference refers to, on_progress itself. */
	options = options ? asq_settled(options) : NULL;
	if (!asq_purge_read(&purge, options) || asq_purge_ready() != ASQ_OK) {
		asq_purge_free(&purge, options);
		RETURN_THROWS();
	}
	status = asq_retention_plan(&purge.retention, &purge.what);
	if (status == ASQ_OK) {
		status = asq_purge_run(&purge);
	}
	if (status != ASQ_OK && !EG(exception)) {
		zend_throw_exception_ex(spl_ce_RuntimeException, (zend_long) purge.error.code, "asq_purge() has deleted " ZEND_LONG_FMT " actions, and then: %s",
			(zend_long) purge.counts.actions, asq_error_text(&purge.error));
	}
	asq_purge_report(&purge, return_value);
	asq_purge_free(&purge, options);
}
