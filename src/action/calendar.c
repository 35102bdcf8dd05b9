/*
 * The Gregorian calendar, in UTC, and the steps by which Action Scheduler's PHP library looks for a date.
 */

#include "calendar.h"

#define SECONDS_A_DAY 86400

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int asq_days_in(int year, int month)
{
	static const int days[] = { 31, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month] + (month == 2 && is_leap(year));
}

/* Days since the epoch, with years that begin in March, so that a leap day is a year's last. */
int64_t asq_days_from_civil(int year, int month, int day)
{
	int64_t y = year - (month <= 2);
	int64_t era = y / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

int asq_weekday_of(int64_t days)
{
	return (int) (((days + 4) % 7 + 7) % 7);
}

asq_civil_time asq_civil_time_of(int64_t seconds)
{
	int64_t elapsed = seconds - ASQ_FIRST_SECOND; /* not negative, so division goes down */
	int64_t days = elapsed / SECONDS_A_DAY;
	int64_t shifted = days + 306; /* since 1 March of the year 0 */
	int64_t era = shifted / 146097;
	int64_t day_of_era = shifted % 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	asq_civil_time t;

	t.month = (int) (month < 10 ? month + 3 : month - 9);
	t.year = (int) (era * 400 + year_of_era + (t.month <= 2));
	t.day = (int) (day_of_year - (153 * month + 2) / 5 + 1);
	t.weekday = (int) ((days + 1) % 7); /* the year 1 began on a Monday */
	t.hour = (int) (elapsed % SECONDS_A_DAY / 3600);
	t.minute = (int) (elapsed % 3600 / 60);
	return t;
}

int64_t asq_civil_seconds(const asq_civil_time *t)
{
	return asq_days_from_civil(t->year, t->month, t->day) * SECONDS_A_DAY + t->hour * 3600 + t->minute * 60;
}

static void go_to(asq_civil_time *t, int year, int month)
{
	*t = (asq_civil_time) { .year = year, .month = month, .day = 1 };
	t->weekday = asq_weekday_of(asq_days_from_civil(year, month, 1));
}

void asq_next_year(asq_civil_time *t)
{
	go_to(t, t->year + 1, 1);
}

/* The library adds a month before it goes to the first: from 31 January it gets to March, by way of 31 February. */
void asq_next_month(asq_civil_time *t)
{
	int year = t->month == 12 ? t->year + 1 : t->year;
	int month = t->month == 12 ? 1 : t->month + 1;

	if (t->day > asq_days_in(year, month)) {
		month++;
	}
	go_to(t, year, month);
}

void asq_next_day(asq_civil_time *t)
{
	t->weekday = (t->weekday + 1) % 7;
	t->hour = 0;
	t->minute = 0;
	if (++t->day > asq_days_in(t->year, t->month)) {
		t->day = 1;
		if (++t->month > 12) {
			t->month = 1;
			t->year++;
		}
	}
}

void asq_next_hour(asq_civil_time *t)
{
	t->minute = 0;
	if (++t->hour > 23) {
		asq_next_day(t);
	}
}

void asq_next_minute(asq_civil_time *t)
{
	if (++t->minute > 59) {
		asq_next_hour(t);
	}
}
