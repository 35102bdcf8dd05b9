/*
 * boot.c: getting into WordPress, and being Action Scheduler where there is none. Of src/php nothing is
 * compiled until a class of it is asked for: a plain page view costs a few hooks.
 */
#include "boot.h"
#include "clock.h"
#include "hooks.h"
#include "scheduler.h"
#include "site.h"
#include "wpdb.h"
#include "php_asq.h"
#include "src/php/embedded.h"
#include "Zend/zend_exceptions.h"

#define ASQ_RUN_HOOK "action_scheduler_run_queue"

/* ---- Getting in --------------------------------------------------------------------------------- */

/* $array[ $key ] as an array of its own, made where there is none. */
static zval *asq_preset_array(zval *array, const char *key, zend_ulong index)
{
	zval *found = key ? zend_hash_str_find(Z_ARRVAL_P(array), key, strlen(key)) : zend_hash_index_find(Z_ARRVAL_P(array), index);
	zval empty;

	if (found) {
		ZVAL_DEREF(found);
	}
	if (!found || Z_TYPE_P(found) != IS_ARRAY) {
		array_init(&empty);
		found = key ? zend_hash_str_update(Z_ARRVAL_P(array), key, strlen(key), &empty) : zend_hash_index_update(Z_ARRVAL_P(array), index, &empty);
	}
	SEPARATE_ARRAY(found);
	return found;
}

/* $GLOBALS['wp_filter']['plugins_loaded'][2][] = array( 'function' => ..., 'accepted_args' => 0 ); others may have been there. */
void asq_boot_preset(void)
{
	zval *filters, *list, callback, empty;

	ASQ_G(boot_hooked) = true;
	filters = asq_global("wp_filter", sizeof("wp_filter") - 1);
	if (!filters || Z_TYPE_P(filters) != IS_ARRAY) {
		array_init(&empty);
		filters = zend_hash_str_update_ind(&EG(symbol_table), "wp_filter", sizeof("wp_filter") - 1, &empty);
	}
	SEPARATE_ARRAY(filters);
	list = asq_preset_array(asq_preset_array(filters, "plugins_loaded", 0), NULL, 2);
	array_init(&callback);
	add_assoc_string(&callback, "function", "Asq\\Native\\boot");
	add_assoc_long(&callback, "accepted_args", 0);
	add_next_index_zval(list, &callback);
}

/* ---- src/php ------------------------------------------------------------------------------------ */

/* The source begins with an open tag, which an eval does without. */
static bool asq_embedded_compile(const asq_embedded_file *file)
{
	static const char tag[] = "<?php";
	char name[64];
	bool done;

	snprintf(name, sizeof(name), ASQ_EMBEDDED_FOLDER "%s", file->name);
	ASQ_G(embedded_compile) = true;
	done = zend_eval_stringl(file->source + sizeof(tag) - 1, file->length - (sizeof(tag) - 1), NULL, name) == SUCCESS;
	ASQ_G(embedded_compile) = false;
	return done && !EG(exception);
}

bool asq_boot_load(const char *name)
{
	for (size_t i = 0; i < asq_embedded_files_count; i++) {
		if (strcmp(asq_embedded_files[i].name, name) == 0) {
			return asq_embedded_compile(&asq_embedded_files[i]);
		}
	}
	return false;
}

static int asq_embedded_compare(const void *name, const void *entry)
{
	return strcmp(name, ((const asq_embedded_class *) entry)->class_name);
}

void asq_boot_autoload(zend_string *name)
{
	zend_string *lower = zend_string_tolower(name);
	const asq_embedded_class *entry = bsearch(ZSTR_VAL(lower), asq_embedded_classes, asq_embedded_classes_count,
		sizeof(asq_embedded_classes[0]), asq_embedded_compare);

	zend_string_release(lower);
	if (entry && asq_scheduler_now() != ASQ_PLUGIN) {
		asq_embedded_compile(&asq_embedded_files[entry->file]);
	}
}

/* ---- plugins_loaded ----------------------------------------------------------------------------- */

static bool asq_has_plugin(void)
{
	return asq_scheduler_now() == ASQ_PLUGIN;
}

static bool asq_is_cli(void)
{
	zval *cli = zend_get_constant_str("WP_CLI", sizeof("WP_CLI") - 1);

	return cli && zend_is_true(cli);
}

/* Asq\Cli\Command::register( $standalone ): `wp action-scheduler ...` */
static void asq_boot_cli(bool standalone)
{
	zval arg;

	if (!asq_is_cli() || !asq_boot_load("cli.php")) {
		return;
	}
	ZVAL_BOOL(&arg, standalone);
	asq_call_static(NULL, "Asq\\Cli\\Command", "register", 1, &arg);
}

void asq_boot_plugins_loaded(void)
{
	zval args[1];

	if (asq_has_plugin()) {
		asq_boot_cli(false);
		return;
	}
	/* A theme may still bring Action Scheduler along; see at init. */
	asq_wp_add_action("init", "Asq\\Native\\init", 1, 0);
	ZVAL_STRING(&args[0], "Asq\\Native\\autoload");
	asq_call(NULL, "spl_autoload_register", 1, args);
	zval_ptr_dtor(&args[0]);
	asq_boot_cli(true);
}

/* ---- init, without the plugin ------------------------------------------------------------------- */

