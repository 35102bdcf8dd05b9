/*
 * Cron expressions. Each part is turned into a set of the values that satisfy it by trying all of them against the
 * library's loose comparisons of numeric strings, once; looking for a date then only tests bits. The year has no set.
 */

#include "calendar.h"
#include "cron.h"

/* The library gives up after so many steps; where a step leads must therefore be the same here. */
#define MAX_STEPS 1000

#define NUMBERS "*,/-0123456789"
#define UPPER_CASE "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER_CASE "abcdefghijklmnopqrstuvwxyz"

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, YEAR };

typedef enum { NO, YES, ODD } answer;

/* One side of a comparison, as it stands in the expression. */
typedef struct {
	const char *text;
	size_t len;
	int type; /* IS_LONG, IS_DOUBLE, or 0 where the text is not numeric */
	zend_long number;
	double real;
} operand;

/* The other side: a part of a date, in digits, as DateTime::format() gives it. */
typedef struct {
	zend_long number;
	char text[8];
	size_t len;
} date_value;

typedef enum {
	ANYTHING,      /* a star */
	ONE_VALUE,     /* 5 */
	RANGE,         /* 1-5 */
	EVERY,         /* 0/20, or with a star for the 0 */
	EVERY_IN_RANGE /* 5/20, 5-40/20 */
} item_kind;

/* One item of a part's list. */
typedef struct {
	item_kind kind;
	operand low;
	operand high;
	operand step;
	bool is_open; /* EVERY_IN_RANGE without an end */
} item;

static const char *const month_names[] = {
	"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC", NULL
};

static const char *const weekday_names[] = { "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", NULL };

/* A part is valid if it has one of these characters anywhere. That is all the library asks. */
static const char *const alphabets[ASQ_CRON_PARTS] = {
	NUMBERS, NUMBERS, NUMBERS "?" UPPER_CASE LOWER_CASE, NUMBERS UPPER_CASE, NUMBERS UPPER_CASE, NUMBERS
};

static const struct {
	const char *name;
	const char *expression;
} shorthands[] = {
	{ "@yearly", "0 0 1 1 *" },
	{ "@annually", "0 0 1 1 *" },
	{ "@monthly", "0 0 1 * *" },
	{ "@weekly", "0 0 * * 0" },
	{ "@daily", "0 0 * * *" },
	{ "@hourly", "0 * * * *" },
};

static bool has(uint64_t set, int value)
{
	return (set >> value) & 1;
}

static void add(uint64_t *set, int value)
{
	*set |= UINT64_C(1) << value;
}

/* Comparing values */

static operand operand_of(const char *text)
{
	operand o = { .text = text, .len = strlen(text) };

	o.type = is_numeric_string(text, o.len, &o.number, &o.real, false);
	return o;
}

static date_value value_of(int number, size_t width)
{
	date_value value = { .number = number, .len = width };

	for (size_t at = width; at > 0; number /= 10) {
		value.text[--at] = (char) ('0' + number % 10);
	}
	return value;
}

/* PHP's comparison of two strings of which the first is numeric. */
static int compare(const date_value *value, const operand *o)
{
	switch (o->type) {
		case IS_LONG:
			return (value->number > o->number) - (value->number < o->number);
		case IS_DOUBLE:
			return ((double) value->number > o->real) - ((double) value->number < o->real);
		default:
			return zend_binary_strcmp(value->text, value->len, o->text, o->len);
	}
}

/* Splits text in place. */
static item item_of(char *text)
{
	item it = { .kind = ONE_VALUE };
	char *slash = strchr(text, '/');
	char *dash;

	if (slash) {
		*slash = '\0';
		it.step = operand_of(slash + 1);
		it.kind = EVERY_IN_RANGE;
	}
	dash = strchr(text, '-');
	it.is_open = dash == NULL;
	if (dash) {
		*dash = '\0';
		it.high = operand_of(dash + 1);
		it.kind = slash ? EVERY_IN_RANGE : RANGE;
	} else if (slash && (strcmp(text, "*") == 0 || strcmp(text, "0") == 0)) {
		it.kind = EVERY;
	} else if (strcmp(text, "*") == 0) {
		it.kind = ANYTHING;
	}
	it.low = operand_of(text);
	return it;
}

