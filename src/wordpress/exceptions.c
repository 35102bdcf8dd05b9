/*
 * exceptions.c: the extension's own exceptions: their classes, and making them.
 */
#include "exceptions.h"
#include "clock.h"
#include "src/action/backoff.h"
#include "Zend/zend_exceptions.h"
#include "ext/date/php_date.h"
#include "ext/spl/spl_exceptions.h"

#include "stubs/asq_exceptions_arginfo.h"

zend_class_entry *asq_transient_exception, *asq_permanent_exception, *asq_retry_after_exception, *asq_crash_exception;
zend_class_entry *asq_conflict_exception, *asq_in_progress_exception, *asq_circuit_open_exception;

void asq_exceptions_startup(void)
{
	asq_transient_exception = register_class_Asq_TransientException(spl_ce_RuntimeException);
	asq_permanent_exception = register_class_Asq_PermanentException(spl_ce_RuntimeException);
	asq_retry_after_exception = register_class_Asq_RetryAfter(asq_transient_exception);
	asq_crash_exception = register_class_Asq_CrashException(spl_ce_RuntimeException);
	asq_conflict_exception = register_class_Asq_ConflictException(spl_ce_RuntimeException);
	asq_in_progress_exception = register_class_Asq_InProgressException(spl_ce_RuntimeException);
	asq_circuit_open_exception = register_class_Asq_CircuitOpenException(spl_ce_RuntimeException);
}

void asq_failure_new(zval *exception, zend_class_entry *ce, const zend_string *message)
{
	object_init_ex(exception, ce);
	zend_update_property_str(zend_ce_exception, Z_OBJ_P(exception), "message", sizeof("message") - 1, (zend_string *) message);
}

/* ---- Asq\RetryAfter ------------------------------------------------------------------------------- */

zend_long asq_seconds_from_now(const zval *stamp)
{
	zend_long now = (zend_long) asq_clock_now();

	return Z_TYPE_P(stamp) == IS_LONG && Z_LVAL_P(stamp) > now ? Z_LVAL_P(stamp) - now : 0;
}

/* Seconds from now; false: it is no date that can be read. */
static bool asq_seconds_until(zval *date, zend_long *seconds)
{
	zval stamp;

	if (asq_call_method(&stamp, Z_OBJ_P(date), "gettimestamp", 0, NULL) != ASQ_OK) {
		return false;
	}
	*seconds = asq_seconds_from_now(&stamp);
	zval_ptr_dtor(&stamp);
	return true;
}

ZEND_METHOD(Asq_RetryAfter, __construct)
{
	zval *after, *previous = NULL, args[3];
	zend_string *message = ZSTR_EMPTY_ALLOC();
	zend_long code = 0, seconds;

	ZEND_PARSE_PARAMETERS_START(1, 4)
		Z_PARAM_ZVAL(after)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR(message)
		Z_PARAM_LONG(code)
		Z_PARAM_OBJECT_OF_CLASS_OR_NULL(previous, zend_ce_throwable)
	ZEND_PARSE_PARAMETERS_END();

	if (Z_TYPE_P(after) == IS_OBJECT && instanceof_function(Z_OBJCE_P(after), php_date_get_interface_ce())) {
		if (!asq_seconds_until(after, &seconds)) {
			RETURN_THROWS();
		}
	} else if (Z_TYPE_P(after) == IS_LONG) {
		seconds = Z_LVAL_P(after);
	} else {
		zend_argument_type_error(1, "must be of type int or DateTimeInterface, %s given", zend_zval_type_name(after));
		RETURN_THROWS();
	}
	if (seconds < 0 || seconds > ASQ_DELAY_MAX) {
		zend_argument_value_error(1, "must be from 0 to %d seconds", ASQ_DELAY_MAX);
		RETURN_THROWS();
	}
	ZVAL_STR(&args[0], message);
	ZVAL_LONG(&args[1], code);
	if (previous) {
		ZVAL_COPY_VALUE(&args[2], previous);
	} else {
		ZVAL_NULL(&args[2]);
	}
	zend_call_known_function(zend_ce_exception->constructor, Z_OBJ_P(ZEND_THIS), zend_ce_exception, NULL, 3, args, NULL);
	zend_update_property_long(asq_retry_after_exception, Z_OBJ_P(ZEND_THIS), "seconds", sizeof("seconds") - 1, seconds);
}

zend_long asq_failure_seconds(zend_object *exception)
{
	zval scratch, *seconds = zend_read_property(asq_retry_after_exception, exception, "seconds", sizeof("seconds") - 1, true, &scratch);

	return Z_TYPE_P(seconds) == IS_LONG && Z_LVAL_P(seconds) > 0 ? MIN(Z_LVAL_P(seconds), ASQ_DELAY_MAX) : 0;
}

ZEND_METHOD(Asq_RetryAfter, getSeconds)
{
	ZEND_PARSE_PARAMETERS_NONE();
	RETURN_LONG(asq_failure_seconds(Z_OBJ_P(ZEND_THIS)));
}

/* ---- Those that say when to try again ----------------------------------------------------------- */

static void asq_failure_fill(zval *exception, zend_class_entry *ce, zend_long retry_after, zend_string *circuit, const char *format, va_list args)
{
	zend_string *message = zend_vstrpprintf(0, format, args);

	object_init_ex(exception, ce);
	zend_update_property_str(zend_ce_exception, Z_OBJ_P(exception), "message", sizeof("message") - 1, message);
	zend_update_property_long(ce, Z_OBJ_P(exception), "retryAfter", sizeof("retryAfter") - 1, retry_after);
	if (circuit) {
		zend_update_property_str(ce, Z_OBJ_P(exception), "circuit", sizeof("circuit") - 1, circuit);
	}
	zend_string_release(message);
}

void asq_failure_make(zval *exception, zend_class_entry *ce, zend_long retry_after, zend_string *circuit, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	asq_failure_fill(exception, ce, retry_after, circuit, format, args);
	va_end(args);
}

void asq_failure_throw(zend_class_entry *ce, zend_long retry_after, zend_string *circuit, const char *format, ...)
{
	zval exception;
	va_list args;

	va_start(args, format);
	asq_failure_fill(&exception, ce, retry_after, circuit, format, args);
	va_end(args);
	zend_throw_exception_object(&exception);
}

static void asq_return_property(zval *object, const char *name, zval *return_value)
{
	zval *value = asq_property(Z_OBJ_P(object), name, strlen(name));

	if (value) {
		ZVAL_COPY(return_value, value);
	}
}

ZEND_METHOD(Asq_InProgressException, getRetryAfter)
{
	ZEND_PARSE_PARAMETERS_NONE();
	asq_return_property(ZEND_THIS, "retryAfter", return_value);
}

ZEND_METHOD(Asq_CircuitOpenException, getRetryAfter)
{
	ZEND_PARSE_PARAMETERS_NONE();
	asq_return_property(ZEND_THIS, "retryAfter", return_value);
}

ZEND_METHOD(Asq_CircuitOpenException, getCircuit)
{
	ZEND_PARSE_PARAMETERS_NONE();
	asq_return_property(ZEND_THIS, "circuit", return_value);
}