/* $wpdb->tables[] = ...; $wpdb->actionscheduler_... = ...: so they follow switch_to_blog(). */
static void asq_boot_tables(void)
{
	static const char *const tables[] = { "actionscheduler_actions", "actionscheduler_claims", "actionscheduler_groups", "actionscheduler_logs" };
	zend_object *wpdb = asq_wpdb();
	zval *list = wpdb ? asq_property(wpdb, "tables", sizeof("tables") - 1) : NULL;
	zval *prefix = wpdb ? asq_property(wpdb, "prefix", sizeof("prefix") - 1) : NULL;

	if (!list || Z_TYPE_P(list) != IS_ARRAY || !prefix || Z_TYPE_P(prefix) != IS_STRING) {
		return;
	}
	SEPARATE_ARRAY(list);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		zval name;
		add_next_index_string(list, tables[i]);
		ZVAL_STR(&name, zend_string_concat2(Z_STRVAL_P(prefix), Z_STRLEN_P(prefix), tables[i], strlen(tables[i])));
		zend_update_property(wpdb->ce, wpdb, tables[i], strlen(tables[i]), &name);
		zval_ptr_dtor(&name);
	}
}

/* The every-minute event, made once; afterwards this is one look at an autoloaded option. */
static void asq_boot_cron_event(void)
{
	zval args[4], next, schedule;

	ZVAL_STRING(&args[0], ASQ_RUN_HOOK);
	array_init(&args[1]);
	add_next_index_string(&args[1], "WP Cron");
	if (asq_call(&next, "wp_next_scheduled", 2, args) == ASQ_OK && !zend_is_true(&next)) {
		ZVAL_STRING(&schedule, "every_minute");
		if (asq_wp_apply_filters("action_scheduler_run_schedule", &schedule, 0, NULL) == ASQ_OK) {
			zval event[4];
			ZVAL_LONG(&event[0], (zend_long) asq_clock_now());
			ZVAL_COPY_VALUE(&event[1], &schedule);
			ZVAL_COPY_VALUE(&event[2], &args[0]);
			ZVAL_COPY_VALUE(&event[3], &args[1]);
			asq_call(NULL, "wp_schedule_event", 4, event);
		}
		zval_ptr_dtor(&schedule);
	}
	zval_ptr_dtor(&args[0]);
	zval_ptr_dtor(&args[1]);
}

static bool asq_is_admin(void)
{
	zval result;
	bool admin = false;

	if (asq_call(&result, "is_admin", 0, NULL) == ASQ_OK) {
		admin = zend_is_true(&result);
		zval_ptr_dtor(&result);
	}
	return admin;
}

void asq_boot_init(void)
{
	if (asq_has_plugin()) {
		return;
	}
	ASQ_G(standalone) = true;
	asq_boot_tables();
	asq_wp_add_action("cron_schedules", "Asq\\Native\\cron_schedules", 10, 1);
	asq_wp_add_action(ASQ_RUN_HOOK, "Asq\\Native\\run_queue", 10, 1);
	asq_boot_cron_event();
	if (asq_is_admin()) {
		asq_wp_add_action("shutdown", "Asq\\Native\\shutdown", 10, 0);
		/* The async request's answer is an admin-ajax action of the runner's. */
		zval runner;
		zval *request = asq_global("_REQUEST", sizeof("_REQUEST") - 1);
		zval *action = request && Z_TYPE_P(request) == IS_ARRAY ? zend_hash_str_find(Z_ARRVAL_P(request), "action", sizeof("action") - 1) : NULL;
		if (action && Z_TYPE_P(action) == IS_STRING && zend_string_equals_literal(Z_STR_P(action), "as_async_request_queue_runner")
				&& asq_call_static(&runner, "ActionScheduler_QueueRunner", "instance", 0, NULL) == ASQ_OK) {
			zval_ptr_dtor(&runner);
		}
	}
	if (!EG(exception)) {
		asq_wp_do_action("action_scheduler_init", 0, NULL);
	}
}

static void asq_with_runner(const char *method, uint32_t argc, zval *argv, zval *return_value)
{
	zval runner;

	if (asq_call_static(&runner, "ActionScheduler_QueueRunner", "instance", 0, NULL) == ASQ_OK) {
		if (Z_TYPE(runner) == IS_OBJECT) {
			asq_call_method(return_value, Z_OBJ(runner), method, argc, argv);
		}
		zval_ptr_dtor(&runner);
	}
}

void asq_boot_run_queue(zval *context, zval *return_value)
{
	asq_with_runner("run", context ? 1 : 0, context, return_value);
}

void asq_boot_shutdown(void)
{
	asq_with_runner("maybe_dispatch_async_request", 0, NULL, NULL);
}

void asq_boot_cron_schedules(zval *schedules, zval *return_value)
{
	zval every;

	ZVAL_COPY(return_value, schedules);
	if (Z_TYPE_P(return_value) != IS_ARRAY) {
		return;
	}
	SEPARATE_ARRAY(return_value);
	array_init(&every);
	add_assoc_long(&every, "interval", 60);
	add_assoc_str(&every, "display", asq_wp_translate("Every minute"));
	zend_hash_str_update(Z_ARRVAL_P(return_value), "every_minute", sizeof("every_minute") - 1, &every);
}
