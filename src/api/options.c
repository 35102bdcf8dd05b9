/*
 * options.c: reading the options that asq_* functions take as an array.
 */
#include "options.h"

zval *asq_option(HashTable *options, const char *name)
{
	zval *value = options ? zend_hash_str_find(options, name, strlen(name)) : NULL;

	if (value) {
		ZVAL_DEREF(value);
	}
	return value && Z_TYPE_P(value) != IS_NULL ? value : NULL;
}

/* A number that is not negative; false: an exception says so. */
bool asq_option_long(HashTable *options, const char *name, zend_long *number)
{
	zval *value = asq_option(options, name);

	if (!value) {
		return true;
	}
	if ((Z_TYPE_P(value) != IS_LONG && !(Z_TYPE_P(value) == IS_STRING
			&& is_numeric_string(Z_STRVAL_P(value), Z_STRLEN_P(value), NULL, NULL, false) == IS_LONG)) || zval_get_long(value) < 0) {
		zend_argument_value_error(1, "must have a whole number that is not negative as \"%s\"", name);
		return false;
	}
	*number = zval_get_long(value);
	return true;
}

bool asq_option_callable(HashTable *options, const char *name, zval **callable)
{
	zval *value = asq_option(options, name);

	if (value && !zend_is_callable(value, 0, NULL)) {
		zend_argument_type_error(1, "must have a callable as \"%s\"", name);
		return false;
	}
	*callable = value;
	return true;
}

bool asq_option_array(HashTable *options, const char *name, zval **array)
{
	zval *value = asq_option(options, name);

	if (value && Z_TYPE_P(value) != IS_ARRAY) {
		zend_argument_type_error(1, "must have an array as \"%s\"", name);
		return false;
	}
	*array = value ? value : *array;
	return true;
}
