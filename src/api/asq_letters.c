/*
 * asq_letters.c: dead letters: asq_dead_letters() and its kin.
 */
#include "api.h"
#include "options.h"
#include "src/store/failures.h"
#include "src/action/schedule.h"
#include "src/store/letters.h"
#include "src/store/retries.h"
#include "src/store/wake.h"
#include "src/wordpress/clock.h"
#include "src/wordpress/letter.h"
#include "src/wordpress/policy.h"
#include "Zend/zend_interfaces.h"
#include "ext/date/php_date.h"
#include "ext/json/php_json.h"

#define ASQ_LETTERS_BATCH 500
#define ASQ_LETTERS_PAGE_MAX 100000
#define ASQ_LETTERS_LATER 60       /* seconds for which a new action waits for its policy */

/* ---- Options ---------------------------------------------------------------------------------------- */

/* A key's text, which the database can hold; false: an exception says so. */
static bool asq_letters_text(HashTable *query, const char *key, const zend_string **text)
{
	const asq_link utf8 = {0};
	zval *value = asq_option(query, key);

	if (!value) {
		return true;
	}
	if (Z_TYPE_P(value) != IS_STRING || !asq_link_can_store(&utf8, Z_STR_P(value)) || memchr(Z_STRVAL_P(value), '\0', Z_STRLEN_P(value)) || Z_STRLEN_P(value) > 1000) {
		zend_argument_value_error(1, "must have UTF-8 text of at most 1000 bytes as \"%s\"", key);
		return false;
	}
	*text = Z_STR_P(value);
	return true;
}

/* A timestamp or a DateTimeInterface, as GMT; *gmt is the caller's to release. */
static bool asq_letters_date(HashTable *options, const char *key, zend_string **gmt)
{
	zval *value = asq_option(options, key), stamp;
	zend_long time = -1;

	if (!value) {
		return true;
	}
	if (Z_TYPE_P(value) == IS_LONG) {
		time = Z_LVAL_P(value);
	} else if (Z_TYPE_P(value) == IS_OBJECT && instanceof_function(Z_OBJCE_P(value), php_date_get_interface_ce())
			&& asq_call_method(&stamp, Z_OBJ_P(value), "gettimestamp", 0, NULL) == ASQ_OK) {
		time = zval_get_long(&stamp);
		zval_ptr_dtor(&stamp);
	}
	if (EG(exception)) {
		return false;
	}
	if (time < 0 || time > 253402300799) {
		zend_argument_value_error(1, "must have a timestamp or a DateTimeInterface as \"%s\"", key);
		return false;
	}
	*gmt = asq_clock_gmt(time);
	return true;
}

static bool asq_letters_is_id(const zval *value, zend_long *id)
{
	if (Z_TYPE_P(value) == IS_LONG) {
		*id = Z_LVAL_P(value);
		return true;
	}
	return Z_TYPE_P(value) == IS_STRING && is_numeric_string(Z_STRVAL_P(value), Z_STRLEN_P(value), id, NULL, false) == IS_LONG;
}

/* A list of ids, each once; false: an exception says what is no id, and, in a query, that it is the key's (as). */
static bool asq_letters_ids(HashTable *given, const char *as, zval *ids)
{
	zval *value, number;
	zend_long id;

	array_init(ids);
	ZEND_HASH_FOREACH_VAL(given, value) {
		ZVAL_DEREF(value);
		if (!asq_letters_is_id(value, &id)) {
			zval_ptr_dtor(ids);
			ZVAL_UNDEF(ids);
			zend_argument_type_error(1, "must have ids of dead letters only%s, %s given", as, zend_zval_type_name(value));
			return false;
		}
		if (id > 0) {
			ZVAL_LONG(&number, id);
			zend_hash_index_update(Z_ARRVAL_P(ids), (zend_ulong) id, &number);
		}
	} ZEND_HASH_FOREACH_END();
	return true;
}

static bool asq_letters_word(HashTable *query, const char *key, const char *const *words, unsigned count, unsigned *at)
{
	zval *value = asq_option(query, key);
	char allowed[256];
	int length = 0;

	if (!value) {
		return true;
	}
	for (unsigned i = 0; i < count; i++) {
		if (Z_TYPE_P(value) == IS_STRING && strcasecmp(Z_STRVAL_P(value), words[i]) == 0 && strlen(words[i]) == Z_STRLEN_P(value)) {
			*at = i;
			return true;
		}
		length += snprintf(allowed + length, sizeof(allowed) - (size_t) length, "%s\"%s\"", i ? ", " : "", words[i]);
	}
	zend_argument_value_error(1, "must have one of %s as \"%s\"", allowed, key);
	return false;
}

