/*
 * asq_idempotent.c: asq_idempotent(): claim a key, call, store what came of it. asq_idempotency_purge(), asq_rest_idempotency().
 */
#include "held.h"
#include "options.h"
#include "outcome.h"
#include "src/wordpress/exceptions.h"
#include "src/db/monotonic.h"
#include "src/store/keys.h"
#include "src/wordpress/boot.h"
#include "src/wordpress/wpdb.h"
#include "Zend/zend_exceptions.h"
#include "ext/spl/spl_exceptions.h"

#include <time.h>

#define ASQ_SECONDS_MAX   315360000   /* ten years */
#define ASQ_WAIT_MAX      86400
#define ASQ_RETRY_MAX     30          /* seconds after which one who has to wait is told to come back, at most */
#define ASQ_KEY_PATIENCE  10          /* seconds for which a lost server is waited for, to store a result */

typedef struct {
	zend_string *scope;
	char request_hash[65];
	zend_long ttl, lease;
	double wait;
	bool keep_failures;
	zval *store_if, *replayed;
} asq_idempotency;

/* ---- Options ------------------------------------------------------------------------------------ */

static bool asq_idempotency_read(asq_idempotency *idem, HashTable *options)
{
	static const char *const names[] = { "ttl", "request", "scope", "wait", "lease", "keep_failures", "store_if", "replayed", NULL };
	zval *scope, *keep, *request;

	if (asq_options_unknown(options, 3, names)
			|| !asq_option_whole(options, 3, "ttl", 1, ASQ_SECONDS_MAX, &idem->ttl) || !asq_option_whole(options, 3, "lease", 1, ASQ_SECONDS_MAX, &idem->lease)
			|| !asq_option_seconds(options, 3, "wait", 0, ASQ_WAIT_MAX, &idem->wait)) {
		return false;
	}
	scope = asq_option(options, "scope");
	if (scope && Z_TYPE_P(scope) != IS_STRING) {
		zend_argument_type_error(3, "must have a string as \"scope\"");
		return false;
	}
	idem->scope = scope ? Z_STR_P(scope) : ZSTR_EMPTY_ALLOC();
	keep = asq_option(options, "keep_failures");
	idem->keep_failures = keep && zend_is_true(keep);
	idem->store_if = asq_option(options, "store_if");
	if (idem->store_if && !zend_is_callable(idem->store_if, 0, NULL)) {
		zend_argument_type_error(3, "must have a callable as \"store_if\"");
		return false;
	}
	request = asq_option(options, "request");
	return !request || asq_request_hash(request, idem->request_hash);
}

/* ---- Claiming ----------------------------------------------------------------------------------- */

static void asq_throw_in_progress(double running)
{
	double wait = running < 1 ? 1 : running > ASQ_RETRY_MAX ? ASQ_RETRY_MAX : running;

	asq_failure_throw(asq_in_progress_exception, (zend_long) wait, NULL, "Another process is at work under this idempotency key. Try again in " ZEND_LONG_FMT " seconds.", (zend_long) wait);
}

/* ASQ_THROWN: the key cannot be had. Else it is ours, and *held, or the claim tells what became of it. */
static asq_status asq_idempotent_claim(const asq_idempotency *idem, zend_string *key, asq_key_claim *claim, asq_held **held)
{
	asq_site site;
	asq_error error = {0};
	asq_status status = asq_site_open_own(&site, 0, &error);

	*held = NULL;
	if (status == ASQ_OK) {
		asq_held_catch_up(&site.link);
		if (asq_held_already(&site, idem->scope, key)) {
			asq_throw_in_progress(1);
			status = ASQ_THROWN;
		} else {
			status = asq_store_claim_key(&site, claim, &error);
		}
		if (status == ASQ_OK && claim->state == ASQ_KEY_OURS) {
			*held = asq_hold(ASQ_HELD_KEY, &site, idem->scope, key, claim->token);
		}
		asq_site_close(&site);
	}
	if (status == ASQ_FAILED) {
		asq_throw_error("asq_idempotent", &error);
		status = ASQ_THROWN;
	}
	return status;
}

