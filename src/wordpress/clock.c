/*
 * clock.c: times as Action Scheduler writes them.
 */
#include "clock.h"
#include "hooks.h"
#include "php_asq.h"
#include "ext/date/php_date.h"

#include <sys/time.h>

static const char asq_clock_format[] = "Y-m-d H:i:s";

int64_t asq_clock_now(void)
{
	struct timeval now;

	gettimeofday(&now, NULL);
	return (int64_t) now.tv_sec;
}

zend_string *asq_clock_gmt(int64_t when)
{
	return php_format_date(asq_clock_format, sizeof(asq_clock_format) - 1, (time_t) when, 0);
}

zend_string *asq_clock_default(int64_t when)
{
	return php_format_date(asq_clock_format, sizeof(asq_clock_format) - 1, (time_t) when, 1);
}

/* The time in the named zone, through PHP's own date classes. */
static asq_status asq_clock_in_zone(int64_t when, zval *zone_name, zend_string **local)
{
	zval date, zone, text, result;
	asq_status status;

	ZVAL_UNDEF(&date);
	ZVAL_UNDEF(&zone);
	ZVAL_STR(&text, zend_strpprintf(0, "@" ZEND_LONG_FMT, (zend_long) when));
	status = asq_new(&date, php_date_get_date_ce(), 1, &text);
	zval_ptr_dtor(&text);
	if (status == ASQ_OK) {
		status = asq_new(&zone, php_date_get_timezone_ce(), 1, zone_name);
	}
	if (status == ASQ_OK) {
		status = asq_call_method(NULL, Z_OBJ(date), "settimezone", 1, &zone);
	}
	if (status == ASQ_OK) {
		ZVAL_STRINGL(&text, asq_clock_format, sizeof(asq_clock_format) - 1);
		status = asq_call_method(&result, Z_OBJ(date), "format", 1, &text);
		zval_ptr_dtor(&text);
	}
	if (status == ASQ_OK) {
		*local = Z_STR(result);
	}
	zval_ptr_dtor(&date);
	zval_ptr_dtor(&zone);
	return status;
}

asq_status asq_clock_local(int64_t when, zend_string **local)
{
	zval zone;
	asq_status status = asq_wp_option(&zone, "timezone_string");

	if (status != ASQ_OK) {
		return status;
	}
	if (zend_is_true(&zone)) {
		status = asq_clock_in_zone(when, &zone, local);
	} else {
		*local = asq_clock_gmt(when);
	}
	zval_ptr_dtor(&zone);
	return status;
}

asq_status asq_clock_current(zend_string **local)
{
	zval arg, result;
	asq_status status;

	ZVAL_STRING(&arg, "mysql");
	status = asq_call(&result, "current_time", 1, &arg);
	zval_ptr_dtor(&arg);
	if (status == ASQ_NOT_FOUND) {
		*local = asq_clock_default(asq_clock_now());
		return ASQ_OK;
	}
	if (status == ASQ_OK) {
		*local = zval_get_string(&result);
		zval_ptr_dtor(&result);
	}
	return status;
}

bool asq_clock_plain(const zval *when, int64_t *time)
{
	zend_ulong number;

	if (Z_TYPE_P(when) == IS_LONG) {
		*time = Z_LVAL_P(when);
	} else if (Z_TYPE_P(when) == IS_STRING && ZEND_HANDLE_NUMERIC_STR(Z_STRVAL_P(when), Z_STRLEN_P(when), number)) {
		*time = (int64_t) number;
	} else {
		return false;
	}
	/* The years that DATETIME can hold; what is beyond has warnings of its own. */
	return *time > -62135596800 && *time < 253402300800;
}