/* A step of 0, or one that is not a whole number, is an error or a warning. */
static answer is_nth(const item *it, const date_value *value)
{
	if (it->step.type != IS_LONG || it->step.number == 0) {
		return ODD;
	}
	return value->number % it->step.number == 0 ? YES : NO;
}

/* The library counts up from the low end; going down, or from something that is no number, it would not come back. */
static answer is_nth_in_range(const item *it, const date_value *value)
{
	if (compare(value, &it->low) < 0 || (!it->is_open && compare(value, &it->high) > 0)) {
		return NO;
	}
	if (it->low.type != IS_LONG || (!it->is_open && it->high.type != IS_LONG)
			|| it->step.type != IS_LONG || it->step.number <= 0) {
		return ODD;
	}
	return (value->number - it->low.number) % it->step.number == 0 ? YES : NO;
}

static answer item_matches(const item *it, const date_value *value)
{
	switch (it->kind) {
		case ANYTHING:
			return YES;
		case RANGE:
			return compare(value, &it->low) >= 0 && compare(value, &it->high) <= 0 ? YES : NO;
		case EVERY:
			return is_nth(it, value);
		case EVERY_IN_RANGE:
			return is_nth_in_range(it, value);
		default:
			return compare(value, &it->low) == 0 ? YES : NO;
	}
}

static void add_all(uint64_t *set, int from, int to)
{
	for (int number = from; number <= to; number++) {
		add(set, number);
	}
}

/* Adds the values that an item allows. False if it is odd for any of them. */
static bool add_matches(uint64_t *set, char *text, int from, int to, size_t width)
{
	item it = item_of(text);

	for (int number = from; number <= to; number++) {
		date_value value = value_of(number, width);
		answer matches = item_matches(&it, &value);

		if (matches == ODD) {
			return false;
		}
		if (matches == YES) {
			add(set, number);
		}
	}
	return true;
}

/* Reading items, by part. All split the item's text in place and return false if it is odd. */

static bool read_minute(asq_cron *cron, char *text)
{
	return add_matches(&cron->minutes, text, 0, 59, 2);
}

static bool read_hour(asq_cron *cron, char *text)
{
	return add_matches(&cron->hours, text, 0, 23, 2);
}

/* The name's first letter is replaced by the number, the rest is taken out; the number is the shorter of the two. */
static void replace_name(char *text, const char *name, int number)
{
	date_value value = value_of(number, number < 10 ? 1 : 2);
	size_t name_len = strlen(name);
	size_t left = strlen(text);

	while (left >= name_len) {
		if (zend_binary_strncasecmp(text, left, name, name_len, name_len) == 0) {
			memcpy(text, value.text, value.len);
			memmove(text + value.len, text + name_len, left - name_len + 1);
			text += value.len;
			left -= name_len;
		} else {
			text++;
			left--;
		}
	}
}

/* One name after the other, wherever it stands, as str_ireplace() does. */
static void replace_names(char *text, const char *const *names, int first)
{
	for (int i = 0; names[i]; i++) {
		replace_name(text, names[i], first + i);
	}
}

static bool read_month(asq_cron *cron, char *text)
{
	replace_names(text, month_names, 1);
	return add_matches(&cron->months, text, 1, 12, 2);
}

/* "15W". The library makes a date string of the day: more than two digits, or a day after the 31st, is an error. */
static bool read_nearest_day(asq_cron *cron, const char *text, size_t len)
{
	int day = 0;

	if (len > 2) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9') {
			return false;
		}
		day = day * 10 + text[i] - '0';
	}
	if (day > 31) {
		return false;
	}
	add(&cron->nearest_days, day);
	return true;
}

static bool read_day(asq_cron *cron, char *text)
{
	const char *w = strchr(text, 'W');

	if (strcmp(text, "?") == 0) {
		add_all(&cron->days, 1, 31);
		return true;
	}
	if (strcmp(text, "L") == 0) {
		cron->last_day = true;
		return true;
	}
	if (w && w != text) {
		return read_nearest_day(cron, text, (size_t) (w - text));
	}
	return add_matches(&cron->days, text, 1, 31, 2);
}

