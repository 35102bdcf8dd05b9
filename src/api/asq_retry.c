/*
 * asq_retry.c: retry policies, and what failures mean: asq_retry_policy() and its kin, asq_classify_failure(),
 * asq_throw_if_error().
 */
#include "api.h"
#include "src/store/retries.h"
#include "src/wordpress/failure.h"
#include "src/wordpress/policy.h"
#include "src/worker/retry.h"
#include "ext/json/php_json.h"

#include <openssl/rand.h>

#define ASQ_POLICY_JSON_MAX 60000

/* ---- Policies ------------------------------------------------------------------------------------- */

/* False: an exception says what is wrong with it. */
static bool asq_policy_argument(uint32_t argument, HashTable *given, asq_policy_kind kind, zval *policy)
{
	char why[512];

	if (!asq_policy_check(given, kind, policy, why, sizeof(why))) {
		zend_argument_value_error(argument, "must %s", why);
		return false;
	}
	return true;
}

ZEND_FUNCTION(asq_retry_policy)
{
	zend_string *name, *kind = NULL;
	HashTable *given;
	zval policy;
	bool group;

	ZEND_PARSE_PARAMETERS_START(2, 3)
		Z_PARAM_STR(name)
		Z_PARAM_ARRAY_HT_OR_NULL(given)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR(kind)
	ZEND_PARSE_PARAMETERS_END();

	group = kind && zend_string_equals_literal(kind, "group");
	if (kind && !group && !zend_string_equals_literal(kind, "hook")) {
		zend_argument_value_error(3, "must be \"hook\" or \"group\"");
		RETURN_THROWS();
	}
	if (!ZSTR_LEN(name)) {
		zend_argument_value_error(1, "must be the name of a %s", group ? "group" : "hook");
		RETURN_THROWS();
	}
	ZVAL_UNDEF(&policy);
	if (given && !asq_policy_argument(2, given, ASQ_POLICY_REGISTERED, &policy)) {
		RETURN_THROWS();
	}
	asq_policy_keep(group, name, &policy);
}

/* The policy as JSON; NULL: an exception says why not. */
static zend_string *asq_policy_json(HashTable *given)
{
	smart_str json = {0};
	zval policy;
	bool good;

	if (!asq_policy_argument(2, given, ASQ_POLICY_STORED, &policy)) {
		return NULL;
	}
	good = php_json_encode(&json, &policy, PHP_JSON_PRESERVE_ZERO_FRACTION) == SUCCESS && json.s && ZSTR_LEN(json.s) <= ASQ_POLICY_JSON_MAX;
	zval_ptr_dtor(&policy);
	if (!good) {
		smart_str_free(&json);
		zend_argument_value_error(2, "must have names in \"retry_on\", \"give_up_on\" and \"delay\" that are UTF-8, and shorter than %d bytes in all", ASQ_POLICY_JSON_MAX);
		return NULL;
	}
	return smart_str_extract(&json);
}

ZEND_FUNCTION(asq_retry_policy_for_action)
{
	zend_long id;
	HashTable *given;
	zend_string *json = NULL;
	asq_site site;
	asq_error error = {0};
	asq_status status;
	bool known = false;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(id)
		Z_PARAM_ARRAY_HT_OR_NULL(given)
	ZEND_PARSE_PARAMETERS_END();

	if (id < 1) {
		zend_argument_value_error(1, "must be the id of an action");
		RETURN_THROWS();
	}
	if (given && (json = asq_policy_json(given)) == NULL) {
		RETURN_THROWS();
	}
	if (!asq_wp_is_loaded()) {
		status = asq_error_set(&error, 0, "policies of single actions need WordPress: load it first.");
	} else {
		/* First the mark: a worker that sees the policy's action must look for the policy. */
		status = json ? asq_policy_mark() : ASQ_OK;
		if (status == ASQ_OK) {
			status = asq_site_open(&site, &error);
		}
		if (status == ASQ_OK) {
			status = asq_store_set_policy(&site, (uint64_t) id, json, &known, &error);
			asq_site_close(&site);
		}
	}
	if (json) {
		zend_string_release(json);
	}
	if (status != ASQ_OK) {
		asq_throw_error("asq_retry_policy_for_action", &error);
		RETURN_THROWS();
	}
	RETURN_BOOL(known);
}

ZEND_FUNCTION(asq_get_retry_policy)
{
	zend_string *hook, *group = ZSTR_EMPTY_ALLOC();
	zend_long id = 0;

	ZEND_PARSE_PARAMETERS_START(1, 3)
		Z_PARAM_STR(hook)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR(group)
		Z_PARAM_LONG(id)
	ZEND_PARSE_PARAMETERS_END();

	if (id < 0) {
		zend_argument_value_error(3, "must be the id of an action, or 0");
		RETURN_THROWS();
	}
	asq_policy_find(hook, group, (uint64_t) id, NULL, return_value);
}

ZEND_FUNCTION(asq_retry_delay)
{
	HashTable *given;
	zend_long attempt;
	bool jitter = true;
	zval array;
	asq_policy policy;
	uint64_t random = 0;

	ZEND_PARSE_PARAMETERS_START(2, 3)
		Z_PARAM_ARRAY_HT(given)
		Z_PARAM_LONG(attempt)
		Z_PARAM_OPTIONAL
		Z_PARAM_BOOL(jitter)
	ZEND_PARSE_PARAMETERS_END();

	if (attempt < 1) {
		zend_argument_value_error(2, "must be 1 or more");
		RETURN_THROWS();
	}
	if (!asq_policy_argument(1, given, ASQ_POLICY_REGISTERED, &array)) {
		RETURN_THROWS();
	}
	asq_policy_read(&array, &policy);
	if (jitter && RAND_bytes((unsigned char *) &random, sizeof(random)) == 1) {
		RETVAL_LONG((zend_long) asq_backoff_jittered(&policy.backoff, (uint64_t) attempt, random));
	} else {
		RETVAL_LONG((zend_long) asq_backoff_delay(&policy.backoff, (uint64_t) attempt));
	}
	zval_ptr_dtor(&array);
}

/* ---- Failures --------------------------------------------------------------------------------------- */

ZEND_FUNCTION(asq_classify_failure)
{
	zval *failure;
	asq_failure_kind kind;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ZVAL(failure)
	ZEND_PARSE_PARAMETERS_END();

	if (Z_TYPE_P(failure) != IS_ARRAY && Z_TYPE_P(failure) != IS_OBJECT) {
		zend_argument_type_error(1, "must be a Throwable, a WP_Error or the response of a request, %s given", zend_zval_type_name(failure));
		RETURN_THROWS();
	}
	if (asq_failure_classify_filtered(failure, &kind) == ASQ_OK) {
		RETURN_STRING(asq_failure_kinds[kind]);
	}
}

ZEND_FUNCTION(asq_throw_if_error)
{
	zval *response;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ZVAL(response)
	ZEND_PARSE_PARAMETERS_END();

	if (!asq_failure_throw_response(response)) {
		RETURN_COPY(response);
	}
}

ZEND_FUNCTION(Asq_Native_retry_shutdown)
{
	ZEND_PARSE_PARAMETERS_NONE();
	asq_retry_shutdown();
}
