/*
 * call.c: calling PHP from C.
 */
#include "call.h"
#include "php_asq.h"
#include "Zend/zend_exceptions.h"

static asq_status asq_called(zval *result, zval *scratch)
{
	if (EG(exception)) {
		zval_ptr_dtor(result ? result : scratch);
		if (result) {
			ZVAL_UNDEF(result);
		}
		return ASQ_THROWN;
	}
	if (!result) {
		zval_ptr_dtor(scratch);
	}
	return ASQ_OK;
}

static asq_status asq_call_function(zval *result, zend_function *function, zend_object *object, zend_class_entry *scope,
	uint32_t argc, zval *argv)
{
	zval scratch;
	zval *to = result ? result : &scratch;

	ZVAL_UNDEF(to);
	zend_call_known_function(function, object, scope, to, argc, argv, NULL);
	if (Z_ISREF_P(to)) {
		zend_unwrap_reference(to);
	}
	return asq_called(result, &scratch);
}

asq_status asq_call(zval *result, const char *name, uint32_t argc, zval *argv)
{
	zend_function *function = zend_hash_str_find_ptr(EG(function_table), name, strlen(name));

	if (!function) {
		return ASQ_NOT_FOUND;
	}
	return asq_call_function(result, function, NULL, NULL, argc, argv);
}

asq_status asq_call_callable(zval *result, zval *callable, uint32_t argc, zval *argv)
{
	zval scratch;
	zval *to = result ? result : &scratch;

	ZVAL_UNDEF(to);
	if (call_user_function(NULL, NULL, callable, to, argc, argv) == FAILURE && !EG(exception)) {
		return ASQ_NOT_FOUND;
	}
	return asq_called(result, &scratch);
}

asq_status asq_call_method(zval *result, zend_object *object, const char *method, uint32_t argc, zval *argv)
{
	zend_function *function = zend_hash_str_find_ptr(&object->ce->function_table, method, strlen(method));

	if (!function) {
		return ASQ_NOT_FOUND;
	}
	return asq_call_function(result, function, object, object->ce, argc, argv);
}

asq_status asq_call_on(zval *result, zval *value, const char *method, uint32_t argc, zval *argv)
{
	zval callable;
	asq_status status;

	if (Z_TYPE_P(value) != IS_OBJECT) {
		zend_throw_error(NULL, "Call to a member function %s() on %s", method, zend_zval_type_name(value));
		return ASQ_THROWN;
	}
	status = asq_call_method(result, Z_OBJ_P(value), method, argc, argv);
	if (status != ASQ_NOT_FOUND) {
		return status;
	}
	if (!Z_OBJCE_P(value)->__call) {
		zend_throw_error(NULL, "Call to undefined method %s::%s()", ZSTR_VAL(Z_OBJCE_P(value)->name), method);
		return ASQ_THROWN;
	}
	array_init(&callable);
	Z_ADDREF_P(value);
	add_next_index_zval(&callable, value);
	add_next_index_string(&callable, method);
	status = asq_call_callable(result, &callable, argc, argv);
	zval_ptr_dtor(&callable);
	return status;
}

asq_status asq_call_static(zval *result, const char *class_name, const char *method, uint32_t argc, zval *argv)
{
	zend_class_entry *ce = asq_class(class_name, true);
	zend_function *function;

	if (!ce) {
		return EG(exception) ? ASQ_THROWN : ASQ_NOT_FOUND;
	}
	function = zend_hash_str_find_ptr(&ce->function_table, method, strlen(method));
	if (!function) {
		return ASQ_NOT_FOUND;
	}
	return asq_call_function(result, function, NULL, ce, argc, argv);
}

zend_class_entry *asq_class(const char *name, bool autoload)
{
	zend_string *string = zend_string_init(name, strlen(name), 0);
	zend_class_entry *ce = zend_lookup_class_ex(string, NULL, autoload ? 0 : ZEND_FETCH_CLASS_NO_AUTOLOAD);

	zend_string_release(string);
	return ce;
}

asq_status asq_new(zval *result, zend_class_entry *ce, uint32_t argc, zval *argv)
{
	if (object_init_ex(result, ce) != SUCCESS) {
		ZVAL_UNDEF(result);
		return ASQ_THROWN;
	}
	if (ce->constructor) {
		zend_call_known_function(ce->constructor, Z_OBJ_P(result), ce, NULL, argc, argv, NULL);
		if (EG(exception)) {
			zend_object_store_ctor_failed(Z_OBJ_P(result));
			zval_ptr_dtor(result);
			ZVAL_UNDEF(result);
			return ASQ_THROWN;
		}
	}
	return ASQ_OK;
}

