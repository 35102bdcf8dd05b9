/*
 * signature.c: HMACs of webhooks, by OpenSSL. What is expected is put into the header's form and compared there, so that each
 * signature has one form only.
 */
#include "signature.h"
#include "Zend/zend_smart_str.h"
#include "ext/standard/base64.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#define ASQ_SIGNATURE_MAX  8192   /* bytes of a header */
#define ASQ_TIMESTAMP_MAX  15     /* digits */
#define ASQ_STRIPE_MAX     32     /* signatures in one header */

/* ---- HMAC --------------------------------------------------------------------------------------- */

static const EVP_MD *asq_sign_md(asq_sign_algorithm algorithm)
{
	return algorithm == ASQ_SHA1 ? EVP_sha1() : algorithm == ASQ_SHA512 ? EVP_sha512() : EVP_sha256();
}

static const char *asq_sign_name(asq_sign_algorithm algorithm)
{
	return algorithm == ASQ_SHA1 ? "sha1=" : algorithm == ASQ_SHA512 ? "sha512=" : "sha256=";
}

/* As it would stand in the header; NULL: OpenSSL would not. */
static zend_string *asq_sign(const asq_scheme *scheme, const zend_string *secret, const char *bytes, size_t length)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned size = 0;
	zend_string *text;

	if (ZSTR_LEN(secret) > INT_MAX || !HMAC(asq_sign_md(scheme->algorithm), ZSTR_VAL(secret), (int) ZSTR_LEN(secret), (const unsigned char *) bytes, length, digest, &size)) {
		return NULL;
	}
	if (scheme->base64) {
		text = php_base64_encode(digest, size);
	} else {
		text = zend_string_alloc(2 * size, 0);
		for (unsigned i = 0; i < size; i++) {
			snprintf(ZSTR_VAL(text) + 2 * i, 3, "%02x", digest[i]);
		}
	}
	OPENSSL_cleanse(digest, sizeof(digest));
	return text;
}

/* The given signature in lower case where that is the same. */
static void asq_sign_lower(const asq_scheme *scheme, char *text, size_t length)
{
	for (size_t i = 0; !scheme->base64 && i < length; i++) {
		text[i] = text[i] >= 'A' && text[i] <= 'F' ? (char) (text[i] + 'a' - 'A') : text[i];
	}
}

/* Whether one of the given signatures is one of the secrets'. All are compared, whatever comes of it. */
static bool asq_sign_matches(const asq_scheme *scheme, HashTable *secrets, char *const *given, const size_t *lengths, size_t count, const char *bytes, size_t length)
{
	bool found = false;
	zval *secret;

	ZEND_HASH_FOREACH_VAL(secrets, secret) {
		zend_string *expected = asq_sign(scheme, Z_STR_P(secret), bytes, length);
		for (size_t i = 0; expected && i < count; i++) {
			found |= lengths[i] == ZSTR_LEN(expected) && CRYPTO_memcmp(given[i], ZSTR_VAL(expected), lengths[i]) == 0;
		}
		if (expected) {
			OPENSSL_cleanse(ZSTR_VAL(expected), ZSTR_LEN(expected));
			zend_string_release(expected);
		}
	} ZEND_HASH_FOREACH_END();
	return found;
}

/* ---- Timestamps --------------------------------------------------------------------------------- */

/* Digits alone, so that what is signed can be read in one way only. */
static bool asq_timestamp_read(const char *text, size_t length, int64_t *time)
{
	*time = 0;
	if (!length || length > ASQ_TIMESTAMP_MAX) {
		return false;
	}
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9') {
			return false;
		}
		*time = *time * 10 + (text[i] - '0');
	}
	return true;
}

static bool asq_timestamp_holds(int64_t time, int64_t now, zend_long tolerance)
{
	return time >= now - tolerance && time <= now + tolerance;
}

/* ---- One header, one signature -------------------------------------------------------------------- */

/* The format with its marks replaced. */
static zend_string *asq_payload_format(const zend_string *format, const zend_string *timestamp, const zend_string *body)
{
	static const char body_mark[] = "{body}", time_mark[] = "{timestamp}";
	const char *s = ZSTR_VAL(format), *end = s + ZSTR_LEN(format);
	smart_str made = {0};

	smart_str_alloc(&made, ZSTR_LEN(format) + ZSTR_LEN(body), 0);
	while (s < end) {
		if (strncmp(s, body_mark, sizeof(body_mark) - 1) == 0) {
			smart_str_append(&made, (zend_string *) body);
			s += sizeof(body_mark) - 1;
		} else if (timestamp && strncmp(s, time_mark, sizeof(time_mark) - 1) == 0) {
			smart_str_append(&made, (zend_string *) timestamp);
			s += sizeof(time_mark) - 1;
		} else {
			smart_str_appendc(&made, *s++);
		}
	}
	return smart_str_extract(&made);
}

/* Where the signature itself begins, behind the prefix; NULL: the header has not got it. */
static const char *asq_signature_start(const asq_scheme *scheme, const zend_string *header)
{
	const char *prefix = scheme->prefix ? ZSTR_VAL(scheme->prefix) : asq_sign_name(scheme->algorithm);
	size_t length = strlen(prefix);
	bool there = ZSTR_LEN(header) >= length && memcmp(ZSTR_VAL(header), prefix, length) == 0;

	if (there) {
		return ZSTR_VAL(header) + length;
	}
	return scheme->prefix ? NULL : ZSTR_VAL(header);
}

