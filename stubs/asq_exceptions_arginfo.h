/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 0a6ee460deedd8b565d44c3f7859b549ad208414 */

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Asq_RetryAfter___construct, 0, 0, 1)
	ZEND_ARG_OBJ_TYPE_MASK(0, after, DateTimeInterface, MAY_BE_LONG, NULL)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, message, IS_STRING, 0, "\'\'")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, code, IS_LONG, 0, "0")
	ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, previous, Throwable, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Asq_RetryAfter_getSeconds, 0, 0, IS_LONG, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Asq_InProgressException_getRetryAfter arginfo_class_Asq_RetryAfter_getSeconds

#define arginfo_class_Asq_CircuitOpenException_getRetryAfter arginfo_class_Asq_RetryAfter_getSeconds

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Asq_CircuitOpenException_getCircuit, 0, 0, IS_STRING, 0)
ZEND_END_ARG_INFO()


ZEND_METHOD(Asq_RetryAfter, __construct);
ZEND_METHOD(Asq_RetryAfter, getSeconds);
ZEND_METHOD(Asq_InProgressException, getRetryAfter);
ZEND_METHOD(Asq_CircuitOpenException, getRetryAfter);
ZEND_METHOD(Asq_CircuitOpenException, getCircuit);


static const zend_function_entry class_Asq_TransientException_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Asq_PermanentException_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Asq_RetryAfter_methods[] = {
	ZEND_ME(Asq_RetryAfter, __construct, arginfo_class_Asq_RetryAfter___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Asq_RetryAfter, getSeconds, arginfo_class_Asq_RetryAfter_getSeconds, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};


static const zend_function_entry class_Asq_CrashException_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Asq_ConflictException_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Asq_InProgressException_methods[] = {
	ZEND_ME(Asq_InProgressException, getRetryAfter, arginfo_class_Asq_InProgressException_getRetryAfter, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};


static const zend_function_entry class_Asq_CircuitOpenException_methods[] = {
	ZEND_ME(Asq_CircuitOpenException, getRetryAfter, arginfo_class_Asq_CircuitOpenException_getRetryAfter, ZEND_ACC_PUBLIC)
	ZEND_ME(Asq_CircuitOpenException, getCircuit, arginfo_class_Asq_CircuitOpenException_getCircuit, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_Asq_TransientException(zend_class_entry *class_entry_RuntimeException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Asq", "TransientException", class_Asq_TransientException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);

	return class_entry;
}

static zend_class_entry *register_class_Asq_PermanentException(zend_class_entry *class_entry_RuntimeException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Asq", "PermanentException", class_Asq_PermanentException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);

	return class_entry;
}

static zend_class_entry *register_class_Asq_RetryAfter(zend_class_entry *class_entry_Asq_TransientException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Asq", "RetryAfter", class_Asq_RetryAfter_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_Asq_TransientException);

	zval property_seconds_default_value;
	ZVAL_LONG(&property_seconds_default_value, 0);
	zend_string *property_seconds_name = zend_string_init("seconds", sizeof("seconds") - 1, 1);
	zend_declare_typed_property(class_entry, property_seconds_name, &property_seconds_default_value, ZEND_ACC_PROTECTED, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_seconds_name);

	return class_entry;
}

static zend_class_entry *register_class_Asq_CrashException(zend_class_entry *class_entry_RuntimeException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Asq", "CrashException", class_Asq_CrashException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);

	return class_entry;
}

static zend_class_entry *register_class_Asq_ConflictException(zend_class_entry *class_entry_RuntimeException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Asq", "ConflictException", class_Asq_ConflictException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);

	return class_entry;
}

static zend_class_entry *register_class_Asq_InProgressException(zend_class_entry *class_entry_RuntimeException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Asq", "InProgressException", class_Asq_InProgressException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);

	zval property_retryAfter_default_value;
	ZVAL_LONG(&property_retryAfter_default_value, 1);
	zend_string *property_retryAfter_name = zend_string_init("retryAfter", sizeof("retryAfter") - 1, 1);
	zend_declare_typed_property(class_entry, property_retryAfter_name, &property_retryAfter_default_value, ZEND_ACC_PROTECTED, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_retryAfter_name);

	return class_entry;
}

static zend_class_entry *register_class_Asq_CircuitOpenException(zend_class_entry *class_entry_RuntimeException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Asq", "CircuitOpenException", class_Asq_CircuitOpenException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);

	zval property_retryAfter_default_value;
	ZVAL_LONG(&property_retryAfter_default_value, 1);
	zend_string *property_retryAfter_name = zend_string_init("retryAfter", sizeof("retryAfter") - 1, 1);
	zend_declare_typed_property(class_entry, property_retryAfter_name, &property_retryAfter_default_value, ZEND_ACC_PROTECTED, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_retryAfter_name);

	zval property_circuit_default_value;
	ZVAL_EMPTY_STRING(&property_circuit_default_value);
	zend_string *property_circuit_name = zend_string_init("circuit", sizeof("circuit") - 1, 1);
	zend_declare_typed_property(class_entry, property_circuit_name, &property_circuit_default_value, ZEND_ACC_PROTECTED, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_circuit_name);

	return class_entry;
}