/* Asks again and again, at longer and longer intervals, for as long as another process has it. */
static asq_status asq_idempotent_wait(const asq_idempotency *idem, zend_string *key, asq_key_claim *claim, asq_held **held)
{
	double until = asq_monotonic() + idem->wait, pause = 0.005;
	asq_status status;

	while ((status = asq_idempotent_claim(idem, key, claim, held)) == ASQ_OK && claim->state == ASQ_KEY_RUNNING) {
		double left = until - asq_monotonic();
		struct timespec nap;

		if (left <= 0) {
			asq_throw_in_progress(claim->running);
			return ASQ_THROWN;
		}
		pause = MIN(MIN(pause * 1.5, 0.25), left);
		nap = (struct timespec) { (time_t) pause, (long) ((pause - (double) (time_t) pause) * 1e9) };
		nanosleep(&nap, NULL);
	}
	return status;
}

/* ---- Ending ------------------------------------------------------------------------------------- */

/* A warning may be turned into an exception, which must not take the place of one that is on its way. */
static void asq_idempotent_warn(const char *format, const char *what)
{
	asq_pending pending = asq_put_aside();

	zend_error(E_WARNING, format, what);
	asq_put_back(pending);
}

static void asq_idempotent_release(asq_held *held)
{
	asq_site site;
	asq_error error = {0};
	asq_key key = { held->scope, held->name };
	asq_status status = asq_held_open(held, 0, &site, &error);

	if (status == ASQ_OK) {
		status = asq_store_release_key(&site, &key, held->token, 0, &error);
		asq_site_close(&site);
	}
	if (status == ASQ_OK) {
		asq_held_end(held);
	} else {
		held->over = true;
	}
}

/* Takes the bytes. */
static void asq_idempotent_finish(asq_held *held, asq_key_state state, zend_string *bytes, zend_long ttl)
{
	asq_site site;
	asq_error error = {0};
	asq_key_claim claim = { .key = { held->scope, held->name } };
	asq_status status = asq_held_open(held, ASQ_KEY_PATIENCE, &site, &error);
	bool stored = false;

	held->result = bytes;
	held->state = state;
	held->ttl = ttl;
	memcpy(claim.token, held->token, sizeof(claim.token));
	if (status == ASQ_OK) {
		status = asq_store_finish_key(&site, &claim, state, bytes, ttl, ASQ_KEY_PATIENCE, &stored, &error);
		if (status != ASQ_OK && ZSTR_LEN(bytes) > 4096) {
			/* It may be the size that the server minds. That it was done is worth more than with what result. */
			asq_error ignored;
			zend_string_release(bytes);
			held->result = zend_strpprintf(0, "could not be stored: %s", error.message);
			held->state = ASQ_KEY_UNSTORABLE;
			status = asq_store_finish_key(&site, &claim, held->state, held->result, ttl, 0, &stored, &ignored);
			if (status == ASQ_OK) {
				asq_idempotent_warn("asq_idempotent(): the callable has run, and will not run again for this key, but its result could not be stored: %s", error.message);
			}
		}
		asq_store_tidy_keys(&site, held->token);
		asq_site_close(&site);
	}
	if (status != ASQ_OK) {
		held->over = true;
		asq_idempotent_warn("asq_idempotent(): the callable has run, but its result could not be stored, and it may run again: %s", error.message);
		return;
	}
	asq_held_end(held);
	if (!stored) {
		asq_idempotent_warn("asq_idempotent(): the lease was over before the callable had returned, and another process has taken the key: it may have run twice%s", "");
	}
}

static void asq_throw_unstorable(const char *why)
{
	zend_throw_exception_ex(spl_ce_UnexpectedValueException, 0, "asq_idempotent(): the callable has run, and will not run again for this key, but what it returned %s", why);
}

/* What the callable threw, or the WP_Error that it returned. */
static void asq_idempotent_failed(asq_held *held, const asq_idempotency *idem, zval *failure)
{
	zend_string *why = NULL, *bytes;

	if (!idem->keep_failures) {
		asq_idempotent_release(held);
		return;
	}
	bytes = asq_outcome_pack_failure(failure, &why);
	if (bytes) {
		asq_idempotent_finish(held, ASQ_KEY_FAILED, bytes, idem->ttl);
	} else {
		asq_idempotent_finish(held, ASQ_KEY_UNSTORABLE, why, idem->ttl);
	}
}

