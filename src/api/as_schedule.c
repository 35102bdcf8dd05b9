/*
 * as_schedule.c: the four functions that create an action.
 */
#include "api.h"

/* The values of parameters that were not given. */
typedef struct {
	zval args, group, unique, priority;
} asq_defaults;

static void asq_defaults_init(asq_defaults *defaults)
{
	ZVAL_EMPTY_ARRAY(&defaults->args);
	ZVAL_EMPTY_STRING(&defaults->group);
	ZVAL_FALSE(&defaults->unique);
	ZVAL_LONG(&defaults->priority, 10);
}

static zval *asq_arg_or(zend_execute_data *execute_data, uint32_t n, zval *otherwise)
{
	zval *arg = asq_arg(execute_data, n);

	return arg ? arg : otherwise;
}

/* Reads hook, args, group, unique and priority, the hook being the n-th argument. */
static void asq_read_common(zend_execute_data *execute_data, uint32_t n, asq_creation *creation, asq_defaults *defaults)
{
	asq_defaults_init(defaults);
	creation->hook = asq_arg(execute_data, n);
	creation->args = asq_arg_or(execute_data, n + 1, &defaults->args);
	creation->group = asq_arg_or(execute_data, n + 2, &defaults->group);
	creation->unique = asq_arg_or(execute_data, n + 3, &defaults->unique);
	creation->priority = asq_arg_or(execute_data, n + 4, &defaults->priority);
}

/*
 * The pre_as_* filter: true if it has decided, with the id (or 0, or an exception) in return_value. It gets
 * the time and the pattern, where there are any, then hook, args, group and priority; $unique comes last
 * where this Action Scheduler hands it over.
 */
static bool asq_pre_filter(const char *filter, const asq_creation *creation, bool with_unique, zval *return_value)
{
	zval *all[] = { creation->when, creation->pattern, creation->hook, creation->args, creation->group, creation->priority,
		with_unique ? creation->unique : NULL };
	zval pre, argv[7];
	uint32_t argc = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (all[i]) {
			ZVAL_COPY_VALUE(&argv[argc++], all[i]);
		}
	}
	ZVAL_NULL(&pre);
	if (asq_wp_apply_filters(filter, &pre, argc, argv) == ASQ_THROWN) {
		return true;
	}
	if (Z_TYPE(pre) == IS_NULL) {
		return false;
	}
	RETVAL_LONG(Z_TYPE(pre) == IS_LONG ? Z_LVAL(pre) : 0);
	zval_ptr_dtor(&pre);
	return true;
}

/* From 3.9.3 on all four filters are told of $unique; the first always was. */
static bool asq_filters_know_unique(void)
{
	return asq_scheduler_version() >= 30903;
}

ZEND_FUNCTION(as_enqueue_async_action)
{
	asq_creation creation = { .kind = ASQ_ASYNC };
	asq_defaults defaults;

	if (!asq_args_at_least(execute_data, 1, 5)) {
		RETURN_THROWS();
	}
	RETVAL_LONG(0);
	asq_read_common(execute_data, 0, &creation, &defaults);
	if (asq_scheduler_ready("as_enqueue_async_action") == ASQ_OK
			&& !asq_pre_filter("pre_as_enqueue_async_action", &creation, true, return_value)) {
		asq_create(&creation, return_value);
	} else {
		/* What a filter has enqueued instead is not this one. */
		ASQ_G(created) = 0;
	}
}

ZEND_FUNCTION(as_schedule_single_action)
{
	asq_creation creation = { .kind = ASQ_SINGLE };
	asq_defaults defaults;

	if (!asq_args_at_least(execute_data, 2, 6)) {
		RETURN_THROWS();
	}
	RETVAL_LONG(0);
	creation.when = asq_arg(execute_data, 0);
	asq_read_common(execute_data, 1, &creation, &defaults);
	if (asq_scheduler_ready("as_schedule_single_action") == ASQ_OK
			&& !asq_pre_filter("pre_as_schedule_single_action", &creation, asq_filters_know_unique(), return_value)) {
		asq_create(&creation, return_value);
	}
}

