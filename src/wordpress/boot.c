/*
 * boot.c: getting into WordPress, and being Action Scheduler where there is none. Of src/php nothing is
 * compiled until a class of it is asked for: a plain page view costs a few hooks.
 */
#include "boot.h"
#include "admin.h"
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
	if (asq_wp_is_loaded()) {
		/* Somebody has loaded WordPress's plugin API before WordPress: its hooks are objects by now. */
		asq_wp_add_action("plugins_loaded", "Asq\\Native\\boot", 2, 0);
		return;
	}
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
	if (!entry || asq_scheduler_now() == ASQ_PLUGIN) {
		return;
	}
	/* With the first of our classes comes ActionScheduler itself: a copy that a theme brings then stands back. */
	if (strcmp(entry->class_name, "actionscheduler") != 0 && !asq_class("ActionScheduler", true)) {
		return;
	}
	/* Loading that may have loaded this. */
	if (!zend_hash_str_exists(EG(class_table), entry->class_name, strlen(entry->class_name))) {
		asq_embedded_compile(&asq_embedded_files[entry->file]);
	}
}

zend_class_entry *asq_boot_class(const char *file, const char *class_name)
{
	zend_class_entry *ce = asq_class(class_name, false);

	for (size_t i = 0; !ce && i < asq_embedded_files_count; i++) {
		if (strcmp(asq_embedded_files[i].name, file) == 0 && asq_embedded_compile(&asq_embedded_files[i])) {
			ce = asq_class(class_name, false);
		}
	}
	return ce;
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

bool asq_boot_load(const char *prefix)
{
	for (size_t i = 0; i < asq_embedded_files_count; i++) {
		if (strncmp(asq_embedded_files[i].name, prefix, strlen(prefix)) == 0 && !asq_embedded_compile(&asq_embedded_files[i])) {
			return false;
		}
	}
	return true;
}

/* Asq\Cli\Command::register( $standalone ): `wp action-scheduler ...`, `wp asq ...` */
static void asq_boot_cli(bool standalone)
{
	zval arg;

	if (!asq_is_cli() || !asq_boot_load("cli")) {
		return;
	}
	ZVAL_BOOL(&arg, standalone);
	asq_call_static(NULL, "Asq\\Cli\\Command", "register", 1, &arg);
}

void asq_boot_plugins_loaded(void)
{
	zval args[1];

	asq_admin_listen();
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

/* The tables are the only store there is: the plugin, should it come, has nothing to migrate. */
static void asq_boot_migrated(void)
{
	zval args[2], status;

	if (asq_wp_option(&status, "action_scheduler_migration_status") != ASQ_OK) {
		return;
	}
	if (Z_TYPE(status) != IS_STRING || !zend_string_equals_literal(Z_STR(status), "complete")) {
		ZVAL_STRING(&args[0], "action_scheduler_migration_status");
		ZVAL_STRING(&args[1], "complete");
		asq_call(NULL, "update_option", 2, args);
		zval_ptr_dtor(&args[0]);
		zval_ptr_dtor(&args[1]);
	}
	zval_ptr_dtor(&status);
}

static bool asq_wp_says(const char *question)
{
	zval result;
	bool yes = false;

	if (asq_call(&result, question, 0, NULL) == ASQ_OK) {
		yes = zend_is_true(&result);
		zval_ptr_dtor(&result);
	}
	return yes;
}

/*
 * Whose methods listen to which hooks once they are made. Until then a function of the method's name keeps the
 * place, so that the order among a hook's listeners is what it is with the plugin, and nothing of src/php is
 * compiled before it is needed.
 */
static const struct {
	const char *hook, *method, *class_name;
	int accepted;
} asq_keepers[] = {
	{ "action_scheduler_stored_action", "log_stored_action", "ActionScheduler_Logger", 1 },
	{ "action_scheduler_canceled_action", "log_canceled_action", "ActionScheduler_Logger", 1 },
	{ "action_scheduler_begin_execute", "log_started_action", "ActionScheduler_Logger", 2 },
	{ "action_scheduler_after_execute", "log_completed_action", "ActionScheduler_Logger", 3 },
	{ "action_scheduler_failed_execution", "log_failed_action", "ActionScheduler_Logger", 3 },
	{ "action_scheduler_failed_action", "log_timed_out_action", "ActionScheduler_Logger", 2 },
	{ "action_scheduler_unexpected_shutdown", "log_unexpected_shutdown", "ActionScheduler_Logger", 2 },
	{ "action_scheduler_reset_action", "log_reset_action", "ActionScheduler_Logger", 1 },
	{ "action_scheduler_execution_ignored", "log_ignored_action", "ActionScheduler_Logger", 2 },
	{ "action_scheduler_failed_fetch_action", "log_failed_fetch_action", "ActionScheduler_Logger", 2 },
	{ "action_scheduler_failed_to_schedule_next_instance", "log_failed_schedule_next_instance", "ActionScheduler_Logger", 2 },
	{ "action_scheduler_bulk_cancel_actions", "bulk_log_cancel_actions", "ActionScheduler_Logger", 1 },
	{ "action_scheduler_deleted_action", "clear_deleted_action_logs", "ActionScheduler_Logger", 1 },
	{ "cron_schedules", "add_wp_cron_schedule", NULL, 1 },
	{ ASQ_RUN_HOOK, "run", "ActionScheduler_QueueRunner", 1 },
	{ "shutdown", "maybe_dispatch_async_request", "ActionScheduler_QueueRunner", 0 },
	{ "action_scheduler_run_recurring_actions_schedule_hook", "run_recurring_scheduler_hook", NULL, 0 },
};

static void asq_boot_listen(void)
{
	char function[96];

	for (size_t i = 0; i < sizeof(asq_keepers) / sizeof(asq_keepers[0]); i++) {
		snprintf(function, sizeof(function), "Asq\\Native\\%s", asq_keepers[i].method);
		asq_wp_add_action(asq_keepers[i].hook, function, 10, asq_keepers[i].accepted);
	}
}

void asq_boot_keep(const char *method, uint32_t argc, zval *argv, zval *return_value)
{
	zval object;
	char lower[64];

	for (size_t i = 0; i < sizeof(asq_keepers) / sizeof(asq_keepers[0]); i++) {
		if (!asq_keepers[i].class_name || strcmp(asq_keepers[i].method, method) != 0) {
			continue;
		}
		/* Outside the admin there is never an async request: no reason to make the runner. */
		if (strcmp(method, "maybe_dispatch_async_request") == 0 && !asq_wp_says("is_admin")) {
			return;
		}
		if (asq_call_static(&object, asq_keepers[i].class_name, "instance", 0, NULL) == ASQ_OK) {
			zend_str_tolower_copy(lower, method, MIN(strlen(method), sizeof(lower) - 1));
			asq_call_method(return_value, Z_OBJ(object), lower, argc, argv);
			zval_ptr_dtor(&object);
		}
		return;
	}
}

/* The answer to an async request is the runner's: it listens to an action of admin-ajax. */
static bool asq_is_async_request(void)
{
	zval *request = asq_global("_REQUEST", sizeof("_REQUEST") - 1);
	zval *action = request && Z_TYPE_P(request) == IS_ARRAY ? zend_hash_str_find(Z_ARRVAL_P(request), "action", sizeof("action") - 1) : NULL;

	return action && Z_TYPE_P(action) == IS_STRING && zend_string_equals_literal(Z_STR_P(action), "as_async_request_queue_runner");
}

/* In the admin: the async request, and the daily hook by which plugins look after their recurring actions. */
static void asq_boot_admin(void)
{
	zval object;
	zend_class_entry *ce;

	if (asq_wp_says("wp_doing_ajax")) {
		if (asq_is_async_request() && asq_call_static(&object, "ActionScheduler_QueueRunner", "instance", 0, NULL) == ASQ_OK) {
			zval_ptr_dtor(&object);
		}
		return;
	}
	ce = asq_class("ActionScheduler_RecurringActionScheduler", true);
	if (ce && asq_new(&object, ce, 0, NULL) == ASQ_OK) {
		asq_call_method(NULL, Z_OBJ(object), "init", 0, NULL);
		zval_ptr_dtor(&object);
	}
}

void asq_boot_init(void)
{
	if (asq_has_plugin()) {
		return;
	}
	ASQ_G(standalone) = true;
	asq_boot_tables();
	asq_boot_migrated();
	asq_boot_listen();
	asq_boot_cron_event();
	if (asq_wp_says("is_admin")) {
		asq_boot_admin();
	}
	if (!EG(exception)) {
		asq_wp_do_action("action_scheduler_init", 0, NULL);
	}
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
