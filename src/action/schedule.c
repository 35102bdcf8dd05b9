/*
 * Schedule blobs. The names of properties carry their visibility: "\0*\0" for protected ones, "\0Class\0" for private
 * ones. Each schedule stores its values twice, the second time under the names that Action Scheduler had before 3.0.
 */

#include "schedule.h"

#include "ext/standard/php_var.h"
#include "zend_smart_str.h"

/* In the order of the parts that they read. */
static const char *const field_classes[ASQ_CRON_PARTS] = {
	"CronExpression_MinutesField", "CronExpression_HoursField", "CronExpression_DayOfMonthField",
	"CronExpression_MonthField", "CronExpression_DayOfWeekField", "CronExpression_YearField"
};

static void append_quoted(smart_str *out, const char *text, size_t len)
{
	smart_str_append_unsigned(out, len);
	smart_str_appends(out, ":\"");
	smart_str_appendl(out, text, len);
	smart_str_appendc(out, '"');
}

static void open_brace(smart_str *out, size_t count)
{
	smart_str_appendc(out, ':');
	smart_str_append_unsigned(out, count);
	smart_str_appends(out, ":{");
}

static void open_object(smart_str *out, const char *class_name, size_t properties)
{
	smart_str_appends(out, "O:");
	append_quoted(out, class_name, strlen(class_name));
	open_brace(out, properties);
}

static void open_array(smart_str *out, size_t count)
{
	smart_str_appendc(out, 'a');
	open_brace(out, count);
}

static void close_brace(smart_str *out)
{
	smart_str_appendc(out, '}');
}

static void append_string(smart_str *out, const char *text, size_t len)
{
	smart_str_appends(out, "s:");
	append_quoted(out, text, len);
	smart_str_appendc(out, ';');
}

static void append_long(smart_str *out, int64_t value)
{
	smart_str_appends(out, "i:");
	smart_str_append_long(out, (zend_long) value);
	smart_str_appendc(out, ';');
}

static void append_long_property(smart_str *out, const char *name, size_t len, int64_t value)
{
	append_string(out, name, len);
	append_long(out, value);
}

static void append_zval_property(smart_str *out, const char *name, size_t len, const zval *value)
{
	php_serialize_data_t seen;
	zval copy;

	ZVAL_COPY_VALUE(&copy, value);
	append_string(out, name, len);
	PHP_VAR_SERIALIZE_INIT(seen);
	php_var_serialize(out, &copy, &seen);
	PHP_VAR_SERIALIZE_DESTROY(seen);
}

static void append_parts(smart_str *out, const asq_cron *cron)
{
	append_string(out, ZEND_STRL("\0CronExpression\0cronParts"));
	open_array(out, cron->part_count);
	for (uint32_t i = 0; i < cron->part_count; i++) {
		append_long(out, i);
		append_string(out, cron->parts[i].text, cron->parts[i].len);
	}
	close_brace(out);
}

/* The factory keeps the fields that it has made: one for each part, in their order, since all parts are validated. */
static void append_field_factory(smart_str *out, const asq_cron *cron)
{
	append_string(out, ZEND_STRL("\0CronExpression\0fieldFactory"));
	open_object(out, "CronExpression_FieldFactory", 1);
	append_string(out, ZEND_STRL("\0CronExpression_FieldFactory\0fields"));
	open_array(out, cron->part_count);
	for (uint32_t i = 0; i < cron->part_count; i++) {
		append_long(out, i);
		open_object(out, field_classes[i], 0);
		close_brace(out);
	}
	close_brace(out);
	close_brace(out);
}

static void append_cron_expression(smart_str *out, const asq_cron *cron)
{
	open_object(out, "CronExpression", 2);
	append_parts(out, cron);
	append_field_factory(out, cron);
	close_brace(out);
}

zend_string *asq_schedule_null(void)
{
	smart_str out = {0};

	open_object(&out, "ActionScheduler_NullSchedule", 0);
	close_brace(&out);
	return smart_str_extract(&out);
}

zend_string *asq_schedule_simple(int64_t timestamp)
{
	smart_str out = {0};

	open_object(&out, "ActionScheduler_SimpleSchedule", 2);
	append_long_property(&out, ZEND_STRL("\0*\0scheduled_timestamp"), timestamp);
	append_long_property(&out, ZEND_STRL("\0ActionScheduler_SimpleSchedule\0timestamp"), timestamp);
	close_brace(&out);
	return smart_str_extract(&out);
}

zend_string *asq_schedule_interval(int64_t timestamp, int64_t first, const zval *recurrence)
{
	smart_str out = {0};

	ZVAL_DEREF(recurrence);
	if (Z_TYPE_P(recurrence) > IS_STRING) {
		return NULL;
	}
	open_object(&out, "ActionScheduler_IntervalSchedule", 5);
	append_long_property(&out, ZEND_STRL("\0*\0scheduled_timestamp"), timestamp);
	append_long_property(&out, ZEND_STRL("\0*\0first_timestamp"), first);
	append_zval_property(&out, ZEND_STRL("\0*\0recurrence"), recurrence);
	append_long_property(&out, ZEND_STRL("\0ActionScheduler_IntervalSchedule\0start_timestamp"), timestamp);
	append_zval_property(&out, ZEND_STRL("\0ActionScheduler_IntervalSchedule\0interval_in_seconds"), recurrence);
	close_brace(&out);
	return smart_str_extract(&out);
}

zend_string *asq_schedule_cron(int64_t timestamp, int64_t first, const asq_cron *cron)
{
	smart_str out = {0};

	open_object(&out, "ActionScheduler_CronSchedule", 5);
	append_long_property(&out, ZEND_STRL("\0*\0scheduled_timestamp"), timestamp);
	append_long_property(&out, ZEND_STRL("\0*\0first_timestamp"), first);
	append_string(&out, ZEND_STRL("\0*\0recurrence"));
	append_cron_expression(&out, cron);
	append_long_property(&out, ZEND_STRL("\0ActionScheduler_CronSchedule\0start_timestamp"), timestamp);
	append_string(&out, ZEND_STRL("\0ActionScheduler_CronSchedule\0cron"));
	/* The same expression again: the fourth value, counting the schedule itself. */
	smart_str_appends(&out, "r:4;");
	close_brace(&out);
	return smart_str_extract(&out);
}
