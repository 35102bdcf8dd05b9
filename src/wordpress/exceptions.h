/*
 * exceptions.h: the extension's own exceptions.
 */
#ifndef ASQ_WORDPRESS_EXCEPTIONS_H
#define ASQ_WORDPRESS_EXCEPTIONS_H

#include "call.h"

extern zend_class_entry *asq_transient_exception, *asq_permanent_exception, *asq_retry_after_exception, *asq_crash_exception;
extern zend_class_entry *asq_conflict_exception, *asq_in_progress_exception, *asq_circuit_open_exception;

/* MINIT: the classes. */
void asq_exceptions_startup(void);

/* One of them, with a message. */
void asq_failure_new(zval *exception, zend_class_entry *ce, const zend_string *message);

/* RetryAfter's seconds. */
zend_long asq_failure_seconds(zend_object *exception);

/* From now until a timestamp; 0: it is over, or none. */
zend_long asq_seconds_from_now(const zval *stamp);

/* Makes, or throws, one of the two that say when to try again; the circuit may be NULL. */
void asq_failure_make(zval *exception, zend_class_entry *ce, zend_long retry_after, zend_string *circuit, const char *format, ...)
	ZEND_ATTRIBUTE_FORMAT(printf, 5, 6);
void asq_failure_throw(zend_class_entry *ce, zend_long retry_after, zend_string *circuit, const char *format, ...)
	ZEND_ATTRIBUTE_FORMAT(printf, 4, 5);

#endif
