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

/* Throws Class( sprintf( __( $format ), $value ) ). */
void asq_throw_formatted(const char *class_name, const char *format, const char *value);

#endif
