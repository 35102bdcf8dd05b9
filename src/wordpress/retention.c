/*
 * retention.c: for how long ended actions are kept: by the filters that Action Scheduler's cleaner asks, or by a date.
 */
#include "retention.h"
#include "clock.h"
#include "hooks.h"
#include "scheduler.h"
#include "php_asq.h"
#include "src/store/purge.h"

#define ASQ_MONTH 2678400   /* 31 days, as Action Scheduler has it */

const char *asq_retention_status(const zval *name)
{
	static const char *const ended[ASQ_PURGE_KINDS] = { ASQ_STATUS_COMPLETE, ASQ_STATUS_CANCELED, ASQ_STATUS_FAILED };

	for (size_t i = 0; Z_TYPE_P(name) == IS_STRING && i < ASQ_PURGE_KINDS; i++) {
		if (zend_string_equals_cstr(Z_STR_P(name), ended[i], strlen(ended[i]))) {
			return ended[i];
		}
	}
	return NULL;
}

static bool asq_retention_includes(const asq_purge_options *what, const char *status)
{
	for (unsigned i = 0; i < what->count; i++) {
		if (strcmp(what->kinds[i].status, status) == 0) {
			return true;
		}
	}
	return false;
}

void asq_retention_add(asq_purge_options *what, const char *status)
{
	if (!asq_retention_includes(what, status)) {
		what->kinds[what->count++].status = status;
	}
}

/* A filter's seconds; what is no number counts as the default, as in Action Scheduler 4. */
static asq_status asq_retention_seconds(const char *filter, zend_long fallback, int64_t *seconds)
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
static asq_status asq_retention_statuses(asq_purge_options *what)
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
			if (asq_retention_status(name)) {
				asq_retention_add(what, asq_retention_status(name));
			}
		} ZEND_HASH_FOREACH_END();
	} else if (status == ASQ_OK) {
		asq_retention_add(what, ASQ_STATUS_COMPLETE);
		asq_retention_add(what, ASQ_STATUS_CANCELED);
	}
	zval_ptr_dtor(&list);
	return status;
}

/* Failed actions, which have a retention of their own. Before version 4 Action Scheduler keeps them, unless told not to. */
static asq_status asq_retention_failed(asq_purge_options *what)
{
	zval enabled;
	asq_status status;

	ZVAL_BOOL(&enabled, asq_scheduler_version() >= 40000);
	status = asq_wp_apply_filters("action_scheduler_enable_failed_action_cleanup", &enabled, 0, NULL);
	if (status == ASQ_OK && zend_is_true(&enabled)) {
		asq_retention_add(what, ASQ_STATUS_FAILED);
	}
	zval_ptr_dtor(&enabled);
	return status;
}

/* Until when each of them is deleted: by the caller's date, or by the filters. */
static asq_status asq_retention_dates(asq_retention *retention, asq_purge_options *what, bool failed_as_others)
{
	int64_t others = 0, of_failed = 0;
	asq_status status = ASQ_OK;

	if (!retention->has_before) {
		status = asq_retention_seconds("action_scheduler_retention_period", ASQ_MONTH, &others);
	}
	if (!retention->has_before && status == ASQ_OK) {
		status = asq_retention_seconds("action_scheduler_retention_period_for_failed", 3 * ASQ_MONTH, &of_failed);
	}
	for (unsigned i = 0; status == ASQ_OK && i < what->count; i++) {
		bool failed = !failed_as_others && strcmp(what->kinds[i].status, ASQ_STATUS_FAILED) == 0;
		int64_t now = asq_clock_now();
		retention->kept[i] = retention->has_before ? now - retention->before : MIN(failed ? of_failed : others, now);
		retention->dates[i] = asq_clock_gmt(now - retention->kept[i]);
		what->kinds[i].before = retention->dates[i];
	}
	return status;
}

asq_status asq_retention_plan(asq_retention *retention, asq_purge_options *what)
{
	asq_purge_options filtered = { .count = 0 };
	bool asked = what->count > 0, failed_as_others;
	asq_status status = ASQ_OK;

	if (!asked || !retention->has_before) {
		status = asq_retention_statuses(&filtered);
	}
	failed_as_others = retention->has_before || asq_retention_includes(&filtered, ASQ_STATUS_FAILED);
	if (status == ASQ_OK && !asked && !retention->has_before) {
		status = asq_retention_failed(&filtered);
	}
	if (!asked) {
		what->count = filtered.count;
		memcpy(what->kinds, filtered.kinds, sizeof(filtered.kinds));
	}
	return status == ASQ_OK ? asq_retention_dates(retention, what, failed_as_others) : status;
}

void asq_retention_free(asq_retention *retention)
{
	for (unsigned i = 0; i < ASQ_PURGE_KINDS; i++) {
		if (retention->dates[i]) {
			zend_string_release(retention->dates[i]);
			retention->dates[i] = NULL;
		}
	}
}