/* ASQ_THROWN, or whether it is to be kept. */
static asq_status asq_idempotent_ask(const asq_idempotency *idem, zval *result, bool *keep)
{
	zval answer;
	asq_status status = ASQ_OK;

	*keep = true;
	if (idem->store_if) {
		status = asq_call_callable(&answer, idem->store_if, 1, result);
		if (status == ASQ_OK) {
			*keep = zend_is_true(&answer);
			zval_ptr_dtor(&answer);
		}
	}
	return status == ASQ_NOT_FOUND ? ASQ_OK : status;
}

static void asq_idempotent_returned(asq_held *held, const asq_idempotency *idem, zval *result)
{
	zend_string *why = NULL, *bytes;
	bool keep;

	if (asq_outcome_is_wp_error(result)) {
		asq_idempotent_failed(held, idem, result);
		return;
	}
	if (asq_idempotent_ask(idem, result, &keep) != ASQ_OK || !keep) {
		asq_idempotent_release(held);
		return;
	}
	bytes = asq_outcome_pack(result, &why);
	if (bytes) {
		asq_idempotent_finish(held, ASQ_KEY_DONE, bytes, idem->ttl);
		return;
	}
	asq_idempotent_finish(held, ASQ_KEY_UNSTORABLE, zend_string_copy(why), idem->ttl);
	if (!EG(exception)) {
		asq_throw_unstorable(ZSTR_VAL(why));
	}
	zend_string_release(why);
}

static void asq_idempotent_run(asq_held *held, const asq_idempotency *idem, zend_fcall_info *fci, zend_fcall_info_cache *fcc, zval *return_value)
{
	ZVAL_UNDEF(return_value);
	fci->retval = return_value;
	zend_call_function(fci, fcc);
	if (Z_ISREF_P(return_value)) {
		zend_unwrap_reference(return_value);
	}
	if (!asq_held_is_ours(held)) {
		/* The callable has forked, and this is the child: the parent will tell. */
		asq_held_end(held);
	} else if (EG(exception)) {
		asq_pending pending = asq_put_aside();
		zval failure;
		ZVAL_OBJ(&failure, pending.exception);
		if (asq_is_exit(pending.exception)) {
			asq_idempotent_release(held);
		} else {
			asq_idempotent_failed(held, idem, &failure);
		}
		asq_put_back(pending);
	} else {
		asq_idempotent_returned(held, idem, return_value);
	}
	if (Z_TYPE_P(return_value) == IS_UNDEF) {
		ZVAL_NULL(return_value);
	}
}

/* What came of it before. */
static void asq_idempotent_repeat(asq_key_claim *claim, zval *return_value)
{
	switch (claim->state) {
		case ASQ_KEY_CONFLICT:
			zend_throw_exception(asq_conflict_exception, "This idempotency key was used for another request.", 0);
			break;
		case ASQ_KEY_UNSTORABLE:
			asq_throw_unstorable(claim->result ? ZSTR_VAL(claim->result) : "could not be stored");
			break;
		case ASQ_KEY_FAILED:
			asq_outcome_repeat_failure(claim->result ? claim->result : ZSTR_EMPTY_ALLOC(), return_value);
			break;
		default:
			if (claim->result && !asq_outcome_unpack(claim->result, return_value)) {
				zend_throw_exception(spl_ce_RuntimeException, "asq_idempotent(): the stored result cannot be read.", 0);
			}
	}
}

static void asq_idempotent_do(const asq_idempotency *idem, zend_string *key, zend_fcall_info *fci, zend_fcall_info_cache *fcc, zval *return_value)
{
	asq_key_claim claim = { .key = { idem->scope, key }, .request_hash = idem->request_hash, .lease = idem->lease };
	asq_held *held;
	asq_status status;

	if (!asq_token_make(claim.token)) {
		zend_throw_exception(spl_ce_RuntimeException, "asq_idempotent(): there is no randomness to be had.", 0);
		return;
	}
	status = asq_idempotent_wait(idem, key, &claim, &held);
	if (status == ASQ_OK && idem->replayed) {
		ZEND_TRY_ASSIGN_REF_BOOL(idem->replayed, held == NULL);
	}
	if (status == ASQ_OK && EG(exception)) {
		/* The reference is a property's that holds no bools. */
		if (held) {
			asq_idempotent_release(held);
		}
	} else if (status == ASQ_OK && held) {
		asq_idempotent_run(held, idem, fci, fcc, return_value);
	} else if (status == ASQ_OK) {
		asq_idempotent_repeat(&claim, return_value);
	}
	if (claim.result) {
		zend_string_release(claim.result);
	}
}

