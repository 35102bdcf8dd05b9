/*
 * clock.h: times as Action Scheduler writes them: UTC, and the site's local time by two different rules.
 */
#ifndef ASQ_WORDPRESS_CLOCK_H
#define ASQ_WORDPRESS_CLOCK_H

#include "call.h"

/* Now, from the clock that PHP's dates are made of: time() may be a few milliseconds behind it. */
int64_t asq_clock_now(void);

/* 'Y-m-d H:i:s' in UTC. */
zend_string *asq_clock_gmt(int64_t time);

/* In PHP's default time zone. */
zend_string *asq_clock_default(int64_t time);

/*
 * As ActionScheduler_TimezoneHelper leaves a date: in the site's named time zone, but in UTC where the site
 * has an offset only. ASQ_THROWN for a time zone that is none.
 */
asq_status asq_clock_local(int64_t time, zend_string **local);

/* current_time( 'mysql' ): in the site's time zone, named or not. */
asq_status asq_clock_current(zend_string **local);

/* An action's time, as as_get_datetime_object() reads it, if that takes no more than arithmetic. */
bool asq_clock_plain(const zval *when, int64_t *time);

#endif