/* is_numeric( $interval ) && $interval == (int) $interval */
static bool asq_is_whole(zval *interval)
{
	zval whole;
	zend_uchar type;

	ZVAL_LONG(&whole, zval_get_long(interval));   /* warns of an object, as AS's cast does */
	if (Z_TYPE_P(interval) == IS_LONG) {
		return true;
	}
	if (Z_TYPE_P(interval) != IS_DOUBLE) {
		type = Z_TYPE_P(interval) == IS_STRING ? is_numeric_string(Z_STRVAL_P(interval), Z_STRLEN_P(interval), NULL, NULL, false) : 0;
		if (type == 0) {
			return false;
		}
	}
	return zend_compare(interval, &whole) == 0;
}

/* esc_html( $value ), or the value where there is no WordPress. */
static zend_string *asq_esc_html(zval *value)
{
	zval result;
	zend_string *text;

	if (asq_call(&result, "esc_html", 1, value) != ASQ_OK) {
		return EG(exception) ? NULL : zval_get_string(value);
	}
	text = zval_get_string(&result);
	zval_ptr_dtor(&result);
	return text;
}

static void asq_say_not_whole(zval *interval)
{
	zval args[3], format, message, type;
	zend_string *value, *type_name;

	value = asq_esc_html(interval);
	if (!value) {
		return;
	}
	ZVAL_STR_COPY(&type, zend_zval_get_legacy_type(interval));
	type_name = asq_esc_html(&type);
	ZVAL_STR(&format, asq_wp_translate("An integer was expected but \"%1$s\" (%2$s) was received."));
	ZVAL_STR(&args[0], asq_esc_html(&format));
	zval_ptr_dtor(&format);
	ZVAL_STR(&args[1], value);
	ZVAL_STR(&args[2], type_name ? type_name : ZSTR_EMPTY_ALLOC());
	asq_call(&message, "sprintf", 3, args);
	for (int i = 0; i < 3; i++) {
		zval_ptr_dtor(&args[i]);
	}
	zval_ptr_dtor(&type);
	ZVAL_STRING(&args[0], "as_schedule_recurring_action");
	ZVAL_COPY_VALUE(&args[1], &message);
	ZVAL_STRING(&args[2], "3.6.0");
	if (asq_call(NULL, "_doing_it_wrong", 3, args) == ASQ_NOT_FOUND) {
		zend_error(E_WARNING, "as_schedule_recurring_action(): %s", Z_STRVAL(message));
	}
	for (int i = 0; i < 3; i++) {
		zval_ptr_dtor(&args[i]);
	}
}

ZEND_FUNCTION(as_schedule_recurring_action)
{
	asq_creation creation = { .kind = ASQ_RECURRING };
	asq_defaults defaults;

	if (!asq_args_at_least(execute_data, 3, 7)) {
		RETURN_THROWS();
	}
	RETVAL_LONG(0);
	creation.when = asq_arg(execute_data, 0);
	creation.pattern = asq_arg(execute_data, 1);
	asq_read_common(execute_data, 2, &creation, &defaults);
	if (asq_scheduler_ready("as_schedule_recurring_action") != ASQ_OK) {
		return;
	}
	if (!asq_is_whole(creation.pattern)) {
		asq_say_not_whole(creation.pattern);
		return;
	}
	if (!asq_pre_filter("pre_as_schedule_recurring_action", &creation, asq_filters_know_unique(), return_value)) {
		asq_create(&creation, return_value);
	}
}

ZEND_FUNCTION(as_schedule_cron_action)
{
	asq_creation creation = { .kind = ASQ_CRON };
	asq_defaults defaults;

	if (!asq_args_at_least(execute_data, 3, 7)) {
		RETURN_THROWS();
	}
	RETVAL_LONG(0);
	creation.when = asq_arg(execute_data, 0);
	creation.pattern = asq_arg(execute_data, 1);
	asq_read_common(execute_data, 2, &creation, &defaults);
	if (asq_scheduler_ready("as_schedule_cron_action") == ASQ_OK
			&& !asq_pre_filter("pre_as_schedule_cron_action", &creation, asq_filters_know_unique(), return_value)) {
		asq_create(&creation, return_value);
	}
}
