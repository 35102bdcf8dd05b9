/*
 * The schedules that are stored with actions: the bytes of serialize() of Action Scheduler's schedule objects,
 * without the objects. All functions return a new string.
 */

#ifndef ASQ_ACTION_SCHEDULE_H
#define ASQ_ACTION_SCHEDULE_H

#include "cron.h"

/* Run as soon as possible. */
zend_string *asq_schedule_null(void);

/* Run once, at a time. */
zend_string *asq_schedule_simple(int64_t timestamp);

/*
 * Run every so many seconds; first is the time of the series' first run. The recurrence is stored in the type that the
 * caller gave it in. NULL where that is an array, an object or the like, for which there is no such schedule.
 */
zend_string *asq_schedule_interval(int64_t timestamp, int64_t first, const zval *recurrence);

/* Run when a cron expression says so. Action Scheduler stores a first time without its seconds; the caller sees to it. */
zend_string *asq_schedule_cron(int64_t timestamp, int64_t first, const asq_cron *cron);

#endif
