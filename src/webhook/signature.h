/*
 * signature.h: who has sent a request, by the signature in its header. Bytes in, a verdict out; the secrets are nowhere else.
 */
#ifndef ASQ_WEBHOOK_SIGNATURE_H
#define ASQ_WEBHOOK_SIGNATURE_H

#include "php.h"

typedef enum {
	ASQ_SIGN_NONE,      /* anybody may send */
	ASQ_SIGN_HMAC,      /* a header holds the HMAC of the body, or of the body and a timestamp */
	ASQ_SIGN_STRIPE,    /* a header holds a timestamp and one or more HMACs of both */
	ASQ_SIGN_CALLABLE   /* a callable decides */
} asq_sign_kind;

typedef enum { ASQ_SHA1, ASQ_SHA256, ASQ_SHA512 } asq_sign_algorithm;

/* How requests are signed. The strings are owned. */
typedef struct {
	asq_sign_kind kind;
	asq_sign_algorithm algorithm;
	bool base64;                      /* else hexadecimal digits, of either case */
	zend_string *header;
	zend_string *prefix;              /* what the header begins with; NULL: the algorithm's name and "=", or nothing */
	zend_string *timestamp_header;    /* or NULL */
	zend_string *payload;             /* what is signed, with {timestamp} and {body}; NULL: the body */
	zval callable;
} asq_scheme;

typedef enum {
	ASQ_SIGNED,
	ASQ_UNSIGNED,   /* there is no signature, or it has not the scheme's form */
	ASQ_FORGED,     /* it is nobody's who knows a secret */
	ASQ_STALE       /* it is right, but of another time */
} asq_sign_verdict;

/*
 * Whether one of the secrets (a list of strings) has signed the body. NULL: the header was not sent. The time that it takes depends on
 * the lengths alone. Not for callables.
 */
asq_sign_verdict asq_signature_check(const asq_scheme *scheme, HashTable *secrets, const zend_string *signature, const zend_string *timestamp,
	const zend_string *body, int64_t now, zend_long tolerance);

void asq_scheme_free(asq_scheme *scheme);

#endif
