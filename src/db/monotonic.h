/*
 * monotonic.h: for measuring time: seconds by a clock that nobody sets, and that says nothing of the day.
 */
#ifndef ASQ_DB_MONOTONIC_H
#define ASQ_DB_MONOTONIC_H

#include <time.h>

static inline double asq_monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

#endif
