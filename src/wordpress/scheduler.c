/*
 * scheduler.c: who is Action Scheduler here.
 */
#include "scheduler.h"
#include "hooks.h"
#include "Zend/zend_exceptions.h"
#include "php_asq.h"
#include "src/store/insert.h"

static zend_class_entry *asq_loaded_class(const char *lower_name, size_t length)
{
	return zend_hash_str_find_ptr(EG(class_table), lower_name, length);
}

/* The class of the plugin, not that of src/php. */
static bool asq_is_plugin(const zend_class_entry *ce)
{
	const zend_string *file = ce->type == ZEND_USER_CLASS ? ce->info.user.filename : NULL;

	return !file || strncmp(ZSTR_VAL(file), ASQ_EMBEDDED_FOLDER, sizeof(ASQ_EMBEDDED_FOLDER) - 1) != 0;
}

/* The plugin may come late, from a theme: it then takes over from us. */
asq_scheduler asq_scheduler_now(void)
{
	zend_class_entry *ce = asq_loaded_class("actionscheduler", sizeof("actionscheduler") - 1);

	if (ce && asq_is_plugin(ce)) {
		return ASQ_PLUGIN;
	}
	if (ASQ_G(standalone)) {
		return ASQ_STANDALONE;
	}
	return asq_wp_is_loaded() ? ASQ_TOO_EARLY : ASQ_OUTSIDE;
}

/* The text and the call are AS's own, for the time when there is no AS yet to say it. */
static asq_status asq_say_too_early(const char *function)
{
	zval args[3];
	zend_string *format = asq_wp_translate("%s() was called before the Action Scheduler data store was initialized");
	smart_str message = {0};
	char *mark = strstr(ZSTR_VAL(format), "%s");
	asq_status status;

	smart_str_appendl(&message, ZSTR_VAL(format), mark ? (size_t) (mark - ZSTR_VAL(format)) : ZSTR_LEN(format));
	if (mark) {
		smart_str_appends(&message, function);
		smart_str_appends(&message, mark + 2);
	}
	zend_string_release(format);
	ZVAL_STRING(&args[0], function);
	ZVAL_STR(&args[1], smart_str_extract(&message));
	ZVAL_STRING(&args[2], "3.1.6");
	status = asq_call(NULL, "_doing_it_wrong", 3, args);
	for (int i = 0; i < 3; i++) {
		zval_ptr_dtor(&args[i]);
	}
	return status == ASQ_THROWN ? status : ASQ_DECLINED;
}

asq_status asq_scheduler_ready(const char *function)
{
	zval name, ready;
	asq_status status;

	switch (asq_scheduler_now()) {
		case ASQ_TOO_EARLY:
			return asq_say_too_early(function);
		case ASQ_PLUGIN:
			ZVAL_STRING(&name, function);
			status = asq_call_static(&ready, "ActionScheduler", "is_initialized", 1, &name);
			zval_ptr_dtor(&name);
			if (status == ASQ_OK) {
				status = zend_is_true(&ready) ? ASQ_OK : ASQ_DECLINED;
				zval_ptr_dtor(&ready);
			}
			return status;
		default:
			return ASQ_OK;
	}
}

asq_status asq_scheduler_get(zval *object, const char *which)
{
	asq_status status = asq_call_static(object, "ActionScheduler", which, 0, NULL);

	if (status == ASQ_OK && Z_TYPE_P(object) != IS_OBJECT) {
		zval_ptr_dtor(object);
		ZVAL_UNDEF(object);
		return ASQ_NOT_FOUND;
	}
	return status;
}

/* A class's private static that holds the singleton, if it has been made. */
static zend_object *asq_singleton(const char *lower_name, const char *property)
{
	zend_class_entry *ce = asq_loaded_class(lower_name, strlen(lower_name));
	zval *value;

	if (!ce || ce->type != ZEND_USER_CLASS) {
		return NULL;
	}
	value = zend_read_static_property(ce, property, strlen(property), true);
	return value && Z_TYPE_P(value) == IS_OBJECT ? Z_OBJ_P(value) : NULL;
}

static bool asq_is_class(zend_object *object, const char *name)
{
	return zend_string_equals_cstr(object->ce->name, name, strlen(name));
}

/* A singleton that is of the stock class, or has not been made and is not about to be another's. */
static bool asq_is_stock(const char *lower_name, const char *property, const char *stock, const char *filter)
{
	zend_object *object = asq_singleton(lower_name, property);

	if (object) {
		return asq_is_class(object, stock);
	}
	return asq_scheduler_now() == ASQ_STANDALONE && !asq_wp_callbacks(filter, strlen(filter));
}

bool asq_scheduler_is_direct(bool for_logs)
{
	if (asq_scheduler_now() == ASQ_OUTSIDE) {
		return true;
	}
	return for_logs
		? asq_is_stock("actionscheduler_logger", "logger", "ActionScheduler_DBLogger", "action_scheduler_logger_class")
		: asq_is_stock("actionscheduler_store", "store", "ActionScheduler_DBStore", "action_scheduler_store_class");
}

