/*
 * api.h: what the files of api/ share. They are the only ones that parse arguments, throw and warn.
 */
#ifndef ASQ_API_API_H
#define ASQ_API_API_H

#include "php_asq.h"
#include "src/wordpress/announce.h"
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

/* ---- report.c --------------------------------------------------------------------------------- */

/* Outside WordPress: one warning that says what to do. */
void asq_warn(const asq_error *error);

/* What an error says; of one that says nothing, that nobody answered. */
const char *asq_error_text(const asq_error *error);

/* Throws a RuntimeException, "function(): ...", unless there is an exception already. */
void asq_throw_error(const char *function, const asq_error *error);

/* Where it went wrong: throws so, and returns null; what has been set as the return value is freed. */
void asq_return_or_throw(asq_status status, const char *function, const asq_error *error, zval *return_value);

/* Returns the list that the reader makes; it sets it in any case. own: by the extension's own link. */
typedef asq_status (*asq_list_reader)(asq_site *site, zval *list, asq_error *error);
void asq_return_list(bool own, asq_list_reader read, const char *function, zval *return_value);

/* Throws Class( sprintf( __( $format ), $value ) ). */
void asq_throw_formatted(const char *class_name, const char *format, zend_string *value);

#endif
