/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 1c0bb2f08f1a11d4f2f71f625530258f616cd790 */

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Asq_Circuit___construct, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Asq_Circuit_call, 0, 1, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, callback, IS_CALLABLE, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, fallback, IS_CALLABLE, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Asq_Circuit_state, 0, 0, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Asq_Circuit_isAvailable, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Asq_Circuit_success, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Asq_Circuit_failure arginfo_class_Asq_Circuit_success

#define arginfo_class_Asq_Circuit_reset arginfo_class_Asq_Circuit_isAvailable

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Asq_Circuit_trip, 0, 0, _IS_BOOL, 0)
	ZEND_ARG_TYPE_MASK(0, seconds, MAY_BE_LONG|MAY_BE_DOUBLE|MAY_BE_NULL, "null")
ZEND_END_ARG_INFO()


ZEND_METHOD(Asq_Circuit, __construct);
ZEND_METHOD(Asq_Circuit, call);
ZEND_METHOD(Asq_Circuit, state);
ZEND_METHOD(Asq_Circuit, isAvailable);
ZEND_METHOD(Asq_Circuit, success);
ZEND_METHOD(Asq_Circuit, failure);
ZEND_METHOD(Asq_Circuit, reset);
ZEND_METHOD(Asq_Circuit, trip);


static const zend_function_entry class_Asq_Circuit_methods[] = {
	ZEND_ME(Asq_Circuit, __construct, arginfo_class_Asq_Circuit___construct, ZEND_ACC_PRIVATE)
	ZEND_ME(Asq_Circuit, call, arginfo_class_Asq_Circuit_call, ZEND_ACC_PUBLIC)
	ZEND_ME(Asq_Circuit, state, arginfo_class_Asq_Circuit_state, ZEND_ACC_PUBLIC)
	ZEND_ME(Asq_Circuit, isAvailable, arginfo_class_Asq_Circuit_isAvailable, ZEND_ACC_PUBLIC)
	ZEND_ME(Asq_Circuit, success, arginfo_class_Asq_Circuit_success, ZEND_ACC_PUBLIC)
	ZEND_ME(Asq_Circuit, failure, arginfo_class_Asq_Circuit_failure, ZEND_ACC_PUBLIC)
	ZEND_ME(Asq_Circuit, reset, arginfo_class_Asq_Circuit_reset, ZEND_ACC_PUBLIC)
	ZEND_ME(Asq_Circuit, trip, arginfo_class_Asq_Circuit_trip, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_Asq_Circuit(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Asq", "Circuit", class_Asq_Circuit_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NOT_SERIALIZABLE;

	return class_entry;
}