/* "5L". The library looks back from the month's end, for ever if it is no weekday. */
static bool read_last_weekday(asq_cron *cron, char *text)
{
	operand wanted;

	for (char *at = text; *at; at++) {
		if (*at == '7') {
			*at = '0';
		}
	}
	wanted = operand_of(text);
	if (wanted.type != IS_LONG || wanted.number < 0 || wanted.number > 6) {
		return false;
	}
	add(&cron->last_weekdays, (int) wanted.number);
	return true;
}

/* "2#3". The library throws for Saturdays and Sundays, and for a sixth; it takes a zeroth for the first. */
static bool read_nth_weekday(asq_cron *cron, char *weekday, char *nth)
{
	operand wanted = operand_of(weekday);
	operand count;

	nth[strcspn(nth, "#")] = '\0';
	count = operand_of(nth);
	if (wanted.type != IS_LONG || wanted.number < 1 || wanted.number > 5) {
		return false;
	}
	if (count.type != IS_LONG || count.number > 5) {
		return false;
	}
	add(&cron->nth_weekdays[wanted.number], (int) MAX(count.number, 1));
	return true;
}

/* Whether the first len characters are a number's digit, loosely: 07 and 7.0 are 7, too. */
static bool is_digit(char *text, size_t len, int digit)
{
	date_value value = value_of(digit, 1);
	char behind = text[len];
	operand o;

	text[len] = '\0';
	o = operand_of(text);
	text[len] = behind;
	return o.type != 0 && compare(&value, &o) == 0;
}

/* Puts one digit in the place of len characters. */
static void put_digit(char *text, size_t len, char digit)
{
	*text = digit;
	memmove(text + 1, text + len, strlen(text + len) + 1);
}

/* A range from Sunday starts with 0, one to Sunday ends with 7. An end with a step behind it is not looked at. */
static void settle_sunday(char *text)
{
	char *dash = strchr(text, '-');
	char *end;
	size_t end_len;

	if (!dash || dash == text) {
		return;
	}
	end = dash + 1;
	end_len = strcspn(end, "-");
	if (is_digit(text, (size_t) (dash - text), 7)) {
		put_digit(text, (size_t) (dash - text), '0');
	} else if (is_digit(end, end_len, 0)) {
		put_digit(end, end_len, '7');
	}
}

/* A 7 anywhere, even in a step, makes Sunday the 7th day instead of the 0th. */
static bool read_plain_weekday(asq_cron *cron, char *text)
{
	uint64_t set = 0;

	settle_sunday(text);
	if (!strchr(text, '7')) {
		return add_matches(&cron->weekdays, text, 0, 6, 1);
	}
	if (!add_matches(&set, text, 1, 7, 1)) {
		return false;
	}
	cron->weekdays |= (set & 0x7e) | set >> 7;
	return true;
}

static bool read_weekday(asq_cron *cron, char *text)
{
	char *mark;

	if (strcmp(text, "?") == 0) {
		add_all(&cron->weekdays, 0, 6);
		return true;
	}
	replace_names(text, weekday_names, 0);
	mark = strchr(text, 'L');
	if (mark && mark != text) {
		*mark = '\0';
		return read_last_weekday(cron, text);
	}
	mark = strchr(text, '#');
	if (mark && mark != text) {
		*mark = '\0';
		return read_nth_weekday(cron, text, mark + 1);
	}
	return read_plain_weekday(cron, text);
}

/* The rest of the list after the item that is copied to the buffer; NULL after the last. */
static const char *next_item(const char *list, char *buffer)
{
	size_t len = strcspn(list, ",");

	memcpy(buffer, list, len);
	buffer[len] = '\0';
	return list[len] ? list + len + 1 : NULL;
}

