/*
 * api.h: what the files of api/ share. They are the only ones that parse arguments, throw and warn.
 */
#ifndef ASQ_API_API_H
#define ASQ_API_API_H

#include "php_asq.h"
#include "src/wordpress/hooks.h"
#include "src/wordpress/log_text.h"
#include "src/wordpress/object.h"
#include "src/wordpress/scheduler.h"

/* ---- args.c: arguments with userland's rules: any type, and more of them than there are parameters -- */

/* The n-th argument (from 0), dereferenced, or NULL where it was not given. */
zval *asq_arg(zend_execute_data *execute_data, uint32_t n);
/* Throws an ArgumentCountError and returns false where there are fewer. */
bool asq_args_at_least(zend_execute_data *execute_data, uint32_t count, uint32_t most);

/* An array of names and values, for a call of one of AS's own methods. Values are copied; NULL ends it. */
void asq_options(zval *options, ...);

/* ---- create.c --------------------------------------------------------------------------------- */

typedef enum { ASQ_ASYNC, ASQ_SINGLE, ASQ_RECURRING, ASQ_CRON } asq_kind;

/* What a creating function was called with; borrowed. */
typedef struct {
	asq_kind kind;
	zval *hook, *args, *group, *unique, *priority, *when, *pattern;
} asq_creation;

/* Creates the action; the id, or 0, is the return value. EG(exception) may be set. */
void asq_create(const asq_creation *creation, zval *return_value);

/*
 * Fires action_scheduler_stored_action for a stored action, and keeps the logger from writing the row that
 * was written along with it.
 */
asq_status asq_announce_stored(uint64_t id, uint64_t log_id);

/* wp_json_encode(), "" where it fails; ASQ_THROWN. */
asq_status asq_encode_args(zval *args, zend_string **json);

/* ---- asq_api.c: the options of our own functions, which are their first argument ----------------- */

/* An option, dereferenced, or NULL: not given, or null. */
zval *asq_option(HashTable *options, const char *name);

/* Each sets what it is given if the option is there; false: an exception says what is wrong with it. */
bool asq_option_long(HashTable *options, const char *name, zend_long *number);   /* not negative */
bool asq_option_callable(HashTable *options, const char *name, zval **callable);
bool asq_option_array(HashTable *options, const char *name, zval **array);

/* ---- report.c --------------------------------------------------------------------------------- */

/* Outside WordPress: one warning that says what to do. */
void asq_warn(const asq_error *error);

/* Throws Class( sprintf( __( $format ), $value ) ). */
void asq_throw_formatted(const char *class_name, const char *format, const char *value);

#endif
