/*
 * options.h: reading the options that asq_* functions take as an array. What is no good is an exception that says so, and
 * false; an option that is not there leaves the value as it was.
 */
#ifndef ASQ_API_OPTIONS_H
#define ASQ_API_OPTIONS_H

#include "api.h"

/* An option's value, or NULL where it is not given or null. */
zval *asq_option(HashTable *options, const char *name);

/* A number that is not negative. */
bool asq_option_long(HashTable *options, const char *name, zend_long *number);
bool asq_option_callable(HashTable *options, const char *name, zval **callable);
bool asq_option_array(HashTable *options, const char *name, zval **array);

/* Options of the n-th argument. False, or for the first one true: an exception says what is wrong. */
bool asq_options_unknown(HashTable *options, uint32_t argument, const char *const *names);
bool asq_option_seconds(HashTable *options, uint32_t argument, const char *name, double least, double most, double *seconds);
bool asq_option_whole(HashTable *options, uint32_t argument, const char *name, zend_long least, zend_long most, zend_long *number);

#endif