/* PHP 8.4 has properties that are hooks and nothing else. */
static bool asq_has_slot(const zend_property_info *info)
{
#if PHP_VERSION_ID >= 80400
	return !(info->flags & (ZEND_ACC_STATIC | ZEND_ACC_VIRTUAL));
#else
	return !(info->flags & ZEND_ACC_STATIC);
#endif
}

zval *asq_property(zend_object *object, const char *name, size_t length)
{
	/* The declared slot, wherever in the ancestry it is private; no __get is asked. */
	for (zend_class_entry *ce = object->ce; ce; ce = ce->parent) {
		zend_property_info *info = zend_hash_str_find_ptr(&ce->properties_info, name, length);
		if (info && asq_has_slot(info) && info->ce == ce) {
			zval *value = OBJ_PROP(object, info->offset);
			ZVAL_DEREF(value);
			return Z_TYPE_P(value) == IS_UNDEF ? NULL : value;
		}
	}
	if (object->properties) {
		zval *value = zend_hash_str_find_ind(object->properties, name, length);
		if (value) {
			ZVAL_DEREF(value);
		}
		return value;
	}
	return NULL;
}

static void asq_settle(HashTable *array, bool deeper)
{
	zval *value;

	ZEND_HASH_FOREACH_VAL(array, value) {
		if (Z_ISREF_P(value)) {
			zend_unwrap_reference(value);
		}
		if (deeper && Z_TYPE_P(value) == IS_ARRAY && zend_hash_num_elements(Z_ARRVAL_P(value))) {
			SEPARATE_ARRAY(value);
			asq_settle(Z_ARRVAL_P(value), false);
		}
	} ZEND_HASH_FOREACH_END();
}

HashTable *asq_settled(const HashTable *given)
{
	HashTable *settled = zend_array_dup((HashTable *) given);

	asq_settle(settled, true);
	return settled;
}

void asq_table_set(HashTable *table, zend_string *key, zval *value)
{
	zval *at = zend_hash_find(table, key), before;

	if (!at) {
		zend_hash_add_new(table, key, value);
		return;
	}
	ZVAL_COPY_VALUE(&before, at);
	ZVAL_COPY_VALUE(at, value);
	zval_ptr_dtor(&before);
}

zval *asq_global(const char *name, size_t length)
{
	zval *value = zend_hash_str_find_ind(&EG(symbol_table), name, length);

	if (value) {
		ZVAL_DEREF(value);
	}
	return value;
}

bool asq_is_exit(const zend_object *exception)
{
	return zend_is_unwind_exit(exception) || zend_is_graceful_exit(exception);
}

void asq_catch(zval *exception)
{
	ZVAL_OBJ_COPY(exception, EG(exception));
	zend_clear_exception();
}

void asq_log_line(const char *format, ...)
{
	zend_string *line;
	va_list args;

	va_start(args, format);
	line = zend_vstrpprintf(0, format, args);
	va_end(args);
	php_log_err(ZSTR_VAL(line));
	zend_string_release(line);
}

asq_status asq_ignore_thrown(const char *who)
{
	zval thrown;
	zend_string *message;

	if (asq_is_exit(EG(exception))) {
		return ASQ_THROWN;
	}
	asq_catch(&thrown);
	message = asq_exception_message(&thrown);
	asq_log_line("asq: %s threw, and is ignored: %s", who, ZSTR_VAL(message));
	zend_string_release(message);
	zval_ptr_dtor(&thrown);
	return ASQ_OK;
}

asq_status asq_survive(asq_status status, const char *who)
{
	return status == ASQ_THROWN ? asq_ignore_thrown(who) : status;
}

asq_pending asq_put_aside(void)
{
	asq_pending pending = { EG(exception), EG(opline_before_exception) };

	EG(exception) = NULL;
	return pending;
}

void asq_put_back(asq_pending pending)
{
	if (!pending.exception) {
		return;
	}
	if (EG(exception) && asq_is_exit(EG(exception))) {
		OBJ_RELEASE(pending.exception);
		return;
	}
	if (EG(exception)) {
		zend_clear_exception();
	}
	EG(exception) = pending.exception;
	EG(opline_before_exception) = pending.opline;
}

zend_string *asq_exception_message(zval *exception)
{
	zval *message = asq_property(Z_OBJ_P(exception), "message", sizeof("message") - 1);

	return message ? zval_get_string(message) : ZSTR_EMPTY_ALLOC();
}
