/*
 * native.c: the frame of a native call.
 */
#include "native.h"
#include "src/worker/worker.h"

bool asq_native_begin(asq_native *call, zend_execute_data *execute_data, zval *return_value)
{
	zval *self = asq_arg(execute_data, 1);

	memset(call, 0, sizeof(*call));
	call->execute_data = execute_data;
	call->return_value = return_value;
	ZVAL_FALSE(return_value);
	if (!self || Z_TYPE_P(self) != IS_OBJECT) {
		return false;
	}
	call->self = Z_OBJ_P(self);
	return true;
}

static void asq_native_note(asq_native *call)
{
	ASQ_G(last_error) = call->error;
}

bool asq_native_open(asq_native *call)
{
	if (asq_run_settle() != ASQ_OK) {
		return false;
	}
	call->open = asq_site_open(&call->site, &call->error) == ASQ_OK;
	if (!call->open) {
		asq_native_note(call);
	}
	return call->open;
}

asq_status asq_native_reopen(asq_native *call)
{
	asq_site_close(&call->site);
	return asq_native_open(call) ? ASQ_OK : ASQ_FAILED;
}

bool asq_native_open_store(asq_native *call, const char *const *methods)
{
	return asq_store_has_stock(call->self, methods) && asq_native_open(call);
}

zval *asq_native_arg(asq_native *call, uint32_t n)
{
	return asq_arg(call->execute_data, n + 2);
}

bool asq_native_id(asq_native *call, uint32_t n, uint64_t *id)
{
	zval *arg = asq_native_arg(call, n);
	zend_long number = 0;

	if (arg && Z_TYPE_P(arg) == IS_LONG) {
		number = Z_LVAL_P(arg);
	} else if (arg && Z_TYPE_P(arg) == IS_STRING
			&& is_numeric_string(Z_STRVAL_P(arg), Z_STRLEN_P(arg), &number, NULL, false) != IS_LONG) {
		number = 0;
	}
	*id = number > 0 ? (uint64_t) number : 0;
	return number > 0;
}

void asq_native_end(asq_native *call, asq_status status, zval *value)
{
	if (call->open) {
		asq_site_close(&call->site);
	}
	if (status == ASQ_OK) {
		zval *result = ZEND_CALL_ARG(call->execute_data, 1);
		zval none;
		ZVAL_NULL(&none);
		ZEND_TRY_ASSIGN_REF_TMP(result, value ? value : &none);
		ZVAL_TRUE(call->return_value);
	} else if (status == ASQ_FAILED) {
		asq_native_note(call);
	}
}
