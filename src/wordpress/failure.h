/*
 * failure.h: what went wrong, as userland says it: exceptions, WP_Errors, HTTP responses. Whether it may pass, and how it is
 * told of in a log and a dead letter.
 */
#ifndef ASQ_WORDPRESS_FAILURE_H
#define ASQ_WORDPRESS_FAILURE_H

#include "call.h"
#include "exceptions.h"

typedef enum { ASQ_FAILURE_UNKNOWN, ASQ_FAILURE_TRANSIENT, ASQ_FAILURE_PERMANENT } asq_failure_kind;

extern const char *const asq_failure_kinds[];

/* By what it is alone, without the filter: an exception and those before it, a WP_Error, a response of wp_remote_get(). */
asq_failure_kind asq_failure_classify(zval *failure);

/* ... and by the filter asq_classify_failure. What that throws is the caller's to deal with (ASQ_THROWN). */
asq_status asq_failure_classify_filtered(zval *failure, asq_failure_kind *kind);

/* Of a WP_Error or a response that is one: throws what it comes to, and returns true. */
bool asq_failure_throw_response(zval *response);

/* The exception before one, or NULL; nobody looks at more of them than that, for they may go round in circles. */
#define ASQ_FAILURE_CHAIN 20
zend_object *asq_failure_previous(zend_object *exception);

/*
 * Text as a table takes it: letters that are none, or that utf8mb3 has not, are question marks; cut to so many bytes, between
 * letters.
 */
zend_string *asq_failure_text(const zend_string *text, size_t most, bool utf8mb3);

/* Where an exception and those before it came from, a line a frame, without arguments: they may be secrets. */
zend_string *asq_failure_trace(zval *exception);

/* Its code, as text. */
zend_string *asq_failure_code(zval *exception);

#endif
