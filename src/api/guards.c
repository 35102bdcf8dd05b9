/*
 * guards.c: the exceptions of idempotency keys and circuits, and the start of the classes of both.
 */
#include "circuit.h"
#include "guards.h"
#include "Zend/zend_exceptions.h"
#include "ext/spl/spl_exceptions.h"

#include "stubs/asq_failure_arginfo.h"

zend_class_entry *asq_conflict_exception, *asq_in_progress_exception, *asq_circuit_open_exception;

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

void asq_failure_startup(void)
{
	asq_conflict_exception = register_class_Asq_ConflictException(spl_ce_RuntimeException);
	asq_in_progress_exception = register_class_Asq_InProgressException(spl_ce_RuntimeException);
	asq_circuit_open_exception = register_class_Asq_CircuitOpenException(spl_ce_RuntimeException);
	asq_circuit_class_ready(register_class_Asq_Circuit());
}
