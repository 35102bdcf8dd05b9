/*
 * boot.h: getting into WordPress without an mu-plugin, and being Action Scheduler where there is none.
 */
#ifndef ASQ_WORDPRESS_BOOT_H
#define ASQ_WORDPRESS_BOOT_H

#include "call.h"

/* wp-settings.php is about to be compiled: our callback goes into the preset $wp_filter. */
void asq_boot_preset(void);

/* plugins_loaded, priority 2: Action Scheduler, if it is installed, has just set itself up. */
void asq_boot_plugins_loaded(void);

/* init, priority 1, where there is no plugin: the extension alone is Action Scheduler from here on. */
void asq_boot_init(void);

/* The class, if it is one of src/php's. */
void asq_boot_autoload(zend_string *name);

/* A class of a file of src/php, compiled now if it was not before, with the plugin or without; NULL: an exception says why. */
zend_class_entry *asq_boot_class(const char *file, const char *class_name);

/* Compiles those files of src/php whose names begin so: cli, admin_. Beside the plugin there is no autoloader for them. */
bool asq_boot_load(const char *prefix);

/*
 * A hook has reached a place that was kept for a method of the logger or of the queue runner: the object is made,
 * takes the place itself, and its method is called.
 */
void asq_boot_keep(const char *method, uint32_t argc, zval *argv, zval *return_value);

/* The filter cron_schedules: every_minute. */
void asq_boot_cron_schedules(zval *schedules, zval *return_value);

#endif