static asq_sign_verdict asq_signature_check_hmac(const asq_scheme *scheme, HashTable *secrets, const zend_string *header, const zend_string *timestamp,
	const zend_string *body, int64_t now, zend_long tolerance)
{
	const char *start = asq_signature_start(scheme, header);
	zend_string *payload;
	int64_t time = now;
	size_t length;
	char *given;
	bool matches;

	if (!start || (scheme->timestamp_header && (!timestamp || !asq_timestamp_read(ZSTR_VAL(timestamp), ZSTR_LEN(timestamp), &time)))) {
		return ASQ_UNSIGNED;
	}
	length = ZSTR_LEN(header) - (size_t) (start - ZSTR_VAL(header));
	if (!length) {
		return ASQ_UNSIGNED;
	}
	given = estrndup(start, length);
	asq_sign_lower(scheme, given, length);
	payload = scheme->payload ? asq_payload_format(scheme->payload, timestamp, body) : zend_string_copy((zend_string *) body);
	matches = asq_sign_matches(scheme, secrets, &given, &length, 1, ZSTR_VAL(payload), ZSTR_LEN(payload));
	zend_string_release(payload);
	efree(given);
	return !matches ? ASQ_FORGED : asq_timestamp_holds(time, now, tolerance) ? ASQ_SIGNED : ASQ_STALE;
}

/* ---- Stripe: t=1492774577,v1=...,v1=...,v0=... ------------------------------------------------------ */

typedef struct {
	const char *time;
	size_t time_length;
	char *given[ASQ_STRIPE_MAX];
	size_t lengths[ASQ_STRIPE_MAX], count;
} asq_stripe;

/* One "name=value"; false: two times, or too many signatures. Names that are not known are left out, as Stripe says. */
static bool asq_stripe_part(asq_stripe *stripe, char *part, size_t length)
{
	char *value;

	while (length && *part == ' ') {
		part++;
		length--;
	}
	while (length && part[length - 1] == ' ') {
		length--;
	}
	value = memchr(part, '=', length);
	if (!value) {
		return true;
	}
	length -= (size_t) (++value - part);
	if (strncmp(part, "t=", 2) == 0) {
		if (stripe->time) {
			return false;
		}
		stripe->time = value;
		stripe->time_length = length;
	} else if (strncmp(part, "v1=", 3) == 0) {
		if (stripe->count == ASQ_STRIPE_MAX) {
			return false;
		}
		stripe->given[stripe->count] = value;
		stripe->lengths[stripe->count++] = length;
	}
	return true;
}

static bool asq_stripe_read(asq_stripe *stripe, char *header, size_t length)
{
	char *end = header + length;

	while (header < end) {
		char *comma = memchr(header, ',', (size_t) (end - header));
		if (!asq_stripe_part(stripe, header, (size_t) ((comma ? comma : end) - header))) {
			return false;
		}
		header = comma ? comma + 1 : end;
	}
	return stripe->time && stripe->count;
}

static asq_sign_verdict asq_signature_check_stripe(const asq_scheme *scheme, HashTable *secrets, const zend_string *header, const zend_string *body, int64_t now,
	zend_long tolerance)
{
	asq_stripe stripe = {0};
	char *copy = estrndup(ZSTR_VAL(header), ZSTR_LEN(header));
	asq_sign_verdict verdict = ASQ_UNSIGNED;
	smart_str payload = {0};
	int64_t time;

	if (asq_stripe_read(&stripe, copy, ZSTR_LEN(header)) && asq_timestamp_read(stripe.time, stripe.time_length, &time)) {
		for (size_t i = 0; i < stripe.count; i++) {
			asq_sign_lower(scheme, stripe.given[i], stripe.lengths[i]);
		}
		smart_str_appendl(&payload, stripe.time, stripe.time_length);
		smart_str_appendc(&payload, '.');
		smart_str_append(&payload, (zend_string *) body);
		smart_str_0(&payload);
		verdict = !asq_sign_matches(scheme, secrets, stripe.given, stripe.lengths, stripe.count, ZSTR_VAL(payload.s), ZSTR_LEN(payload.s)) ? ASQ_FORGED
			: asq_timestamp_holds(time, now, tolerance) ? ASQ_SIGNED : ASQ_STALE;
		smart_str_free(&payload);
	}
	efree(copy);
	return verdict;
}

/* ---- The door ----------------------------------------------------------------------------------- */

asq_sign_verdict asq_signature_check(const asq_scheme *scheme, HashTable *secrets, const zend_string *signature, const zend_string *timestamp,
	const zend_string *body, int64_t now, zend_long tolerance)
{
	if (scheme->kind == ASQ_SIGN_NONE) {
		return ASQ_SIGNED;
	}
	if (!signature || ZSTR_LEN(signature) > ASQ_SIGNATURE_MAX || scheme->kind == ASQ_SIGN_CALLABLE) {
		return ASQ_UNSIGNED;
	}
	return scheme->kind == ASQ_SIGN_STRIPE ? asq_signature_check_stripe(scheme, secrets, signature, body, now, tolerance)
		: asq_signature_check_hmac(scheme, secrets, signature, timestamp, body, now, tolerance);
}

void asq_scheme_free(asq_scheme *scheme)
{
	zend_string *owned[] = { scheme->header, scheme->prefix, scheme->timestamp_header, scheme->payload };

	for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++) {
		if (owned[i]) {
			zend_string_release(owned[i]);
		}
	}
	zval_ptr_dtor(&scheme->callable);
	ZVAL_UNDEF(&scheme->callable);
}
