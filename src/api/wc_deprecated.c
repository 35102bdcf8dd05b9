/*
 * wc_deprecated.c: the functions' names of before Action Scheduler 2.1, when they were WooCommerce's.
 */
#include "api.h"

/* _deprecated_function( $old, '2.1.0', 'as_...()' ) */
static asq_status asq_say_deprecated(const char *old, const char *new)
{
	zval args[3];
	asq_status status;

	ZVAL_STRING(&args[0], old);
	ZVAL_STRING(&args[1], "2.1.0");
	ZVAL_STR(&args[2], zend_strpprintf(0, "%s()", new));
	status = asq_call(NULL, "_deprecated_function", 3, args);
	for (int i = 0; i < 3; i++) {
		zval_ptr_dtor(&args[i]);
	}
	return status;
}

/* All six: wc_NAME( ... ) is as_NAME( ... ), without the parameters that have come since. */
ZEND_FUNCTION(wc_deprecated_action)
{
	const zend_function *self = EX(func);
	const char *old = ZSTR_VAL(self->common.function_name);
	uint32_t argc = MIN(ZEND_NUM_ARGS(), self->common.num_args);
	char new[64];

	if (!asq_args_at_least(execute_data, self->common.required_num_args, self->common.num_args)) {
		RETURN_THROWS();
	}
	snprintf(new, sizeof(new), "as_%s", old + sizeof("wc_") - 1);
	if (asq_say_deprecated(old, new) == ASQ_THROWN) {
		RETURN_THROWS();
	}
	if (asq_call(return_value, new, argc, ZEND_CALL_ARG(execute_data, 1)) == ASQ_OK && strcmp(old, "wc_unschedule_action") == 0) {
		zval_ptr_dtor(return_value);
		RETVAL_NULL();
	}
}