static bool read_parts(asq_cron *cron)
{
	static bool (*const readers[])(asq_cron *, char *) = { read_minute, read_hour, read_day, read_month, read_weekday };
	char text[ASQ_CRON_MAX_LENGTH + 1];

	for (int position = MINUTE; position <= WEEKDAY; position++) {
		const char *list = cron->parts[position].text;

		while (list) {
			list = next_item(list, text);
			if (!readers[position](cron, text)) {
				return false;
			}
		}
	}
	return true;
}

/* Parsing */

static const char *expand(const char *expression, size_t *len)
{
	for (size_t i = 0; i < sizeof(shorthands) / sizeof(shorthands[0]); i++) {
		if (*len == strlen(shorthands[i].name) && memcmp(expression, shorthands[i].name, *len) == 0) {
			*len = strlen(shorthands[i].expression);
			return shorthands[i].expression;
		}
	}
	return expression;
}

/* What is white space beyond ASCII depends on the locale; a NUL is white space to trim() only. */
static bool is_ordinary(const char *expression, size_t len)
{
	if (len > ASQ_CRON_MAX_LENGTH) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (expression[i] == '\0' || (unsigned char) expression[i] > 0x7f) {
			return false;
		}
	}
	return true;
}

/* Counts the parts that are too many, too, but keeps none of them. */
static void split(asq_cron *cron)
{
	static const char space[] = " \t\n\v\f\r";
	char *at = cron->buffer + strspn(cron->buffer, space);

	while (*at) {
		size_t len = strcspn(at, space);
		char *rest = at + len + strspn(at + len, space);

		at[len] = '\0';
		if (cron->part_count < ASQ_CRON_PARTS) {
			cron->parts[cron->part_count] = (asq_cron_part) { at, len };
		}
		cron->part_count++;
		at = rest;
	}
}

/* A message that does not fit is left to the library. */
static asq_cron_status refuse(int written, size_t error_size)
{
	return written >= 0 && (size_t) written < error_size ? ASQ_CRON_INVALID : ASQ_CRON_ODD;
}

/* Refuses what the library's constructor refuses, in its order. */
static asq_cron_status validate(const asq_cron *cron, const char *expression, size_t len, char *error, size_t size)
{
	if (cron->part_count < YEAR) {
		return refuse(snprintf(error, size, "%.*s is not a valid CRON expression", (int) len, expression), size);
	}
	for (uint32_t i = 0; i < cron->part_count; i++) {
		if (i == ASQ_CRON_PARTS) {
			return refuse(snprintf(error, size, "%u is not a valid position", i), size);
		}
		if (!strpbrk(cron->parts[i].text, alphabets[i])) {
			return refuse(snprintf(error, size, "Invalid CRON field value %s as position %u", cron->parts[i].text, i), size);
		}
	}
	return ASQ_CRON_OK;
}

asq_cron_status asq_cron_parse(asq_cron *cron, const char *expression, size_t len, char *error, size_t error_size)
{
	asq_cron_status status;

	memset(cron, 0, sizeof(*cron));
	expression = expand(expression, &len);
	if (!is_ordinary(expression, len)) {
		return ASQ_CRON_ODD;
	}
	cron->buffer = estrndup(expression, len);
	split(cron);
	status = validate(cron, expression, len, error, error_size);
	if (status == ASQ_CRON_OK && !read_parts(cron)) {
		status = ASQ_CRON_ODD;
	}
	if (status != ASQ_CRON_OK) {
		asq_cron_free(cron);
	}
	return status;
}

void asq_cron_free(asq_cron *cron)
{
	if (cron->buffer) {
		efree(cron->buffer);
	}
	memset(cron, 0, sizeof(*cron));
}

/* Looking for a date */

/* Tried anew for each year, of which there are too many for a set. */
static answer year_matches(const asq_cron *cron, int year)
{
	char text[ASQ_CRON_MAX_LENGTH + 1];
	const char *list = cron->part_count > YEAR ? cron->parts[YEAR].text : "*";
	date_value value = value_of(year, 4);

	if (year > ASQ_LAST_YEAR) {
		return ODD;
	}
	while (list) {
		item it;
		answer matches;

		list = next_item(list, text);
		it = item_of(text);
		matches = item_matches(&it, &value);
		if (matches != NO) {
			return matches;
		}
	}
	return NO;
}

