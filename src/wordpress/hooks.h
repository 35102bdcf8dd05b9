/*
 * hooks.h: WordPress's hooks, options and translations, called from C, and a look at who listens to a hook.
 */
#ifndef ASQ_WORDPRESS_HOOKS_H
#define ASQ_WORDPRESS_HOOKS_H

#include "call.h"

/* WordPress's plugin API is there. */
bool asq_wp_is_loaded(void);

/* do_action( $hook, ...$argv ). Without WordPress it does nothing. */
asq_status asq_wp_do_action(const char *hook, uint32_t argc, zval *argv);

/* apply_filters( $hook, $value, ...$argv ): takes *value and leaves the filtered one there. */
asq_status asq_wp_apply_filters(const char *hook, zval *value, uint32_t argc, zval *argv);

/* add_action( $hook, $function, $priority, $accepted ) */
asq_status asq_wp_add_action(const char *hook, const char *function, zend_long priority, zend_long accepted);

/* The callbacks of a hook (priority => list), or NULL where nobody listens. */
HashTable *asq_wp_callbacks(const char *hook, size_t length);

/* Somebody listens to each and every hook. */
bool asq_wp_all_listened(void);

/* Whether a callback is the given object's method of that (case-sensitive) name. */
bool asq_wp_is_method(const zval *callback, const zend_object *object, const char *method);

/* Whether a callback is the function of that name. */
bool asq_wp_is_function(const zval *callback, const char *function);

/* did_action( $hook ) */
zend_long asq_wp_did_action(const char *hook);

/* Counts a hook as fired, for did_action(), where it was not because nobody listens. */
void asq_wp_count_action(const char *hook);

/* Somebody filters translations: what a text comes to may change from call to call. */
bool asq_wp_translations_filtered(void);

/* __( $text, 'action-scheduler' ) */
zend_string *asq_wp_translate(const char *text);

/* get_option( $name ), as WordPress and its filters give it. */
asq_status asq_wp_option(zval *value, const char *name);

#endif
