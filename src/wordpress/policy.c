/*
 * policy.c: retry policies. They are arrays, checked once when they are given; those of hooks and groups live as long as the
 * request that registers them, those of single actions in {prefix}asq_retries.
 */
#include "policy.h"
#include "clock.h"
#include "hooks.h"
#include "php_asq.h"
#include "src/store/retries.h"
#include "Zend/zend_exceptions.h"
#include "ext/json/php_json.h"

#define ASQ_POLICY_FILTER "asq_retry_policy"
#define ASQ_POLICY_MARK   "asq_action_policies"    /* the option that says that there are actions with policies */
#define ASQ_POLICY_ATTEMPTS_MAX 1000
#define ASQ_POLICY_TIMEOUT_MAX  86400
#define ASQ_POLICY_CLASSES_MAX  100

static const char *const asq_policy_keys[] = { "max_attempts", "backoff", "base", "cap", "jitter", "delay", "timeout", "on_crash", "retry_on", "give_up_on" };
static const char *const asq_backoffs[] = { "exponential", "linear", "fixed" };

/* ---- Checking ----------------------------------------------------------------------------------- */

typedef struct {
	HashTable *given;
	zval *policy;
	char *why;
	size_t size;
} asq_checking;

/* Its value, or NULL where it is not given. */
static zval *asq_check_get(const asq_checking *c, const char *key)
{
	zval *value = zend_hash_str_find(c->given, key, strlen(key));

	if (value) {
		ZVAL_DEREF(value);
	}
	return value && Z_TYPE_P(value) != IS_NULL ? value : NULL;
}

static bool asq_check_long(const asq_checking *c, const char *key, zend_long least, zend_long most, zend_long usual)
{
	zval *value = asq_check_get(c, key);

	if (value && (Z_TYPE_P(value) != IS_LONG || Z_LVAL_P(value) < least || Z_LVAL_P(value) > most)) {
		snprintf(c->why, c->size, "have a whole number from " ZEND_LONG_FMT " to " ZEND_LONG_FMT " as \"%s\"", least, most, key);
		return false;
	}
	add_assoc_long(c->policy, key, value ? Z_LVAL_P(value) : usual);
	return true;
}

static bool asq_check_jitter(const asq_checking *c)
{
	zval *value = asq_check_get(c, "jitter");
	bool number = !value || Z_TYPE_P(value) == IS_LONG || Z_TYPE_P(value) == IS_DOUBLE;
	double share = !value ? 0.1 : number ? zval_get_double(value) : -1;

	if (!(share >= 0 && share <= 1)) {
		snprintf(c->why, c->size, "have a number from 0 to 1 as \"jitter\"");
		return false;
	}
	add_assoc_double(c->policy, "jitter", share);
	return true;
}

static bool asq_check_word(const asq_checking *c, const char *key, const char *const *words, size_t count, const char *usual)
{
	zval *value = asq_check_get(c, key);
	int at;

	if (!value) {
		add_assoc_string(c->policy, key, usual);
		return true;
	}
	for (size_t i = 0; i < count; i++) {
		if (Z_TYPE_P(value) == IS_STRING && zend_string_equals_cstr(Z_STR_P(value), words[i], strlen(words[i]))) {
			add_assoc_string(c->policy, key, words[i]);
			return true;
		}
	}
	at = snprintf(c->why, c->size, "have one of");
	for (size_t i = 0; i < count; i++) {
		at += snprintf(c->why + at, c->size - (size_t) at, "%s \"%s\"", i ? "," : "", words[i]);
	}
	snprintf(c->why + at, c->size - (size_t) at, " as \"%s\"", key);
	return false;
}

