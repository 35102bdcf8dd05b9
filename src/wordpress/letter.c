/*
 * letter.c: dead letters as userland sees them.
 */
#include "letter.h"
#include "boot.h"
#include "clock.h"
#include "failure.h"
#include "hooks.h"
#include "php_asq.h"
#include "ext/json/php_json.h"
#include "src/store/letters.h"
#include "src/store/retries.h"

#include <unistd.h>

#define ASQ_LETTER_METADATA_MAX 65000
#define ASQ_LETTERS_KEPT (30 * 86400)
#define ASQ_LETTERS_OPPORTUNE 100      /* old ones that go whenever a new one comes */
#define ASQ_LETTERS_FORGET    60       /* seconds between two looks of a process at what belongs to actions that have ended */
#define ASQ_LETTERS_FORGOTTEN 1000     /* rows of that that go at a time */

/* ---- Rows ------------------------------------------------------------------------------------------ */

static void asq_letter_add_text(zval *letter, const char *key, const zval *row, uint32_t column)
{
	zend_string *cell = asq_row_get(row, column);

	if (cell) {
		add_assoc_str(letter, key, zend_string_copy(cell));
	} else {
		add_assoc_null(letter, key);
	}
}

static void asq_letter_add_long(zval *letter, const char *key, const zval *row, uint32_t column)
{
	add_assoc_long(letter, key, asq_row_long(row, column));
}

/* JSON that is none, or no array, is an empty one here; args_json has the text. */
static void asq_letter_add_json(zval *letter, const char *key, const zval *row, uint32_t column)
{
	zend_string *cell = asq_row_get(row, column);
	zval value;

	ZVAL_UNDEF(&value);
	if (!cell || php_json_decode_ex(&value, ZSTR_VAL(cell), ZSTR_LEN(cell), PHP_JSON_OBJECT_AS_ARRAY, PHP_JSON_PARSER_DEFAULT_DEPTH) != SUCCESS || Z_TYPE(value) != IS_ARRAY) {
		zval_ptr_dtor(&value);
		ZVAL_EMPTY_ARRAY(&value);
	}
	add_assoc_zval(letter, key, &value);
}

void asq_letter_array(const zval *row, bool whole, zval *letter)
{
	array_init(letter);
	asq_letter_add_long(letter, "id", row, ASQ_LETTER_ID);
	asq_letter_add_long(letter, "action_id", row, ASQ_LETTER_ACTION_ID);
	asq_letter_add_text(letter, "hook", row, ASQ_LETTER_HOOK);
	asq_letter_add_json(letter, "args", row, ASQ_LETTER_ARGS);
	asq_letter_add_text(letter, "args_json", row, ASQ_LETTER_ARGS);
	asq_letter_add_text(letter, "group", row, ASQ_LETTER_GROUP);
	asq_letter_add_long(letter, "priority", row, ASQ_LETTER_PRIORITY);
	asq_letter_add_text(letter, "schedule", row, ASQ_LETTER_SCHEDULE);
	asq_letter_add_text(letter, "scheduled_gmt", row, ASQ_LETTER_DATE);
	asq_letter_add_text(letter, "reason", row, ASQ_LETTER_REASON);
	asq_letter_add_text(letter, "error_class", row, ASQ_LETTER_CLASS);
	asq_letter_add_text(letter, "error_message", row, ASQ_LETTER_MESSAGE);
	asq_letter_add_text(letter, "error_code", row, ASQ_LETTER_CODE);
	asq_letter_add_long(letter, "attempts", row, ASQ_LETTER_ATTEMPTS);
	asq_letter_add_text(letter, "first_failure_gmt", row, ASQ_LETTER_FIRST);
	asq_letter_add_text(letter, "last_failure_gmt", row, ASQ_LETTER_LAST);
	asq_letter_add_long(letter, "retry_count", row, ASQ_LETTER_RETRIES);
	asq_letter_add_text(letter, "retried_gmt", row, ASQ_LETTER_RETRIED);
	asq_letter_add_long(letter, "new_action_id", row, ASQ_LETTER_NEW_ID);
	asq_letter_add_json(letter, "metadata", row, ASQ_LETTER_METADATA);
	if (whole) {
		asq_letter_add_text(letter, "error_trace", row, ASQ_LETTER_TRACE);
	}
}