/*
 * The day of the month of the working day nearest to a day that need not exist: 31 April is the library's 1 May, which
 * it then takes for 1 April, and 0 April its 31 March. 0 where it finds none, which is an error there.
 */
static int nearest_working_day(int year, int month, int target)
{
	static const int offsets[] = { -1, 1, -2, 2 };
	int64_t first = asq_days_from_civil(year, month, 1);
	int days = asq_days_in(year, month);
	int weekday = asq_weekday_of(first + target - 1);
	int last = days; /* of the month that the day is in */
	int day = target;

	if (target < 1) {
		last = day = asq_days_in(year, month - 1);
	} else if (target > days) {
		last = asq_days_in(year, month + 1);
		day = target - days;
	}
	if (weekday > 0 && weekday < 6) {
		return day;
	}
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		int adjusted = target + offsets[i];

		if (adjusted < 1 || adjusted > last || adjusted > days) {
			continue;
		}
		weekday = asq_weekday_of(first + adjusted - 1);
		if (weekday > 0 && weekday < 6) {
			return adjusted;
		}
	}
	return 0;
}

/* The nearest days come first, since one that is not found is an error whatever else the part's list allows. */
static answer day_matches(const asq_cron *cron, const asq_civil_time *t)
{
	bool is_nearest = false;

	for (int target = 0; cron->nearest_days >> target; target++) {
		int day = has(cron->nearest_days, target) ? nearest_working_day(t->year, t->month, target) : -1;

		if (day == 0) {
			return ODD;
		}
		is_nearest = is_nearest || day == t->day;
	}
	if (is_nearest || has(cron->days, t->day)) {
		return YES;
	}
	return cron->last_day && t->day == asq_days_in(t->year, t->month) ? YES : NO;
}

static bool weekday_matches(const asq_cron *cron, const asq_civil_time *t)
{
	if (has(cron->weekdays, t->weekday) || has(cron->nth_weekdays[t->weekday], (t->day + 6) / 7)) {
		return true;
	}
	return has(cron->last_weekdays, t->weekday) && t->day + 7 > asq_days_in(t->year, t->month);
}

/* Goes on from a time that does not match by the largest part that does not. YES: it matches. */
static answer advance(const asq_cron *cron, asq_civil_time *t)
{
	answer matches;

	if (!has(cron->months, t->month)) {
		asq_next_month(t);
		return NO;
	}
	matches = day_matches(cron, t);
	if (matches == ODD) {
		return ODD;
	}
	if (matches == NO || !weekday_matches(cron, t)) {
		asq_next_day(t);
	} else if (!has(cron->hours, t->hour)) {
		asq_next_hour(t);
	} else if (!has(cron->minutes, t->minute)) {
		asq_next_minute(t);
	} else {
		return YES;
	}
	return NO;
}

asq_cron_status asq_cron_next(const asq_cron *cron, int64_t from, bool allow_current, int64_t *next)
{
	asq_civil_time t;
	int64_t start;
	int known_year = 0;
	answer in_year = NO; /* the known one */

	if (from < ASQ_FIRST_SECOND || from > ASQ_LAST_SECOND) {
		return ASQ_CRON_ODD;
	}
	t = asq_civil_time_of(from);
	start = asq_civil_seconds(&t);
	for (int i = 0; i < MAX_STEPS; i++) {
		answer found;

		if (t.year != known_year) {
			known_year = t.year;
			in_year = year_matches(cron, t.year);
		}
		if (in_year == NO) {
			asq_next_year(&t);
			continue;
		}
		found = in_year == YES ? advance(cron, &t) : ODD;
		if (found == ODD) {
			return ASQ_CRON_ODD;
		}
		if (found == YES && !allow_current && asq_civil_seconds(&t) == start) {
			asq_next_minute(&t);
		} else if (found == YES) {
			*next = asq_civil_seconds(&t);
			return ASQ_CRON_OK;
		}
	}
	return t.year > ASQ_LAST_YEAR ? ASQ_CRON_ODD : ASQ_CRON_IMPOSSIBLE;
}