/* Text that means the same in another process. */
static bool asq_check_is_static(const zval *callable)
{
	zval *part;

	if (Z_TYPE_P(callable) != IS_ARRAY) {
		return Z_TYPE_P(callable) == IS_STRING;
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(callable), part) {
		ZVAL_DEREF(part);
		if (Z_TYPE_P(part) != IS_STRING) {
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	return true;
}

static bool asq_check_delay(const asq_checking *c, asq_policy_kind kind)
{
	zval *value = asq_check_get(c, "delay");

	if (value && !zend_is_callable(value, 0, NULL)) {
		snprintf(c->why, c->size, "have a callable as \"delay\"");
		return false;
	}
	if (value && kind == ASQ_POLICY_STORED && !asq_check_is_static(value)) {
		snprintf(c->why, c->size, "have the name of a function or of a static method as \"delay\": a policy that is stored with an action can hold no objects");
		return false;
	}
	if (value) {
		Z_TRY_ADDREF_P(value);
		add_assoc_zval(c->policy, "delay", value);
	} else {
		add_assoc_null(c->policy, "delay");
	}
	return true;
}

static bool asq_check_is_class(const zval *name)
{
	const char *s;

	if (Z_TYPE_P(name) != IS_STRING || !Z_STRLEN_P(name) || Z_STRLEN_P(name) > 255) {
		return false;
	}
	for (s = Z_STRVAL_P(name); s < Z_STRVAL_P(name) + Z_STRLEN_P(name); s++) {
		if (!(*s == '\\' || *s == '_' || (*s >= '0' && *s <= '9') || (*s >= 'A' && *s <= 'Z') || (*s >= 'a' && *s <= 'z') || (unsigned char) *s >= 0x80)) {
			return false;
		}
	}
	return Z_STRVAL_P(name)[0] < '0' || Z_STRVAL_P(name)[0] > '9';
}

/* Class names, which need not be known yet. A stored one must be text that JSON can hold: what is above ASCII is left to it. */
static bool asq_check_classes(const asq_checking *c, const char *key)
{
	zval *value = asq_check_get(c, key), *name, list;

	array_init(&list);
	if (value && (Z_TYPE_P(value) != IS_ARRAY || zend_hash_num_elements(Z_ARRVAL_P(value)) > ASQ_POLICY_CLASSES_MAX)) {
		goto wrong;
	}
	if (value) {
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(value), name) {
			ZVAL_DEREF(name);
			if (!asq_check_is_class(name)) {
				goto wrong;
			}
			size_t from = Z_STRVAL_P(name)[0] == '\\';
			add_next_index_stringl(&list, Z_STRVAL_P(name) + from, Z_STRLEN_P(name) - from);
		} ZEND_HASH_FOREACH_END();
	}
	add_assoc_zval(c->policy, key, &list);
	return true;
wrong:
	zval_ptr_dtor(&list);
	snprintf(c->why, c->size, "have a list of at most %d names of classes as \"%s\"", ASQ_POLICY_CLASSES_MAX, key);
	return false;
}

static bool asq_check_keys(const asq_checking *c)
{
	zend_string *key;
	bool known;

	ZEND_HASH_FOREACH_STR_KEY(c->given, key) {
		known = false;
		for (size_t i = 0; key && i < sizeof(asq_policy_keys) / sizeof(asq_policy_keys[0]); i++) {
			known = known || zend_string_equals_cstr(key, asq_policy_keys[i], strlen(asq_policy_keys[i]));
		}
		if (!known) {
			int at = snprintf(c->why, c->size, "have no key %s%.40s%s; allowed are", key ? "\"" : "that is a number", key ? ZSTR_VAL(key) : "", key ? "\"" : "");
			for (size_t i = 0; i < sizeof(asq_policy_keys) / sizeof(asq_policy_keys[0]); i++) {
				at += snprintf(c->why + at, c->size - (size_t) at, "%s %s", i ? "," : "", asq_policy_keys[i]);
			}
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	return true;
}

static bool asq_check_delays(const asq_checking *c)
{
	zval *base = asq_check_get(c, "base");
	zend_long usual = 3600;

	if (!asq_check_long(c, "base", 0, ASQ_DELAY_MAX, 60)) {
		return false;
	}
	if (base && Z_LVAL_P(base) > usual) {
		usual = Z_LVAL_P(base);
	}
	if (!asq_check_long(c, "cap", 0, ASQ_DELAY_MAX, usual)) {
		return false;
	}
	if (zval_get_long(zend_hash_str_find(Z_ARRVAL_P(c->policy), "cap", 3)) < zval_get_long(zend_hash_str_find(Z_ARRVAL_P(c->policy), "base", 4))) {
		snprintf(c->why, c->size, "have a \"cap\" that is not less than its \"base\" (which is 60 where it is not given)");
		return false;
	}
	return true;
}

bool asq_policy_check(HashTable *given, asq_policy_kind kind, zval *policy, char *why, size_t size)
{
	static const char *const crashes[] = { "fail", "retry" };
	/* Whether something is callable may be asked of an autoloader. */
	asq_checking c = { asq_settled(given), policy, why, size };
	bool good;

	array_init(policy);
	good = asq_check_keys(&c) && asq_check_long(&c, "max_attempts", 1, ASQ_POLICY_ATTEMPTS_MAX, 5)
			&& asq_check_word(&c, "backoff", asq_backoffs, sizeof(asq_backoffs) / sizeof(asq_backoffs[0]), "exponential")
			&& asq_check_delays(&c) && asq_check_jitter(&c) && asq_check_delay(&c, kind) && asq_check_long(&c, "timeout", 0, ASQ_POLICY_TIMEOUT_MAX, 0)
			&& asq_check_word(&c, "on_crash", crashes, 2, "fail") && asq_check_classes(&c, "retry_on") && asq_check_classes(&c, "give_up_on");
	zend_array_release(c.given);
	if (!good) {
		zval_ptr_dtor(policy);
		ZVAL_UNDEF(policy);
	}
	return good;
}

/* ---- Reading ------------------------------------------------------------------------------------ */

static zval *asq_policy_get(const zval *array, const char *key)
{
	zval *value = zend_hash_str_find(Z_ARRVAL_P(array), key, strlen(key));

	ZEND_ASSERT(value);
	return value;
}

void asq_policy_read(const zval *array, asq_policy *policy)
{
	zval *delay = asq_policy_get(array, "delay"), *kind = asq_policy_get(array, "backoff");

	memset(policy, 0, sizeof(*policy));
	policy->max_attempts = Z_LVAL_P(asq_policy_get(array, "max_attempts"));
	policy->timeout = Z_LVAL_P(asq_policy_get(array, "timeout"));
	policy->backoff.base = (uint64_t) Z_LVAL_P(asq_policy_get(array, "base"));
	policy->backoff.cap = (uint64_t) Z_LVAL_P(asq_policy_get(array, "cap"));
	policy->backoff.jitter = Z_DVAL_P(asq_policy_get(array, "jitter"));
	for (size_t i = 0; i < sizeof(asq_backoffs) / sizeof(asq_backoffs[0]); i++) {
		if (strcmp(Z_STRVAL_P(kind), asq_backoffs[i]) == 0) {
			policy->backoff.kind = (asq_backoff_kind) i;
		}
	}
	policy->crash_retry = strcmp(Z_STRVAL_P(asq_policy_get(array, "on_crash")), "retry") == 0;
	policy->delay = Z_TYPE_P(delay) != IS_NULL ? delay : NULL;
	policy->retry_on = Z_ARRVAL_P(asq_policy_get(array, "retry_on"));
	policy->give_up_on = Z_ARRVAL_P(asq_policy_get(array, "give_up_on"));
}

/* ---- Keeping ------------------------------------------------------------------------------------ */

void asq_policy_keep(bool group, zend_string *name, zval *policy)
{
	HashTable **table = &ASQ_G(policies)[group];

	if (Z_ISUNDEF_P(policy)) {
		if (*table) {
			zend_hash_del(*table, name);
		}
		return;
	}
	if (!*table) {
		ALLOC_HASHTABLE(*table);
		zend_hash_init(*table, 8, NULL, ZVAL_PTR_DTOR, 0);
	}
	asq_table_set(*table, name, policy);
}

void asq_policies_forget(void)
{
	for (int i = 0; i < 2; i++) {
		if (ASQ_G(policies)[i]) {
			zend_hash_destroy(ASQ_G(policies)[i]);
			FREE_HASHTABLE(ASQ_G(policies)[i]);
			ASQ_G(policies)[i] = NULL;
		}
	}
}

/* ---- Finding ------------------------------------------------------------------------------------ */

/* Among the options that WordPress loads anyway: where there is none, this asks the database nothing. */
static void asq_policy_look_for_mark(int64_t now)
{
	zval options;

	ASQ_G(action_policies_at) = now;
	ASQ_G(action_policies_of) = asq_wp_did_action("switch_blog");
	if (asq_wp_is_loaded() && asq_call(&options, "wp_load_alloptions", 0, NULL) == ASQ_OK) {
		ASQ_G(action_policies) = Z_TYPE(options) == IS_ARRAY && zend_hash_str_exists(Z_ARRVAL(options), ASQ_POLICY_MARK, sizeof(ASQ_POLICY_MARK) - 1);
		zval_ptr_dtor(&options);
	}
}

bool asq_policy_marked(void)
{
	int64_t now = asq_clock_now();

	if (ASQ_G(action_policies_at) != now || ASQ_G(action_policies_of) != asq_wp_did_action("switch_blog")) {
		asq_policy_look_for_mark(now);
	}
	return ASQ_G(action_policies);
}

bool asq_policy_any(void)
{
	return (ASQ_G(policies)[0] && zend_hash_num_elements(ASQ_G(policies)[0])) || (ASQ_G(policies)[1] && zend_hash_num_elements(ASQ_G(policies)[1]))
		|| asq_wp_callbacks(ASQ_POLICY_FILTER, sizeof(ASQ_POLICY_FILTER) - 1) || asq_policy_marked();
}

asq_status asq_policy_mark(void)
{
	zval args[3];
	asq_status status;

	if (asq_policy_marked()) {
		return ASQ_OK;
	}
	ZVAL_STRING(&args[0], ASQ_POLICY_MARK);
	ZVAL_LONG(&args[1], 1);
	ZVAL_TRUE(&args[2]);
	status = asq_call(NULL, "update_option", 3, args);
	zval_ptr_dtor(&args[0]);
	ASQ_G(action_policies_at) = 0;
	return status == ASQ_THROWN ? status : ASQ_OK;
}

/* Checks what comes from elsewhere; what is wrong with it is for the log. ASQ_THROWN: exit(). */
static asq_status asq_policy_accept(HashTable *given, zval *policy, const char *where)
{
	char why[512];
	zval checked;

	if (!asq_policy_check(given, ASQ_POLICY_REGISTERED, &checked, why, sizeof(why))) {
		if (EG(exception)) {
			return asq_ignore_thrown(where);
		}
		asq_log_line("asq: the retry policy of %s is ignored: it must %s", where, why);
		return ASQ_OK;
	}
	zval_ptr_dtor(policy);
	ZVAL_COPY_VALUE(policy, &checked);
	return ASQ_OK;
}

static asq_status asq_policy_of_action(uint64_t action_id, zval *policy)
{
	asq_site site;
	asq_error error;
	zend_string *json = NULL, *first = NULL;
	asq_status status = ASQ_OK;
	zval given;

	if (asq_site_open(&site, &error) != ASQ_OK) {
		return ASQ_OK;
	}
	asq_store_get_policy(&site, action_id, &json, &first, &error);
	asq_site_close(&site);
	if (json) {
		ZVAL_UNDEF(&given);
		if (php_json_decode_ex(&given, ZSTR_VAL(json), ZSTR_LEN(json), PHP_JSON_OBJECT_AS_ARRAY, 16) == SUCCESS && Z_TYPE(given) == IS_ARRAY) {
			status = asq_policy_accept(Z_ARRVAL(given), policy, "an action");
		}
		zval_ptr_dtor(&given);
		zend_string_release(json);
	}
	if (first) {
		zend_string_release(first);
	}
	return status;
}

static asq_status asq_policy_filter(zend_string *hook, zend_string *group, uint64_t action_id, zval *action, zval *policy)
{
	zval args[4], value;
	asq_status status;

	ZVAL_COPY(&value, policy);
	ZVAL_STR(&args[0], hook);
	ZVAL_STR(&args[1], group);
	ZVAL_LONG(&args[2], (zend_long) action_id);
	if (action && Z_TYPE_P(action) == IS_OBJECT) {
		ZVAL_COPY_VALUE(&args[3], action);
	} else {
		ZVAL_NULL(&args[3]);
	}
	status = asq_wp_apply_filters(ASQ_POLICY_FILTER, &value, 4, args);
	if (status == ASQ_THROWN) {
		status = asq_ignore_thrown("the filter " ASQ_POLICY_FILTER);
	} else if (Z_TYPE(value) == IS_ARRAY) {
		if (Z_TYPE_P(policy) != IS_ARRAY || !zend_is_identical(&value, policy)) {
			status = asq_policy_accept(Z_ARRVAL(value), policy, "the filter " ASQ_POLICY_FILTER);
		}
	} else if (Z_TYPE(value) == IS_NULL || Z_TYPE(value) == IS_FALSE) {
		zval_ptr_dtor(policy);
		ZVAL_NULL(policy);
	} else {
		php_log_err("asq: what the filter " ASQ_POLICY_FILTER " has returned is ignored: it must be an array, or null for none");
	}
	zval_ptr_dtor(&value);
	return status;
}

asq_status asq_policy_find(zend_string *hook, zend_string *group, uint64_t action_id, zval *action, zval *policy)
{
	zval *found = NULL;

	ZVAL_NULL(policy);
	if (action_id && asq_policy_marked() && asq_policy_of_action(action_id, policy) == ASQ_THROWN) {
		return ASQ_THROWN;
	}
	if (Z_TYPE_P(policy) == IS_NULL && ASQ_G(policies)[0]) {
		found = zend_hash_find(ASQ_G(policies)[0], hook);
	}
	if (Z_TYPE_P(policy) == IS_NULL && !found && ZSTR_LEN(group) && ASQ_G(policies)[1]) {
		found = zend_hash_find(ASQ_G(policies)[1], group);
	}
	if (found) {
		ZVAL_COPY(policy, found);
	}
	return asq_wp_callbacks(ASQ_POLICY_FILTER, sizeof(ASQ_POLICY_FILTER) - 1) ? asq_policy_filter(hook, group, action_id, action, policy) : ASQ_OK;
}