/* A query with what it owns. */
typedef struct {
	asq_letters_query query;
	zval ids;
	zend_string *after, *before, *search_json;
	enum { ASQ_RETURN_LETTERS, ASQ_RETURN_IDS, ASQ_RETURN_COUNT } what;
} asq_letters_asked;

static bool asq_letters_check_keys(HashTable *query, const char *const *keys, size_t count)
{
	zend_string *key;
	bool known;

	ZEND_HASH_FOREACH_STR_KEY(query, key) {
		known = false;
		for (size_t i = 0; key && i < count; i++) {
			known = known || zend_string_equals_cstr(key, keys[i], strlen(keys[i]));
		}
		if (!known) {
			zend_argument_value_error(1, "must have no key \"%.40s\"", key ? ZSTR_VAL(key) : "(a number)");
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	return true;
}

/* The text as it stands in an action's args, without the quotes around it; NULL: it is the same there. json_last_error() says what it said before. */
static zend_string *asq_letters_json(const zend_string *text)
{
	php_json_error_code before = JSON_G(error_code);
	smart_str json = {0};
	zend_string *bare = NULL;
	zval value;

	ZVAL_STR(&value, (zend_string *) text);
	if (php_json_encode(&json, &value, 0) == SUCCESS && smart_str_get_len(&json) > ZSTR_LEN(text) + 2) {
		bare = zend_string_init(ZSTR_VAL(json.s) + 1, ZSTR_LEN(json.s) - 2, 0);
	}
	JSON_G(error_code) = before;
	smart_str_free(&json);
	return bare;
}

/* Which letters. */
static bool asq_letters_read_which(HashTable *given, asq_letters_asked *asked)
{
	static const char *const reasons[] = { ASQ_LETTER_EXHAUSTED, ASQ_LETTER_PERMANENT, ASQ_LETTER_CRASHED };
	asq_letters_query *query = &asked->query;
	zend_long action_id = 0;
	unsigned reason = 0;
	zval *ids = NULL, *retried;

	if (!asq_option_array(given, "ids", &ids) || !asq_option_long(given, "action_id", &action_id)
			|| !asq_letters_text(given, "hook", &query->hook) || !asq_letters_text(given, "group", &query->group)
			|| !asq_letters_text(given, "error_class", &query->error_class) || !asq_letters_text(given, "search", &query->search)
			|| !asq_letters_word(given, "reason", reasons, 3, &reason) || !asq_letters_date(given, "after", &asked->after) || !asq_letters_date(given, "before", &asked->before)
			|| !asq_option_long(given, "id_above", &query->above) || !asq_option_long(given, "id_up_to", &query->up_to)
			|| !asq_option_long(given, "newest", &query->newest) || (ids && !asq_letters_ids(Z_ARRVAL_P(ids), " as \"ids\"", &asked->ids))) {
		return false;
	}
	retried = asq_option(given, "retried");
	query->retried = retried ? zend_is_true(retried) : -1;
	query->reason = asq_option(given, "reason") ? Z_STR_P(asq_option(given, "reason")) : NULL;
	query->action_id = (uint64_t) action_id;
	query->ids = Z_TYPE(asked->ids) == IS_ARRAY ? Z_ARRVAL(asked->ids) : NULL;
	asked->search_json = query->search ? asq_letters_json(query->search) : NULL;
	query->search_json = asked->search_json;
	query->after_gmt = asked->after;
	query->before_gmt = asked->before;
	return true;
}

/* How many, in which order, and what of them. */
static bool asq_letters_read_page(HashTable *given, asq_letters_asked *asked)
{
	static const char *const orders[] = { "id", "last_failure", "first_failure", "hook", "group", "error_class", "attempts", "retry_count" };
	static const char *const directions[] = { "DESC", "ASC" };
	static const char *const returns[] = { "letters", "ids", "count" };
	asq_letters_query *query = &asked->query;
	zend_long page = 1, count_up_to = 0;
	unsigned order = ASQ_LETTERS_BY_ID, direction = 0, what = 0;

	if (!asq_option_long(given, "count_up_to", &count_up_to) || !asq_option_long(given, "page", &page) || !asq_option_long(given, "per_page", &query->limit)
			|| !asq_letters_word(given, "orderby", orders, ASQ_LETTERS_ORDERS, &order) || !asq_letters_word(given, "order", directions, 2, &direction)
			|| !asq_letters_word(given, "return", returns, 3, &what)) {
		return false;
	}
	if (query->limit > ASQ_LETTERS_PAGE_MAX || page < 1 || page > ZEND_LONG_MAX / (ASQ_LETTERS_PAGE_MAX + 1)) {
		zend_argument_value_error(1, "must have a \"page\" from 1, and a \"per_page\" of at most %d", ASQ_LETTERS_PAGE_MAX);
		return false;
	}
	query->order = (asq_letters_order) order;
	query->ascending = direction == 1;
	query->offset = (page - 1) * query->limit;
	asked->what = what;
	query->only_ids = what == ASQ_RETURN_IDS;
	if (what == ASQ_RETURN_COUNT) {
		query->limit = count_up_to;
	}
	return true;
}

static bool asq_letters_read(HashTable *given, asq_letters_asked *asked)
{
	static const char *const keys[] = { "ids", "action_id", "hook", "group", "error_class", "reason", "retried", "search", "after", "before", "page", "per_page",
		"orderby", "order", "return", "id_above", "id_up_to", "newest", "count_up_to" };

	asked->query = (asq_letters_query) { .retried = -1, .limit = 20 };
	ZVAL_UNDEF(&asked->ids);
	return !given || (asq_letters_check_keys(given, keys, sizeof(keys) / sizeof(keys[0])) && asq_letters_read_which(given, asked)
		&& asq_letters_read_page(given, asked));
}

static void asq_letters_asked_free(asq_letters_asked *asked)
{
	zval_ptr_dtor(&asked->ids);
	if (asked->after) {
		zend_string_release(asked->after);
	}
	if (asked->before) {
		zend_string_release(asked->before);
	}
	if (asked->search_json) {
		zend_string_release(asked->search_json);
	}
}

/* ---- Looking ------------------------------------------------------------------------------------------ */

static void asq_letters_return(const asq_letters_asked *asked, HashTable *rows, zval *return_value)
{
	zval *row, letter;

	array_init(return_value);
	ZEND_HASH_FOREACH_VAL(rows, row) {
		if (asked->what == ASQ_RETURN_IDS) {
			ZVAL_LONG(&letter, asq_row_long(row, ASQ_LETTER_ID));
		} else {
			asq_letter_array(row, false, &letter);
		}
		add_next_index_zval(return_value, &letter);
	} ZEND_HASH_FOREACH_END();
}

ZEND_FUNCTION(asq_dead_letters)
{
	HashTable *given = NULL;
	asq_letters_asked asked = {0};
	asq_site site;
	asq_error error = {0};
	asq_status status = ASQ_THROWN;
	zend_long count = 0;
	zval rows;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(given)
	ZEND_PARSE_PARAMETERS_END();

	ZVAL_UNDEF(&rows);
	given = given ? asq_settled(given) : NULL;
	if (asq_letters_read(given, &asked)) {
		status = asq_site_open(&site, &error);
		if (status == ASQ_OK) {
			status = asked.what == ASQ_RETURN_COUNT ? asq_store_count_letters(&site, &asked.query, &count, &error) : asq_store_letters(&site, &asked.query, &rows, &error);
			asq_site_close(&site);
		}
	}
	if (status != ASQ_OK) {
		asq_throw_error("asq_dead_letters", &error);
	} else if (asked.what == ASQ_RETURN_COUNT) {
		RETVAL_LONG(count);
	} else {
		asq_letters_return(&asked, Z_ARRVAL(rows), return_value);
	}
	zval_ptr_dtor(&rows);
	asq_letters_asked_free(&asked);
	if (given) {
		zend_array_release(given);
	}
}

ZEND_FUNCTION(asq_dead_letter)
{
	zend_long id;
	asq_error error = {0};
	asq_status status;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(id)
	ZEND_PARSE_PARAMETERS_END();

	status = id > 0 ? asq_letter_get((uint64_t) id, return_value, &error) : ASQ_NOT_FOUND;
	if (status != ASQ_OK && status != ASQ_NOT_FOUND) {
		asq_throw_error("asq_dead_letter", &error);
	}
}

ZEND_FUNCTION(asq_dead_letter_stats)
{
	static const char *const keys[] = { "top", "newest" };
	HashTable *options = NULL;
	zend_long top = 10, newest = 0;
	asq_site site;
	asq_error error = {0};
	asq_status status;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(options)
	ZEND_PARSE_PARAMETERS_END();

	if ((options && !asq_letters_check_keys(options, keys, sizeof(keys) / sizeof(keys[0]))) || !asq_option_long(options, "top", &top)
			|| !asq_option_long(options, "newest", &newest)) {
		RETURN_THROWS();
	}
	status = asq_site_open(&site, &error);
	if (status == ASQ_OK) {
		status = asq_store_letter_stats(&site, MIN(top, ASQ_LETTERS_PAGE_MAX), newest, return_value, &error);
		asq_site_close(&site);
	}
	asq_return_or_throw(status, "asq_dead_letter_stats", &error, return_value);
}

/* ---- Retrying ----------------------------------------------------------------------------------------- */

/* JSON that could not be read is an empty array by now: to enqueue that would lose the arguments. */
static bool asq_letter_lacks_args(zval *letter)
{
	zval *args = zend_hash_str_find(Z_ARRVAL_P(letter), "args", sizeof("args") - 1), *json = zend_hash_str_find(Z_ARRVAL_P(letter), "args_json", sizeof("args_json") - 1);

	return !zend_hash_num_elements(Z_ARRVAL_P(args)) && (Z_TYPE_P(json) != IS_STRING
		|| !(zend_string_equals_literal(Z_STR_P(json), "[]") || zend_string_equals_literal(Z_STR_P(json), "{}")));
}

/* The retry policy that the letter's action had of its own, as JSON; NULL: none. */
static zend_string *asq_letter_policy(uint64_t action_id)
{
	zend_string *json = NULL, *first = NULL;
	asq_site site;
	asq_error ignored;

	if (!asq_wp_is_loaded() || !asq_policy_marked() || !asq_scheduler_is_direct(false) || asq_site_open(&site, &ignored) != ASQ_OK) {
		return NULL;
	}
	asq_store_get_policy(&site, action_id, &json, &first, &ignored);
	asq_site_close(&site);
	if (first) {
		zend_string_release(first);
	}
	return json;
}

/* The new action has its policy, and only then it is due, as what is enqueued is: a worker would have begun it without. */
static void asq_letter_pass_policy(uint64_t id, const zend_string *json)
{
	int64_t now = asq_clock_now();
	zend_string *gmt = asq_clock_gmt(now), *local = asq_clock_default(now), *schedule = asq_schedule_null();
	asq_pending pending = asq_put_aside();
	asq_site site;
	asq_error error = {0};
	bool known = false;
	asq_status status = asq_site_open(&site, &error);

	if (status == ASQ_OK) {
		status = asq_store_set_policy(&site, id, json, &known, &error);
		if (status == ASQ_OK) {
			status = asq_store_move(&site, id, gmt, local, schedule, &error);
			asq_wake_send(&site, gmt);
		}
		asq_site_close(&site);
	}
	if (status != ASQ_OK) {
		asq_log_line("asq: action " ZEND_ULONG_FMT ", the retry of a dead letter, is due in %d seconds, without its retry policy: %s", (zend_ulong) id,
			ASQ_LETTERS_LATER, asq_error_text(&error));
	}
	asq_put_back(pending);
	zend_string_release(gmt);
	zend_string_release(local);
	zend_string_release(schedule);
}

/* The action's id, or 0; an exception of a listener's stays on its way. */
static uint64_t asq_letter_enqueue(zval *letter, zval *other_args, bool later)
{
	zval args[6], id, *given = zend_hash_str_find(Z_ARRVAL_P(letter), "args", sizeof("args") - 1);

	if (!other_args && asq_letter_lacks_args(letter)) {
		return 0;
	}
	ZVAL_LONG(&args[0], (zend_long) asq_clock_now() + ASQ_LETTERS_LATER);
	ZVAL_COPY_VALUE(&args[1], zend_hash_str_find(Z_ARRVAL_P(letter), "hook", sizeof("hook") - 1));
	ZVAL_COPY_VALUE(&args[2], other_args ? other_args : given);
	ZVAL_COPY_VALUE(&args[3], zend_hash_str_find(Z_ARRVAL_P(letter), "group", sizeof("group") - 1));
	ZVAL_FALSE(&args[4]);
	ZVAL_COPY_VALUE(&args[5], zend_hash_str_find(Z_ARRVAL_P(letter), "priority", sizeof("priority") - 1));
	ASQ_G(created) = 0;
	ZVAL_NULL(&id);
	if (later) {
		asq_call(&id, "as_schedule_single_action", 6, args);
	} else {
		asq_call(&id, "as_enqueue_async_action", 5, args + 1);
	}
	if (Z_TYPE(id) != IS_LONG || Z_LVAL(id) <= 0) {
		zval_ptr_dtor(&id);
		/* A listener that throws has it be 0, though it is stored. */
		return ASQ_G(created);
	}
	return (uint64_t) Z_LVAL(id);
}

static zend_long asq_letter_long(const zval *letter, const char *key)
{
	return zval_get_long(zend_hash_str_find(Z_ARRVAL_P(letter), key, strlen(key)));
}

/* seen: how often it has been retried, so far as the caller knows; -1: he does not mind. */
static asq_status asq_letter_take(asq_letter_retry *retry, zend_long seen, zval *letter, bool *taken, asq_error *error)
{
	asq_site site;
	asq_status status = asq_letter_get(retry->letter_id, letter, error);
	zend_long retries;

	*taken = false;
	if (status != ASQ_OK) {
		return status;
	}
	retries = asq_letter_long(letter, "retry_count");
	retry->action_id = (uint64_t) asq_letter_long(letter, "action_id");
	retry->last_id = (uint64_t) asq_letter_long(letter, "new_action_id");
	if (seen >= 0 && seen != retries) {
		return ASQ_OK;
	}
	status = asq_site_open(&site, error);
	if (status == ASQ_OK) {
		status = asq_store_take_letter(&site, retry, retries, taken, error);
		asq_site_close(&site);
	}
	return status;
}

/* Marked before it is enqueued: of two who retry one letter at once, one does. */
static asq_status asq_letter_retry_one(uint64_t id, zval *args, zend_long seen, uint64_t *action_id, asq_error *error)
{
	asq_letter_retry retry = { .letter_id = id };
	zend_string *policy;
	asq_pending pending;
	asq_site site;
	bool taken;
	zval letter, told[2];
	asq_status status = asq_letter_take(&retry, seen, &letter, &taken, error);

	*action_id = 0;
	if (status != ASQ_OK || !taken) {
		zval_ptr_dtor(&letter);
		return status == ASQ_NOT_FOUND ? ASQ_OK : status;
	}
	policy = asq_letter_policy(retry.action_id);
	*action_id = asq_letter_enqueue(&letter, args, policy != NULL);
	zval_ptr_dtor(&letter);
	if (policy) {
		if (*action_id) {
			asq_letter_pass_policy(*action_id, policy);
		}
		zend_string_release(policy);
	}
	pending = asq_put_aside();
	status = asq_site_open(&site, error);
	if (status == ASQ_OK) {
		status = asq_store_letter_retried(&site, &retry, *action_id, error);
		asq_site_close(&site);
	}
	asq_put_back(pending);
	if (EG(exception)) {
		return ASQ_THROWN;
	}
	if (status == ASQ_OK && *action_id) {
		ZVAL_LONG(&told[0], (zend_long) id);
		ZVAL_LONG(&told[1], (zend_long) *action_id);
		status = asq_wp_is_loaded() ? asq_wp_do_action("asq_dead_letter_retried", 2, told) : ASQ_OK;
	}
	return status;
}

/* The ids of an int|array argument; false: thrown. */
static bool asq_letters_given(zval *given, zval *ids)
{
	zval list;
	bool good;

	if (Z_TYPE_P(given) == IS_ARRAY) {
		return asq_letters_ids(Z_ARRVAL_P(given), "", ids);
	}
	array_init(&list);
	Z_TRY_ADDREF_P(given);
	add_next_index_zval(&list, given);
	good = asq_letters_ids(Z_ARRVAL(list), "", ids);
	zval_ptr_dtor(&list);
	return good;
}

ZEND_FUNCTION(asq_dead_letter_retry)
{
	zval *given, *args = NULL, ids, *id;
	asq_error error = {0};
	asq_status status = ASQ_OK;
	uint64_t action_id;
	zend_long seen = 0;
	bool any = true;

	ZEND_PARSE_PARAMETERS_START(1, 3)
		Z_PARAM_ZVAL(given)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_OR_NULL(args)
		Z_PARAM_LONG_OR_NULL(seen, any)
	ZEND_PARSE_PARAMETERS_END();

	if (!any && seen < 0) {
		zend_argument_value_error(3, "must be 0 or more, or null");
		RETURN_THROWS();
	}
	if (!asq_letters_given(given, &ids)) {
		RETURN_THROWS();
	}
	array_init(return_value);
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL(ids), id) {
		status = asq_letter_retry_one((uint64_t) Z_LVAL_P(id), args, any ? -1 : seen, &action_id, &error);
		if (status != ASQ_OK) {
			break;
		}
		add_index_long(return_value, (zend_ulong) Z_LVAL_P(id), (zend_long) action_id);
	} ZEND_HASH_FOREACH_END();
	zval_ptr_dtor(&ids);
	if (status != ASQ_OK) {
		asq_throw_error("asq_dead_letter_retry", &error);
	}
}

/* ---- Deleting ----------------------------------------------------------------------------------------- */

static asq_status asq_letter_delete(zval *id, zend_long *deleted, asq_error *error)
{
	zval ids;
	asq_site site;
	zend_long one = 0;
	asq_status status = asq_site_open(&site, error);

	if (status != ASQ_OK) {
		return status;
	}
	array_init(&ids);
	add_next_index_long(&ids, Z_LVAL_P(id));
	status = asq_store_delete_letters(&site, Z_ARRVAL(ids), &one, error);
	asq_site_close(&site);
	zval_ptr_dtor(&ids);
	*deleted += one;
	return status == ASQ_OK && one && asq_wp_is_loaded() ? asq_wp_do_action("asq_dead_letter_deleted", 1, id) : status;
}

ZEND_FUNCTION(asq_dead_letter_delete)
{
	zval *given, ids, *id;
	asq_error error = {0};
	asq_status status = ASQ_OK;
	zend_long deleted = 0;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ZVAL(given)
	ZEND_PARSE_PARAMETERS_END();

	if (!asq_letters_given(given, &ids)) {
		RETURN_THROWS();
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL(ids), id) {
		status = asq_letter_delete(id, &deleted, &error);
		if (status != ASQ_OK) {
			break;
		}
	} ZEND_HASH_FOREACH_END();
	zval_ptr_dtor(&ids);
	if (status != ASQ_OK) {
		asq_throw_error("asq_dead_letter_delete", &error);
		RETURN_THROWS();
	}
	RETURN_LONG(deleted);
}

static asq_status asq_letters_purge(zend_string *before, zend_string *hook, zend_long limit, zend_long *deleted, asq_error *error)
{
	zend_long batch, some = 0;
	asq_status status;

	do {
		batch = limit && limit - *deleted < ASQ_LETTERS_BATCH ? limit - *deleted : ASQ_LETTERS_BATCH;
		status = asq_letter_purge(before, hook, batch, &some, error);
		*deleted += some;
	} while (status == ASQ_OK && some == batch && (!limit || *deleted < limit));
	return status == ASQ_OK ? asq_letter_forget(error) : status;
}

/* False: thrown. NULL as *before: what there is, is kept for ever. */
static bool asq_letters_purge_read(HashTable *options, const zend_string **hook, zend_long *limit, zend_string **before)
{
	static const char *const keys[] = { "before", "hook", "limit" };
	zend_long seconds;

	if ((options && !asq_letters_check_keys(options, keys, sizeof(keys) / sizeof(keys[0]))) || !asq_letters_text(options, "hook", hook)
			|| !asq_option_long(options, "limit", limit) || !asq_letters_date(options, "before", before)) {
		return false;
	}
	if (!*before && asq_letter_retention(&seconds) != ASQ_OK) {
		return false;
	}
	if (!*before && seconds) {
		*before = asq_clock_gmt(asq_clock_now() - seconds);
	}
	return true;
}

ZEND_FUNCTION(asq_dead_letters_purge)
{
	HashTable *options = NULL;
	zend_string *before = NULL;
	const zend_string *hook = NULL;
	zend_long limit = 0, deleted = 0;
	asq_error error = {0};
	asq_status status = ASQ_THROWN;
	zval args[2];

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(options)
	ZEND_PARSE_PARAMETERS_END();

	options = options ? asq_settled(options) : NULL;
	if (asq_letters_purge_read(options, &hook, &limit, &before)) {
		status = before ? asq_letters_purge(before, (zend_string *) hook, limit, &deleted, &error) : ASQ_OK;
	}
	if (status == ASQ_OK && deleted && asq_wp_is_loaded()) {
		ZVAL_LONG(&args[0], deleted);
		ZVAL_STR(&args[1], before);
		status = asq_wp_do_action("asq_dead_letter_purged", 2, args);
	}
	if (before) {
		zend_string_release(before);
	}
	if (options) {
		zend_array_release(options);
	}
	if (status != ASQ_OK) {
		asq_throw_error("asq_dead_letters_purge", &error);
		RETURN_THROWS();
	}
	RETURN_LONG(deleted);
}