ZEND_FUNCTION(asq_idempotent)
{
	zend_string *key;
	zend_fcall_info fci;
	zend_fcall_info_cache fcc;
	HashTable *given = NULL, *options;
	asq_idempotency idem = { .ttl = 86400, .lease = 300 };

	ZEND_PARSE_PARAMETERS_START(2, 3)
		Z_PARAM_STR(key)
		Z_PARAM_FUNC(fci, fcc)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(given)
	ZEND_PARSE_PARAMETERS_END();

	if (!ZSTR_LEN(key)) {
		zend_argument_value_error(1, "must not be empty");
		RETURN_THROWS();
	}
	options = given ? asq_settled(given) : NULL;
	idem.replayed = given ? zend_hash_str_find(given, "replayed", sizeof("replayed") - 1) : NULL;
	idem.replayed = idem.replayed && Z_ISREF_P(idem.replayed) ? idem.replayed : NULL;
	if (asq_idempotency_read(&idem, options)) {
		asq_idempotent_do(&idem, key, &fci, &fcc, return_value);
	}
	if (options) {
		zend_array_release(options);
	}
}

ZEND_FUNCTION(asq_idempotency_purge)
{
	zend_long limit = 0;
	asq_site site;
	asq_error error = {0};
	asq_status status;
	uint64_t deleted = 0;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(limit)
	ZEND_PARSE_PARAMETERS_END();

	if (limit < 0) {
		zend_argument_value_error(1, "must not be negative");
		RETURN_THROWS();
	}
	status = asq_site_open_own(&site, 0, &error);
	if (status == ASQ_OK) {
		status = asq_store_purge_keys(&site, (uint64_t) limit, &deleted, &error);
		asq_site_close(&site);
	}
	if (status != ASQ_OK) {
		asq_throw_error("asq_idempotency_purge", &error);
		RETURN_THROWS();
	}
	RETURN_LONG((zend_long) deleted);
}

/* ---- REST --------------------------------------------------------------------------------------- */

static bool asq_rest_options_are_good(HashTable *options)
{
	static const char *const names[] = { "routes", "required", "ttl", "lease", "wait", NULL };
	zval *routes = NULL, *route;
	zend_long number;
	double seconds;

	if (asq_options_unknown(options, 1, names) || !asq_option_array(options, "routes", &routes)
			|| !asq_option_whole(options, 1, "ttl", 1, ASQ_SECONDS_MAX, &number) || !asq_option_whole(options, 1, "lease", 1, ASQ_SECONDS_MAX, &number)
			|| !asq_option_seconds(options, 1, "wait", 0, ASQ_WAIT_MAX, &seconds)) {
		return false;
	}
	if (routes) {
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(routes), route) {
			ZVAL_DEREF(route);
			if (Z_TYPE_P(route) != IS_STRING || !Z_STRLEN_P(route) || Z_STRVAL_P(route)[0] != '/') {
				zend_argument_value_error(1, "must have beginnings of routes, such as \"/shop/v1/orders\", as \"routes\"");
				return false;
			}
		} ZEND_HASH_FOREACH_END();
	}
	return true;
}

/* The rest of it is Asq\RestIdempotency, of src/php/rest.php, which is compiled here: in REST requests, and no others. */
ZEND_FUNCTION(asq_rest_idempotency)
{
	zval *options = NULL, none, middleware;
	zend_class_entry *ce;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY(options)
	ZEND_PARSE_PARAMETERS_END();

	ZVAL_EMPTY_ARRAY(&none);
	options = options ? options : &none;
	if (!asq_rest_options_are_good(Z_ARRVAL_P(options))) {
		RETURN_THROWS();
	}
	if (!asq_wp_is_loaded()) {
		zend_throw_exception(spl_ce_RuntimeException, "asq_rest_idempotency(): WordPress is not loaded.", 0);
		RETURN_THROWS();
	}
	ce = asq_boot_class("rest.php", "Asq\\RestIdempotency");
	if (ce && asq_new(&middleware, ce, 1, options) == ASQ_OK) {
		asq_call_method(NULL, Z_OBJ(middleware), "listen", 0, NULL);
		zval_ptr_dtor(&middleware);
	}
}
