/*
 * series.c: a series after retries: its next instance is due when it would have been if the first attempt had not failed.
 */
#include "retry.h"
#include "src/action/schedule.h"
#include "src/store/failures.h"
#include "src/store/fetch.h"
#include "src/store/retries.h"
#include "src/wordpress/clock.h"

#include <time.h>

#define ASQ_INTERVAL_MAX 31536000000   /* seconds; a thousand years: what comes so seldom needs no time kept */

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
