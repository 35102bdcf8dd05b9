/*
 * The Gregorian calendar, in UTC: the time of a second, the second of a time, and from one time to the next.
 */

#ifndef ASQ_ACTION_CALENDAR_H
#define ASQ_ACTION_CALENDAR_H

#include "php.h"

/* From the year 1 to what the library's date strings can still name. */
#define ASQ_LAST_YEAR 9999
#define ASQ_FIRST_SECOND INT64_C(-62135596800)
#define ASQ_LAST_SECOND INT64_C(253402300799)

typedef struct {
	int year;
	int month;
	int day;
	int weekday; /* Sunday is 0 */
	int hour;
	int minute;
} asq_civil_time;

/* A month's length. Month 0 is the December before. */
int asq_days_in(int year, int month);

/* Days since the epoch, and the weekday of such a day. */
int64_t asq_days_from_civil(int year, int month, int day);
int asq_weekday_of(int64_t days);

/* From ASQ_FIRST_SECOND on; what is less than a minute is left out. */
asq_civil_time asq_civil_time_of(int64_t seconds);
int64_t asq_civil_seconds(const asq_civil_time *t);

/* To the start of the next one. */
void asq_next_year(asq_civil_time *t);
void asq_next_month(asq_civil_time *t);
void asq_next_day(asq_civil_time *t);
void asq_next_hour(asq_civil_time *t);
void asq_next_minute(asq_civil_time *t);

#endif
