/*
 * args.c: arguments by userland's rules. Action Scheduler's functions have no types, and PHP functions ignore
 * surplus arguments; ours must, too, and so do not use zend_parse_parameters().
 */
#include "api.h"

#include <stdarg.h>

zval *asq_arg(zend_execute_data *execute_data, uint32_t n)
{
	zval *arg;

	if (n >= ZEND_NUM_ARGS()) {
		return NULL;
	}
	arg = ZEND_CALL_ARG(execute_data, n + 1);
	ZVAL_DEREF(arg);
	return Z_TYPE_P(arg) == IS_UNDEF ? NULL : arg;
}

bool asq_args_at_least(zend_execute_data *execute_data, uint32_t count, uint32_t most)
{
	if (ZEND_NUM_ARGS() >= count) {
		return true;
	}
	zend_wrong_parameters_count_error(count, most);
	return false;
}

void asq_options(zval *options, ...)
{
	va_list list;
	const char *name;

	array_init(options);
	va_start(list, options);
	while ((name = va_arg(list, const char *)) != NULL) {
		zval *value = va_arg(list, zval *);
		if (value) {
			Z_TRY_ADDREF_P(value);
			zend_hash_str_update(Z_ARRVAL_P(options), name, strlen(name), value);
		}
	}
	va_end(list);
}
