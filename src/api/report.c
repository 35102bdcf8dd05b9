/*
 * report.c: PHP warnings and exceptions made of the module's errors, and what is returned where there is none.
 */
#include "api.h"
#include "Zend/zend_exceptions.h"
#include "ext/spl/spl_exceptions.h"

const char *asq_error_text(const asq_error *error)
{
	return error->message[0] ? error->message : "the database did not answer.";
}

void asq_warn(const asq_error *error)
{
	zend_error(E_WARNING, "asq: %s", asq_error_text(error));
}

void asq_throw_error(const char *function, const asq_error *error)
{
	if (!EG(exception)) {
		zend_throw_exception_ex(spl_ce_RuntimeException, (zend_long) error->code, "%s(): %s", function, asq_error_text(error));
	}
}

void asq_return_or_throw(asq_status status, const char *function, const asq_error *error, zval *return_value)
{
	if (status != ASQ_OK) {
		zval_ptr_dtor(return_value);
		ZVAL_NULL(return_value);
		asq_throw_error(function, error);
	}
}

void asq_return_list(bool own, asq_list_reader read, const char *function, zval *return_value)
{
	asq_site site;
	asq_error error = {0};
	asq_status status = own ? asq_site_open_own(&site, 0, &error) : asq_site_open(&site, &error);

	if (status == ASQ_OK) {
		status = read(&site, return_value, &error);
		asq_site_close(&site);
	}
	asq_return_or_throw(status, function, &error, return_value);
}

void asq_throw_formatted(const char *class_name, const char *format, zend_string *value)
{
	zend_class_entry *ce = asq_class(class_name, true);
	zval args[2], message, exception;

	if (EG(exception)) {
		return;
	}
	ZVAL_STR(&args[0], asq_wp_translate(format));
	ZVAL_STR(&args[1], value);
	if (asq_call(&message, "sprintf", 2, args) == ASQ_OK) {
		/* Not zend_throw_exception(): for that the message would end at a NUL byte. */
		if (asq_new(&exception, ce ? ce : spl_ce_RuntimeException, 1, &message) == ASQ_OK) {
			zend_throw_exception_object(&exception);
		}
		zval_ptr_dtor(&message);
	}
	zval_ptr_dtor(&args[0]);
}