bool asq_store_has_stock(zend_object *store, const char *const *methods)
{
	if (asq_is_class(store, "ActionScheduler_DBStore")) {
		return true;
	}
	for (; *methods; methods++) {
		zend_function *function = zend_hash_str_find_ptr(&store->ce->function_table, *methods, strlen(*methods));
		const char *scope = function && function->common.scope ? ZSTR_VAL(function->common.scope->name) : "";
		if (function && strcmp(scope, "ActionScheduler_DBStore") != 0 && strcmp(scope, "ActionScheduler_Store") != 0) {
			return false;
		}
	}
	return true;
}

/* The logger's own listener: its method, or the function that keeps its place until there is a logger. */
static bool asq_is_logger(const zval *callback, const char *method)
{
	zend_object *logger = asq_singleton("actionscheduler_logger", "logger");
	char keeper[64];

	snprintf(keeper, sizeof(keeper), "Asq\\Native\\%s", method);
	return (logger && asq_wp_is_method(callback, logger, method)) || asq_wp_is_function(callback, keeper);
}

static bool asq_accepts_args(const zval *callback)
{
	zval *accepted = zend_hash_str_find(Z_ARRVAL_P(callback), "accepted_args", sizeof("accepted_args") - 1);

	return accepted && zval_get_long(accepted) > 0;
}

bool asq_logger_hears_first(void)
{
	static const char hook[] = "action_scheduler_stored_action";
	HashTable *priorities = asq_wp_callbacks(hook, sizeof(hook) - 1);
	zval *list, *callback;

	/* Where translations are filtered, the filter is to be asked when the logger asks. */
	if (!priorities || asq_wp_translations_filtered()) {
		return false;
	}
	ZEND_HASH_FOREACH_VAL(priorities, list) {
		ZVAL_DEREF(list);
		if (Z_TYPE_P(list) != IS_ARRAY) {
			return false;
		}
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(list), callback) {
			ZVAL_DEREF(callback);
			return asq_is_logger(callback, "log_stored_action") && asq_accepts_args(callback);
		} ZEND_HASH_FOREACH_END();
	} ZEND_HASH_FOREACH_END();
	return false;
}

/* Somebody besides the logger listens to the hook, or the logger twice. */
static bool asq_is_watched(const char *hook, const char *method)
{
	HashTable *priorities = asq_wp_callbacks(hook, strlen(hook));
	zval *list, *callback;
	int loggers = 0;

	if (!priorities) {
		return asq_wp_all_listened();
	}
	ZEND_HASH_FOREACH_VAL(priorities, list) {
		ZVAL_DEREF(list);
		if (Z_TYPE_P(list) != IS_ARRAY) {
			return true;
		}
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(list), callback) {
			ZVAL_DEREF(callback);
			/* The logger may have been added once more, at another priority: then it logs twice. */
			if (!asq_is_logger(callback, method) || loggers++) {
				return true;
			}
		} ZEND_HASH_FOREACH_END();
	} ZEND_HASH_FOREACH_END();
	return asq_wp_all_listened();
}

bool asq_stored_action_is_watched(void)
{
	return asq_is_watched("action_scheduler_stored_action", "log_stored_action");
}

bool asq_deleted_action_is_watched(void)
{
	static const char hook[] = "action_scheduler_deleted_action";

	if (!asq_scheduler_is_direct(true)) {
		/* Another's logger: what it does with the logs is its own affair. */
		return asq_wp_callbacks(hook, sizeof(hook) - 1) || asq_wp_all_listened();
	}
	return asq_is_watched(hook, "clear_deleted_action_logs");
}

int asq_scheduler_version(void)
{
	zval versions, latest;
	int major = 3, minor = 9, patch = 3;

	if (ASQ_G(as_version) || asq_scheduler_now() != ASQ_PLUGIN) {
		return ASQ_G(as_version) ? ASQ_G(as_version) : 30903;
	}
	ASQ_G(as_version) = 30802;
	if (asq_call_static(&versions, "ActionScheduler_Versions", "instance", 0, NULL) == ASQ_OK) {
		if (Z_TYPE(versions) == IS_OBJECT && asq_call_method(&latest, Z_OBJ(versions), "latest_version", 0, NULL) == ASQ_OK) {
			if (Z_TYPE(latest) == IS_STRING && sscanf(Z_STRVAL(latest), "%d.%d.%d", &major, &minor, &patch) >= 2) {
				ASQ_G(as_version) = major * 10000 + minor * 100 + patch;
			}
			zval_ptr_dtor(&latest);
		}
		zval_ptr_dtor(&versions);
	}
	zend_clear_exception();
	return ASQ_G(as_version);
}

asq_unique asq_scheduler_unique(void)
{
	if (!strcmp(ASQ_G(unique), "group")) {
		return ASQ_UNIQUE_GROUP;
	}
	if (!strcmp(ASQ_G(unique), "args")) {
		return ASQ_UNIQUE_ARGS;
	}
	return asq_scheduler_now() == ASQ_PLUGIN && asq_scheduler_version() < 40000 ? ASQ_UNIQUE_GROUP : ASQ_UNIQUE_ARGS;
}
