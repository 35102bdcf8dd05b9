/*
 * native.h: what the functions of Asq\Native share. Each stands for a method of Action Scheduler's classes:
 * f( &$result, $self, ...$args ) does the work and returns true, or declines: it returns false, has done
 * nothing, and the method's own body runs.
 */
#ifndef ASQ_API_NATIVE_H
#define ASQ_API_NATIVE_H

#include "api.h"

typedef struct {
	zend_execute_data *execute_data;
	zval *return_value;
	zend_object *self;
	asq_site site;
	bool open;
	asq_error error;
} asq_native;

/* Starts a call: returns false (the call has declined) if $self is no object. */
bool asq_native_begin(asq_native *call, zend_execute_data *execute_data, zval *return_value);

/* ... and opens the site, for those that need the tables. */
bool asq_native_open(asq_native *call);

/* Opens it anew after a call of userland, which may have switched blogs, begun a transaction or forked. */
asq_status asq_native_reopen(asq_native *call);

/* The same for a store whose given methods must be AS's own. */
bool asq_native_open_store(asq_native *call, const char *const *methods);

/* The n-th argument after $self, or NULL. */
zval *asq_native_arg(asq_native *call, uint32_t n);

/* ... as an id: a positive number, or a string of one. False: declined. */
bool asq_native_id(asq_native *call, uint32_t n, uint64_t *id);

/* Ends the call. On ASQ_OK, takes the value as $result. */
void asq_native_end(asq_native *call, asq_status status, zval *value);

/* ---- native_claims.c: at start-up, what the class Asq\Native\Claims needs beyond its stub. */
void asq_native_claims_class(zend_class_entry *ce);

#endif
