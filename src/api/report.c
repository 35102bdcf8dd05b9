/*
 * report.c: PHP warnings and exceptions made of the module's errors.
 */
#include "api.h"
#include "Zend/zend_exceptions.h"
#include "ext/spl/spl_exceptions.h"

void asq_warn(const asq_error *error)
{
	zend_error(E_WARNING, "asq: %s", error->message[0] ? error->message : "the database did not answer.");
}

void asq_throw_formatted(const char *class_name, const char *format, const char *value)
{
	zend_class_entry *ce = asq_class(class_name, true);
	zval args[2], message;

	if (EG(exception)) {
		return;
	}
	ZVAL_STR(&args[0], asq_wp_translate(format));
	ZVAL_STRING(&args[1], value);
	if (asq_call(&message, "sprintf", 2, args) == ASQ_OK) {
		zend_throw_exception(ce ? ce : spl_ce_RuntimeException, Z_STRVAL(message), 0);
		zval_ptr_dtor(&message);
	}
	zval_ptr_dtor(&args[0]);
	zval_ptr_dtor(&args[1]);
}
