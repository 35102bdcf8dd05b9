/*
 * guards.h: the exceptions of idempotency keys and circuits.
 */
#ifndef ASQ_API_GUARDS_H
#define ASQ_API_GUARDS_H

#include "php.h"

extern zend_class_entry *asq_conflict_exception, *asq_in_progress_exception, *asq_circuit_open_exception;

/* MINIT: the classes. */
void asq_failure_startup(void);

/* A request's end: its circuits. */
void asq_circuits_shutdown(void);

/* Makes one of the exceptions that say when to try again; the circuit may be NULL. */
void asq_failure_make(zval *exception, zend_class_entry *ce, zend_long retry_after, zend_string *circuit, const char *format, ...)
	ZEND_ATTRIBUTE_FORMAT(printf, 5, 6);
void asq_failure_throw(zend_class_entry *ce, zend_long retry_after, zend_string *circuit, const char *format, ...)
	ZEND_ATTRIBUTE_FORMAT(printf, 4, 5);

#endif
