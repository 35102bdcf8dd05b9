/*
 * outcome.h: what a callable came to, as bytes that can be kept: values, exceptions, WP_Error. And a request, as a hash.
 */
#ifndef ASQ_API_OUTCOME_H
#define ASQ_API_OUTCOME_H

#include "api.h"

#define ASQ_OUTCOME_MAX (4 * 1024 * 1024)

/* A value by PHP's serialize(). NULL where it cannot be kept: *why says, in the middle of a sentence ("holds an object of ..."). */
zend_string *asq_outcome_pack(zval *value, zend_string **why);
/* False where the bytes make no sense. */
bool asq_outcome_unpack(const zend_string *bytes, zval *value);

bool asq_outcome_is_wp_error(const zval *value);
/* An exception, or a WP_Error, that is to come again. */
zend_string *asq_outcome_pack_failure(zval *failure, zend_string **why);
/* Throws it, or has the value be the WP_Error. */
void asq_outcome_repeat_failure(const zend_string *bytes, zval *value);

/* SHA-256 of a string, or of a value as JSON with its objects' keys in order; false: an exception says why not. */
bool asq_request_hash(zval *request, char hex[65]);

#endif