asq_status asq_letter_get(uint64_t letter_id, zval *letter, asq_error *error)
{
	asq_letters_query query = { .retried = -1, .whole = true, .limit = 1 };
	asq_site site;
	zval ids, rows, *row;
	asq_status status = asq_site_open(&site, error);

	ZVAL_NULL(letter);
	if (status != ASQ_OK) {
		return status;
	}
	array_init(&ids);
	add_next_index_long(&ids, (zend_long) letter_id);
	query.ids = Z_ARRVAL(ids);
	status = asq_store_letters(&site, &query, &rows, error);
	asq_site_close(&site);
	row = status == ASQ_OK ? zend_hash_index_find(Z_ARRVAL(rows), 0) : NULL;
	if (row) {
		asq_letter_array(row, true, letter);
	} else if (status == ASQ_OK) {
		status = ASQ_NOT_FOUND;
	}
	zval_ptr_dtor(&rows);
	zval_ptr_dtor(&ids);
	return status;
}

uint64_t asq_letter_of_action(uint64_t action_id)
{
	asq_letters_query query = { .retried = -1, .limit = 1, .action_id = action_id };
	asq_site site;
	asq_error error;
	zval rows, *row;
	uint64_t id = 0;

	if (asq_site_open(&site, &error) != ASQ_OK) {
		return 0;
	}
	asq_store_letters(&site, &query, &rows, &error);
	asq_site_close(&site);
	row = zend_hash_index_find(Z_ARRVAL(rows), 0);
	if (row) {
		id = asq_row_number(row, ASQ_LETTER_ID);
	}
	zval_ptr_dtor(&rows);
	return id;
}

/* ---- Metadata ---------------------------------------------------------------------------------------- */

/* What a filter throws must not lose the letter; an exit() goes on (ASQ_THROWN). */
asq_status asq_letter_metadata(uint64_t action_id, zval *thrown, zval *context, zend_string **json)
{
	char host[256] = "";
	zval metadata, args[2];
	smart_str text = {0};
	asq_status status = ASQ_OK;

	gethostname(host, sizeof(host) - 1);
	array_init(&metadata);
	add_assoc_string(&metadata, "host", host);
	add_assoc_long(&metadata, "process", (zend_long) getpid());
	Z_TRY_ADDREF_P(context);
	add_assoc_zval(&metadata, "context", context);
	add_assoc_string(&metadata, "php", PHP_VERSION);
	if (asq_wp_callbacks("asq_dead_letter_metadata", sizeof("asq_dead_letter_metadata") - 1)) {
		ZVAL_LONG(&args[0], (zend_long) action_id);
		ZVAL_COPY_VALUE(&args[1], thrown);
		status = asq_survive(asq_wp_apply_filters("asq_dead_letter_metadata", &metadata, 2, args), "the filter asq_dead_letter_metadata");
	}
	if (status == ASQ_OK && (php_json_encode(&text, &metadata, PHP_JSON_INVALID_UTF8_SUBSTITUTE | PHP_JSON_PARTIAL_OUTPUT_ON_ERROR) != SUCCESS || !text.s
			|| ZSTR_LEN(text.s) > ASQ_LETTER_METADATA_MAX)) {
		if (EG(exception)) {
			status = asq_ignore_thrown("the JSON of a dead letter's metadata");
		}
		smart_str_free(&text);
	}
	*json = text.s ? smart_str_extract(&text) : zend_string_init("{}", 2, 0);
	zval_ptr_dtor(&metadata);
	if (status != ASQ_OK) {
		zend_string_release(*json);
	}
	return status;
}

/* ---- Stored ------------------------------------------------------------------------------------------- */

/* What is no number counts as the default: it must not be what has the letters deleted. */
asq_status asq_letter_retention(zend_long *seconds)
{
	zval value;
	asq_status status;

	ZVAL_LONG(&value, ASQ_LETTERS_KEPT);
	status = asq_wp_is_loaded() ? asq_wp_apply_filters("asq_dead_letter_retention", &value, 0, NULL) : ASQ_OK;
	*seconds = ASQ_LETTERS_KEPT;
	if (Z_TYPE(value) == IS_LONG || (Z_TYPE(value) == IS_DOUBLE && zend_finite(Z_DVAL(value)))
			|| (Z_TYPE(value) == IS_STRING && is_numeric_string(Z_STRVAL(value), Z_STRLEN(value), NULL, NULL, false))) {
		*seconds = MAX(0, MIN(zval_get_long(&value), (zend_long) asq_clock_now()));
	} else if (Z_TYPE(value) == IS_FALSE || Z_TYPE(value) == IS_NULL) {
		*seconds = 0;
	}
	zval_ptr_dtor(&value);
	return status;
}

