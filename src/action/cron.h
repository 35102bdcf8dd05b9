/*
 * Cron expressions, read exactly as Action Scheduler's PHP library reads them, oddities included, and always in UTC.
 * What that library answers with a warning, an error or an endless loop is left to it: ASQ_CRON_ODD.
 */

#ifndef ASQ_ACTION_CRON_H
#define ASQ_ACTION_CRON_H

#include "php.h"

/* Minute, hour, day of month, month, day of week, and perhaps year. */
#define ASQ_CRON_PARTS 6

/* Longer expressions are odd. An error buffer of the second size holds every message about the others. */
#define ASQ_CRON_MAX_LENGTH 1024
#define ASQ_CRON_ERROR_SIZE (ASQ_CRON_MAX_LENGTH + 64)

typedef enum {
	ASQ_CRON_OK,
	ASQ_CRON_INVALID,    /* the library refuses it: InvalidArgumentException */
	ASQ_CRON_IMPOSSIBLE, /* the library gives up looking for a date: RuntimeException */
	ASQ_CRON_ODD         /* ask the library */
} asq_cron_status;

typedef struct {
	const char *text; /* ends with a NUL */
	size_t len;
} asq_cron_part;

/* A parsed expression. The parts are what is stored; the sets are what they mean, bit n standing for the value n. */
typedef struct asq_cron {
	char *buffer; /* owned; the parts point into it */
	asq_cron_part parts[ASQ_CRON_PARTS];
	uint32_t part_count;
	uint64_t minutes;
	uint64_t hours;
	uint64_t days;
	uint64_t months;
	uint64_t weekdays;        /* Sunday is 0 */
	uint64_t nearest_days;    /* "15W": the working day nearest to the 15th */
	uint64_t last_weekdays;   /* "5L": the month's last Friday */
	uint64_t nth_weekdays[7]; /* "2#3": the month's third Tuesday; by weekday, bit 3 */
	bool last_day;            /* "L": the month's last day */
} asq_cron;

/*
 * Reads an expression of one of the library's forms, "@daily" and the like among them. INVALID puts the library's
 * message into error. Only after OK does the expression own request memory, to be given back by asq_cron_free().
 */
asq_cron_status asq_cron_parse(asq_cron *cron, const char *expression, size_t len, char *error, size_t error_size);

/*
 * The first matching minute after from, or, with allow_current, from's own minute too, in seconds since the epoch.
 * OK, IMPOSSIBLE (the library's bound on its search counts here, too) or ODD; next is set by OK only.
 */
asq_cron_status asq_cron_next(const asq_cron *cron, int64_t from, bool allow_current, int64_t *next);

/* May be called on anything that asq_cron_parse() has seen, any number of times. */
void asq_cron_free(asq_cron *cron);

#endif
