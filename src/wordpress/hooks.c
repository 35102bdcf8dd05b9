/*
 * hooks.c: WordPress's hooks, options and translations.
 */
#include "hooks.h"
#include "php_asq.h"

#define ASQ_HOOK_ARGS 8

bool asq_wp_is_loaded(void)
{
	return zend_hash_str_exists(EG(function_table), "apply_filters", sizeof("apply_filters") - 1)
		&& zend_hash_str_exists(EG(function_table), "do_action", sizeof("do_action") - 1);
}

asq_status asq_wp_do_action(const char *hook, uint32_t argc, zval *argv)
{
	zval args[ASQ_HOOK_ARGS + 1];
	asq_status status;

	ZEND_ASSERT(argc <= ASQ_HOOK_ARGS);
	ZVAL_STRING(&args[0], hook);
	for (uint32_t i = 0; i < argc; i++) {
		ZVAL_COPY_VALUE(&args[i + 1], &argv[i]);
	}
	status = asq_call(NULL, "do_action", argc + 1, args);
	zval_ptr_dtor(&args[0]);
	return status == ASQ_THROWN ? status : ASQ_OK;
}

asq_status asq_wp_apply_filters(const char *hook, zval *value, uint32_t argc, zval *argv)
{
	zval args[ASQ_HOOK_ARGS + 2], result;
	asq_status status;

	ZEND_ASSERT(argc <= ASQ_HOOK_ARGS);
	ZVAL_STRING(&args[0], hook);
	ZVAL_COPY_VALUE(&args[1], value);
	for (uint32_t i = 0; i < argc; i++) {
		ZVAL_COPY_VALUE(&args[i + 2], &argv[i]);
	}
	status = asq_call(&result, "apply_filters", argc + 2, args);
	zval_ptr_dtor(&args[0]);
	if (status == ASQ_OK) {
		zval_ptr_dtor(value);
		ZVAL_COPY_VALUE(value, &result);
	}
	return status == ASQ_THROWN ? status : ASQ_OK;
}

asq_status asq_wp_add_action(const char *hook, const char *function, zend_long priority, zend_long accepted)
{
	zval args[4];
	asq_status status;

	ZVAL_STRING(&args[0], hook);
	ZVAL_STRING(&args[1], function);
	ZVAL_LONG(&args[2], priority);
	ZVAL_LONG(&args[3], accepted);
	status = asq_call(NULL, "add_action", 4, args);
	zval_ptr_dtor(&args[0]);
	zval_ptr_dtor(&args[1]);
	return status;
}

HashTable *asq_wp_callbacks(const char *hook, size_t length)
{
	zval *filters = asq_global("wp_filter", sizeof("wp_filter") - 1);
	zval *entry, *callbacks;

	if (!filters || Z_TYPE_P(filters) != IS_ARRAY) {
		return NULL;
	}
	entry = zend_hash_str_find_ind(Z_ARRVAL_P(filters), hook, length);
	if (!entry) {
		return NULL;
	}
	ZVAL_DEREF(entry);
	if (Z_TYPE_P(entry) != IS_OBJECT) {
		return NULL;
	}
	callbacks = asq_property(Z_OBJ_P(entry), "callbacks", sizeof("callbacks") - 1);
	if (!callbacks || Z_TYPE_P(callbacks) != IS_ARRAY || !zend_hash_num_elements(Z_ARRVAL_P(callbacks))) {
		return NULL;
	}
	return Z_ARRVAL_P(callbacks);
}

bool asq_wp_all_listened(void)
{
	return asq_wp_callbacks("all", sizeof("all") - 1) != NULL;
}

bool asq_wp_is_method(const zval *callback, const zend_object *object, const char *method)
{
	zval *function, *target, *name;

	if (Z_TYPE_P(callback) != IS_ARRAY) {
		return false;
	}
	function = zend_hash_str_find(Z_ARRVAL_P(callback), "function", sizeof("function") - 1);
	if (!function || Z_TYPE_P(function) != IS_ARRAY) {
		return false;
	}
	target = zend_hash_index_find(Z_ARRVAL_P(function), 0);
	name = zend_hash_index_find(Z_ARRVAL_P(function), 1);
	if (target) {
		ZVAL_DEREF(target);
	}
	return target && name && Z_TYPE_P(target) == IS_OBJECT && Z_OBJ_P(target) == object
		&& Z_TYPE_P(name) == IS_STRING && zend_string_equals_cstr(Z_STR_P(name), method, strlen(method));
}

bool asq_wp_is_function(const zval *callback, const char *name)
{
	zval *function = Z_TYPE_P(callback) == IS_ARRAY ? zend_hash_str_find(Z_ARRVAL_P(callback), "function", sizeof("function") - 1) : NULL;

	return function && Z_TYPE_P(function) == IS_STRING && zend_string_equals_cstr(Z_STR_P(function), name, strlen(name));
}

zend_long asq_wp_did_action(const char *hook)
{
	zval *actions = asq_global("wp_actions", sizeof("wp_actions") - 1);
	zval *count = actions && Z_TYPE_P(actions) == IS_ARRAY ? zend_hash_str_find(Z_ARRVAL_P(actions), hook, strlen(hook)) : NULL;

	return count && Z_TYPE_P(count) == IS_LONG ? Z_LVAL_P(count) : 0;
}

void asq_wp_count_action(const char *hook)
{
	zval *actions = asq_global("wp_actions", sizeof("wp_actions") - 1);
	zval *count, one;

	if (!actions || Z_TYPE_P(actions) != IS_ARRAY) {
		return;
	}
	SEPARATE_ARRAY(actions);
	count = zend_hash_str_find(Z_ARRVAL_P(actions), hook, strlen(hook));
	if (count && Z_TYPE_P(count) == IS_LONG) {
		Z_LVAL_P(count)++;
		return;
	}
	ZVAL_LONG(&one, 1);
	zend_hash_str_update(Z_ARRVAL_P(actions), hook, strlen(hook), &one);
}

bool asq_wp_translations_filtered(void)
{
	return asq_wp_callbacks("gettext", sizeof("gettext") - 1) || asq_wp_callbacks("gettext_action-scheduler", sizeof("gettext_action-scheduler") - 1);
}

zend_string *asq_wp_translate(const char *text)
{
	zval args[2], result;
	zend_string *string;

	ZVAL_STRING(&args[0], text);
	ZVAL_STRING(&args[1], "action-scheduler");
	if (asq_call(&result, "__", 2, args) == ASQ_OK) {
		string = zval_get_string(&result);
		zval_ptr_dtor(&result);
	} else {
		string = zend_string_copy(Z_STR(args[0]));
	}
	zval_ptr_dtor(&args[0]);
	zval_ptr_dtor(&args[1]);
	return string;
}

asq_status asq_wp_option(zval *value, const char *name)
{
	zval arg;
	asq_status status;

	ZVAL_STRING(&arg, name);
	status = asq_call(value, "get_option", 1, &arg);
	zval_ptr_dtor(&arg);
	if (status == ASQ_NOT_FOUND) {
		ZVAL_FALSE(value);
		return ASQ_OK;
	}
	return status;
}