asq_status asq_letter_purge(zend_string *before_gmt, zend_string *hook, zend_long limit, zend_long *deleted, asq_error *error)
{
	asq_letters_query query = { .retried = -1, .limit = limit, .before_gmt = before_gmt, .hook = hook, .order = ASQ_LETTERS_BY_LAST_FAILURE, .ascending = true, .only_ids = true };
	asq_site site;
	zval rows, ids, *row;
	asq_status status = asq_site_open(&site, error);

	*deleted = 0;
	if (status != ASQ_OK) {
		return status;
	}
	status = asq_store_letters(&site, &query, &rows, error);
	if (status == ASQ_OK && zend_hash_num_elements(Z_ARRVAL(rows))) {
		array_init(&ids);
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL(rows), row) {
			add_next_index_long(&ids, asq_row_long(row, ASQ_LETTER_ID));
		} ZEND_HASH_FOREACH_END();
		status = asq_store_delete_letters(&site, Z_ARRVAL(ids), deleted, error);
		zval_ptr_dtor(&ids);
	}
	zval_ptr_dtor(&rows);
	asq_site_close(&site);
	return status;
}

asq_status asq_letter_forget(asq_error *error)
{
	asq_site site;
	uint64_t after = 0;
	bool more;
	asq_status status = asq_site_open(&site, error);

	if (status == ASQ_OK) {
		ASQ_G(retries_forgotten_at) = asq_clock_now();
		status = asq_store_forget_retries(&site, &after, ASQ_LETTERS_FORGOTTEN, &more, error);
		asq_site_close(&site);
	}
	return status;
}

/* Asq\DeadLetterAlert::send( $letter ): compiled only where somebody wants to be told. */
static asq_status asq_letter_alert(zval *letter)
{
	if (!asq_wp_callbacks("asq_dead_letter_alert", sizeof("asq_dead_letter_alert") - 1) || !asq_boot_class("alert.php", "Asq\\DeadLetterAlert")) {
		return ASQ_OK;
	}
	return asq_call_static(NULL, "Asq\\DeadLetterAlert", "send", 1, letter);
}

/* Old ones go as new ones come: there is nothing that would have to be scheduled. */
static asq_status asq_letter_clear_old(void)
{
	zend_long seconds, deleted = 0;
	asq_error error;
	zval args[2];
	asq_status status = asq_letter_retention(&seconds);

	/* What is remembered of actions that have ended goes also where letters are kept for ever. */
	if (status == ASQ_OK && asq_clock_now() - ASQ_G(retries_forgotten_at) >= ASQ_LETTERS_FORGET) {
		asq_letter_forget(&error);
	}
	if (status != ASQ_OK || !seconds) {
		return status;
	}
	ZVAL_STR(&args[1], asq_clock_gmt(asq_clock_now() - seconds));
	asq_letter_purge(Z_STR(args[1]), NULL, ASQ_LETTERS_OPPORTUNE, &deleted, &error);
	if (deleted) {
		ZVAL_LONG(&args[0], deleted);
		status = asq_wp_do_action("asq_dead_letter_purged", 2, args);
	}
	zval_ptr_dtor(&args[1]);
	return status;
}

asq_status asq_letter_stored(uint64_t letter_id)
{
	asq_error error;
	zval args[2];
	asq_status status = ASQ_OK;

	if (asq_wp_callbacks("asq_dead_letter_stored", sizeof("asq_dead_letter_stored") - 1)
			|| asq_wp_callbacks("asq_dead_letter_alert", sizeof("asq_dead_letter_alert") - 1) || asq_wp_all_listened()) {
		if (asq_letter_get(letter_id, &args[1], &error) != ASQ_OK) {
			return ASQ_OK;
		}
		ZVAL_LONG(&args[0], (zend_long) letter_id);
		status = asq_wp_do_action("asq_dead_letter_stored", 2, args);
		if (status == ASQ_OK) {
			status = asq_letter_alert(&args[1]);
		}
		zval_ptr_dtor(&args[1]);
	} else {
		asq_wp_count_action("asq_dead_letter_stored");
	}
	return status == ASQ_OK ? asq_letter_clear_old() : status;
}
