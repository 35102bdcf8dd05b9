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

/* True if one of the options is not among the names: an exception says so. */
bool asq_options_unknown(HashTable *options, uint32_t argument, const char *const *names)
{
	zend_string *key;

	if (!options) {
		return false;
	}
	ZEND_HASH_FOREACH_STR_KEY(options, key) {
		const char *const *name = names;
		while (key && *name && !zend_string_equals_cstr(key, *name, strlen(*name))) {
			name++;
		}
		if (!key || !*name) {
			zend_argument_value_error(argument, "has an unknown option \"%.40s\"", key ? ZSTR_VAL(key) : "0");
			return true;
		}
	} ZEND_HASH_FOREACH_END();
	return false;
}

bool asq_option_seconds(HashTable *options, uint32_t argument, const char *name, double least, double most, double *seconds)
{
	zval *value = asq_option(options, name);

	if (!value) {
		return true;
	}
	if (Z_TYPE_P(value) != IS_LONG && Z_TYPE_P(value) != IS_DOUBLE) {
		zend_argument_type_error(argument, "must have a number of seconds as \"%s\"", name);
		return false;
	}
	/* Not a number fails, too. */
	if (!(zval_get_double(value) >= least && zval_get_double(value) <= most)) {
		zend_argument_value_error(argument, "must have %g to " ZEND_LONG_FMT " seconds as \"%s\"", least, (zend_long) most, name);
		return false;
	}
	*seconds = zval_get_double(value);
	return true;
}

bool asq_option_whole(HashTable *options, uint32_t argument, const char *name, zend_long least, zend_long most, zend_long *number)
{
	zval *value = asq_option(options, name);

	if (!value) {
		return true;
	}
	if (Z_TYPE_P(value) != IS_LONG) {
		zend_argument_type_error(argument, "must have a whole number as \"%s\"", name);
		return false;
	}
	if (Z_LVAL_P(value) < least || Z_LVAL_P(value) > most) {
		zend_argument_value_error(argument, "must have " ZEND_LONG_FMT " to " ZEND_LONG_FMT " as \"%s\"", least, most, name);
		return false;
	}
	*number = Z_LVAL_P(value);
	return true;
}
