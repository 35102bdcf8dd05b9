/*
 * call.h: calling PHP from C. Every function here that returns ASQ_THROWN has left an exception in
 * EG(exception); results are the caller's to free.
 */
#ifndef ASQ_WORDPRESS_CALL_H
#define ASQ_WORDPRESS_CALL_H

#include "src/db/error.h"

/* Calls a function by its lower-case name. ASQ_NOT_FOUND where there is none. */
asq_status asq_call(zval *result, const char *function, uint32_t argc, zval *argv);

/* Calls any callable. */
asq_status asq_call_callable(zval *result, zval *callable, uint32_t argc, zval *argv);

/* Calls an object's method, whatever its visibility: $object->method( ... ). */
asq_status asq_call_method(zval *result, zend_object *object, const char *method, uint32_t argc, zval *argv);

/*
 * $value->method( ... ) as PHP itself would do it: an Error where the value is no object or has no such method, and
 * __call() where there is one.
 */
asq_status asq_call_on(zval *result, zval *value, const char *method, uint32_t argc, zval *argv);

/* Calls a static method, loading the class if need be. */
asq_status asq_call_static(zval *result, const char *class_name, const char *method, uint32_t argc, zval *argv);

/* A class by its name, autoloaded if asked; NULL if there is none (or if the autoloader threw). */
zend_class_entry *asq_class(const char *name, bool autoload);

/* new Class( ... ) */
asq_status asq_new(zval *result, zend_class_entry *ce, uint32_t argc, zval *argv);

/* An object's property, whatever its visibility, or NULL; not the caller's to free. */
zval *asq_property(zend_object *object, const char *name, size_t length);

/*
 * The array as it is now, without references, in it and in the arrays in it: what is called while it is being read may change what a
 * reference refers to. The caller's to release (zend_array_release()).
 */
HashTable *asq_settled(const HashTable *given);

/* Sets a table's element; the one before is let go of when the table is as it is to be, since its destructor may change the table. */
void asq_table_set(HashTable *table, zend_string *key, zval *value);

/* A global variable, dereferenced, or NULL. */
zval *asq_global(const char *name, size_t length);

/*
 * Whether it is none that PHP code could catch: an exit(), or the end of a fiber that is let go while it waits. Code that
 * catches everything lets these go on.
 */
bool asq_is_exit(const zend_object *exception);

/* Takes the pending exception out of the engine and into the zval. */
void asq_catch(zval *exception);

/* A line of PHP's error log. */
void asq_log_line(const char *format, ...) ZEND_ATTRIBUTE_FORMAT(printf, 1, 2);

/* What was thrown by whom was asked, a filter say, is for the log, and no failure. ASQ_THROWN: asq_is_exit(), which goes on. */
asq_status asq_ignore_thrown(const char *who);
/* ... of a call that has ended with the status: any other than ASQ_THROWN stays as it is. */
asq_status asq_survive(asq_status status, const char *who);

/* An exception, or an exit(), that is on its way while something has still to be done. */
typedef struct {
	zend_object *exception;
	const zend_op *opline;
} asq_pending;

/* Puts aside what is on its way, if anything is, so that PHP can be called; asq_put_back() has it go on. */
asq_pending asq_put_aside(void);

/* What was thrown in between goes on itself only if nothing had been put aside; an exit() does in any case. */
void asq_put_back(asq_pending pending);

/* An exception's message, for logs. */
zend_string *asq_exception_message(zval *exception);

#endif
